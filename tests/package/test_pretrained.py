"""Published checkpoints in MobileNetV1, images for them, and the names of their classes."""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import save, save_file
from torch import Tensor, nn

from mobilenet import MobileNetV1
from mobilenet.pretrained import CHECKPOINTS, CLASSES, load, mobilenet_v1, top
from tests.commands import find_blocks
from tests.package.reference import BLOCKS, Layer, compute_features, make_weights, separable
from tests.project import ROOT

NAME = "mobilenetv1_100.ra4_e3600_r224_in1k"
WIDER = "mobilenetv1_125.ra4_e3600_r224_in1k"

State = dict[str, Tensor]


def list_timm_layers(width: float) -> list[Layer]:
    """Return the convolutions of timm's network under its names, for a width multiplier."""
    layers = [Layer("conv_stem", (int(32 * width), 3, 3, 3), 2, "bn1")]
    places = ["0.0", "1.0", "1.1", "2.0", "2.1", *(f"3.{n}" for n in range(6)), "4.0", "4.1"]
    for place, (full_in, full_out, stride) in zip(places, BLOCKS, strict=True):
        block = f"blocks.{place}"
        names = f"{block}.conv_dw", f"{block}.conv_pw"
        channels = int(full_in * width), int(full_out * width)
        layers += separable(*names, *channels, stride, f"{block}.bn1", f"{block}.bn2")
    return layers


@pytest.fixture(scope="module")
def state() -> State:
    """Return timm's entries, of a quarter of the width."""
    return make_weights(list_timm_layers(0.25), "classifier")


def make_network(num_classes: int = 1000, width: float = 0.25, **options: bool) -> MobileNetV1:
    return MobileNetV1(num_classes, width, activation=nn.ReLU6, **options)


def assert_refused(model: MobileNetV1, source: Any, *messages: str) -> None:
    """Assert that ``load`` refuses with these messages, and leaves every bit of the model."""
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with pytest.raises(ValueError, match=re.escape(messages[0])) as error:
        load(model, source)
    assert all(message in str(error.value) for message in messages), str(error.value)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


class TestLoad:
    @pytest.mark.parametrize(("name", "width"), [(NAME, 1.0), (WIDER, 1.25)])
    def test_outputs_are_timms(self, name: str, width: float) -> None:
        """With timm's 164 entries the network computes what timm's does."""
        layers = list_timm_layers(width)
        state = make_weights(layers, "classifier")
        images = torch.rand(2, 3, 64, 96, generator=torch.Generator().manual_seed(2)) * 2 - 1
        features = compute_features(layers, state, images, limit=6).mean((2, 3))
        expected = F.linear(features, state["classifier.weight"], state["classifier.bias"])
        model = mobilenet_v1(name, weights=state)
        assert len(state) == 164
        assert not model.training
        torch.testing.assert_close(model(images), expected)

    @pytest.mark.parametrize("training", [True, False])
    def test_own_names(self, training: bool) -> None:
        """What ``state_dict`` gives loads into any network, which keeps its mode."""
        trained, model = MobileNetV1(10, 0.5), MobileNetV1(10, 0.5).train(training)
        assert load(model, trained.state_dict()) is model
        assert model.training is training
        for name, value in trained.state_dict().items():
            assert torch.equal(value, model.state_dict()[name])

    def test_half_precision(self, state: State) -> None:
        """Halves become the model's floats, value by value."""
        halves = {k: v.half() if v.is_floating_point() else v for k, v in state.items()}
        bias = load(make_network(), halves).classifier.bias
        assert bias.dtype == torch.float32
        assert torch.equal(halves["classifier.bias"].float(), bias)

    @pytest.mark.parametrize("wrapper", ["state_dict", "state_dict_ema"])
    def test_checkpoint_of_a_training_run(self, state: State, tmp_path: Path, wrapper: str) -> None:
        """Of a file of timm's training the weights are taken, the averaged ones if it has them."""
        other = {name: value + 1 for name, value in state.items()}
        content: dict[str, Any] = {"args": argparse.Namespace(lr=0.1), "state_dict": other}
        torch.save({**content, wrapper: state}, tmp_path / "model_best.pth.tar")
        model = load(make_network(), tmp_path / "model_best.pth.tar")
        assert torch.equal(state["classifier.bias"], model.classifier.bias)


