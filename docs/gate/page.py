"""The Sybil parser that makes a page's regions."""

from collections.abc import Iterator

from sybil import Document, Example, Region

from gate import code, languages, numbers
from gate.fences import fences, spans, unclosed


def parse_page(document: Document) -> Iterator[Region]:
    """Each fence and each checked number in its place, and what holds for the whole at the end."""
    text = document.text
    # As in a script, so that the blocks that end in `if __name__ == "__main__":` run.
    document.namespace["__name__"] = "__main__"

    found = fences(text)
    places = spans(text, found)
    for fence, (start, end) in zip(found, places, strict=True):
        yield Region(start, end, fence, code.evaluator(fence))
    for check in numbers.checks(text, code=places):
        yield Region(check.start, check.end, check, numbers.evaluate)
    for line in unclosed(text, found):
        start = len("".join(text.splitlines(keepends=True)[: line - 1]))
        yield Region(start, start + 3, None, _refuse_unclosed)

    yield Region(len(text), len(text), None, code.nothing_unshown)
    yield Region(len(text), len(text), None, languages.compare)


def _refuse_unclosed(example: Example) -> str:
    return "This line opens a fence that is never closed, or whose options the site cannot read."
