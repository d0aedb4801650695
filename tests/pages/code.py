"""The evaluators of fenced code.

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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast
from unittest import SkipTest

from sybil import Document, Example, Region
from sybil.evaluators.doctest import OutputChecker
from sybil.evaluators.python import pad

from tests.pages.failure import Failure, Fix, Report
from tests.pages.fences import EXPLAINED, OUTPUT, RUN, SHOWN, Fence, section_line
from tests.pages.site import ROOT, project_path

if TYPE_CHECKING:
    from tests.pages.document import PageDocument

PRINTED = "__printed__"

_FORMS = (
    f"A fence opens with ``` and one of {', '.join([*RUN, *OUTPUT, *EXPLAINED, *SHOWN])}, perhaps "
    'with title="…", and closes with the same marks, both indented alike. Above one that is not '
    'run stands <!-- skip: next "why" --> or <!-- run by: tests/… -->.'
)


def parse_code(document: Document) -> Iterator[Region]:
    """Parse the fences of a page, each with the evaluator of its language."""
    for page in cast("PageDocument", document).pages:
        for fence in page.fences:
            yield Region(fence.start, fence.end, fence, _find_evaluator(fence))


def _find_evaluator(fence: Fence) -> Callable[[Example], Report | None]:
    if fence.language and fence.skip:
        return skip
    if fence.language and fence.run_by:
        return find_test
    if fence.language in ("", *EXPLAINED):
        return refuse
    if fence.language in OUTPUT:
        return compare_output
    return {"python": run_python, "pycon": run_session}.get(fence.language, leave)


def run_python(example: Example) -> Report | None:
    """Run a block, and keep what it prints for the block of output below."""
    fence: Fence = example.parsed
    example.namespace.pop(PRINTED, None)
    # Code that is nothing but an include is compiled under its own file's name, so that an
    # error leads to the line to change.
    include = fence.included()
    file, line = Path(example.path), fence.line + 1
    if include is not None and include[0].is_file():
        file, line = include[0], section_line(*include)
    try:
        code = compile(pad(fence.expand(), line - 1), str(file), "exec", dont_inherit=True)
        with contextlib.redirect_stdout(io.StringIO()) as output:
            exec(code, example.namespace)
    except (Exception, SystemExit) as error:
        return _report(example, f"The code does not run.\n{format_error(error)}")
    printed, place = output.getvalue(), f"{project_path(file)}:{line}"
    if printed and not fence.has_output:
        return _report(example, f"This prints, and no block of output below shows:\n{printed}")
    example.namespace[PRINTED] = printed, place
    return None


def compare_output(example: Example) -> Report | None:
    """Compare a block of output with what the block above it has printed."""
    fence: Fence = example.parsed
    if PRINTED not in example.namespace:
        return _report(example, "No python block that runs is right above this output.")
    printed, place = example.namespace.pop(PRINTED)
    shown, printed = fence.source.rstrip("\n"), printed.rstrip("\n")
    if shown == printed:
        return None
    message = f"The code of {place} prints something else.\n{format_difference(shown, printed)}"
    return _report(example, message, fix=printed)


def run_session(example: Example) -> Report | None:
    """Run a session step by step, and compare each answer."""
    fence: Fence = example.parsed
    source = fence.expand().rstrip()
    lines = source.split("\n")
    wrong: list[tuple[int, int, list[str]]] = []
    for step in doctest.DocTestParser().get_examples(source):
        answer, error = _run_step(step, example)
        if error != (step.exc_msg or ""):
            message = f"This step of the session ends differently.\n>>> {step.source}{answer}"
            return _report(example, message, line=fence.line + 1 + step.lineno)
        flags = sum(flag for flag, is_set in step.options.items() if is_set)
        if not error and not OutputChecker().check_output(step.want, answer, flags):
            first = step.lineno + step.source.count("\n")
            # An empty line would end the answer.
            shown = [line or "<BLANKLINE>" for line in answer.splitlines()]
            wrong.append((first, first + step.want.count("\n"), shown))
    if not wrong:
        return None
    for first, last, shown in reversed(wrong):
        lines[first:last] = shown
    answered = "\n".join(lines)
    message = f"The session gives another answer.\n{format_difference(source, answered)}"
    return _report(example, message, line=fence.line + wrong[0][0], fix=answered)


def _run_step(step: doctest.Example, example: Example) -> tuple[str, str]:
    """Return what a step answers, and the last lines of its error, if it raises one."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(step.source, "<session>", "single"), example.namespace)
        except (Exception, SystemExit) as error:
            last = "".join(traceback.format_exception_only(error))
            return format_error(error), last
    return printed.getvalue(), ""


def leave(example: Example) -> None:
    """Run nothing: the block is shown as it is."""


def skip(example: Example) -> None:
    """Run nothing, and have pytest say why.

    Raises:
        SkipTest: always.
    """
    raise SkipTest(example.parsed.skip)


def find_test(example: Example) -> Report | None:
    """Look for the test that is said to run a block."""
    test = example.parsed.run_by
    if (ROOT / test).is_file():
        return None
    return _report(example, f"The comment above says that {test} runs this. There is no such file.")


def refuse(example: Example) -> Report:
    """Report a fence in a form that no page uses, or one that nothing runs and nothing explains."""
    return _report(example, f"Nothing would test this block. {_FORMS}")


def format_difference(shown: str, now: str) -> str:
    """Return what a page shows and should not, and the other way round, line by line."""
    lines = difflib.unified_diff(
        shown.split("\n"), now.split("\n"), "on the page", "now", lineterm="", n=1
    )
    return "\n".join(lines)


def format_error(error: BaseException) -> str:
    """Return an error as Python prints it, from the page's or the package's code on."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, trace)).rstrip()


def _report(
    example: Example, message: str, line: int | None = None, fix: str | None = None
) -> Report:
    """Report a fence, with what should stand between its first line and its last, if known."""
    fence: Fence = example.parsed
    text = example.document.text
    place = None
    if fix is not None:
        start = text.index("\n", fence.start) + 1
        end = text.rindex("\n", fence.start, fence.end) + 1
        indented = textwrap.indent(fix, fence.prefix, lambda line: True) + "\n"
        place = Fix(start, end, indented.replace("# \n", "#\n") if fix else "")
    return Report(example.path, [Failure(message, line or fence.line, place)])
