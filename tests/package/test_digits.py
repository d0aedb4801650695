"""The digits, the network for them and its training: what somebody who uses them can count on."""

import subprocess
import sys
from typing import Any, ClassVar

import pytest
import torch
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from torch import Tensor, nn

from mobilenet import MobileNetV1
from mobilenet.blocks import ConvNormAct, DepthwiseSeparableConv2d
from mobilenet.cost import model_cost
from mobilenet.digits import (
    DigitsNet,
    Split,
    accuracy,
    confusion,
    load_digits,
    predict,
    seeded,
    train,
)
from mobilenet.optional import needed
from tests.project import ROOT

Splits = tuple[Split, Split]


@pytest.fixture(scope="module")
def digits() -> Splits:
    return load_digits()


def make_network(seed: int = 0) -> DigitsNet:
    with seeded(seed):
        return DigitsNet()


class TestData:
    def test_each_image_is_in_one_part(self, digits: Splits) -> None:
        """The two parts are scikit-learn's 1,797 images, none twice and none left out."""
        pixels = torch.cat([split.images for split in digits]).flatten(1)
        assert len(pixels.unique(dim=0)) == len(pixels) == 1797
        original = needed("sklearn.datasets").load_digits().data / 16
        # Enlarging keeps an image's mean but for its border, which is nearly always empty.
        assert pixels.mean().item() == pytest.approx(original.mean(), rel=0.02)

    def test_a_quarter_of_each_digit_is_tested(self, digits: Splits) -> None:
        """A quarter of each digit's images, give or take one, is for the test."""
        inside, total = (
            torch.cat(labels).bincount()
            for labels in ([digits[1].labels], [split.labels for split in digits])
        )
        assert ((inside - total / 4).abs() < 1).all()

    def test_values(self, digits: Splits) -> None:
        """Images are floats from 0 to 1 of 32x32 pixels, labels as cross_entropy wants them."""
        for split in digits:
            assert split.images.shape == (len(split), 1, 32, 32)
            assert [split.images.min().item(), split.images.max().item()] == [0, 1]
            assert (split.images.dtype, split.labels.dtype) == (torch.float32, torch.int64)

    def test_same_each_time(self, digits: Splits) -> None:
        """The parts do not depend on torch's random numbers."""
        torch.manual_seed(1)
        for split, again in zip(digits, load_digits(), strict=True):
            assert torch.equal(split.images, again.images)
            assert torch.equal(split.labels, again.labels)

    def test_without_scikit_learn(self) -> None:
        """The error says how to get it, and the rest of the module does without."""
        code = (
            "import sys; sys.modules['sklearn'] = None\n"
            "from mobilenet.digits import DigitsNet, load_digits\n"
            "DigitsNet()\n"
            "try: load_digits()\n"
            "except ImportError as error: print(error)\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.stdout == "scikit-learn is needed for this: pip install scikit-learn\n"

    @pytest.mark.parametrize(("labels", "message"), [([1], "2 images and 1 labels"), ([], "one")])
    def test_wrong_split(self, labels: list[int], message: str) -> None:
        """A split has at least one image, and a label for each."""
        with pytest.raises(ValueError, match=message):
            Split(torch.zeros(2 * len(labels), 1, 32, 32), torch.tensor(labels))


class TestDigitsNet:
    @pytest.mark.parametrize(
        ("separable", "parameters", "mult_adds"),
        # By hand from Table 1 of the paper, a quarter of its channels: 8, then 16, 32, 32,
        # 64, 64, 128 and 128, on maps of 32, 32, 16, 16, 8, 8, 4 and 4 pixels a side.
        [(True, 38_474, 1_652_992), (False, 293_762, 11_871_488)],
    )
    def test_cost(self, separable: bool, parameters: int, mult_adds: int) -> None:
        """The network has the paper's costs with separable and with standard convolutions."""
        found = model_cost(DigitsNet(separable), (1, 32, 32))
        assert (parameters, mult_adds) == (found.parameters, found.mult_adds)

    def test_two_networks_differ_in_their_blocks_alone(self) -> None:
        """In place of each separable convolution the other has a standard one."""
        separable, standard = DigitsNet(), DigitsNet(separable=False)
        assert str(separable.stem) == str(standard.stem)
        assert str(separable.classifier) == str(standard.classifier)
        assert {type(block) for block in separable.blocks} == {DepthwiseSeparableConv2d}
        assert {type(block) for block in standard.blocks} == {ConvNormAct}

    def test_width_multiplier(self) -> None:
        """Twice the width is twice the channels, and no channel is not allowed."""
        narrow, wide = DigitsNet(width_multiplier=0.25), DigitsNet(width_multiplier=0.5)
        assert wide.classifier.in_features == 2 * narrow.classifier.in_features
        for wrong in (0.03, -1, float("nan"), float("inf")):
            with pytest.raises(ValueError, match=f"width_multiplier={wrong}: give"):
                DigitsNet(width_multiplier=wrong)


class TestTraining:
    @pytest.mark.parametrize(
        "build", [DigitsNet, lambda: DigitsNet(separable=False), lambda: MobileNetV1(10, 0.25, 1)]
    )
    def test_learns(self, small_digits: Splits, build: Any) -> None:
        """Each network learns its training images by heart, as its records say."""
        with seeded(0):
            model = build()
        records = train(model, *small_digits, epochs=20, seed=0, batch_size=10, progress=False)
        assert [record.epoch for record in records] == list(range(1, 21))
        assert records[-1].test_accuracy == accuracy(model, small_digits[1]) == 1
        assert records[-1].loss < records[0].loss / 4
        assert not model.training

    def test_same_seed_same_weights(self, small_digits: Splits) -> None:
        """A seed decides the weights to the bit, whatever else draws random numbers."""

        def train_with(seed: int) -> Tensor:
            with seeded(0):
                model = nn.Sequential(DigitsNet(), nn.Dropout())
            torch.rand(3)
            train(model, *small_digits, epochs=2, seed=seed, batch_size=16, progress=False)
            return nn.utils.parameters_to_vector(model.parameters())

        weights = train_with(1)
        assert torch.equal(weights, train_with(1))
        assert not torch.equal(weights, train_with(2))

    def test_leaves_the_random_numbers_alone(self, small_digits: Splits) -> None:
        """What a program draws afterwards is what it would have drawn without the training."""
        torch.manual_seed(5)
        expected = torch.rand(3)
        torch.manual_seed(5)
        train(make_network(5), *small_digits, epochs=2, seed=0, progress=False)
        assert torch.equal(expected, torch.rand(3))

    def test_loss_and_accuracy_of_an_epoch(self, small_digits: Splits) -> None:
        """Before anything is learned, they are those of the model in training mode."""
        images, labels = small_digits[0].images, small_digits[0].labels
        logits = make_network()(images)
        options: dict[str, Any] = {"batch_size": len(images), "learning_rate": 1e-9}
        (record,) = train(make_network(), *small_digits, epochs=1, seed=0, **options)
        expected = nn.functional.cross_entropy(logits, labels).item()
        assert record.loss == pytest.approx(expected, rel=1e-4)
        assert record.accuracy == (logits.argmax(1) == labels).double().mean().item()

    def test_each_image_once_an_epoch(self, small_digits: Splits) -> None:
        """The order changes with the epoch, and the batches are as large as each other."""
        batches: list[Tensor] = []
        model = nn.Sequential(nn.Flatten(), nn.Linear(1024, 10))
        model.register_forward_pre_hook(lambda net, args: batches.extend(args * net.training))
        train(model, *small_digits, epochs=2, seed=0, batch_size=13, progress=False)
        assert [len(batch) for batch in batches] == [12] * 8
        first, second = torch.cat(batches).flatten(1).chunk(2)
        assert not torch.equal(first, second)
        expected = small_digits[0].images.flatten(1).unique(dim=0)
        assert torch.equal(expected, first.unique(dim=0))
        assert torch.equal(expected, second.unique(dim=0))

    def test_network_with_other_logits(self, small_digits: Splits) -> None:
        """A model that does not give a row of logits for each image is refused with its shape."""
        model = nn.Conv2d(1, 10, 16, stride=16)
        message = r"the shape \(48, 10, 2, 2\) for 48 images, and \(48, 10\)"
        with pytest.raises(ValueError, match=message):
            train(model, *small_digits, epochs=1, seed=0, batch_size=48, progress=False)
        with pytest.raises(ValueError, match=message):
            predict(model, small_digits[0].images)

    @pytest.mark.parametrize(
        ("name", "value", "message"),
        [
            ("epochs", 0, "epochs=0: give a"),
            ("batch_size", 0, "batch_size=0: give a"),
            ("learning_rate", float("nan"), "learning_rate=nan: give a"),
            ("learning_rate", 1e30, r"in epoch \d: give a learning_rate below 1e\+30"),
            ("seed", 2**64, f"seed={2**64}: give a"),
        ],
    )
    def test_wrong_argument(
        self, small_digits: Splits, name: str, value: float, message: str
    ) -> None:
        """An argument that is out of its range is named, with what is wanted."""
        arguments: dict[str, Any] = {"epochs": 9, "seed": 0, "progress": False, name: value}
        with pytest.raises(ValueError, match=message):
            train(DigitsNet(), *small_digits, **arguments)


class TestEvaluation:
    def test_accuracy_and_confusion(self) -> None:
        """A row is what an image shows, a column what it is taken for."""
        labels, predicted = torch.tensor([3, 1, 4, 1, 1]), torch.tensor([3, 7, 4, 7, 1])
        # Each image is its own logits, in its first ten pixels.
        images = nn.functional.one_hot(predicted, 1024).float().view(-1, 1, 32, 32)
        linear = nn.Linear(1024, 10, bias=False)
        nn.init.eye_(linear.weight)
        model = nn.Sequential(nn.Flatten(), linear)
        expected = torch.zeros(10, 10, dtype=torch.int64)
        expected[[3, 4, 1, 1], [3, 4, 1, 7]] = torch.tensor([1, 1, 1, 2])
        assert torch.equal(expected, confusion(model, Split(images, labels)))
        assert accuracy(model, Split(images, labels)) == 0.6

    @pytest.mark.parametrize("training", [True, False])
    def test_predicts_as_in_inference(self, digits: Splits, training: bool) -> None:
        """An image's answer does not depend on the others, and the model keeps its mode."""
        images = digits[1].images[:300]  # more than are run at once
        model = make_network().train(training)
        found = predict(model, images)
        assert model.training == training
        alone = torch.cat([predict(model, image[None]) for image in images[::30]])
        assert torch.equal(alone, found[::30])
        assert not found.requires_grad


class WatchingClient(NotebookClient):
    """Keeps what is shown while a notebook runs."""

    shown: ClassVar[list[str]] = []

    def process_message(self, msg: dict[str, Any], *arguments: Any) -> Any:
        if msg["msg_type"] in ("display_data", "update_display_data"):
            self.shown.append(msg["content"]["data"]["text/plain"])
        return super().process_message(msg, *arguments)


class TestProgress:
    def test_outside_a_notebook(
        self,
        small_digits: Splits,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A file gets nothing; a terminal's bar comes to its end, and says the accuracy."""
        train(DigitsNet(), *small_digits, epochs=1, seed=0)
        assert capsys.readouterr() == ("", "")
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        train(DigitsNet(), *small_digits, epochs=2, seed=0, batch_size=20)
        last = capsys.readouterr().err.rstrip("\n").split("\r")[-1]
        assert last.startswith("epoch 2/2 100%|")
        assert "test accuracy" in last

    def test_in_a_notebook(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The bar is seen while the cell runs, and the notebook keeps nothing of it."""
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        monkeypatch.delenv("TQDM_DISABLE", raising=False)
        cell = new_code_cell(
            "from mobilenet.progress import ProgressBar\n"
            "print('before')\n"
            "with ProgressBar(total=2) as bar:\n"
            "    bar.say('epoch 1/2')\n"
            "    bar.step()\n"
        )
        WatchingClient(new_notebook(cells=[cell]), kernel_name="python3").execute()
        assert any(text.startswith("epoch 1/2") for text in WatchingClient.shown)
        kept = [output.get("text", output.get("data")) for output in cell.outputs]
        assert kept == ["before\n", {"text/plain": ""}]
