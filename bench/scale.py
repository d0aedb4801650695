"""What the gate and the build cost as the site grows, beside other generators.

The pages are two of the site's own, again and again under other names, in both languages,
beside the start page and the glossary. The code on these two runs in no time, so that it is
the gate that is timed, and not torch. The gate and the build are the project's, without its
labs, which cost the same however many pages there are. Plain Material and plain Zensical are
given the same pages and Markdown extensions, and neither hooks nor a theme of ours.

    python -m bench.scale [PAGES …]
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
LANGUAGES = ("ko", "en")
PAGES = ("theory", "tested")
#: The gate and the search read one, and MkDocs looks for the other.
ONCE = ("glossary", "index")
#: Where a page leads that is not there.
ELSEWHERE = re.compile(rf"\]\((?!{'|'.join(PAGES)})[\w/-]+\.md(#[\w-]+)?\)")

PLAIN = """\
site_name: MobileNet
docs_dir: {language}
theme: {{name: material, language: {language}, font: false}}
plugins: [search]
markdown_extensions:
  admonition: {{}}
  attr_list: {{}}
  md_in_html: {{}}
  tables: {{}}
  toc: {{permalink: true}}
  pymdownx.highlight: {{pygments_lang_class: true}}
  pymdownx.superfences: {{}}
  pymdownx.snippets: {{base_path: ["."]}}
"""

GATE = "the gate"
BUILD = "the build"
MATERIAL = "plain Material"
ZENSICAL = "plain Zensical"


class Cost(NamedTuple):
    seconds: float
    mebibytes: float


def prepare(project: Path, pages: int) -> None:
    """The project in a folder, with as many pages in each language."""
    shutil.copytree(ROOT / "docs", project / "docs")
    shutil.copytree(ROOT / "mobilenet", project / "mobilenet")
    shutil.copytree(ROOT / "tests", project / "tests")  # pages name some as what runs a fence
    for name in ("conftest.py", "mkdocs.yml", "pyproject.toml"):
        shutil.copy(ROOT / name, project / name)
    for name in ("README.md", "README.ko.md"):
        (project / name).write_text("# Bench\n", encoding="utf-8")
    for lab in (project / "docs" / "labs").glob("*.py"):
        lab.unlink()
    for language in LANGUAGES:
        docs = project / "docs"
        config = docs / f"{language}.yml"
        text = config.read_text(encoding="utf-8")
        config.write_text(re.sub(r"(?m)^nav:\n( .*\n)+", "", text), encoding="utf-8")
        (docs / f"plain-{language}.yml").write_text(PLAIN.format(language=language))
        for page in sorted((docs / language).glob("*.md")):
            text = page.read_text(encoding="utf-8")
            page.unlink()
            if page.stem in ONCE:
                page.write_text(ELSEWHERE.sub("](glossary.md)", text), encoding="utf-8")
            elif page.stem in PAGES:
                text = ELSEWHERE.sub("](glossary.md)", text)
                for number in range(pages // len(PAGES)):
                    name = f"{page.stem}-{number}" if number else page.stem
                    page.with_stem(name).write_text(text, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": "docs"}
    subprocess.run([sys.executable, "-m", "gate.languages"], cwd=project, env=env, check=True)


def commands(what: str) -> Iterator[list[str]]:
    python = [sys.executable, "-m"]
    if what == GATE:
        options = ["-q", "--disable-plugin-autoload", "-p", "no:cacheprovider"]
        yield [*python, "pytest", *options, "docs/ko", "docs/en"]
    elif what == BUILD:
        yield [*python, "mkdocs", "build", "--quiet"]
    for language in LANGUAGES:
        config = f"docs/plain-{language}.yml"
        if what == MATERIAL:
            yield [*python, "mkdocs", "build", "--quiet", "--config-file", config]
        elif what == ZENSICAL:
            yield [*python, "zensical", "build", "--clean", "--config-file", config]


def cost(what: str, project: Path) -> Cost:
    """The time that its commands take together, and the memory of the largest."""
    costs = [_cost(command, project) for command in commands(what)]
    return Cost(sum(each.seconds for each in costs), max(each.mebibytes for each in costs))


def _cost(command: list[str], project: Path) -> Cost:
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "SITE_URL": "", "REPO_URL": ""}
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=project, env=env, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise SystemExit(f"{' '.join(command)} failed:\n{output.read()[-3000:]}")
    return Cost(took, usage.ru_maxrss / 1024)


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or [10, 100, 1000]
    names = ("mkdocs", "mkdocs-material", "zensical", "markdown", "sybil", "pytest", "torch")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    print(f"{time.strftime('%Y-%m-%d')}, {machine}, Python {platform.python_version()}")
    print(f"{versions}\n")
    found: dict[str, list[Cost]] = {what: [] for what in (GATE, BUILD, MATERIAL, ZENSICAL)}
    with tempfile.TemporaryDirectory() as scratch:
        for size in sizes:
            project = Path(scratch, str(size))
            prepare(project, size)
            # In turn, so that a slow moment of the machine does not fall on one of them.
            runs = [
                {what: cost(what, project) for what in found} for _ in range(max(1, 30 // size))
            ]
            for what in found:
                found[what].append(
                    Cost(*map(statistics.median, zip(*(run[what] for run in runs), strict=True)))
                )
    print(f"{'pages per language':>18}" + "".join(f"{size:>24,}" for size in sizes))
    print(f"{'':>18}" + f"{'s':>8}{'ms/page':>9}{'MiB':>7}" * len(sizes))
    for what, costs in found.items():
        cells = (
            f"{seconds:8.1f}{1000 * seconds / size / len(LANGUAGES):9.1f}{mebibytes:7,.0f}"
            for size, (seconds, mebibytes) in zip(sizes, costs, strict=True)
        )
        print(f"{what:>18}" + "".join(cells))
    print("\ntimes as long as with the fewer pages before:")
    for what, costs in found.items():
        ratios = (f"{b.seconds / a.seconds:24.1f}" for a, b in pairwise(costs))
        print(f"{what:>18}{'':>24}" + "".join(ratios))


if __name__ == "__main__":
    main()
