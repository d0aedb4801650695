"""The READMEs' commands, in a clean copy of the project with nothing installed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests import project as projects
from tests.commands import run_by
from tests.repository.test_lock import pins


def commands(readme: str) -> list[str]:
    return run_by("tests/repository/test_readme.py", readme)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return projects.clone(tmp_path_factory.mktemp("clone"))


@pytest.fixture
def address() -> str:
    """A free address: the author may be serving the site on the usual one."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{found.getsockname()[1]}"


#: Pages to ask for, each with something that only that page has.
PAGES = {
    "": '<a href="ko/" hreflang="ko"',
    "ko/": '<html lang="ko"',
    "en/": '<html lang="en"',
    "ko/ver1/": "DWConv7",
    "en/ver2/": "depthwise_separable",
}


def answers(process: subprocess.Popen[str], address: str, log: Path) -> Iterator[str]:
    """The pages of a site that is being served, once it is."""
    for page in PAGES:
        for _ in range(600):
            assert process.poll() is None, log.read_text()
            try:
                with urllib.request.urlopen(f"http://{address}/{page}", timeout=5) as response:
                    yield response.read().decode()
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(1)
        else:
            pytest.fail(f"no answer for {page!r} in ten minutes:\n{log.read_text()}")


def environment() -> dict[str, str]:
    """This one, without what the make or the virtual environment that runs the tests set."""
    own = ("VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "SITE_URL")
    return {name: value for name, value in os.environ.items() if name not in own}


def serve(script: str, clone: Path, address: str) -> None:
    """Run a script that ends in a server, and read the site that it serves."""
    log = clone / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            ["bash", "-euc", script],
            cwd=clone,
            env={**environment(), "ADDRESS": address},
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    try:
        for own, html in zip(PAGES.values(), answers(process, address, log), strict=True):
            assert own in html
            assert "Content-Security-Policy" not in html  # it would refuse the live reload
    finally:
        with suppress(ProcessLookupError):  # it has ended before its time: the log says why
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def test_both_languages_give_the_same_commands() -> None:
    """And there are just two blocks of them that this file runs."""
    assert commands("README.md") == commands("README.ko.md")
    assert len(commands("README.md")) == 2


def test_without_make(clone: Path, address: str) -> None:
    """A virtual environment, pip and mkdocs serve: the site answers."""
    _, plain = commands("README.md")
    assert plain.splitlines()[-1] == "mkdocs serve"

    serve(plain, clone, address)
    assert unlocked(clone) == set()


def unlocked(clone: Path) -> set[str]:
    """What is installed that constraints.txt does not name: torch, and what only it asks for."""
    installed = subprocess.run(
        [".venv/bin/pip", "list", "--format=freeze"],
        cwd=clone,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    names = {canonicalize_name(line.partition("==")[0]) for line in installed.stdout.splitlines()}
    own = {"mobilenet", "torch", "pip", "setuptools"}
    cuda = ("nvidia-", "cuda-", "triton")
    return {name for name in names - own - pins().keys() if not name.startswith(cuda)}


def test_with_make(clone: Path, address: str) -> None:
    """Make serve: the site answers. make test is what runs this."""
    makes = [line.split("#")[0].strip() for line in commands("README.md")[0].splitlines()]
    assert makes == ["make serve", "make test"]

    serve(makes[0], clone, address)
    planned = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "test"],
        cwd=clone,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert planned.stdout.strip() == (
        "OMP_NUM_THREADS=1 .venv/bin/python -m pytest --numprocesses auto --dist worksteal"
    )
