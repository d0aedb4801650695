"""Training runs of DigitsNet, kept in a file so that they outlive their process."""

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
    """Everything that decides which weights a training run ends with.

    Attributes:
        network: `separable` or `full`, the kind of convolution in DigitsNet's blocks.
        width_multiplier: The paper's α; each layer has α times its channels, rounded down.
        epochs: Passes over the training images.
        seed: Decides the initial weights and the order of the images.
        batch_size: Images in a batch, at most.
        learning_rate: The highest learning rate of the schedule.

    Examples:
        >>> from mobilenet.checkpoint import Settings
        >>> settings = Settings("full", width_multiplier=0.125, seed=3)
        >>> sum(parameter.numel() for parameter in settings.model().parameters())
        74022
    """

    network: str = "separable"
    width_multiplier: float = 0.25
    epochs: int = 8
    seed: int = 0
    batch_size: int = 32
    learning_rate: float = 0.01

    def model(self) -> DigitsNet:
        """Build the network.

        Returns:
            The network with its initial weights.

        Raises:
            ValueError: If `seed` or `width_multiplier` is out of its range.
        """
        with seeded(self.seed):
            return DigitsNet(self.network == "separable", self.width_multiplier)

    def run(self, training: Split, test: Split, *, progress: bool = True) -> TrainingRun:
        """Build the network and prepare to train it.

        Args:
            training: The images to train with.
            test: The images to test with after each epoch.
            progress: Whether to show a progress bar.

        Returns:
            A run with no epoch done yet.

        Raises:
            ValueError: If a setting is out of its range, as `TrainingRun` says.
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
    """A training run as it is kept in a file.

    Attributes:
        settings: The settings that the run was made from.
        made_with: What rounding depends on, as the function `made_with` returns it.
        state: The run's `state_dict()`.

    Examples:
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
    made_with: dict[str, Any]
    state: dict[str, Any]

    def model(self) -> DigitsNet:
        """Build the network and load its weights.

        Returns:
            The network as far as it is trained, in eval mode.
        """
        model = self.settings.model()
        model.load_state_dict(self.state["model"])
        return model.eval()


def save(path: str | Path, settings: Settings, run: TrainingRun) -> None:
    """Write a training run to a file, as far as it has come.

    The file is written completely or not at all: if writing fails, an older file stays.

    Args:
        path: The file to write.
        settings: The settings that `run` was made from.
        run: The training run.

    Raises:
        OSError: If the file cannot be written.

    Examples:
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
    """Read a file that `save` has written.

    It is read with `weights_only=True`, so no code in the file is run.

    Args:
        path: The file to read.

    Returns:
        The training run in the file.

    Raises:
        OSError: If the file does not exist or cannot be read.
        ValueError: If the file is damaged, or is not a checkpoint.

    Examples:
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
    """Return what rounding depends on, as it is now.

    Returns:
        A dictionary with `torch`, the version of PyTorch, and `threads`, the number of threads.

    Examples:
        >>> from mobilenet.checkpoint import made_with
        >>> sorted(made_with())
        ['threads', 'torch']
    """
    return {"torch": str(torch.__version__), "threads": torch.get_num_threads()}
