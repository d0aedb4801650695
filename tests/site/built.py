"""How the tests build the site, what they look for in it, and how they bring it to rest."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: Below which path the tests serve the site, as a host of several sites would.
SUB_PATH = "docs/mobilenet/"

#: Each lab's address below its language, and each page's.
LABS = [f"labs/{file.stem}/" for file in sorted((ROOT / "docs" / "labs").glob("*.py"))]
ENGLISH = ROOT / "docs" / "en"
PAGES = [
    f"{file.relative_to(ENGLISH).with_suffix('')}/".removesuffix("index/")
    for file in sorted(ENGLISH.glob("**/*.md"))
] + LABS
#: What is made of the docstrings.
REFERENCE = [page for page in PAGES if page.startswith("reference/")]

#: Takes what fades or moves on a page to its end, now. Chromium has been seen to leave one such
#: thing unfinished for ever, and a script that waits for it has no time limit.
FINISHED = "document.getAnimations().forEach(each => each.finish())"

#: Where the landing page stays, and sends nobody on.
LANDING = "#mobilenet"


def build(site: Path, project: Path = ROOT, **environment: str) -> None:
    # Not with --quiet: that drops warnings before --strict can count them.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(site)]
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "REPO_URL": "", **environment}
    done = subprocess.run(
        command, cwd=project, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
