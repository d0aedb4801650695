"""The built site as Lighthouse and HTML's checker judge it, page by page: `make bench-site`.

The site is built, served compressed, as a static host does, and each page is loaded as
Lighthouse's phone does it. The tests hold what is stable (``tests/test_browser.py``); the
performance depends on what else the machine does, and is printed here.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.built import LANDING, PAGES, build

TOOLS = Path(__file__).parent / "node_modules"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FLAGS = "--headless --no-sandbox --disable-gpu --disable-background-networking"
RUNS = 3


def main() -> None:
    """A line a page, medians of the runs, and what keeps a page from 100."""
    pages = ["", *(f"{language}/{page}" for language in ("ko", "en") for page in PAGES)]
    chosen = sys.argv[1:] or pages
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as address:
        build(Path(folder), SITE_URL=address)
        errors = html_errors(Path(folder))
        print(f"medians of {RUNS} runs of Lighthouse {version('lighthouse')}, mobile\n")
        print(f"{'page':24}{'performance':>12}{'range':>10}{'accessibility':>15}", end="")
        print(f"{'best practices':>16}{'SEO':>5}{'HTML errors':>13}", flush=True)
        for page in chosen:
            reports = [lighthouse(address + (page or LANDING)) for _ in range(RUNS)]
            scores = {key: [score(report, key) for report in reports] for key in CATEGORIES}
            performance, *rest = (round(statistics.median(values)) for values in scores.values())
            fast = scores["performance"]
            print(f"/{page:23}{performance:12}{f'{min(fast)}-{max(fast)}':>10}", end="")
            for value, width in zip(rest, (15, 16, 5), strict=True):
                print(f"{value:{width}}", end="")
            print(f"{errors[page]:13}", flush=True)
            for name in sorted(set().union(*(lost(report) for report in reports))):
                print(f"    {name}", flush=True)


@contextmanager
def serve(folder: Path) -> Any:
    """Where the folder is served, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    command = ["node", tool("serve", "build/main.js"), "--no-clipboard", "--no-request-logging"]
    server = subprocess.Popen(
        [*command, "--listen", f"tcp://127.0.0.1:{port}", str(folder)],
        stdout=subprocess.DEVNULL,
        env={**os.environ, "NO_UPDATE_CHECK": "1"},
    )
    try:
        for _ in range(100):
            try:
                urlopen(address).close()
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait()


def lighthouse(url: str) -> dict[str, Any]:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
    done = subprocess.run(
        [
            "node",
            tool("lighthouse", "cli/index.js"),
            url,
            "--output=json",
            "--quiet",
            f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags={FLAGS}",
        ],
        env={**os.environ, "CHROME_PATH": chromium},
        capture_output=True,
        text=True,
        check=True,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def score(report: dict[str, Any], category: str) -> int:
    share: float = report["categories"][category]["score"]
    return round(100 * share)


def lost(report: dict[str, Any]) -> set[str]:
    """The audits that cost points."""
    return {
        f"{category}: {audit['id']}"
        for category in CATEGORIES
        for audit in report["categories"][category]["auditRefs"]
        if audit["weight"]
        and (report["audits"][audit["id"]]["score"] or 0)
        < (0.9 if category == "performance" else 1)
        and report["audits"][audit["id"]]["scoreDisplayMode"] != "notApplicable"
    }


def html_errors(folder: Path) -> Counter[str]:
    """How many errors the checker of the W3C finds, by page."""
    jar = tool("vnu-jar", "build/dist/vnu.jar")
    options = ["--errors-only", "--exit-zero-always", "--format", "json", "--stdout"]
    done = subprocess.run(
        ["java", "-Xss4m", "-jar", jar, *options, "--skip-non-html", str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    found: Counter[str] = Counter()
    for message in json.loads(done.stdout)["messages"]:
        page = Path(message["url"].removeprefix("file:")).relative_to(folder.resolve())
        found[page.as_posix().removesuffix("index.html")] += 1
        print(f"{page}:{message.get('lastLine')}: {message['message']}", file=sys.stderr)
    return found


def tool(package: str, file: str) -> str:
    return str(TOOLS / package / file)


def version(package: str) -> str:
    found: str = json.loads((TOOLS / package / "package.json").read_text())["version"]
    return found


if __name__ == "__main__":
    main()
