"""mobilenet.pretrained: timm's checkpoints in our network, images for them, and labels."""

import argparse
import dataclasses
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn

from mobilenet import MobileNetV1
from mobilenet.pretrained import CHECKPOINTS, CLASSES, load, mobilenet_v1, top
from tests.commands import run_by

NAME = "mobilenetv1_100.ra4_e3600_r224_in1k"
WIDER = "mobilenetv1_125.ra4_e3600_r224_in1k"

# timm's blocks: name, channels in and out at width 1, stride of the depthwise convolution.
TIMM_BLOCKS = [
    ("blocks.0.0", 32, 64, 1),
    ("blocks.1.0", 64, 128, 2),
    ("blocks.1.1", 128, 128, 1),
    ("blocks.2.0", 128, 256, 2),
    ("blocks.2.1", 256, 256, 1),
    ("blocks.3.0", 256, 512, 2),
    ("blocks.3.1", 512, 512, 1),
    ("blocks.3.2", 512, 512, 1),
    ("blocks.3.3", 512, 512, 1),
    ("blocks.3.4", 512, 512, 1),
    ("blocks.3.5", 512, 512, 1),
    ("blocks.4.0", 512, 1024, 2),
    ("blocks.4.1", 1024, 1024, 1),
]


def layers(width: float = 1.0) -> Iterator[tuple[str, str, tuple[int, ...], int]]:
    """Timm's name of each convolution and its BatchNorm, its weight's shape, its stride."""
    yield "conv_stem", "bn1", (int(32 * width), 3, 3, 3), 2
    for block, full_in, full_out, stride in TIMM_BLOCKS:
        in_channels, out_channels = int(full_in * width), int(full_out * width)
        yield f"{block}.conv_dw", f"{block}.bn1", (in_channels, 1, 3, 3), stride
        yield f"{block}.conv_pw", f"{block}.bn2", (out_channels, in_channels, 1, 1), 1


def timm_state(width: float = 1.0) -> dict[str, Tensor]:
    """Random weights under timm's names, such that much of what comes to ReLU6 exceeds 6."""
    generator = torch.Generator().manual_seed(1)
    state: dict[str, Tensor] = {}
    for conv, norm, shape, _ in layers(width):
        state[f"{conv}.weight"] = torch.randn(shape, generator=generator) * 0.1
        for entry in ("weight", "bias", "running_mean", "running_var"):
            state[f"{norm}.{entry}"] = torch.rand(shape[0], generator=generator) + 0.1
        state[f"{norm}.bias"] *= 9
        state[f"{norm}.num_batches_tracked"] = torch.tensor(3)
    state["classifier.weight"] = torch.randn(1000, int(1024 * width), generator=generator)
    state["classifier.bias"] = torch.randn(1000, generator=generator)
    return state


def forward(state: dict[str, Tensor], x: Tensor, width: float = 1.0, limit: float = 6) -> Tensor:
    """Timm's forward in eval mode, without any module."""
    for conv, norm, shape, stride in layers(width):
        padding, groups = shape[-1] // 2, x.shape[1] // shape[1]
        x = F.conv2d(x, state[f"{conv}.weight"], None, stride, padding, groups=groups)
        mean, variance = state[f"{norm}.running_mean"], state[f"{norm}.running_var"]
        scale, shift = state[f"{norm}.weight"], state[f"{norm}.bias"]
        x = F.batch_norm(x, mean, variance, scale, shift, eps=1e-5).clamp(0, limit)
    return F.linear(x.mean((2, 3)), state["classifier.weight"], state["classifier.bias"])


@pytest.fixture(scope="module")
def state() -> dict[str, Tensor]:
    """Of a quarter of the width, which is enough where no output is compared."""
    return timm_state(0.25)


@pytest.fixture(scope="module")
def images() -> Tensor:
    return torch.rand(2, 3, 64, 96, generator=torch.Generator().manual_seed(2)) * 2 - 1


