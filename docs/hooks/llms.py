"""llms.txt: every page of the site in both languages, for a program that reads Markdown.

Its form is that of https://llmstxt.org: a title, a summary, and a list of links a section.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

NAME = "llms.txt"


class Entry(NamedTuple):
    title: str
    address: str
    description: str


def write(title: str, summary: str, sections: Mapping[str, Iterable[Entry]]) -> str:
    """The file's text.

    :param sections: each one's heading, and its pages.
    """
    parts = [f"# {title}", f"> {summary}"]
    for heading, entries in sections.items():
        parts.append(f"## {heading}")
        parts.append("\n".join(f"- [{e.title}]({e.address}): {e.description}" for e in entries))
    return "\n\n".join(parts) + "\n"
