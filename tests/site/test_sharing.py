"""What others see of the site: search engines, feed readers, whoever is sent a link."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import feed
import preview
import pytest
from PIL import Image

from tests.site.built import PAGES, ROOT

SITE = "https://example.org/docs/mobilenet/"
EVERYWHERE = ["", *(f"{language}/{path}" for language in ("ko", "en") for path in PAGES)]

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
ATOM = "{http://www.w3.org/2005/Atom}"


class Head(HTMLParser):
    """A page's title, and what its elements ``meta`` and ``link`` say."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.title, self.heading = "", ""
        self.meta: dict[str, list[str]] = {}
        self.links: list[dict[str, str]] = []
        self._open = ""
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "h1" or (tag == "title" and not self.title):  # a figure has one as well
            self._open = tag
        elif tag == "a":  # a heading's link to itself
            self._open = ""
        elif tag == "link":
            self.links.append(found)
        elif tag == "meta":
            name = found.get("property") or found.get("name", "")
            self.meta.setdefault(name, []).append(found.get("content", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == self._open:
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open == "title":
            self.title += data
        elif self._open == "h1":
            self.heading += data

    def alternates(self) -> dict[str, str]:
        return {link["hreflang"]: link["href"] for link in self.links if "hreflang" in link}


@pytest.fixture(scope="module")
def heads(site: Path) -> dict[str, Head]:
    return {page: Head(site / page / "index.html") for page in EVERYWHERE}


def file(site: Path, address: str) -> Path:
    """What a host answers with at an address of the site."""
    assert address.startswith(SITE)
    path = site / unquote(address.removeprefix(SITE))
    return path / "index.html" if address.endswith("/") else path


class TestHead:
    def test_title(self, heads: dict[str, Head]) -> None:
        """A page is called what its heading says, and of which site it is; no two are the same."""
        for page, head in heads.items():
            heading = head.heading.strip()
            is_first = page in ("", "ko/", "en/")
            assert head.title == (heading if is_first else f"{heading} - MobileNet"), page
            assert head.meta["og:title"] == [heading]
            assert head.meta["og:site_name"] == ["MobileNet"]
        by_language = [
            [head.title for page, head in heads.items() if page.startswith(language)]
            for language in ("ko/", "en/")
        ]
        assert [len(set(titles)) for titles in by_language] == [len(PAGES)] * 2
        assert heads["ko/"].title == "실행되는 코드로 배우는 MobileNet"
        assert heads["en/"].title == "MobileNet, in code that runs"

    def test_description(self, heads: dict[str, Head]) -> None:
        """One description, for search results and for links that are shared."""
        for page, head in heads.items():
            assert len(head.meta["description"]) == 1, page
            assert head.meta["og:description"] == head.meta["description"]
            is_korean = re.search("[가-힣]", head.meta["description"][0]) is not None
            assert is_korean == (not page.startswith("en/")), page

    def test_address(self, heads: dict[str, Head]) -> None:
        """A page says its own address, to both."""
        for page, head in heads.items():
            canonical = [link["href"] for link in head.links if link["rel"] == "canonical"]
            assert canonical == head.meta["og:url"] == [SITE + page]

    def test_language(self, heads: dict[str, Head]) -> None:
        """A page names its language and the other one as Open Graph does, with a territory."""
        for page, head in heads.items():
            own, other = ("ko_KR", "en_US") if page.startswith("ko/") else ("en_US", "ko_KR")
            assert head.meta["og:locale"] == [own], page
            assert head.meta["og:locale:alternate"] == [other], page

    def test_kind(self, heads: dict[str, Head]) -> None:
        """The first pages are a website, the others articles."""
        kinds = {page: head.meta["og:type"] for page, head in heads.items()}
        websites = [page for page, kind in kinds.items() if kind == ["website"]]
        assert websites == ["", "ko/", "en/"]
        assert {kind for (kind,) in kinds.values()} == {"website", "article"}

    def test_picture(self, heads: dict[str, Head], site: Path) -> None:
        """A picture of 1200 x 630, described in the page's language, and not heavy."""
        for page, head in heads.items():
            (address,) = head.meta["og:image"]
            picture = file(site, address)
            assert picture.stat().st_size < 100_000
            with Image.open(picture) as image:
                assert (image.format, image.size) == ("PNG", (1200, 630))
            assert head.meta["og:image:width"] + head.meta["og:image:height"] == ["1200", "630"]
            assert head.meta["og:image:type"] == ["image/png"]
            (alt,) = head.meta["og:image:alt"]
            assert (re.search("[가-힣]", alt) is not None) == page.startswith("ko/")
            assert head.meta["twitter:card"] == ["summary_large_image"]

    def test_other_languages(self, heads: dict[str, Head]) -> None:
        """Hreflang is the same on a page and on the one in the other language, for both are one.

        Readers of a third language get the English page; where a language begins, the choice.
        """
        for page, head in heads.items():
            path = page.partition("/")[2]
            assert head.alternates() == {
                "ko": f"{SITE}ko/{path}",
                "en": f"{SITE}en/{path}",
                "x-default": f"{SITE}en/{path}" if path else SITE,
            }, page

    def test_feed(self, heads: dict[str, Head], site: Path) -> None:
        """Each page names the feed, that for a missing page too."""
        for head in [*heads.values(), Head(site / "404.html")]:
            feeds = [link for link in head.links if link.get("type") == "application/atom+xml"]
            assert [(link["rel"].split(), link["href"]) for link in feeds] == [
                (["alternate"], f"{SITE}feed.xml")
            ]


class TestMissingPage:
    def test_claims_nothing(self, site: Path) -> None:
        """What is shown in place of any page has no address, and is not for search engines."""
        head = Head(site / "404.html")
        assert head.meta["robots"] == ["noindex"]
        assert not [name for name in head.meta if name.startswith("og:")]
        assert not [link for link in head.links if link["rel"] == "canonical"]
        assert head.title == "페이지가 없습니다 · Page not found - MobileNet"

    def test_one_for_both_languages(self, site: Path) -> None:
        """There is one, at the root, where hosts look for it."""
        assert [*site.rglob("404.html")] == [site / "404.html"]


class TestSitemap:
    def test_every_page(self, site: Path) -> None:
        """One sitemap names every page there is, of both languages, and nothing else."""
        assert sorted(site.rglob("sitemap*")) == [site / "sitemap.xml"]
        urls = ElementTree.parse(site / "sitemap.xml").getroot()
        assert urls.tag == f"{SITEMAP}urlset"
        found = [url.findtext(f"{SITEMAP}loc") or "" for url in urls]
        there = {page.parent.relative_to(site) for page in site.rglob("index.html")}
        assert {file(site, address).parent.relative_to(site) for address in found} == there
        assert len(found) == len(there) == len(EVERYWHERE)

    def test_other_languages(self, site: Path, heads: dict[str, Head]) -> None:
        """It says of the languages what the pages say, and all of it is there."""
        for url in ElementTree.parse(site / "sitemap.xml").getroot():
            address = url.findtext(f"{SITEMAP}loc") or ""
            links = [link.attrib for link in url.findall(f"{XHTML}link")]
            assert {link["rel"] for link in links} == {"alternate"}
            named = {link["hreflang"]: link["href"] for link in links}
            assert named == heads[address.removeprefix(SITE)].alternates()
            assert all(file(site, other).is_file() for other in named.values())

    def test_no_date(self, site: Path) -> None:
        """It has no date: the day of the build is not when a page changed."""
        assert "lastmod" not in (site / "sitemap.xml").read_text()

    def test_robots(self, site: Path) -> None:
        """robots.txt leaves nothing out, and names the sitemap."""
        lines = (site / "robots.txt").read_text().splitlines()
        rules = [line for line in lines if line and not line.startswith("#")]
        assert rules == ["User-agent: *", "Allow: /", f"Sitemap: {SITE}sitemap.xml"]


class TestFeed:
    def test_valid(self, site: Path) -> None:
        """It has what RFC 4287 asks of a feed and of an entry, with absolute addresses."""
        root = ElementTree.parse(site / "feed.xml").getroot()
        assert root.tag == f"{ATOM}feed"
        assert root.findtext(f"{ATOM}author/{ATOM}name") == "MobileNet"
        (own,) = [link for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
        assert own.get("href") == root.findtext(f"{ATOM}id") == f"{SITE}feed.xml"
        entries = root.findall(f"{ATOM}entry")
        assert entries
        for element in (root, *entries):
            assert len(element.findall(f"{ATOM}id")) == len(element.findall(f"{ATOM}title")) == 1
            assert element.findtext(f"{ATOM}title")
            dates = [found.text or "" for found in element.findall(f"{ATOM}updated")]
            assert [bool(re.fullmatch(RFC_3339, each)) for each in dates] == [True]
            for link in element.findall(f"{ATOM}link"):
                assert file(site, link.get("href", "")).is_file()
        ids = [entry.findtext(f"{ATOM}id") or "" for entry in entries]
        assert len(set(ids)) == len(ids)
        assert all(each.startswith(SITE) for each in ids)

    def test_says_what_the_changelog_says(self, site: Path) -> None:
        """Each line of the changelog is in it, once."""
        entries = ElementTree.parse(site / "feed.xml").getroot().findall(f"{ATOM}entry")
        contents = [entry.find(f"{ATOM}content") for entry in entries]
        assert {content.get("type") for content in contents if content is not None} == {"html"}
        html = "".join(content.text or "" for content in contents if content is not None)
        lines = re.findall(r"^- ", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
        assert html.count("<li>") == len(lines) > 0

    def test_dates(self) -> None:
        """A version is as old as its heading says; what has none yet, as the changelog's text."""
        found = feed.versions(
            "# Changelog\n\nAbout.\n\n## Unreleased\n\n- `New` & bold\n\n"
            "## 1.0.0 - 2026-12-31\n\n### Added\n\n- Old\n"
        )
        assert [(version.name, version.released) for version in found] == [
            ("Unreleased", None),
            ("1.0.0", date(2026, 12, 31)),
        ]
        new, old = (version.html.replace("\n", "") for version in found)
        assert new == "<ul><li><code>New</code> &amp; bold</li></ul>"
        assert old == "<h3>Added</h3><ul><li>Old</li></ul>"

    def test_unreleased(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is not released is as old as the changelog's last commit, whenever it is built.

        Without git's history it is as old as the build, whose time can be set.
        """
        (tmp_path / "CHANGELOG.md").write_text("## Unreleased\n\n- New\n")
        monkeypatch.setattr(feed, "CHANGELOG", tmp_path / "CHANGELOG.md")
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")

        def updated() -> str | None:
            feed.write(tmp_path, SITE, "MobileNet")
            return ElementTree.parse(tmp_path / "feed.xml").getroot().findtext(f"{ATOM}updated")

        assert updated() == "1970-01-01T00:00:00Z"
        author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-24T09:30:00+09:00")
        for command in (["init", "-q"], ["add", "CHANGELOG.md"], ["commit", "-qm", "New"]):
            subprocess.run(["git", *author, *command], cwd=tmp_path, check=True)
        assert updated() == "2026-11-24T00:30:00Z"

    @pytest.mark.parametrize(
        ("changelog", "message"),
        [
            ("# Changelog\n\n## 1.0.0\n\n- New\n", 'has "## 1.0.0", and the feed wants'),
            ("# Changelog\n", "has no version"),
        ],
    )
    def test_changelog_without_dates(self, changelog: str, message: str) -> None:
        """A version without a date is an error that shows one with a date."""
        with pytest.raises(ValueError, match=re.escape(message)):
            feed.versions(changelog)


RFC_3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


class TestPicture:
    def test_the_same_again(self, site: Path, tmp_path: Path) -> None:
        """Drawn again, it is the same to the byte."""
        (tmp_path / "assets").mkdir()
        preview.write(tmp_path)
        assert (tmp_path / preview.NAME).read_bytes() == (site / preview.NAME).read_bytes()

    def test_weights(self) -> None:
        """It shows the 81 and the 36 weights of the page on theory, and says so."""
        for alt in preview.ALT.values():
            assert re.findall(r"\d+", alt) == ["81", "36"]