def relu6(num_classes: int = 1000, width: float = 0.25) -> MobileNetV1:
    return MobileNetV1(num_classes, width, activation=nn.ReLU6)


def assert_refused(model: MobileNetV1, source: Any, *messages: str) -> None:
    """``load`` refuses, says each message, and leaves every bit of the model alone."""
    before = {name: value.clone() for name, value in model.state_dict().items()}

    with pytest.raises(ValueError, match=re.escape(messages[0])) as caught:
        load(model, source)

    for message in messages:
        assert message in str(caught.value)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


class TestLoad:
    def test_there_are_164_entries(self, state: dict[str, Tensor]) -> None:
        """As in timm's files: 27 convolutions and BatchNorms, and the classifier."""
        assert len(state) == 164

    @pytest.mark.parametrize(("name", "width"), [(NAME, 1.0), (WIDER, 1.25)])
    def test_outputs_are_timms(self, name: str, width: float, images: Tensor) -> None:
        """With timm's entries the network computes what timm's does, in eval mode."""
        state = timm_state(width)
        expected = forward(state, images, width)

        model = mobilenet_v1(name, weights=state)

        assert not model.training
        torch.testing.assert_close(model(images), expected)
        # The comparison would notice ReLU, which is right only below 6.
        without_limit = forward(state, images, width, limit=float("inf"))
        assert (without_limit - expected).abs().max() > expected.abs().max()

    @pytest.mark.parametrize("training", [True, False])
    def test_mode_stays(self, state: dict[str, Tensor], training: bool) -> None:
        """``load`` returns the very model, in the mode it was in."""
        model = relu6().train(training)

        assert load(model, state) is model
        assert model.training is training

    def test_values_are_copies(self, state: dict[str, Tensor]) -> None:
        """Training the model does not change the state dict that it was loaded from."""
        model = load(relu6(), state)
        with torch.no_grad():
            model.classifier.bias.add_(1)

        assert torch.equal(state["classifier.bias"] + 1, model.classifier.bias)

    def test_own_names(self) -> None:
        """What ``state_dict`` gives loads again, whatever the activation and the classes."""
        trained, model = MobileNetV1(10, 0.5), MobileNetV1(10, 0.5)

        load(model, trained.state_dict())

        for name, value in model.state_dict().items():
            assert torch.equal(trained.state_dict()[name], value)

    def test_half_precision(self, state: dict[str, Tensor]) -> None:
        """Halves become the model's floats, value by value."""
        halves = {k: v.half() if v.is_floating_point() else v for k, v in state.items()}

        model = load(relu6(), halves)

        assert model.classifier.weight.dtype == torch.float32
        assert torch.equal(halves["classifier.weight"].float(), model.classifier.weight)