class TestFiles:
    @pytest.mark.parametrize("suffix", [".safetensors", ".pth", ".pt", ".bin", ".pth.tar"])
    def test_formats(self, state: State, tmp_path: Path, suffix: str) -> None:
        """A .safetensors file loads, and one of ``torch.save`` whatever its name ends in."""
        path = tmp_path / f"model{suffix}"
        (save_file if suffix == ".safetensors" else torch.save)(state, path)
        for source in (path, str(path)):
            weight = load(make_network(), source).get_parameter("blocks.10.pointwise.conv.weight")
            assert torch.equal(state["blocks.3.5.conv_pw.weight"], weight)

    @pytest.mark.parametrize("name", ["model.safetensors", "model.pth"])
    @pytest.mark.parametrize("damage", ["empty", "text", "cut short"])
    def test_damaged(self, state: State, tmp_path: Path, name: str, damage: str) -> None:
        """A file that cannot be read is named."""
        path = tmp_path / name
        torch.save(state, path)
        whole = save(state) if name.endswith(".safetensors") else path.read_bytes()
        path.write_bytes({"empty": b"", "text": b"weights"}.get(damage, whole[:1_000_000]))
        assert_refused(make_network(), path, str(path), "damaged")

    def test_not_a_state_dict(self, tmp_path: Path) -> None:
        """A pickled model is not run, and other contents are named."""
        path = tmp_path / "model.pth"
        torch.save(MobileNetV1(), path)
        assert_refused(make_network(), path, "torch.save(model.state_dict(), path)")
        torch.save([1, 2], path)
        assert_refused(make_network(), path, "model.pth holds a list")

    def test_missing_file(self) -> None:
        """A path that is not there is answered with the names of the checkpoints."""
        with pytest.raises(FileNotFoundError, match=f"nowhere.pth is neither.*{NAME}.*{WIDER}"):
            load(make_network(), "nowhere.pth")


class TestWhatDoesNotFit:
    @pytest.mark.parametrize(
        ("name", "value", "message"),
        [
            ("blocks.4.1.bn2.running_var", None, "missing: blocks.4.1.bn2.running_var."),
            ("stem.conv.weight", torch.ones(1), "unexpected: stem.conv.weight."),
            ("bn1.bias", torch.ones(1), "wrong: bn1.bias is (1,) and not (8,)."),
            ("conv_head.weight", torch.ones(1), "mobilenetv1_100h does not fit"),
            ("classifier.bias", [1.0] * 1000, "classifier.bias is no tensor with values (a list)"),
            ("classifier.bias", torch.ones(1000, device="meta"), "is no tensor with values"),
            ("classifier.bias", torch.ones(1000).to_sparse(), "is no tensor with values"),
            ("classifier.bias", torch.ones(1000).long(), "is torch.int64 and not torch.float32"),
            ("classifier.bias", torch.ones(1000).double() * 1e300, "not finite in torch.float32"),
        ],
    )
    def test_entry(self, state: State, name: str, value: object, message: str) -> None:
        """An entry that is missing, unexpected, or no weight of that shape is named."""
        changed = {k: v for k, v in {**state, name: value}.items() if v is not None}
        assert_refused(make_network(), changed, message)

    def test_all_at_once(self, state: State) -> None:
        """One error has every kind of problem, and names the first five entries of each."""
        changed = {k: v for k, v in state.items() if not k.startswith("blocks.0.0")}
        assert_refused(
            make_network(num_classes=10),
            {**changed, "extra": torch.ones(1)},
            "missing: blocks.0.0.conv_dw.weight, blocks.0.0.bn1.weight, blocks.0.0.bn1.bias, "
            "blocks.0.0.bn1.running_mean, blocks.0.0.bn1.running_var and 7 more.",
            "unexpected: extra.",
            "wrong: classifier.weight is (1000, 256) and not (10, 256), "
            "classifier.bias is (1000,) and not (10,).",
            "num_classes",
        )

    @pytest.mark.parametrize(
        ("model", "message"),
        [
            (make_network(width=0.5), "conv_stem.weight is (8, 3, 3, 3) and not (16, 3, 3, 3), "),
            (MobileNetV1(1000, 0.25), "MobileNetV1(activation=nn.ReLU6)"),
            (make_network(separable=False), "unexpected: blocks."),
        ],
    )
    def test_network(self, state: State, model: MobileNetV1, message: str) -> None:
        """A network of another width, activation or architecture is refused."""
        assert_refused(model, state, message)

    def test_own_names(self) -> None:
        """Errors about a state dict with the package's names are in these names."""
        model = MobileNetV1(10, 0.25)
        entries = model.state_dict()
        del entries["stem.norm.bias"]
        assert_refused(model, entries, "missing: stem.norm.bias.")
        assert_refused(model, {}, "missing: stem.conv.weight, ", "and 159 more")

    def test_other_model(self, state: State) -> None:
        """Only a MobileNetV1 is loaded."""
        other: Any = nn.Linear(1, 1)
        with pytest.raises(TypeError, match="model is a Linear: give a MobileNetV1"):
            load(other, state)

    def test_unknown_name(self) -> None:
        """The error has the names that there are, and why the h network is not among them."""
        with pytest.raises(ValueError, match=f"mobilenet'.*{NAME}.*{WIDER}.*100h does not fit"):
            mobilenet_v1("mobilenet")


