"""What the tests of several modules share."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from mobilenet.__main__ import main
from mobilenet.digits import Split

Command = Callable[[str], str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty folder the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def succeed(capsys: pytest.CaptureFixture[str]) -> Command:
    """Return a function that runs a command, which has to succeed, and returns its output."""

    def run(command: str) -> str:
        assert main(command.split()) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return run


@pytest.fixture
def fail(capsys: pytest.CaptureFixture[str]) -> Command:
    """Return a function that runs a command, which has to fail with the line that it returns."""

    def run(command: str) -> str:
        with pytest.raises(SystemExit) as exit_code:
            main(command.split())
        out, err = capsys.readouterr()
        assert (exit_code.value.code, out) == (2, "")
        assert err.endswith("\n")
        assert len(err.splitlines()) == 1
        return err

    return run


def make_small_digits() -> tuple[Split, Split]:
    """Return 48 images to train with, 20 of them to test with: noise, learned by heart at once."""
    images = torch.rand(48, 1, 32, 32, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(48) % 10
    return Split(images, labels), Split(images[:20], labels[:20])


@pytest.fixture(scope="session")
def small_digits() -> tuple[Split, Split]:
    """Return training and test images, so few that an epoch takes no time."""
    return make_small_digits()
