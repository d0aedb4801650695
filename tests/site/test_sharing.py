"""What others see of the site: search engines, and whoever is sent a link."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from tests.site.built import PAGES, SITE_URL, read_links

Pages = dict[str, LexborHTMLParser]

FIRST_PAGES = ("", "ko/", "en/")


def read_meta(page: LexborHTMLParser) -> dict[str, str]:
    """Return what the elements ``meta`` of a page say, each by its name."""
    found = {}
    for element in page.css("meta[name], meta[property]"):
        name = element.attributes.get("property") or element.attributes["name"]
        assert name not in found
        found[name or ""] = element.attributes["content"] or ""
    return found


def read_title(page: LexborHTMLParser) -> str:
    title = page.css_first("head title")
    assert title is not None
    return title.text()


class TestHead:
    def test_title(self, pages: Pages) -> None:
        """A page is called what its heading says, and of which site it is; no two are the same."""
        for path, page in pages.items():
            heading = page.css_first("h1")
            assert heading is not None
            text = heading.text().removesuffix("¶").strip()
            title = text if path in FIRST_PAGES else f"{text} - MobileNet"
            meta = read_meta(page)
            assert read_title(page) == title
            assert (meta["og:title"], meta["og:site_name"]) == (text, "MobileNet")
        titles = [read_title(page) for path, page in pages.items() if path.startswith("ko/")]
        assert len(set(titles)) == len(PAGES)
        assert read_title(pages["en/"]) == "MobileNet, in code that runs"

    def test_description(self, pages: Pages) -> None:
        """Each page has one of its own, in its language, for search results and shared links."""
        descriptions = {path: read_meta(page)["description"] for path, page in pages.items()}
        assert len(set(descriptions.values())) == len(pages)
        for path, description in descriptions.items():
            assert read_meta(pages[path])["og:description"] == description
            assert bool(re.search("[가-힣]", description)) == (not path.startswith("en/")), path

    def test_address_and_language(self, pages: Pages) -> None:
        """A page says its own address, its language, and its address in the other one.

        Readers of a third language get the English page; where a language begins, the choice.
        """
        for path, page in pages.items():
            meta = read_meta(page)
            assert [meta["og:url"]] == read_links(page, "head [rel=canonical]") == [SITE_URL + path]
            own, other = ("ko_KR", "en_US") if path.startswith("ko/") else ("en_US", "ko_KR")
            assert (meta["og:locale"], meta["og:locale:alternate"]) == (own, other)
            assert meta["og:type"] == ("website" if path in FIRST_PAGES else "article")
            below = path.partition("/")[2]
            default = f"{SITE_URL}en/{below}" if below else SITE_URL
            others = [f"{SITE_URL}ko/{below}", f"{SITE_URL}en/{below}", default]
            assert read_links(page, "head [hreflang]") == others

    def test_picture(self, pages: Pages, site: Path) -> None:
        """A picture of 1200 x 630, described in the page's language, and not heavy."""
        for path, page in pages.items():
            meta = read_meta(page)
            file = site / meta["og:image"].removeprefix(SITE_URL)
            assert file.stat().st_size < 100_000
            with Image.open(file) as image:
                assert (image.format, image.size) == ("PNG", (1200, 630))
            assert (meta["og:image:width"], meta["og:image:height"]) == ("1200", "630")
            alt = meta["og:image:alt"]
            assert bool(re.search("[가-힣]", alt)) == path.startswith("ko/")
            assert re.findall(r"\d+", alt) == ["81", "36"]
            assert meta["twitter:card"] == "summary_large_image"


def test_missing_page(site: Path) -> None:
    """The page for what is missing has no address, and is not for search engines; there is one."""
    assert [*site.rglob("404.html")] == [site / "404.html"]
    page = LexborHTMLParser((site / "404.html").read_text(encoding="utf-8"))
    meta = read_meta(page)
    assert meta["robots"] == "noindex"
    assert not [name for name in meta if name.startswith("og:")]
    assert not read_links(page, "head [rel=canonical]")
    assert read_title(page) == "페이지가 없습니다 · Page not found - MobileNet"


@pytest.mark.parametrize("part", ["", "ko/", "en/"])
def test_sitemap(site: Path, pages: Pages, part: str) -> None:
    """The sitemap of the landing page and that of each language name every page that is there."""
    urls = ElementTree.parse(site / part / "sitemap.xml").getroot()
    found = [url.findtext("{*}loc") or "" for url in urls]
    expected = [""] if not part else [path for path in pages if path.startswith(part)]
    assert sorted(found) == sorted(SITE_URL + path for path in expected)
