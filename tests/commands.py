"""The blocks of a page that a test runs, as the comment above each of them says."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.project import ROOT


def find_blocks(page: str, test: str) -> list[str]:
    """Return what stands in the blocks below ``<!-- run by: … -->`` with this test's file."""
    path = Path(test).relative_to(ROOT).as_posix()
    block = rf"^<!-- run by: {re.escape(path)} -->\n```\w+\n(.*?)^```$"
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(block, text, re.MULTILINE | re.DOTALL)


def run_commands(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a reader's commands with this Python; each of them has to succeed."""
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
