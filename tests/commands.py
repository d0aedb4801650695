"""The code on the pages that a test of this folder runs, and not the gate."""

import os
import subprocess
import sys
from pathlib import Path

from tests.pages.page import Page
from tests.site.built import ROOT


def run_by(test: str, page: str) -> list[str]:
    """The fences of a page that say ``run by: tests/…`` of this test, in order."""
    fences = Page.read(ROOT / page).fences
    return [fence.expanded() for fence in fences if fence.excuse == f"run by: {test}"]


def code_of_the_package(page: str) -> list[str]:
    """The fences of a page that include a section of the package, in order."""
    return [fence.expanded() for fence in Page.read(ROOT / page).fences if fence.included()]


def run_commands(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What a reader's shell prints, with this Python for theirs; each command has to succeed."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["sh", "-e", "-c", commands],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done
