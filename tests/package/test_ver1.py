"""VER1 is the post's first network: same checkpoint, same outputs, same summary."""

import subprocess
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from mobilenet import ver1

POST = Path(__file__).parent / "post" / "ver1.txt"

# What a checkpoint of the post's class holds, written down from the post.
ENTRIES = {
    "DWConv1.0.weight": (32, 3, 3, 3),
    "DWConv1.1.weight": (32, 1, 3, 3),
    "DWConv1.2.weight": (64, 32, 1, 1),
    "DWConv2.0.weight": (64, 1, 3, 3),
    "DWConv2.1.weight": (128, 64, 1, 1),
    "DWConv3.0.weight": (128, 1, 3, 3),
    "DWConv3.1.weight": (128, 128, 1, 1),
    "DWConv3.2.weight": (128, 1, 3, 3),
    "DWConv3.3.weight": (256, 128, 1, 1),
    "DWConv4.0.weight": (256, 1, 3, 3),
    "DWConv4.1.weight": (256, 256, 1, 1),
    "DWConv4.2.weight": (256, 1, 3, 3),
    "DWConv4.3.weight": (512, 256, 1, 1),
    "DWConv5.0.weight": (512, 1, 3, 3),
    "DWConv5.1.weight": (512, 512, 1, 1),
    "DWConv6.0.weight": (512, 1, 3, 3),
    "DWConv6.1.weight": (1024, 512, 1, 1),
    "DWConv7.0.weight": (1024, 1, 3, 3),
    "DWConv7.1.weight": (1024, 1024, 1, 1),
    "fc.weight": (1000, 1024),
    "fc.bias": (1000,),
}

# (entry, stride) of each convolution that the post's forward runs, in its order.
BLOCK5 = [("DWConv5.0", 1), ("DWConv5.1", 1)]
CALLS = [
    *[("DWConv1.0", 2), ("DWConv1.1", 1), ("DWConv1.2", 1)],
    *[("DWConv2.0", 2), ("DWConv2.1", 1)],
    *[("DWConv3.0", 1), ("DWConv3.1", 1), ("DWConv3.2", 2), ("DWConv3.3", 1)],
    *[("DWConv4.0", 1), ("DWConv4.1", 1), ("DWConv4.2", 2), ("DWConv4.3", 1)],
    *BLOCK5 * 5,
    *[("DWConv6.0", 2), ("DWConv6.1", 1)],
    *[("DWConv7.0", 2), ("DWConv7.1", 1)],
]


def checkpoint() -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(1)
    return {name: torch.randn(shape, generator=generator) * 0.05 for name, shape in ENTRIES.items()}


def forward(state: dict[str, Tensor], x: Tensor) -> Tensor:
    """The post's forward on a checkpoint, without any module."""
    for name, stride in CALLS:
        weight = state[f"{name}.weight"]
        x = F.conv2d(
            x,
            weight,
            stride=stride,
            padding=weight.shape[-1] // 2,
            groups=x.shape[1] // weight.shape[1],
        )
    return x


class TestNetwork:
    def test_checkpoint(self) -> None:
        """A checkpoint of the post's class loads strictly, its entries in order."""
        model = ver1.MobileNet()
        model.load_state_dict(checkpoint(), strict=True)

        assert list(model.state_dict()) == list(ENTRIES)

    def test_outputs_are_equal_to_the_bit(self) -> None:
        """With the same checkpoint, the outputs are the post's."""
        state, images = checkpoint(), torch.randn(2, 3, 224, 224)
        model = ver1.MobileNet()
        model.load_state_dict(state)

        assert torch.equal(forward(state, images), model(images))

    def test_same_seed_same_weights(self) -> None:
        """Layers are built in the post's order, so a seed gives the post's weights."""
        torch.manual_seed(0)
        model = ver1.MobileNet()
        torch.manual_seed(0)
        first = torch.nn.Conv2d(3, 32, 3, bias=False)
        second = torch.nn.Conv2d(32, 32, 3, groups=32, bias=False)
        third = torch.nn.Conv2d(32, 64, 1, bias=False)

        for index, expected in enumerate([first, second, third]):
            assert torch.equal(expected.weight, model.get_parameter(f"DWConv1.{index}.weight"))

    def test_submodules(self) -> None:
        """The names that the post gives, the unused ones included."""
        blocks = [f"DWConv{number}" for number in range(1, 8)]

        assert [*blocks, "avgp", "fc", "sm"] == [
            name for name, _ in ver1.MobileNet().named_children()
        ]

    def test_arguments(self) -> None:
        """in_ch and cls size their layers; out_ch changes nothing."""
        model = ver1.MobileNet(in_ch=1, out_ch=7, cls=10)

        assert model.DWConv1[0].in_channels == 1
        assert model.fc.out_features == 10
        assert model(torch.zeros(1, 1, 64, 64)).shape[:2] == (1, 1024)


def test_main_prints_the_summary() -> None:
    """``python -m mobilenet.ver1`` prints what the post's Main does, to the character."""
    command = [sys.executable, "-m", "mobilenet.ver1"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True)

    assert POST.read_text() == printed.stdout
