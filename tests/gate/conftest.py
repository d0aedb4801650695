"""A changed text of one of the project's files, and a copy of the project to change."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pages.site import ROOT

#: What the pages' tests read, and the tests that pages name as running a block.
PARTS = ["docs", "mobilenet", "tests", "README.md", "README.ko.md", "CONTRIBUTING.md"]
CONFIGURATION = ["conftest.py", "mkdocs.yml", "pyproject.toml"]


def change(name: str, old: str, new: str) -> tuple[Path, str]:
    """Return the path of a file of the project, and its text with one thing changed."""
    path = ROOT / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {name}"
    return path, text.replace(old, new)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the project."""
    for name in [*PARTS, *CONFIGURATION]:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def run(project: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs a module of Python's in the copy, and what that prints."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=project,
            env={
                "PATH": "/usr/bin:/bin",
                "PYTHONPATH": f"{project}:{project / 'docs'}",
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def find_failing(
    run: Callable[..., subprocess.CompletedProcess[str]],
) -> Callable[..., set[str]]:
    """Return a function that tests some files of the copy, and returns those that fail."""

    def find_failing(*files: str) -> set[str]:
        options = ("-q", "--disable-plugin-autoload", "-p", "no:cacheprovider")
        done = run("pytest", *options, *files)
        assert done.returncode in (0, 1), done.stdout
        return set(re.findall(r"^(?:FAILED|ERROR) ([^:\s]+)", done.stdout, re.MULTILINE))

    return find_failing
