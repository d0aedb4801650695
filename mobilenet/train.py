"""`python -m mobilenet train`: train a small network for digits, stop and resume at any time."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from dataclasses import asdict, fields
from pathlib import Path

from mobilenet import checkpoint
from mobilenet.checkpoint import Settings
from mobilenet.digits import TrainingRun, load_digits
from mobilenet.files import written

__all__ = ["METRICS", "add_options", "train"]

METRICS: tuple[str, ...] = ("epoch", "loss", "accuracy", "test_accuracy")
"""The columns of the metrics file, which has a row for each epoch.

Seconds are left out, so that the same training run writes the same file.
"""


def train(options: argparse.Namespace) -> None:
    """Train as the options say, with the files that they name, and print the result.

    After each epoch the checkpoint is written, then the metrics, each completely or not at
    all. So after a kill at any moment, `--resume` continues from the last finished epoch.

    Args:
        options: The result of a parser with the options of `add_options`.

    Raises:
        ValueError: If an option is out of its range, a file would be overwritten, or the
            checkpoint is damaged or belongs to another training run.
        OSError: If a file cannot be read or written.
        ImportError: If scikit-learn is not installed, or there is a bar to show without tqdm.
        KeyboardInterrupt: If it is stopped from the keyboard; a line says how to resume.

    Examples:
        >>> import argparse
        >>> from mobilenet.train import add_options, train
        >>> parser = argparse.ArgumentParser()
        >>> add_options(parser)
        >>> train(parser.parse_args(["separable", "--epochs", "1"]))  # doctest: +ELLIPSIS
        separable: 38,474 parameters, test accuracy ... after epoch 1, ... s
    """
    settings = Settings(**{each.name: getattr(options, each.name) for each in fields(Settings)})
    found = _found(options, settings)
    try:
        run = settings.run(*load_digits())
    except (RuntimeError, TypeError) as error:  # torch's, of memory and of sizes
        raise ValueError(f"the network is too large: {str(error).splitlines()[0]}") from error
    if found:
        run.load_state_dict(found.state)
    if options.metrics and options.metrics.exists():
        _refuse_other(options.metrics, _table(run))
    try:
        # Before the first epoch too: what cannot be written is to be known at once.
        _write(options, settings, run)
        for _ in run:
            _write(options, settings, run)
    except KeyboardInterrupt:
        done = f"stopped after epoch {len(run.records)} of {settings.epochs}"
        more = "; the same command with --resume goes on" if options.checkpoint else ""
        print(f"{done}{more}", file=sys.stderr)
        raise
    parameters = sum(parameter.numel() for parameter in run.model.parameters())
    print(
        f"{settings.network}: {parameters:,} parameters, "
        f"test accuracy {run.records[-1].test_accuracy:.1%} after epoch {settings.epochs}, "
        f"{sum(record.seconds for record in run.records):.1f} s"
    )


def _found(options: argparse.Namespace, settings: Settings) -> checkpoint.Checkpoint | None:
    # The checkpoint to resume from, if there is one. Whatever forbids it is an error.
    path: Path | None = options.checkpoint
    if options.resume and not path:
        raise ValueError("--resume goes on from a checkpoint: give its file, --checkpoint FILE")
    for file in filter(None, (path, options.metrics)):
        if not file.parent.is_dir():
            raise ValueError(f"there is no folder {file.parent}: make it first")
        if file.exists() and not options.resume:
            raise ValueError(
                f"{file} exists already: give another name, or --resume to go on with it"
            )
    if path and options.metrics and path.resolve() == options.metrics.resolve():
        raise ValueError(f"{path} cannot be checkpoint and metrics: give two names")
    if not options.resume or not path:
        return None
    if not path.exists():
        print(f"{path} is not there yet: beginning anew", file=sys.stderr)
        return None
    try:
        found = checkpoint.load(path)
    except ValueError as error:
        raise ValueError(f"{error}: give another name, or delete it to begin anew") from error
    given, kept = asdict(settings), asdict(found.settings)
    if other := [name for name in given if given[name] != kept[name]]:
        there, here = (", ".join(f"{name}={of[name]}" for name in other) for of in (kept, given))
        raise ValueError(
            f"{path} is of another training, {there}, and not {here}: "
            "give the same options, or another name"
        )
    done = len(found.state["records"])
    print(f"{path}: epoch {done} of {settings.epochs} is done", file=sys.stderr)
    if found.made_with != checkpoint.made_with():
        there, here = (
            f"torch {made['torch']} and {made['threads']} threads"
            for made in (found.made_with, checkpoint.made_with())
        )
        print(f"it was made with {there}: with {here}, rounding may differ", file=sys.stderr)
    return found


def _write(options: argparse.Namespace, settings: Settings, run: TrainingRun) -> None:
    path = options.checkpoint
    try:
        if path:
            checkpoint.save(path, settings, run)
        path = options.metrics
        if path:
            with written(path) as file:
                file.write_text(_table(run), encoding="utf-8", newline="")
    except OSError as error:
        raise OSError(f"{path} cannot be written: {error.strerror or error}") from error


def _table(run: TrainingRun) -> str:
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, METRICS, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows(map(asdict, run.records))
    return text.getvalue()


def _refuse_other(path: Path, ours: str) -> None:
    # A file of metrics may only be replaced if it is the beginning of this run's.
    if not ours.encode().startswith(path.read_bytes()):
        raise ValueError(f"{path} holds what is not of this training: give another name")


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `train` to a parser.

    Args:
        command: The parser.

    Examples:
        >>> import argparse
        >>> from mobilenet.train import add_options
        >>> parser = argparse.ArgumentParser()
        >>> add_options(parser)
        >>> parser.parse_args(["full", "--epochs", "2"]).epochs
        2
    """
    group = command.add_argument_group("network")
    group.add_argument(
        "network",
        metavar="NETWORK",
        choices=["separable", "full"],
        help="separable, the beginning of MobileNetV1 for images of 32 x 32 pixels, or full, "
        "the same with full convolutions",
    )
    group.add_argument(
        "--width-multiplier",
        metavar="X",
        type=float,
        default=Settings.width_multiplier,
        help="factor for the number of channels of each layer, 1/32 = 0.03125 or more "
        "(default: %(default)s)",
    )
    group = command.add_argument_group("training")
    for name, kind, purpose in (
        ("epochs", int, "passes over the training images"),
        ("seed", int, "decides the initial weights and the order of the images"),
        ("batch_size", int, "images in a batch, at most"),
        ("learning_rate", float, "the highest that the schedule reaches"),
    ):
        group.add_argument(
            f"--{name.replace('_', '-')}",
            metavar="X" if kind is float else "N",
            type=kind,
            default=getattr(Settings, name),
            help=f"{purpose} (default: %(default)s)",
        )
    group = command.add_argument_group("files")
    group.add_argument(
        "--checkpoint",
        metavar="FILE",
        type=Path,
        help="where to save, after each epoch, the weights and all that is needed to resume",
    )
    group.add_argument(
        "--metrics",
        metavar="FILE",
        type=Path,
        help="where to write loss and accuracy as CSV, a row for each epoch",
    )
    group.add_argument(
        "--resume",
        action="store_true",
        help="continue from the checkpoint, if there is one: with the same options, the "
        "weights end up as those of a training that was never stopped",
    )
