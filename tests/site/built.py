"""How the tests build the site, what is in it, and how they bring a page to rest."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

ROOT = Path(__file__).parents[2]

#: The path below which the tests serve the site, as a host of several sites would.
SUB_PATH = "docs/mobilenet/"
SITE_URL = f"https://example.org/{SUB_PATH}"

#: The address of each lab and of each page, below its language's.
LABS = [f"labs/{file.stem}/" for file in sorted((ROOT / "docs" / "labs").glob("*.py"))]
ENGLISH = ROOT / "docs" / "en"
PAGES = [
    f"{file.relative_to(ENGLISH).with_suffix('')}/".removesuffix("index/")
    for file in sorted(ENGLISH.glob("**/*.md"))
] + LABS
#: The pages that are made from docstrings.
REFERENCE = [page for page in PAGES if page.startswith("reference/")]

#: A script that ends every animation now. Chromium has been seen to leave one unfinished for
#: ever, and a script that waits for it has no time limit.
FINISHED = "document.getAnimations().forEach(each => each.finish())"

#: A script that keeps what a screen reader says of a status in ``messages``.
RECORD = """status => {
    window.messages = [];
    const note = () => status.ariaLive !== "off" && messages.push(status.innerText);
    new MutationObserver(note).observe(status, { childList: true, subtree: true });
}"""

#: An address of the landing page at which it sends nobody on to a language.
LANDING = "#mobilenet"


def build(site: Path, project: Path = ROOT, *options: str, **environment: str) -> None:
    # Not with --quiet: that drops warnings before --strict can count them.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(site), *options]
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "REPO_URL": "", "SOURCE_DATE_EPOCH": "0"}
    done = subprocess.run(
        command, cwd=project, env={**env, **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def read_headers(readme: str) -> dict[str, str]:
    """Return the headers that nginx sends, set up as a README says."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    headers = dict(re.findall(r'^ *add_header (\S+) "?(.*?)"? always;', text, re.MULTILINE))
    (policy,) = re.findall(r'^map \$uri \$policy \{\n +default +"(.*?)";', text, re.MULTILINE)
    assert headers.pop("Content-Security-Policy") == "$policy"
    return {**headers, "Content-Security-Policy": policy}


def read_links(page: LexborHTMLParser, selector: str) -> list[str]:
    """Return the addresses in the links, scripts and pictures of a page that a selector names."""
    found = (
        each.attributes.get("href") or each.attributes.get("src") for each in page.css(selector)
    )
    return [link for link in found if link]


def copy_project(folder: Path) -> Path:
    """Copy what a build reads of the project; the results of the labs are shared."""
    folder.mkdir()
    for part in ("docs", "mobilenet"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shared = ["mkdocs.yml", "pyproject.toml", "constraints.txt", "README.md", "LICENSE", ".cache"]
    for part in shared:
        (folder / part).symlink_to(ROOT / part)
    return folder
