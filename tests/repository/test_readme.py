"""The READMEs' commands, in a clean clone of the project with nothing installed."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.commands import find_blocks
from tests.project import clone
from tests.repository.test_lock import find_pins

# Not what the make, or the virtual environment, that runs the tests has set.
OWN = ("VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "SITE_URL")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in OWN}

#: Pages to ask for, each with something that only that page has.
PAGES = {
    "": '<a href="ko/" hreflang="ko"',
    "ko/": '<html lang="ko"',
    "en/": '<html lang="en"',
    "ko/ver1/": "DWConv7",
    "en/ver2/": "depthwise_separable",
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clone(tmp_path_factory.mktemp("clone"))


@pytest.fixture
def address() -> str:
    """Find a free address: the author may be serving the site on the usual one."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{found.getsockname()[1]}"


def read_pages(process: subprocess.Popen[str], address: str, log: Path) -> Iterator[str]:
    """Return the pages of a site that is being served, once it is."""
    for page in PAGES:
        for _ in range(600):
            assert process.poll() is None, log.read_text()
            url = f"http://{address}/{page}"
            with suppress(OSError), urllib.request.urlopen(url, timeout=5) as response:
                yield response.read().decode()
                break
            time.sleep(1)
        else:
            pytest.fail(f"no answer for {page!r} in ten minutes:\n{log.read_text()}")


def assert_serves(script: str, project: Path, address: str) -> None:
    """Run a script that ends in a server, and look at the site that it serves."""
    log = project / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            ["bash", "-euc", script],
            cwd=project,
            env={**ENVIRONMENT, "ADDRESS": address},
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    try:
        pages = read_pages(process, address, log)
        for expected, html in zip(PAGES.values(), pages, strict=True):
            assert expected in html
            assert "Content-Security-Policy" not in html  # it would refuse the live reload
    finally:
        with suppress(ProcessLookupError):  # it has ended before its time: the log says why
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def run(project: Path, *command: str) -> str:
    return subprocess.run(
        command, cwd=project, env=ENVIRONMENT, capture_output=True, text=True, check=True
    ).stdout


def test_both_languages_have_the_same_commands() -> None:
    """The commands do not depend on the README's language."""
    assert find_blocks("README.md", __file__) == find_blocks("README.ko.md", __file__)


def test_without_make(project: Path, address: str) -> None:
    """With a virtual environment, pip and mkdocs serve, the site answers.

    What is installed is what constraints.txt names, and torch with what only it asks for.
    """
    _, commands = find_blocks("README.md", __file__)
    assert commands.splitlines()[-1] == "mkdocs serve"
    assert_serves(commands, project, address)

    listed = run(project, ".venv/bin/pip", "list", "--format=freeze").splitlines()
    names = {canonicalize_name(line.partition("==")[0]) for line in listed}
    rest = names - {"mobilenet", "torch", "pip", "setuptools"} - find_pins().keys()
    assert [name for name in rest if not name.startswith(("nvidia-", "cuda-", "triton"))] == []


def test_with_make(project: Path, address: str) -> None:
    """``make serve`` makes the site answer, and ``make test`` is what runs this test."""
    commands, _ = find_blocks("README.md", __file__)
    makes = [line.split("#")[0].strip() for line in commands.splitlines()]
    assert makes == ["make serve", "make test"]
    assert_serves(makes[0], project, address)
    assert run(project, "make", "--no-print-directory", "--dry-run", "test").strip() == (
        "OMP_NUM_THREADS=1 .venv/bin/python -m pytest --numprocesses auto --dist worksteal"
        " --cov=mobilenet --cov=docs"
    )
