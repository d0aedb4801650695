"""Every fence of a page, as the site sees it.

pymdownx's own preprocessor finds them, so a fence that the reader gets is a fence
that the gate knows: any info string, tildes, indented in a tab or an admonition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from markdown import Markdown
from pymdownx.snippets import SnippetPreprocessor
from pymdownx.superfences import RE_NESTED_FENCE_START, SuperFencesBlockPreprocessor

from gate.site import ROOT, markdown


@dataclass(frozen=True)
class Fence:
    """One fenced block; lines count from 1, as editors do."""

    language: str
    source: str
    first_line: int
    """The line of the opening fence."""
    last_line: int
    """The line of the closing fence."""

    def expanded(self) -> str:
        """The source with its ``--8<--`` includes in place."""
        return "\n".join(_snippets().run(self.source.split("\n")))

    def origin(self) -> tuple[Path, int] | None:
        """File and line of the first line of an include that is all there is; else None."""
        include = SnippetPreprocessor.RE_ALL_SNIPPETS.match(self.source.strip())
        if include is None or not include["snippet"]:
            return None
        snippets = _snippets()
        target = snippets.parse_snippet_target(include["snippet"][1:-1])
        file = ROOT / target["path"]
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            marker = snippets.match_section(line)
            if marker and (marker["type"], marker["name"]) == (
                "start",
                target["section"],
            ):
                return file, number + 1
        return file, 1


def fences(text: str) -> list[Fence]:
    """The fences of a page's text, in order."""
    return _Census(markdown()).find(text)


def spans(text: str, found: list[Fence]) -> list[tuple[int, int]]:
    """Where each fence starts and ends in the text, in characters."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return [(starts[fence.first_line - 1], starts[fence.last_line] - 1) for fence in found]


def unclosed(text: str, found: list[Fence]) -> Iterator[int]:
    """Lines that open a fence which the site does not take for one."""
    inside = {line for fence in found for line in range(fence.first_line, fence.last_line + 1)}
    for number, line in enumerate(text.split("\n"), start=1):
        if number not in inside and RE_NESTED_FENCE_START.match(line.lstrip("> \t")):
            yield number


class _Census(SuperFencesBlockPreprocessor):
    """Notes down each block where pymdownx would render it."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        renderer = cast("SuperFencesBlockPreprocessor", md.preprocessors["fenced_code_block"])
        self.config, self.extension = renderer.config, renderer.extension
        self.found: list[Fence] = []

    def find(self, text: str) -> list[Fence]:
        self.run(text.split("\n"))
        return self.found

    def process_nested_block(self, ws: str, content: str, start: int, end: int) -> None:
        source = self.rebuild_block(self.code)
        self.found.append(Fence(self.lang or "", source, first_line=start + 1, last_line=end))
        self.clear()


def _snippets() -> SnippetPreprocessor:
    return cast("SnippetPreprocessor", markdown().preprocessors["snippet"])
