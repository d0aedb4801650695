"""What an evaluator reports: a text for pytest that ``make update`` can act on as well."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tests.pages.site import project_path


class Fix(NamedTuple):
    """What would be true in place of a part of a file's text."""

    start: int
    end: int
    text: str


class Failure(NamedTuple):
    """One thing that does not hold."""

    message: str
    line: int
    fix: Fix | None = None


class Report(str):
    """All that does not hold in an example, each failure with its file and line.

    Sybil and pytest print it as it is. It is empty, and so no failure, where all holds.
    """

    failures: tuple[Failure, ...]

    def __new__(cls, path: str, failures: Iterable[Failure]) -> Report:
        found = tuple(failures)
        hint = "\n`make update` rewrites it, in both languages."
        text = "\n\n".join(
            f"{project_path(path)}:{each.line}: {each.message}{hint if each.fix else ''}"
            for each in found
        )
        report = super().__new__(cls, text)
        report.failures = found
        return report
