"""What a commit's files make the gate judge, and that it refuses what is not true."""

from pathlib import Path

import pytest
import yaml

from tests import project as projects
from tests.pages.changed import EVERYTHING, judged
from tests.site.built import ROOT

FIGURES = "docs/figures"


@pytest.mark.parametrize(
    ("changed", "files"),
    [
        (["docs/ko/theory.md"], ["docs/en/theory.md", "docs/ko/theory.md"]),
        (["README.md"], ["README.ko.md", "README.md"]),
        (["CONTRIBUTING.md"], ["CONTRIBUTING.md"]),
        (["tests/pages/translations.txt"], []),
        (
            ["docs/ko/theory.md", "tests/pages/translations.txt"],
            ["docs/en/theory.md", "docs/ko/theory.md"],
        ),
        (
            ["docs/figures/tradeoff.py"],
            [
                "docs/figures/svg/tradeoff.en.svg",
                "docs/figures/svg/tradeoff.ko.svg",
                "docs/figures/tradeoff.py",
            ],
        ),
        (["docs/ko/theory.md", "mobilenet/cost.py"], EVERYTHING),
        (["docs/data/facts.toml"], EVERYTHING),
    ],
)
def test_judged(changed: list[str], files: list[str]) -> None:
    """A page with its translation, a picture with its files; anything else can concern all."""
    assert judged(ROOT / name for name in changed) == files


def test_refused(project: Path) -> None:
    """A page that has been made false fails, and its translation has been judged with it."""
    page = project / "docs" / "ko" / "ver1.md"
    page.write_text(page.read_text(encoding="utf-8").replace("3,143,080", "3,143,081", 1))

    done = projects.run(project, "-m", "gate.changed", "docs/ko/ver1.md")

    assert done.returncode == 1
    assert "3,143,081" in done.stdout
    assert "1 failed, 1 passed" in done.stdout


def test_hooks() -> None:
    """pre-commit needs nothing but ``.venv``, and judges pages last, all in one process."""
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert repository["repo"] == "local"
    assert all(hook["entry"].count(".venv/bin/") == 1 for hook in repository["hooks"])
    assert repository["hooks"][-1]["require_serial"]
