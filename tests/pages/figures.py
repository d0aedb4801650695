"""The figures that a page shows, each by a line that includes its drawing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.pages.fences import Fence

#: The line that does.
INCLUDE = re.compile(
    r'^--8<-- "docs/figures/svg/(?P<name>\w+)\.(?P<language>\w+)\.svg"$', re.MULTILINE
)


@dataclass(frozen=True)
class Figure:
    """One ``--8<-- "docs/figures/svg/NAME.LANGUAGE.svg"`` of a page."""

    name: str
    language: str
    line: int
    start: int
    end: int


def figures(text: str, fences: list[Fence]) -> list[Figure]:
    """The figures of a page's text, in order; ``fences`` is what includes code instead."""
    return [
        Figure(
            match["name"], match["language"], text.count("\n", 0, match.start()) + 1, *match.span()
        )
        for match in INCLUDE.finditer(text)
        if not any(fence.start <= match.start() < fence.end for fence in fences)
    ]
