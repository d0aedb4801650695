"""Channels in a figure: planes of pixels, and the weights that look at them.

A channel has a color and, without it, a shape of its weights. Each weight is one mark,
so that a reader can count them.
"""

from __future__ import annotations

from collections.abc import Sequence

import svg
import torch
from torch import nn

from figures import HOLLOW


def shape_text(shape: Sequence[int]) -> str:
    """Return the shape of images, or of filters, as height × width × channels."""
    _, channels, height, width = shape
    return f"{height}×{width}×{channels}"


def plane(x: float, y: float, image: torch.Tensor, pixel: int) -> svg.Path:
    """Draw one channel of an image, with its corner at a point."""
    *_, height, width = image.shape
    right, down = width * pixel, height * pixel
    d: list[svg.PathData] = [svg.M(x, y), svg.h(right), svg.v(down), svg.h(-right), svg.Z()]
    for column in range(1, width):
        d += [svg.M(x + column * pixel, y), svg.v(down)]
    for row in range(1, height):
        d += [svg.M(x, y + row * pixel), svg.h(right)]
    return svg.Path(d=d, **HOLLOW)


def weights(x: int, y: int, layer: nn.Conv2d, channel: int, pixel: int) -> svg.Path:
    """Draw the weights of one filter for a channel, with their corner at a point."""
    *_, height, width = layer.weight.shape
    return svg.Path(
        d=[
            part
            for row in range(height)
            for column in range(width)
            for part in _mark(channel, x + column * pixel + 1, y + row * pixel + 1, pixel - 2)
        ]
    )


def _mark(channel: int, x: int, y: int, size: int) -> list[svg.PathData]:
    """Draw a square, a diamond or a triangle."""
    half = size // 2
    diamond = [svg.M(x + half, y), svg.l(half, half), svg.l(-half, half), svg.l(-half, -half)]
    return [
        [svg.M(x, y), svg.h(size), svg.v(size), svg.h(-size), svg.Z()],
        [*diamond, svg.Z()],
        [svg.M(x + half, y), svg.l(half, size), svg.h(-size), svg.Z()],
    ][channel]
