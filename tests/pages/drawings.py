"""What is drawn into files: pictures, a file a language, the data of scripts, and notebooks.

Pages include the pictures' files, scripts fetch the data's and Colab opens the notebooks, so
that whatever shows them needs none of the code that draws them. A file that is not what its
source draws today is not true.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.pages.code import difference, report
from tests.pages.drift import Drift
from tests.pages.page import Page
from tests.pages.site import DOCS, LABS, LANGUAGES, is_korean, pages, project_path

#: The pictures, and where they are drawn.
FOLDER = DOCS / "figures"
DRAWN = FOLDER / "svg"
#: The labs' notebooks, without outputs.
NOTEBOOKS = LABS / "notebooks"
#: Where drawings are.
FOLDERS = (DRAWN, NOTEBOOKS)


def is_source(path: Path) -> bool:
    """Whether a file is drawn from: a module, unless it helps others to draw, or a lab."""
    is_module = path.suffix == ".py" and not path.name.startswith("_")
    return is_module and path.parent in (FOLDER, LABS)


def is_drawing(path: Path) -> bool:
    return path.parent in (DRAWN, NOTEBOOKS)


def drawings() -> list[Path]:
    """Every drawing that there is, or should be."""
    there = [file for folder in FOLDERS for file in folder.glob("*") if is_drawing(file)]
    return sorted({*there, *(file for source in _sources() for file in of(source))})


def evaluate(path: Path, text: str) -> Iterator[Drift]:
    """Is the text of a drawing what its module draws?"""
    source = next((source for source in _sources() if path in of(source)), None)
    if source is None:
        yield Drift("Nothing is drawn here: delete the file.", 1)
        return
    name = f"docs/{source.parent.name}/{source.name}"
    _, *language, _ = path.name.split(".")
    try:
        drawn = _draw(source)(*language)
    except Exception as error:
        yield Drift(f"{name} does not draw it.\n{report(error)}", 1)
        return
    if text != drawn:
        message = f"{name} draws something else.\n{difference(text, drawn)}"
        yield Drift(message, 1, mend=(0, len(text), drawn))


def evaluate_source(path: Path) -> Iterator[Drift]:
    """Is all drawn that a module draws, and a picture on a page of each language?"""
    for file in of(path):
        if not file.is_file():
            yield Drift(f"There is no {project_path(file)}: `make update` draws it.", 1)
    if path.parent != FOLDER:
        return
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


def _sources() -> list[Path]:
    found = [file for folder in (FOLDER, LABS) for file in folder.glob("*.py")]
    return sorted(path for path in found if is_source(path))


def _names() -> list[str]:
    return [path.stem for path in _sources() if path.parent == FOLDER]


def of(source: Path) -> list[Path]:
    """What is drawn from a source: a file in each language, or data, which has none."""
    if source.parent == LABS:
        return [NOTEBOOKS / f"{source.stem}.{language}.ipynb" for language in LANGUAGES]
    return [DRAWN / f"{source.stem}.{language}.svg" for language in LANGUAGES]


def _draw(source: Path) -> Callable[..., str]:
    if source.parent == LABS:
        from hooks.labs import colab_notebook

        return partial(colab_notebook, source)
    draw: Callable[..., str] = importlib.import_module(f"{source.parent.name}.{source.stem}").draw
    return draw


def _form(name: str, language: str) -> str:
    include = f'--8<-- "docs/figures/svg/{name}.{language}.svg"'
    return f"It is shown so:\n<figure>\n{include}\n</figure>"
