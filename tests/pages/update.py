"""``make update``: rewrite what no longer holds, in both languages, and show what changed.

Outputs of blocks, answers of sessions, checked numbers, checked tables and drawings are
rewritten; nothing else is touched. What cannot be rewritten, such as code that does
not run, is said, and its page is left as it is.
"""

from __future__ import annotations

import difflib
import os
import sys
from pathlib import Path

from tests.pages import document, drawings, labs
from tests.pages.drift import Drift
from tests.pages.site import is_lab, lab_files, pages, project_path


def mended(path: Path, text: str) -> tuple[str, list[Drift]]:
    """The text of a page or a drawing with everything mended that can be, and what cannot."""
    # A rewritten output can be what a number below it is checked against, so once more
    # until nothing changes. Each pass runs the whole page.
    for _ in range(3):
        if drawings.is_drawing(path):
            drifts = list(drawings.evaluate(path, text))
        elif is_lab(path):
            drifts = list(labs.evaluate(path, text, code_only=True))
        else:
            drifts = list(document.evaluate(document.document(path, text), code_only=True))
        broken = [drift for drift in drifts if not drift.mend]
        if broken or not drifts:
            return text, broken
        for start, end, new in sorted((drift.mend for drift in drifts if drift.mend), reverse=True):
            text = text[:start] + new + text[end:]
    return text, drifts


def main() -> int:
    if os.environ.get("CI", "").lower() not in ("", "0", "false"):
        print("make update rewrites pages, and CI only says whether they are true: run it at home.")
        return 2
    broken = changed = 0
    paths = [*drawings.drawings(), *pages(), *lab_files()]
    for path in paths:
        name = project_path(path)
        before = path.read_text(encoding="utf-8") if path.is_file() else ""
        after, left = mended(path, before)
        for drift in left:
            broken += 1
            print(f"{name}:{drift.line}: {drift}\n")
        if left or after == before:
            continue
        changed += 1
        path.parent.mkdir(exist_ok=True)
        path.write_text(after, encoding="utf-8")
        print(
            "".join(
                difflib.unified_diff(
                    before.splitlines(keepends=True),
                    after.splitlines(keepends=True),
                    f"a/{name}",
                    f"b/{name}",
                    n=1,
                )
            )
        )
    print(f"{changed} of {len(paths)} pages and drawings rewritten; `git diff` shows them.")
    if broken:
        print(f"{broken} things are left to mend by hand; their pages were not touched.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
