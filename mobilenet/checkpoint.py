"""Trainings of DigitsNet, kept in a file so that they outlive their process."""

from __future__ import annotations

import io
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from mobilenet.digits import DigitsNet, Split, TrainingRun, seeded
from mobilenet.files import written

__all__ = ["Checkpoint", "Settings", "load", "made_with", "save"]

FORMAT = "mobilenet train, 1"


@dataclass(frozen=True)
class Settings:
    """What decides which weights a training gives.

    >>> from mobilenet.checkpoint import Settings
    >>> settings = Settings("full", width_multiplier=0.125, seed=3)
    >>> sum(parameter.numel() for parameter in settings.model().parameters())
    74022
    """

    network: str = "separable"
    """``separable`` or ``full``: the convolutions of DigitsNet's blocks."""
    width_multiplier: float = 0.25
    """The paper's α: each layer's channels times α, rounded down."""
    epochs: int = 8
    """Passes over the training images."""
    seed: int = 0
    """Of the weights to begin with, and of the order of the images."""
    batch_size: int = 32
    """Images in a batch, at most."""
    learning_rate: float = 0.01
    """The highest that the schedule reaches."""

    def model(self) -> DigitsNet:
        """Build the network.

        :returns: the network, untrained.
        """
        with seeded(self.seed):
            return DigitsNet(self.network == "separable", self.width_multiplier)

    def run(self, training: Split, test: Split, *, progress: bool = True) -> TrainingRun:
        """Begin the training.

        :param training: the images to train with.
        :param test: those to test with, after each epoch.
        :param progress: whether to show a bar.
        :returns: a run with no epoch done yet; its errors are those of
            :class:`mobilenet.digits.TrainingRun`.
        """
        return TrainingRun(
            self.model(),
            training,
            test,
            epochs=self.epochs,
            seed=self.seed,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            progress=progress,
        )


@dataclass(frozen=True)
class Checkpoint:
    """A training as it is kept in a file.

    >>> import tempfile, torch
    >>> from mobilenet import checkpoint
    >>> from mobilenet.digits import Split
    >>> data = Split(torch.rand(20, 1, 32, 32), torch.arange(20) % 10)
    >>> settings = checkpoint.Settings(epochs=2)
    >>> run = settings.run(data, data)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for epoch in run:
    ...         checkpoint.save(f"{folder}/digits.pt", settings, run)
    ...     found = checkpoint.load(f"{folder}/digits.pt")
    >>> images = torch.rand(5, 1, 32, 32)
    >>> torch.equal(found.model()(images), run.model(images))
    True
    """

    settings: Settings
    """Those that the training was made from."""
    made_with: dict[str, Any]
    """What rounding depends on: ``torch``, its version, and ``threads``, how many."""
    state: dict[str, Any]
    """The ``state_dict()`` of its run."""

    def model(self) -> DigitsNet:
        """Build the network with its weights.

        :returns: the network, as far as it is trained, in eval mode.
        """
        model = self.settings.model()
        model.load_state_dict(self.state["model"])
        return model.eval()


def save(path: str | Path, settings: Settings, run: TrainingRun) -> None:
    """Write a training, as far as it has come, to ``path``: whole, or what was there stays.

    :param path: of the file.
    :param settings: those that ``run`` was made from.
    :param run: the training.
    :raises OSError: it cannot be written there.

    >>> import tempfile, torch
    >>> from mobilenet import checkpoint
    >>> from mobilenet.digits import Split
    >>> data = Split(torch.rand(20, 1, 32, 32), torch.arange(20) % 10)
    >>> settings = checkpoint.Settings(epochs=3)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = settings.run(data, data)
    ...     _ = next(iter(run))
    ...     checkpoint.save(f"{folder}/digits.pt", settings, run)
    ...     later = settings.run(data, data)
    ...     later.load_state_dict(checkpoint.load(f"{folder}/digits.pt").state)
    >>> [record.epoch for record in later]
    [2, 3]
    """
    content = {
        "format": FORMAT,
        "settings": asdict(settings),
        "made_with": made_with(),
        "state": run.state_dict(),
    }
    buffer = io.BytesIO()
    torch.save(content, buffer)
    with written(path) as file:
        file.write_bytes(buffer.getvalue())


def load(path: str | Path) -> Checkpoint:
    """Read what :func:`save` has written, with ``weights_only=True``: nothing in it is run.

    :param path: of the file.
    :returns: the training in it.
    :raises OSError: there is no such file, or it cannot be read.
    :raises ValueError: it is damaged, or no checkpoint.

    >>> import tempfile, torch
    >>> from pathlib import Path
    >>> from mobilenet import checkpoint
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "weights.pt")
    ...     torch.save(torch.nn.Linear(2, 2).state_dict(), path)
    ...     try:
    ...         checkpoint.load(path)
    ...     except ValueError as error:
    ...         print(str(error).removeprefix(f"{path} "))
    is damaged, or no checkpoint of python -m mobilenet train
    """
    data = Path(path).read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if damaged := archive.testzip():  # torch compares no checksums
                raise ValueError(f"{damaged} in it is damaged")
        content = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
        if content["format"] != FORMAT:
            raise ValueError(f"its format is {content['format']!r}, and not {FORMAT!r}")
        found = Checkpoint(Settings(**content["settings"]), content["made_with"], content["state"])
        found.model()
    except Exception as error:  # of zip files, of pickle, of torch, and of what is missing
        raise ValueError(
            f"{path} is damaged, or no checkpoint of python -m mobilenet train"
        ) from error
    return found


def made_with() -> dict[str, Any]:
    """What rounding depends on, here and now.

    :returns: ``torch``, its version, and ``threads``, how many.

    >>> from mobilenet.checkpoint import made_with
    >>> sorted(made_with())
    ['threads', 'torch']
    """
    return {"torch": str(torch.__version__), "threads": torch.get_num_threads()}
