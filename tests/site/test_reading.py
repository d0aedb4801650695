"""What helps to read on: terms, the language switch, colors, what comes before and after."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.built import FINISHED, PAGES

browser_test = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 780}, has_touch=True)
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def terms(site: Path, page: str) -> list[tuple[str, str]]:
    """The linked terms of a page: the entry each leads to, and the words that do."""
    html = (site / page / "index.html").read_text(encoding="utf-8")
    return re.findall(r'<a class="term" href="[^"]*glossary/#([^"]+)"[^>]*>([^<]+)<', html)


class TestTerms:
    def test_first_use(self, site: Path) -> None:
        """A term is linked once, the longest that stands there, with or without a particle."""
        for language, names in {
            "en": {"depthwise-convolution": "depthwise convolution", "kernel": "kernel"},
            "ko": {"depthwise-convolution": "깊이별 합성곱", "kernel": "커널"},
        }.items():
            found = terms(site, f"{language}/theory")
            assert names.items() <= dict(found).items()
            assert len(dict(found)) == len(found)

    def test_sources_stay_plain(self, site: Path) -> None:
        """There is none in a heading, in code, beside another link, or in the glossary."""
        for language in ("ko", "en"):
            for path in PAGES:
                html = (site / language / path / "index.html").read_text(encoding="utf-8")
                for outer in ("h[1-6]", "pre", "code", "table"):
                    for inside in re.findall(rf"(?s)<({outer})\b.*?</\1>", html):
                        assert 'class="term"' not in inside
            assert terms(site, f"{language}/glossary") == []

    @browser_test
    @pytest.mark.parametrize(
        ("language", "meaning"),
        [
            ("ko", "입력 채널 하나에 대한 창의 가중치"),
            ("en", "the window's weights for one input channel"),
        ],
    )
    def test_tooltip(self, page: Page, address: str, language: str, meaning: str) -> None:
        """The glossary's meaning is shown under the pointer, and to the keyboard alike."""
        page.goto(f"{address}{language}/theory/", wait_until="networkidle")
        term, tooltip = page.locator("a.term[href$='#kernel']"), page.get_by_role("tooltip")
        for show in (term.hover, term.focus):
            show()
            expect(tooltip).to_have_text(meaning)
            expect(term).to_have_accessible_description(meaning)
            page.locator("h1").hover()
            page.evaluate("document.activeElement.blur()")
            expect(tooltip).to_have_count(0)

    @browser_test
    def test_tap(self, phone: Page, address: str) -> None:
        """On a phone, the entry is a tap away."""
        phone.goto(f"{address}ko/theory/", wait_until="networkidle")
        phone.locator("a.term[href$='#padding']").tap()
        phone.wait_for_url(f"{address}ko/glossary/#padding")
        expect(phone.locator("tr:target")).to_be_in_viewport()
        expect(phone.locator("tr:target")).to_contain_text("둘레를 채운 영(zero)")


@browser_test
class TestLanguageSwitch:
    """It keeps the place; that it keeps the page, test_site.py has for every page."""

    @pytest.fixture(params=["page", "phone"])
    def screen(self, request: pytest.FixtureRequest) -> Page:
        screen: Page = request.getfixturevalue(request.param)
        return screen

    @staticmethod
    def switch(screen: Page, name: str) -> None:
        screen.locator(".md-header .md-select").hover()
        link = screen.get_by_role("link", name=name)
        link.wait_for()
        # The menu opens in a while, and a click that misses what moves would scroll the page.
        screen.evaluate(FINISHED)
        link.click()

    def test_scrolled(self, screen: Page, address: str) -> None:
        """A reader who has scrolled into a section goes on in that section, there and back."""
        screen.goto(f"{address}ko/theory/", wait_until="networkidle")
        # Until the table of contents has it: the theme's script may still move things.
        screen.wait_for_function(
            """() => {
                document.querySelector("#formula").scrollIntoView();
                return document.querySelector(".md-nav__link--active[href='#formula']");
            }"""
        )
        screen.mouse.wheel(0, 100)
        for name, language in (("English", "en"), ("한국어", "ko")):
            self.switch(screen, name)
            screen.wait_for_url(f"{address}{language}/theory/#formula")
            expect(screen.locator("#formula")).to_be_in_viewport()

    def test_top(self, screen: Page, address: str) -> None:
        """Above the first section there is none to keep."""
        screen.goto(f"{address}ko/theory/#formula", wait_until="networkidle")
        screen.locator("h1").scroll_into_view_if_needed()
        self.switch(screen, "English")
        screen.wait_for_url(f"{address}en/theory/")

    def test_asked_for(self, screen: Page, address: str) -> None:
        """A place that was asked for is kept, though it cannot scroll to the top; a query too."""
        path = "glossary/?setting=1#resolution-multiplier"
        screen.goto(f"{address}en/{path}", wait_until="networkidle")
        expect(screen.locator("tr:target")).to_be_in_viewport()
        self.switch(screen, "한국어")
        screen.wait_for_url(f"{address}ko/{path}")


