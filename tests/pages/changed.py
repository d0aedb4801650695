"""What a commit has changed, judged: ``pre-commit`` gives the names of its files.

A page is judged with its translation, a picture's module with what it draws. Whatever
else the gate reads can make any page untrue, and so everything is judged.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.pages import drawings
from tests.pages.languages import RECORD
from tests.pages.site import ROOT, counterpart, is_lab, page_set, project_path

EVERYTHING = ["README.md", "README.ko.md", "CONTRIBUTING.md", "docs", "mobilenet"]


def judged(changed: Iterable[Path]) -> list[str]:
    """The files to judge where these have changed, each path absolute."""
    files: set[Path] = set()
    for path in changed:
        if path in page_set():
            other = counterpart(path)
            files |= {path} if other is None or not other.is_file() else {path, other}
        elif is_lab(path) or drawings.is_source(path):
            files |= {path, *(file for file in drawings.of(path) if file.is_file())}
        elif drawings.is_drawing(path):
            files.add(path)
        elif path != RECORD:  # it changes with its pages
            return EVERYTHING
    return sorted(map(project_path, files))


def main(names: list[str]) -> int:
    files = judged(ROOT / name for name in names)
    return pytest.main(["--quiet", "--disable-plugin-autoload", *files]) if files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
