"""Zensical, which comes after Material for MkDocs, builds the same pages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.site.built import PAGES, ROOT, SUB_PATH

ADDRESS = f"https://example.org/{SUB_PATH}"


def parsed(file: Path) -> LexborHTMLParser:
    return LexborHTMLParser(file.read_text(encoding="utf-8"))


def has_landing_page(site: Path, language: str) -> bool:
    return (site / "index.html").exists()


def switches_on_the_page(site: Path, language: str) -> bool:
    """The page's language switch leads to the same page in the other language."""
    links = parsed(site / language / "ver1/index.html").css("a.md-select__link")
    return {link.attributes["href"] for link in links} == {"../../ko/ver1/", "../../en/ver1/"}


def names_both_languages(site: Path, language: str) -> bool:
    """The head names the page's address in each language, for search engines."""
    return parsed(site / language / "ver1/index.html").css_first("[hreflang=x-default]") is not None


def index(site: Path, language: str) -> str:
    folder = site / language
    return next(folder.rglob("search*.json")).read_text(encoding="utf-8")


def finds_parts_of_words(site: Path, language: str) -> bool:
    """Words are parted as docs/search.py says: ``Conv2d`` is no word, a plural's s is none."""
    separator: str = json.loads(index(site, language))["config"]["separator"]
    return "(?<=" in separator


def leaves_code_out(site: Path, language: str) -> bool:
    """The search does not find what whole files of the package and printed summaries say."""
    return "Conv2d-13" not in index(site, language)


#: What MkDocs' site has and Zensical's has not, as the table in CONTRIBUTING names it.
ONLY_MKDOCS: dict[str, Callable[[Path, str], bool]] = {
    "the landing page": has_landing_page,
    "a language switch that stays on the page": switches_on_the_page,
    "`hreflang`": names_both_languages,
    "a search that knows the glossary's words": finds_parts_of_words,
    "a search without what code prints": leaves_code_out,
}


@pytest.fixture(scope="module")
def successor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as ``make zensical`` makes it."""
    folder = tmp_path_factory.mktemp("zensical")
    subprocess.run(
        [sys.executable, "-m", "successor", str(folder)],
        env={**os.environ, "PYTHONPATH": "docs", "SITE_URL": ADDRESS, "REPO_URL": ""},
        cwd=ROOT,
        check=True,
    )
    return folder


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_same_page(site: Path, successor: Path, language: str, page: str) -> None:
    """Text, headings, ids, code, tables, pictures and links are those of MkDocs' page."""
    name = f"{language}/{page}index.html"
    assert article(successor / name, name) == article(site / name, name)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_same_files(site: Path, successor: Path, language: str) -> None:
    """All that the pages fetch or offer is there: pictures, notebooks, scripts, data."""

    def files(folder: Path) -> set[str]:
        found = (file.relative_to(folder).as_posix() for file in folder.rglob("*.*"))
        return {name for name in found if not re.match("sitemap|search|assets/(java|style)", name)}

    assert files(site / language) <= files(successor / language) | {"assets/images/favicon.png"}


def test_what_differs() -> None:
    """CONTRIBUTING lists what is known to differ, and nothing else."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition("## When Material ends")[2].partition("\n## ")[0]
    _, *rows = re.findall(r"^\| ([^|-]+?) \|", section, re.MULTILINE)
    assert rows == list(ONLY_MKDOCS)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("what", ONLY_MKDOCS)
def test_difference(site: Path, successor: Path, language: str, what: str) -> None:
    """Each of these is so today: what Zensical has learned leaves the list."""
    has = ONLY_MKDOCS[what]
    assert has(site, language)
    assert not has(successor, language)


def article(file: Path, name: str) -> list[str]:
    """What a page says, element by element, with each link in full."""
    root = parsed(file).css_first("article")
    assert root is not None
    return list(pieces(root, urljoin(ADDRESS, name)))


def pieces(element: LexborNode, address: str) -> Iterator[str]:
    for node in element.iter(include_text=True):
        if node.tag == "-text":
            if text := " ".join(node.text().split()):
                yield text
        elif node.id != "__skip":
            attributes = {
                key: urljoin(address, value) if key in ("href", "src") and value else value
                for key, value in sorted(node.attributes.items())
                if key != "data-search-exclude"
            }
            yield f"{node.tag} {attributes}"
            yield from pieces(node, address)
