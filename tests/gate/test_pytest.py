"""What an author sees of pytest: which examples there are, and which fail, run in whatever way."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., CompletedProcess[str]]
OPTIONS = ("-q", "--disable-plugin-autoload", "-p", "no:cacheprovider")

PAGE = """\
---
description: "x"
---

# x {#x}

```python
x = [1]
```

1<!--= x[0] -->

```python
x[0] = 2
```

2<!--= x[0] -->
"""


@pytest.fixture
def pages(project: Path) -> list[Path]:
    """Return a page in both languages, in place of two of the project's."""
    pages = [project / f"docs/{language}/ver1.md" for language in ("ko", "en")]
    for page in pages:
        page.write_text(PAGE, encoding="utf-8")
    record = project / "tests/pages/translations_read.txt"
    record.write_text(re.sub("(?m)^docs/en/ver1.*\n", "", record.read_text(encoding="utf-8")))
    return pages


def find_failing(done: CompletedProcess[str]) -> set[str]:
    """Return the examples that pytest names as failing."""
    return set(re.findall(r"^FAILED (\S+)", done.stdout, re.MULTILINE))


def test_ids_are_unique(project: Path, run: Run) -> None:
    """Each example has a name of its own, so that any can be run alone, by any worker."""
    done = run("pytest", *OPTIONS, "--collect-only", "README.md", "docs", "mobilenet")
    ids = [line for line in done.stdout.splitlines() if "::" in line]
    assert len(ids) > 400
    assert len(ids) == len(set(ids))


def test_number_on_one_side(pages: list[Path], run: Run) -> None:
    """A number that is wrong in one language only is named there, and nowhere else."""
    pages[0].write_text(PAGE.replace("2<!--=", "3<!--="), encoding="utf-8")
    done = run("pytest", *OPTIONS, "-k", "compare_numbers", "docs/ko/ver1.md", "docs/en/ver1.md")
    assert find_failing(done) == {"docs/ko/ver1.md::17-compare_numbers"}
    assert "docs/ko/ver1.md:17: The page says 3, and x[0] gives 2." in done.stdout


@pytest.mark.parametrize("options", [[], ["-n2", "-p", "xdist"]])
def test_one_example_alone(pages: list[Path], run: Run, options: list[str]) -> None:
    """It sees what the code above it has made, and not what comes below."""
    examples = ("docs/en/ver1.md::11-compare_numbers", "docs/ko/ver1.md::17-compare_numbers")
    for example in examples:
        done = run("pytest", *OPTIONS, *options, example)
        assert "1 passed" in done.stdout


def test_code_that_fails_in_both(pages: list[Path], run: Run) -> None:
    """Each page names its own line."""
    for page in pages:
        page.write_text(PAGE.replace("x[0] = 2", "x[0] = y"), encoding="utf-8")
    done = run("pytest", *OPTIONS, "-k", "run_python", "docs/ko/ver1.md", "docs/en/ver1.md")
    assert find_failing(done) == {
        "docs/ko/ver1.md::13-run_python",
        "docs/en/ver1.md::13-run_python",
    }


def test_code_that_fails_hides_nothing(pages: list[Path], run: Run) -> None:
    """What comes below it is judged alike in both languages, each from a run of its own."""
    for page in pages:
        page.write_text(PAGE.replace("x = [1]", "x = [1]\nprint(y)"), encoding="utf-8")
    done = run("pytest", *OPTIONS, "docs/ko/ver1.md", "docs/en/ver1.md")
    failing = {name for name in find_failing(done) if "languages" not in name}
    korean, english = (
        {name.partition("::")[2] for name in failing if language in name}
        for language in ("/ko/", "/en/")
    )
    assert korean == english == {"7-run_python"}


def test_block_that_is_not_run(project: Path, run: Run) -> None:
    """It is listed as skipped, with the page's reason."""
    done = run("pytest", *OPTIONS, "-k", "skip", "CONTRIBUTING.md")
    assert "SKIPPED" in done.stdout
    assert "it starts from a clone, and ends in a commit" in done.stdout


def test_lab_named_on_the_command_line(project: Path, run: Run) -> None:
    """Its text is tested, and no cell of it is run."""
    lab = project / "docs/labs/accuracy.py"
    text = lab.read_text(encoding="utf-8") + "\n# %%\nraise SystemError\n"
    lab.write_text(text, encoding="utf-8")
    done = run("pytest", *OPTIONS, "-k", "rules or cells", "docs/labs/accuracy.py")
    assert "passed" in done.stdout
    assert "SystemError" not in done.stdout
