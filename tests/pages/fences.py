"""Every fence of a page, as the site sees it.

pymdownx's own preprocessor finds them, so a fence that the reader gets is a fence
that the gate knows: any info string, tildes, indented in a tab or an admonition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import cast

from markdown import Markdown
from pymdownx.snippets import SnippetPreprocessor
from pymdownx.superfences import RE_NESTED_FENCE_START, SuperFencesBlockPreprocessor

from tests.pages.site import ROOT, markdown

_EXCUSE = re.compile(r"<!-- (?P<reason>not run: .+?|run by: .+?) -->\s*\Z")


@dataclass(frozen=True)
class Fence:
    """One fenced block of a page."""

    language: str
    source: str
    prefix: str
    """What stands before the fence on its line: the indentation, or the > of a quotation."""
    line: int
    """The line of the opening fence, counted from 1."""
    last_line: int
    """The line of the closing fence."""
    start: int
    """Where the first of them starts in the page's text; ``end`` is where the last one ends."""
    end: int
    excuse: str
    """What the comment right above it says, ``not run: …`` or ``run by: …``; else empty."""

    def expanded(self) -> str:
        """The source with its ``--8<--`` includes in place."""
        return "\n".join(_snippets().run(self.source.split("\n")))

    def included(self) -> tuple[Path, str] | None:
        """File and section, where the fence is nothing but one include; else None."""
        include = SnippetPreprocessor.RE_ALL_SNIPPETS.match(self.source.strip())
        if include is None or not include["snippet"] or include["escape"]:
            return None
        target = _snippets().parse_snippet_target(include["snippet"][1:-1])
        return ROOT / target["path"], target["section"] or ""


def fences(text: str) -> list[Fence]:
    """The fences of a page's text, in order."""
    return _Census(markdown()).find(text)


def strays(text: str, found: list[Fence]) -> Iterator[tuple[int, str]]:
    """The lines in no fence that open one, or that include a file; and what is wrong with them."""
    inside = {line for fence in found for line in range(fence.line, fence.last_line + 1)}
    for number, line in enumerate(text.split("\n"), start=1):
        if number in inside:
            continue
        if RE_NESTED_FENCE_START.match(line.lstrip("> \t")):
            yield (
                number,
                "opens a fence that is never closed, or whose options the site cannot read",
            )
        elif SnippetPreprocessor.RE_ALL_SNIPPETS.match(line):
            yield number, "includes a file in the middle of prose, where nothing would check it"


def section_line(file: Path, section: str) -> int:
    """The line that a section of a file starts in, below its marker; 1 for the whole file."""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        marker = _snippets().match_section(line)
        if marker and marker["type"] == "start" and marker["name"] == section:
            return number + 1
    return 1


def sections(file: Path) -> set[str]:
    """The names of a file's sections."""
    markers = map(_snippets().match_section, file.read_text(encoding="utf-8").splitlines())
    return {marker["name"] for marker in markers if marker}


class _Census(SuperFencesBlockPreprocessor):
    """Notes down each block where pymdownx would render it."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        renderer = cast("SuperFencesBlockPreprocessor", md.preprocessors["fenced_code_block"])
        self.config, self.extension = renderer.config, renderer.extension

    def find(self, text: str) -> list[Fence]:
        self.text = text
        self.found: list[Fence] = []
        lines = text.split("\n")
        self.starts = [0, *accumulate(len(line) + 1 for line in lines)]
        self.run(lines)
        return self.found

    def process_nested_block(self, ws: str, content: str, start: int, end: int) -> None:
        opening = self.starts[start]
        excuse = _EXCUSE.search(self.text, max(0, opening - 400), opening)
        self.found.append(
            Fence(
                language=self.lang or "",
                source=self.rebuild_block(self.code),
                prefix=self.ws,
                line=start + 1,
                last_line=end,
                start=opening,
                end=self.starts[end] - 1,
                excuse=excuse["reason"] if excuse else "",
            )
        )
        self.clear()


def _snippets() -> SnippetPreprocessor:
    return cast("SnippetPreprocessor", markdown().preprocessors["snippet"])
