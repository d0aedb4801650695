"""Handwritten digits, a small network for them, and training for any network on them.

The data is "Optical Recognition of Handwritten Digits" of the UCI Machine Learning
Repository (E. Alpaydin and C. Kaynak, 1998, <https://doi.org/10.24432/C50P49>, CC BY 4.0):
the 1,797 images by 13 people that come with scikit-learn, so nothing is downloaded. They
need scikit-learn, and the progress bar of a training run needs tqdm:
`pip install scikit-learn tqdm`.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from mobilenet.blocks import ConvNormAct, DepthwiseSeparableConv2d
from mobilenet.optional import needed
from mobilenet.paper import BLOCKS, initialize
from mobilenet.progress import ProgressBar

__all__ = [
    "CLASSES",
    "SIZE",
    "DigitsNet",
    "Epoch",
    "Split",
    "TrainingRun",
    "accuracy",
    "confusion",
    "load_digits",
    "predict",
    "seeded",
    "train",
]

CLASSES = 10
"""The digits 0 to 9."""
SIZE = 32
"""Height and width of an image in pixels."""


@dataclass(frozen=True, eq=False)  # of tensors, == is no yes or no
class Split:
    """Images with their labels: the training part or the test part of the data.

    Attributes:
        images: Images (N, 1, 32, 32), floats from 0 for paper to 1 for ink.
        labels: The digits (N,), int64 from 0 to 9.

    Raises:
        ValueError: If there are no images, or more or fewer labels than images.

    Examples:
        >>> import torch
        >>> from mobilenet.digits import Split
        >>> len(Split(torch.rand(5, 1, 32, 32), torch.tensor([3, 1, 4, 1, 5])))
        5
    """

    images: torch.Tensor
    labels: torch.Tensor

    def __post_init__(self) -> None:
        if not len(self.images) == len(self.labels) > 0:
            raise ValueError(
                f"{len(self.images)} images and {len(self.labels)} labels: give at least one "
                "image, and a label for each"
            )

    def __len__(self) -> int:
        return len(self.labels)


def load_digits() -> tuple[Split, Split]:
    """Load the images, in two parts that are always the same.

    Every fourth image of each digit, beginning with the first, is for the test. The same
    13 people wrote both parts, so the test says nothing about other people's handwriting.
    The images have 8x8 pixels, each the number of ink dots in 4x4 of a scan, and are
    enlarged to 32x32 by bilinear interpolation.

    Returns:
        The 1,343 images to train with, and the 454 to test with.

    Raises:
        ImportError: If scikit-learn is not installed.

    Examples:
        >>> from mobilenet.digits import load_digits
        >>> training, test = load_digits()
        >>> training.images.shape, test.images.shape
        (torch.Size([1343, 1, 32, 32]), torch.Size([454, 1, 32, 32]))
    """
    found = needed("sklearn.datasets", "scikit-learn").load_digits()
    labels = torch.tensor(found.target, dtype=torch.int64)
    images = torch.tensor(found.images, dtype=torch.float32)[:, None] / 16
    images = F.interpolate(images, size=(SIZE, SIZE), mode="bilinear")
    is_test = torch.zeros(len(labels), dtype=torch.bool)
    for digit in range(CLASSES):
        is_test[(labels == digit).nonzero()[::4]] = True
    return Split(images[~is_test], labels[~is_test]), Split(images[is_test], labels[is_test])


class DigitsNet(nn.Module):
    """The first layers of MobileNetV1, for small images.

    Takes images (N, 1, H, W) and returns logits (N, 10). It is the first layer and the first
    seven of the 13 blocks of the paper's Table 1, except that the first layer has stride 1, so
    that images of 32x32 pixels end as 4x4. With standard convolutions, only the convolutions
    of the blocks differ.

    Args:
        separable: False for standard convolutions in place of depthwise separable ones.
        width_multiplier: The paper's α; each layer has α times its channels, rounded down.

    Raises:
        ValueError: If `width_multiplier` leaves the first layer without channels.

    Examples:
        >>> import torch
        >>> from mobilenet.digits import DigitsNet
        >>> DigitsNet()(torch.zeros(2, 1, 32, 32)).shape
        torch.Size([2, 10])
        >>> for separable in (True, False):
        ...     print(sum(p.numel() for p in DigitsNet(separable).parameters()))
        38474
        293762
    """

    def __init__(self, separable: bool = True, width_multiplier: float = 0.25) -> None:
        super().__init__()
        if not 1 / 32 <= width_multiplier < float("inf"):
            raise ValueError(
                f"width_multiplier={width_multiplier!r}: give a number of at least 1/32, "
                "so that at least one of the first layer's 32 channels is left"
            )
        channels = int(32 * width_multiplier)
        self.stem = ConvNormAct(1, channels)
        block = DepthwiseSeparableConv2d if separable else ConvNormAct
        self.blocks = nn.Sequential()
        for full_width, stride in BLOCKS[:7]:
            out_channels = int(full_width * width_multiplier)
            self.blocks.append(block(channels, out_channels, stride=stride))
            channels = out_channels
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(channels, CLASSES)
        self.apply(initialize)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return logits (N, 10) for images (N, 1, H, W)."""
        features = self.blocks(self.stem(images))  # (N, C, H / 8, W / 8), rounded up
        logits: torch.Tensor = self.classifier(self.pool(features).flatten(1))  # (N, 10)
        return logits


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Run the code of a `with` with torch's random numbers of a seed.

    Only the random numbers on the CPU are seeded. Afterwards torch's generator is as it was.

    Args:
        seed: A whole number from 0 to `2**63 - 1`.

    Raises:
        ValueError: If `seed` is out of that range.

    Examples:
        >>> import torch
        >>> from mobilenet.digits import DigitsNet, seeded
        >>> with seeded(3):
        ...     first = DigitsNet()
        >>> with seeded(3):
        ...     second = DigitsNet()
        >>> torch.equal(first.stem.conv.weight, second.stem.conv.weight)
        True
    """
    if not 0 <= seed < 2**63:
        raise ValueError(f"seed={seed!r}: give a whole number from 0 to 2**63 - 1")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


@dataclass(frozen=True)
class Epoch:
    """The results of one pass over the training images.

    Attributes:
        epoch: The epoch's number, from 1.
        loss: The cross-entropy in nats, averaged over the training images, each at its turn.
        accuracy: The fraction of the training images that were right at their turn, 0 to 1.
        test_accuracy: The fraction of the test images that are right after the epoch, 0 to 1.
        seconds: The time that training and test took.

    Examples:
        >>> from mobilenet.digits import Epoch
        >>> Epoch(epoch=1, loss=1.25, accuracy=0.6, test_accuracy=0.75, seconds=0.9).accuracy
        0.6
    """

    epoch: int
    loss: float
    accuracy: float
    test_accuracy: float
    seconds: float


class TrainingRun:
    """A training run that can be stopped after any epoch and resumed later.

    Iterating over it trains: each step is an epoch, and returns its results. The optimizer is
    AdamW, with a learning rate that rises for the first three tenths of the run and then
    falls to almost nothing (Smith and Topin, arXiv:1708.07120). All batches have the same
    size, give or take one image. Everything random, the order of the images and a model's
    dropout, comes from `seed`; torch's own generator stays as it was. So the same model with
    the same arguments ends with the same weights, to the bit on the same machine with the
    same PyTorch and number of threads. The model is in eval mode after each epoch.

    Args:
        model: A module that takes images (N, 1, 32, 32) and returns logits (N, 10). It is
            trained in place.
        training: The images to train with.
        test: The images to test with after each epoch.
        epochs: Passes over the training images.
        seed: A whole number from 0 to `2**63 - 1`.
        batch_size: Images in a batch, at most.
        learning_rate: The highest learning rate of the schedule.
        progress: Whether to show a bar, as `mobilenet.progress.ProgressBar` does.

    Attributes:
        records: The results of the epochs that are done.

    Raises:
        ValueError: If a number is out of its range; while training, if the model returns
            another shape, or the loss is no longer finite.
        ImportError: If there is a bar to show, and tqdm is not installed.

    Examples:
        >>> import torch
        >>> from mobilenet.digits import DigitsNet, Split, TrainingRun
        >>> data = Split(torch.rand(20, 1, 32, 32), torch.arange(20) % 10)
        >>> run = TrainingRun(DigitsNet(), data, data, epochs=3, seed=0)
        >>> first = next(iter(run))
        >>> later = TrainingRun(DigitsNet(), data, data, epochs=3, seed=0)
        >>> later.load_state_dict(run.state_dict())
        >>> [record.epoch for record in later]
        [2, 3]
    """

    def __init__(
        self,
        model: nn.Module,
        training: Split,
        test: Split,
        *,
        epochs: int,
        seed: int,
        batch_size: int = 32,
        learning_rate: float = 0.01,
        progress: bool = True,
    ) -> None:
        for name, value in (("epochs", epochs), ("batch_size", batch_size)):
            if value < 1:
                raise ValueError(f"{name}={value!r}: give a whole number of at least 1")
        if not 0 < learning_rate < float("inf"):
            raise ValueError(f"learning_rate={learning_rate!r}: give a number above 0")
        self.model, self.training, self.test = model, training, test
        self.epochs, self.learning_rate, self.progress = epochs, learning_rate, progress
        self.batches = math.ceil(len(training) / batch_size)
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, learning_rate, total_steps=epochs * self.batches
        )
        with seeded(seed):
            self.random = torch.get_rng_state()
        self.records: list[Epoch] = []

    def __iter__(self) -> Iterator[Epoch]:
        done = len(self.records)
        total = self.epochs * self.batches
        with ProgressBar(total, done * self.batches, shown=self.progress) as bar:
            for epoch in range(done + 1, self.epochs + 1):
                bar.say(f"epoch {epoch}/{self.epochs}", self._result())
                self.records.append(self._epoch(epoch, bar.step))
                bar.say(f"epoch {epoch}/{self.epochs}", self._result())
                yield self.records[-1]

    def _result(self) -> str:
        if not self.records:
            return ""
        last = self.records[-1]
        return f"loss {last.loss:.3f}, test accuracy {last.test_accuracy:.1%}"

    def _epoch(self, epoch: int, step: Callable[[], None]) -> Epoch:
        started, loss_sum, right = time.perf_counter(), 0.0, 0
        self.model.train()
        with torch.random.fork_rng(devices=[]):
            torch.set_rng_state(self.random)
            order = torch.randperm(len(self.training)).tensor_split(self.batches)
            for indices in order:
                labels = self.training.labels[indices]
                logits = _logits(self.model, self.training.images[indices])
                loss = F.cross_entropy(logits, labels)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
                self.schedule.step()
                loss_sum += loss.item() * len(labels)
                right += int((logits.argmax(1) == labels).sum())
                if not math.isfinite(loss_sum):
                    raise ValueError(
                        f"the loss is {loss.item()} in epoch {epoch}: give a learning_rate "
                        f"below {self.learning_rate}"
                    )
                step()
            self.random = torch.get_rng_state()
        self.model.eval()
        return Epoch(
            epoch,
            loss_sum / len(self.training),
            right / len(self.training),
            accuracy(self.model, self.test),
            time.perf_counter() - started,
        )

    def state_dict(self) -> dict[str, Any]:
        """Return everything that is needed to resume.

        Returns:
            Tensors and plain values; the model's weights are under the key `model`.
        """
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "random": self.random,
            "records": [asdict(record) for record in self.records],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Resume where another run was when its `state_dict` was called.

        The model and the arguments have to be the same as in that run; the state does not
        contain them.

        Args:
            state: What `state_dict` returned.
        """
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.random = state["random"]
        self.records = [Epoch(**record) for record in state["records"]]


