"""What deploy makes of a model gives the same answers, and leaves the model alone."""

import copy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
import torch
from torch import Tensor, nn

from mobilenet import MobileNetV1, deploy, ver2
from mobilenet.blocks import ConvNormAct
from tests.commands import run_by


def trained(model: nn.Module) -> nn.Module:
    """In eval mode, with normalizations that have seen something."""
    generator = torch.Generator().manual_seed(0)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            for tensor, low in (
                (module.weight, 0.5),
                (module.bias, -0.5),
                (module.running_mean, -0.5),
                (module.running_var, 0.5),
            ):
                assert tensor is not None
                nn.init.uniform_(tensor, low, low + 1, generator=generator)
    return model.eval()


def small(**arguments: bool) -> nn.Module:
    torch.manual_seed(0)
    return trained(MobileNetV1(10, 0.25, activation=nn.ReLU6, **arguments))


def images(number: int = 3) -> Tensor:
    return torch.randn(number, 3, 64, 64, generator=torch.Generator().manual_seed(1))


def assert_equal(expected: nn.Module, found: Callable[[Tensor], Tensor]) -> None:
    """To 1e-4 of the largest logit, alone and in a batch."""
    for number in (1, 3):
        with torch.no_grad():
            logits = expected(images(number))
            difference = (logits - found(images(number))).abs().max()
        assert difference <= 1e-4 * logits.abs().max()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small model's file."""
    path = tmp_path_factory.mktemp("onnx") / "small.onnx"
    return deploy.export_onnx(small(), path, input_size=(3, 64, 64))


@pytest.mark.parametrize("make", [deploy.fold, deploy.channels_last])
class TestFoldAndChannelsLast:
    @pytest.mark.parametrize("separable", [True, False])
    def test_same_answers(self, make: Callable[[nn.Module], nn.Module], separable: bool) -> None:
        """Logits are the old model's, with depthwise and with full convolutions."""
        model = small(separable=separable)
        assert_equal(model, make(model))

    def test_leaves_the_model_alone(self, make: Callable[[nn.Module], nn.Module]) -> None:
        """It keeps its mode, its entries to the bit, and their order in memory."""
        model = small().train()
        before = copy.deepcopy(model.state_dict())
        made = make(model)
        assert model.training
        assert not made.training
        for name, tensor in model.state_dict().items():
            assert torch.equal(before[name], tensor)
            assert before[name].stride() == tensor.stride()


class TestFold:
    def test_leaves_no_normalization(self) -> None:
        """What is left is convolutions with a bias, and the classifier."""
        kinds = {type(module) for module in deploy.fold(small()).modules()}
        assert nn.BatchNorm2d not in kinds
        assert all(
            module.bias is not None
            for module in deploy.fold(small()).modules()
            if isinstance(module, nn.Conv2d)
        )

    def test_any_sequential(self) -> None:
        """VER2 knows nothing of ConvNormAct, and is folded all the same."""
        model = trained(ver2.MobileNet())
        folded = deploy.fold(model)
        assert_equal(model, folded)
        assert not [m for m in folded.modules() if isinstance(m, nn.BatchNorm2d)]

    def test_shared_convolution(self) -> None:
        """One convolution under two normalizations becomes two convolutions."""
        conv = nn.Conv2d(3, 3, 3, padding=1, bias=False)
        model = trained(
            nn.Sequential(
                nn.Sequential(conv, nn.BatchNorm2d(3)), nn.Sequential(conv, nn.BatchNorm2d(3))
            )
        )
        assert_equal(model, deploy.fold(model))

    def test_normalization_without_statistics_stays(self) -> None:
        """It uses those of the batch, which no weight can hold."""
        norm = nn.BatchNorm2d(4, track_running_stats=False)
        model = nn.Sequential(nn.Conv2d(3, 4, 3), norm).eval()
        assert_equal(model, deploy.fold(model))

    def test_what_it_cannot_know(self) -> None:
        """Neighbors that only look as if a normalization followed a convolution stay."""

        class Doubled(nn.Conv2d):
            def forward(self, images: Tensor) -> Tensor:
                return 2 * super().forward(images)

        relu, conv = nn.ReLU(), nn.Conv2d(3, 3, 3, padding=1)
        hooked = nn.Conv2d(3, 3, 3, padding=1)
        hooked.register_forward_hook(lambda module, args, output: output + 1)
        for layers in (
            [relu, conv, relu, nn.BatchNorm2d(3)],
            [Doubled(3, 3, 3), nn.BatchNorm2d(3)],
            [hooked, nn.BatchNorm2d(3)],
            [nn.utils.parametrizations.weight_norm(copy.deepcopy(conv)), nn.BatchNorm2d(3)],
            [conv, norm := nn.BatchNorm2d(3), conv, norm],
        ):
            model = trained(nn.Sequential(*layers))
            assert_equal(model, deploy.fold(model))

    def test_twice(self) -> None:
        """A folded model can be folded again, to no effect."""
        assert_equal(small(), deploy.fold(deploy.fold(small())))


