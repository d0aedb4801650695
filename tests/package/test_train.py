"""``python -m mobilenet train``: killed at any moment it goes on, and no file is lost."""

import contextlib
import csv
import itertools
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook

from mobilenet import checkpoint, digits, train
from mobilenet.__main__ import main
from tests.commands import find_blocks, run_commands
from tests.package.conftest import Command, make_small_digits
from tests.project import ROOT

OPTIONS = "--epochs 2 --batch-size 16 --width-multiplier 0.0625"
FILES = "--checkpoint digits.pt --metrics digits.csv"
TRAIN = f"train separable {OPTIONS} {FILES}"


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Use as many threads as the other processes do, since sums round with their number."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def empty(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty folder the current one, and train on few images."""
    monkeypatch.setattr(train, "load_digits", make_small_digits)
    return folder


@pytest.fixture
def trained(empty: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Train without an interruption, which leaves digits.pt and digits.csv."""
    assert main(TRAIN.split()) == 0
    capsys.readouterr()
    return empty


@pytest.fixture
def expected(trained: Path) -> Path:
    """Move the files of the uninterrupted run into a folder of their own."""
    folder = trained / "expected"
    folder.mkdir()
    for name in ("digits.pt", "digits.csv"):
        (trained / name).rename(folder / name)
    return folder


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    return checkpoint.load(path).model().state_dict()


def assert_same_result(expected: Path, found: Path) -> None:
    """Compare the weights and the metrics in two folders to the bit."""
    ours, theirs = (read_weights(each / "digits.pt") for each in (expected, found))
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert (expected / "digits.csv").read_bytes() == (found / "digits.csv").read_bytes()


def assert_resumes(expected: Path, folder: Path) -> None:
    """Assert that a run has left its two files alone, and resumes to the same result."""
    assert {file.name for file in folder.iterdir()} == {"digits.csv", "digits.pt", "expected"}
    assert main(f"{TRAIN} --resume".split()) == 0
    assert_same_result(expected, folder)


@contextlib.contextmanager
def at_step(count: int, action: Callable[[], None]) -> Iterator[None]:
    """Do something in the given step of training."""
    steps = itertools.count(1)
    handle = register_optimizer_step_pre_hook(lambda *_: action() if next(steps) == count else None)
    yield
    handle.remove()


def press_ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


class TestInterruption:
    def test_killed_at_any_moment(self, expected: Path, empty: Path) -> None:
        """Resuming gives the weights and metrics of an uninterrupted run, to the bit."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.package.kill_training", *TRAIN.split()],
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        lines = [line for line in done.stdout.splitlines() if not line.startswith("separable")]
        # Each of 6 steps; each of 3 times 2 files is opened, brought to the disk, renamed.
        assert lines == ["-9 0"] * (6 + 3 * 2 * 3)
        for moment in range(1, len(lines) + 1):
            assert_same_result(expected, empty / str(moment))

    def test_stopped_from_the_keyboard(
        self, expected: Path, empty: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Ctrl+C ends a run with a line that says how to resume, and nothing is lost."""
        with at_step(5, press_ctrl_c):
            assert main(TRAIN.split()) == 130
        line = "stopped after epoch 1 of 2; the same command with --resume goes on\n"
        assert capsys.readouterr() == ("", line)
        assert_resumes(expected, empty)

    def test_disk_full(self, expected: Path, empty: Path, fail: Command) -> None:
        """A checkpoint that cannot be written is an error of one line, and the last one stays."""
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        small = (10_000, limits[1])
        with at_step(5, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, small)):
            try:
                line = fail(TRAIN)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert "digits.pt cannot be written: File too large" in line
        assert len(checkpoint.load("digits.pt").state["records"]) == 1
        assert_resumes(expected, empty)

    def test_resumed_after_its_end(self, trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A finished run trains nothing more, and prints its result again."""
        shutil.copytree(trained, trained / "before")
        with at_step(1, press_ctrl_c):
            assert main(f"{TRAIN} --resume".split()) == 0
        assert "after epoch 2" in capsys.readouterr().out
        assert_same_result(trained / "before", trained)

    def test_other_number_of_threads(
        self, trained: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A line says that rounding may differ."""
        torch.set_num_threads(2)
        assert main(f"{TRAIN} --resume".split()) == 0
        assert "and 1 threads: with" in capsys.readouterr().err


class TestMetrics:
    def test_row_for_each_epoch(self, trained: Path) -> None:
        """The rows are the records of the run, to the last digit."""
        rows = list(csv.DictReader(Path("digits.csv").read_text().splitlines()))
        records = checkpoint.load("digits.pt").state["records"]
        assert [row["epoch"] for row in rows] == ["1", "2"]
        for row, record in zip(rows, records, strict=True):
            for name in ("loss", "accuracy", "test_accuracy"):
                assert float(row[name]) == record[name]

    def test_without_a_checkpoint(self, empty: Path, succeed: Command) -> None:
        """The metrics can be had alone."""
        succeed(f"train separable {OPTIONS} --metrics digits.csv")
        assert [file.name for file in empty.iterdir()] == ["digits.csv"]

    def test_of_another_run(self, trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Metrics that do not belong to the checkpoint are not overwritten."""
        before = Path("digits.csv").read_bytes()
        files = "--checkpoint other.pt --metrics digits.csv --resume"
        with pytest.raises(SystemExit):
            main(f"train separable {OPTIONS} {files}".split())
        assert "holds what is not of this training" in capsys.readouterr().err
        assert Path("digits.csv").read_bytes() == before
        assert not Path("other.pt").exists()


class Harmful:
    """Would run code if it were loaded without care."""

    def __reduce__(self) -> Any:
        return Path.touch, (Path("harm"),)


def flip_a_bit(path: Path) -> None:
    data, weight = path.read_bytes(), read_weights(path)["classifier.weight"].numpy().tobytes()
    path.write_bytes(data.replace(weight, bytes([weight[0] ^ 1]) + weight[1:]))


class TestCheckpoint:
    @pytest.mark.parametrize(
        "damage",
        [
            flip_a_bit,
            lambda path: path.write_bytes(path.read_bytes()[:-1000]),
            lambda path: path.write_text("my notes"),
            lambda path: torch.save(torch.nn.Linear(2, 2).state_dict(), path),
            lambda path: torch.save(Harmful(), path),
        ],
        ids=["a bit of a weight", "cut short", "text", "state dict", "program"],
    )
    def test_damaged(self, trained: Path, fail: Command, damage: Callable[[Path], None]) -> None:
        """A file that is damaged, or something else, is refused and stays as it is."""
        damage(Path("digits.pt"))
        before = [file.read_bytes() for file in sorted(trained.iterdir())]
        line = fail(f"{TRAIN} --resume")
        assert "digits.pt is damaged, or no checkpoint of python -m mobilenet train" in line
        assert "give another name, or delete it" in line
        assert [file.read_bytes() for file in sorted(trained.iterdir())] == before

    @pytest.mark.parametrize(
        ("given", "complaint"),
        [
            ("full", "network=separable, and not network=full"),
            ("separable --seed 1 --epochs 5", "epochs=2, seed=0, and not epochs=5, seed=1"),
        ],
    )
    def test_of_another_run(self, trained: Path, fail: Command, given: str, complaint: str) -> None:
        """A checkpoint of another network or with other settings is refused, with both named."""
        before = Path("digits.pt").read_bytes()
        network, *options = given.split(maxsplit=1)
        line = fail(" ".join(["train", network, OPTIONS, *options, FILES, "--resume"]))
        assert f"digits.pt is of another training, {complaint}: give the same options" in line
        assert Path("digits.pt").read_bytes() == before

    @pytest.mark.parametrize("option", ["--checkpoint", "--metrics"])
    def test_existing_file(self, empty: Path, fail: Command, option: str) -> None:
        """Without --resume no file is overwritten."""
        Path("mine").write_text("mine")
        line = fail(f"train separable {OPTIONS} {option} mine")
        assert "mine exists already: give another name, or --resume" in line
        assert Path("mine").read_text() == "mine"

    def test_network_for_inference(self, trained: Path) -> None:
        """A line of Python loads the network, which is the one that ``digits.train`` gives."""
        with digits.seeded(0):
            model = digits.DigitsNet(width_multiplier=0.0625)
        splits = make_small_digits()
        digits.train(model, *splits, epochs=2, seed=0, batch_size=16, progress=False)
        found = checkpoint.load("digits.pt")
        weights = found.model().state_dict()
        assert not found.model().training
        assert all(torch.equal(weights[name], value) for name, value in model.state_dict().items())


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("", "the following arguments are required: NETWORK"),
        ("full --learning-rate 1e30", "give a learning_rate below 1e+30"),
        ("full --width-multiplier 1e9", "the network is too large"),
        ("full --resume", "give its file, --checkpoint FILE"),
        ("full --checkpoint no/a.pt", "there is no folder no: make it first"),
        ("full --checkpoint . --resume", "Is a directory"),
        ("full --checkpoint a --metrics ./a", "a cannot be checkpoint and metrics"),
        ("full --checkpoint /proc/a.pt", "/proc/a.pt cannot be written"),
    ],
)
def test_wrong_option(empty: Path, fail: Command, options: str, complaint: str) -> None:
    """What is wrong is said in one line, before anything is written."""
    line = fail(f"train {options}")
    assert complaint in line
    assert "(see python -m mobilenet train --help)" in line
    assert list(empty.iterdir()) == []


def test_commands_of_the_page(tmp_path: Path) -> None:
    """Those of "Use it in your project" run as they stand, on the real images."""
    done = run_commands("\n".join(find_blocks("docs/en/use.md", __file__)), tmp_path)
    first, again = done.stdout.splitlines()
    assert first == again
    assert "separable: 38,474 parameters, test accuracy " in first
    rows = list(csv.DictReader((tmp_path / "digits.csv").read_text().splitlines()))
    assert len(rows) == 8
    assert float(rows[-1]["test_accuracy"]) > 0.95
    assert done.stderr == "digits.pt: epoch 8 of 8 is done\n"


def test_example_of_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    """The example of ``--help`` is the page's first command."""
    with pytest.raises(SystemExit) as exit_code:
        main(["train", "--help"])
    assert exit_code.value.code == 0
    first, _ = find_blocks("docs/en/use.md", __file__)
    assert capsys.readouterr().out.endswith(f"example:\n  {first}")
