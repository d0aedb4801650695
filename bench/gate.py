"""What the gate costs on many pages, beside other runners on the same pages.

Pages are made up: five sections each, with a sentence, a checked number and a
``python`` block that runs in a few microseconds, half of them Korean and half
English. So what is timed is the runner. Sybil alone, pytest-markdown-docs and
pytest-examples are given the ``python`` blocks and nothing else; mktestdocs too, as
one test a page. The gate also takes the census, expands includes, evaluates the
numbers and holds the languages together.

    python -m bench.gate [PAGES …]
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
FENCES = 5
RUNS = 3

SECTION = {
    "en": """\
## Section {number} {{#s{number}}}

From 1, the first {number} whole numbers add up to {total}<!--= sum(range({number} + 1)) -->.

```python
total_{number} = sum(range({number} + 1))
assert total_{number} == {total}
```
""",
    "ko": """\
## {number}절 {{#s{number}}}

1부터 {number}까지 더하면 {total}<!--= sum(range({number} + 1)) -->입니다.

```python
total_{number} = sum(range({number} + 1))
assert total_{number} == {total}
```
""",
}
RUNNERS = {
    "Sybil alone": """\
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser
pytest_collect_file = Sybil(parsers=[PythonCodeBlockParser()], patterns=["*.md"]).pytest()
""",
    "pytest-markdown-docs": "",
    "pytest-examples": """\
import pytest
from pytest_examples import find_examples
@pytest.mark.parametrize("example", find_examples("docs"), ids=str)
def test_example(example, eval_example):
    eval_example.run(example)
""",
    "mktestdocs": """\
import pathlib, pytest
from mktestdocs import check_md_file
@pytest.mark.parametrize("path", sorted(pathlib.Path("docs").rglob("*.md")), ids=str)
def test_page(path):
    check_md_file(path, memory=True)
""",
}
#: Each is given its own plugin of pytest's, and none of the others.
PLUGINS = {
    "the gate": [],
    "Sybil alone": [],
    "pytest-markdown-docs": ["-p", "pytest_markdown_docs.plugin"],
    "pytest-examples": ["-p", "pytest_examples"],
    "mktestdocs": [],
}


def make_pages(folder: Path, pages: int) -> None:
    for language in ("ko", "en"):
        (folder / "docs" / language).mkdir(parents=True, exist_ok=True)
        for page in range(pages // 2):
            sections = [
                SECTION[language].format(number=number, total=number * (number + 1) // 2)
                for number in range(page % 50 + 10, page % 50 + 10 + FENCES)
            ]
            text = f"# Page p{page} {{#page}}\n\n" + "\n".join(sections)
            (folder / "docs" / language / f"p{page}.md").write_text(text, encoding="utf-8")


def prepare(folder: Path, runner: str, pages: int) -> list[str]:
    """The pages and what a runner needs beside them; the command that runs it."""
    make_pages(folder, pages)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *PLUGINS[runner]]
    if runner == "the gate":
        # What judges the pages, and no page of the site but its words.
        others = shutil.ignore_patterns("ko", "en", "labs", "figures", "playthings", "__pycache__")
        shutil.copytree(ROOT / "docs", folder / "docs", ignore=others, dirs_exist_ok=True)
        shutil.copytree(ROOT / "mobilenet", folder / "mobilenet")
        for name in ("conftest.py", "mkdocs.yml", "pyproject.toml"):
            shutil.copy(ROOT / name, folder / name)
        for language in ("ko", "en"):
            shutil.copy(ROOT / f"docs/{language}/glossary.md", folder / f"docs/{language}")
        for name in ("README.md", "README.ko.md"):
            (folder / name).write_text("# Bench\n", encoding="utf-8")
        env = {**os.environ, "PYTHONPATH": "docs"}
        subprocess.run([sys.executable, "-m", "gate.languages"], cwd=folder, env=env, check=True)
        return [*command, "docs"]
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    if runner == "pytest-markdown-docs":
        return [*command, "--markdown-docs", "docs"]
    is_conftest = runner == "Sybil alone"
    name = "docs/conftest.py" if is_conftest else "test_pages.py"
    (folder / name).write_text(RUNNERS[runner], encoding="utf-8")
    return [*command, "docs" if is_conftest else "test_pages.py"]


def seconds(command: list[str], folder: Path) -> float:
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    took = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}{done.stderr[-2000:]}")
    return took


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or [100, 1000, 4000]
    runners = ["the gate", *RUNNERS]
    names = ("sybil", "pytest", "pytest-markdown-docs", "pytest-examples", "mktestdocs")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    print(f"{time.strftime('%Y-%m-%d')}, {machine}, Python {platform.python_version()}")
    print(versions)
    print(f"medians of {RUNS} runs, in turn; {FENCES} fences a page\n")
    print(f"{'':>20}" + "".join(f"{f'{size:,} pages':>19}" for size in sizes))
    print(f"{'':>20}" + f"{'s  ms/fence':>19}" * len(sizes))
    medians: dict[str, list[float]] = {runner: [] for runner in runners}
    with tempfile.TemporaryDirectory() as scratch:
        for size in sizes:
            folders = {runner: Path(scratch, str(size), runner) for runner in runners}
            commands = {runner: prepare(folders[runner], runner, size) for runner in runners}
            # In turn, so that a slow moment of the machine does not fall on one of them.
            runs = [
                {runner: seconds(commands[runner], folders[runner]) for runner in runners}
                for _ in range(RUNS)
            ]
            for runner in runners:
                medians[runner].append(statistics.median(run[runner] for run in runs))
    for runner, took in medians.items():
        cells = [
            f"{s:9.2f}{1000 * s / size / FENCES:10.2f}" for s, size in zip(took, sizes, strict=True)
        ]
        print(f"{runner:>20}" + "".join(cells))
    print("\nratio to Sybil alone:")
    for runner, took in medians.items():
        ratios = [f"{a / b:19.2f}" for a, b in zip(took, medians["Sybil alone"], strict=True)]
        print(f"{runner:>20}" + "".join(ratios))


if __name__ == "__main__":
    main()
