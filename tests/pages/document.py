"""A page as a Sybil document: everything on it that is true or not, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from sybil import Document, Example, Region

from tests.pages import code, drawings, languages, numbers, terms, twins
from tests.pages.drift import Drift
from tests.pages.fences import Fence, strays
from tests.pages.page import Page, page
from tests.pages.site import DOCS


class PageDocument(Document):
    def __init__(self, page: Page) -> None:
        super().__init__(page.text, str(page.path))
        self.page = page
        # As in a script, so that the blocks that end in `if __name__ == "__main__":` run.
        self.namespace["__name__"] = "__main__"
        for region in _regions(page):
            self.add(region)


def document(path: Path, text: str | None = None) -> PageDocument:
    """The Sybil document of a page, as it is on the disk or of another text of its file."""
    return PageDocument(Page.read(path) if text is None else page(path, text))


def evaluate(made: PageDocument, *, code_only: bool = False) -> Iterator[Drift]:
    """Evaluate a document from top to bottom, and say what does not hold, and in which line.

    :param code_only: leave out what no run can tell: the other language, unchecked numbers.
    """
    known = twins.found(made)
    other = made.page.translation
    twin = None
    if known is None and other is not None:
        twin = twins.of(made, PageDocument(other), _judge)
    fences = 0
    if twin:
        twin.catch_up(fences)
    for example in made.examples():
        judge: Any = example.region.evaluator
        is_whole = judge in WHOLE
        if (code_only and is_whole) or (known is not None and not is_whole):
            continue
        drifts = list(_judge(example))
        yield from drifts
        if drifts and not is_whole and judge is not numbers.evaluate:
            twin = None  # the code does not hold: a run of its own tells the twin's lines
        if isinstance(example.parsed, Fence):
            fences += 1
            if twin:
                twin.catch_up(fences)
    yield from known or []
    if twin:
        twin.keep()


def _judge(example: Example) -> Iterator[Drift]:
    judge: Any = example.region.evaluator
    result = judge(example)
    for drift in [result] if isinstance(result, Drift) else result or []:
        yield drift if drift.line else replace(drift, line=example.line)


def nothing_escapes(example: Example) -> Iterator[Drift]:
    """What the page has and the gate could not judge: unchecked numbers, code in no fence.

    And a figure that it would show, and does not.
    """
    page: Page = example.parsed
    yield from numbers.unchecked(page)
    yield from drawings.misplaced(page)
    shown = [figure.line for figure in page.figures]
    for line, what in strays(page.text, page.fences):
        if line not in shown:
            yield Drift(f"This line {what}.", line)
    for block, after in zip(page.blocks, [*page.blocks[1:], None], strict=True):
        is_heading = block.kind in ("h1", "h2", "h3", "h4", "h5", "h6")
        if is_heading and not block.identifier and DOCS in page.path.parents:
            yield Drift(
                "This heading has no id, and the one that the site makes up differs between the "
                f"languages. Give it one: {block.text} {{#…}}",
                block.line,
            )
        excuse = after.fence.excuse if after and after.fence else ""
        if block.kind.endswith("pre"):
            yield Drift(
                "This is code in no fence, which nothing runs. Put it between ``` and ```.",
                line=block.line,
            )
        elif block.kind.endswith("comment") and block.text != excuse:
            yield Drift(
                f"<!-- {block.text} --> does nothing. A comment is <!-- not run: … --> or "
                "<!-- run by: … --> right above a fence, or <!--= … --> behind a number.",
                line=block.line,
            )


#: What holds, or does not, for a page as a whole.
WHOLE = (nothing_escapes, languages.compare, terms.compare)


def _regions(page: Page) -> Iterator[Region]:
    places: list[tuple[int, int, Any, Any]] = [
        (fence.start, fence.end, fence, code.evaluator(fence)) for fence in page.fences
    ]
    for block in page.blocks:
        for piece in (*block.numbers, block.table_check):
            if piece and piece.check and piece.end not in page.values:
                places.append((piece.start, piece.end, piece, numbers.evaluate))
    end = len(page.text)
    places += [(end, end, page, judge) for judge in (code.nothing_unshown, *WHOLE)]
    for place in places:
        yield Region(*place)
