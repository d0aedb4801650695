"""Channels in a figure: planes of pixels, and the weights that look at them.

A channel has a color and, without it, a shape of its weights. Each weight is one mark,
so that a reader can count them.
"""

from __future__ import annotations

from collections.abc import Sequence

import svg
import torch
from torch import nn

__all__ = ["channel_class", "plane", "shape_text", "weights"]


def channel_class(channel: int) -> list[str]:
    """The class with the color of a channel, counted from 0."""
    return [f"channel-{channel + 1}"]


def shape_text(shape: Sequence[int]) -> str:
    """A batch of images as height × width × channels; a layer's filters likewise."""
    _, channels, height, width = shape
    return f"{height}×{width}×{channels}"


def plane(x: int, y: int, image: torch.Tensor, pixel: int) -> svg.Path:
    """One channel of an image, its corner at a point."""
    *_, height, width = image.shape
    return svg.Path(
        class_=["hollow"],
        fill="none",
        stroke="currentColor",
        d=[
            svg.M(x, y),
            *(svg.h(width * pixel), svg.v(height * pixel), svg.h(-width * pixel), svg.Z()),
            *(
                part
                for column in range(1, width)
                for part in (svg.M(x + column * pixel, y), svg.v(height * pixel))
            ),
            *(
                part
                for row in range(1, height)
                for part in (svg.M(x, y + row * pixel), svg.h(width * pixel))
            ),
        ],
    )


def weights(x: int, y: int, layer: nn.Conv2d, channel: int, pixel: int) -> svg.Path:
    """What one filter of a layer has for a channel, its corner at a point."""
    *_, height, width = layer.weight.shape
    return svg.Path(
        d=[
            part
            for row in range(height)
            for column in range(width)
            for part in _mark(channel, x + column * pixel + 1, y + row * pixel + 1, pixel - 2)
        ],
    )


def _mark(channel: int, x: int, y: int, size: int) -> list[svg.PathData]:
    """A square, a diamond, a triangle."""
    half = size // 2
    diamond = [svg.M(x + half, y), svg.l(half, half), svg.l(-half, half), svg.l(-half, -half)]
    return [
        [svg.M(x, y), svg.h(size), svg.v(size), svg.h(-size), svg.Z()],
        [*diamond, svg.Z()],
        [svg.M(x + half, y), svg.l(half, size), svg.h(-size), svg.Z()],
    ][channel]
