"""Networks computed from a state dict, with torch's functions and none of the package's modules."""

from itertools import pairwise
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

CHANNELS = (32, 64, 128, 128, 256, 256, *[512] * 6, 1024, 1024)
STRIDES = (1, 2, 1, 2, 1, 2, *[1] * 5, 2, 1)
#: Input channels, output channels and stride of the 13 blocks, from Table 1 of the paper.
BLOCKS = [(*channels, stride) for channels, stride in zip(pairwise(CHANNELS), STRIDES, strict=True)]


class Layer(NamedTuple):
    """A convolution, and what follows it: its BatchNorm and ReLU, or nothing."""

    conv: str
    shape: tuple[int, int, int, int]
    stride: int
    norm: str = ""


def separable(
    depthwise: str, pointwise: str, channels: int, out_channels: int, stride: int, *norms: str
) -> list[Layer]:
    """Return the two layers of a depthwise separable convolution, by their names."""
    return [
        Layer(depthwise, (channels, 1, 3, 3), stride, *norms[:1]),
        Layer(pointwise, (out_channels, channels, 1, 1), 1, *norms[1:]),
    ]


def make_weights(layers: list[Layer], classifier: str) -> dict[str, Tensor]:
    """Return random weights, such that much of what comes to a ReLU6 exceeds 6."""
    generator = torch.Generator().manual_seed(1)
    state: dict[str, Tensor] = {}
    for conv, shape, _, norm in layers:
        state[f"{conv}.weight"] = torch.randn(shape, generator=generator) * 0.1
        if norm:
            for entry in ("weight", "bias", "running_mean", "running_var"):
                state[f"{norm}.{entry}"] = torch.rand(shape[0], generator=generator) + 0.1
            state[f"{norm}.bias"] *= 9
            state[f"{norm}.num_batches_tracked"] = torch.tensor(3)
    channels = layers[-1].shape[0]
    state[f"{classifier}.weight"] = torch.randn(1000, channels, generator=generator)
    state[f"{classifier}.bias"] = torch.randn(1000, generator=generator)
    return state


def compute_features(
    layers: list[Layer], state: dict[str, Tensor], x: Tensor, limit: float = float("inf")
) -> Tensor:
    """Return the last feature map in eval mode; ``limit`` is 6 for ReLU6."""
    for conv, (_, group, _, size), stride, norm in layers:
        weight, groups = state[f"{conv}.weight"], x.shape[1] // group
        x = F.conv2d(x, weight, stride=stride, padding=size // 2, groups=groups)
        if norm:
            mean, variance = state[f"{norm}.running_mean"], state[f"{norm}.running_var"]
            x = F.batch_norm(x, mean, variance, state[f"{norm}.weight"], state[f"{norm}.bias"])
            x = x.clamp(0, limit)
    return x
