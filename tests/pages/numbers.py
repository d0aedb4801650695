"""Numbers in prose, each with the expression that makes it true beside it.

``**3,143,080**<!--= params(ver1.MobileNet()) -->`` holds the number in front of the comment
against the expression. That is evaluated in the page's namespace, and written the way the page
writes it: thousands separators, decimals, percent, million, 만 and 억, 7×7 and 4/9. A comment on a
line of its own, below a table, holds the table's rows against rows of cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sybil import Document, Example, Region

from tests.pages.failure import Failure, Fix, Report
from tests.pages.page import Line, Number, Page

if TYPE_CHECKING:
    from tests.pages.document import PageDocument

_UNIT = re.compile(r"(?: ?%| million)?$")
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"

#: Numbers that nothing can compute, by what stands around them: a day or a year is a fact about
#: the world, the number of a paper is a name, and of Python a page names only the oldest version.
_NEEDS_NO_CHECK = re.compile(
    rf"(?:{_MONTH}) «20\d\d»|\(«20\d\d»\)|«20\d\d»년|«20\d\d-\d\d-\d\d»"
    r"|arXiv:«\d{4}\.\d{4,5}»|Python «3\.\d+»"
)


class Table(NamedTuple):
    """The rows of a table, and the expression below it that gives them."""

    check: str
    start: int
    end: int
    line: int


def parse_numbers(document: Document) -> Iterator[Region]:
    """Parse the checked numbers of each line, and the tables that are checked as a whole."""
    for page in cast("PageDocument", document).pages:
        for line in page.lines:
            checked = [number for number in line.numbers if number.check]
            if checked:
                yield Region(checked[0].start, checked[-1].end, line, compare_numbers)
            if line.is_table_check and (table := find_table(page, line)):
                end = line.row.start + len(line.row.text)
                yield Region(line.row.start, end, table, compare_table)


def compare_numbers(example: Example) -> Report:
    """Compare the numbers of a line with what the checks behind them give."""
    line: Line = example.parsed
    failures = (_compare(number, example) for number in line.numbers if number.check)
    return Report(example.path, filter(None, failures))


def _compare(number: Number, example: Example) -> Failure | None:
    line = example.line
    try:
        expected = format_like(evaluate(number.check, example), number.shown)
    except Exception as error:
        return Failure(f"The check {number.check} fails. {type(error).__name__}: {error}", line)
    if number.shown == expected:
        return None
    message = f"The page says {number.shown}, and {number.check} gives {expected}."
    fix = Fix(number.start, number.start + len(number.shown), expected)
    return Failure(message, line, fix)


def compare_table(example: Example) -> Report:
    """Compare the rows of a table with those that its check gives."""
    table: Table = example.parsed
    try:
        rows = evaluate(table.check, example)
    except Exception as error:
        message = f"The check {table.check} fails. {type(error).__name__}: {error}"
        return Report(example.path, [Failure(message, example.line)])
    text = example.document.text
    prefix = text[text.rfind("\n", 0, table.start) + 1 : table.start]
    expected = "".join(f"{prefix}| {' | '.join(map(_format_cell, row))} |\n" for row in rows)
    start, end = table.start - len(prefix), table.end
    if text[start:end] == expected:
        return Report(example.path, [])
    failure = Failure(
        f"The table above should read:\n{expected}", table.line, Fix(start, end, expected)
    )
    return Report(example.path, [failure])


def evaluate(check: str, example: Example) -> Any:
    """Evaluate a check in the namespace of its page and, where it needs more, with ``names``."""
    code = compile(check, "<check>", "eval")
    try:
        return eval(code, dict(example.namespace))
    except NameError:
        # Late: a page whose checks need nothing else needs neither torch nor the package.
        from tests.pages import names

        return eval(code, {**vars(names), **example.namespace})


def find_table(page: Page, check: Line) -> Table | None:
    """Return the rows of the table above a check, with an empty line between; None without one."""
    rows = {row.number: row for row in page.rows}
    last = check.row.number - 2
    first = last
    while first in rows and rows[first].text.startswith("|"):
        first -= 1
    if last - first < 3 or not set(rows[first + 2].text) <= set("|-: "):
        return None
    end = rows[last].start + len(rows[last].text) + 1
    return Table(check.alone[0], rows[first + 3].start, end, first + 3)


def find_unchecked(page: Page) -> Iterator[tuple[Number, int]]:
    """Return the numbers that need a check and have none, each with its line."""
    checks = (line for line in page.lines if line.is_table_check)
    tables = [table for table in (find_table(page, check) for check in checks) if table]
    for line in page.lines:
        covered = any(table.start <= line.row.start < table.end for table in tables)
        for number in () if covered else line.numbers:
            if not number.check and needs_check(number, line.row.text, line.row.start):
                yield number, line.row.number


def needs_check(number: Number, text: str, start: int = 0) -> bool:
    """Return whether code should be able to give a number.

    It has three digits or more, is a decimal, a percentage or a ratio, or is to be filled in.
    """
    shown = number.shown
    parts = re.split(r"[×-]", shown)
    is_large = any(len(part.replace(",", "")) > 2 for part in parts)
    if not is_large and not any(sign in shown for sign in "?.%/만억"):
        return False
    begin = number.start - start
    end = begin + len(shown)
    around = f"{text[max(0, begin - 20) : begin]}«{shown}»{text[end : end + 10]}"
    return not _NEEDS_NO_CHECK.search(around)


def format_like(value: Any, shown: str) -> str:
    """Return ``value`` in the form that ``shown`` has; a ? in it stands for digits to fill in.

    Raises:
        TypeError: the value is no number.
    """
    if isinstance(value, (tuple, list)):
        return "×".join(map(str, value))
    if isinstance(value, bool) or not isinstance(value, (int, float, Fraction)):
        raise TypeError(f"expected a number, got {value!r}")
    if "/" in shown or (isinstance(value, Fraction) and shown == "?"):
        return str(Fraction(value).limit_denominator(10_000))
    if "만" in shown or "억" in shown:
        return _format_korean(value, shown)
    unit = _UNIT.search(shown)[0]  # type: ignore[index]  # it matches the empty end
    number = shown.removesuffix(unit)
    decimals = len(number.partition(".")[2])
    if unit:
        value = value * 100 if "%" in unit else value / 10**6
    digits = sum(map(str.isdigit, number))
    grouped = "," in number or "?" in number or (digits < 5 and abs(value) >= 10_000)
    exact = value if isinstance(value, int) else float(value)
    return f"{exact:{',' if grouped else ''}.{decimals}f}{unit}"


def _format_korean(value: float | Fraction, shown: str) -> str:
    """Return a number in units of 억 (10⁸) and 만 (10⁴), rounded to the last one that is shown."""
    separator = "," if "," in shown else ""
    if "만" not in shown:
        return f"{round(value / 10**8):{separator}}억"
    hundred_millions, rest = divmod(round(value / 10**4), 10**4)
    if "억" not in shown:
        return f"{round(value / 10**4):{separator}}만"
    return f"{hundred_millions:{separator}}억 {rest:{separator}}만"


def _format_cell(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