class TestFiles:
    def test_safetensors(self, state: dict[str, Tensor], tmp_path: Path) -> None:
        """A .safetensors file, its path as text."""
        save_file(state, tmp_path / "model.safetensors")

        model = load(relu6(), str(tmp_path / "model.safetensors"))

        assert torch.equal(state["conv_stem.weight"], model.stem.conv.weight)

    @pytest.mark.parametrize("suffix", [".pth", ".pt", ".bin", ".pth.tar"])
    def test_torch(self, state: dict[str, Tensor], tmp_path: Path, suffix: str) -> None:
        """A file that ``torch.save`` wrote, whatever its name ends in."""
        path = tmp_path / f"model{suffix}"
        torch.save(state, path)

        model = load(relu6(), path)

        assert torch.equal(
            state["blocks.3.5.conv_pw.weight"],
            model.get_parameter("blocks.10.pointwise.conv.weight"),
        )

    def test_wrapped(self, state: dict[str, Tensor], tmp_path: Path) -> None:
        """A checkpoint of timm's training, which notes its arguments too."""
        path = tmp_path / "model_best.pth.tar"
        args = argparse.Namespace(model="mobilenetv1_100", lr=0.1)
        torch.save({"epoch": 3, "args": args, "state_dict": state}, path)

        model = load(relu6(), path)

        assert torch.equal(state["classifier.bias"], model.classifier.bias)

    def test_averaged(self, state: dict[str, Tensor]) -> None:
        """Of a checkpoint with averaged weights these are taken, as timm does."""
        other = {name: value + 1 for name, value in state.items()}

        model = load(relu6(), {"state_dict": other, "state_dict_ema": state})

        assert torch.equal(state["classifier.bias"], model.classifier.bias)

    @pytest.mark.parametrize("name", ["model.safetensors", "model.pth"])
    @pytest.mark.parametrize("damage", [b"", b"no weights"])
    def test_damaged(self, tmp_path: Path, name: str, damage: bytes) -> None:
        """A file that cannot be read is named."""
        path = tmp_path / name
        path.write_bytes(damage)

        assert_refused(relu6(), path, str(path), "damaged")

    @pytest.mark.parametrize("name", ["model.safetensors", "model.pth"])
    def test_cut_short(self, state: dict[str, Tensor], tmp_path: Path, name: str) -> None:
        """So is one of which the end is missing."""
        path = tmp_path / name
        (save_file if name.endswith("tensors") else torch.save)(state, path)
        os.truncate(path, 1_000_000)

        assert_refused(relu6(), path, str(path), "damaged")

    def test_whole_model(self, tmp_path: Path) -> None:
        """A pickled model is not run: only weights are read."""
        torch.save(MobileNetV1(), tmp_path / "model.pth")

        assert_refused(relu6(), tmp_path / "model.pth", "torch.save(model.state_dict(), path)")

    def test_not_a_state_dict(self, tmp_path: Path) -> None:
        """A file with something else says what it holds."""
        torch.save([1, 2], tmp_path / "model.pth")

        assert_refused(relu6(), tmp_path / "model.pth", "model.pth holds a list")

    def test_no_such_file(self) -> None:
        """A path that is not there: the names that there are."""
        with pytest.raises(FileNotFoundError, match=f"nowhere.pth is neither.*{NAME}.*{WIDER}"):
            load(relu6(), "nowhere.pth")


