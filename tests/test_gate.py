"""The gate, against a copy of the real project that has drifted."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.built import ROOT

PARTS = ["docs", "mobilenet", "README.md", "README.ko.md", "CONTRIBUTING.md"]
CONFIG = ["conftest.py", "mkdocs.yml", "pyproject.toml"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project to spoil."""
    for name in [*PARTS, *CONFIG]:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    return tmp_path


def failing(project: Path) -> set[str]:
    """The files that the gate names."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *PARTS]
    done = subprocess.run(
        command,
        cwd=project,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return set(re.findall(r"^(?:FAILED|ERROR) ([^:\s]+)", done.stdout, re.MULTILINE))


def test_a_layer_of_ver1_changes(project: Path) -> None:
    """The pages that show VER1 fail, in both languages, and so does its docstring."""
    source = project / "mobilenet" / "ver1.py"
    text = source.read_text()
    assert text.count("pointwise(512, 1024)") == 1
    source.write_text(
        text.replace("pointwise(512, 1024)", "pointwise(512, 768)")
        .replace("depthwise(1024, stride=2)", "depthwise(768, stride=1)")
        .replace("pointwise(1024, 1024)", "pointwise(768, 1024)")
    )

    assert failing(project) == {
        "docs/ko/ver1.md",
        "docs/en/ver1.md",
        "docs/ko/tested.md",
        "docs/en/tested.md",
        "mobilenet/ver1.py",
        "mobilenet/cost.py",
    }
