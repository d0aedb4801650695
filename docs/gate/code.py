"""Runs a page's code, and holds what it prints against what the page shows.

Blocks of a page run in order in one namespace, as a reader would paste them:

``python``   runs; what it prints has to stand in the ``text`` block that follows.
``text``     the output of the ``python`` block before it, compared whole.
``pycon``    a session with prompts; each answer is compared.
"""

from __future__ import annotations

import contextlib
import difflib
import doctest
import io
from collections.abc import Callable
from pathlib import Path

from sybil import Example
from sybil.evaluators.doctest import OutputChecker
from sybil.evaluators.python import pad

from gate.fences import Fence

Evaluator = Callable[[Example], str | None]

#: Languages that a page may show without running them.
SHOWN = ("sh", "markdown")

PRINTED = "__printed__"


def evaluator(fence: Fence) -> Evaluator:
    """What is done with a fence."""
    rules: dict[str, Evaluator] = {
        "python": run_python,
        "text": compare_output,
        "pycon": run_session,
        **dict.fromkeys(SHOWN, show),
    }
    return rules.get(fence.language, refuse)


def run_python(example: Example) -> str | None:
    fence: Fence = example.parsed
    # Code that is nothing but an include is compiled under its own file's name, so
    # that a traceback leads to the line to mend.
    file, line = fence.origin() or (Path(example.path), fence.first_line + 1)
    code = compile(pad(fence.expanded(), line - 1), str(file), "exec", dont_inherit=True)
    if unread := example.namespace.pop(PRINTED, None):
        return _never_shown(unread)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, example.namespace)
    example.namespace[PRINTED] = printed.getvalue()
    return None


def compare_output(example: Example) -> str | None:
    fence: Fence = example.parsed
    printed = example.namespace.pop(PRINTED, None)
    if printed is None:
        return "This text block follows no python block, so nothing makes it true."
    expected, got = fence.source.rstrip("\n"), printed.rstrip("\n")
    if expected == got:
        return None
    diff = difflib.unified_diff(
        expected.split("\n"), got.split("\n"), "on the page", "printed", lineterm=""
    )
    return "\n".join(["The code above prints something else:", *diff])


def run_session(example: Example) -> str | None:
    fence: Fence = example.parsed
    session = doctest.DocTest(
        doctest.DocTestParser().get_examples(fence.expanded()),
        globs={},
        name=Path(example.path).name,
        filename=example.path,
        lineno=fence.first_line,
        docstring=None,
    )
    session.globs = example.namespace  # DocTest copies what it is given
    report: list[str] = []
    runner = doctest.DocTestRunner(checker=OutputChecker(), verbose=False)
    runner.run(session, out=report.append, clear_globs=False)
    return "".join(report) or None


def nothing_unshown(example: Example) -> str | None:
    """At the end of a page: did the last block print what no text block shows?"""
    unread = example.namespace.pop(PRINTED, None)
    return _never_shown(unread) if unread else None


def show(example: Example) -> None:
    """Nothing to run: a command for a shell, or a page's source."""


def refuse(example: Example) -> str:
    fence: Fence = example.parsed
    return (
        f"No rule for a fence in {fence.language!r}. Code that runs is `python` or `pycon`, "
        f"its output `text`; shown only: {', '.join(SHOWN)}."
    )


def _never_shown(printed: str) -> str:
    return f"The python block before this prints, and no text block after it shows:\n{printed}"
