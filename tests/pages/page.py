"""A page's text: its lines of prose, and its fences.

Prose is read line by line. A paragraph, an item of a list and a row of a table are one line each,
and the same line stands in the page's translation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from tests.pages.fences import Fence, Row, read_fences
from tests.pages.site import language_of

#: What stands in the text of a lab for each character of a value that its run puts in.
VALUE = "\ue000"

NUMBER = r"""
      \d+ (?:×\d+)+                                     # 7×7
    | \d+ / \d+                                         # 4/9
    | \d[\d,]*억 (?:[ ]\d[\d,]*만)? | \d[\d,]*만          # 5억 6900만
    | \d+ (?:[.-]\d+){2,}                               # 1.2.3, 2023-01-12
    | \d (?:[\d,]*\d)? (?:\.\d+)? (?:[ ]?%|[ ]million\b)?
"""
_TOKEN = re.compile(
    rf"""
      (?P<list>^\s*\d+[.)]\s)
    | (?P<comment><!--(?!=).*?(?:-->|$))
    | <!--=\s*(?P<alone>.+?)\s*-->
    | (?P<math><math\b.*?(?:</math>|$))
    | (?P<ticks>`+)(?P<code>.+?)(?P=ticks)(?:(?P<code_marks>\**)<!--=\s*(?P<code_check>.+?)\s*-->)?
    | <?(?P<url>https?://[^\s)>]+)>?
    | (?P<tag></?[a-zA-Z][^<>]*>)
    | \]\((?P<link>[^\s)]*)(?:\s+"(?P<title>[^"]*)")?\)
    | \]\[(?P<reference>[\w.]+)\]
    | (?P<attributes>\{{:?[ ]*[#.\w][^{{}}]*\}})
    | \d{{1,2}}월 | 분의[ ]1(?!\d)                         # Korean for January, and for a ratio
    | (?:(?<![\w&\#.])(?P<number>{NUMBER})|(?P<blank>\?[?,./%]*)(?=[*`]*<!--=))
      (?:(?P<marks>[*`]*)<!--=\s*(?P<check>.+?)\s*-->)?
    """,
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(r'\b(?P<name>alt|title|aria-label|href|src)="(?P<value>[^"]*)"')
_WHOLE_NUMBER = re.compile(NUMBER, re.VERBOSE)
_BLANK = re.compile(rf"{NUMBER}|\?[?,./%]*", re.VERBOSE)


class Number(NamedTuple):
    """A number as a page shows it, and the expression beside it; empty where it has none."""

    shown: str
    check: str
    start: int
    end: int


@dataclass
class Line:
    """A line of prose, and what stands in it."""

    row: Row
    words: str = ""
    """What a reader reads: no code, no markup, no checked number."""
    numbers: list[Number] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)
    """Checks that stand behind no number."""

    @property
    def is_table_check(self) -> bool:
        """Whether the line is nothing but a check, which gives the rows of the table above it."""
        return bool(re.fullmatch(r"<!--=.*-->", self.row.text.strip()))

    @cached_property
    def shape(self) -> str:
        """What kind of line it is, as its translation has to be as well."""
        text = self.row.text
        indent = " " * (len(text) - len(text.lstrip()))
        text = text.strip()
        if heading := re.match(r"(#+) .*?(\{#[^}]*\})?$", text):
            return f"the heading {heading[1]} {heading[2] or ''}".strip()
        if text.startswith("|"):
            cells = re.split(r"(?<!\\)\|", re.sub(r"`[^`]*`", "code", text.strip("|")))
            filled = sum(bool(cell.strip()) for cell in cells)
            return f"a table row of {len(cells)} cells, {filled} with something in them"
        if include := re.match(r'--8<-- "docs/figures/svg/(\w+)\.\w+\.svg"$', text):
            return f"the figure {include[1]}"
        if marker := re.match(r"(?:[-*+]|\d+[.)]|!!!|\?\?\?\+?|===|:::) (?:\w+(?= \"))?", text):
            return f"{indent}{re.sub(r'[0-9]+', '1', marker[0])}…"
        if self.is_table_check or self.comments:
            return "a comment"
        if text.startswith("<"):
            return "HTML " + "".join(re.findall(r"</?[\w-]+", text))
        return f"{indent}a paragraph"


@dataclass(frozen=True)
class Page:
    """A page in one language; a lab's file has two."""

    path: Path
    language: str
    rows: list[Row]
    prefix: str = ""
    """What stands before each line in the file: ``"# "`` in a lab."""

    @cached_property
    def fences(self) -> list[Fence]:
        """Its fences, in order."""
        return read_fences(self.rows, self.prefix)

    @cached_property
    def body(self) -> int:
        """The first line behind its front matter."""
        ends = (row.number for row in self.rows[1:] if row.text == "---")
        return next(ends, 0) + 1 if self.rows and self.rows[0].text == "---" else 1

    @cached_property
    def lines(self) -> list[Line]:
        """Its lines that are neither empty nor in a fence."""
        inside = {number for fence in self.fences for number in range(fence.line, fence.last + 1)}
        return [
            read_line(row) if row.number >= self.body else read_front_matter(row)
            for row in self.rows
            if row.number not in inside and row.text.strip()
        ]

    @cached_property
    def parts(self) -> list[Line | Fence]:
        """Lines and fences together, in order."""
        parts: list[Line | Fence] = [*self.lines, *self.fences]
        return sorted(parts, key=line_number)


def read_page(path: Path, text: str | None = None) -> Page:
    """Return the page of a Markdown file, as it is on the disk or with another text."""
    rows, start = [], 0
    text = path.read_text(encoding="utf-8") if text is None else text
    for number, line in enumerate(text.split("\n"), 1):
        rows.append(Row(number, start, line))
        start += len(line) + 1
    return Page(path, language_of(path), rows)


def line_number(part: Line | Fence) -> int:
    """Return the line of the file in which a part of a page begins."""
    return part.line if isinstance(part, Fence) else part.row.number


def read_line(row: Row) -> Line:
    """Return a line of prose with what stands in it."""
    line = Line(row)
    words, last = [], 0
    for token in _TOKEN.finditer(row.text):
        words.append(row.text[last : token.start()])
        last = token.end()
        kind = token.lastgroup
        start = row.start + token.start()
        if number := token["number"] or token["blank"]:
            line.numbers.append(
                Number(number, token["check"] or "", start, row.start + token.end())
            )
            words.append("#" if token["check"] else number)
        elif token["alone"]:
            line.alone.append(token["alone"])
        elif token["code"]:
            check = token["code_check"] or ""
            if (_BLANK if check else _WHOLE_NUMBER).fullmatch(token["code"]):
                start += len(token["ticks"])
                line.numbers.append(Number(token["code"], check, start, row.start + token.end()))
            line.code.append("#" if check else token["code"])
            words.append(" ")
        elif token["comment"]:
            line.comments.append(token["comment"])
        elif token["math"]:
            line.formulas.append(token["math"])
        elif token["tag"]:
            for attribute in _ATTRIBUTE.finditer(token["tag"]):
                if attribute["name"] in ("href", "src"):
                    line.links.append(attribute["value"])
                else:
                    _read_spoken(line, attribute["value"], start + attribute.start("value"))
                    words.append(f" {attribute['value']} ")
        elif link := token["url"] or token["link"] or token["reference"]:
            line.links.append(link)
            if token["title"]:
                _read_spoken(line, token["title"], row.start + token.start("title"))
        elif token["attributes"] or kind == "list":
            pass
        else:
            words.append(token[0])
    line.words = "".join([*words, row.text[last:]])
    return line


def read_front_matter(row: Row) -> Line:
    """Return a line of a page's front matter: the title and the description are prose."""
    if re.match(r"(?:title|description):", row.text):
        return read_line(row)
    return Line(row, code=[row.text])


def _read_spoken(line: Line, text: str, start: int) -> None:
    """Add the numbers of an alternative text or a title, which nothing can check there."""
    for number in read_numbers(text):
        line.numbers.append(number._replace(start=start + number.start, end=start + number.end))


def read_numbers(text: str) -> Iterator[Number]:
    """Return the numbers of plain words."""
    for token in _TOKEN.finditer(text):
        if token["number"]:
            yield Number(token["number"], "", *token.span("number"))
