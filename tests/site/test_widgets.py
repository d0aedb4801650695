"""What both interactive widgets have in common, in Chromium: loading, layout and access."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Response, expect

from tests.site.built import FINISHED

pytestmark = pytest.mark.browser


SIZES = {"cost-explorer": 12_000, "conv-stepper": 14_000}
#: The explorer's longest numbers and message, and the stepper's largest tables.
WIDEST_LINK = "?kernel=11&in=4096&out=4096&size=1024&stride=x&network=standard&resolution=320"
WIDEST_CHOICES = {"kind": "separable", "size": "5", "outChannels": "4"}

widgets = pytest.mark.parametrize(
    ("widget", "path"), [("cost-explorer", "multipliers/"), ("conv-stepper", "theory/")]
)
languages = pytest.mark.parametrize("language", ["en", "ko"])


def load(page: Page, widget: str) -> None:
    """Scroll to the widget, and wait until its script has run."""
    page.locator(widget).scroll_into_view_if_needed()
    page.locator(f"{widget} select").first.wait_for()


@widgets
@languages
def test_still_figure(
    browser: Browser, address: str, widget: str, path: str, language: str
) -> None:
    """Without scripts there is a picture, its caption, and no control that does not work."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}{language}/{path}")
        element = page.locator(widget)
        expect(element.get_by_role("img")).to_be_visible()
        expect(element.locator("figcaption")).to_be_visible()
        expect(element.locator("button, select, input")).to_have_count(0)
        drawn, room = element.get_by_role("img").bounding_box(), element.bounding_box()
        assert drawn
        assert room
        assert room["height"] < drawn["height"] + 100


@widgets
def test_loading(page: Page, address: str, widget: str, path: str) -> None:
    """The files of a widget are fetched once a reader is near, and are small."""
    fetched: list[Response] = []
    page.on("response", lambda response: fetched.append(response))
    page.goto(f"{address}ko/{path}", wait_until="networkidle")
    files = [response for response in fetched if "/assets/widgets" in response.url]
    assert [file.url for file in files] == [f"{address}ko/assets/widgets.js"]
    load(page, widget)
    files = [response for response in fetched if "/assets/widgets" in response.url]
    assert len(files) > 2
    assert all(file.ok for file in files)
    assert sum(len(gzip.compress(file.body())) for file in files) <= SIZES[widget]


@widgets
@languages
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_moves(
    page: Page, address: str, widget: str, path: str, language: str, width: int
) -> None:
    """When the script runs, the widget keeps its height, and the text around it its place."""
    page.set_viewport_size({"width": width, "height": 780})
    page.goto(f"{address}{language}/{path}", wait_until="networkidle")
    height = f"document.querySelector('{widget}').offsetHeight"
    before = page.evaluate(height)
    page.evaluate("""() => {
        window.moved = [];
        new PerformanceObserver(list => moved.push(
            ...list.getEntries().flatMap(({ sources }) => sources.map(({ node }) => node))
        )).observe({ type: "layout-shift" });
    }""")
    # Scroll to the end of the widget, so that the text after it is visible when the script runs.
    page.evaluate(f"document.querySelector('{widget}').scrollIntoView(false)")
    page.mouse.wheel(0, 400)
    page.locator(f"{widget} select").first.wait_for()
    assert page.evaluate(height) == before
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    # The theme's header has shifts of its own.
    in_text = "node => document.querySelector('.md-content').contains(node)"
    assert page.evaluate(f"moved.filter({in_text}).map(node => node.outerHTML)") == []


@widgets
@languages
@pytest.mark.parametrize("width", [360, 1280])
def test_widest(
    visited: Page, address: str, widget: str, path: str, language: str, width: int
) -> None:
    """The largest setting fits; every control is large enough; axe finds nothing to object to."""
    page = visited
    page.set_viewport_size({"width": width, "height": 780})
    page.goto(f"{address}{language}/{path}{WIDEST_LINK}")
    load(page, widget)
    if widget == "conv-stepper":
        for name, value in WIDEST_CHOICES.items():
            page.locator(f"{widget} [name={name}]").select_option(value)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    too_wide = page.locator(f"{widget} *").evaluate_all("""all => all
        .filter(each => getComputedStyle(each).overflowX === "auto")
        .filter(each => each.scrollWidth > each.clientWidth).map(each => each.outerHTML)""")
    assert too_wide == []

    sizes = page.locator(f"{widget} :is(input, select, button)").evaluate_all("""all => all
        .map(each => each.getBoundingClientRect()).map(box => Math.min(box.width, box.height))""")
    assert len(sizes) >= 11
    assert min(sizes) >= 23.9  # a width may be a fraction of a pixel less than its style says

    page.evaluate(AXE_SCRIPT)
    colors: Any = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
    for scheme, options in colors.items():
        page.emulate_media(color_scheme=scheme)
        page.evaluate(FINISHED)
        violations = page.evaluate(
            """async ([element, options]) => (await axe.run(element, options)).violations.map(
                ({ id, nodes }) => [id, ...nodes.map(node => node.html)])""",
            [widget, options],
        )
        assert violations == []
