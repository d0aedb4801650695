"""The pictures of ``docs/figures``: their drawings, a file a language, and who shows them.

Pages include the files, so that whatever builds a page needs no picture's code. A file
that is not what its module draws today is not true.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

from gate.code import difference, report
from gate.drift import Drift
from gate.page import Page
from gate.site import DOCS, LANGUAGES, is_korean, pages, project_path

FOLDER = DOCS / "figures"
DRAWN = FOLDER / "drawn"


def is_picture(path: Path) -> bool:
    """Whether a file is a module with a picture; those with an underscore help to draw."""
    return path.suffix == ".py" and path.parent == FOLDER and not path.name.startswith("_")


def is_drawing(path: Path) -> bool:
    return path.parent == DRAWN


def drawings() -> list[Path]:
    """Every drawing that there is, or should be."""
    return sorted({*DRAWN.glob("*"), *(file for name in _names() for file in _drawings(name))})


def evaluate(path: Path, text: str) -> Iterator[Drift]:
    """Is the text of a drawing what its module draws?"""
    name, _, rest = path.name.partition(".")
    if name not in _names() or path not in _drawings(name):
        yield Drift("No picture of docs/figures is drawn here: delete the file.", 1)
        return
    module = f"docs/figures/{name}.py"
    try:
        drawn = importlib.import_module(f"figures.{name}").draw(rest.removesuffix(".svg"))
    except Exception as error:
        yield Drift(f"{module} does not draw it.\n{report(error)}", 1)
        return
    if text != drawn:
        message = f"{module} draws something else.\n{difference(text, drawn)}"
        yield Drift(message, 1, mend=(0, len(text), drawn))


def evaluate_picture(path: Path) -> Iterator[Drift]:
    """Is a picture drawn in each language, and on a page of each?"""
    for file in _drawings(path.stem):
        if not file.is_file():
            yield Drift(f"There is no {project_path(file)}: `make update` draws it.", 1)
    for language in LANGUAGES:
        if not any(
            figure.name == path.stem
            for page in pages()
            if is_korean(page) == (language == "ko")
            for figure in Page.read(page).figures
        ):
            yield Drift(
                f"No page below docs/{language} shows this. {_form(path.stem, language)}", 1
            )


def misplaced(page: Page) -> Iterator[Drift]:
    """The figures of a page that the site would not show as they are."""
    language = "ko" if is_korean(page.path) else "en"
    for block in page.blocks:
        figure = block.figure
        if figure is None:
            continue
        if figure.name not in _names():
            names = ", ".join(_names()) or "none"
            message = f"There is no figure {figure.name}. docs/figures has: {names}."
        elif figure.language != language:
            message = f"This is not in the page's language. {_form(figure.name, language)}"
        elif not re.search(r"\bfigure\S* > picture$", block.kind):
            message = (
                f"Markdown takes a figure apart, unless it stands right between <figure> and "
                f"</figure>. {_form(figure.name, language)}"
            )
        else:
            continue
        yield Drift(message, figure.line)


def _names() -> list[str]:
    return [path.stem for path in sorted(FOLDER.glob("*.py")) if is_picture(path)]


def _drawings(name: str) -> list[Path]:
    return [DRAWN / f"{name}.{language}.svg" for language in LANGUAGES]


def _form(name: str, language: str) -> str:
    include = f'--8<-- "docs/figures/drawn/{name}.{language}.svg"'
    return f"It is shown so:\n<figure>\n{include}\n</figure>"
