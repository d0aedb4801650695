"""The built site in Chromium, below a sub-path."""

import gzip
from functools import cache
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, Response

from tests.site.built import FINISHED, LANDING, PAGES

pytestmark = pytest.mark.browser


#: To the end of the page and back, a screen at a time.
SCROLL = """async () => {
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
        scrollTo({top: y, behavior: "instant"});
        await new Promise(requestAnimationFrame);
    }
    scrollTo({top: 0, behavior: "instant"});
}"""


EVERYWHERE = [LANDING, *(f"{language}/{path}" for language in ("ko", "en") for path in PAGES)]

SHIFTS = """() => new Promise(resolve => new PerformanceObserver(list => resolve(
    list.getEntries().filter(entry => !entry.hadRecentInput && entry.value > 0.0005).map(entry =>
        [entry.value, entry.sources.map(source => source.node?.outerHTML?.slice(0, 80))])
)).observe({type: "layout-shift", buffered: true}) || setTimeout(() => resolve([]), 200))"""

#: At most, of what a first visit loads and of what a page after it does; gzipped.
FIRST_VISIT, NEXT_PAGE = 250_000, 40_000


@cache  # most of what a page loads is every page's
def weight(body: bytes) -> int:
    return len(gzip.compress(body, 6))


@pytest.mark.parametrize("path", EVERYWHERE)
def test_page(page: Page, address: str, path: str) -> None:
    """No page scrolls sideways on a phone, asks another host, logs an error, shifts, or is heavy.

    What weighs is a first visit, whichever page it is to, and less than that a page after it.
    And axe finds nothing to object to.
    """
    loaded: dict[str, int] = {}
    errors: list[str] = []

    def weigh(response: Response) -> None:
        loaded.setdefault(response.url, weight(response.body()))

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            errors.append(message.text)

    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.on("response", weigh)
    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))

    page.goto(address + path, wait_until="networkidle")
    page.evaluate(SCROLL)

    width = page.evaluate("document.documentElement.scrollWidth")
    assert (width, hosts, errors) == (360, {address.split("/")[2]}, [])
    assert page.evaluate(SHIFTS) == []

    page.wait_for_load_state("networkidle")
    assert sum(loaded.values()) <= FIRST_VISIT, loaded
    assert objections(page) == NONE
    assert errors == []

    page.set_viewport_size({"width": 360, "height": 780})
    before = sum(loaded.values())
    page.locator(".languages a, .md-footer__link").last.click()
    page.wait_for_load_state("networkidle")
    if path != LANDING:  # a language's first page has that language's files
        assert sum(loaded.values()) - before <= NEXT_PAGE, loaded


def test_missing_page(page: Page, address: str) -> None:
    """Nor does axe object to the page for what is missing."""
    page.goto(f"{address}en/no/such/page/", wait_until="networkidle")
    assert objections(page) == NONE


NONE: dict[str, list[object]] = {"phone": [], "wide": [], "beside": [], "dark": []}


def objections(page: Page) -> dict[str, list[tuple[str, list[str]]]]:
    """What axe objects to: on a phone, on a wide screen, in the dark."""
    page.evaluate(AXE_SCRIPT)
    page.evaluate(LIKE_ANOTHER)
    found = {"phone": violations(page)}
    page.set_viewport_size({"width": 1280, "height": 800})
    rules = {rule: {"enabled": False} for rule in COLORS}
    found["wide"] = violations(page, rules=rules)
    # What stands beside the content only now; the content's colors are those of the phone.
    found["beside"] = violations(page, ".md-content", runOnly=COLORS)
    page.evaluate(AT_REST)  # the theme is told of the other width a little later
    shown = page.evaluate(SHOWN)
    page.emulate_media(color_scheme="dark")
    page.locator("body[data-md-color-scheme=slate]").wait_for()
    found["dark"] = violations(page, runOnly=COLORS)
    assert page.evaluate(SHOWN) == shown  # so that no other rule has more to say
    return found


#: Once nothing has changed for a while.
AT_REST = """() => new Promise(resolve => {
    const wait = () => setTimeout(() => { observer.disconnect(); resolve(); }, 300);
    let timer = wait();
    const observer = new MutationObserver(() => { clearTimeout(timer); timer = wait(); });
    observer.observe(document.body, {subtree: true, childList: true, attributes: true});
})"""

#: The elements, and the text that is to be seen.
SHOWN = "[document.body.innerHTML, document.body.innerText]"

#: The rules that look at colors, which takes most of axe's time.
COLORS = ["color-contrast", "link-in-text-block"]

#: Marks what is colored in code as another word of the page is, and stands on the same ground.
LIKE_ANOTHER = """() => {
    const seen = new Set();
    for (const word of document.querySelectorAll("pre code span[class]:not(:has(*))")) {
        const parents = [word, word.parentElement, word.closest(".highlight")];
        const looks = parents.map(each => each?.className).join();
        word.toggleAttribute("data-like-another", seen.has(looks));
        seen.add(looks);
    }
}"""


def violations(page: Page, *exclude: str, **options: Any) -> list[tuple[str, list[str]]]:
    page.evaluate(FINISHED)  # colors fade from one scheme to the other
    found = page.evaluate(
        """async ([exclude, options]) => (await axe.run(
            { exclude: exclude.filter(each => document.querySelector(each)) },
            { ...options, resultTypes: ["violations"] }
        )).violations""",
        [["[data-like-another]", *exclude], options],
    )
    return [(each["id"], [node["html"] for node in each["nodes"][:3]]) for each in found]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_menu_by_keyboard(page: Page, address: str, language: str) -> None:
    """On a phone's width the menu opens by keyboard, says that it is open, and leads on."""
    page.goto(f"{address}{language}/")
    name = {"ko": "메뉴", "en": "Menu"}[language]
    menu = page.get_by_role("button", name=name, exact=True)
    assert menu.get_attribute("aria-expanded") == "false"
    menu.focus()
    page.keyboard.press("Enter")
    assert menu.get_attribute("aria-expanded") == "true"
    page.locator(".md-nav--primary").get_by_role("link", name="VER2", exact=True).click()
    page.wait_for_url(f"{address}{language}/ver2/")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_search_by_keyboard(page: Page, address: str, language: str) -> None:
    """On a phone's width the search opens by keyboard, and takes what is typed next."""
    page.goto(f"{address}{language}/")
    name = {"ko": "검색", "en": "Search"}[language]
    page.get_by_role("button", name=name, exact=True).focus()
    page.keyboard.press("Enter")
    page.locator(".md-search__input:focus").wait_for()
    page.keyboard.type("VER2")
    page.locator(".md-search-result__item").first.wait_for()


def test_wide_table_by_keyboard(page: Page, address: str) -> None:
    """A table wider than the phone is reached by keyboard, and scrolls by it."""
    page.goto(f"{address}en/architecture/")
    box = page.locator(".md-typeset__scrollwrap[tabindex='0']").first
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("box => box.scrollLeft > 0", arg=box.element_handle())


def test_header(page: Page, address: str) -> None:
    """The header has one button for light and dark; menu and search only where they are needed."""
    page.goto(f"{address}en/", wait_until="networkidle")

    def shown() -> list[str]:
        buttons = page.locator(".md-header__button:not(.md-logo):visible")
        return [
            each.get_attribute("aria-label") or each.get_attribute("title") or ""
            for each in buttons.all()
        ]

    scheme = "Light · 밝게"  # what the button leads to
    assert shown() == ["Menu", scheme, "Select language", "Search"]
    page.set_viewport_size({"width": 1280, "height": 800})
    assert [name for name in shown() if name in ("Menu", "Search", scheme)] == [scheme]
