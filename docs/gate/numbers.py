"""Numbers in prose, each with the expression that makes it true beside it.

``**3,143,080**<!--= params(ver1.MobileNet()) -->`` holds the number in front of
the comment against the expression, evaluated in the page's namespace and written
the way the page writes it: thousands separators, decimals, percent. A comment on
a line of its own, below a table, holds the table's body against rows of cells.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sybil import Example

from gate import names

CHECK = re.compile(r"(?P<shown>[^\s|(*]*)(?P<marks>\**)<!--= *(?P<expression>.+?) *-->")
NUMBER = re.compile(r"[-−]?\d[\d,]*(?:\.(?P<decimals>\d+))?(?P<percent> ?%)?$")
_CODE_SPAN = re.compile(r"(?<![\\`])(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)


@dataclass(frozen=True)
class Check:
    """A shown value (or, for a table, its body) and the expression that gives it."""

    shown: str
    expression: str
    start: int
    end: int


def checks(text: str, *, code: Iterable[tuple[int, int]]) -> Iterator[Check]:
    """The checks of a page. What stands in ``code`` (spans of fences) or in backticks is none."""
    hidden = [*code, *(match.span() for match in _CODE_SPAN.finditer(text))]
    for match in CHECK.finditer(text):
        if any(start <= match.start("expression") < end for start, end in hidden):
            continue
        shown = match["shown"]
        if not shown:
            above = text[: match.start()].rstrip("\n")
            shown = above[above.rfind("\n\n") + 2 :] if above.endswith("|") else ""
        yield Check(shown, match["expression"], *match.span())


def evaluate(example: Example) -> str | None:
    check: Check = example.parsed
    try:
        value = eval(check.expression, {}, ChainMap(example.namespace, vars(names)))
    except Exception as error:
        return f"The check {check.expression} raises {type(error).__name__}: {error}"
    if check.shown.startswith("|"):
        body = "\n".join(check.shown.split("\n")[2:])
        expected = "\n".join("| " + " | ".join(map(_cell, row)) + " |" for row in value)
        return None if body == expected else f"The table above should read:\n{expected}"
    expected = _as_shown(value, check.shown)
    if check.shown == expected:
        return None
    return f"The page says {check.shown or 'nothing'}, {check.expression} gives {expected}."


def _as_shown(value: Any, shown: str) -> str:
    """``value`` in the form that ``shown`` has."""
    number = NUMBER.search(shown)
    if number is None or isinstance(value, str):
        return str(value)
    value = value if isinstance(value, int) else float(value)
    decimals = len(number["decimals"] or "")
    percent = number["percent"] or ""
    separator = "," if "," in number[0] or (not decimals and abs(value) >= 10_000) else ""
    written = f"{value * 100 if percent else value:{separator}.{decimals}f}{percent}"
    return shown[: number.start()] + written


def _cell(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
