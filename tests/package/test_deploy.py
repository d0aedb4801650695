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
from tests.commands import find_blocks

SIZE = (3, 64, 64)

Make = Callable[[nn.Module], nn.Module]


def give_statistics(model: nn.Module) -> nn.Module:
    """Return the model in eval mode, with normalizations as if it had been trained."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            for tensor in module.state_dict().values():
                if tensor.is_floating_point():
                    nn.init.uniform_(tensor, 0.5, 1.5)
    return model.eval()


def make_network(**arguments: bool) -> nn.Module:
    torch.manual_seed(0)
    return give_statistics(MobileNetV1(10, 0.25, activation=nn.ReLU6, **arguments))


def make_images(number: int = 3) -> Tensor:
    return torch.randn(number, *SIZE, generator=torch.Generator().manual_seed(1))


def assert_same_answers(expected: nn.Module, found: Callable[[Tensor], Tensor]) -> None:
    """Compare the logits of one image and of three, to 1e-4 of the largest."""
    for number in (1, 3):
        images = make_images(number)
        with torch.no_grad():
            logits = expected(images)
            difference = (logits - found(images)).abs().max()
        assert difference <= 1e-4 * logits.abs().max()


@pytest.fixture
def network() -> nn.Module:
    return make_network()


@pytest.fixture(scope="module")
def onnx_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export the network."""
    path = tmp_path_factory.mktemp("onnx") / "network.onnx"
    return deploy.export_onnx(make_network(), path, input_size=SIZE)


@pytest.mark.parametrize("make", [deploy.fold, deploy.channels_last])
class TestFoldAndChannelsLast:
    @pytest.mark.parametrize("separable", [True, False])
    def test_same_answers(self, make: Make, separable: bool) -> None:
        """The logits are the old model's, with separable and with standard convolutions."""
        model = make_network(separable=separable)
        assert_same_answers(model, make(model))

    def test_old_model_stays(self, make: Make, network: nn.Module) -> None:
        """The old model keeps its mode, its entries to the bit, and their order in memory."""
        before = copy.deepcopy(network.train().state_dict())
        assert not make(network).training
        assert network.training
        for name, tensor in network.state_dict().items():
            assert torch.equal(before[name], tensor)
            assert before[name].stride() == tensor.stride()


class Doubled(nn.Conv2d):
    def forward(self, images: Tensor) -> Tensor:
        return 2 * super().forward(images)


class TestFold:
    @pytest.mark.parametrize("build", [make_network, ver2.MobileNet])
    def test_no_normalization_is_left(self, build: Callable[[], nn.Module]) -> None:
        """In any sequential, a convolution has a bias in place of its normalization."""
        model = give_statistics(build())
        folded = deploy.fold(model)
        assert_same_answers(model, folded)
        modules = list(folded.modules())
        assert not [each for each in modules if isinstance(each, nn.BatchNorm2d)]
        assert all(each.bias is not None for each in modules if isinstance(each, nn.Conv2d))

    def test_shared_convolution(self) -> None:
        """A convolution under two normalizations becomes two convolutions."""
        conv = nn.Conv2d(3, 3, 3, padding=1, bias=False)
        parts = (nn.Sequential(conv, nn.BatchNorm2d(3)) for _ in range(2))
        model = give_statistics(nn.Sequential(*parts))
        assert_same_answers(model, deploy.fold(model))

    def test_what_cannot_be_folded(self) -> None:
        """Layers that only look like a convolution and its normalization stay as they are."""
        relu, conv, norm = nn.ReLU(), nn.Conv2d(3, 3, 3, padding=1), nn.BatchNorm2d(3)
        hooked = copy.deepcopy(conv)
        hooked.register_forward_hook(lambda module, args, output: output + 1)
        for layers in (
            [relu, conv, relu, norm],
            [Doubled(3, 3, 3), norm],
            [hooked, norm],
            [nn.utils.parametrizations.weight_norm(copy.deepcopy(conv)), norm],
            [conv, norm, conv, norm],
            [conv, nn.BatchNorm2d(3, track_running_stats=False)],
        ):
            model = give_statistics(nn.Sequential(*layers))
            assert_same_answers(model, deploy.fold(model))


# .ci/run installs a compiler, so that nothing is skipped there.
@pytest.mark.skipif(not shutil.which("g++"), reason="torch.compile needs a C++ compiler")
class TestCompiled:
    def test_same_answers(self, network: nn.Module) -> None:
        """The compiled model gives the same logits for any number of images."""
        assert_same_answers(network, deploy.compiled(network))

    def test_weights_are_frozen(self, network: nn.Module) -> None:
        """The weights are packed once: what becomes of them later changes nothing."""
        torch.compiler.reset()  # forget the sizes of other tests
        compiled, images = deploy.compiled(network), make_images()
        expected = compiled(images)
        for module in compiled.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.zeros_(module.weight)
        assert torch.equal(expected, compiled(images))

    def test_code_of_the_page(self, network: nn.Module, onnx_file: Path, tmp_path: Path) -> None:
        """The blocks of "Make it fast" that are too slow for the page's own test run."""
        names: dict[str, Any] = {"deploy": deploy, "path": onnx_file, "folder": tmp_path}
        names |= {"model": network, "images": make_images()}
        compile_model, quantize = find_blocks("docs/en/fast.md", __file__)
        exec(compile_model, names)
        assert names["logits"].shape == (3, 10)
        exec(quantize, names)
        assert names["logits"].shape == (3, 10)
        assert (tmp_path / "int8.onnx").is_file()


