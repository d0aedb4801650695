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
from filelock import FileLock
from hooks import policy
from playwright.sync_api import Browser, Page, sync_playwright

from tests.site import built

# Background traffic off: the browser asks for the site and for nothing else.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

#: Tests of what the labs' runs give.
LABS = ("test_labs.py", "test_zensical.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest starts first, and with it the labs run.

    The tests that wait for these come next, on the same worker: another begins with the
    second half.
    """

    def place(item: pytest.Item) -> int:
        if item.path.name == "test_readme.py":
            return 0
        needs_labs = "site" in getattr(item, "fixturenames", ()) or item.path.name in LABS
        return 1 if needs_labs else 2

    items.sort(key=place)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The site as ``mkdocs build --strict`` makes it, below a sub-path."""
    root = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        root = root.parent  # what the workers share: the first to come builds for all
    folder = root / "site" / built.SUB_PATH
    with FileLock(root / "site.lock"):
        if not folder.exists():
            new = root / "new"
            built.build(new, SITE_URL=f"https://example.org/{built.SUB_PATH}")
            folder.parent.mkdir(parents=True)
            new.rename(folder)
    return folder


class Host(http.server.SimpleHTTPRequestHandler):
    """Answers what is missing with the site's own page, as hosts of static sites do."""

    missing = ""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        if code == http.HTTPStatus.NOT_FOUND:
            self.error_message_format = self.missing
        super().send_error(code, message, explain)

    def end_headers(self) -> None:
        for name, value in policy.HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served, sub-path and all; ends in a slash."""
    root = str(site).removesuffix(built.SUB_PATH.rstrip("/"))
    Host.missing = (site / "404.html").read_text(encoding="utf-8").replace("%", "%%")
    handler = functools.partial(Host, directory=root)
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


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone's, of a reader who comes for the first time."""
    context = browser.new_context(viewport={"width": 360, "height": 780})
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


@pytest.fixture(scope="session")
def tab(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.set_default_timeout(10_000)
    yield page
    page.close()


@pytest.fixture
def visited(tab: Page) -> Page:
    """A phone's, of a reader who has been here before: a new one takes longer than a page does."""
    tab.goto("about:blank")
    tab.set_viewport_size({"width": 360, "height": 780})
    tab.emulate_media(color_scheme="light")
    return tab
