"""The evaluator of what holds for a page whatever its code does.

No number without a check, no code in anything but a fence, no comment that does nothing, an id for
each heading, figures where Markdown leaves them whole, and the glossary's Korean terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, cast

from hooks.glossary import PAGE, Term, read_terms
from sybil import Document, Example, Region

from tests.pages.failure import Failure, Report
from tests.pages.figures import find_figures
from tests.pages.numbers import LAB_HINT, find_unchecked
from tests.pages.page import Line, Page
from tests.pages.site import DOCS

if TYPE_CHECKING:
    from tests.pages.document import PageDocument

_CONTAINER = re.compile(r" *(?:[-*+] |\d+[.)] |!!! |\?\?\?\+? |=== )")
_COMMENT = re.compile(r'<!-- (?:skip: next ".+"|run by: \S+) -->')
_BRACKET = re.compile(r"([가-힣][가-힣 -]*)\(([A-Za-z][A-Za-z -]*)\)")


def parse_rules(document: Document) -> Iterator[Region]:
    """Parse a page as one example: it keeps the rules."""
    yield Region(document.end, document.end, cast("PageDocument", document).pages, check_rules)


def check_rules(example: Example) -> Report:
    """Report what a page should not have."""
    failures = [
        failure
        for page in example.parsed
        for rule in (_check_numbers, _check_lines, _check_code, _check_figures, _check_terms)
        for failure in rule(page)
    ]
    return Report(example.path, sorted(failures, key=lambda failure: failure.line))


def _check_numbers(page: Page) -> Iterator[Failure]:
    for number, line in find_unchecked(page):
        hint = (
            LAB_HINT if page.prefix else "With ? in place of the number, `make update` fills it in."
        )
        yield Failure(
            f"{number.shown} has no check. Put the expression that gives it right behind it: "
            f"{number.shown}<!--= … -->. {hint}",
            line,
        )


def _check_lines(page: Page) -> Iterator[Failure]:
    above_fences = {fence.line - 1 for fence in page.fences}
    for line in page.lines:
        number, text = line.row.number, line.row.text.strip()
        for comment in line.comments:
            if not _COMMENT.fullmatch(comment) or number not in above_fences:
                yield Failure(
                    f'{comment} does nothing. A comment is <!-- skip: next "…" --> or '
                    "<!-- run by: … --> right above a fence, or <!--= … --> behind a number.",
                    number,
                )
        if line.alone and not (line.is_table_check and _follows_table(page, line)):
            yield Failure(
                f"{line.alone[0]} checks nothing. A check stands right behind a number, or on a "
                "line of its own below a table, with an empty line between.",
                number,
            )
        if DOCS in page.path.parents and re.match(r"#+ ", text) and "{#" not in text:
            yield Failure(
                "This heading has no id, and the one that the site makes up differs between the "
                f"languages. Give it one: {text} {{#…}}",
                number,
            )


def _follows_table(page: Page, check: Line) -> bool:
    above = next((row for row in page.rows if row.number == check.row.number - 2), None)
    return above is not None and above.text.startswith("|")


def _check_code(page: Page) -> Iterator[Failure]:
    """Report code that is in no fence: indented as Markdown indents code, or written in HTML."""
    deepest, is_directive = 0, False
    inside = {number for fence in page.fences for number in range(fence.line, fence.last + 1)}
    for row in page.rows:
        text = row.text.expandtabs(4)
        if not text.strip() or row.number < page.body:
            continue
        indent = len(text) - len(text.lstrip())
        is_directive = text.startswith("::: ") or (is_directive and indent > 0)
        if is_directive:  # mkdocstrings', with options in YAML
            continue
        is_fence = row.number in inside
        if indent > deepest and not is_fence and not text.lstrip().startswith("<"):
            yield Failure("This is code in no fence, which nothing runs.", row.number)
        elif not is_fence and re.search(r"<(?:pre|code)\b", re.sub("`[^`]*`", "", text)):
            yield Failure("This is code in HTML, which nothing runs. Use a fence.", row.number)
        if not is_fence:
            deepest = indent + 4 if _CONTAINER.match(text) else min(deepest, indent)


def _check_figures(page: Page) -> Iterator[Failure]:
    """Report an include in prose that is no figure in the page's language, or that stands alone."""
    rows = {row.number: row.text.strip() for row in page.rows}
    for line in page.lines:
        number, text = line.row.number, line.row.text.strip()
        figures = [
            f'--8<-- "docs/figures/svg/{name}.{page.language}.svg"' for name in find_figures()
        ]
        is_whole = rows.get(number - 1, "").startswith("<figure") and rows.get(
            number + 1, ""
        ).startswith(("</figure", "<figcaption"))
        if re.match(r"-+8<-+", text) and not (text in figures and is_whole):
            yield Failure(
                "Prose includes nothing but figures in the page's language, each right between "
                f"<figure> and </figure>, where Markdown leaves it whole: {', '.join(figures)}",
                number,
            )


def _check_terms(page: Page) -> Iterator[Failure]:
    if page.language != "ko" or page.path == DOCS / "ko" / PAGE:
        return
    avoided, terms = _find_avoided()
    for line in page.lines:
        words = line.words.replace("*", "")  # bold and italic type
        for word in avoided.findall(words):
            term = terms[word]
            yield Failure(
                f"{word} is {term.korean} ({term.english}) in the glossary.", line.row.number
            )
        for korean, english in _BRACKET.findall(words):
            for term in read_terms("ko"):
                if term.english == english.lower() and not korean.endswith(term.korean):
                    yield Failure(
                        f"{english} is {term.korean} in the glossary, not {korean}.",
                        line.row.number,
                    )


@cache
def _find_avoided() -> tuple[re.Pattern[str], dict[str, Term]]:
    """Return a pattern of the words that the glossary avoids, and the term that each stands for."""
    terms = {word: term for term in read_terms("ko") for word in term.avoided}
    words = sorted(terms, key=len, reverse=True)
    return re.compile(rf"(?<![가-힣])(?:{'|'.join(words)})" if words else r"(?!)"), terms
