"""A copy of the project to spoil, and what its commands then say."""

from __future__ import annotations

import multiprocessing
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

from tests.site.built import ROOT

PARTS = ["docs", "mobilenet", "README.md", "README.ko.md", "CONTRIBUTING.md"]
# What pages name as running a fence has to be there.
TESTS = [f"tests/test_{name}.py" for name in ("readme", "pretrained", "main", "deploy", "train")]
CONFIG = ["conftest.py", "mkdocs.yml", "pyproject.toml", *TESTS]

# Importing torch takes longer than most of what a command does. So each is forked from a
# process that has imported what is not the project's own.
_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(
    [
        "torch._dynamo",
        "torch._inductor",
        "torch.onnx._internal.exporter._core",
        "mkdocs.config",
        "pymdownx.superfences",
        "pytest",
    ]
)


def copy(folder: Path) -> Path:
    """The project in a folder, as far as the gate reads it."""
    for name in [*PARTS, *CONFIG]:
        (folder / name).parent.mkdir(exist_ok=True)
        copied = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copied(ROOT / name, folder / name)
    return folder


def clone(folder: Path) -> Path:
    """A fresh clone, of the files as they are now."""
    history = ["git", "clone", "--quiet", "--shared", "--no-checkout", str(ROOT), str(folder)]
    subprocess.run(history, check=True)
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    # A lab takes its time, and runs once on a machine.
    (ROOT / ".cache").mkdir(exist_ok=True)
    (folder / ".cache").symlink_to(ROOT / ".cache")
    return folder


def run(project: Path, *arguments: str, **environment: str) -> CompletedProcess[str]:
    """Python with ``-m`` or ``-c`` in a project's folder, and all that it prints."""
    with TemporaryDirectory() as folder:
        printed = Path(folder) / "printed"
        process = _forking.Process(target=_run, args=(project, printed, environment, arguments))
        process.start()
        process.join()
        assert process.exitcode is not None
        return CompletedProcess(arguments, process.exitcode, printed.read_text(encoding="utf-8"))


def _run(
    project: Path, printed: Path, environment: dict[str, str], arguments: tuple[str, ...]
) -> None:
    output = os.open(printed, os.O_WRONLY | os.O_CREAT)
    os.dup2(output, sys.stdout.fileno())
    os.dup2(output, sys.stderr.fileno())
    os.chdir(project)
    os.environ.update(environment)
    others = (path for path in sys.path if path not in (str(ROOT), str(ROOT / "docs")))
    sys.path[:] = [str(project), str(project / "docs"), *others]
    sys.dont_write_bytecode = True
    option, what, *sys.argv[1:] = arguments
    if option == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(what, {})


def gate(project: Path, *arguments: str) -> CompletedProcess[str]:
    """``make gate``, of some files."""
    options = ("-q", "--disable-plugin-autoload", "-p", "no:cacheprovider")
    return run(project, "-m", "pytest", *options, *arguments)


def failing(project: Path, *arguments: str) -> set[str]:
    """The files that the gate names, of those that it is given."""
    done = gate(project, *arguments)
    assert done.returncode in (0, 1), done.stdout
    return set(re.findall(r"^(?:FAILED|ERROR) ([^:\s]+)", done.stdout, re.MULTILINE))


def update(project: Path, *pages: str, **environment: str) -> CompletedProcess[str]:
    """``make update``; with names of pages it sees those alone, no lab, and every drawing."""
    environment = {"CI": "", **environment}
    if not pages:
        return run(project, "-m", "gate.update", **environment)
    code = (
        "from tests.pages import update\n"
        f"found = [page for page in update.pages() if page.stem in {pages}]\n"
        "update.pages = lambda: found\n"
        "update.lab_files = list\n"
        "raise SystemExit(update.main())"
    )
    return run(project, "-c", code, **environment)
