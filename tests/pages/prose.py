"""The prose of a page: its blocks, and each number with its place and its check.

The site's own Markdown decides what is prose and what is code. Before it reads the
page, each fence, figure and number is replaced by one private character; what it then
leaves in the text of a paragraph, a cell or an alt text is prose, and the character
says where in the page it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from mkdocs.utils.meta import get_data

from tests.pages.fences import Fence
from tests.pages.figures import Figure
from tests.pages.site import markdown

_TOKEN = re.compile(
    r"""
      ^[ \t>]* \d+[.)] [ \t]                              # the 1. of a list
    | \d{1,2}월 | 분의[ ]1(?!\d)                          # Korean for January, and for a share
    | (?:
        (?P<number>
            (?<![\w&\#.])
            (?: \d+ (?:×\d+)+                             # 7×7
            |   \d+ / \d+                                 # 4/9
            |   \d[\d,]*억 (?:[ ]\d[\d,]*만)? | \d[\d,]*만  # 5억 6900만
            |   \d+ (?:[.-]\d+){2,}                       # 1.2.3, 2023-01-12
            |   \d (?:[\d,]*\d)? (?:\.\d+)? (?:[ ]?%|[ ]million\b)?
            )
        |   \?[?,./%]* (?=[*`]*<!--=)                        # to be filled in
        )
        (?: (?P<marks>[*`]*) <!--= \s* (?P<check>.+?) \s* --> )?
      )
    | <!--= \s* (?P<alone>.+?) \s* -->
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_FIRST = 0xF0000  # a plane of private characters, 65,534 of them
_PIECE = re.compile("([\U000f0000-\U000fffff])")

_BLOCKS = {"p", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "figcaption", "summary"}
_FRAMES = {"ul", "ol", "blockquote", "table", "dl", "div", "details", "figure"}
_VOID = {"br", "hr", "img", "input", "col", "source", "wbr"}
_SPOKEN = ("alt", "title", "aria-label")


@dataclass(frozen=True)
class Number:
    """A number in prose, as it is shown; ``check`` is the expression beside it, or empty."""

    shown: str
    check: str
    start: int
    end: int
    marks: str = ""
    """What stands between the number and the comment: the end of bold type or of code."""


@dataclass(frozen=True)
class TableCheck:
    """The expression on a line of its own, which gives the rows of the table above it."""

    check: str
    start: int
    end: int


@dataclass
class Block:
    """A paragraph, a list item, a heading, a table's row; a fence, a figure, a comment, a check.

    ``pre`` is code that stands in no fence: indented, or written in HTML.
    """

    kind: str
    """The element inside those around it that a reader can tell: ``ol > li``."""
    line: int = 0
    text: str = ""
    opening: str = ""
    """The first words of its text that stand in the page to the letter."""
    identifier: str = ""
    cells: int = 0
    code: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    fence: Fence | None = None
    figure: Figure | None = None
    table_check: TableCheck | None = None


Piece = Number | TableCheck | Fence | Figure


def read(text: str, fences: list[Fence], figures: list[Figure]) -> list[Block]:
    """The blocks of a page in order."""
    found: list[Fence | Figure] = [*fences, *figures]
    found.sort(key=lambda piece: piece.start)
    body, meta = get_data(text)
    pieces: list[Piece] = []
    marked: list[str] = []
    for between, piece in _split(text, len(text) - len(body), found):
        marked.append(between)
        if piece is not None:
            pieces.append(piece)
            character = chr(_FIRST + len(pieces) - 1)
            if isinstance(piece, Fence):
                character = f"{piece.prefix.rstrip()}\n{piece.prefix}{character}\n"
            elif isinstance(piece, TableCheck):
                character = f"<!--{character}-->"
            marked.append(character)

    md = markdown(prose=True)
    md.reset()
    reader = _Reader(pieces)
    reader.feed(md.convert("".join(marked)))
    reader.close()
    _locate(reader.blocks, text, len(text) - len(body))
    return [*_head(text, meta), *reader.blocks]


def _head(text: str, meta: dict[str, Any]) -> Iterator[Block]:
    """What the head of a page says to search engines and in the tab."""
    for name in ("title", "description"):
        if name in meta:
            start = max(0, text.find(meta[name]))
            line = text.count("\n", 0, start) + 1
            found = [*numbers(meta[name], start)]
            yield Block(name, line=line, text=meta[name], numbers=found)


def numbers(words: str, start: int = 0) -> Iterator[Number]:
    """The numbers in words that are no Markdown, and stand at a place of a text."""
    for match in _TOKEN.finditer(words):
        if match["number"]:
            yield Number(match["number"], "", start + match.start(), start + match.end())


def _split(
    text: str, start: int, found: list[Fence | Figure]
) -> Iterator[tuple[str, Piece | None]]:
    """The text from ``start`` on, cut at its pieces: what comes before each, and the piece."""
    position = start
    for whole in [*found, None]:
        opening = whole.start if whole else len(text)
        for match in _TOKEN.finditer(text, position, opening):
            if match["number"]:
                number_start, number_end = match.span("number")
                check, marks = match["check"] or "", match["marks"] or ""
                piece = Number(match["number"], check, number_start, match.end(), marks)
                yield text[position:number_start], piece
                position = number_end
                if check:
                    yield marks, None
                    position = match.end()
            elif match["alone"]:
                yield text[position : match.start()], TableCheck(match["alone"], *match.span())
                position = match.end()
        yield text[position:opening], whole
        position = whole.end if whole else opening


class _Reader(HTMLParser):
    """Collects the blocks of a page's HTML."""

    def __init__(self, pieces: list[Piece]) -> None:
        super().__init__()
        self.pieces = pieces
        self.blocks: list[Block] = []
        self.open: list[tuple[str, Block | None]] = []
        self.frames: list[str] = []

    @property
    def block(self) -> Block:
        """The innermost block that is open; what stands outside of all is one together."""
        for _, block in reversed(self.open):
            if block is not None:
                return block
        if self.blocks and self.blocks[-1].kind == " > ".join([*self.frames, "text"]):
            return self.blocks[-1]
        return self.add("text")

    def add(self, tag: str) -> Block:
        block = Block(" > ".join([*self.frames, tag]))
        self.blocks.append(block)
        return block

    def inside(self, *tags: str) -> bool:
        return any(tag in tags for tag, _ in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _FRAMES:
            self.frames.append(".".join([tag, *given.get("class", "").split()]))
        block = None
        if tag in _BLOCKS:
            block = self.add(tag)
            block.identifier = self.restore(given.get("id", ""))
        elif tag == "pre":
            block = self.add("pre")
        elif tag in ("td", "th"):
            self.block.cells += 1
            self.block.text += " | "
        if "href" in given or "src" in given:
            self.block.links.append(self.restore(given.get("href", given.get("src", ""))))
        if self.inside("math"):
            self.block.formulas[-1] += f"<{tag}>"
        elif tag == "math":
            self.block.formulas.append("")
        elif tag == "code":
            self.block.code.append("")
        if tag not in _VOID:
            self.open.append((tag, block))
        for name in _SPOKEN:
            if name in given:
                self.prose(given[name])

    def handle_endtag(self, tag: str) -> None:
        while self.inside(tag):
            closed, _ = self.open.pop()
            if closed in _FRAMES:
                self.frames.pop()
            if closed == tag:
                break

    def handle_data(self, data: str) -> None:
        if self.inside("script", "style"):
            return
        if self.inside("math"):
            self.block.formulas[-1] += self.restore(data).strip()
        elif self.inside("code"):
            self.block.code[-1] += self.restore(data)
            self.block.text += self.restore(data)
            if self.block.kind.endswith("pre"):
                self.block.opening = self.block.opening or self.restore(data).split("\n")[0]
            number = self.piece(data)
            # Code that is nothing but a number is a number, unless it shows how to check one.
            if isinstance(number, Number) and (not number.check or "`" in number.marks):
                self.block.numbers.append(number)
        elif data.strip():
            self.prose(data)

    def handle_comment(self, data: str) -> None:
        piece = self.piece(data)
        if isinstance(piece, TableCheck):
            self.add("check").table_check = piece
        else:
            comment = self.add("comment")
            comment.text = comment.opening = self.restore(data).strip()

    def prose(self, data: str) -> None:
        block = self.block
        for part in _PIECE.split(data):
            piece = self.piece(part)
            if piece is None:
                block.opening = block.opening or part.strip().split("\n")[0]
                block.text += part
            elif isinstance(piece, Number):
                block.numbers.append(piece)
                # A number that is checked is the gate's to change, not the translator's.
                block.text += "#" if piece.check else piece.shown
            elif isinstance(piece, Fence):
                self.add("fence").fence = piece
            elif isinstance(piece, Figure):
                is_whole = self.open[-1:] and self.open[-1][0] == "figure"
                self.add("picture" if is_whole else "p > picture").figure = piece

    def piece(self, part: str) -> Piece | None:
        return self.pieces[ord(part) - _FIRST] if _PIECE.fullmatch(part) else None

    def restore(self, data: str) -> str:
        """``data`` with its private characters as the page has them."""
        if data.isascii():
            return data
        found = ((part, self.piece(part)) for part in _PIECE.split(data))
        return "".join(piece.shown if isinstance(piece, Number) else part for part, piece in found)


def _locate(blocks: list[Block], text: str, position: int) -> None:
    """Give each block the line of the page that it starts in, and drop the empty ones."""
    blocks[:] = [
        block
        for block in blocks
        if block.text.strip(" |\n")
        or block.fence
        or block.figure
        or block.table_check
        or block.links
        or block.formulas
        or block.kind.endswith("pre")
    ]
    for block in blocks:
        if whole := block.fence or block.figure:
            position = whole.start
        elif block.table_check:
            position = block.table_check.start
        else:
            places = [text.find(block.opening, position)] if block.opening else []
            places += [number.start for number in block.numbers[:1]]
            places = [place for place in places if place >= position]
            position = min(places, default=position)
        block.line = text.count("\n", 0, position) + 1
