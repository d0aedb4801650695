"""Holds a Korean page to the glossary: one Korean term for each English one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from hooks.glossary import PAGE, Term, read
from sybil import Example

from tests.pages.drift import Drift
from tests.pages.page import Page
from tests.pages.site import DOCS, is_korean

GLOSSARY = DOCS / "ko" / PAGE
_BRACKET = re.compile(r"([가-힣][가-힣 -]*)\(([A-Za-z][A-Za-z -]*)\)")


def compare(example: Example) -> Iterator[Drift]:
    page: Page = example.parsed
    if not is_korean(page.path) or page.path == GLOSSARY:
        return
    for block in page.blocks:
        for word in _avoided().findall(block.text):
            term = next(term for term in terms() if word in term.avoided)
            yield Drift(
                f"{word} is {term.korean} on this site ({term.english}), as the glossary has it.",
                line=block.line,
            )
        for korean, english in _BRACKET.findall(block.text):
            for term in terms():
                if term.english == english.lower() and not korean.endswith(term.korean):
                    yield Drift(
                        f"{english} is {term.korean} in the glossary, not {korean}.",
                        line=block.line,
                    )


@cache
def _avoided() -> re.Pattern[str]:
    words = sorted((word for term in terms() for word in term.avoided), key=len, reverse=True)
    return re.compile(rf"(?<![가-힣])(?:{'|'.join(words)})" if words else r"(?!)")


@cache
def terms() -> list[Term]:
    return read("ko")