def train(
    model: nn.Module,
    training: Split,
    test: Split,
    *,
    epochs: int,
    seed: int,
    batch_size: int = 32,
    learning_rate: float = 0.01,
    progress: bool = True,
) -> list[Epoch]:
    """Train a model in place, and leave it in eval mode.

    `TrainingRun` describes how it trains.

    Args:
        model: A module that takes images (N, 1, 32, 32) and returns logits (N, 10).
        training: The images to train with.
        test: The images to test with after each epoch.
        epochs: Passes over the training images.
        seed: A whole number from 0 to `2**63 - 1`, from which everything random comes.
        batch_size: Images in a batch, at most.
        learning_rate: The highest learning rate of the schedule.
        progress: Whether to show a bar.

    Returns:
        The results of each epoch.

    Raises:
        ValueError: In the same cases as `TrainingRun`.
        ImportError: If there is a bar to show, and tqdm is not installed.

    Examples:
        >>> import torch
        >>> from mobilenet.digits import DigitsNet, Split, seeded, train
        >>> data = Split(torch.rand(20, 1, 32, 32), torch.arange(20) % 10)
        >>> with seeded(0):
        ...     model = DigitsNet()
        >>> [record.epoch for record in train(model, data, data, epochs=2, seed=0)]
        [1, 2]
    """
    return list(
        TrainingRun(
            model,
            training,
            test,
            epochs=epochs,
            seed=seed,
            batch_size=batch_size,
            learning_rate=learning_rate,
            progress=progress,
        )
    )


