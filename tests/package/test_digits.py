"""The labs' data, network and training: what a reader who uses them elsewhere can count on."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import Any

import pytest
import torch
from nbclient import NotebookClient
from nbformat import from_dict
from torch import nn

from mobilenet import MobileNetV1
from mobilenet.blocks import ConvNormAct, DepthwiseSeparableConv2d
from mobilenet.cost import model_cost
from mobilenet.digits import (
    DigitsNet,
    Epoch,
    Split,
    TrainingRun,
    accuracy,
    confusion,
    load_digits,
    predict,
    seeded,
    train,
)
from mobilenet.optional import needed
from tests.site.built import ROOT


@pytest.fixture(scope="module")
def digits() -> tuple[Split, Split]:
    return load_digits()


@pytest.fixture(scope="module")
def few(digits: tuple[Split, Split]) -> Split:
    """So few images that an epoch takes no time."""
    training, _ = digits
    return Split(training.images[:40], training.labels[:40])


def net(seed: int) -> DigitsNet:
    with seeded(seed):
        return DigitsNet()


class AsDrawn(nn.Module):
    """Takes each image for the digit that its first pixel names, in tenths."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return torch.eye(10)[(10 * images[:, 0, 0, 0]).round().long()]


def drawn(labels: list[int], taken_for: list[int]) -> Split:
    images = torch.zeros(len(labels), 1, 32, 32)
    images[:, 0, 0, 0] = torch.tensor(taken_for) / 10
    return Split(images, torch.tensor(labels))


class Rows(nn.Module):
    """Positions as rows, as VER2 has them: (N, C, H, W) in, (N H W, C) out."""

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        return maps.permute(0, 2, 3, 1).flatten(0, 2)


