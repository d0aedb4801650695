"""MobileNetV1 is the paper's network: its tables, other libraries' totals, its errors."""

import subprocess
import sys
import tomllib
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from mobilenet import MobileNetV1
from mobilenet.blocks import DepthwiseSeparableConv2d
from mobilenet.cost import ModelCost, model_cost
from tests.commands import code_of_the_package
from tests.site.built import ROOT

PAPER = tomllib.loads((ROOT / "docs" / "facts.toml").read_text(encoding="utf-8"))["paper"]
ROWS = [
    pytest.param(row, id=f"{table}.{name}")
    for table in ("table4", "table5", "table6", "table7")
    for name, row in PAPER[table].items()
]
#: The one printed figure that the architecture does not give once it is rounded:
#: 4,867 and 291 million; both rows come out right where the classifier is left out.
WITHOUT_CLASSIFIER = {4_866_000_000, 290_000_000}


def measured(resolution: int = 224, **arguments: Any) -> ModelCost:
    with torch.device("meta"):
        model = MobileNetV1(**arguments)
    return model_cost(model, (3, resolution, resolution))


def rounded(value: int, unit: str) -> int:
    return int(Decimal(value).quantize(Decimal(unit), rounding=ROUND_HALF_UP))


class TestTables:
    def test_table_1(self) -> None:
        """The layers with weights, in order: their kernel, stride and input, as printed."""
        blocks = [(512, 14)] * 5
        printed = [("conv", 2, 224, 3)]
        for stride, size, channels in [
            (1, 112, 32),
            (2, 112, 64),
            (1, 56, 128),
            (2, 56, 128),
            (1, 28, 256),
            (2, 28, 256),
            *((1, size, channels) for channels, size in blocks),
            (2, 14, 512),
            (1, 7, 1024),  # "s2" in the paper, and its next line has an input of 7x7
        ]:
            after = -(-size // stride)
            printed += [("dw", stride, size, channels), ("1x1", 1, after, channels)]
        printed.append(("fc", 1, 1, 1024))
        model = MobileNetV1()
        modules = dict(model.named_modules())
        found = []
        for row in model_cost(model, (3, 224, 224)).rows:
            layer = modules[row.name]
            if isinstance(layer, nn.Conv2d):
                kind = (
                    "dw" if layer.groups > 1 else "1x1" if layer.kernel_size == (1, 1) else "conv"
                )
                found.append((kind, layer.stride[0], row.input_shape[3], row.input_shape[1]))
            elif isinstance(layer, nn.Linear):
                found.append(("fc", 1, 1, row.input_shape[1]))
        assert printed == found
        assert len(found) == 28

    def test_stride_2_in_the_last_block_is_a_slip(self) -> None:
        """Read as Table 1 prints it, the network would come to 534, not 569 million."""
        model = MobileNetV1()
        block = model.blocks[12]
        assert isinstance(block, DepthwiseSeparableConv2d)
        block.depthwise.conv.stride = (2, 2)
        assert model_cost(model, (3, 224, 224)).mult_adds == 533_833_216

    def test_table_2(self) -> None:
        """Shares of multiply-adds and of weights, to the digits printed but for one."""
        kinds = measured().by_kind()
        mult_adds = sum(cost.mult_adds for cost in kinds.values())
        weights = sum(cost.parameters for cost in kinds.values())
        for name, kind in [
            ("convolution_1x1", "1x1 convolution"),
            ("depthwise_3x3", "3x3 depthwise"),
            ("convolution_3x3", "3x3 convolution"),
            ("fully_connected", "Linear"),
        ]:
            printed, cost = PAPER["table2"][name], kinds[kind]
            assert printed["parameters"] == round(cost.parameters / weights, 4)
            # 1.19 % is a slip: the column adds up to 99.29 %.
            expected = 0.0191 if name == "convolution_3x3" else printed["mult_adds"]
            assert expected == round(cost.mult_adds / mult_adds, 4)

    @pytest.mark.parametrize("row", ROWS)
    def test_tables_4_to_7(self, row: dict[str, Any]) -> None:
        """Multiply-adds in millions and parameters in 0.1 million, as printed."""
        cost = measured(row.get("resolution", 224), **row.get("arguments", {}))
        mult_adds = cost.mult_adds
        if row["mult_adds"] in WITHOUT_CLASSIFIER:
            assert row["mult_adds"] != rounded(mult_adds, "1e6")
            mult_adds -= 1024 * 1000
        assert row["mult_adds"] == rounded(mult_adds, "1e6")
        assert row["parameters"] == rounded(cost.parameters, "1e5")

    @pytest.mark.parametrize(
        ("arguments", "resolution", "mult_adds", "parameters"),
        [
            ({}, 224, 568_740_352, 4_231_976),
            ({"separable": False}, 224, 4_867_293_184, 29_294_088),
            ({"shallow": True}, 224, 307_323_392, 2_887_976),
            ({"width_multiplier": 0.75}, 224, 325_400_448, 2_585_560),
            ({"width_multiplier": 0.5}, 224, 149_497_088, 1_331_592),
            ({"width_multiplier": 0.25}, 224, 41_030_272, 470_072),
            ({}, 192, 418_121_728, 4_231_976),
            ({}, 160, 290_675_200, 4_231_976),
            ({}, 128, 186_400_768, 4_231_976),
        ],
    )
    def test_exact(
        self, arguments: dict[str, Any], resolution: int, mult_adds: int, parameters: int
    ) -> None:
        """The totals that plain arithmetic on the paper's architecture gives."""
        cost = measured(resolution, **arguments)
        assert (mult_adds, parameters) == (cost.mult_adds, cost.parameters)

    def test_widths_between_are_rounded_down(self) -> None:
        """As in Keras; rounding to the nearest would give 766,536, timm's rule 763,752."""
        assert measured(width_multiplier=0.35).parameters == 765_881


class TestOtherCounts:
    def test_torch(self) -> None:
        """Torch counts two operations for each multiply-add of a real forward pass."""
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            MobileNetV1().eval()(torch.zeros(1, 3, 224, 224))
        assert counter.get_total_flops() == 2 * 568_740_352

    def test_keras(self) -> None:
        """Keras' MobileNet has 4,253,864 numbers, of which 4,231,976 are trained."""
        model = MobileNetV1()
        trained = sum(parameter.numel() for parameter in model.parameters())
        statistics = sum(buffer.numel() for buffer in model.buffers() if buffer.dim())
        assert (trained, trained + statistics) == (4_231_976, 4_253_864)

    def test_timm(self) -> None:
        """As many entries as timm's mobilenetv1_100, from the same first to the same last."""
        shapes = [tuple(tensor.shape) for tensor in MobileNetV1().state_dict().values()]
        assert len(shapes) == 164
        assert shapes[0] == (32, 3, 3, 3)
        assert shapes[-2:] == [(1000, 1024), (1000,)]


class TestNetwork:
    def test_keys(self) -> None:
        """The keys of the state dict are those of the docstring: a promise to checkpoints."""
        norm = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
        entries = ["conv.weight", *(f"norm.{entry}" for entry in norm)]
        expected = [f"stem.{entry}" for entry in entries]
        for block in range(13):
            for part in ("depthwise", "pointwise"):
                expected += [f"blocks.{block}.{part}.{entry}" for entry in entries]
        expected += ["classifier.weight", "classifier.bias"]
        assert expected == list(MobileNetV1(width_multiplier=0.25).state_dict())
        full = MobileNetV1(width_multiplier=0.25, separable=False).state_dict()
        assert [f"blocks.12.{entry}" for entry in entries] == list(full)[-8:-2]

    def test_logits_are_one_row_an_image(self) -> None:
        """What VER2 gets wrong: N images, N rows, whatever their size."""
        model = MobileNetV1(num_classes=7, width_multiplier=0.25).eval()
        for height, width in ((32, 32), (64, 48), (224, 224)):
            assert tuple(model(torch.zeros(3, 3, height, width)).shape) == (3, 7)

    def test_row_belongs_to_its_image(self) -> None:
        """An image gets the same logits alone and in a batch."""
        model = MobileNetV1(width_multiplier=0.25).eval()
        images = torch.randn(3, 3, 64, 64)
        with torch.no_grad():
            alone = torch.cat([model(image[None]) for image in images])
            torch.testing.assert_close(alone, model(images))

    def test_classifies_the_average(self) -> None:
        """Global average pooling: of each channel, over all positions."""
        model = MobileNetV1(width_multiplier=0.25).eval()
        images = torch.randn(2, 3, 96, 64)
        with torch.no_grad():
            average = model.forward_features(images).mean(dim=(2, 3))
            torch.testing.assert_close(model.classifier(average), model(images))

    def test_fresh_weights_keep_the_signal(self) -> None:
        """Thirty layers deep, without any normalization yet, it neither fades nor explodes."""
        torch.manual_seed(0)
        with torch.no_grad():
            features = MobileNetV1().eval().forward_features(torch.randn(4, 3, 64, 64))
        assert 0.1 < features.std().item() < 10

    def test_learns(self) -> None:
        """A few steps on eight images of two kinds tell them apart."""
        torch.manual_seed(0)
        model = MobileNetV1(num_classes=2, width_multiplier=0.25)
        labels = torch.arange(8) % 2
        images = torch.randn(8, 3, 32, 32) + 2 * labels.view(-1, 1, 1, 1)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(20):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images), labels).backward()
            optimizer.step()
        assert labels.tolist() == model(images).argmax(dim=1).tolist()

    def test_dropout(self) -> None:
        """It is active in training, in front of the classifier, and nowhere else."""
        model = MobileNetV1(width_multiplier=0.25, dropout=0.5).eval()
        images = torch.randn(2, 3, 32, 32)
        with torch.no_grad():
            assert torch.equal(model(images), model(images))
            model.dropout.train()
            assert not torch.equal(model(images), model(images))
            model.dropout.p = 1.0  # nothing reaches the classifier, which still adds its bias
            nn.init.uniform_(model.classifier.bias)
            assert torch.equal(model.classifier.bias.expand(2, -1), model(images))

    def test_pickles(self) -> None:
        """A whole model can be saved, as multiprocessing and copy need it."""
        model = MobileNetV1(width_multiplier=0.25).eval()
        file = BytesIO()
        torch.save(model, file)
        file.seek(0)
        again = torch.load(file, weights_only=False)
        images = torch.randn(1, 3, 32, 32)
        assert torch.equal(model(images), again(images))


