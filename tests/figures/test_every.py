"""What holds for every picture: what a screen reader says, its size, and its looks on a page."""

from __future__ import annotations

import re
from itertools import combinations, product
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hooks.languages import DOCS, LANGUAGES
from playwright.sync_api import Browser

from tests.figures import SVG, Drawing, texts

FIGURES = sorted(path.name for path in DOCS.glob("figures/svg/*.svg"))
PAGES = sorted(
    page.relative_to(DOCS).with_suffix("").as_posix()
    for language in LANGUAGES
    for page in DOCS.glob(f"{language}/**/*.md")
    if "docs/figures/svg/" in page.read_text(encoding="utf-8")
)
#: The English words that a Korean picture has: names, most of them of code.
NAMES = {"AvgPool", "DWConv", "ImageNet", "MobileNet", "MobileNetV", "ReLU", "VER"}
NAMES |= {"avgp", "fc", "flatten", "sm", "top-", "view"}


@pytest.fixture(params=FIGURES)
def figure(request: pytest.FixtureRequest) -> Path:
    """Return the file of a picture."""
    return DOCS / "figures" / "svg" / str(request.param)


@pytest.fixture
def drawing(figure: Path) -> Drawing:
    return ElementTree.parse(figure).getroot()


def test_screen_readers(figure: Path, drawing: Drawing) -> None:
    """It is one image with a title and a description, whose ids no other picture of a page has."""
    name = figure.name.partition(".")[0]
    title, description, *_ = drawing
    assert (drawing.get("role"), title.tag, description.tag) == ("img", f"{SVG}title", f"{SVG}desc")
    assert title.text
    assert description.text
    assert drawing.get("aria-labelledby") == title.get("id") == f"{name}-title"
    assert drawing.get("aria-describedby") == description.get("id") == f"{name}-description"
    assert len([element for element in drawing.iter() if "id" in element.attrib]) == 2


def test_follows_the_page(drawing: Drawing) -> None:
    """It has the page's font and colors, any width, and nothing that the page's policy forbids."""
    tags = {element.tag.removeprefix(SVG) for element in drawing.iter()}
    attributes = [pair for element in drawing.iter() for pair in element.items()]
    assert tags.isdisjoint({"script", "style", "image", "use", "foreignObject"})
    assert {name for name, _ in attributes}.isdisjoint({"style", "font-family", "href"})
    colors = {value for name, value in attributes if name in ("fill", "stroke")}
    assert colors <= {"currentColor", "none"}
    assert "width" not in drawing.attrib


def test_small(figure: Path) -> None:
    """It weighs little, and has no empty line, where Markdown would end the block of HTML."""
    assert figure.stat().st_size < 12_000  # gzip leaves a fifth of it
    assert "\n\n" not in figure.read_text(encoding="utf-8")


def test_language(figure: Path, drawing: Drawing) -> None:
    """A Korean picture has no English words but names, and an English one has no Korean."""
    words = " ".join(texts(drawing))
    is_korean = figure.name.endswith(".ko.svg")
    assert bool(re.search("[가-힣]", words)) == is_korean
    if is_korean:
        assert set(re.findall(r"[A-Za-z][A-Za-z-]+", words)) <= NAMES


def test_same_in_both_languages(figure: Path, drawing: Drawing) -> None:
    """But for the words, the pictures of the two languages are the same."""
    other = figure.with_name(figure.name.replace(".ko.", ".en."))
    shapes, others = (
        [(element.tag, element.attrib, bool(element.text)) for element in root.iter()]
        for root in (drawing, ElementTree.parse(other).getroot())
    )
    assert shapes == others


Labels = list[list[dict[str, Any]]]

LABELS = """() => [...document.querySelectorAll("svg.figure")].map(figure => {
    const { left, right, top, bottom } = figure.getBoundingClientRect();
    const scale = (right - left) / figure.viewBox.baseVal.width;
    const { fontFamily, backgroundColor: ground } = getComputedStyle(document.body);
    return [...figure.querySelectorAll("text")].map(text => {
        const box = text.getBoundingClientRect(), style = getComputedStyle(text);
        return {
            text: text.textContent, fill: style.fill, ground,
            size: parseFloat(style.fontSize) * scale, font: style.fontFamily === fontFamily,
            inside: box.left >= left && box.right <= right
                && box.top >= top && box.bottom <= bottom,
            box: [box.left, box.top, box.right, box.bottom],
        };
    });
})"""


@pytest.fixture(scope="module", params=[*product(PAGES, ("light", "dark"))], ids="-".join)
def labels(browser: Browser, address: str, request: pytest.FixtureRequest) -> Labels:
    """Return the labels of each picture of a page, in one scheme, at both widths."""
    page, scheme = request.param
    found: Labels = []
    with browser.new_page(color_scheme=scheme) as tab:
        tab.goto(f"{address}{page}/")
        for width in (360, 1280):
            tab.set_viewport_size({"width": width, "height": 780})
            found += tab.evaluate(LABELS)
    assert found
    assert all(found)
    return found


@pytest.mark.browser
def test_legible(labels: Labels) -> None:
    """Labels are large enough, in the page's font, inside the picture, and none upon another."""
    for figure in labels:
        assert [label for label in figure if not 11 <= label["size"] <= 20] == []
        assert [label for label in figure if not (label["inside"] and label["font"])] == []
        for one, other in combinations(figure, 2):
            (left, top, right, bottom), (a, b, c, d) = one["box"], other["box"]
            # A line is higher than its letters.
            apart = right < a or c < left or bottom - 2 < b or d < top + 2
            assert apart, (one["text"], other["text"])


@pytest.mark.browser
def test_contrast(labels: Labels) -> None:
    """Each label has at least the 4.5 : 1 of WCAG AA."""
    for label in (label for figure in labels for label in figure):
        assert contrast(label["fill"], label["ground"]) >= 4.5, label["text"]


def contrast(color: str, ground: str) -> float:
    """Return the contrast of two of CSS's ``rgb()`` and ``rgba()``, the second one opaque."""
    (*front, alpha), (*back, _) = (
        [*map(float, re.findall(r"[\d.]+", each)), 1.0][:4] for each in (color, ground)
    )
    seen = [alpha * a + (1 - alpha) * b for a, b in zip(front, back, strict=True)]
    darker, lighter = sorted(map(luminance, (seen, back)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: list[float]) -> float:
    """Return the relative luminance of red, green and blue, as WCAG defines it."""
    ratios = [value / 255 for value in color]
    linear = [r / 12.92 if r <= 0.04045 else ((r + 0.055) / 1.055) ** 2.4 for r in ratios]
    return sum(weight * r for weight, r in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
