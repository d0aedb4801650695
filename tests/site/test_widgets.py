"""What both interactive widgets have in common, in Chromium: loading, layout and access."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Response, expect

from tests.site.built import FINISHED

pytestmark = pytest.mark.browser


class Widget(NamedTuple):
    """A custom element, and what is fetched for it."""

    element: str
    page: str
    query: str
    choices: dict[str, str]
    """With the query and these choices, the widget is at its widest."""
    controls: int
    files: set[str]
    size: int


WIDGETS = [
    Widget(
        "cost-explorer",
        "multipliers/",
        "?kernel=11&in=4096&out=4096&size=1024&stride=x&network=standard&resolution=320",
        {},
        11,
        {"cost.js", "dom.js", "explorer.css", "explorer.js", "explorer-words.js", "networks.json"},
        12_000,
    ),
    Widget(
        "conv-stepper",
        "theory/",
        "",
        {"kind": "separable", "size": "5", "outChannels": "4"},
        12 + 3 * (25 + 9 + 1),  # the choices, the slider, the buttons; the fields of two layers
        {
            *("convolution.js", "dom.js", "fields.js", "layer-view.js"),
            *("stepper.css", "stepper.js", "stepper-words.js"),
        },
        14_000,
    ),
]

widgets = pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.element)
languages = pytest.mark.parametrize("language", ["en", "ko"])


def load(page: Page, widget: Widget) -> None:
    """Scroll to the widget, and wait until its script has run."""
    page.locator(widget.element).scroll_into_view_if_needed()
    page.locator(f"{widget.element} select").first.wait_for()


@widgets
@languages
def test_still_figure(browser: Browser, address: str, widget: Widget, language: str) -> None:
    """Without scripts there is a picture, its caption, and no control that does not work."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}{language}/{widget.page}")
        element = page.locator(widget.element)
        picture = element.get_by_role("img")
        expect(picture).to_be_visible()
        expect(element.locator("figcaption")).to_be_visible()
        expect(element.locator("button, select, input")).to_have_count(0)
        drawn, room = picture.bounding_box(), element.bounding_box()
        assert drawn
        assert room
        assert room["height"] < drawn["height"] + 100


@widgets
def test_loading(page: Page, site: Path, address: str, widget: Widget) -> None:
    """A widget's files come once a reader is near, from its own language, and are small."""
    fetched: list[str] = []

    def note(response: Response) -> None:
        if "/assets/widgets" in response.url:
            assert response.ok
            fetched.append(response.url.removeprefix(f"{address}ko/assets/"))

    page.on("response", note)
    page.goto(f"{address}ko/{widget.page}", wait_until="networkidle")
    assert fetched == ["widgets.js"]
    load(page, widget)
    assert sorted(fetched[1:]) == sorted(f"widgets/{name}" for name in widget.files)
    files = [site / "ko" / "assets" / name for name in fetched]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) <= widget.size


@widgets
@languages
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_moves(page: Page, address: str, widget: Widget, language: str, width: int) -> None:
    """When the script runs, the widget keeps its height, and the text around it its place."""
    page.set_viewport_size({"width": width, "height": 780})
    page.goto(f"{address}{language}/{widget.page}", wait_until="networkidle")
    height = f"document.querySelector('{widget.element}').offsetHeight"
    before = page.evaluate(height)
    page.evaluate("""() => {
        window.moved = [];
        new PerformanceObserver(list => moved.push(
            ...list.getEntries().flatMap(({ sources }) => sources.map(({ node }) => node))
        )).observe({ type: "layout-shift" });
    }""")
    # Scroll to the end of the widget, so that the text after it is visible when the script runs.
    page.evaluate(f"document.querySelector('{widget.element}').scrollIntoView(false)")
    page.mouse.wheel(0, 400)
    page.locator(f"{widget.element} select").first.wait_for()
    assert page.evaluate(height) == before
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    # The theme's header has shifts of its own.
    in_text = "node => document.querySelector('.md-content').contains(node)"
    assert page.evaluate(f"moved.filter({in_text}).map(node => node.outerHTML)") == []


@widgets
@languages
@pytest.mark.parametrize("width", [360, 1280])
def test_widest(visited: Page, address: str, widget: Widget, language: str, width: int) -> None:
    """The largest setting fits; every control is large enough; axe finds nothing to object to."""
    page = visited
    page.set_viewport_size({"width": width, "height": 780})
    page.goto(f"{address}{language}/{widget.page}{widget.query}")
    load(page, widget)
    for name, value in widget.choices.items():
        page.locator(f"{widget.element} select[name={name}]").select_option(value)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    too_wide = page.locator(f"{widget.element} *").evaluate_all("""all => all
        .filter(each => getComputedStyle(each).overflowX === "auto")
        .filter(each => each.scrollWidth > each.clientWidth).map(each => each.outerHTML)""")
    assert too_wide == []

    controls = page.locator(widget.element).locator("input, select, button").all()
    boxes = [control.bounding_box() for control in controls]
    assert len(boxes) == widget.controls
    # The width of a control can be a fraction of a pixel less than what its style says.
    assert all(box and min(box["height"], box["width"]) >= 23.9 for box in boxes)

    page.evaluate(AXE_SCRIPT)
    schemes: list[Any] = ["light", "dark"]
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        page.evaluate(FINISHED)
        assert (
            page.evaluate(
                """async element => (await axe.run(element)).violations.map(
            ({ id, nodes }) => [id, ...nodes.map(node => node.html)])""",
                widget.element,
            )
            == []
        )
