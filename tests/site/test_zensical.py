"""Zensical, which comes after Material for MkDocs, builds the pages of both languages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site.built import LABS, PAGES, copy_project


@pytest.mark.parametrize("language", ["ko", "en"])
def test_pages(tmp_path: Path, language: str) -> None:
    """It reads the language's configuration as it is, and writes each page but the labs."""
    project = copy_project(tmp_path / "project")
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--config-file", f"docs/{language}.yml"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": "docs"},  # for the Markdown extensions
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for page in set(PAGES) - set(LABS):
        html = (project / "docs" / "site" / page / "index.html").read_text(encoding="utf-8")
        assert f'<html lang="{language}"' in html
        assert "<!--=" not in html