class Watching(NotebookClient):
    """Notes down what is shown while a notebook runs."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.shown: list[str] = []

    def process_message(self, msg: dict[str, Any], *arguments: Any) -> Any:
        if msg["msg_type"] in ("display_data", "update_display_data"):
            self.shown.append(msg["content"]["data"]["text/plain"])
        return super().process_message(msg, *arguments)


class TestData:
    def test_each_image_is_in_one_part(self, digits: tuple[Split, Split]) -> None:
        """The two parts are scikit-learn's 1,797 images, none twice and none left out."""
        training, test = digits
        assert len(training) + len(test) == 1797
        averages = [image.mean().item() for split in digits for image in split.images.double() / 16]
        original = needed("sklearn.datasets").load_digits().images / 16 / 16
        # Enlarging keeps an image's mean but for its border, which is nearly always empty.
        assert sum(averages) == pytest.approx(original.mean(axis=(1, 2)).sum(), rel=0.02)
        pixels = torch.cat([split.images for split in digits]).flatten(1)
        assert len(pixels.unique(dim=0)) == 1797

    def test_every_digit_is_tested_alike(self, digits: tuple[Split, Split]) -> None:
        """A quarter of each digit's images is for the test, give or take one."""
        training, test = digits
        for digit in range(10):
            inside, outside = (int((split.labels == digit).sum()) for split in (test, training))
            assert abs(inside - (inside + outside) / 4) < 1

    def test_values(self, digits: tuple[Split, Split]) -> None:
        """Floats from 0 to 1, of one channel and 32x32 pixels, labels as cross_entropy wants."""
        for split in digits:
            assert split.images.shape == (len(split), 1, 32, 32)
            assert [split.images.min().item(), split.images.max().item()] == [0, 1]
            assert split.images.dtype == torch.float32
            assert split.labels.dtype == torch.int64

    def test_label_belongs_to_image(self, digits: tuple[Split, Split]) -> None:
        """Images that look alike have the same label: the nearest neighbor's is nearly always."""
        training, test = digits
        distances = torch.cdist(test.images.flatten(1), training.images.flatten(1))
        nearest = training.labels[distances.argmin(1)]
        assert (nearest == test.labels).float().mean() > 0.95

    def test_is_always_the_same(self, digits: tuple[Split, Split]) -> None:
        """Whatever torch's generator is at."""
        torch.manual_seed(1)
        for split, again in zip(digits, load_digits(), strict=True):
            assert torch.equal(split.images, again.images)
            assert torch.equal(split.labels, again.labels)

    def test_without_scikit_learn(self) -> None:
        """The error says how to get it, and the rest of the package does without."""
        code = (
            "import sys; sys.modules['sklearn'] = None\n"
            "from mobilenet.digits import DigitsNet, load_digits\n"
            "DigitsNet()\n"
            "try: load_digits()\n"
            "except ImportError as error: print(error)\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.stdout == "scikit-learn is needed for this: pip install scikit-learn\n"

    def test_a_label_for_each_image(self) -> None:
        """Parts that do not fit together are refused, and empty ones."""
        with pytest.raises(ValueError, match="2 images and 1 labels"):
            Split(torch.zeros(2, 1, 32, 32), torch.tensor([1]))
        with pytest.raises(ValueError, match="at least one"):
            Split(torch.zeros(0, 1, 32, 32), torch.tensor([]))


class TestDigitsNet:
    @pytest.mark.parametrize(
        ("separable", "parameters", "mult_adds"),
        # By hand from Table 1 of the paper, a quarter of its channels: 8, then 16, 32, 32,
        # 64, 64, 128 and 128, on maps of 32, 32, 16, 16, 8, 8, 4 and 4 pixels a side.
        [(True, 38_474, 1_652_992), (False, 293_762, 11_871_488)],
    )
    def test_cost(self, separable: bool, parameters: int, mult_adds: int) -> None:
        """What separable convolutions save in this network."""
        found = model_cost(DigitsNet(separable).eval(), (1, 32, 32))
        assert (parameters, mult_adds) == (found.parameters, found.mult_adds)

    def test_the_twins_differ_in_their_blocks_alone(self) -> None:
        """Where one has a separable convolution, the other has a full one of the same shape."""
        separable, full = DigitsNet(), DigitsNet(separable=False)
        images = torch.rand(2, 1, 32, 32)
        for ours, theirs in zip(separable.blocks, full.blocks, strict=True):
            assert isinstance(ours, DepthwiseSeparableConv2d)
            assert isinstance(theirs, ConvNormAct)
        maps = full.stem(images), separable.stem(images)
        for ours, theirs in zip(separable.blocks, full.blocks, strict=True):
            maps = ours(maps[0]), theirs(maps[1])
            assert maps[0].shape == maps[1].shape
        assert str(separable.stem) == str(full.stem)
        assert str(separable.classifier) == str(full.classifier)

    def test_width_multiplier(self) -> None:
        """Twice the width is twice the channels everywhere; none is not allowed."""
        narrow, wide = DigitsNet(width_multiplier=0.25), DigitsNet(width_multiplier=0.5)
        assert wide.classifier.in_features == 2 * narrow.classifier.in_features
        for wrong in (0.03, -1, float("nan"), float("inf")):
            with pytest.raises(ValueError, match=f"width_multiplier={wrong}: give"):
                DigitsNet(width_multiplier=wrong)


class TestTraining:
    def test_learns(self, few: Split) -> None:
        """What it was trained on, it knows; both networks do."""
        for separable in (True, False):
            with seeded(0):
                model = DigitsNet(separable)
            records = train(model, few, few, epochs=20, seed=0, batch_size=10, progress=False)
            assert records[-1].test_accuracy == 1
            assert records[-1].loss < records[0].loss / 4

    def test_same_seed_same_weights(self, few: Split) -> None:
        """To the bit, whatever else draws random numbers; another seed gives others."""

        def weights(seed: int) -> torch.Tensor:
            with seeded(0):
                model = nn.Sequential(DigitsNet(), nn.Dropout())
            torch.rand(3)
            train(model, few, few, epochs=2, seed=seed, batch_size=16, progress=False)
            return nn.utils.parameters_to_vector(model.parameters())

        first = weights(1)
        assert torch.equal(first, weights(1))
        assert not torch.equal(first, weights(2))

    def test_leaves_the_random_numbers_alone(self, few: Split) -> None:
        """What a program draws after a training is what it would have drawn without it."""
        torch.manual_seed(5)
        expected = torch.rand(3)
        torch.manual_seed(5)
        for _ in TrainingRun(net(5), few, few, epochs=2, seed=0, progress=False):
            pass
        assert torch.equal(expected, torch.rand(3))

    def test_records(self, few: Split) -> None:
        """One for each epoch; the last says of the test what the model says afterwards."""
        model = net(0)
        test = Split(few.images[:15], few.labels[:15])
        records = train(model, few, test, epochs=3, seed=0, progress=False)
        assert [record.epoch for record in records] == [1, 2, 3]
        assert records[-1].test_accuracy == accuracy(model, test)
        assert all(isinstance(record, Epoch) and record.seconds > 0 for record in records)
        assert not model.training

    def test_loss_and_accuracy_of_an_epoch(self, few: Split) -> None:
        """Before anything is learned, they are those of the model as it came."""
        model = net(0)
        untouched = net(0)
        logits = untouched(few.images)  # in training mode, as one batch
        (record,) = train(
            model, few, few, epochs=1, seed=0, batch_size=40, learning_rate=1e-9, progress=False
        )
        expected = nn.functional.cross_entropy(logits, few.labels).item()
        assert record.loss == pytest.approx(expected, rel=1e-4)
        assert record.accuracy == (logits.argmax(1) == few.labels).float().mean().item()

    def test_each_image_once_an_epoch(self, few: Split) -> None:
        """In another order each time, in batches as large as each other; none of a single image."""

        class Watched(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.seen: list[torch.Tensor] = []
                self.layer = nn.Linear(1024, 10)

            def forward(self, images: torch.Tensor) -> torch.Tensor:
                if self.training:
                    self.seen.append(images)
                logits: torch.Tensor = self.layer(images.flatten(1))
                return logits

        model = Watched()
        train(model, few, few, epochs=2, seed=0, batch_size=13, progress=False)
        assert [len(batch) for batch in model.seen] == [10] * 8
        first, second = torch.cat(model.seen[:4]), torch.cat(model.seen[4:])
        assert not torch.equal(first, second)
        for epoch in (first, second):
            everything = torch.cat([epoch, few.images]).flatten(1)
            assert len(everything.unique(dim=0)) == len(few)

    def test_goes_on_where_it_was_stopped(self, few: Split) -> None:
        """Weights and records are those of a training in one go, to the bit."""
        whole = TrainingRun(net(0), few, few, epochs=4, seed=0, progress=False)
        list(whole)
        stopped = TrainingRun(net(0), few, few, epochs=4, seed=0, progress=False)
        for record in stopped:
            if record.epoch == 2:
                break
        later = TrainingRun(net(9), few, few, epochs=4, seed=9, progress=False)
        later.load_state_dict(stopped.state_dict())
        list(later)
        for name, tensor in whole.model.state_dict().items():
            assert torch.equal(tensor, later.model.state_dict()[name]), name
        assert [record.loss for record in whole.records] == [r.loss for r in later.records]

    def test_any_network(self, few: Split) -> None:
        """The paper's network learns from the same data."""
        model = MobileNetV1(10, 0.25, in_channels=1)
        assert len(train(model, few, few, epochs=1, seed=0, progress=False)) == 1

    def test_a_network_with_other_logits(self, few: Split) -> None:
        """What VER2 does with its feature map, rows that are no images, is named."""
        model = nn.Sequential(nn.Conv2d(1, 10, 16, stride=16), Rows())
        with pytest.raises(
            ValueError, match=r"the shape \(160, 10\) for 40 images, and \(40, 10\)"
        ):
            train(model, few, few, epochs=1, seed=0, batch_size=40, progress=False)
        with pytest.raises(ValueError, match=r"the shape \(160, 10\)"):
            predict(model, few.images)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("epochs", 0),
            ("batch_size", 0),
            ("learning_rate", 0.0),
            ("learning_rate", float("nan")),
            ("seed", -1),
            ("seed", 2**64),
        ],
    )
    def test_arguments(self, few: Split, name: str, value: float) -> None:
        """One that is out of its range is named, with what is wanted."""
        arguments = {"epochs": 1, "seed": 0, "progress": False} | {name: value}
        with pytest.raises(ValueError, match=f"{name}={value}: give a"):
            train(DigitsNet(), few, few, **arguments)  # type: ignore[arg-type]

    def test_a_training_that_fails(self, few: Split) -> None:
        """A loss that is no number any more ends it, with what to do about it."""
        with pytest.raises(ValueError, match=r"in epoch \d: give a learning_rate below 1e\+30"):
            train(DigitsNet(), few, few, epochs=9, seed=0, learning_rate=1e30, progress=False)


