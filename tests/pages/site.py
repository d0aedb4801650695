"""Where the pages are, and which two are the same page in another language."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hooks.languages import LANGUAGES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LABS = DOCS / "labs"


def find_pages() -> list[Path]:
    """Return every page: the repository's own, the landing page, and both languages'."""
    folders = ("landing", *LANGUAGES)
    site = [page for folder in folders for page in sorted(DOCS.glob(f"{folder}/**/*.md"))]
    return [ROOT / "README.md", ROOT / "README.ko.md", ROOT / "CONTRIBUTING.md", *site]


def project_path(file: Path | str) -> str:
    """Return a file's path as messages give it: from the project's folder on."""
    path = Path(file)
    return path.relative_to(ROOT).as_posix() if ROOT in path.parents else str(file)


@cache
def language_of(page: Path) -> str:
    """Return the language of a page: ``ko`` or ``en``."""
    is_korean = page.name.endswith(".ko.md") or DOCS / "ko" in page.parents
    return "ko" if is_korean else "en"


@cache
def counterpart(page: Path) -> Path | None:
    """Return the path of a page in the other language; None for a page that has but one.

    A page's language is its folder below ``docs/``, or the ``.ko`` in its name.
    """
    other = LANGUAGES[1 - LANGUAGES.index(language_of(page))]
    if page.parent == ROOT and page.name.startswith("README"):
        return page.with_name("README.ko.md" if other == "ko" else "README.md")
    if DOCS not in page.parents or page.relative_to(DOCS).parts[0] not in LANGUAGES:
        return None
    _, *rest = page.relative_to(DOCS).parts
    return DOCS.joinpath(other, *rest)