class TestPage:
    def test_one_file(self, tmp_path: Path) -> None:
        """The code of the page, pasted into one file, needs PyTorch alone."""
        page = "docs/en/mobilenetv1.md"
        file = tmp_path / "mobilenetv1.py"
        file.write_text("\n\n".join(code_of_the_package(page)), encoding="utf-8")
        program = (
            "import sys, torch, mobilenetv1\n"
            "model = mobilenetv1.MobileNetV1().eval()\n"
            "assert 'mobilenet' not in sys.modules\n"
            "print(sum(p.numel() for p in model.parameters()))\n"
            "print(tuple(model(torch.zeros(1, 3, 224, 224)).shape))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.stdout.splitlines() == ["4231976", "(1, 1000)"], done.stderr


class TestTools:
    @pytest.fixture
    def model(self) -> MobileNetV1:
        return MobileNetV1(num_classes=5, width_multiplier=0.25).eval()

    def test_compile(self, model: MobileNetV1) -> None:
        """torch.compile takes it in one graph, its checks of the input included."""
        images = torch.randn(2, 3, 64, 64)
        compiled = torch.compile(model, fullgraph=True, backend="aot_eager")
        with torch.no_grad():
            torch.testing.assert_close(model(images), compiled(images))

    def test_export(self, model: MobileNetV1) -> None:
        """torch.export takes it with any batch and any size above 32 pixels."""
        dim = torch.export.Dim
        # At 32 the last map is 1x1, a size that the exporter would make a case of its own.
        shapes = ({0: dim("batch"), 2: dim("height", min=33), 3: dim("width", min=33)},)
        exported = torch.export.export(
            model, (torch.randn(2, 3, 64, 96),), dynamic_shapes=shapes
        ).module()
        images = torch.randn(5, 3, 40, 33)
        with torch.no_grad():
            torch.testing.assert_close(model(images), exported(images))


class TestBadInput:
    @pytest.mark.parametrize(
        ("images", "message"),
        [
            (torch.zeros(3, 224, 224), r"\(3, 224, 224\).*\(N, 3, H, W\).*images\[None\]"),
            (torch.zeros(224, 224), r"\(224, 224\).*\(N, 3, H, W\)"),
            (torch.zeros(1, 224, 224, 3), r"\(1, 224, 224, 3\).*\(N, 3, H, W\)"),
            (torch.zeros(1, 1, 224, 224), r"\(1, 1, 224, 224\).*\(N, 3, H, W\)"),
            (torch.zeros(1, 3, 31, 64), "31x64.*32x32"),
            (torch.zeros(1, 3, 64, 8), "64x8.*32x32"),
            (torch.zeros(1, 3, 64, 64, dtype=torch.uint8), r"uint8.*float\(\) / 255"),
        ],
        ids=["one image", "one plane", "channels last", "gray", "low", "narrow", "bytes"],
    )
    def test_images(self, images: torch.Tensor, message: str) -> None:
        """Images of a wrong shape or type are named, with what to do."""
        with pytest.raises(ValueError, match=message):
            MobileNetV1(width_multiplier=0.25)(images)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"width_multiplier": 0.03}, r"width_multiplier=0\.03.*1/32"),
            ({"width_multiplier": 0}, "width_multiplier=0.*1/32"),
            ({"width_multiplier": -1.0}, r"width_multiplier=-1\.0"),
            ({"width_multiplier": float("nan")}, "width_multiplier=nan"),
            ({"width_multiplier": float("inf")}, "width_multiplier=inf"),
            ({"num_classes": 0}, "num_classes=0.*at least 1"),
            ({"num_classes": 2.5}, r"num_classes=2\.5.*whole"),
            ({"in_channels": 0}, "in_channels=0"),
            ({"in_channels": True}, "in_channels=True"),
            ({"width_multiplier": "0.5"}, "width_multiplier='0.5'"),
            ({"dropout": 1.5}, "dropout"),
        ],
        ids=str,
    )
    def test_arguments(self, arguments: dict[str, Any], message: str) -> None:
        """An argument out of its range is named, with what is wanted."""
        with pytest.raises(ValueError, match=message):
            MobileNetV1(**arguments)