class TestEvaluation:
    def test_accuracy(self) -> None:
        """The share that is right."""
        assert accuracy(AsDrawn(), drawn([3, 1, 4, 1], taken_for=[3, 7, 4, 1])) == 0.75

    def test_confusion(self) -> None:
        """A row for what it is, a column for what it is taken for."""
        found = confusion(AsDrawn(), drawn([3, 1, 4, 1, 1], taken_for=[3, 7, 4, 7, 1]))
        expected = torch.zeros(10, 10, dtype=torch.int64)
        expected[3, 3] = expected[4, 4] = expected[1, 1] = 1
        expected[1, 7] = 2
        assert torch.equal(expected, found)

    @pytest.mark.parametrize("training", [True, False])
    def test_predicts_as_in_inference(self, digits: tuple[Split, Split], training: bool) -> None:
        """An image's answer does not depend on the others, and the model keeps its mode."""
        images = digits[1].images[:300]  # more than are run at once
        model = net(0).train(training)
        found = predict(model, images)
        assert model.training == training
        alone = torch.cat([predict(model, image[None]) for image in images[::30]])
        assert torch.equal(alone, found[::30])
        assert not found.requires_grad


class TestProgress:
    def test_in_a_terminal(self, few: Split, monkeypatch: pytest.MonkeyPatch) -> None:
        """The bar comes to its end, and says how good the network is."""

        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        train(DigitsNet(), few, few, epochs=2, seed=0, batch_size=20)
        last = terminal.getvalue().rstrip("\n").split("\r")[-1]
        assert last.startswith("epoch 2/2 100%|")
        assert "test accuracy" in last

    def test_in_a_file(self, few: Split, capsys: pytest.CaptureFixture[str]) -> None:
        """Where nobody watches, nothing is written."""
        train(DigitsNet(), few, few, epochs=1, seed=0)
        assert capsys.readouterr() == ("", "")

    def test_in_a_notebook(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The bar is seen while the cell runs, and the notebook keeps nothing of it."""
        source = (
            "from mobilenet.progress import ProgressBar\n"
            "print('before')\n"
            "with ProgressBar(total=2) as bar:\n"
            "    bar.say('epoch 1/2')\n"
            "    bar.step()\n"
        )
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        monkeypatch.delenv("TQDM_DISABLE", raising=False)
        cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "id": "a"}
        notebook = from_dict({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        client = Watching(notebook, kernel_name="python3")
        client.execute()
        assert any(text.startswith("epoch 1/2") for text in client.shown)
        kept = [output.get("text", output.get("data")) for output in notebook.cells[0].outputs]
        assert kept == ["before\n", {"text/plain": ""}]
