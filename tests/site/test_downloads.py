"""What a reader downloads: a network's file, and each page as Markdown."""

import re
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.site.built import PAGES, REFERENCE, ROOT, SITE_URL

FENCE = re.compile(r"^ *(`{3,})(\w*).*?\n(.*?)^ *\1$", re.DOTALL | re.MULTILINE)
COPIED = [page for page in PAGES if page not in REFERENCE]
BUTTON = {"ko": "이 페이지를 Markdown으로", "en": "This page as Markdown"}

both_languages = pytest.mark.parametrize("language", ["ko", "en"])


def read_fences(copy: Path) -> list[tuple[str, str]]:
    """Return the language and the code of each fence."""
    return [found[1:] for found in FENCE.findall(copy.read_text(encoding="utf-8"))]


@both_languages
@pytest.mark.parametrize("name", ["ver1", "ver2"])
def test_code(site: Path, pages: dict[str, LexborHTMLParser], language: str, name: str) -> None:
    """The pages of VER1 and VER2 offer the package's file, which needs nothing else of ours."""
    code = (site / language / name / f"{name}.py").read_text(encoding="utf-8")
    assert code == (ROOT / "mobilenet" / f"{name}.py").read_text(encoding="utf-8")
    imported = set(re.findall(r"^(?:from|import) (\w+)", code, re.MULTILINE))
    assert imported == {"torch", "torchsummary"}
    assert pages[f"{language}/{name}/"].css_first(f'a[download][href="{name}.py"]')


@both_languages
@pytest.mark.parametrize("path", COPIED)
def test_markdown(site: Path, pages: dict[str, LexborHTMLParser], language: str, path: str) -> None:
    """A page has a button to its Markdown, which has all of its code and can be read alone.

    It has a title, nothing that only this site's build understands, and whole addresses of what
    is there for links and pictures.
    """
    page, copy = pages[f"{language}/{path}"], site / language / path / "index.md"
    (link,) = page.css('a[type="text/markdown"]')
    assert (link.attributes["href"], link.attributes["title"]) == ("index.md", BUTTON[language])
    fences = read_fences(copy)
    assert len(fences) == len(page.css('div.highlight[class^="language-"]'))
    assert not any(code.lstrip().startswith("--8<--") for _, code in fences)

    prose = FENCE.sub("", copy.read_text(encoding="utf-8"))
    assert prose.startswith("# ")
    for unknown in ("<!--", "--8<--", "{#", "<figure", "<div", "<svg", "<img"):
        assert unknown not in prose
    for address in re.findall(r"\]\(([^)\s]+)\)", prose):
        assert re.match("https?:", address)
        if address.startswith(SITE_URL):
            target, _, anchor = address.removeprefix(SITE_URL).partition("#")
            assert target in pages or (site / target).is_file(), address
            assert not anchor or pages[target].css_first(f'[id="{anchor}"]'), address


@pytest.mark.parametrize(("language", "word"), [("ko", "그림"), ("en", "Figure")])
def test_pictures_in_words(site: Path, language: str, word: str) -> None:
    """A figure is what a screen reader says of it; a lab's picture has its alternative text."""
    theory = (site / language / "theory" / "index.md").read_text(encoding="utf-8")
    assert re.search(rf"^\[{word}: .*3×3×3.*\]$", theory, re.MULTILINE)
    lab = (site / language / "labs" / "inside" / "index.md").read_text(encoding="utf-8")
    picture = rf"^!\[[^]]+\]\({SITE_URL}{language}/labs/inside/[\w.]+\)$"
    assert re.search(picture, lab, re.MULTILINE)


@both_languages
def test_llms_txt(site: Path, language: str) -> None:
    """llms.txt leads to each language's, which lists every page with what it is about."""
    root = (site / "llms.txt").read_text(encoding="utf-8")
    assert root.startswith("# MobileNet\n\n> ")
    assert f"({SITE_URL}{language}/llms.txt)" in root
    text = (site / language / "llms.txt").read_text(encoding="utf-8")
    entries = re.findall(r"^- \[.+\]\((.+)\): .{20,}$", text, re.MULTILINE)
    assert sorted(entries) == sorted(
        f"{SITE_URL}{language}/{page}" + ("index.md" if page in COPIED else "") for page in PAGES
    )