class TestExportOnnx:
    def test_same_answers(self, network: nn.Module, onnx_file: Path) -> None:
        """The file gives the network's logits, in any order in memory and for any batch."""
        model = deploy.OnnxModel(onnx_file)
        assert_same_answers(network, model)
        assert model.input_shape == ("batch", *SIZE)
        images = make_images(17)
        swapped = images.contiguous(memory_format=torch.channels_last)
        assert torch.equal(model(images), model(swapped))

    def test_standard_operators(self, onnx_file: Path) -> None:
        """The file is valid ONNX with standard operators alone, its normalizations folded."""
        model = onnx.load(onnx_file)
        onnx.checker.check_model(model, full_check=True)
        assert {node.domain for node in model.graph.node} <= {"", "ai.onnx"}
        assert "BatchNormalization" not in {node.op_type for node in model.graph.node}

    @pytest.mark.parametrize(
        ("weight", "tolerance", "difference"), [(float("nan"), 1e-4, "nan"), (0.1, 1e-12, ".*")]
    )
    def test_outputs_that_differ(
        self, tmp_path: Path, weight: float, tolerance: float, difference: str
    ) -> None:
        """Outputs that differ too much, or are nan, are an error, and the old file stays."""
        path = tmp_path / "model.onnx"
        path.write_text("before")
        model = ConvNormAct(3, 4).eval()
        nn.init.constant_(model.conv.weight, weight)
        with pytest.raises(ValueError, match=f"differ by {difference} .*tolerance={tolerance:.2g}"):
            deploy.export_onnx(model, path, input_size=(3, 8, 8), tolerance=tolerance)
        assert path.read_text() == "before"
        assert list(tmp_path.iterdir()) == [path]

    def test_outputs_that_are_zero(self, tmp_path: Path) -> None:
        """A model that gives nothing but zeros is exported."""
        model = ConvNormAct(3, 4).eval()
        nn.init.zeros_(model.conv.weight)
        path = deploy.export_onnx(model, tmp_path / "zeros.onnx", input_size=(3, 8, 8))
        assert not deploy.OnnxModel(path)(torch.ones(1, 3, 8, 8)).any()

    def test_wrong_argument(self, network: nn.Module, tmp_path: Path) -> None:
        """Small images, a folder as the file and a missing folder are named."""
        with pytest.raises(ValueError, match="16x16"):
            deploy.export_onnx(network, tmp_path / "model.onnx", input_size=(3, 16, 16))
        with pytest.raises(IsADirectoryError, match="is a folder"):
            deploy.export_onnx(network, tmp_path)
        with pytest.raises(FileNotFoundError, match="nowhere is not there"):
            deploy.export_onnx(network, tmp_path / "nowhere" / "model.onnx")
        assert not list(tmp_path.iterdir())


class TestOnnxModel:
    @pytest.mark.parametrize(
        ("images", "message"),
        [
            (torch.zeros(1, 3, 32, 32), r"\(1, 3, 32, 32\).*\(batch, 3, 64, 64\)"),
            (torch.zeros(3, 64, 64), r"\(3, 64, 64\).*\(batch, 3, 64, 64\)"),
            (torch.zeros(1, 3, 64, 64, dtype=torch.uint8), r"uint8.*float\(\) / 255"),
        ],
        ids=["size", "no batch", "bytes"],
    )
    def test_wrong_images(self, onnx_file: Path, images: Tensor, message: str) -> None:
        """Images of another shape or type are named, with what the file takes."""
        with pytest.raises(ValueError, match=message):
            deploy.OnnxModel(onnx_file)(images)

    @pytest.mark.parametrize("threads", [None, 1])
    def test_threads(self, onnx_file: Path, threads: int | None) -> None:
        """The session has as many threads as torch, or as many as are given."""
        model = deploy.OnnxModel(onnx_file, threads=threads)
        expected = threads or torch.get_num_threads()
        assert expected == model.session.get_session_options().intra_op_num_threads

    def test_wrong_file(self, tmp_path: Path) -> None:
        """A file that is missing, or is no ONNX model, is named."""
        path = tmp_path / "text.onnx"
        with pytest.raises(FileNotFoundError, match=r"text\.onnx is not there: export_onnx"):
            deploy.OnnxModel(path)
        path.write_text("no model")
        with pytest.raises(ValueError, match=r"text\.onnx is no ONNX model"):
            deploy.OnnxModel(path)


class TestQuantizeOnnx:
    def test_near_the_floats(self, onnx_file: Path, tmp_path: Path) -> None:
        """Unseen images get nearly the same logits, from less than half of the bytes."""
        path = deploy.quantize_onnx(onnx_file, tmp_path / "int8.onnx", make_images(16))
        unseen = torch.randn(8, *SIZE)
        expected, found = (deploy.OnnxModel(file)(unseen) for file in (onnx_file, path))
        assert (expected - found).abs().max() < 0.15 * expected.abs().max()
        assert path.stat().st_size < 0.5 * onnx_file.stat().st_size

    @pytest.mark.parametrize(
        ("images", "settings", "message"),
        [
            (torch.zeros(0, 3, 64, 64), {}, "holds none"),
            (torch.zeros(2, 3, 32, 32), {}, "have the shape"),
            (make_images(2), {"tolerance": 1e-6}, "more than tolerance=1e-06"),
        ],
        ids=["none", "size", "tolerance"],
    )
    def test_refused(
        self, onnx_file: Path, tmp_path: Path, images: Tensor, settings: Any, message: str
    ) -> None:
        """No images, images that do not fit, or too large a difference leave no file."""
        with pytest.raises(ValueError, match=message):
            deploy.quantize_onnx(onnx_file, tmp_path / "int8.onnx", images, **settings)
        assert not list(tmp_path.iterdir())
