"""The built site, as a static host would serve it."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.built import PAGES, build


def html(site: Path, page: str) -> str:
    return (site / page / "index.html").read_text(encoding="utf-8")


def links(text: str) -> set[str]:
    return set(re.findall(r'<(?:a|link|script|img)\b[^>]*?\b(?:href|src)="([^"]*)"', text))


@pytest.mark.parametrize("language", ["ko", "en"])
class TestPages:
    def test_all_there(self, site: Path, language: str) -> None:
        """Each page exists in each language, and says so."""
        for page in PAGES:
            assert f'<html lang="{language}"' in html(site, f"{language}/{page}")

    def test_no_checks_left(self, site: Path, language: str) -> None:
        """The comments that check numbers are not sent to readers."""
        for page in PAGES:
            assert "<!--=" not in html(site, f"{language}/{page}")

    def test_descriptions(self, site: Path, language: str) -> None:
        """Each page has a description of its own."""
        pages = [html(site, f"{language}/{page}") for page in PAGES]
        found = [re.search(r'<meta name="description" content="([^"]+)"', page) for page in pages]
        assert len({match[1] for match in found if match}) == len(PAGES)


def test_landing_page(site: Path) -> None:
    """The address alone leads to both languages, without a script."""
    landing = html(site, "")
    assert {"ko/", "en/"} <= links(landing)
    assert "<title>MobileNet</title>" in landing


def test_links_and_anchors(site: Path) -> None:
    """Whatever a page links to on the site is there, down to the anchor."""
    broken = []
    for file in site.rglob("index.html"):
        for link in links(file.read_text(encoding="utf-8")):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                broken.append((file, link))
            elif parts.fragment and target.suffix == ".html":
                ids = re.findall(r'\bid="([^"]*)"', target.read_text(encoding="utf-8"))
                if unquote(parts.fragment) not in ids:
                    broken.append((file, link))
    assert broken == []


def test_address(site: Path, tmp_path: Path) -> None:
    """The site's address comes from SITE_URL; without it, nothing claims one."""
    canonical = '<link rel="canonical" href="https://example.org/docs/mobilenet/ko/ver1/">'
    assert canonical in html(site, "ko/ver1")

    build(tmp_path, SITE_URL="")
    assert 'rel="canonical"' not in html(tmp_path, "ko/ver1")
    assert 'hreflang="en" href="../../en/ver1/"' in html(tmp_path, "ko/ver1")
    for page in ("index.html", "404.html", "ko/ver1/index.html"):
        text = (tmp_path / page).read_text(encoding="utf-8")
        for name in ("og:url", "og:image", "application/atom+xml"):
            assert name not in text
    assert 'property="og:title" content="VER1"' in html(tmp_path, "ko/ver1")
    assert "Sitemap:" not in (tmp_path / "robots.txt").read_text()
    assert not [*tmp_path.rglob("sitemap*"), *tmp_path.rglob("feed.xml")]