class TestProperties:
    @settings(max_examples=25, deadline=None)
    @given(
        width=st.floats(1 / 32, 1.5),
        height=st.integers(32, 96),
        breadth=st.integers(32, 96),
        in_channels=st.integers(1, 5),
        num_classes=st.integers(1, 20),
        separable=st.booleans(),
        shallow=st.booleans(),
    )
    @example(1 / 32, 32, 32, 1, 1, True, False)
    def test_any_width_size_channels_and_classes(
        self,
        width: float,
        height: int,
        breadth: int,
        in_channels: int,
        num_classes: int,
        separable: bool,
        shallow: bool,
    ) -> None:
        """It builds, gives a row of logits, and shrinks the image by 32, rounded up."""
        with torch.device("meta"):
            model = MobileNetV1(
                num_classes, width, in_channels, separable=separable, shallow=shallow
            ).eval()
            images = torch.zeros(2, in_channels, height, breadth)
        features = model.forward_features(images)
        assert (2, int(1024 * width), -(-height // 32), -(-breadth // 32)) == features.shape
        assert (2, num_classes) == model(images).shape

    @settings(max_examples=15, deadline=None)
    @given(width=st.floats(1 / 32, 1.0), resolution=st.integers(1, 7).map(lambda n: 32 * n))
    def test_cost_follows_the_papers_formulas(self, width: float, resolution: int) -> None:
        """Section 3.3: D·D·αM·ρF·ρF + αM·αN·ρF·ρF for each block, and the two ends."""
        side, channels = resolution // 2, int(32 * width)
        expected = 9 * 3 * channels * side**2
        strides = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)
        outputs = (64, 128, 128, 256, 256, *[512] * 6, 1024, 1024)
        for stride, full in zip(strides, outputs, strict=True):
            side //= stride
            out_channels = int(full * width)
            expected += 9 * channels * side**2 + channels * out_channels * side**2
            channels = out_channels
        expected += channels * 1000
        assert expected == measured(resolution, width_multiplier=width).mult_adds
