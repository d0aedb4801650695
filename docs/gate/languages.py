"""Holds a page against the same page in the other language."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from mkdocs.utils.meta import get_data
from sybil import Example

from gate import numbers
from gate.fences import fences, spans
from gate.site import ROOT, counterpart, markdown


def compare(example: Example) -> str | None:
    page = Path(example.path)
    other = counterpart(page)
    if other is None:
        return None
    if not other.is_file():
        return f"There is no {other.relative_to(ROOT)}: each page exists in both languages."
    here, there = (list(_outline(file.read_text(encoding="utf-8"))) for file in (page, other))
    if here == there:
        return None
    diff = difflib.unified_diff(
        there,
        here,
        str(other.relative_to(ROOT)),
        str(page.relative_to(ROOT)),
        lineterm="",
    )
    return "\n".join(["The two languages differ in what they have to share:", *diff])


def _outline(text: str) -> Iterator[str]:
    """A line for each thing that both languages share, kind by kind."""
    yield from _headings(_tokens(text))
    found = fences(text)
    for fence in found:
        yield f"```{fence.language}"
        yield from fence.expanded().split("\n")
    for check in numbers.checks(text, code=spans(text, found)):
        # A table's cells have words in them; its numbers are the expression's in both.
        shown = f"{check.shown.count(chr(10))} rows" if check.shown.startswith("|") else check.shown
        yield f"{shown} <!--= {check.expression} -->"


def _tokens(text: str) -> Any:
    md = markdown()
    md.reset()
    body, _ = get_data(text)
    md.convert(body)
    return cast("Any", md).toc_tokens  # the toc extension adds it


def _headings(tokens: list[dict[str, Any]]) -> Iterator[str]:
    for token in tokens:
        yield f"h{token['level']} #{token['id']}"
        yield from _headings(token["children"])
