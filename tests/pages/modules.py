"""A module of the package: its docstrings and their examples, its sections on the pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sybil import Document
from sybil.document import PythonDocStringDocument
from sybil.parsers.rest import DocTestParser

from tests.pages.drift import Drift
from tests.pages.fences import section_line, sections
from tests.pages.page import Page
from tests.pages.site import ROOT, is_korean, pages, project_path


def evaluate(path: Path) -> Iterator[Drift]:
    """What does not hold in a module, and in which line."""
    made = _Docstrings.parse(str(path), DocTestParser())
    for example in made.examples():
        assert example.region.evaluator is not None
        if message := example.region.evaluator(example):
            yield Drift(f"The docstring's example gives another answer.\n{message}", example.line)
    for section in sorted(sections(path)):
        shown = {is_korean(page) for page in pages() if (path, section) in _includes(page)}
        if shown != {True, False}:
            yield Drift(
                f"The section {section} is not on a page of each language. Show it, "
                f'--8<-- "{project_path(path)}:{section}", or take its markers out.',
                section_line(path, section),
            )


def is_module(path: Path) -> bool:
    return path.suffix == ".py" and path.parent == ROOT / "mobilenet"


def _includes(page: Path) -> set[tuple[Path, str] | None]:
    return {fence.included() for fence in Page.read(page).fences}


class _Docstrings(PythonDocStringDocument):
    """A module's docstrings. Their examples import what they need, as a reader has to."""

    def __init__(self, text: str, path: str) -> None:
        Document.__init__(self, text, path)