# .ci/run installs one, so that nothing is skipped there.
@pytest.mark.skipif(not shutil.which("g++"), reason="torch.compile needs a C++ compiler")
class TestCompiled:
    def test_same_answers(self) -> None:
        """Compiled for real, it gives the same logits for any number of images."""
        assert_equal(small(), deploy.compiled(small()))

    def test_weights_are_frozen(self) -> None:
        """Those of the convolutions are packed for their kernels once, and read no more."""
        torch.compiler.reset()  # what it has learned of other sizes
        made = deploy.compiled(small())
        expected = made(images())
        for module in made.modules():
            assert not isinstance(module, nn.BatchNorm2d)
            if isinstance(module, nn.Conv2d):
                nn.init.zeros_(module.weight)
        assert torch.equal(expected, made(images()))

    def test_what_the_page_shows(self, tmp_path: Path) -> None:
        """The code of "Make it fast" that is too slow for the page's own test."""
        path = deploy.export_onnx(small(), tmp_path / "small.onnx", input_size=(3, 64, 64))
        names: dict[str, Any] = {
            "deploy": deploy,
            "model": small(),
            "images": images(),
            "path": path,
            "folder": tmp_path,
        }
        compiled, quantized = run_by("tests/package/test_deploy.py", "docs/en/fast.md")
        exec(compiled, names)
        assert names["logits"].shape == (3, 10)
        exec(quantized, names)
        assert names["logits"].shape == (3, 10)
        assert (tmp_path / "int8.onnx").is_file()


class TestExportOnnx:
    def test_same_answers(self, written: Path) -> None:
        """The file gives the model's logits, for any number of images."""
        assert_equal(small(), deploy.OnnxModel(written))

    def test_any_number_of_images(self, written: Path) -> None:
        """The batch is free, also where it is larger than any that the export has seen."""
        assert deploy.OnnxModel(written)(images(17)).shape == (17, 10)
        assert deploy.OnnxModel(written).input_shape == ("batch", 3, 64, 64)

    def test_standard_operators(self, written: Path) -> None:
        """The file is valid ONNX, of the standard operators, its normalizations folded."""
        model = onnx.load(written)
        onnx.checker.check_model(model, full_check=True)
        assert {node.domain for node in model.graph.node} <= {"", "ai.onnx"}
        assert "BatchNormalization" not in {node.op_type for node in model.graph.node}

    def test_difference_above_the_tolerance(self, tmp_path: Path) -> None:
        """It is an error, and a file that was there before stays as it was."""
        path = tmp_path / "model.onnx"
        path.write_text("before")
        with pytest.raises(ValueError, match=r"differ by .* more than tolerance=1e-12"):
            deploy.export_onnx(small(), path, input_size=(3, 64, 64), tolerance=1e-12)
        assert path.read_text() == "before"
        assert list(tmp_path.iterdir()) == [path]

    def test_model_that_gives_no_number(self, tmp_path: Path) -> None:
        """Nan equals nothing, so it is no file worth keeping."""
        model = ConvNormAct(3, 4).eval()
        nn.init.constant_(model.conv.weight, float("nan"))
        with pytest.raises(ValueError, match="differ by nan"):
            deploy.export_onnx(model, tmp_path / "model.onnx", input_size=(3, 8, 8))
        assert not list(tmp_path.iterdir())

    def test_zeros(self, tmp_path: Path) -> None:
        """A network that gives zeros alone is no division by zero."""
        model = ConvNormAct(3, 4).eval()
        nn.init.zeros_(model.conv.weight)
        path = deploy.export_onnx(model, tmp_path / "zeros.onnx", input_size=(3, 8, 8))
        assert not deploy.OnnxModel(path)(torch.ones(1, 3, 8, 8)).any()

    def test_images_of_another_size(self, tmp_path: Path) -> None:
        """What does not fit the network fails with its own error, before the export."""
        with pytest.raises(ValueError, match="16x16, and at least 32x32 is wanted"):
            deploy.export_onnx(small(), tmp_path / "model.onnx", input_size=(3, 16, 16))

    def test_a_folder_of_that_name(self, tmp_path: Path) -> None:
        """It is said before the export, and the folder stays."""
        with pytest.raises(IsADirectoryError, match="is a folder"):
            deploy.export_onnx(small(), tmp_path)

    def test_folder_that_is_not_there(self, tmp_path: Path) -> None:
        """The error names the folder, and comes before the work."""
        with pytest.raises(FileNotFoundError, match=r"nowhere is not there"):
            deploy.export_onnx(small(), tmp_path / "nowhere" / "model.onnx")


