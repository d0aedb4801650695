"""The changelog as a feed (Atom, RFC 4287), an entry a version."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, fromstring, indent, tostring

from markdown import markdown
from mkdocs.utils import get_build_datetime

__all__ = ["NAME", "Version", "versions", "write"]

CHANGELOG = Path(__file__).parents[1] / "CHANGELOG.md"

#: Its path below the built site.
NAME = "feed.xml"
TITLE = "What has changed"


class Version(NamedTuple):
    """What the changelog says of a version."""

    name: str
    released: date | None
    """None for what the site has, and no release yet."""
    html: str


def write(site: Path, address: str, name: str) -> None:
    """Write the feed of a site with a name at an address: without one, no entry would have an id.

    :raises ValueError: the changelog is not as :func:`versions` wants it.
    """
    own = address + NAME
    feed = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "en"})
    _add(feed, "id", own)
    _add(feed, "title", f"{name}: {TITLE[0].lower()}{TITLE[1:]}")
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": own})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": address})
    updated = SubElement(feed, "updated")
    _add(SubElement(feed, "author"), "name", name)
    dates = []
    for version in versions(CHANGELOG.read_text(encoding="utf-8")):
        changed = datetime.combine(version.released, time(), UTC) if version.released else _edited()
        dates.append(changed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        entry = SubElement(feed, "entry")
        _add(entry, "id", f"{own}#{version.name.lower()}")
        _add(entry, "title", f"{name} {version.name}")
        _add(entry, "updated", dates[-1])
        SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
        _add(entry, "content", version.html, type="html")
    updated.text = max(dates)
    indent(feed)
    (site / NAME).write_bytes(tostring(feed, encoding="utf-8", xml_declaration=True) + b"\n")


def versions(changelog: str) -> list[Version]:
    """What a changelog says of each version, in its order.

    :raises ValueError: there is none, or a heading says neither when a version was released
        nor that it is not.
    """
    found = [_version(*section) for section in _sections(changelog)]
    if not found:
        raise ValueError(
            'CHANGELOG.md has no version: it wants a heading, "## Unreleased" at first'
        )
    return found


def _sections(changelog: str) -> Iterator[tuple[str, str]]:
    heading, html = "", ""
    for element in fromstring(f"<div>{markdown(changelog)}</div>"):
        if element.tag == "h2":
            if heading:
                yield heading, html
            heading, html = "".join(element.itertext()), ""
        else:
            element.tail = ""
            html += tostring(element, encoding="unicode", method="html")
    if heading:
        yield heading, html


def _version(heading: str, html: str) -> Version:
    if heading == "Unreleased":
        return Version(heading, None, html)
    match = re.fullmatch(r"(\S+) - (\d{4}-\d\d-\d\d)", heading)
    if match is None:
        raise ValueError(
            f'CHANGELOG.md has "## {heading}", and the feed wants "## Unreleased" or a version '
            'with its date: "## 1.0.0 - 2026-12-31"'
        )
    return Version(match[1], date.fromisoformat(match[2]), html)


def _edited() -> datetime:
    """When the changelog was last changed, by git; without its history, when the site was built."""
    command = ["git", "log", "-1", "--format=%cI", "--", CHANGELOG.name]
    try:
        printed = subprocess.check_output(
            command, cwd=CHANGELOG.parent, text=True, stderr=subprocess.DEVNULL
        )
    except (OSError, subprocess.CalledProcessError):
        printed = ""
    return datetime.fromisoformat(printed.strip()) if printed else get_build_datetime()


def _add(parent: Element, tag: str, text: str, **attributes: str) -> None:
    SubElement(parent, tag, attributes).text = text
