"""Every page in Chromium, on a phone and on a wide screen, light and dark."""

import gzip
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Response

from tests.site.built import FINISHED, LANDING, PAGES

pytestmark = pytest.mark.browser

EVERYWHERE = [LANDING, *(f"{language}/{path}" for language in ("ko", "en") for path in PAGES)]

#: The most that a first visit loads of HTML, CSS and scripts, and of everything; gzipped bytes.
CODE, EVERYTHING = 110_000, 150_000

#: Goes to the end of the page and back, a screen at a time.
SCROLL = """async () => {
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
        scrollTo({top: y, behavior: "instant"});
        await new Promise(requestAnimationFrame);
    }
    scrollTo({top: 0, behavior: "instant"});
}"""

SHIFTS = """() => new Promise(resolve => new PerformanceObserver(list => resolve(
    list.getEntries().filter(entry => !entry.hadRecentInput && entry.value > 0.0005).map(entry =>
        [entry.value, entry.sources.map(source => source.node?.outerHTML?.slice(0, 80))])
)).observe({type: "layout-shift", buffered: true}) || setTimeout(() => resolve([]), 200))"""


@cache  # most of what a page loads is every page's
def weigh(body: bytes) -> int:
    return len(gzip.compress(body, 6))


@pytest.mark.parametrize("path", EVERYWHERE)
def test_first_visit(page: Page, address: str, path: str) -> None:
    """A page fits a phone, asks no other host, logs no error, does not shift, and is light."""
    responses: list[Response] = []
    errors: list[str] = []
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.on("response", lambda response: responses.append(response))
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))

    page.goto(address + path, wait_until="networkidle")
    page.evaluate(SCROLL)
    page.wait_for_function("!document.querySelector('article :not(:defined)')")  # the widgets

    width = page.evaluate("document.documentElement.scrollWidth")
    assert (width, hosts, errors) == (360, {address.split("/")[2]}, [])
    assert page.evaluate(SHIFTS) == []
    code: dict[str, int] = {}
    other: dict[str, int] = {}
    for response in list(responses):
        is_code = response.request.resource_type in ("document", "stylesheet", "script")
        if not response.url.endswith("search_index.json"):
            (code if is_code else other)[response.url] = weigh(response.body())
    assert sum(code.values()) <= CODE, code
    assert sum(code.values()) + sum(other.values()) <= EVERYTHING, other


@pytest.mark.parametrize("path", [*EVERYWHERE, "en/no/such/page/"])
def test_accessible(new_page: Callable[..., Page], address: str, path: str) -> None:
    """The checker axe finds no fault with a page, on a phone or wide, light or dark."""
    page = new_page(viewport={"width": 360, "height": 780})
    page.goto(address + path, wait_until="networkidle")
    page.evaluate(AXE_SCRIPT)
    assert violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="dark")
    page.locator("body[data-md-color-scheme=slate]").wait_for()
    assert violations(page) == []


def violations(page: Page) -> list[Any]:
    page.evaluate(FINISHED)  # colors fade from one scheme to the other
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"][:3]]) for rule in found]


@pytest.mark.parametrize(
    ("language", "menu", "search"), [("ko", "메뉴", "검색"), ("en", "Menu", "Search")]
)
def test_header_by_keyboard(
    page: Page, address: str, language: str, menu: str, search: str
) -> None:
    """On a phone's width the menu and the search open by keyboard, and lead on."""
    page.goto(f"{address}{language}/")
    button = page.get_by_role("button", name=menu, exact=True)
    assert button.get_attribute("aria-expanded") == "false"
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    page.locator(".md-nav--primary").get_by_role("link", name="VER2", exact=True).click()
    page.wait_for_url(f"{address}{language}/ver2/")

    page.get_by_role("button", name=search, exact=True).focus()
    page.keyboard.press("Enter")
    page.locator(".md-search__input:focus").wait_for()
    page.keyboard.type("VER2")
    page.locator(".md-search-result__item").first.wait_for()
    page.set_viewport_size({"width": 1280, "height": 800})  # there both are open
    for name in (menu, search):
        assert not page.get_by_role("button", name=name, exact=True).is_visible()


@pytest.mark.parametrize(
    ("path", "box"),
    [("en/architecture/", ".md-typeset__scrollwrap"), ("en/mobilenetv1/", ".highlight code")],
)
def test_scroll_by_keyboard(page: Page, address: str, path: str, box: str) -> None:
    """A table or code wider than the phone is reached by keyboard, and scrolls by it."""
    page.goto(address + path, wait_until="networkidle")
    wide = page.locator(f"{box}[tabindex='0']").first
    wide.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("box => box.scrollLeft > 0", arg=wide.element_handle())
