"""Drawings and the labs' notebooks: files that are drawn, each against what draws it today.

Pages include the drawings' files, and Colab opens the notebooks, so that whatever shows them needs
none of the code that draws them.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from hooks.languages import LANGUAGES
from sybil import Document, Example, Region

from tests.pages.code import format_difference, format_error
from tests.pages.failure import Failure, Fix, Report
from tests.pages.site import DOCS, LABS, ROOT, find_pages, language_of, project_path

FIGURES = DOCS / "figures"
DRAWN = FIGURES / "svg"
NOTEBOOKS = LABS / "notebooks"


@cache
def find_figures() -> list[str]:
    """Return the names of the figures: each is a module of ``docs/figures`` that draws one."""
    return sorted(file.stem for file in FIGURES.glob("*.py") if not file.stem.startswith("_"))


def find_drawings() -> list[Path]:
    """Return every file that is drawn, or should be."""
    drawn = {
        *(DRAWN / f"{name}.{language}.svg" for name in find_figures() for language in LANGUAGES),
        *(
            NOTEBOOKS / f"{lab.stem}.{language}.ipynb"
            for lab in LABS.glob("*.py")
            for language in LANGUAGES
        ),
    }
    return sorted({*drawn, *DRAWN.glob("*"), *NOTEBOOKS.glob("*")})


def parse_drawing(document: Document) -> Iterator[Region]:
    """Parse a drawn file as one example."""
    yield Region(0, document.end, document.text, compare_drawing)


def compare_drawing(example: Example) -> Report:
    """Compare a drawn file with what is drawn today."""
    path, text = Path(example.path), example.parsed
    name, *language = path.name.split(".")[:-1]
    try:
        drawn = _draw(path.parent, name, *language)
    except (FileNotFoundError, ModuleNotFoundError, TypeError):
        return Report(example.path, [Failure("Nothing is drawn here: delete the file.", 1)])
    except Exception as error:
        return Report(example.path, [Failure(f"It is not drawn.\n{format_error(error)}", 1)])
    if text == drawn:
        return Report(example.path, [])
    message = f"It is drawn differently now.\n{format_difference(text, drawn)}"
    return Report(example.path, [Failure(message, 1, Fix(0, len(text), drawn))])


def _draw(folder: Path, name: str, language: str) -> str:
    if language not in LANGUAGES:
        raise FileNotFoundError
    if folder == NOTEBOOKS:
        from hooks import labs  # late: it imports torch, which most pages can do without

        return labs.colab_notebook(LABS / f"{name}.py", language)
    drawn: str = importlib.import_module(f"figures.{name}").draw(language)
    return drawn


def parse_source(document: Document) -> Iterator[Region]:
    """Parse what draws as one example: all of it is drawn, and a figure is shown."""
    yield Region(document.end, document.end, None, check_source)


def check_source(example: Example) -> Report:
    """Report what a figure's module or a lab draws and no file has, and a figure on no page."""
    path = Path(example.path)
    failures = [
        Failure(f"There is no {project_path(file)}: `make update` draws it.", 1)
        for file in find_drawings()
        if file.name.split(".")[0] == path.stem and not file.is_file()
        if (file.parent == DRAWN) == (path.parent == FIGURES)
    ]
    for language in LANGUAGES if path.parent == FIGURES else ():
        include = f'--8<-- "{DRAWN.relative_to(ROOT).as_posix()}/{path.stem}.{language}.svg"'
        pages = (page for page in find_pages() if language_of(page) == language)
        if not any(include in page.read_text(encoding="utf-8") for page in pages):
            message = f"No page below docs/{language} shows this figure.\n{include}"
            failures.append(Failure(message, 1))
    return Report(example.path, failures)
