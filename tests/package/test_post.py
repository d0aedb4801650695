"""VER1 and VER2 are the post's networks: same checkpoints, same outputs, same summaries."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from mobilenet import ver1, ver2
from tests.package.reference import BLOCKS, Layer, compute_features, make_weights, separable

# The convolutions in the order of the post's code.
VER1 = [
    Layer("DWConv1.0", (32, 3, 3, 3), 2),
    *separable("DWConv1.1", "DWConv1.2", 32, 64, 1),
    *separable("DWConv2.0", "DWConv2.1", 64, 128, 2),
    *separable("DWConv3.0", "DWConv3.1", 128, 128, 1),
    *separable("DWConv3.2", "DWConv3.3", 128, 256, 2),
    *separable("DWConv4.0", "DWConv4.1", 256, 256, 1),
    *separable("DWConv4.2", "DWConv4.3", 256, 512, 2),
    *separable("DWConv5.0", "DWConv5.1", 512, 512, 1),
    *separable("DWConv6.0", "DWConv6.1", 512, 1024, 2),
    *separable("DWConv7.0", "DWConv7.1", 1024, 1024, 2),
]
VER2 = [Layer("model.0.0", (32, 3, 3, 3), 2, "model.0.1")]
for number, block in enumerate(BLOCKS, start=1):
    conv, norm, _, second_conv, second_norm = (f"model.{number}.{place}" for place in range(5))
    VER2 += separable(conv, second_conv, *block, norm, second_norm)

both = pytest.mark.parametrize(
    ("version", "layers"), [(ver1, VER1), (ver2, VER2)], ids=["ver1", "ver2"]
)


@both
def test_checkpoint_gives_equal_outputs(version: Any, layers: list[Layer]) -> None:
    """VER1 gives the last feature map, with DWConv5 run five times, and VER2 49 rows an image."""
    model, state = version.MobileNet().eval(), make_weights(layers, "fc")
    assert list(state) == list(model.state_dict())
    model.load_state_dict(state, strict=True)
    images = torch.randn(2, 3, 224, 224)
    if version is ver1:
        expected = compute_features(layers[:13] + layers[13:15] * 5 + layers[15:], state, images)
    else:
        rows = compute_features(layers, state, images).reshape(-1, 1024)
        expected = F.linear(rows, state["fc.weight"], state["fc.bias"])
    assert expected.shape == ((2, 1024, 4, 4) if version is ver1 else (98, 1000))
    assert torch.equal(expected, model(images))


@both
def test_same_seed_gives_the_same_weights(version: Any, layers: list[Layer]) -> None:
    """Layers are built in the post's order, so a seed gives the post's weights."""
    torch.manual_seed(0)
    model = version.MobileNet()
    torch.manual_seed(0)
    for conv, (out_channels, group, size, _), _, _ in layers:
        groups = out_channels if group == 1 else 1
        layer = nn.Conv2d(group * groups, out_channels, size, groups=groups, bias=False)
        assert torch.equal(layer.weight, model.get_parameter(f"{conv}.weight"))
    assert torch.equal(nn.Linear(1024, 1000).weight, model.fc.weight)


@both
def test_main_prints_the_summary(version: Any, layers: list[Layer]) -> None:
    """The module run as a program prints what the post's Main does, to the character."""
    command = [sys.executable, "-m", version.__name__]
    printed = subprocess.run(command, capture_output=True, text=True, check=True)
    name = version.__name__.removeprefix("mobilenet.")
    assert printed.stdout == (Path(__file__).parent / "post" / f"{name}.txt").read_text()


def test_arguments_of_ver1() -> None:
    """The arguments in_ch and cls size their layers, and out_ch changes nothing."""
    model = ver1.MobileNet(in_ch=1, out_ch=7, cls=10)
    assert model.fc.out_features == 10
    assert model(torch.zeros(1, 1, 64, 64)).shape[:2] == (1, 1024)
