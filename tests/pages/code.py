"""Runs a page's code, and holds what it prints against what the page shows.

Blocks of a page run in order in one namespace, as a reader would paste them:

``python``   runs; what it prints has to stand in a ``text`` block before the next one.
``text``     the output of the ``python`` block before it, compared whole; ``diff`` likewise.
``pycon``    a session with prompts; each answer is compared.
"""

from __future__ import annotations

import contextlib
import difflib
import doctest
import io
import textwrap
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from sybil import Example
from sybil.evaluators.doctest import OutputChecker
from sybil.evaluators.python import pad

from tests.pages.drift import Drift
from tests.pages.fences import Fence, section_line
from tests.pages.site import ROOT, project_path, source

Evaluator = Callable[[Example], Drift | None]

#: What a block prints, and what colors it.
OUTPUTS = ("text", "diff")
#: Languages that a page may show without a word.
SHOWN = ("markdown",)

PRINTED = "__printed__"


def evaluator(fence: Fence) -> Evaluator:
    """What is done with a fence."""
    rules: dict[str, Evaluator] = {
        "python": run_python,
        "pycon": run_session,
        **dict.fromkeys(OUTPUTS, compare_output),
        **dict.fromkeys(SHOWN, leave),
    }
    return excuse if fence.excuse else rules.get(fence.language, refuse)


def run_python(example: Example) -> Drift | None:
    fence: Fence = example.parsed
    unread = nothing_unshown(example)
    # Code that is nothing but an include is compiled under its own file's name, so
    # that an error leads to the line to mend.
    include = fence.included()
    file, line = source(Path(example.path)), fence.line + 1
    if include is not None and include[0].is_file():
        file, line = include[0], section_line(*include)
    try:
        code = compile(pad(fence.expanded(), line - 1), str(file), "exec", dont_inherit=True)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(code, example.namespace)
    except (Exception, SystemExit) as error:
        return Drift(f"The code does not run.\n{report(error)}")
    example.namespace[PRINTED] = printed.getvalue(), f"{project_path(file)}:{line}"
    return unread


def compare_output(example: Example) -> Drift | None:
    fence: Fence = example.parsed
    printed = example.namespace.pop(PRINTED, None)
    if printed is None:
        return Drift(
            "This block of output follows no python block that ran: nothing makes it true."
        )
    output, place = printed
    expected, got = fence.source.rstrip("\n"), output.rstrip("\n")
    if expected == got:
        return None
    return Drift(
        f"The code of {place} prints something else.\n{difference(expected, got)}",
        mend=_rewrite(example, got),
    )


def run_session(example: Example) -> Drift | None:
    fence: Fence = example.parsed
    source = fence.expanded()
    session = doctest.DocTest(
        doctest.DocTestParser().get_examples(source),
        globs={},
        name=example.path,
        filename=example.path,
        lineno=fence.line,
        docstring=source,
    )
    session.globs = example.namespace  # DocTest copies what it is given
    runner = _Session()
    runner.run(session, out=lambda text: None, clear_globs=False)
    if runner.errors:
        errors = "\n".join(runner.errors)
        return Drift(f"The session does not run as it says.\n{errors}", line=runner.line)
    answered = runner.rewritten(session)
    if runner.line is None:
        return None
    return Drift(
        f"The session gives another answer.\n{difference(source.rstrip(), answered)}",
        mend=_rewrite(example, answered),
        line=runner.line,
    )


def leave(example: Example) -> None:
    """Nothing to run: a page's source."""


def excuse(example: Example) -> Drift | None:
    """Nothing to run here; but the test that is said to run it has to be there."""
    fence: Fence = example.parsed
    how, _, what = fence.excuse.partition(": ")
    if how == "run by" and not (ROOT / what).is_file():
        return Drift(f"The comment above says that {what} runs this, and there is no such file.")
    return None


def refuse(example: Example) -> Drift:
    fence: Fence = example.parsed
    return Drift(
        f"There is no rule for a fence in {fence.language!r}. Code that runs is `python` or "
        f"`pycon`, its output {' or '.join(OUTPUTS)}; shown only: {', '.join(SHOWN)}. A fence that "
        "is run elsewhere, or cannot be, says so in a comment right above it: "
        "<!-- run by: tests/… -->, <!-- not run: … -->"
    )


def nothing_unshown(example: Example) -> Drift | None:
    """Did the last block print what no text block shows?"""
    unread, place = example.namespace.pop(PRINTED, None) or ("", "")
    if not unread:
        return None
    return Drift(f"The code of {place} prints, and no text block below it shows:\n{unread}")


class _Session(doctest.DocTestRunner):
    """Runs a session and notes down each answer."""

    def __init__(self) -> None:
        super().__init__(checker=OutputChecker(), verbose=False)
        self.line: int | None = None
        self.errors: list[str] = []
        self.answers: dict[int, str] = {}

    def report_start(self, out: Any, test: Any, example: Any) -> None:
        pass

    def report_success(self, out: Any, test: Any, example: Any, got: str) -> None:
        pass

    def report_failure(self, out: Any, test: Any, example: doctest.Example, got: str) -> None:
        self._note(test, example)
        if example.exc_msg is None:
            self.answers[example.lineno] = got
        else:  # another exception than the page shows, or none: not for `make update` to accept
            self.errors.append(f">>> {example.source.rstrip()}\n{got.rstrip()}")

    def report_unexpected_exception(
        self, out: Any, test: Any, example: doctest.Example, exc_info: Any
    ) -> None:
        self._note(test, example)
        self.errors.append(f">>> {example.source.rstrip()}\n{report(exc_info[1])}")

    def _note(self, test: doctest.DocTest, example: doctest.Example) -> None:
        if self.line is None:
            self.line = (test.lineno or 0) + example.lineno + 1

    def rewritten(self, session: doctest.DocTest) -> str:
        """The session with each wrong answer replaced by the one that was given."""
        lines = (session.docstring or "").rstrip().split("\n")
        for example in reversed(session.examples):
            if example.lineno in self.answers:
                first = example.lineno + example.source.count("\n")
                last = first + example.want.count("\n")
                answer = self.answers[example.lineno].rstrip("\n").split("\n")
                # An empty line would end the answer.
                lines[first:last] = [line or "<BLANKLINE>" for line in answer]
        return "\n".join(lines)


def difference(expected: str, got: str) -> str:
    """What a page has and should not, and the other way round, line by line."""
    lines = difflib.unified_diff(
        expected.split("\n"), got.split("\n"), "on the page", "now", lineterm="", n=1
    )
    return "\n".join(lines)


def _rewrite(example: Example, source: str) -> tuple[int, int, str]:
    """The mend that puts ``source`` between the lines of a fence."""
    fence: Fence = example.parsed
    text = example.document.text
    start = text.index("\n", fence.start) + 1
    end = text.rindex("\n", fence.start, fence.end) + 1
    return start, end, textwrap.indent(source, fence.prefix, lambda _: True) + "\n"


def report(error: BaseException) -> str:
    """An error as Python reports it, from the code of the page or the package on."""
    trace: TracebackType | None = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename in (__file__, doctest.__file__):
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, trace)).rstrip()
