"""The built site, a server for it and a browser, each made once for all tests."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import built
from tests import project as projects

# Background traffic off: the browser asks for the site and for nothing else.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project to spoil."""
    return projects.copy(tmp_path)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as ``mkdocs build --strict`` makes it, below a sub-path."""
    folder = tmp_path_factory.mktemp("site") / built.SUB_PATH
    built.build(folder, SITE_URL=f"https://example.org/{built.SUB_PATH}")
    return folder


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served, sub-path and all; ends in a slash."""
    root = str(site).removesuffix(built.SUB_PATH.rstrip("/"))
    handler = functools.partial(Quiet, directory=root)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{built.SUB_PATH}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: ``CHROMIUM``, the system's, or Playwright's own; else the test is skipped."""
    named = os.environ.get("CHROMIUM")
    if named and not Path(named).exists():
        pytest.fail(f"CHROMIUM is {named}, and there is no such file")
    names = ("chromium", "chromium-browser", "google-chrome")
    system = named or next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        found = system or playwright.chromium.executable_path
        if not Path(found).exists():
            pytest.skip(
                "no Chromium: install the system's, run `playwright install chromium`, "
                "or name one in CHROMIUM"
            )
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()