class TestOnnxModel:
    def test_wrong_shape(self, written: Path) -> None:
        """The error has what was given and what the file takes."""
        with pytest.raises(ValueError, match=r"\(1, 3, 32, 32\).*\(batch, 3, 64, 64\)"):
            deploy.OnnxModel(written)(torch.zeros(1, 3, 32, 32))
        with pytest.raises(ValueError, match=r"\(3, 64, 64\).*\(batch, 3, 64, 64\)"):
            deploy.OnnxModel(written)(torch.zeros(3, 64, 64))

    def test_bytes(self, written: Path) -> None:
        """As the network does, it refuses images that nobody has scaled."""
        with pytest.raises(ValueError, match=r"uint8.*float\(\) / 255"):
            deploy.OnnxModel(written)(torch.zeros(1, 3, 64, 64, dtype=torch.uint8))

    def test_threads(self, written: Path) -> None:
        """As many as torch has, or as many as are asked for."""
        for model, threads in (
            (deploy.OnnxModel(written), torch.get_num_threads()),
            (deploy.OnnxModel(written, threads=1), 1),
        ):
            assert model.session.get_session_options().intra_op_num_threads == threads

    def test_channels_last_images(self, written: Path) -> None:
        """Their order in memory makes no difference."""
        model = deploy.OnnxModel(written)
        swapped = images().contiguous(memory_format=torch.channels_last)
        assert torch.equal(model(images()), model(swapped))

    def test_no_file(self, tmp_path: Path) -> None:
        """The error says which file, and what writes one."""
        with pytest.raises(FileNotFoundError, match=r"no\.onnx is not there: export_onnx"):
            deploy.OnnxModel(tmp_path / "no.onnx")

    def test_no_model(self, tmp_path: Path) -> None:
        """A file of something else is named."""
        path = tmp_path / "text.onnx"
        path.write_text("no model")
        with pytest.raises(ValueError, match=r"text\.onnx is no ONNX model"):
            deploy.OnnxModel(path)


class TestQuantizeOnnx:
    @pytest.mark.parametrize(
        ("images", "message"),
        [(torch.zeros(0, 3, 64, 64), "holds none"), (torch.zeros(2, 3, 32, 32), "have the shape")],
        ids=["none", "another size"],
    )
    def test_images(self, written: Path, tmp_path: Path, images: Tensor, message: str) -> None:
        """Images that tell nothing, or do not fit, are named."""
        with pytest.raises(ValueError, match=message):
            deploy.quantize_onnx(written, tmp_path / "int8.onnx", images)

    def test_near_enough(self, written: Path, tmp_path: Path) -> None:
        """Within the tolerance on images that it has not seen, in a third of the bytes."""
        path = deploy.quantize_onnx(written, tmp_path / "int8.onnx", images(16))
        unseen = torch.randn(8, 3, 64, 64)
        expected, found = (deploy.OnnxModel(file)(unseen) for file in (written, path))
        assert (expected - found).abs().max() < 0.15 * expected.abs().max()
        assert path.stat().st_size < 0.5 * written.stat().st_size

    def test_difference_above_the_tolerance(self, written: Path, tmp_path: Path) -> None:
        """Eight bits are not float to six digits: the error leaves nothing behind."""
        with pytest.raises(ValueError, match="more than tolerance=1e-06"):
            deploy.quantize_onnx(written, tmp_path / "int8.onnx", images(2), tolerance=1e-6)
        assert not list(tmp_path.iterdir())
