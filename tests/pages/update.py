"""``make update``: rewrite what no longer holds, in both languages, and show what changed.

Outputs of blocks, answers of sessions, checked numbers, checked tables, drawings and notebooks are
rewritten; nothing else is touched. What cannot be rewritten, such as code that does not run, is
printed, and its page is left as it is.
"""

from __future__ import annotations

import difflib
import os
import sys
from contextlib import suppress
from pathlib import Path
from unittest import SkipTest

from sybil import Document

from conftest import SYBILS
from tests.pages.document import STEPS
from tests.pages.failure import Failure, Report
from tests.pages.figures import compare_drawing, find_drawings
from tests.pages.labs import find_labs
from tests.pages.site import find_pages, project_path


def examine(path: Path, text: str, *, is_update: bool = False) -> list[Failure]:
    """Return all that does not hold in a file with this text.

    Args:
        path: of the file, which may have another text.
        text: to examine.
        is_update: whether to leave out what cannot be rewritten: the other language, rules.
    """
    failures: list[Failure] = []
    for sybil in SYBILS:
        if not sybil.should_parse(path):
            continue
        document = sybil.document_types.get(path.suffix, Document)(text, str(path))
        for parser in sybil.parsers:
            for region in parser(document):
                if not is_update or region.evaluator in (*STEPS, compare_drawing):
                    document.add(region)
        for example in document.examples():
            assert example.region.evaluator is not None
            with suppress(SkipTest):
                report = example.region.evaluator(example)
                failures += report.failures if isinstance(report, Report) else ()
    return failures


def rewrite(path: Path, text: str) -> tuple[str, list[Failure]]:
    """Return the text of a file with everything rewritten that can be, and what cannot."""
    # A rewritten output can be what a number below it is checked against, so once more until
    # nothing changes. Each pass runs the whole page.
    for _ in range(3):
        failures = examine(path, text, is_update=True)
        stuck = [failure for failure in failures if failure.fix is None]
        if stuck or not failures:
            return text, stuck
        fixes = [failure.fix for failure in failures if failure.fix is not None]
        for start, end, new in sorted(fixes, reverse=True):
            text = text[:start] + new + text[end:]
    return text, failures


def main() -> int:
    """Rewrite every file, and print what changed."""
    if os.environ.get("CI", "").lower() not in ("", "0", "false"):
        print("make update rewrites pages, and CI only tests them: run it at home.")
        return 2
    broken = changed = 0
    paths = [*find_drawings(), *find_pages(), *find_labs()]
    for path in paths:
        name = project_path(path)
        before = path.read_text(encoding="utf-8") if path.is_file() else ""
        after, stuck = rewrite(path, before)
        broken += len(stuck)
        print("\n\n".join(Report(str(path), [failure]) for failure in stuck))
        if not stuck and after != before:
            changed += 1
            path.write_text(after, encoding="utf-8")
            old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
            sys.stdout.writelines(difflib.unified_diff(old, new, f"a/{name}", f"b/{name}", n=1))
    print(f"{changed} of {len(paths)} files rewritten; `git diff` shows them.")
    if broken:
        print(f"{broken} things are left to change by hand; their files were not touched.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
