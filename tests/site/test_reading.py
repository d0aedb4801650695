"""What helps to read on: terms, the language switch, colors, Korean line breaks."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from selectolax.lexbor import LexborHTMLParser

from tests.site.built import FINISHED

in_browser = pytest.mark.browser
Pages = dict[str, LexborHTMLParser]


class TestTerms:
    @pytest.mark.parametrize(("language", "kernel"), [("ko", "커널"), ("en", "kernel")])
    def test_first_use(self, pages: Pages, language: str, kernel: str) -> None:
        """A term is linked once, the longest that stands there, with or without a particle."""
        links = pages[f"{language}/theory/"].css("a.term")
        found = {(link.attributes["href"] or "").split("#")[1]: link.text() for link in links}
        longest = {"ko": "깊이별 합성곱", "en": "depthwise convolution"}[language]
        assert (found["kernel"], found["depthwise-convolution"]) == (kernel, longest)
        assert len(found) == len(links)

    def test_only_in_running_text(self, pages: Pages) -> None:
        """There is none in a heading, in code, in a table, or in the glossary."""
        for path, page in pages.items():
            assert page.css(":is(h1, h2, h3, h4, pre, code, table) a.term") == []
            assert not (path.endswith("/glossary/") and page.css("a.term"))

    @in_browser
    def test_tooltip(self, desktop: Page, address: str) -> None:
        """The glossary's meaning is shown under the pointer, and to the keyboard alike."""
        desktop.goto(f"{address}ko/theory/", wait_until="networkidle")
        meaning = "입력 채널 하나에 대한 창의 가중치"
        term, tooltip = desktop.locator("a.term[href$='#kernel']"), desktop.get_by_role("tooltip")
        for show in (term.hover, term.focus):
            show()
            expect(tooltip).to_have_text(meaning)
            expect(term).to_have_accessible_description(meaning)
            desktop.locator("h1").hover()
            desktop.evaluate("document.activeElement.blur()")
            expect(tooltip).to_have_count(0)

    @in_browser
    def test_tap(self, new_page: Callable[..., Page], address: str) -> None:
        """On a phone, the entry is a tap away."""
        page = new_page(viewport={"width": 360, "height": 780}, has_touch=True)
        page.goto(f"{address}ko/theory/", wait_until="networkidle")
        page.locator("a.term[href$='#padding']").tap()
        page.wait_for_url(f"{address}ko/glossary/#padding")
        expect(page.locator("tr:target")).to_be_in_viewport()
        expect(page.locator("tr:target")).to_contain_text("둘레를 채운 영(zero)")


@in_browser
class TestLanguageSwitch:
    """It keeps the place; that it keeps the page, test_site.py has for every page."""

    @staticmethod
    def switch(screen: Page, name: str) -> None:
        screen.locator(".md-header .md-select").hover()
        link = screen.get_by_role("link", name=name)
        link.wait_for()
        # The menu opens in a while, and a click that misses what moves would scroll the page.
        screen.evaluate(FINISHED)
        link.click()

    def test_scrolled(self, page: Page, address: str) -> None:
        """A reader who has scrolled into a section goes on in that section, there and back."""
        page.goto(f"{address}ko/theory/", wait_until="networkidle")
        # Until the table of contents has it: Material's script may still move things.
        page.wait_for_function(
            """() => {
                document.querySelector("#formula").scrollIntoView();
                return document.querySelector(".md-nav__link--active[href='#formula']");
            }"""
        )
        page.mouse.wheel(0, 100)
        for name, language in (("English", "en"), ("한국어", "ko")):
            self.switch(page, name)
            page.wait_for_url(f"{address}{language}/theory/#formula")
            expect(page.locator("#formula")).to_be_in_viewport()

    def test_top(self, desktop: Page, address: str) -> None:
        """Above the first section there is none to keep."""
        desktop.goto(f"{address}ko/theory/#formula", wait_until="networkidle")
        desktop.locator("h1").scroll_into_view_if_needed()
        self.switch(desktop, "English")
        desktop.wait_for_url(f"{address}en/theory/")

    def test_asked_for(self, page: Page, address: str) -> None:
        """A place that was asked for is kept, though it cannot scroll to the top; a query too."""
        path = "glossary/?setting=1#resolution-multiplier"
        page.goto(f"{address}en/{path}", wait_until="networkidle")
        expect(page.locator("tr:target")).to_be_in_viewport()
        self.switch(page, "한국어")
        page.wait_for_url(f"{address}ko/{path}")


@in_browser
@pytest.mark.parametrize("system", ["light", "dark"])
def test_colors(desktop: Page, address: str, system: str) -> None:
    """Automatic, light and dark follow each other; a choice holds in both languages."""
    desktop.emulate_media(color_scheme="dark" if system == "dark" else "light")
    desktop.goto(f"{address}en/")
    for clicks, is_dark in enumerate((system == "dark", False, True)):
        if clicks:
            desktop.locator("[data-md-component=palette] label:visible").click()
        scheme = "slate" if is_dark else "default"
        expect(desktop.locator("body")).to_have_attribute("data-md-color-scheme", scheme)
        # Scrollbars and form fields are light or dark, too.
        kind = desktop.locator("meta[name=color-scheme]")
        expect(kind).to_have_attribute("content", "dark" if is_dark else "light")
    desktop.goto(f"{address}ko/theory/")
    expect(desktop.locator("body")).to_have_attribute("data-md-color-scheme", "slate")


@in_browser
@pytest.mark.parametrize("path", ["ko/theory/", "ko/glossary/", "en/glossary/"])
def test_korean_words_whole(page: Page, address: str, path: str) -> None:
    """No line ends inside a Korean word, on whichever page it stands."""
    page.goto(address + path)
    breaks = page.locator("article *").evaluate_all(
        """elements => elements
            .filter(element => /[가-힣]/.test(element.textContent))
            .map(element => getComputedStyle(element).wordBreak)"""
    )
    assert set(breaks) == {"keep-all"}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_formula(pages: Pages, language: str) -> None:
    """A formula is MathML, which is there from the start."""
    assert len(pages[f"{language}/theory/"].css("math mfrac")) == 3
