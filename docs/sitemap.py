"""What search engines are told: which pages there are, and in which language each is."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from gate.site import LANGUAGES

__all__ = ["alternates", "write"]

ROBOTS = """\
# A crawler asks for this file at the root of a host, and nowhere else: for a site below a
# path, the host's own has to name the sitemap.
User-agent: *
Allow: /
"""


def alternates(page: str) -> dict[str, str]:
    """Where a page is in each language, from the site's root on, and for all other readers.

    Those get the English page. But where a language begins, they get the landing page, which
    knows a reader's language: such a page is what ``x-default`` is for.

    :param page: its address below its language's; the landing page is that of "" as well.
    """
    addresses = {language: f"{language}/{page}" for language in LANGUAGES}
    return {**addresses, "x-default": addresses["en"] if page else ""}


def write(site: Path, address: str) -> None:
    """``robots.txt`` and, where the site's address is known, a sitemap of both languages.

    The sitemap has no dates: MkDocs' are the build's.
    """
    robots = ROBOTS
    if address:
        robots += f"\nSitemap: {address}sitemap.xml\n"
        (site / "sitemap.xml").write_bytes(_sitemap(site, address))
    (site / "robots.txt").write_text(robots, encoding="utf-8")


def _sitemap(site: Path, address: str) -> bytes:
    urls = Element(
        "urlset",
        {
            "xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9",
            "xmlns:xhtml": "http://www.w3.org/1999/xhtml",
        },
    )
    _add(urls, address, "", "")
    for language in LANGUAGES:
        for page in _pages(site / language):
            _add(urls, address, f"{language}/{page}", page)
    indent(urls)
    sitemap: bytes = tostring(urls, encoding="utf-8", xml_declaration=True)
    return sitemap + b"\n"


def _add(urls: Element, address: str, path: str, page: str) -> None:
    url = SubElement(urls, "url")
    SubElement(url, "loc").text = address + path
    for language, other in alternates(page).items():
        attributes = {"rel": "alternate", "hreflang": language, "href": address + other}
        SubElement(url, "xhtml:link", attributes)


def _pages(folder: Path) -> list[str]:
    """Each page's address below its language's, the first page's first."""
    folders = (file.parent.relative_to(folder) for file in folder.rglob("index.html"))
    return sorted("" if found == Path() else f"{found.as_posix()}/" for found in folders)
