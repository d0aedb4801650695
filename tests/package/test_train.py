"""``python -m mobilenet train``: killed at any moment it goes on, and no file is lost."""

from __future__ import annotations

import contextlib
import csv
import os
import resource
import shutil
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
from tests.commands import run_by, run_commands
from tests.package.few import few_digits
from tests.package.test_main import printed, refused
from tests.site.built import ROOT

EPOCHS = 2
NARROW = 0.0625
COMMAND = ["train", "separable", "--epochs", str(EPOCHS), "--batch-size", "16"]
COMMAND += ["--width-multiplier", str(NARROW)]
FILES = ["--checkpoint", "digits.pt", "--metrics", "digits.csv"]

#: Trains in the folders 1, 2, 3, …, each time in a process of its own that is killed one
#: moment later than the one before, and then gone on with by another. A moment is a step
#: of training, or something done to a file: whatever Python has an audit event for.
KILLED = """
import itertools, os, pathlib, signal, sys
import torch._dynamo  # which the first optimizer imports: here, it does so once for all
from torch.optim.optimizer import register_optimizer_step_pre_hook
from mobilenet import train
from mobilenet.__main__ import main
from tests.package.few import few_digits

train.load_digits = few_digits

def exit_status(command, last=None):
    pid = os.fork()
    if pid == 0:
        moments = itertools.count(1)
        def happens(*_):
            if next(moments) == last:
                os.kill(os.getpid(), signal.SIGKILL)
        def watch(event, arguments):
            if event in ("open", "os.rename") and str(arguments[0]).endswith((".pt", ".csv")):
                happens()
        register_optimizer_step_pre_hook(happens)
        sys.addaudithook(watch)
        os._exit(main(command))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

for last in itertools.count(1):
    os.mkdir(str(last))
    os.chdir(str(last))
    killed = exit_status(sys.argv[1:], last)
    if killed == 0:
        break
    print(last, killed, exit_status([*sys.argv[1:], "--resume"]), flush=True)
    os.chdir("..")
"""


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """As many threads here as in other processes, since sums round with their number."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The folder to train in, with the few images."""
    monkeypatch.setattr(train, "load_digits", few_digits)
    monkeypatch.chdir(tmp_path)
    with one_thread():
        yield tmp_path


def weights(path: Path) -> dict[str, torch.Tensor]:
    return checkpoint.load(path).model().state_dict()


def same(ours: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor]) -> bool:
    assert ours.keys() == theirs.keys()
    return all(torch.equal(ours[name], theirs[name]) for name in ours)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch, one_thread():
        patch.setattr(train, "load_digits", few_digits)
        patch.chdir(folder)
        assert main([*COMMAND, *FILES]) == 0
    return folder


@pytest.fixture
def whole(small: Path, trained: Path) -> Path:
    """The folder of a training that was never stopped: digits.pt and digits.csv."""
    return Path(shutil.copytree(trained, small / "whole"))


class TestKilled:
    def test_at_any_moment(self, whole: Path, small: Path) -> None:
        """Whenever it was killed, going on gives the same weights and metrics, to the bit."""
        done = subprocess.run(
            [sys.executable, "-c", KILLED, *COMMAND, *FILES],
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        moments = [line.split() for line in done.stdout.splitlines() if line[0].isdigit()]
        # Each of 6 steps; each of 3 times 2 files is opened, brought to the disk, renamed.
        assert len(moments) == 6 + 3 * 2 * 3
        for moment, killed, resumed in moments:
            assert (killed, resumed) == ("-9", "0"), moment
            assert same(weights(whole / "digits.pt"), weights(small / moment / "digits.pt"))
            metrics = small / moment / "digits.csv"
            assert (whole / "digits.csv").read_bytes() == metrics.read_bytes()

    def test_from_the_keyboard(
        self, whole: Path, small: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Ctrl+C ends it with a line that says how to go on, and going on loses nothing."""
        with in_step(5, KeyboardInterrupt()):
            assert main([*COMMAND, *FILES]) == 130
        line = "stopped after epoch 1 of 2; the same command with --resume goes on\n"
        assert capsys.readouterr() == ("", line)
        assert [file.name for file in small.glob("*digits*")] == ["digits.pt", "digits.csv"]
        assert main([*COMMAND, *FILES, "--resume"]) == 0
        assert same(weights(whole / "digits.pt"), weights(small / "digits.pt"))
        assert (whole / "digits.csv").read_bytes() == (small / "digits.csv").read_bytes()

    def test_that_was_finished(self, whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """To resume it again trains nothing, says what came of it, and leaves the files."""
        files = [whole / "digits.pt", whole / "digits.csv"]
        before = weights(files[0]), files[1].read_bytes()
        options = ["--checkpoint", str(files[0]), "--metrics", str(files[1]), "--resume"]
        with in_step(1, AssertionError("it trains")):
            assert main([*COMMAND, *options]) == 0
        assert "after epoch 2" in capsys.readouterr().out
        assert same(before[0], weights(files[0]))
        assert files[1].read_bytes() == before[1]

    def test_disk_full(self, whole: Path, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A checkpoint that does not fit any more is an error of one line; the last one stays."""
        limit, most = resource.getrlimit(resource.RLIMIT_FSIZE)

        def fill() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, most))

        with in_step(5, fill):
            try:
                line = refused(capsys, *COMMAND, *FILES)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, most))
        assert "digits.pt cannot be written: File too large" in line
        assert len(checkpoint.load(small / "digits.pt").state["records"]) == 1
        assert sorted(file.name for file in small.glob("*digits*")) == ["digits.csv", "digits.pt"]
        assert main([*COMMAND, *FILES, "--resume"]) == 0
        assert same(weights(whole / "digits.pt"), weights(small / "digits.pt"))


