"""One run for two pages: a page and its translation have the same code.

Where the fences of both are the same to the letter, and a run of those of one page
leaves nothing to say, those of the other need no second run. What is its own, its
checked numbers, is judged along the way, each between the same two fences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sybil import Document, Example

from tests.pages.drift import Drift
from tests.pages.fences import Fence
from tests.pages.prose import Number, TableCheck

Judge = Callable[[Example], Iterator[Drift]]

#: What was found of a page while its twin ran, by the page's path and text.
_found: dict[tuple[str, str], list[Drift]] = {}


class Twin:
    """The same page in the other language, judged while the first one runs."""

    def __init__(self, twin: Document, first: Document, judge: Judge) -> None:
        twin.namespace = first.namespace
        self.document = twin
        self.judge = judge
        self.drifts: list[Drift] = []
        #: The checks before the first fence, between it and the second, and so on.
        self.checks: list[list[Example]] = [[]]
        for example in twin.examples():
            if isinstance(example.parsed, Fence):
                self.checks.append([])
            elif isinstance(example.parsed, (Number, TableCheck)):
                self.checks[-1].append(example)

    def catch_up(self, fences: int) -> None:
        """Judge the checks that stand behind so many fences."""
        for example in self.checks[fences]:
            self.drifts += self.judge(example)

    def keep(self) -> None:
        """Note what was found, for when it is the twin's turn."""
        _found[str(self.document.path), self.document.text] = self.drifts


def of(first: Document, other: Document, judge: Judge) -> Twin | None:
    """The twin of a page; None where its code is not the same."""
    return Twin(other, first, judge) if _code(first) == _code(other) else None


def found(made: Document) -> list[Drift] | None:
    """What a run of its twin has found of a page; None where that was not judged."""
    return _found.pop((str(made.path), made.text), None)


def _code(each: Document) -> list[tuple[str, str, str]]:
    fences = [region.parsed for _, region in each.regions if isinstance(region.parsed, Fence)]
    return [(fence.language, fence.source, fence.excuse) for fence in fences]
