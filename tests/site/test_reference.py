"""The API reference that mkdocstrings makes of the docstrings."""

from __future__ import annotations

import importlib
import pkgutil
import posixpath
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

import mobilenet
from tests.site.built import PAGES, REFERENCE

LABELS = {
    "ko": ["인자", "반환값", "예외", "예제"],
    "en": ["Parameters:", "Returns:", "Raises:", "Examples:"],
}


@pytest.fixture(params=["ko", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def pages(site: Path, language: str) -> dict[str, LexborHTMLParser]:
    """Return the pages of the reference in a language, by their addresses."""
    files = {page: site / language / page / "index.html" for page in REFERENCE}
    return {page: LexborHTMLParser(file.read_text("utf-8")) for page, file in files.items()}


def entry(pages: dict[str, LexborHTMLParser], path: str) -> LexborNode:
    """Return what the reference has of a name, by the id of its heading; it has it once."""
    (heading,) = [found for page in pages.values() for found in page.css(f"[id='{path}']")]
    assert heading.tag in ("h3", "h4")
    assert heading.parent is not None
    return heading.parent


def text(node: LexborNode) -> str:
    return " ".join(node.text().split())


def test_every_name(pages: dict[str, LexborHTMLParser]) -> None:
    """Each public name has one entry, to which the page's contents lead."""
    links = {
        link.attributes["href"] for page in pages.values() for link in page.css("a.md-nav__link")
    }
    for module in pkgutil.iter_modules(mobilenet.__path__, "mobilenet."):
        for name in importlib.import_module(module.name).__all__:
            path = f"{module.name}.{name}"
            assert text(entry(pages, path)).startswith(name)
            assert f"#{path}" in links


def test_what_an_entry_says(pages: dict[str, LexborHTMLParser], language: str) -> None:
    """How a function is called, with types; its arguments, result and errors; an example."""
    found = entry(pages, "mobilenet.cost.depthwise_conv2d")
    (signature,) = found.css(".doc-signature")
    assert text(signature) == (
        "depthwise_conv2d( kernel_size: Size, channels: int, output_size: Size, ) -> Cost"
    )
    links = [link.attributes["href"] for link in signature.css("a")]
    assert links == [f"#mobilenet.cost.{name}" for name in ("Size", "Size", "Cost")]
    assert [text(label) for label in found.css(".doc-section-title")] == LABELS[language]
    assert "channels – The number of input channels" in text(found)
    (example,) = found.css(".language-pycon")
    assert "Cost(parameters=27, mult_adds=243)" in text(example)


def test_methods_and_fields(pages: dict[str, LexborHTMLParser]) -> None:
    """A method has an entry of its own, a field a line in its class's."""
    assert "by_kind() -> dict[str, Cost]" in text(entry(pages, "mobilenet.cost.ModelCost.by_kind"))
    assert "weights (int) – The parameters" in text(entry(pages, "mobilenet.cost.Row"))


def test_languages(pages: dict[str, LexborHTMLParser], language: str) -> None:
    """A screen reader reads docstrings as English, and Korean labels as Korean."""
    found = entry(pages, "mobilenet.cost.conv2d")
    english, korean = found.css("[lang=en]"), found.css("[lang=en] [lang=ko]")
    assert len(english) == (language == "ko")
    assert [text(label) for label in korean] == (LABELS["ko"] if language == "ko" else [])


def test_links_to_the_reference(site: Path, language: str) -> None:
    """The pages' links to names lead to entries."""
    targets = set()
    for page in PAGES:
        html = (site / language / page / "index.html").read_text(encoding="utf-8")
        for link in LexborHTMLParser(html).css("a.autorefs, article a[href*='#mobilenet.']"):
            address, _, path = str(link.attributes["href"]).partition("#")
            targets.add((posixpath.normpath(posixpath.join(page, address)), path))
    for folder, path in targets:
        assert path.startswith("mobilenet.")  # a type is no link to a heading of its name
        html = (site / language / folder / "index.html").read_text(encoding="utf-8")
        assert f'id="{path}"' in html
    assert ("reference/networks", "mobilenet.paper.MobileNetV1") in targets


def test_search(site: Path, language: str) -> None:
    """The search finds names, and is not flooded by their signatures."""
    index = (site / language / "search/search_index.json").read_text(encoding="utf-8")
    assert '"title":"export_onnx"' in index
    assert "tolerance: float" not in index
