"""A copy of the project to spoil, and what runs in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.built import ROOT

PARTS = ["docs", "mobilenet", "README.md", "README.ko.md", "CONTRIBUTING.md"]
# What pages name as running a fence has to be there.
TESTS = [f"tests/test_{name}.py" for name in ("readme", "pretrained", "main", "deploy")]
CONFIG = ["conftest.py", "mkdocs.yml", "pyproject.toml", *TESTS]


def copy(folder: Path) -> Path:
    """The folder, with the project copied into it."""
    for name in [*PARTS, *CONFIG]:
        (folder / name).parent.mkdir(exist_ok=True)
        copy_one = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy_one(ROOT / name, folder / name)
    return folder


def run(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