class in_step:  # noqa: N801 - reads as a statement
    """Within it, something happens in the given step of training."""

    def __init__(self, count: int, what: BaseException | Callable[[], None]) -> None:
        self.left, self.what = count, what

    def __call__(self, *_: Any) -> None:
        self.left -= 1
        if self.left == 0:
            if isinstance(self.what, BaseException):
                raise self.what
            self.what()

    def __enter__(self) -> None:
        self.handle = register_optimizer_step_pre_hook(self)

    def __exit__(self, *_: object) -> None:
        self.handle.remove()


class TestMetrics:
    def test_a_row_for_each_epoch(self, whole: Path) -> None:
        """They are the records of the training, to the last digit."""
        rows = list(csv.DictReader((whole / "digits.csv").read_text().splitlines()))
        records = checkpoint.load(whole / "digits.pt").state["records"]
        assert [row["epoch"] for row in rows] == ["1", "2"]
        for row, record in zip(rows, records, strict=True):
            for name in ("loss", "accuracy", "test_accuracy"):
                assert float(row[name]) == record[name]

    def test_without_a_checkpoint(self, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """They can be had alone."""
        printed(capsys, *COMMAND, "--metrics", "digits.csv")
        assert [file.name for file in small.iterdir()] == ["digits.csv"]

    def test_of_another_training(self, whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Another training's file is not overwritten, whichever of the two files is wrong."""
        before = (whole / "digits.csv").read_bytes()
        files = ["--checkpoint", "other.pt", "--metrics", str(whole / "digits.csv"), "--resume"]
        with pytest.raises(SystemExit):
            main([*COMMAND, *files])
        assert "holds what is not of this training" in capsys.readouterr().err
        assert (whole / "digits.csv").read_bytes() == before
        assert not Path("other.pt").exists()


def test_as_the_package_trains(whole: Path) -> None:
    """The command gives the weights that ``digits.train`` gives, so a lab can be had from it."""
    with digits.seeded(0):
        model = digits.DigitsNet(width_multiplier=NARROW)
    digits.train(model, *few_digits(), epochs=EPOCHS, seed=0, batch_size=16, progress=False)
    assert same(model.state_dict(), weights(whole / "digits.pt"))


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def flipped(path: Path) -> None:
    """A single bit of a weight, where torch notices nothing."""
    data, weight = path.read_bytes(), weights(path)["classifier.weight"].numpy().tobytes()
    path.write_bytes(data.replace(weight, bytes([weight[0] ^ 1]) + weight[1:]))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def a_text(path: Path) -> None:
    path.write_text("my notes")


def a_state_dict(path: Path) -> None:
    torch.save(torch.nn.Linear(2, 2).state_dict(), path)


class Harmful:
    def __reduce__(self) -> Any:
        return Path.touch, (Path("harm"),)


def a_program(path: Path) -> None:
    """A file that would run code if it were loaded without care."""
    torch.save(Harmful(), path)


class TestCheckpoint:
    @pytest.mark.parametrize("spoil", [truncated, flipped, empty, a_text, a_state_dict, a_program])
    def test_damaged(
        self, whole: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], None]
    ) -> None:
        """What is no checkpoint, or no more, is said in one line, and stays as it is."""
        path, metrics = whole / "digits.pt", whole / "digits.csv"
        spoil(path)
        before = path.read_bytes(), metrics.read_bytes()
        files = ["--checkpoint", str(path), "--metrics", str(metrics)]
        line = refused(capsys, *COMMAND, *files, "--resume")
        assert f"{path} is damaged, or no checkpoint of python -m mobilenet train" in line
        assert "give another name, or delete it" in line
        assert (path.read_bytes(), metrics.read_bytes()) == before
        assert not Path("harm").exists()

    @pytest.mark.parametrize(
        ("options", "complaint"),
        [
            (["train", "full"], "network=separable, and not network=full"),
            (["--epochs", "5"], "epochs=2, and not epochs=5"),
            (
                ["--seed", "1", "--learning-rate", "0.1"],
                "seed=0, learning_rate=0.01, and not seed=1, learning_rate=0.1",
            ),
            (["--batch-size", "8"], "batch_size=16, and not batch_size=8"),
            (
                ["--width-multiplier", "0.5"],
                "width_multiplier=0.0625, and not width_multiplier=0.5",
            ),
        ],
    )
    def test_of_another_training(
        self, whole: Path, capsys: pytest.CaptureFixture[str], options: list[str], complaint: str
    ) -> None:
        """One of another network or with other settings is refused, and both are named."""
        path = whole / "digits.pt"
        before = path.read_bytes()
        given = COMMAND if options[0] != "train" else [*options, *COMMAND[2:]]
        more = options if options[0] != "train" else []
        line = refused(capsys, *given, *more, "--checkpoint", str(path), "--resume")
        assert f"{path} is of another training, {complaint}: give the same options" in line
        assert path.read_bytes() == before

    @pytest.mark.parametrize("option", ["--checkpoint", "--metrics"])
    def test_that_is_there(
        self, small: Path, capsys: pytest.CaptureFixture[str], option: str
    ) -> None:
        """Without --resume no file is overwritten."""
        Path("mine").write_text("mine")
        line = refused(capsys, *COMMAND, option, "mine")
        assert "mine exists already: give another name, or --resume" in line
        assert Path("mine").read_text() == "mine"

    def test_with_other_threads(self, whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A line says that the weights may round in another way."""
        torch.set_num_threads(2)
        files = ["--checkpoint", str(whole / "digits.pt"), "--resume"]
        assert main([*COMMAND, *files]) == 0
        assert "and 1 threads: with" in capsys.readouterr().err

    def test_gives_the_network(self, whole: Path) -> None:
        """It is loaded for inference with a line of Python, and does what the metrics say."""
        found = checkpoint.load(whole / "digits.pt")
        model = found.model()
        assert not model.training
        assert (
            digits.accuracy(model, few_digits()[1]) == found.state["records"][-1]["test_accuracy"]
        )


class TestErrors:
    @pytest.mark.parametrize(
        ("options", "complaint"),
        [
            ("", "the following arguments are required: NETWORK"),
            ("ver1", "invalid choice: 'ver1'"),
            ("full --epochs 0", "epochs=0: give a whole number of at least 1"),
            ("full --epochs two", "--epochs: invalid int value: 'two'"),
            ("full --batch-size -1", "batch_size=-1: give"),
            ("full --learning-rate 0", "learning_rate=0.0: give a number above 0"),
            ("full --learning-rate 1e30", "give a learning_rate below 1e+30"),
            ("full --seed -1", "seed=-1: give a whole number from 0"),
            ("full --width-multiplier 0.01", "at least 1/32"),
            ("full --width-multiplier 1e9", "the network is too large"),
            ("full --resume", "give its file, --checkpoint FILE"),
            ("full --checkpoint no/a.pt", "there is no folder no: make it first"),
            ("full --metrics no/a.csv", "there is no folder no: make it first"),
            ("full --checkpoint . --resume", "Is a directory"),
            ("full --checkpoint a --metrics ./a", "a cannot be checkpoint and metrics"),
            ("full --checkpoint /proc/a.pt", "/proc/a.pt cannot be written"),
        ],
    )
    def test_options(
        self, small: Path, capsys: pytest.CaptureFixture[str], options: str, complaint: str
    ) -> None:
        """What is wrong is said in one line, before anything is written."""
        line = refused(capsys, "train", *options.split())
        assert complaint in line
        assert "(see python -m mobilenet train --help)" in line
        assert list(small.iterdir()) == []


class TestPage:
    def test_commands(self, tmp_path: Path) -> None:
        """Those of "Use it in your project" run as they stand, on the real images."""
        commands = "\n".join(run_by("tests/package/test_train.py", "docs/en/use.md"))
        done = run_commands(commands, tmp_path)
        first, again = done.stdout.splitlines()
        assert first == again
        assert "separable: 38,474 parameters, test accuracy " in first
        rows = list(csv.DictReader((tmp_path / "digits.csv").read_text().splitlines()))
        assert len(rows) == 8
        assert float(rows[-1]["test_accuracy"]) > 0.95
        assert done.stderr == "digits.pt: epoch 8 of 8 is done\n"

    def test_the_helps_example(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The example of ``--help`` is one of them."""
        with pytest.raises(SystemExit) as exit_code:
            main(["train", "--help"])
        assert exit_code.value.code == 0
        first, _ = run_by("tests/package/test_train.py", "docs/en/use.md")
        assert capsys.readouterr().out.endswith(f"example:\n  {first}\n")
