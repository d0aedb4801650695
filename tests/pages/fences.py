"""Fenced code, as a page has it.

A fence's first line is one of a few forms: ``python``, ``pycon`` and so on right behind three
backticks, or more, and perhaps ``title="…"``. Whatever else looks like a fence is a failure, so
that no code escapes by the way it is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple, cast

from markdown import Markdown
from pymdownx.snippets import SnippetPreprocessor

from tests.pages.site import ROOT

#: Languages whose code runs, those that hold what code printed, those that need a comment that
#: says why they are not run or which test runs them, and those that are only shown.
RUN, OUTPUT, EXPLAINED, SHOWN = (
    ("python", "pycon"),
    ("text", "diff"),
    ("sh", "nginx"),
    ("markdown",),
)

_LANGUAGE = "|".join([*RUN, *OUTPUT, *EXPLAINED, *SHOWN])
_OPENING = re.compile(
    rf'(?P<indent> *)(?P<marks>`{{3,}})(?P<language>{_LANGUAGE})(?: title="[^"]+")?'
)
_LOOKS_LIKE_ONE = re.compile(r"^[\s>*+\d.)-]*(?:`{3,}|~{3,})")
_SKIP = re.compile(r'<!-- skip: next "(?P<reason>.+)" -->')
_RUN_BY = re.compile(r"<!-- run by: (?P<test>\S+) -->")


class Row(NamedTuple):
    """A line of a page: its number in the file, where its text starts there, and its text."""

    number: int
    start: int
    text: str


@dataclass(frozen=True)
class Fence:
    """A fenced block of a page."""

    language: str
    """Empty where the block is written in a form that no page uses."""
    source: str
    prefix: str
    """What stands before each of its lines in the file."""
    line: int
    last: int
    """The lines of the opening and the closing fence."""
    start: int
    """Where the opening one starts in the file; ``end`` is where the closing one ends."""
    end: int
    skip: str = ""
    """Why it is not run, from the comment right above: ``<!-- skip: next "…" -->``."""
    run_by: str = ""
    """The test that runs it, from the comment right above: ``<!-- run by: tests/… -->``."""
    has_output: bool = False
    """Whether a block of output follows it, before the next one of Python."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What has to be the same in the other language."""
        return self.language, self.source, self.skip, self.run_by

    def expand(self) -> str:
        """Return the source with its ``--8<--`` includes in place."""
        return "\n".join(_snippets().run(self.source.split("\n")))

    def included(self) -> tuple[Path, str] | None:
        """Return file and section where the block is nothing but one include; else None."""
        include = re.fullmatch(r'--8<-- "(?P<file>[^":]+)(?::(?P<section>\w+))?"', self.source)
        return (ROOT / include["file"], include["section"] or "") if include else None


def read_fences(rows: list[Row], prefix: str = "") -> list[Fence]:
    """Return the fences among the lines of a page, in order."""
    fences: list[Fence] = []
    index = 0
    while index < len(rows):
        row = rows[index]
        if not _LOOKS_LIKE_ONE.match(row.text):
            index += 1
            continue
        opening = _OPENING.fullmatch(row.text.rstrip())
        closing = row.text.split("`" * 3)[0] + "`" * 3
        if opening:
            closing = opening["indent"] + opening["marks"]
        ends = (i for i in range(index + 1, len(rows)) if rows[i].text.rstrip() == closing)
        last = next(ends, None)
        is_whole = opening is not None and last is not None
        last = index if last is None else last
        indent = opening["indent"] if opening else ""
        above = rows[index - 1].text.strip() if index else ""
        skip, run_by = _SKIP.fullmatch(above), _RUN_BY.fullmatch(above)
        inside = [each.text.removeprefix(indent) for each in rows[index + 1 : last]]
        fences.append(
            Fence(
                language=opening["language"] if opening and is_whole else "",
                source="\n".join(inside),
                prefix=prefix + indent,
                line=row.number,
                last=rows[last].number,
                start=row.start,
                end=rows[last].start + len(rows[last].text),
                skip=skip["reason"] if skip else "",
                run_by=run_by["test"] if run_by else "",
            )
        )
        index = last + 1
    return [
        replace(fence, has_output=_has_output(fences[index + 1 :]))
        for index, fence in enumerate(fences)
    ]


def _has_output(following: list[Fence]) -> bool:
    """Return whether a block of output comes before the next block of Python."""
    for fence in following:
        if fence.language in OUTPUT and not fence.skip:
            return True
        if fence.language == "python":
            return False
    return False


def section_line(file: Path, section: str) -> int:
    """Return the line in which a section of a file starts; 1 for the whole file."""
    lines = file.read_text(encoding="utf-8").splitlines()
    starts = (i for i, line in enumerate(lines, 2) if f"--8<-- [start:{section}]" in line)
    return next(starts, 1)


def find_sections(file: Path) -> set[str]:
    """Return the names of a file's sections."""
    return set(re.findall(r"--8<-- \[\w+:(\w+)\]", file.read_text(encoding="utf-8")))


@cache
def _snippets() -> SnippetPreprocessor:
    """Return what puts includes in place on the site, with the settings of ``mkdocs.yml``."""
    settings = {"base_path": [str(ROOT)], "check_paths": True}
    name = "pymdownx.snippets"
    markdown = Markdown(extensions=[name], extension_configs={name: settings})
    return cast("SnippetPreprocessor", markdown.preprocessors["snippet"])
