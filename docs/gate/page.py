"""A page, read once: its text, its fences, its figures and its prose."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from gate import prose
from gate.fences import Fence, fences
from gate.figures import Figure, figures
from gate.site import project_path


@dataclass(frozen=True)
class Page:
    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> Page:
        """The page as it is on the disk."""
        return page(path, path.read_text(encoding="utf-8"))

    @property
    def name(self) -> str:
        """The page's path in the project."""
        return project_path(self.path)

    @cached_property
    def fences(self) -> list[Fence]:
        return fences(self.text)

    @cached_property
    def figures(self) -> list[Figure]:
        return figures(self.text, self.fences)

    @cached_property
    def blocks(self) -> list[prose.Block]:
        return prose.read(self.text, self.fences, self.figures)

    def line(self, position: int) -> int:
        """The line, counted from 1, of a place in the text."""
        return self.text.count("\n", 0, position) + 1


@cache
def page(path: Path, text: str) -> Page:
    """A page of this text: read once, though both languages ask for it."""
    return Page(path, text)
