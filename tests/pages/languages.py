"""Holds a page against the same page in the other language.

Both have the same blocks in the same order, and block by block the same headings'
ids, code, links, formulas, checks and numbers. What only a reader can tell, that two
paragraphs say the same, is on record: ``tests/pages/translations.txt`` has a line for each
pair that somebody has read side by side. A paragraph that changes on one side only
is named until somebody has read it again (``make translated``).
"""

from __future__ import annotations

import difflib
import hashlib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sybil import Example

from tests.pages.drift import Drift
from tests.pages.page import Page
from tests.pages.prose import Block
from tests.pages.site import counterpart, is_korean, project_path, translated_pages

RECORD = Path(__file__).with_name("translations.txt")


def compare(example: Example) -> Iterator[Drift]:
    page: Page = example.parsed
    path = counterpart(page.path)
    if path is None:
        return
    other = page.translation
    if other is None:
        yield Drift(
            f"There is no {project_path(path)}: each page exists in both languages.", line=1
        )
        return
    structure = list(_structure(page, other))
    yield from structure
    if not structure:
        for here, there in zip(page.blocks, other.blocks, strict=True):
            yield from _content(here, there, other)
        yield from _readings(page, other)


def _structure(page: Page, other: Page) -> Iterator[Drift]:
    """Blocks that only one of the two has."""
    here, there = (list(map(_shape, each.blocks)) for each in (page, other))
    if here == there:
        return
    matcher = difflib.SequenceMatcher(a=there, b=here, autojunk=False)
    for tag, a, a_end, b, b_end in matcher.get_opcodes():
        if tag != "equal":
            missing = ", ".join(there[a:a_end]) or "nothing"
            found = ", ".join(here[b:b_end]) or "nothing"
            where = _line(other.blocks, a)
            yield Drift(
                f"Here is {found}, where {other.name}:{where} has {missing}.",
                line=_line(page.blocks, b),
            )


def _content(here: Block, there: Block, other: Page) -> Iterator[Drift]:
    """What two blocks in the same place have to share."""
    for name in ("code", "links", "formulas", "numbers"):
        mine, theirs = (list(_shared(block, name)) for block in (here, there))
        if mine == theirs or sorted(mine) == sorted(theirs):
            continue
        only_here, only_there = (
            ", ".join((Counter(a) - Counter(b)).elements()) or "nothing"
            for a, b in ((mine, theirs), (theirs, mine))
        )
        yield Drift(
            f"The {name} differ from {other.name}:{there.line}. Only here: {only_here}. "
            f"Only there: {only_there}.",
            line=here.line,
        )


def _shape(block: Block) -> str:
    if block.fence:
        return f"a {block.fence.language} fence"
    if block.figure:
        return f"the figure {block.figure.name}"
    if block.kind.endswith("tr"):
        filled = sum(bool(cell.strip()) for cell in block.text.split("|"))
        return f"{block.kind} of {block.cells} cells, {filled} with something in them"
    return f"{block.kind} #{block.identifier}" if block.identifier else block.kind


def _shared(block: Block, name: str) -> Iterator[str]:
    if name == "code":
        yield from block.code
        if block.fence:
            yield block.fence.expanded()
    elif name == "links":
        yield from (link.replace(".ko.md", ".md") for link in block.links)
    elif name == "formulas":
        yield from block.formulas
    else:
        yield from (f"= {n.check}" if n.check else n.shown for n in block.numbers)
        if block.table_check:
            yield f"= {block.table_check.check}"


def _line(blocks: list[Block], index: int) -> int:
    return blocks[min(index, len(blocks) - 1)].line


def _readings(page: Page, other: Page) -> Iterator[Drift]:
    """Pairs of paragraphs that nobody has read side by side since one of them changed."""
    is_first = not is_korean(page.path)
    english, korean = (page, other) if is_first else (other, page)
    known = _record().get(english.name, set())
    read = {digest for pair in known for digest in pair}
    for digests, blocks in _pairs(english, korean):
        if digests in known:
            continue
        mine, theirs = digests if is_first else digests[::-1]
        here, there = blocks if is_first else blocks[::-1]
        if mine not in read and theirs in read:
            yield Drift(
                f"This has changed, and {other.name}:{there.line} has not. Read both; when they "
                "say the same: `make translated`.",
                line=here.line,
            )
        elif (mine in read) == (theirs in read) and is_first:
            yield Drift(
                f"Nobody has read this and {other.name}:{there.line} side by side, as they "
                "stand. When somebody has: `make translated`.",
                line=here.line,
            )


def _pairs(english: Page, korean: Page) -> Iterator[tuple[tuple[str, str], tuple[Block, Block]]]:
    for pair in zip(english.blocks, korean.blocks, strict=True):
        if not (pair[0].fence or pair[0].figure or pair[0].table_check):
            yield (_digest(pair[0]), _digest(pair[1])), pair


def _digest(block: Block) -> str:
    """Of the words; a checked number is not among them, so that `make update` needs no reading."""
    return hashlib.sha256(" ".join(block.text.split()).encode()).hexdigest()[:10]


@cache
def _record() -> dict[str, set[tuple[str, str]]]:
    known: dict[str, set[tuple[str, str]]] = {}
    if RECORD.is_file():
        for line in RECORD.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                name, english, korean = line.split()
                known.setdefault(name, set()).add((english, korean))
    return known


def record() -> None:
    """Take down that every pair of paragraphs, as it stands, has been read side by side."""
    lines = [
        "# A line for each English paragraph and its Korean: digests of the two, as somebody",
        "# has read them side by side. `make translated` writes this file.",
    ]
    for path in translated_pages():
        english = Page.read(path)
        korean = english.translation
        assert korean is not None
        lines += [f"{english.name} {a} {b}" for (a, b), _ in _pairs(english, korean)]
    # A paragraph that occurs twice is one pair.
    RECORD.write_text("\n".join(dict.fromkeys(lines)) + "\n", encoding="utf-8")
    _record.cache_clear()


if __name__ == "__main__":
    record()
