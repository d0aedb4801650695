"""Links a term's first use on a page to its entry in the glossary, its meaning as the tooltip.

A Markdown extension, so that the pages' sources stay plain. It links in running text
alone, and leaves a sentence that has a link of its own as it is.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from hooks.glossary import PAGE, PARTICLES, Term, bare, read

_EMPHASIS = ("em", "strong")
#: What stands for a link, and for anything else that is no text, where sentences are read.
_LINK, _OTHER = "\ue000", "\ue001"
#: Names that are as often something else here: a verb, a block of code.
_AMBIGUOUS = ("compute", "filter", "block", "블록")
_SENTENCE = re.compile(r".+?(?:[.?!](?=\s)|\Z)", re.DOTALL)


class TermLinks(Extension):
    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's name for it
        # After Markdown has read attributes in braces (8), before MkDocs resolves links (0).
        md.treeprocessors.register(_Linker(md, self.language), "terms", 7)


class _Linker(Treeprocessor):
    def __init__(self, md: Markdown, language: str) -> None:
        super().__init__(md)
        terms = read(language)
        self.rows = {(term.english, term.korean): term for term in terms}
        names = {term.korean if language == "ko" else term.english: term for term in terms}
        self.names = {name: term for name, term in names.items() if name not in _AMBIGUOUS}
        # The longest first: a depthwise convolution is not just any convolution.
        longest = sorted(self.names, key=len, reverse=True)
        name = "|".join(map(re.escape, longest))
        end = rf"(?=(?:{PARTICLES})?(?![가-힣]))" if language == "ko" else r"(?:e?s)?(?![\w-])"
        self.pattern = re.compile(rf"(?<![\w-])(?P<name>{name}){end}", re.IGNORECASE)

    def run(self, root: Element) -> None:
        is_docstring = "mkdocstrings_ids" in self.md.treeprocessors
        if is_docstring or self._is_glossary(root):
            return
        self.glossary = posixpath.relpath(PAGE, posixpath.dirname(_source(self.md)) or ".")
        seen: set[Term] = set()
        for block in list(root.iter()):
            if block.tag in ("p", "li"):
                self._link(block, seen)

    def _is_glossary(self, root: Element) -> bool:
        """Whether the page has the entries themselves, each of which then gets its id."""
        entries = 0
        for row in root.iter("tr"):
            english, korean, *_ = (bare(cell.text or "") for cell in row)
            if term := self.rows.get((english, korean)):
                row.set("id", term.identifier)
                entries += 1
        return entries > 0

    def _link(self, block: Element, seen: set[Term]) -> None:
        pieces = list(_pieces(block))
        text = "".join(piece.text for piece in pieces)
        uses: list[tuple[int, int, Term]] = []
        for sentence in _SENTENCE.finditer(text):
            if _LINK in sentence[0]:
                continue
            for match in self.pattern.finditer(text, *sentence.span()):
                term = self.names[match["name"].lower()]
                if term not in seen:
                    seen.add(term)
                    uses.append((*match.span(), term))
        # From the last to the first: what is still to be linked stays in its place.
        position = len(text)
        for piece in reversed(pieces):
            position -= len(piece.text)
            while uses and uses[-1][0] >= position:
                start, end, term = uses.pop()
                piece.link(start - position, end - position, term, self.glossary)


def makeExtension(**settings: Any) -> TermLinks:  # noqa: N802 - Markdown's name for it
    """What ``docs/ko.yml`` and ``docs/en.yml`` name."""
    return TermLinks(**settings)


def _source(md: Any) -> str:
    """The path of the page that is read, below its language's, as the generator notes it."""
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


def _pieces(element: Element) -> Iterator[_Piece]:
    """The text of a block in order, a mark wherever an element starts or ends."""
    yield _Piece(element.text or "", element, None)
    for child in element:
        mark = _Piece(_LINK if child.tag == "a" else _OTHER, child, None)
        yield mark
        if child.tag in _EMPHASIS:
            yield from _pieces(child)
            yield mark
        yield _Piece(child.tail or "", element, child)