@torch.no_grad()
def predict(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Return the digit that each image shows, according to the model in eval mode.

    Afterwards the model is in the mode that it was in before.

    Args:
        model: A module that takes images (N, 1, 32, 32) and returns logits (N, 10).
        images: Images (N, 1, 32, 32).

    Returns:
        The digits (N,), int64.

    Raises:
        ValueError: If the model returns another shape.

    Examples:
        >>> import torch
        >>> from mobilenet.digits import DigitsNet, predict
        >>> predict(DigitsNet(), torch.zeros(3, 1, 32, 32)).shape
        torch.Size([3])
    """
    was_training = model.training
    model.eval()
    try:
        return torch.cat([_logits(model, part).argmax(1) for part in images.split(256)])
    finally:
        model.train(was_training)


def accuracy(model: nn.Module, split: Split) -> float:
    """Return the fraction of the images that the model gets right.

    Args:
        model: A module that takes images (N, 1, 32, 32) and returns logits (N, 10).
        split: The images and their labels.

    Returns:
        A number from 0 to 1.

    Raises:
        ValueError: If the model returns another shape.

    Examples:
        >>> import torch
        >>> from mobilenet.digits import Split, accuracy
        >>> class AlwaysSeven(torch.nn.Module):
        ...     def forward(self, images):
        ...         return torch.eye(10)[[7] * len(images)]
        >>> accuracy(AlwaysSeven(), Split(torch.rand(4, 1, 32, 32), torch.tensor([7, 1, 7, 7])))
        0.75
    """
    return int((predict(model, split.images) == split.labels).sum()) / len(split)


def confusion(model: nn.Module, split: Split) -> torch.Tensor:
    """Count how many images of each digit the model takes for which digit.

    Args:
        model: A module that takes images (N, 1, 32, 32) and returns logits (N, 10).
        split: The images and their labels.

    Returns:
        Counts (10, 10), int64, with a row for each label and a column for each prediction.
        The right answers are on the diagonal.

    Raises:
        ValueError: If the model returns another shape.

    Examples:
        >>> import torch
        >>> from mobilenet.digits import Split, confusion
        >>> class AlwaysSeven(torch.nn.Module):
        ...     def forward(self, images):
        ...         return torch.eye(10)[[7] * len(images)]
        >>> data = Split(torch.rand(4, 1, 32, 32), torch.tensor([7, 1, 7, 7]))
        >>> confusion(AlwaysSeven(), data)[[1, 7], 7]
        tensor([1, 3])
    """
    pairs = split.labels * CLASSES + predict(model, split.images)
    return pairs.bincount(minlength=CLASSES * CLASSES).view(CLASSES, CLASSES)


def _logits(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    logits: torch.Tensor = model(images)
    wanted = (len(images), CLASSES)
    if tuple(logits.shape) != wanted:
        raise ValueError(
            f"the model gives the shape {tuple(logits.shape)} for {len(images)} images, and "
            f"{wanted} is wanted: logits, a row for each image"
        )
    return logits
