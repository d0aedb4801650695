"""A page, read once: its text, its fences, its figures and its prose."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from tests.pages import cells, prose
from tests.pages.fences import Fence, fences
from tests.pages.figures import Figure, figures
from tests.pages.site import counterpart, is_korean, is_lab, project_path, source


@dataclass(frozen=True)
class Page:
    path: Path
    written: str
    """The text of the file that it is written in, its own or a lab's."""
    text: str
    cells: tuple[Fence, ...] = ()
    """The code cells, where it is a lab's."""
    values: frozenset[int] = frozenset()
    """Where the values end that the run of those puts into the text."""

    @classmethod
    def read(cls, path: Path) -> Page:
        """The page as it is on the disk."""
        return page(path, source(path).read_text(encoding="utf-8"))

    @property
    def name(self) -> str:
        """The path in the project of the file that it is written in."""
        return project_path(source(self.path))

    @property
    def translation(self) -> Page | None:
        """The same page in the other language; None where there is none."""
        path = counterpart(self.path)
        if path is None:
            return None
        if is_lab(source(path)):
            return page(path, self.written)
        return Page.read(path) if path.is_file() else None

    @cached_property
    def fences(self) -> list[Fence]:
        return sorted([*fences(self.text), *self.cells], key=lambda fence: fence.start)

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
def page(path: Path, written: str) -> Page:
    """A page whose file has this text: read once, though both languages ask for it."""
    if not is_lab(source(path)):
        return Page(path, written, written)
    language = "ko" if is_korean(path) else "en"
    return Page(path, written, *cells.as_page(source(path), written, language))
