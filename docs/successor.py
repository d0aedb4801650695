"""The site as Zensical builds it, which comes after Material for MkDocs.

Zensical reads ``docs/ko.yml`` and ``docs/en.yml`` as they are, and the theme's overrides; it
runs no hooks. What the hooks do to files, before a build and after it, is done here to files
as well. CONTRIBUTING.md lists what then still differs from MkDocs' site.

    python -m successor FOLDER
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from itertools import chain
from pathlib import Path
from posixpath import relpath
from tempfile import TemporaryDirectory

import codelinks
import markup
import stylesheet
from gate.site import DOCS, LANGUAGES, ROOT
from mkdocs.utils.meta import get_data
from notebooks import site as labs
from reference import expanded
from takeaway import code
from takeaway.pages import as_markdown


def build(site: Path) -> None:
    """Both languages, each into a folder of its own; SITE_URL and REPO_URL as for MkDocs."""
    for language in LANGUAGES:
        with TemporaryDirectory() as scratch:
            built = _built(language, Path(scratch))
            stylesheet.write(built, theme="assets/stylesheets/classic")
            for page in built.rglob("*.html"):
                html = markup.content(page.read_text(encoding="utf-8"))
                address = page.parent.relative_to(built).as_posix().replace(".", "") + "/"
                html = codelinks.to_reference(html, language, address.lstrip("/"))
                page.write_text(html, encoding="utf-8")
            shutil.rmtree(site / language, ignore_errors=True)
            shutil.copytree(built, site / language)


def _built(language: str, scratch: Path) -> Path:
    """What Zensical makes of a language in an empty folder: it writes beside what it reads."""
    docs = scratch / "docs"
    for name in (language, "theme"):
        shutil.copytree(DOCS / name, docs / name)
    shutil.copy(ROOT / "mkdocs.yml", scratch)
    config = shutil.copy(DOCS / f"{language}.yml", docs)
    root = os.environ.get("SITE_URL", "")
    address = f"{root}{language}/" if root else ""
    made = labs.files(language, address, os.environ.get("REPO_URL", ""))
    for path, content in chain(code.files(language), made):
        file = docs / language / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", config],
        cwd=ROOT,  # the pages' includes are named from here
        env={**os.environ, "SITE_URL": address, "PYTHONPATH": str(DOCS)},  # for docs/terms.py
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"Zensical does not build docs/{language}.yml:\n{done.stdout}")
    for page in (docs / language).rglob("*.md"):
        written, _ = get_data(page.read_text(encoding="utf-8"))
        name = page.relative_to(docs / language).as_posix()
        folder = name.removesuffix(".md").removesuffix("index")
        text = as_markdown(expanded(written, language), name, address or relpath(".", folder) + "/")
        (docs / "site" / folder / "index.md").write_text(text, encoding="utf-8")
    return docs / "site"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("python -m successor FOLDER: where the site is to go")
    build(Path(sys.argv[1]))
