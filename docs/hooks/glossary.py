"""The glossary, as the gate, the search and the links of terms read it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

PAGE = "glossary.md"

#: What Korean hangs onto a noun.
PARTICLES = (
    "(?:에서|으로|로|에|까지|부터|마다|처럼|보다|이나|이란|하고|입니다"
    "|들|은|는|이|가|을|를|의|와|과|도|만)+"
)


class Term(NamedTuple):
    english: str
    korean: str
    meaning: str
    avoided: tuple[str, ...]
    """What others call it, and these pages do not."""

    @property
    def identifier(self) -> str:
        """Of its row, on the glossary of either language."""
        return self.english.replace(" ", "-")


def read(language: str) -> list[Term]:
    """The rows of a language's glossary page."""
    text = (Path(__file__).parents[1] / language / PAGE).read_text(encoding="utf-8")
    found = []
    for table in re.findall(r"^\|-.*\n((?:\|.*\n?)+)", text, re.MULTILINE):
        for row in table.splitlines():
            english, korean, meaning, avoided = map(str.strip, row.strip("|").split("|"))
            others = tuple(filter(None, map(str.strip, avoided.split(","))))
            found.append(Term(bare(english), bare(korean), meaning, others))
    return found


def bare(cell: str) -> str:
    """A term without the symbol or the abbreviation in brackets behind it."""
    return re.sub(r"\(.*\)", "", cell).strip()
