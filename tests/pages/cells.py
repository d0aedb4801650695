"""A lab as the two pages that are made of it, one a language, each line where the lab has it.

Text cells stand as they are, sentences as text in which a value is a number with a check,
``?<!--= accuracy:.1% -->``, that the lab's run evaluates. A code cell is a fence that is
not run here. What a cell's first line says to readers, of its picture or of the page, is an
image's alternative text. Where the other language's cells are, nothing stands. So all that
holds for a page holds for a lab.
"""

from __future__ import annotations

import ast
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.pages.fences import Fence

if TYPE_CHECKING:
    from hooks.labs import Cell


class Sentence(NamedTuple):
    text: str
    """What it says, with a ``VALUE`` in place of each value."""
    values: list[str]
    """The expressions of those, with their format: ``accuracy:.1%``."""


VALUE = "\ue000"
#: What is done with a code cell, in the report of all fences.
BUILT = "run when the site is built"


@cache
def read(lab: Path, text: str) -> list[Cell]:
    """The cells of a lab.

    :raises ValueError: something stands before the first cell.
    """
    # Late: a page that is no lab needs no jupytext.
    from hooks.labs import cells

    return cells(lab, text)


def as_page(lab: Path, text: str, language: str) -> tuple[str, tuple[Fence, ...], frozenset[int]]:
    """The text of a lab's page, its code cells, and where the values of its sentences end."""
    written = text.split("\n")
    lines = [""] * len(written)
    code, values = [], set()
    for cell in read(lab, text):
        if cell.language not in (language, None):
            continue
        line, shown, ends = cell.line, cell.source, list[int]()
        if cell.kind == "code":
            shown = written[line - 1]
        elif cell.kind == "output":
            shown, ends = _with_checks(sentence(cell))
        spoken = (cell.metadata.get(name) for name in (f"alt_{language}", "description"))
        lines[line - 2] = "".join(map(_image, filter(None, spoken)))
        start = sum(len(each) + 1 for each in lines[: line - 1])
        lines[line - 1 : line + shown.count("\n")] = shown.split("\n")
        values |= {start + end for end in ends}
        if cell.kind == "code":
            end = start + len(shown)
            code.append(Fence("python", cell.source, "", line, line, start, end, excuse=BUILT))
    return "\n".join(lines), tuple(code), frozenset(values)


def sentence(cell: Cell) -> Sentence | None:
    """What a sentence's cell says; None for any other cell, or if it is not written as one.

    It is one f-string in triple quotes, so that its lines are those of the file.
    """
    if cell.kind != "output":
        return None
    try:
        match ast.parse(cell.source).body:
            case [ast.Expr(ast.Call(ast.Name("Markdown"), [ast.JoinedStr(parts)], []))]:
                values = [part for part in parts if isinstance(part, ast.FormattedValue)]
                said = "".join(
                    str(part.value) if isinstance(part, ast.Constant) else VALUE for part in parts
                )
            case _:
                return None
    except SyntaxError:
        return None
    written = [ast.unparse(ast.JoinedStr([value])) for value in values]
    is_whole = said.count("\n") == cell.source.count("\n") and "\\" not in cell.source
    return Sentence(said, [each[1:].strip("'\"")[1:-1] for each in written]) if is_whole else None


def _with_checks(said: Sentence | None) -> tuple[str, list[int]]:
    """The text with a check for each value, and where those end."""
    if said is None:
        return "", []
    text, *behind = said.text.split(VALUE)
    ends = []
    for value, between in zip(said.values, behind, strict=True):
        text += f"?<!--= {value} -->"
        ends.append(len(text))
        text += between
    return text, ends


def _image(alternative: str) -> str:
    spoken = escape(alternative, quote=False).replace('"', "&quot;")
    return f'<figure><img src="#" alt="{spoken}"></figure>'
