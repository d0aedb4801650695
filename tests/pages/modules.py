"""A module of the package: the sessions in its docstrings, and its sections on the pages.

Each ``# --8<-- [start:…]`` of a module is on a page of each language.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hooks.languages import LANGUAGES
from sybil import Document, Example, Region
from sybil.parsers.abstract.doctest import DocTestStringParser

from tests.pages.failure import Failure, Report
from tests.pages.fences import find_sections, section_line
from tests.pages.site import find_pages, language_of, project_path


def parse_session(document: Document) -> Iterator[Region]:
    """Parse the session of a docstring as one example: its steps need each other."""
    steps = list(DocTestStringParser()(document.text, document.path))
    if steps:
        yield Region(steps[0].start, steps[-1].end, steps, run_docstring)


def run_docstring(example: Example) -> str:
    """Run a session in a namespace of its own: it imports what it needs, as a reader has to."""
    namespace: dict[str, object] = {}
    reports = []
    for step in example.parsed:
        assert step.evaluator is not None
        run = Example(example.document, example.line, example.column, step, namespace)
        reports.append(step.evaluator(run))
    return "\n".join(filter(None, reports))


def parse_sections(document: Document) -> Iterator[Region]:
    """Parse a module as one example: its sections are shown."""
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
