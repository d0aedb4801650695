"""Hand the pages, the labs, the drawings and the package's docstrings to pytest, through Sybil."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from sybil import Document, Example, Sybil
from sybil.sybil import SybilCollection

from tests.pages.code import parse_code
from tests.pages.document import DocStrings, LabDocument, PageDocument
from tests.pages.figures import parse_drawing, parse_source
from tests.pages.labs import parse_cells
from tests.pages.languages import parse_languages
from tests.pages.modules import parse_sections, parse_session
from tests.pages.numbers import parse_numbers
from tests.pages.rules import parse_rules
from tests.pages.site import counterpart


class NamedSybil(Sybil):
    """Names an example after its line and what is done with it: ``24-run_python``."""

    def identify(self, example: Example) -> str:
        evaluator = example.region.evaluator
        return f"{example.line}-{getattr(evaluator, '__name__', type(evaluator).__name__)}"


PAGE = [parse_code, parse_numbers, parse_rules, parse_languages]
SYBILS = [
    NamedSybil(
        PAGE,
        patterns=["README*.md", "CONTRIBUTING.md", "docs/*/*.md", "docs/*/reference/*.md"],
        document_types={".md": PageDocument},
    ),
    NamedSybil([*PAGE, parse_cells], pattern="docs/labs/*.py", document_types={".py": LabDocument}),
    NamedSybil([parse_drawing], patterns=["docs/figures/svg/*", "docs/labs/notebooks/*"]),
    NamedSybil(
        [parse_source],
        patterns=["docs/figures/[!_]*.py", "docs/labs/*.py"],
        document_types={".py": Document},
    ),
    NamedSybil([parse_session], pattern="mobilenet/*.py", document_types={".py": DocStrings}),
    NamedSybil([parse_sections], pattern="mobilenet/*.py", document_types={".py": Document}),
]
collect_file = SybilCollection(SYBILS).pytest()


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Let Sybil alone collect its files: to look for tests in a lab, pytest would run it."""
    collected = yield
    examples = collect_file(file_path, parent)
    return [examples] if examples else collected


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put a page beside its translation, so that one worker runs the code that they share.

    Slow tests start first: at the end, other workers would wait for them.
    """

    def place(item: pytest.Item) -> tuple[bool, str]:
        other = counterpart(item.path) if item.path.suffix == ".md" else None
        is_slow = item.get_closest_marker("slow") is not None
        return not is_slow, str(min(item.path, other or item.path))

    items.sort(key=place)