class TestWhatDoesNotFit:
    def test_missing(self, state: dict[str, Tensor]) -> None:
        """Missing entries are named as the source would name them."""
        del (changed := dict(state))["blocks.4.1.bn2.running_var"]

        assert_refused(relu6(), changed, "missing: blocks.4.1.bn2.running_var.")

    def test_unexpected(self, state: dict[str, Tensor]) -> None:
        """So are entries that the network has no use for, our own names among timm's too."""
        changed = {**state, "extra.weight": torch.ones(1), "stem.conv.weight": torch.ones(1)}

        assert_refused(relu6(), changed, "unexpected: extra.weight, stem.conv.weight.")

    def test_misshapen(self, state: dict[str, Tensor]) -> None:
        """So are entries of another shape, even one that could be broadcast."""
        changed = {**state, "bn1.bias": torch.ones(1)}

        assert_refused(relu6(), changed, "wrong: bn1.bias is (1,) and not (8,).")

    def test_own_names(self) -> None:
        """Errors about a state dict with our names are in our names."""
        state = MobileNetV1(10, 0.25).state_dict()
        del state["stem.norm.bias"]

        assert_refused(MobileNetV1(10, 0.25), state, "missing: stem.norm.bias.")

    def test_all_at_once(self, state: dict[str, Tensor]) -> None:
        """Every kind is in the one error, and a long list is cut after five."""
        changed = {k: v for k, v in state.items() if not k.startswith("blocks.0.0")}

        assert_refused(
            relu6(num_classes=10),
            {**changed, "extra": torch.ones(1)},
            "missing: blocks.0.0.conv_dw.weight, blocks.0.0.bn1.weight, blocks.0.0.bn1.bias, "
            "blocks.0.0.bn1.running_mean, blocks.0.0.bn1.running_var and 7 more.",
            "unexpected: extra.",
            "wrong: classifier.weight is (1000, 256) and not (10, 256), "
            "classifier.bias is (1000,) and not (10,).",
            "num_classes",
        )

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ([1.0] * 1000, "classifier.bias is no tensor with values (a list)"),
            (torch.ones(1000, device="meta"), "classifier.bias is no tensor with values"),
            (torch.ones(1000).to_sparse(), "classifier.bias is no tensor with values"),
            (torch.ones(1000, dtype=torch.int64), "is torch.int64 and not torch.float32"),
            (torch.ones(1000, dtype=torch.complex64), "is torch.complex64"),
            (torch.full((1000,), float("nan")), "not finite in torch.float32"),
            (torch.full((1000,), 1e300, dtype=torch.float64), "not finite in torch.float32"),
        ],
    )
    def test_no_use_as_a_weight(
        self, state: dict[str, Tensor], value: object, message: str
    ) -> None:
        """So are entries that are no tensor, of another kind, or would spoil every output."""
        assert_refused(relu6(), {**state, "classifier.bias": value}, message)

    def test_other_width(self, state: dict[str, Tensor]) -> None:
        """A network of another width: the error says what has to agree."""
        assert_refused(
            relu6(width=0.5),
            state,
            "wrong: conv_stem.weight is (8, 3, 3, 3) and not (16, 3, 3, 3), ",
            "width_multiplier",
        )

    def test_relu(self, state: dict[str, Tensor]) -> None:
        """Timm's weights in a network with ReLU would be silently wrong."""
        assert_refused(MobileNetV1(1000, 0.25), state, "MobileNetV1(activation=nn.ReLU6)")

    @pytest.mark.parametrize("option", ["shallow", "separable"])
    def test_other_network(self, state: dict[str, Tensor], option: str) -> None:
        """Timm's weights are not for the two networks that the paper compares with."""
        model = MobileNetV1(1000, 0.25, activation=nn.ReLU6, **{option: option == "shallow"})

        assert_refused(model, state, "unexpected: blocks.")

    def test_conv_head(self, state: dict[str, Tensor]) -> None:
        """The h network's checkpoint has a layer more."""
        changed = {**state, "conv_head.weight": torch.ones(1024, 1024, 1, 1)}

        assert_refused(relu6(), changed, "conv_head", "mobilenetv1_100h does not fit")

    @pytest.mark.parametrize("source", [{}, {"weight": torch.ones(1)}])
    def test_other_names(self, source: dict[str, Tensor]) -> None:
        """A state dict of something else altogether."""
        assert_refused(relu6(), source, "missing: stem.conv.weight, ", "and 159 more")

    def test_other_model(self, state: dict[str, Tensor]) -> None:
        """Only MobileNetV1 is known by its names."""
        other: Any = nn.Linear(1, 1)
        with pytest.raises(TypeError, match="model is a Linear: give a MobileNetV1"):
            load(other, state)

    @pytest.mark.parametrize("name", ["mobilenet", "mobilenetv1_100h.ra4_e3600_r224_in1k"])
    def test_unknown_name(self, name: str) -> None:
        """A name that is none: the names that there are, and why the h network is not."""
        with pytest.raises(ValueError, match=f"{name}.*{NAME}.*{WIDER}.*100h does not fit"):
            mobilenet_v1(name)


