"""A lab's source: its cells in order, each with the line it is on, and the notebook of them.

A lab is a file in jupytext's percent format. A text cell (``# %% [markdown] tags=["ko"]``)
is in one language. A code cell (``# %%``) has none, and both languages show it. A code
cell that is tagged with a language is a sentence: what it runs is ``Markdown(f"…")``, and
its page shows what that makes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import jupytext
from nbformat import NotebookNode

LABS = Path(__file__).parents[2] / "labs"
LANGUAGES = ("ko", "en")

_MARKER = re.compile(r"^# %%(?!%)", re.MULTILINE)


class LabError(ValueError):
    """What is wrong with a lab, and in which line of which file."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        name = path.relative_to(LABS.parents[1]) if path.is_relative_to(LABS) else path
        super().__init__(f"{name}:{line}: {message}")
        self.line = line
        self.message = message


@dataclass(frozen=True)
class Cell:
    kind: Literal["text", "code", "sentence"]
    language: str | None
    """``ko`` or ``en``; None for what both languages show."""
    source: str
    """Markdown or code: a text cell's is without the ``# `` of its lines."""
    line: int
    """Where that starts in the lab's file, counted from 1."""
    metadata: dict[str, Any]
    """What its marker says: ``tags``, ``alt_ko``, ``alt_en``."""

    @property
    def tags(self) -> list[str]:
        return list(self.metadata.get("tags", []))


def labs(folder: Path = LABS) -> list[Path]:
    """The labs' files."""
    return sorted(folder.glob("*.py"))


def cells(path: Path, text: str | None = None) -> list[Cell]:
    """The cells of a lab, as it is on the disk or of another text.

    :raises LabError: something stands before the first cell.
    """
    text = path.read_text(encoding="utf-8") if text is None else text
    return [cell_of(node) for node in notebook(path, text).cells]


def notebook(path: Path, text: str | None = None) -> NotebookNode:
    """The notebook of all cells, in both languages, none of them run.

    Each cell's metadata has its ``line`` too. The ids are the same whenever it is read.

    :raises LabError: something stands before the first cell.
    """
    text = path.read_text(encoding="utf-8") if text is None else text
    read: NotebookNode = jupytext.reads(text, fmt="py:percent")
    lines = [text.count("\n", 0, marker.start()) + 2 for marker in _MARKER.finditer(text)]
    if len(lines) != len(read.cells):
        raise LabError(path, 1, "A lab starts with a cell: # %% [markdown] …")
    for number, (cell, line) in enumerate(zip(read.cells, lines, strict=True), 1):
        cell.id = f"cell-{number}"
        cell.metadata["line"] = line
    return read


def cell_of(node: NotebookNode) -> Cell:
    """A notebook's cell as the lab's source has it."""
    metadata = {key: value for key, value in node.metadata.items() if key != "line"}
    language = next((tag for tag in metadata.get("tags", []) if tag in LANGUAGES), None)
    if node.cell_type == "markdown":
        kind: Literal["text", "code", "sentence"] = "text"
    else:
        kind = "sentence" if language else "code"
    return Cell(kind, language, node.source, node.metadata["line"], metadata)