@browser_test
@pytest.mark.parametrize("system", ["light", "dark"])
def test_colors(page: Page, address: str, system: str) -> None:
    """Automatic, light and dark follow each other; a choice holds on the next page."""
    page.emulate_media(color_scheme="dark" if system == "dark" else "light")
    page.goto(f"{address}en/")
    dark = {"Automatic": system == "dark", "Light": False, "Dark": True}
    toggle = page.locator("[data-md-component=palette] label:visible")
    for name, is_dark in dark.items():
        scheme = "slate" if is_dark else "default"
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", scheme)
        # So that scrollbars, too, are light or dark; in a way that has nothing styled anew.
        root = "getComputedStyle(document.documentElement).colorScheme"
        assert page.evaluate(root) == ("dark" if is_dark else "normal")
        expect(page.locator("meta[name=color-scheme]")).to_have_count(0)
        if name != "Dark":
            toggle.click()
    page.goto(f"{address}en/theory/")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")


@pytest.mark.parametrize(
    ("language", "words"), [("ko", "이 절의 링크"), ("en", "Link to this section")]
)
def test_permalinks(site: Path, language: str, words: str) -> None:
    """Every heading has a link to itself, named in the page's language."""
    for path in PAGES:
        html = (site / language / path / "index.html").read_text(encoding="utf-8")
        for identifier, heading in re.findall(r'<h[1-6] id="([^"]+)">(.*?)</h[1-6]>', html):
            assert f'href="#{identifier}" title="{words}"' in heading


#: The words in Hangul that a line break divides.
DIVIDED = """() => {
    const content = document.querySelector(".md-content");
    const texts = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
    const divided = [];
    while (texts.nextNode()) {
        for (const word of texts.currentNode.data.matchAll(/[가-힣]+/g)) {
            const range = document.createRange();
            range.setStart(texts.currentNode, word.index);
            range.setEnd(texts.currentNode, word.index + word[0].length);
            if (range.getClientRects().length > 1) divided.push(word[0]);
        }
    }
    return divided;
}"""


@browser_test
@pytest.mark.parametrize("path", ["ko/theory/", "ko/glossary/", "en/glossary/"])
def test_korean_words_whole(phone: Page, address: str, path: str) -> None:
    """No line ends inside a Korean word, on whichever page it stands."""
    phone.goto(address + path)
    assert phone.evaluate(DIVIDED) == []


@browser_test
@pytest.mark.parametrize("language", ["ko", "en"])
def test_formula(phone: Page, address: str, language: str) -> None:
    """A formula is there from the start, as MathML, and moves nothing when it is drawn."""
    phone.goto(f"{address}{language}/theory/", wait_until="networkidle")
    assert phone.locator("math mfrac").count() == 3
    moved = """() => new Promise(resolve => {
        new PerformanceObserver(list => {
            const sources = list.getEntries().flatMap(entry => entry.sources);
            resolve(sources.map(source => source.node));
        }).observe({type: "layout-shift", buffered: true});
        setTimeout(() => resolve([]), 200);
    }).then(nodes => nodes.filter(node => node?.parentElement?.closest(".md-content")).length)"""
    assert phone.evaluate(moved) == 0