class TestHub:
    def run(self, cache: Path, program: str) -> str:
        """Run a program offline, which the hub has to know before it is imported."""
        env = {**os.environ, "HF_HUB_CACHE": str(cache), "HF_HUB_OFFLINE": "1"}
        return subprocess.check_output(
            [sys.executable, "-c", program], cwd=cache, env=env, text=True
        )

    def test_code_of_the_page(self, tmp_path: Path) -> None:
        """The code of "Use it in your project" names five classes, with a downloaded checkpoint."""
        state = make_weights(list_timm_layers(1), "classifier")
        state["classifier.weight"].zero_()
        state["classifier.bias"].zero_()[207] = 8
        # As the hub leaves it after a download.
        repository = tmp_path / f"models--timm--{NAME}"
        snapshot = repository / "snapshots" / ("0" * 40)
        snapshot.mkdir(parents=True)
        (repository / "refs").mkdir()
        (repository / "refs" / "main").write_text("0" * 40)
        save_file(state, snapshot / "model.safetensors")
        Image.new("RGB", (320, 240), "white").save(tmp_path / "photo.jpg")

        (program,) = find_blocks("docs/en/use.md", __file__)
        printed = self.run(tmp_path, program).splitlines()
        assert len(printed) == 5
        assert printed[0] == " 75% golden retriever"  # e^8 / (e^8 + 999)

    def test_without_network(self, tmp_path: Path) -> None:
        """The error says which file to get by other means, and what to do with it."""
        program = (
            "from mobilenet.pretrained import mobilenet_v1\n"
            f"try: mobilenet_v1({WIDER!r})\n"
            "except OSError as error: print(error)\n"
        )
        printed = self.run(tmp_path, program)
        assert f"model.safetensors of timm/{WIDER}" in printed
        assert f'mobilenet_v1("{WIDER}", weights="model.safetensors")' in printed


@pytest.mark.parametrize(
    ("source", "module"), [(NAME, "huggingface_hub"), ("a.safetensors", "safetensors.torch")]
)
def test_missing_package(
    monkeypatch: pytest.MonkeyPatch, folder: Path, source: str, module: str
) -> None:
    """The error says how to install the package that a source needs."""
    (folder / "a.safetensors").touch()
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=f"pip install {module.removesuffix('.torch')}"):
        load(make_network(), source)


