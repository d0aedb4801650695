"""Numbers in prose, each with the expression that makes it true beside it.

``**3,143,080**<!--= params(ver1.MobileNet()) -->`` holds the number in front of
the comment against the expression, evaluated in the page's namespace and written
the way the page writes it: thousands separators, decimals, percent, million, 만
and 억, 7×7 and 4/9. A comment on a line of its own, below a table, holds the
table's body against rows of cells.

A number that the package could compute and that has no check is refused.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

from sybil import Example

from tests.pages import prose
from tests.pages.drift import Drift
from tests.pages.page import Page
from tests.pages.prose import Number, TableCheck
from tests.pages.site import is_lab, source


class Kind(NamedTuple):
    """Numbers that nothing can compute, told by what stands around them."""

    name: str
    reason: str
    pattern: re.Pattern[str]
    """Matches the number between « and », with some of the text around it."""


_UNIT = re.compile(r"(?: ?%| million)?$")
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"

#: Every kind of number that needs no check.
KINDS = (
    Kind(
        "date",
        "a day or a year is a fact about the world",
        re.compile(rf"(?:{_MONTH}) «20\d\d»|\(«20\d\d»\)|«20\d\d»년|«20\d\d-\d\d-\d\d»"),
    ),
    Kind("paper", "an arXiv id is a name", re.compile(r"arXiv:«\d{4}\.\d{4,5}»")),
    Kind(
        "version",
        "the lock file says which one is used, and a page names only the oldest",
        re.compile(r"Python «3\.\d+»"),
    ),
)


def unchecked(page: Page) -> Iterator[Drift]:
    """The numbers of a page that would need a check and have none."""
    checks = [block.table_check for block in page.blocks if block.table_check]
    tables = [table for table in (_table(page.text, check) for check in checks) if table]
    for block in page.blocks:
        for number in block.numbers:
            covered = any(start <= number.start < end for start, end in tables)
            if number.check or covered or not _needs_check(page.text, number):
                continue
            yield Drift(
                f"{number.shown} has no check. Put the expression that gives it right behind it: "
                f"{number.shown}<!--= … -->. (With ? in place of the number, `make update` fills "
                "it in. The kinds that nothing can compute are in tests/pages/numbers.py.)"
                + _in_a_lab(page.path),
                line=page.line(number.start),
            )


def typed(words: str) -> Iterator[str]:
    """The numbers in words of code that would need a check on a page."""
    for number in prose.numbers(words):
        if _needs_check(words, number):
            yield number.shown


def evaluate(example: Example) -> Drift | None:
    """Is the number in front of a check, or the table above it, what the check gives?"""
    piece: Number | TableCheck = example.parsed
    try:
        code = compile(piece.check, "<check>", "eval")
        value = eval(code, {**_names(code, example.namespace), **example.namespace})
        if isinstance(piece, TableCheck):
            return _compare_table(example.document.text, piece, value)
        expected = as_shown(value, piece.shown)
    except Exception as error:
        hint = _in_a_lab(Path(example.path)) if isinstance(error, NameError) else ""
        return Drift(f"The check {piece.check} fails. {type(error).__name__}: {error}{hint}")
    if piece.shown == expected:
        return None
    return Drift(
        f"The page says {piece.shown}, and {piece.check} gives {expected}.",
        mend=(piece.start, piece.start + len(piece.shown), expected),
    )


def as_shown(value: Any, shown: str) -> str:
    """``value`` in the form that ``shown`` has; a ? in it stands for digits to be filled in."""
    if isinstance(value, (tuple, list)):
        return "×".join(map(str, value))
    if isinstance(value, bool) or not isinstance(value, (int, float, Fraction)):
        raise TypeError(f"{value!r} is no number, and a check gives one")
    if "/" in shown or (isinstance(value, Fraction) and shown == "?"):
        return str(Fraction(value).limit_denominator(10_000))
    if "만" in shown or "억" in shown:
        return _in_korean(value, shown)
    unit = _UNIT.search(shown)[0]  # type: ignore[index]  # it matches the empty end
    number = shown.removesuffix(unit)
    decimals = len(number.partition(".")[2])
    if unit:
        value = value * 100 if "%" in unit else value / 10**6
    digits = sum(map(str.isdigit, number))
    grouped = "," in number or "?" in number or (digits < 5 and abs(value) >= 10_000)
    exact = value if isinstance(value, int) else float(value)
    return f"{exact:{',' if grouped else ''}.{decimals}f}{unit}"


def _in_korean(value: float | Fraction, shown: str) -> str:
    """In units of 억 (10⁸) and 만 (10⁴), rounded to the last one that is shown."""
    separator = "," if "," in shown else ""
    if "만" not in shown:
        return f"{round(value / 10**8):{separator}}억"
    hundred_millions, rest = divmod(round(value / 10**4), 10**4)
    if "억" not in shown:
        return f"{round(value / 10**4):{separator}}만"
    return f"{hundred_millions:{separator}}억 {rest:{separator}}만"


def _compare_table(text: str, check: TableCheck, rows: Any) -> Drift | None:
    table = _table(text, check)
    if table is None:
        return Drift(
            f"{check.check} checks nothing. A check stands right behind a number, or on a line "
            "of its own below a table, with an empty line between."
        )
    start, end = table
    expected = "".join(f"| {' | '.join(map(_cell, row))} |\n" for row in rows)
    if text[start:end] == expected:
        return None
    return Drift(f"The table above should read:\n{expected}", mend=(start, end, expected))


def _table(text: str, check: TableCheck) -> tuple[int, int] | None:
    """Where the body of the table above a check starts and ends."""
    above = text[: check.start].rstrip("\n")
    head = above.rfind("\n\n") + 2
    end = len(above) + 1
    lines = text[head:end].splitlines(keepends=True)
    if len(lines) < 2 or not set(lines[1]) <= set("|-: \n"):
        return None
    return head + len(lines[0]) + len(lines[1]), end


def _cell(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _needs_check(text: str, number: Number) -> bool:
    if not _is_large(number.shown):
        return False
    return not any(kind.pattern.search(_around(text, number)) for kind in KINDS)


def _is_large(shown: str) -> bool:
    """Three digits or more, a decimal, a percentage or a ratio; or still to be filled in."""
    if any(sign in shown for sign in "?.%/만억"):
        return True
    return any(len(part.replace(",", "")) > 2 for part in re.split(r"[×-]", shown))


def _around(text: str, number: Number) -> str:
    end = number.start + len(number.shown)
    before, after = text[max(0, number.start - 20) : number.start], text[end : end + 10]
    return f"{before}«{number.shown}»{after}"


def _in_a_lab(page: Path) -> str:
    """What to do where the number is one that only the lab's run can give."""
    if not is_lab(source(page)):
        return ""
    return (
        "\nWhat the lab's run gives is a value of a sentence, in a code cell for each language: "
        'Markdown(f"""…{value:.1%}…"""), under # %% tags=["ko"] and # %% tags=["en"].'
    )


def _names(code: CodeType, namespace: dict[str, Any]) -> dict[str, Any]:
    """What ``code`` may call besides the page's names; nothing where it needs no more."""
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    known = {*namespace, *vars(builtins)}
    if set(code.co_names) <= known:
        found = (_names(part, namespace) for part in inner)
        return next((names for names in found if names), {})
    # Late: a page whose checks need nothing else needs neither torch nor the package.
    from tests.pages import names

    return vars(names)
