"""Hands each page, each module's docstrings and each drawing to pytest: one test a file.

A test says everything that does not hold on its page, each with the page's own line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest._code.code import TerminalRepr
from sybil import Document

from tests.pages import document, drawings, labs, modules
from tests.pages.code import OUTPUTS
from tests.pages.drift import Drift
from tests.pages.fences import Fence
from tests.pages.site import is_lab, page_set


class UntrueError(Exception):
    """What does not hold in a file."""

    def __init__(self, drifts: list[Drift]) -> None:
        self.drifts = drifts


class TrueFile(pytest.File):
    def collect(self) -> Iterator[pytest.Item]:
        yield TrueItem.from_parent(self, name="is true")


class TrueItem(pytest.Item):
    def runtest(self) -> None:
        if modules.is_module(self.path):
            drifts = list(modules.evaluate(self.path))
        elif is_lab(self.path):
            drifts = list(labs.evaluate(self.path))
            self._count(*([] if drifts else labs.documents(self.path)))
            drifts += drawings.evaluate_source(self.path)
        elif drawings.is_source(self.path):
            drifts = list(drawings.evaluate_source(self.path))
        elif drawings.is_drawing(self.path):
            drifts = list(drawings.evaluate(self.path, self.path.read_text(encoding="utf-8")))
        else:
            made = document.document(self.path)
            self._count(made)
            drifts = list(document.evaluate(made))
        if drifts:
            raise UntrueError(drifts)

    def _count(self, *made: Document) -> None:
        census = sum((Counter(dict(_census(each))) for each in made), Counter[str]())
        self.user_properties.append(("census", dict(census)))

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> str | TerminalRepr:
        if not isinstance(excinfo.value, UntrueError):
            return super().repr_failure(excinfo, style)
        name = self.path.relative_to(self.config.rootpath)
        return "\n\n".join(f"{name}:{drift.line}: {drift}" for drift in excinfo.value.drifts)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, str(self.path.relative_to(self.config.rootpath))


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Instead of what pytest makes of it: to look for tests in a lab would be to run it."""
    found = yield
    judged = (modules.is_module, drawings.is_source, drawings.is_drawing, is_lab)
    if file_path in page_set() or any(is_one(file_path) for is_one in judged):
        return [TrueFile.from_parent(parent, path=file_path)]
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many fences there are, and what was done with each."""
    total: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                total += Counter(dict(report.user_properties).get("census", {}))
    if total:
        terminalreporter.section(f"{sum(total.values())} fences")
        for what, count in total.most_common():
            terminalreporter.line(f"{count:4} {what}")


def _census(made: Document) -> Iterator[tuple[str, int]]:
    """What is done with each fence of a page."""
    kinds: Counter[str] = Counter()
    for _, region in made.regions:
        fence = region.parsed
        if isinstance(fence, Fence):
            if fence.excuse:
                kinds[fence.excuse] += 1
            elif fence.language == "python" and fence.included():
                kinds["included and run"] += 1
            elif fence.language in ("python", "pycon"):
                kinds["run"] += 1
            elif fence.language in OUTPUTS:
                kinds["compared"] += 1
            else:
                kinds[f"shown ({fence.language})"] += 1
    yield from kinds.items()