class TestPreprocess:
    @pytest.mark.parametrize("name", [NAME, WIDER])
    @pytest.mark.parametrize("size", [(640, 480), (480, 640), (224, 224), (3, 5), (1, 300)])
    def test_one_color(self, name: str, size: tuple[int, int]) -> None:
        """0..255 becomes -1..1, red first, for images of any size."""
        image = Image.new("RGB", size, (255, 0, 51))
        expected = torch.tensor([1.0, -1.0, -0.6]).view(1, 3, 1, 1).expand(1, 3, 224, 224)
        torch.testing.assert_close(CHECKPOINTS[name].preprocess(image), expected)

    @pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "LA", "CMYK", "I;16"])
    def test_modes(self, mode: str) -> None:
        """Images of other modes become RGB: black is black."""
        image = Image.new("L", (300, 300)).convert("RGBA" if mode == "RGBA" else "L").convert(mode)
        assert torch.equal(torch.full((1, 3, 224, 224), -1.0), CHECKPOINTS[NAME].preprocess(image))

    def test_resizes_and_crops(self) -> None:
        """512 x 768 pixels become 256 x 384, of which 16 columns and 80 rows go on each side."""
        image = Image.new("RGB", (512, 768))
        image.paste((255, 255, 255), (132, 180, 152, 220))
        expected = torch.zeros(224, 224, dtype=torch.bool)
        expected[180 // 2 - 80 : 220 // 2 - 80, 132 // 2 - 16 : 152 // 2 - 16] = True
        assert torch.equal(expected, CHECKPOINTS[NAME].preprocess(image)[0, 0] > 0)

    def test_bicubic(self) -> None:
        """Beside an edge bicubic overshoots, which bilinear and box never do."""
        image = Image.new("L", (512, 512), 100)
        image.paste(200, (257, 0, 512, 512))
        gray = (CHECKPOINTS[NAME].preprocess(image) + 1) / 2 * 255
        assert gray.min() < 99
        assert gray.max() > 201

    def test_path_instead_of_an_image(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The error says how to open a file, and without pillow how to install it."""
        path: Any = "cat.jpg"
        with pytest.raises(TypeError, match=r"give a PIL image, such as PIL.Image.open\(path\)"):
            CHECKPOINTS[NAME].preprocess(path)
        monkeypatch.setitem(sys.modules, "PIL.Image", None)
        with pytest.raises(ImportError, match="pip install pillow"):
            CHECKPOINTS[NAME].preprocess(path)


class TestClasses:
    def test_names(self) -> None:
        """The names are in ImageNet's order, and each says which class it is."""
        known = {0: "tench", 1: "goldfish", 134: "crane (bird)", 207: "golden retriever"}
        known |= {281: "tabby", 388: "giant panda", 517: "crane (machine)", 817: "sports car"}
        known |= {954: "banana", 999: "toilet tissue"}
        assert known == {index: CLASSES[index] for index in known}
        assert len(CLASSES) == len({name.lower() for name in CLASSES}) == 1000
        assert all(name and name == name.strip() and "#" not in name for name in CLASSES)

    def test_license(self) -> None:
        """The file carries WordNet's notice, as its license asks."""
        text = (ROOT / "mobilenet" / "imagenet_classes.txt").read_text(encoding="utf-8")
        assert "WordNet 3.0 Copyright 2006 by Princeton University." in text


class TestTop:
    def test_likeliest_first(self) -> None:
        """The classes of a batch of one come with their softmax, the likeliest first."""
        logits = torch.full((1, 1000), -float("inf"))
        logits[0, [0, 1, 999]] = torch.tensor([2.0, 1.0, 5.0]).log()
        names, shares = zip(*top(logits.requires_grad_(), 3), strict=True)
        assert names == ("toilet tissue", "tench", "goldfish")
        assert shares == pytest.approx((0.625, 0.25, 0.125))

    @pytest.mark.parametrize(
        ("shape", "k", "message"),
        [
            ((2, 1000), 5, r"\(2, 1000\), and \(1000,\) is wanted"),
            ((10,), 5, r"\(10,\), and \(1000,\) is wanted"),
            ((1000,), 0, "k=0"),
            ((1000,), 1001, "k=1001"),
        ],
    )
    def test_refused(self, shape: tuple[int, ...], k: int, message: str) -> None:
        """Logits of two images or of another network, and a wrong ``k``, are refused."""
        with pytest.raises(ValueError, match=message):
            top(torch.zeros(shape), k)
