"""The evaluator that holds a page against the same page in the other language.

Both have the same lines in the same order, empty ones aside: where one has a heading with an id,
an item of a list, a row of a table or a fence, so has the other. Line by line they have the same
inline code, links, formulas, checks and numbers.

What only a reader can tell, that two lines say the same, is on record: ``translations_read.txt``
has a line for each pair that somebody has read side by side. A line that changes on one side only
is named until somebody has read both again and recorded it (``make translated``).
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sybil import Document, Example, Region

from tests.pages.failure import Failure, Report
from tests.pages.fences import Fence
from tests.pages.page import VALUE, Line, Page, line_number, read_page
from tests.pages.site import counterpart, find_pages, language_of, project_path

if TYPE_CHECKING:
    from tests.pages.document import PageDocument

RECORD = Path(__file__).with_name("translations_read.txt")


def parse_languages(document: Document) -> Iterator[Region]:
    """Parse a page as one example: it says the same as its translation."""
    pages = cast("PageDocument", document).pages
    if len(pages) == 2 or counterpart(pages[0].path):
        yield Region(document.end, document.end, pages, compare_languages)


def compare_languages(example: Example) -> Report:
    """Compare a page with the same page in the other language."""
    page, *others = example.parsed
    if others:  # the two pages of a lab
        (other,) = others
        return Report(example.path, [*compare(page, other), *compare(other, page)])
    path = counterpart(page.path)
    assert path is not None
    if not path.is_file():
        message = f"There is no {project_path(path)}: each page exists in both languages."
        return Report(example.path, [Failure(message, 1)])
    return Report(example.path, compare(page, read_page(path)))


def compare(page: Page, other: Page) -> Iterator[Failure]:
    """Compare two pages, and report what the first one should have or should not."""
    failures = list(_compare_shapes(page, other))
    yield from failures
    if failures:
        return
    for here, there in zip(page.parts, other.parts, strict=True):
        yield from _compare_contents(here, there, other)
    yield from _compare_readings(page, other)


def _shape(part: Line | Fence) -> str:
    return f"a {part.language} fence" if isinstance(part, Fence) else part.shape


def _compare_shapes(page: Page, other: Page) -> Iterator[Failure]:
    here, there = ([_shape(part) for part in each.parts] for each in (page, other))
    matcher = difflib.SequenceMatcher(a=there, b=here, autojunk=False)
    for tag, a, a_end, b, b_end in matcher.get_opcodes():
        if tag != "equal":
            missing = ", ".join(there[a:a_end]) or "nothing"
            found = ", ".join(here[b:b_end]) or "nothing"
            mine, theirs = _line(page, b), _line(other, a)
            where = f"{project_path(other.path)}:{theirs}"
            yield Failure(f"Here is {found}, where {where} has {missing}.", mine)


def _line(page: Page, index: int) -> int:
    return line_number(page.parts[min(index, len(page.parts) - 1)])


def _compare_contents(here: Line | Fence, there: Line | Fence, other: Page) -> Iterator[Failure]:
    for name, read in _SHARED.items():
        mine, theirs = Counter(read(here)), Counter(read(there))
        if mine != theirs:
            only_here, only_there = (
                ", ".join(each.elements()) or "nothing" for each in (mine - theirs, theirs - mine)
            )
            where = f"{project_path(other.path)}:{line_number(there)}"
            message = (
                f"The {name} differ from {where}. Only here: {only_here}. Only there: {only_there}."
            )
            yield Failure(message, line_number(here))


def _read_code(part: Line | Fence) -> list[str]:
    if isinstance(part, Fence):
        return list(part.key)
    return [re.sub(f"{VALUE}+", VALUE, code) for code in part.code]


def _read_links(part: Line | Fence) -> list[str]:
    links = [] if isinstance(part, Fence) else part.links
    return [link.replace("README.ko.md", "README.md") for link in links]


def _read_numbers(part: Line | Fence) -> list[str]:
    if isinstance(part, Fence):
        return []
    checks = [f"= {check}" for check in part.alone]
    return [*checks, *(f"= {n.check}" if n.check else n.shown for n in part.numbers)]


#: What two lines in the same place have in common, whatever its order.
_SHARED: dict[str, Callable[[Line | Fence], list[str]]] = {
    "code": _read_code,
    "links": _read_links,
    "formulas": lambda part: [] if isinstance(part, Fence) else part.formulas,
    "comments": lambda part: [] if isinstance(part, Fence) else part.comments,
    "numbers": _read_numbers,
}


def _compare_readings(page: Page, other: Page) -> Iterator[Failure]:
    """Report the lines that nobody has read side by side since one of them changed."""
    is_english = page.language == "en"
    english, korean = (page, other) if is_english else (other, page)
    known = _read_record().get(project_path(english.path), set())
    read = {digest for pair in known for digest in pair}
    for digests, lines in _pair(english, korean):
        if digests in known:
            continue
        mine, theirs = digests if is_english else digests[::-1]
        here, there = lines if is_english else lines[::-1]
        where = f"{project_path(other.path)}:{line_number(there)}"
        if mine not in read and theirs in read:
            message = f"This has changed, and {where} has not."
        elif (mine in read) == (theirs in read) and is_english:
            message = f"Nobody has read this and {where} side by side, as they stand."
        else:
            continue
        yield Failure(
            f"{message} Read both; when they say the same: `make translated`.", line_number(here)
        )


def _pair(english: Page, korean: Page) -> Iterator[tuple[tuple[str, str], tuple[Line, Line]]]:
    for here, there in zip(english.parts, korean.parts, strict=True):
        if isinstance(here, Line) and isinstance(there, Line) and not here.is_table_check:
            yield (_digest(here), _digest(there)), (here, there)


def _digest(line: Line) -> str:
    """Return a digest of the words; ``make update`` changes checked numbers, and no reading."""
    words, row = line.row.text, line.row
    for number in reversed(line.numbers):
        if number.check:
            words = words[: number.start - row.start] + "#" + words[number.end - row.start :]
    return hashlib.sha256(" ".join(words.split()).encode()).hexdigest()[:10]


@cache
def _read_record() -> dict[str, set[tuple[str, str]]]:
    known: dict[str, set[tuple[str, str]]] = {}
    for line in RECORD.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, english, korean = line.split()
            known.setdefault(name, set()).add((english, korean))
    return known


def record() -> None:
    """Record that every pair of lines, as it stands, has been read side by side."""
    from tests.pages.labs import find_labs, read_lab

    pages = [
        (read_page(path), read_page(other))
        for path in find_pages()
        if language_of(path) == "en" and (other := counterpart(path))
    ]
    pages += [(english, korean) for korean, english in map(read_lab, find_labs())]
    lines = [
        "# A line for each line of English prose and its Korean: digests of the two, as somebody",
        "# has read them side by side. `make translated` writes this file.",
    ]
    for english, korean in pages:
        name = project_path(english.path)
        lines += [f"{name} {' '.join(digests)}" for digests, _ in _pair(english, korean)]
    RECORD.write_text("\n".join(dict.fromkeys(lines)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record()
