"""Where the pages are, and the Markdown that the site makes of them."""

from functools import cache
from pathlib import Path
from typing import Any

from markdown import Markdown
from mkdocs.utils.yaml import yaml_load

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LABS = DOCS / "labs"
LANGUAGES = ("ko", "en")


@cache
def pages() -> list[Path]:
    """Every page that the gate judges: the site's, and those of the repository."""
    site = [
        page for folder in ("home", *LANGUAGES) for page in sorted(DOCS.glob(f"{folder}/**/*.md"))
    ]
    return [ROOT / "README.md", ROOT / "README.ko.md", ROOT / "CONTRIBUTING.md", *site]


@cache
def page_set() -> frozenset[Path]:
    """The same, to look one up."""
    return frozenset(pages())


def lab_files() -> list[Path]:
    """Every lab: a source for a page in each language."""
    return sorted(LABS.glob("*.py"))


def is_lab(file: Path) -> bool:
    return file.parent == LABS and file.suffix == ".py"


def lab_page(lab: Path, language: str) -> Path:
    """Where a lab's page in a language would stand, if it were a file."""
    return DOCS / language / "labs" / f"{lab.stem}.md"


def source(page: Path) -> Path:
    """The file that a page is written in: its own, or the lab that it is made of."""
    folder = page.parent
    if folder.name == "labs" and folder.parent.parent == DOCS and not page.is_file():
        return LABS / f"{page.stem}.py"
    return page


def project_path(file: Path) -> str:
    """A file's path as messages give it: from the project's folder on."""
    return file.relative_to(ROOT).as_posix() if ROOT in file.parents else str(file)


def translated_pages() -> list[Path]:
    """The English one of each page that exists in both languages."""
    made = [lab_page(lab, "en") for lab in lab_files()]
    return [ROOT / "README.md", *sorted([*DOCS.glob("en/**/*.md"), *made])]


@cache
def markdown(*, prose: bool = False) -> Markdown:
    """Python-Markdown with the extensions of ``mkdocs.yml``, and their settings.

    :param prose: leave out those that are about fences, and the table of contents.
    """
    settings = {
        name: settings
        for name, settings in extensions().items()
        if not (prose and name in _NOT_PROSE)
    }
    return Markdown(extensions=list(settings), extension_configs=settings)


def extensions() -> dict[str, dict[str, Any]]:
    """Of the file alone: MkDocs' whole configuration takes as long as a hundred pages."""
    with (ROOT / "mkdocs.yml").open("rb") as file:
        written: dict[str, dict[str, Any]] = yaml_load(file)["markdown_extensions"]
    return {**{name: {} for name in _MKDOCS_OWN}, **written}


#: What MkDocs adds to those of its configuration.
_MKDOCS_OWN = ("toc", "tables", "fenced_code")
_NOT_PROSE = ("pymdownx.superfences", "pymdownx.highlight", "pymdownx.snippets", "toc")


@cache  # paths are slow to compare, and these two asked for again and again
def counterpart(page: Path) -> Path | None:
    """The same page in the other language; None for a page that has but one.

    A page's language is its folder below ``docs/``, or the ``.ko`` in its name.
    """
    if page.parent == ROOT:
        name = page.name
        other = name.replace(".ko.md", ".md") if ".ko." in name else name.replace(".md", ".ko.md")
        return page.with_name(other) if name.startswith("README") else None
    if DOCS not in page.parents:
        return None
    language, *rest = page.relative_to(DOCS).parts
    if language not in LANGUAGES:
        return None
    other = LANGUAGES[1 - LANGUAGES.index(language)]
    return DOCS.joinpath(other, *rest)


@cache
def is_korean(page: Path) -> bool:
    """Whether a page that exists in both languages is the Korean one."""
    return page.name.endswith(".ko.md") or DOCS / "ko" in page.parents
