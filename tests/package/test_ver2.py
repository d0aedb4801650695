"""VER2 is the post's second network: same checkpoint, same outputs, same summary."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from mobilenet import ver2

POST = Path(__file__).parent / "post" / "ver2.txt"

# (in, out, stride) of the post's DWConv calls.
BLOCKS = [
    (32, 64, 1),
    (64, 128, 2),
    (128, 128, 1),
    (128, 256, 2),
    (256, 256, 1),
    (256, 512, 2),
    *[(512, 512, 1)] * 5,
    (512, 1024, 2),
    (1024, 1024, 1),
]


def layers() -> Iterator[tuple[str, tuple[int, ...], int]]:
    """Prefix, weight's shape and stride of each convolution; BatchNorm comes next."""
    yield "model.0.0", (32, 3, 3, 3), 2
    for index, (in_channels, out_channels, stride) in enumerate(BLOCKS, start=1):
        yield f"model.{index}.0", (in_channels, 1, 3, 3), stride
        yield f"model.{index}.3", (out_channels, in_channels, 1, 1), 1


def norm(conv: str) -> str:
    prefix, index = conv.rsplit(".", 1)
    return f"{prefix}.{int(index) + 1}"


def checkpoint() -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(1)
    state: dict[str, Tensor] = {}
    for conv, shape, _ in layers():
        state[f"{conv}.weight"] = torch.randn(shape, generator=generator) * 0.1
        for entry in ("weight", "bias", "running_mean", "running_var"):
            state[f"{norm(conv)}.{entry}"] = torch.rand(shape[0], generator=generator)
        state[f"{norm(conv)}.num_batches_tracked"] = torch.tensor(3)
    state["fc.weight"] = torch.randn(1000, 1024, generator=generator)
    state["fc.bias"] = torch.randn(1000, generator=generator)
    return state


def forward(state: dict[str, Tensor], x: Tensor) -> Tensor:
    """The post's forward in eval mode on a checkpoint, without any module."""
    for conv, shape, stride in layers():
        weight = state[f"{conv}.weight"]
        padding, groups = shape[-1] // 2, x.shape[1] // shape[1]
        x = F.conv2d(x, weight, stride=stride, padding=padding, groups=groups)
        mean, variance, scale, shift = (
            state[f"{norm(conv)}.{entry}"]
            for entry in ("running_mean", "running_var", "weight", "bias")
        )
        x = F.relu(F.batch_norm(x, mean, variance, scale, shift))
    return F.linear(x.reshape(-1, 1024), state["fc.weight"], state["fc.bias"])


class TestNetwork:
    def test_checkpoint(self) -> None:
        """A checkpoint of the post's class loads strictly, its entries in order."""
        model = ver2.MobileNet()
        model.load_state_dict(checkpoint(), strict=True)

        assert list(model.state_dict()) == list(checkpoint())

    def test_outputs_are_equal_to_the_bit(self) -> None:
        """With the same checkpoint, the outputs are the post's: 49 rows an image."""
        state, images = checkpoint(), torch.randn(2, 3, 224, 224)
        model = ver2.MobileNet().eval()
        model.load_state_dict(state)

        out = model(images)

        assert out.shape == (98, 1000)
        assert torch.equal(forward(state, images), out)

    def test_same_seed_same_weights(self) -> None:
        """Layers are built in the post's order, so a seed gives the post's weights."""
        torch.manual_seed(0)
        model = ver2.MobileNet()
        torch.manual_seed(0)
        for conv, shape, _ in layers():
            out_channels, in_channels, size, _ = shape
            groups = out_channels if in_channels == 1 else 1
            expected = torch.nn.Conv2d(
                in_channels * groups, out_channels, size, groups=groups, bias=False
            )
            assert torch.equal(expected.weight, model.get_parameter(f"{conv}.weight"))
        assert torch.equal(torch.nn.Linear(1024, 1000).weight, model.fc.weight)

    def test_submodules(self) -> None:
        """``model`` with 15 parts, the last a pooling of 1, and ``fc``."""
        model = ver2.MobileNet()

        assert [name for name, _ in model.named_children()] == ["model", "fc"]
        assert len(model.model) == 15
        assert isinstance(model.model[14], torch.nn.AvgPool2d)
        assert model.model[14].kernel_size == 1


def test_main_prints_the_summary() -> None:
    """``python -m mobilenet.ver2`` prints what the post's Main does, to the character."""
    command = [sys.executable, "-m", "mobilenet.ver2"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True)

    assert POST.read_text() == printed.stdout
