"""The picture beside a link to the site, where one is shared.

It shows each weight of the two ways to convolve as a dot in the color of the channel that
it sees, and no word but the name: so one file serves both languages, and the font that is
part of Pillow is enough. Whichever machine draws it needs no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from figures.convolutions import DEPTHWISE, POINTWISE, STANDARD
from PIL import Image, ImageDraw, ImageFont
from torch import nn

__all__ = ["ALT", "HEIGHT", "NAME", "WIDTH", "write"]

#: Its path below the built site.
NAME = "assets/preview.png"
#: The proportions that every network shows whole.
WIDTH, HEIGHT = 1200, 630

BACKGROUND, TEXT = "#24357c", "#ffffff"
CHANNELS = ("#b9c6ff", "#ffb072", "#5fd3ba")

MARGIN = 80
LEFT, RIGHT = MARGIN, 680
TOP = 292
DOT, STEP, KERNEL = 22, 28, 96
"""How wide a dot is, and from one to the next, and from a kernel to the next."""
FINE = 4
"""Drawn so many times as large, and made small again: Pillow draws edges without shades."""

_STANDARD = STANDARD.weight.numel()
_SEPARABLE = DEPTHWISE.weight.numel() + POINTWISE.weight.numel()

#: What the picture shows, for those who do not see it.
ALT = {
    "ko": f"일반 합성곱의 가중치 {_STANDARD}개와 깊이별 분리 합성곱의 가중치 {_SEPARABLE}개",
    "en": f"The {_STANDARD} weights of a standard convolution, and the {_SEPARABLE} of a "
    "depthwise separable one",
}


def write(site: Path) -> None:
    """Draw the picture into a built site."""
    image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), BACKGROUND)
    draw = ImageDraw.Draw(image)
    _text(draw, "MobileNet", MARGIN, 150, 120)
    _text(draw, str(_STANDARD), LEFT + 3 * KERNEL + 24, TOP + 3 * KERNEL - 14, 84)
    _text(draw, str(_SEPARABLE), RIGHT + 3 * KERNEL + 24, TOP + 3 * KERNEL - 14, 84)
    dots = [
        *_dots(STANDARD, LEFT, TOP),
        *_dots(DEPTHWISE, RIGHT, TOP + KERNEL),
        *_dots(POINTWISE, RIGHT, TOP + 2 * KERNEL),
    ]
    for x, y, channel in dots:
        box = (x * FINE, y * FINE, (x + DOT) * FINE, (y + DOT) * FINE)
        draw.ellipse(box, fill=CHANNELS[channel])
    few_colors = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).quantize(64)
    few_colors.save(site / NAME, optimize=True)


def _text(draw: ImageDraw.ImageDraw, text: str, x: int, baseline: int, size: int) -> None:
    font = ImageFont.load_default(size * FINE)
    draw.text((x * FINE, baseline * FINE), text, fill=TEXT, font=font, anchor="ls")


def _dots(layer: nn.Conv2d, left: int, top: int) -> Iterator[tuple[int, int, int]]:
    """Where each weight is, and which channel it sees.

    Channels are columns, as are the filters that see one channel alone; other filters stand
    below each other.
    """
    filters, channels, height, width = layer.weight.shape
    side_by_side = layer.groups > 1
    left += (KERNEL - width * STEP) // 2
    for place in product(range(filters), range(channels), range(height), range(width)):
        number, channel, row, column = place
        if side_by_side:
            number, channel = 0, number
        down = number * (KERNEL if height > 1 else STEP)
        yield left + channel * KERNEL + column * STEP, top + down + row * STEP, channel
