"""The built site, as a static host would serve it."""

import re
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from playwright.sync_api import Page

from tests import project as projects
from tests.site.built import PAGES, SUB_PATH, build


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

    def test_language_switch(self, site: Path, language: str) -> None:
        """From any page to the same page in the other language, or to itself."""
        for page in PAGES:
            for other in ("ko", "en"):
                switch = rf'<a href="([^"]*)" hreflang="{other}" class="md-select__link"'
                (link,) = re.findall(switch, html(site, f"{language}/{page}"))
                assert urljoin(f"/{language}/{page}", link) == f"/{other}/{page}"

    def test_all_in_order(self, site: Path, language: str) -> None:
        """From the first page, "next" leads through all of them, and "previous" back."""
        visited, here = [], ""
        while here not in visited:
            visited.append(here)
            following = beside(site, language, here, "next")
            if following is not None:
                assert beside(site, language, following, "prev") == here
                here = following
        assert sorted(visited) == sorted(PAGES)


def beside(site: Path, language: str, page: str, where: str) -> str | None:
    """The page before or after a page, if there is one, as its footer links to it."""
    links = rf'<a href="([^"]*)" class="[^"]*md-footer__link--{where}"'
    found = re.findall(links, html(site, f"{language}/{page}"))
    return urljoin(f"/{page}", found[0])[1:] if found else None


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


def test_broken_links(tmp_path: Path) -> None:
    """A link that leads nowhere fails the build, which says where it stands."""
    project = projects.clone(tmp_path / "project")
    broken = ["ver1.md#gone", "#gone", "gone.md"]
    with (project / "docs" / "en" / "theory.md").open("a", encoding="utf-8") as page:
        page.writelines(f"\n[Somewhere]({link})\n" for link in broken)

    with pytest.raises(AssertionError) as refused:
        build(tmp_path / "site", project)
    for link in broken:
        assert re.search(rf"'theory\.md' .*'{link}'", str(refused.value))


def test_same_again(site: Path, tmp_path: Path) -> None:
    """Another build is the same to the byte: of a clone, elsewhere, on another day."""
    project = projects.clone(tmp_path / "다른 곳")
    again = tmp_path / "site"
    (tmp_path / "sitecustomize.py").write_text(LATER, encoding="utf-8")
    build(
        again,
        project,
        SITE_URL=f"https://example.org/{SUB_PATH}",
        PYTHONPATH=str(tmp_path),
        PYTHONHASHSEED="1",
        TZ="Asia/Seoul",
    )
    assert files(again) == files(site)


#: Python reads it when it starts, and then takes the time to be a year from now.
LATER = """\
import datetime
import time

class Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)

class LaterDate(datetime.date):
    @classmethod
    def today(cls):
        return Later.now().date()

now = time.time
time.time = lambda: now() + 366 * 24 * 60 * 60
datetime.datetime, datetime.date = Later, LaterDate
"""


def files(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.mark.browser
def test_address(site: Path, tmp_path: Path, page: Page, address: str) -> None:
    """The site's address comes from SITE_URL; without it nothing claims one, and all works."""
    canonical = '<link rel="canonical" href="https://example.org/docs/mobilenet/ko/ver1/">'
    assert canonical in html(site, "ko/ver1")

    build(tmp_path, SITE_URL="")
    assert 'rel="canonical"' not in html(tmp_path, "ko/ver1")
    assert 'hreflang="en" href="../../en/ver1/"' in html(tmp_path, "ko/ver1")
    for written in ("index.html", "404.html", "ko/ver1/index.html"):
        text = (tmp_path / written).read_text(encoding="utf-8")
        for name in ("og:url", "og:image", "application/atom+xml"):
            assert name not in text
    assert 'property="og:title" content="VER1"' in html(tmp_path, "ko/ver1")
    assert "Sitemap:" not in (tmp_path / "robots.txt").read_text()
    assert not [*tmp_path.rglob("sitemap*"), *tmp_path.rglob("feed.xml")]
    for file in tmp_path.rglob("index.html"):
        assert [link for link in links(file.read_text("utf-8")) if link.startswith("/")] == []

    lost: list[str] = []
    page.on("response", lambda got: lost.append(got.url) if got.status >= 400 else None)
    host = address.removesuffix(SUB_PATH)
    for path in ("", "some/where/else/"):
        put(tmp_path, Path(str(site).removesuffix(SUB_PATH.rstrip("/"))) / path)
        page.goto(f"{host}{path}ko/labs/accuracy/")
        page.locator(".md-header .md-select").hover()
        page.get_by_role("link", name="English").click()
        page.wait_for_url(f"{host}{path}en/labs/accuracy/")
        page.get_by_role("button", name="Search", exact=True).click()
        page.keyboard.type("VER2")
        page.locator(".md-search-result__link").first.click()
        page.wait_for_url(re.compile(rf"^{re.escape(host + path)}en/ver2/"))
        page.wait_for_load_state("networkidle")
    assert lost == []


def put(site: Path, folder: Path) -> None:
    """What is at the top of a site, into another folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in site.iterdir():
        (folder / part.name).symlink_to(part)
