"""What a language's site has of the labs: pages, pictures, notebooks to download."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path

from hooks.notebooks import downloads
from hooks.notebooks.execution import executed
from hooks.notebooks.rendering import render
from hooks.notebooks.source import labs, notebook

#: Where the site has the package, for whoever has no clone.
WHEELS = posixpath.dirname(downloads.WHEEL)

_LINKS = {
    "ko": "노트북을 [출력과 함께]({0}) 또는 [출력 없이]({1}) 내려받아 직접 실행할 수 있습니다.",
    "en": "To run it yourself, download the notebook [with its outputs]({0}) or [without]({1}).",
}
_COLAB = {"ko": " [Colab에서 열기]({0})", "en": " Or [open it in Colab]({0})."}


def files(language: str, site: str, repository: str) -> Iterator[tuple[str, str | bytes]]:
    """Each file's path below the language's pages, and its content.

    :param site: the address of these pages, where it is known.
    :param repository: the project's.
    :raises LabError: a lab does not run, or cannot be shown.
    """
    for path in labs():
        run, folder = executed(path), f"labs/{path.stem}"
        links = []
        for lab in (run, notebook(path)):
            name = downloads.name(path, language, outputs=lab is run)
            yield f"{folder}/{name}", downloads.download(path, lab, language, site, repository)
            links.append(f"{path.stem}/{name}")
        offer = _LINKS[language].format(*links)
        if address := downloads.colab(path, language, repository):
            offer += _COLAB[language].format(address)
        page = render(path, run, language, offer)
        yield f"{folder}.md", page.markdown
        for name, picture in page.pictures.items():
            yield f"{folder}/{name}", picture


def wheel(folder: Path) -> None:
    """The package as ``pip`` takes it."""
    from hatchling.builders.wheel import WheelBuilder

    folder.mkdir(parents=True, exist_ok=True)
    builder = WheelBuilder(str(Path(__file__).parents[3]))
    for _ in builder.build(directory=str(folder), versions=["standard"]):
        pass
