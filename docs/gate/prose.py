"""The prose of a page: its blocks, and each number with its place and its check.

The site's own Markdown decides what is prose and what is code. Before it reads the
page, each fence and each number is replaced by one private character; what it then
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

from gate.fences import Fence
from gate.site import markdown

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
        |   \?[?,./%]* (?=\**<!--=)                        # to be filled in
        )
        (?: (?P<marks>\**) <!--= \s* (?P<check>.+?) \s* --> )?
      )
    | <!--= \s* (?P<alone>.+?) \s* -->
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_FIRST = 0xF0000  # a plane of private characters, 65,534 of them
_MARKED = re.compile("[\U000f0000-\U000fffff\n]")

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


@dataclass(frozen=True)
class TableCheck:
    """The expression on a line of its own, which gives the rows of the table above it."""

    check: str
    start: int
    end: int


@dataclass
class Block:
    """A paragraph, a list item, a heading, a table's row; a fence, a comment, a check.

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
    table_check: TableCheck | None = None


Piece = Number | TableCheck | Fence


def read(text: str, found: list[Fence]) -> list[Block]:
    """The blocks of a page in order; ``found`` is its fences."""
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

    md = markdown()
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
            start = text.index(meta[name])
            found = _TOKEN.finditer(text, start, start + len(meta[name]))
            numbers = [Number(m["number"], "", *m.span("number")) for m in found if m["number"]]
            line = text.count("\n", 0, start) + 1
            yield Block(name, line=line, text=meta[name], numbers=numbers)


def _split(text: str, start: int, found: list[Fence]) -> Iterator[tuple[str, Piece | None]]:
    """The text from ``start`` on, cut at its pieces: what comes before each, and the piece."""
    position = start
    for fence in [*found, None]:
        opening = fence.start if fence else len(text)
        for match in _TOKEN.finditer(text, position, opening):
            if match["number"]:
                number_start, number_end = match.span("number")
                piece = Number(match["number"], match["check"] or "", number_start, match.end())
                yield text[position:number_start], piece
                position = number_end
                if match["check"]:
                    yield match["marks"], None
                    position = match.end()
            elif match["alone"]:
                yield text[position : match.start()], TableCheck(match["alone"], *match.span())
                position = match.end()
        yield text[position:opening], fence
        position = fence.end if fence else opening


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
        if tag == "a" and given.get("class") == "headerlink":
            tag = "headerlink"  # the theme's own, no prose
        elif "href" in given or "src" in given:
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
        names = [tag, "headerlink"] if tag == "a" else [tag]
        while self.open and self.inside(*names):
            closed, _ = self.open.pop()
            if closed in _FRAMES:
                self.frames.pop()
            if closed in names:
                break

    def handle_data(self, data: str) -> None:
        if self.inside("headerlink", "script", "style"):
            return
        if self.inside("math"):
            self.block.formulas[-1] += self.restore(data).strip()
        elif self.inside("code"):
            self.block.code[-1] += self.restore(data)
            self.block.text += self.restore(data)
            if self.block.kind.endswith("pre"):
                self.block.opening = self.block.opening or self.restore(data).split("\n")[0]
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
        self.block.opening = (
            self.block.opening or re.split("[\U000f0000-\U000fffff\n]", data)[0].strip()
        )
        for character in data:
            piece = self.piece(character)
            if isinstance(piece, Fence):
                self.add("fence").fence = piece
                continue
            if isinstance(piece, Number):
                self.block.numbers.append(piece)
            # A number that is checked is the gate's to change, not the translator's.
            is_checked = isinstance(piece, Number) and piece.check
            self.block.text += "#" if is_checked else self.restore(character)

    def piece(self, character: str) -> Piece | None:
        index = ord(character) - _FIRST if len(character) == 1 else -1
        return self.pieces[index] if 0 <= index < len(self.pieces) else None

    def restore(self, data: str) -> str:
        """``data`` with its private characters as the page has them."""
        found = ((character, self.piece(character)) for character in data)
        return "".join(p.shown if isinstance(p, Number) else c for c, p in found)


def _locate(blocks: list[Block], text: str, position: int) -> None:
    """Give each block the line of the page that it starts in, and drop the empty ones."""
    blocks[:] = [
        block
        for block in blocks
        if block.text.strip(" |\n")
        or block.fence
        or block.table_check
        or block.links
        or block.formulas
        or block.kind.endswith("pre")
    ]
    for block in blocks:
        if block.fence:
            position = block.fence.start
        elif block.table_check:
            position = block.table_check.start
        else:
            places = [text.find(block.opening, position)] if block.opening else []
            places += [number.start for number in block.numbers[:1]]
            places = [place for place in places if place >= position]
            position = min(places, default=position)
        block.line = text.count("\n", 0, position) + 1
