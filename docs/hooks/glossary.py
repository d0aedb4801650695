"""The glossary: its terms, and the links that lead to them.

A term's first use on a page becomes a link to its entry, with the meaning as a tooltip. A Markdown
extension does that, so that the pages' sources stay plain. It links in running text alone, and
leaves a sentence that has a link of its own as it is.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

DOCS = Path(__file__).parents[1]
PAGE = "glossary.md"

#: What Korean hangs onto a noun.
PARTICLES = (
    "(?:에서|으로|로|에|까지|부터|마다|처럼|보다|이나|이란|하고|입니다"
    "|들|은|는|이|가|을|를|의|와|과|도|만)+"
)

#: Terms that are as often something else on these pages: a verb, a block of code.
_AMBIGUOUS = ("compute", "filter", "block", "블록")
_EMPHASIS = ("em", "strong")
#: What stands for a link, and for any other element, where sentences are read.
_LINK, _ELEMENT = "\ue000", "\ue001"
_SENTENCE = re.compile(r".+?(?:[.?!](?=\s)|\Z)", re.DOTALL)


class Term(NamedTuple):
    """A row of the glossary."""

    english: str
    korean: str
    meaning: str
    avoided: tuple[str, ...]
    """What others call it, and these pages do not."""

    @property
    def identifier(self) -> str:
        """The id of its row, on the glossary of either language."""
        return self.english.replace(" ", "-")


def read_terms(language: str) -> list[Term]:
    """Return the rows of a language's glossary page."""
    return _parse((DOCS / language / PAGE).read_text(encoding="utf-8"))


@cache
def _parse(text: str) -> list[Term]:
    terms = []
    for table in re.findall(r"^\|-.*\n((?:\|.*\n?)+)", text, re.MULTILINE):
        for row in table.splitlines():
            english, korean, meaning, avoided = map(str.strip, row.strip("|").split("|"))
            others = tuple(filter(None, map(str.strip, avoided.split(","))))
            terms.append(Term(_strip(english), _strip(korean), meaning, others))
    return terms


def _strip(cell: str) -> str:
    """Return a term without the symbol or the abbreviation in brackets behind it."""
    return re.sub(r"\(.*\)", "", cell).strip()


class TermLinks(Extension):
    """Links terms to the glossary."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's name for it
        # After Markdown has read attributes in braces (8), before MkDocs resolves links (0).
        md.treeprocessors.register(_Linker(md, self.language), "glossary", 7)


def makeExtension(**settings: Any) -> TermLinks:  # noqa: N802 - Markdown's name for it
    """Return the extension that ``docs/ko.yml`` and ``docs/en.yml`` name."""
    return TermLinks(**settings)


class _Linker(Treeprocessor):
    def __init__(self, md: Markdown, language: str) -> None:
        super().__init__(md)
        terms = read_terms(language)
        self.rows = {(term.english, term.korean): term for term in terms}
        names = {term.korean if language == "ko" else term.english: term for term in terms}
        self.names = {name: term for name, term in names.items() if name not in _AMBIGUOUS}
        # The longest first: a depthwise convolution is not just any convolution.
        longest = sorted(self.names, key=len, reverse=True)
        name = "|".join(map(re.escape, longest))
        end = rf"(?=(?:{PARTICLES})?(?![가-힣]))" if language == "ko" else r"(?:e?s)?(?![\w-])"
        self.pattern = re.compile(rf"(?<![\w-])(?P<name>{name}){end}", re.IGNORECASE)

    def run(self, root: Element) -> None:
        if self._name_rows(root):
            return
        glossary = posixpath.relpath(PAGE, posixpath.dirname(_find_source(self.md)) or ".")
        linked: set[Term] = set()
        for block in list(root.iter()):
            if block.tag in ("p", "li"):
                self._link(block, glossary, linked)

    def _name_rows(self, root: Element) -> bool:
        """Give each entry of the glossary its id; return whether the page is the glossary."""
        is_glossary = False
        for row in root.iter("tr"):
            english, korean, *_ = (_strip(cell.text or "") for cell in row)
            if term := self.rows.get((english, korean)):
                row.set("id", term.identifier)
                is_glossary = True
        return is_glossary

    def _link(self, block: Element, glossary: str, linked: set[Term]) -> None:
        pieces = list(_split(block))
        text = "".join(piece.text for piece in pieces)
        uses: list[tuple[int, int, Term]] = []
        for sentence in _SENTENCE.finditer(text):
            if _LINK in sentence[0]:
                continue
            for match in self.pattern.finditer(text, *sentence.span()):
                term = self.names[match["name"].lower()]
                if term not in linked:
                    linked.add(term)
                    uses.append((*match.span(), term))
        # From the last to the first: what is still to be linked stays in its place.
        position = len(text)
        for piece in reversed(pieces):
            position -= len(piece.text)
            while uses and uses[-1][0] >= position:
                start, end, term = uses.pop()
                piece.link(start - position, end - position, term, glossary)


def _find_source(md: Any) -> str:
    """Return the path of the page, below its language's folder, as its generator notes it."""
    path: str
    if "rendering_context" in md.preprocessors:  # Zensical
        path = md.preprocessors["rendering_context"].page.path
    else:  # MkDocs, in order to resolve the links that start there
        path = md.treeprocessors["relpath"].file.src_uri
    return path


class _Piece(NamedTuple):
    """Text of a block: what an element starts with, or what stands behind one of its children."""

    text: str
    parent: Element
    child: Element | None

    def link(self, start: int, end: int, term: Term, glossary: str) -> None:
        """Put a link around a part of the text."""
        link = Element("a", {"class": "term", "href": f"{glossary}#{term.identifier}"})
        link.set("title", term.meaning)
        if self.child is None:
            text, index = self.parent.text or "", 0
            self.parent.text = text[:start]
        else:
            text, index = self.child.tail or "", list(self.parent).index(self.child) + 1
            self.child.tail = text[:start]
        link.text, link.tail = text[start:end], text[end:]
        self.parent.insert(index, link)


def _split(element: Element) -> Iterator[_Piece]:
    """Return the text of a block in order, with a mark wherever an element starts or ends."""
    yield _Piece(element.text or "", element, None)
    for child in element:
        mark = _Piece(_LINK if child.tag == "a" else _ELEMENT, child, None)
        yield mark
        if child.tag in _EMPHASIS:
            yield from _split(child)
            yield mark
        yield _Piece(child.tail or "", element, child)
