"""The package's sections: each ``# --8<-- [start:…]`` of a module is on a page of each language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hooks.languages import LANGUAGES
from sybil import Document, Example, Region

from tests.pages.failure import Failure, Report
from tests.pages.fences import find_sections, section_line
from tests.pages.site import find_pages, language_of, project_path


def parse_sections(document: Document) -> Iterator[Region]:
    """Parse a module as one example: its sections are shown."""
    if document.text == Path(document.path).read_text(encoding="utf-8"):
        yield Region(document.end, document.end, None, check_sections)


def check_sections(example: Example) -> Report:
    """Report the sections that not both languages show."""
    path = Path(example.path)
    failures = []
    for section in sorted(find_sections(path)):
        include = f'--8<-- "{project_path(path)}:{section}"'
        shown = {
            language_of(page)
            for page in find_pages()
            if include in page.read_text(encoding="utf-8")
        }
        if shown != set(LANGUAGES):
            message = (
                f"The section {section} is not on a page of each language. Show it, {include}, or "
                "take its markers out."
            )
            failures.append(Failure(message, section_line(path, section)))
    return Report(example.path, failures)