class TestHub:
    PROGRAM = (
        "from mobilenet.pretrained import mobilenet_v1\n"
        f"try: print(mobilenet_v1({NAME!r}).classifier.bias.sum().item())\n"
        "except OSError as error: print(error)\n"
    )

    def run(self, cache: Path, program: str = PROGRAM) -> subprocess.CompletedProcess[str]:
        """A program offline: the hub reads its variables once a process."""
        return subprocess.run(
            [sys.executable, "-c", program],
            cwd=cache,
            env={**os.environ, "HF_HUB_CACHE": str(cache), "HF_HUB_OFFLINE": "1"},
            capture_output=True,
            text=True,
            check=True,
        )

    def fill(self, cache: Path, state: dict[str, Tensor]) -> None:
        """As the hub leaves it after a download."""
        repo = cache / f"models--timm--{NAME}"
        snapshot = repo / "snapshots" / ("0" * 40)
        snapshot.mkdir(parents=True)
        (repo / "refs").mkdir()
        (repo / "refs" / "main").write_text("0" * 40)
        save_file(state, snapshot / "model.safetensors")

    def test_what_the_page_shows(self, tmp_path: Path) -> None:
        """A photo in, five labels with their shares out: the code of "Use it in your project"."""
        state = timm_state()
        state["classifier.weight"] *= 0
        state["classifier.bias"] *= 0
        state["classifier.bias"][207] = 8
        self.fill(tmp_path, state)
        Image.new("RGB", (320, 240), "white").save(tmp_path / "photo.jpg")
        (program,) = run_by("tests/package/test_pretrained.py", "docs/en/use.md")

        printed = self.run(tmp_path, program).stdout.splitlines()

        assert len(printed) == 5
        assert printed[0] == " 75% golden retriever"  # e^8 / (e^8 + 999)

    def test_cache(self, tmp_path: Path) -> None:
        """A checkpoint that was downloaded once comes from the disk, by its name."""
        state = timm_state()
        self.fill(tmp_path, state)

        printed = self.run(tmp_path).stdout

        assert state["classifier.bias"].sum().item() == float(printed)

    def test_no_network(self, tmp_path: Path) -> None:
        """Without network and cache the error says which file to get, and what to do then."""
        printed = self.run(tmp_path).stdout

        assert f"model.safetensors of timm/{NAME}" in printed
        assert f'mobilenet_v1("{NAME}", weights="model.safetensors")' in printed

    @pytest.mark.parametrize(
        ("module", "package"),
        [("huggingface_hub", "huggingface_hub"), ("safetensors.torch", "safetensors")],
    )
    def test_missing_package(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, module: str, package: str
    ) -> None:
        """A package that is not installed: how to install it."""
        monkeypatch.setitem(sys.modules, module, None)
        (tmp_path / "model.safetensors").touch()
        source = NAME if package == "huggingface_hub" else tmp_path / "model.safetensors"

        with pytest.raises(ImportError, match=f"pip install {package}"):
            load(relu6(), source)


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

    def test_center(self) -> None:
        """At 256 pixels nothing is resized: 16 pixels are cut off above and to the left.

        Of a landscape image, more is cut off at the sides: of 300 columns, 38 on each.
        """
        image = Image.new("RGB", (300, 256))
        image.putpixel((38 + 5, 16 + 7), (0, 255, 0))

        tensor = CHECKPOINTS[NAME].preprocess(image)

        assert (tensor > 0).nonzero().tolist() == [[0, 1, 7, 5]]

    def test_resize(self) -> None:
        """The shorter side, 512, is halved to 256: a mark moves accordingly."""
        image = Image.new("RGB", (512, 768))
        image.paste((255, 255, 255), (132, 180, 152, 220))

        bright = CHECKPOINTS[NAME].preprocess(image)[0, 0] > 0

        expected = torch.zeros(224, 224, dtype=torch.bool)
        # 768 rows become 384, less 80 above: 180 / 2 - 80 = 10. Of 256 columns, 16 go.
        expected[10:30, 50:60] = True
        assert torch.equal(expected, bright)

    def test_bicubic(self) -> None:
        """Beside an edge bicubic overshoots, which bilinear and box never do."""
        image = Image.new("L", (512, 512), 100)
        image.paste(200, (257, 0, 512, 512))

        gray = (CHECKPOINTS[NAME].preprocess(image) + 1) / 2 * 255

        assert gray.min() < 99
        assert gray.max() > 201

    def test_two_colors(self) -> None:
        """The crop keeps the middle: half of an image stays half of it."""
        image = Image.new("RGB", (496, 248))
        image.paste((255, 255, 255), (248, 0, 496, 248))

        tensor = CHECKPOINTS[WIDER].preprocess(image)

        assert torch.equal(tensor[..., :112], torch.full((1, 3, 224, 112), -1.0))
        assert torch.equal(tensor[..., 112:], torch.full((1, 3, 224, 112), 1.0))

    def test_size_for_tests(self) -> None:
        """Timm's size for tests is a change of two fields away."""
        checkpoint = dataclasses.replace(CHECKPOINTS[NAME], input_size=256, crop=0.95)

        assert checkpoint.preprocess(Image.new("L", (500, 400))).shape == (1, 3, 256, 256)

    def test_no_image(self) -> None:
        """A path is not an image: how to open it."""
        path: Any = "cat.jpg"
        with pytest.raises(TypeError, match=r"give a PIL image, such as PIL.Image.open\(path\)"):
            CHECKPOINTS[NAME].preprocess(path)

    def test_missing_package(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without pillow: how to install it."""
        monkeypatch.setitem(sys.modules, "PIL.Image", None)

        with pytest.raises(ImportError, match="pip install pillow"):
            CHECKPOINTS[NAME].preprocess(Image.new("L", (1, 1)))


class TestCheckpoints:
    def test_are_timms(self) -> None:
        """Two of timm's fit, each in the repository of its name; what they hold is fixed."""
        assert list(CHECKPOINTS) == [NAME, WIDER]
        for name, checkpoint in CHECKPOINTS.items():
            assert (name, f"timm/{name}") == (checkpoint.name, checkpoint.repo)
        first: Any = CHECKPOINTS[NAME]
        with pytest.raises(dataclasses.FrozenInstanceError):
            first.crop = 1.0


class TestClasses:
    def test_order(self) -> None:
        """ImageNet's order, known from its first class to its last."""
        known = {
            0: "tench",
            1: "goldfish",
            207: "golden retriever",
            281: "tabby",
            388: "giant panda",
            817: "sports car",
            954: "banana",
            999: "toilet tissue",
        }

        assert len(CLASSES) == 1000
        assert known == {index: CLASSES[index] for index in known}

    def test_no_two_are_alike(self) -> None:
        """A name says which class it is, in lower case too; the bird is no machine."""
        assert len({name.lower() for name in CLASSES}) == 1000
        assert (CLASSES[134], CLASSES[517]) == ("crane (bird)", "crane (machine)")

    def test_notice(self) -> None:
        """WordNet's license asks to stand on every copy; it is no class."""
        text = (Path(__file__).parents[1] / "mobilenet" / "imagenet_classes.txt").read_text()

        assert "WordNet 3.0 Copyright 2006 by Princeton University." in text
        assert all(name and name == name.strip() and "#" not in name for name in CLASSES)


class TestTop:
    def test_shares(self) -> None:
        """The shares of all classes add up to 1, the likeliest first."""
        logits = torch.full((1000,), -float("inf"))
        logits[[0, 1, 999]] = torch.tensor([2.0, 1.0, 5.0]).log()

        expected = [("toilet tissue", 0.625), ("tench", 0.25), ("goldfish", 0.125)]
        found = top(logits, 3)

        assert [name for name, _ in expected] == [name for name, _ in found]
        assert [share for _, share in expected] == pytest.approx([share for _, share in found])

    def test_batch_of_one(self) -> None:
        """What the network gives for one image is taken as it is, gradients and all."""
        assert len(top(torch.zeros(1, 1000, requires_grad=True))) == 5

    def test_all(self) -> None:
        """``k`` can be all of them."""
        assert {name for name, _ in top(torch.rand(1000), 1000)} == set(CLASSES)

    @pytest.mark.parametrize("shape", [(2, 1000), (10,), (1000, 1), ()])
    def test_wrong_shape(self, shape: tuple[int, ...]) -> None:
        """Logits of two images, or of another network."""
        with pytest.raises(ValueError, match=r"and \(1000,\) is wanted"):
            top(torch.zeros(shape))

    @pytest.mark.parametrize("k", [0, 1001])
    def test_wrong_k(self, k: int) -> None:
        """There are 1 to 1,000 best classes."""
        with pytest.raises(ValueError, match=f"k={k}"):
            top(torch.zeros(1000), k)
