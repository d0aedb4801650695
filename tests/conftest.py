"""The built site, a server for it and a browser, each made once for all tests."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Page, sync_playwright

from tests.site import built

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    # Without these, the browser asks hosts of its own.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Build the site as ``mkdocs build --strict`` does, below a sub-path, once for all workers."""
    root = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        root = root.parent
    folder = root / "site" / built.SUB_PATH
    with FileLock(root / "site.lock"):
        if not folder.exists():
            built.build(root / "new", SITE_URL=built.SITE_URL)
            folder.parent.mkdir(parents=True)
            (root / "new").rename(folder)
    return folder


class Host(http.server.SimpleHTTPRequestHandler):
    """A static host: it answers with the site's 404.html, and sends the README's headers."""

    missing = ""
    headers_sent = built.read_headers("README.md")

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        if code == http.HTTPStatus.NOT_FOUND:
            self.error_message_format = self.missing
        super().send_error(code, message, explain)

    def end_headers(self) -> None:
        for name, value in self.headers_sent.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Serve the site, and return its address; it ends in a slash."""
    root = str(site).removesuffix(built.SUB_PATH.rstrip("/"))
    Host.missing = (site / "404.html").read_text(encoding="utf-8").replace("%", "%%")
    handler = functools.partial(Host, directory=root)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{built.SUB_PATH}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium: ``CHROMIUM``, the system's, or Playwright's own; else skip the test."""
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


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page as a reader who comes for the first time."""
    contexts = []

    def open_page(**options: Any) -> Page:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """Open a page as wide as a phone's."""
    return new_page(viewport={"width": 360, "height": 780})


@pytest.fixture
def desktop(new_page: Callable[..., Page]) -> Page:
    """Open a page on a wide screen."""
    return new_page(viewport={"width": 1280, "height": 800})


@pytest.fixture
def visited(page: Page) -> Page:
    return page
