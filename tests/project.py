"""Where the project is, and a fresh clone of it."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def clone(folder: Path) -> Path:
    """Make a fresh clone, of the files as they are now."""
    history = ["git", "clone", "--quiet", "--shared", "--no-checkout", str(ROOT), str(folder)]
    subprocess.run(history, check=True)
    files = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(files, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    # A lab takes its time, and its result is kept.
    (ROOT / ".cache").mkdir(exist_ok=True)
    (folder / ".cache").symlink_to(ROOT / ".cache")
    return folder
