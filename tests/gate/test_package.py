"""The package changes, and just the pages, drawings and docstrings that show it fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

BOTH = ("ko", "en")

pytestmark = pytest.mark.slow


def pages(*names: str) -> set[str]:
    """Return the files of pages, in both languages."""
    return {f"docs/{language}/{name}.md" for name in names for language in BOTH}


def figures(*names: str) -> set[str]:
    """Return the files of figures, in both languages."""
    return {f"docs/figures/svg/{name}.{language}.svg" for name in names for language in BOTH}


READMES = {"README.md", "README.ko.md"}

#: A change: the module, what it has, what it gets instead, and the files that then fail.
CHANGES = {
    "a stride of VER1": (
        "ver1",
        "depthwise(1024, stride=2)",
        "depthwise(1024, stride=1)",
        {"mobilenet/ver1.py", "mobilenet/cost.py", "mobilenet/__main__.py"}
        | pages("ver1")
        | figures("networks"),
    ),
    "the pooling of VER2": (
        "ver2",
        "nn.AvgPool2d(1)",
        "nn.AvgPool2d(7)",
        pages("ver2", "mobilenetv1") | figures("networks", "rows") | {"mobilenet/ver2.py"},
    ),
    "a stride of MobileNetV1": (
        "paper",
        "    (1024, 1),\n",
        "    (1024, 2),\n",
        pages("mobilenetv1", "architecture", "multipliers", "counting")
        | READMES
        | figures("layers", "networks", "savings", "tradeoff")
        | {"mobilenet/paper.py"},
    ),
    "nothing that a page shows": (
        "cost",
        "parameters * height * width)",
        "parameters * height * height)",
        set(),
    ),
    "a factor of a closed form": (
        "cost",
        "return Cost(parameters, parameters * height * width)",
        "return Cost(parameters, 2 * parameters * height * width)",
        pages("theory", "ver2") | READMES | figures("stepper") | {"mobilenet/cost.py"},
    ),
    "an exponent of a closed form": (
        "cost",
        "Fraction(1, out_channels) + Fraction(1, kernel_height * kernel_width)",
        "Fraction(1, out_channels) + Fraction(1, kernel_height)",
        pages("theory", "index", "architecture") | {"mobilenet/cost.py"},
    ),
    "a docstring's example": (
        "cost",
        "+ Cost(parameters=9, mult_adds=81)\n        Cost(parameters=36, mult_adds=324)",
        "+ Cost(parameters=9, mult_adds=81)\n        Cost(parameters=36, mult_adds=325)",
        {"mobilenet/cost.py"},
    ),
    "a section that no page shows": (
        "digits",
        "def load_digits(",
        "# --8<-- [start:load]\ndef load_digits(",
        {"mobilenet/digits.py"},
    ),
    "a section renamed": (
        "ver2",
        "# --8<-- [start:main]",
        "# --8<-- [start:primary]",
        pages("ver2") | {"mobilenet/ver2.py"},
    ),
}

#: Changes that fail in different files, and so can share a run.
TOGETHER = [
    ("a stride of VER1", "a section renamed"),
    ("the pooling of VER2", "an exponent of a closed form"),
    ("a stride of MobileNetV1", "a docstring's example", "nothing that a page shows"),
    ("a factor of a closed form", "a section that no page shows"),
]


def apply(project: Path, name: str) -> set[str]:
    """Change the package in a copy of the project; return the files that should fail."""
    module, old, new, failing = CHANGES[name]
    source = project / "mobilenet" / f"{module}.py"
    text = source.read_text(encoding="utf-8")
    assert text.count(old) == 1
    source.write_text(text.replace(old, new), encoding="utf-8")
    return failing


@pytest.mark.parametrize("names", TOGETHER, ids=" and ".join)
def test_change_of_the_package(
    project: Path, find_failing: Callable[..., set[str]], names: tuple[str, ...]
) -> None:
    """Both languages of each page concerned fail, and no other file."""
    expected = [apply(project, name) for name in names]
    # Half of a run's time, and they know of the paper's network alone.
    export = ["docs/ko/fast.md", "docs/en/fast.md", "mobilenet/deploy.py"]
    left_out = [] if "a stride of MobileNetV1" in names else export
    parts = ["docs", "mobilenet", "README.md", "README.ko.md", "CONTRIBUTING.md"]
    assert find_failing(*parts, *(f"--ignore={file}" for file in left_out)) == set().union(
        *expected
    )


def test_every_change_has_a_run() -> None:
    """Each change is in one run, and no file is named by two changes of one run."""
    assert sorted(name for names in TOGETHER for name in names) == sorted(CHANGES)
    for names in TOGETHER:
        failing = [CHANGES[name][3] for name in names]
        assert sum(map(len, failing)) == len(set().union(*failing))


def test_update(
    project: Path,
    run: Callable[..., CompletedProcess[str]],
    find_failing: Callable[..., set[str]],
) -> None:
    """``make update`` brings both languages up to date at once, and a second time does nothing."""
    failing = apply(project, "a stride of VER1")
    first = run("tests.pages.update", CI="")
    assert first.returncode == 0, first.stdout
    assert "4 of" in first.stdout  # two pages, and a drawing in both languages
    assert "+           Conv2d-27           [-1, 1024, 7, 7]       1,048,576" in first.stdout
    # The docstrings, and the strides that the prose speaks of, are the author's.
    assert find_failing(*failing) <= {file for file in failing if not file.endswith(".svg")}
    assert run("tests.pages.update", CI="true").returncode == 2
