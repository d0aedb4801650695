"""The built site, as a static host would serve it."""

import re
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.site.built import PAGES, SITE_URL, SUB_PATH, build, copy_project, read_links

Pages = dict[str, LexborHTMLParser]


@pytest.mark.parametrize("language", ["ko", "en"])
class TestPages:
    def test_language(self, pages: Pages, language: str) -> None:
        """A page says its language, and so does each heading's link to itself.

        There is no comment that checks a number.
        """
        title = {"ko": "이 절의 링크", "en": "Link to this section"}[language]
        for path in PAGES:
            page = pages[f"{language}/{path}"]
            assert f'<html lang="{language}"' in (page.html or "")
            assert "<!--=" not in (page.html or "")
            for heading in page.css("article :is(h1, h2, h3)[id]"):
                assert heading.css_first(f'a.headerlink[href="#{heading.id}"][title="{title}"]')

    def test_language_switch(self, pages: Pages, language: str) -> None:
        """It leads from any page to the same page in the other language, or to itself."""
        for path in PAGES:
            links = read_links(pages[f"{language}/{path}"], "a.md-select__link")
            found = [urljoin(f"/{language}/{path}", link) for link in links]
            assert found == [f"/ko/{path}", f"/en/{path}"]

    def test_all_in_order(self, pages: Pages, language: str) -> None:
        """From the first page, "next" leads through all of them, and "previous" back."""
        here, visited = f"{language}/", [f"{language}/"]
        while links := read_links(pages[here], "a.md-footer__link--next"):
            following = urljoin(f"/{here}", links[0])[1:]
            (back,) = read_links(pages[following], "a.md-footer__link--prev")
            assert urljoin(f"/{following}", back) == f"/{here}"
            here = following
            visited.append(here)
        assert sorted(visited) == sorted(f"{language}/{path}" for path in PAGES)


def test_links_and_anchors(site: Path, pages: Pages) -> None:
    """Whatever a page links to on the site is there, down to the anchor."""
    broken = []
    for path, page in pages.items():
        for link in read_links(page, "a, link, script, img"):
            parts = urlsplit(urljoin(SITE_URL + path, link))
            if parts.hostname != "example.org":
                continue
            target = unquote(parts.path).removeprefix(f"/{SUB_PATH}")
            file = site / target / "index.html" if target in pages else site / target
            anchor = f'[id="{unquote(parts.fragment)}"]'
            if not file.is_file() or (parts.fragment and not pages[target].css_first(anchor)):
                broken.append((path, link))
    assert broken == []


def test_broken_links(tmp_path: Path) -> None:
    """A link that leads nowhere fails the build, which says where it stands."""
    project = copy_project(tmp_path / "project")
    broken = ["ver1.md#gone", "#gone", "gone.md"]
    with (project / "docs" / "en" / "theory.md").open("a", encoding="utf-8") as page:
        page.writelines(f"\n[Somewhere]({link})\n" for link in broken)
    with pytest.raises(AssertionError) as refused:
        build(tmp_path / "site", project)
    for link in broken:
        assert re.search(rf"'theory\.md' .*'{link}'", str(refused.value))


def test_same_again(site: Path, tmp_path: Path) -> None:
    """Another build of the same files is the same to the byte, elsewhere and at another time."""
    project = copy_project(tmp_path / "다른 곳")
    again = tmp_path / "site"
    build(again, project, SITE_URL=SITE_URL, PYTHONHASHSEED="1", TZ="Asia/Seoul")
    assert read_digests(again) == read_digests(site)


def read_digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_without_address(tmp_path: Path) -> None:
    """Without SITE_URL nothing claims an address, and every link is relative."""
    build(tmp_path, SITE_URL="")
    for file in tmp_path.rglob("index.html"):
        page = LexborHTMLParser(file.read_text(encoding="utf-8"))
        assert not page.css('[rel=canonical], [property="og:url"], [property="og:image"]')
        assert page.css('[property="og:title"]')
        assert not [link for link in read_links(page, "[href], [src]") if link.startswith("/")]
    page = LexborHTMLParser((tmp_path / "ko/ver1/index.html").read_text(encoding="utf-8"))
    assert read_links(page, "head [hreflang=en]") == ["../../en/ver1/"]
