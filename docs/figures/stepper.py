"""One step of a standard convolution: the still picture of the stepper, and what it starts from.

The element reads its first setting and its numbers from the drawing (``data-start``): what
it shows first is what stands here.
"""

from __future__ import annotations

import json
from html import escape
from types import SimpleNamespace

import svg
import torch
import torch.nn.functional as F
from torch import Tensor

from figures import OUTLINE, box, picture, words
from mobilenet import cost

CHANNELS, SIZE, KERNEL, PADDING = 3, 3, 3, 1
CELL = 22
PADDED = SIZE + 2 * PADDING
KERNEL_LEFT, PRODUCTS_LEFT, SUM = 135, 227, 328
TOP, ROW = 24, PADDED * CELL + 14
OUTPUT_TOP = TOP + CHANNELS * ROW + 16

WORDS = {
    "en": SimpleNamespace(
        title="The first step of a standard convolution",
        description="In each channel of the padded input, the window at the top left is "
        "multiplied by the filter's kernel for that channel, number by number.",
        channel="Channel {channel}: {terms}; sum {sum}.",
        end="The first number of output channel 1 is {sums} = {total}. So far: {parameters} of "
        "{all_parameters} parameters, {mult_adds} of {all_mult_adds} multiply-adds.",
        headings=("input", "filter 1", "products", "sum"),
        output="output",
        counts=(
            "parameters",
            "{parameters} of {all_parameters}",
            "multiply-adds",
            "{mult_adds} of {all_mult_adds}",
        ),
    ),
    "ko": SimpleNamespace(
        title="일반 합성곱의 첫 단계",
        description="패딩을 두른 입력의 채널마다, 왼쪽 위의 창에 있는 숫자와 그 채널에 걸리는 "
        "커널의 숫자를 하나씩 곱합니다.",
        channel="채널 {channel}: {terms}. 합 {sum}.",
        end="출력 채널 1의 첫 숫자: {sums} = {total}. 지금까지 매개변수는 {all_parameters}개 "
        "가운데 {parameters}개, 곱셈-덧셈은 {all_mult_adds}번 가운데 {mult_adds}번입니다.",
        headings=("입력", "필터 1", "곱", "합"),
        output="출력",
        counts=(
            "매개변수",
            "{parameters} / {all_parameters}",
            "곱셈-덧셈",
            "{mult_adds} / {all_mult_adds}",
        ),
    ),
}


def numbers(lowest: int, highest: int, *shape: int) -> Tensor:
    """Return small whole numbers that look as if they were in no order."""
    index = torch.arange(torch.Size(shape).numel())
    return (index * 37 % 101 % (highest - lowest + 1) + lowest).reshape(shape)


NUMBERS = {
    "input": numbers(0, 4, 3, 5, 5),
    "standard": numbers(-1, 2, 4, 3, 3, 3),
    "depthwise": numbers(-1, 2, 3, 1, 3, 3),
    "pointwise": numbers(-1, 2, 4, 3, 1, 1),
}
"""Those of the largest setting that the element offers; a smaller one takes the first of them."""


def draw(language: str) -> str:
    """Return the picture as SVG, in Korean (``ko``) or English (``en``)."""
    say = WORDS[language]
    image = NUMBERS["input"][:CHANNELS, :SIZE, :SIZE]
    filters = NUMBERS["standard"][:CHANNELS, :CHANNELS, :KERNEL, :KERNEL]
    padded = F.pad(image, (PADDING,) * 4)
    windows, kernels = padded[:, :KERNEL, :KERNEL], filters[0]
    products = windows * kernels
    sums = products.sum((1, 2))
    first = F.conv2d(image[None], filters, padding=PADDING)[0, 0, :1, :1]
    one = cost.conv2d(KERNEL, CHANNELS, 1, output_size=1)
    whole = cost.conv2d(KERNEL, CHANNELS, CHANNELS, output_size=SIZE)
    counts = {
        "parameters": one.parameters,
        "all_parameters": whole.parameters,
        "mult_adds": one.mult_adds,
        "all_mult_adds": whole.mult_adds,
    }

    description = [say.description]
    for channel in range(CHANNELS):
        pairs = zip(windows[channel].flatten(), kernels[channel].flatten(), strict=True)
        terms = ", ".join(f"{_signed(value)} × {_signed(weight)}" for value, weight in pairs)
        total = _signed(sums[channel])
        description.append(say.channel.format(channel=channel + 1, terms=terms, sum=total))
    added = " + ".join(map(_signed, sums))
    description.append(say.end.format(sums=added, total=_signed(first), **counts))

    start = {
        "setting": {
            "kind": "standard",
            "size": SIZE,
            "inChannels": CHANNELS,
            "outChannels": CHANNELS,
            "kernel": KERNEL,
            "stride": 1,
            "padding": PADDING,
        },
        "numbers": {name: values.flatten().tolist() for name, values in NUMBERS.items()},
    }
    step = svg.G(
        extra={
            "text-anchor": "middle",
            "data-start": escape(json.dumps(start, separators=(",", ":"))),
        },
        elements=[
            _draw_headings(say),
            *(
                element
                for channel in range(CHANNELS)
                for element in _draw_channel(
                    TOP + channel * ROW, padded[channel], kernels[channel], products[channel]
                )
            ),
            # The first number is in the first channel of the output; the rest is still to come.
            *(
                _draw_grid(1 + channel * (SIZE * CELL + 14), OUTPUT_TOP, SIZE, values)
                for channel, values in enumerate([first, *[first[:0]] * (CHANNELS - 1)])
            ),
            _draw_frame(1, OUTPUT_TOP, 1),
        ],
    )
    counted = svg.G(
        class_=["quiet"],
        elements=[
            words(text.format(**counts), 254, OUTPUT_TOP + 12 + 17 * line)
            for line, text in enumerate(say.counts)
        ],
    )
    height = OUTPUT_TOP + SIZE * CELL + 4
    return picture("stepper", height, say.title, " ".join(description), [step, counted])


def _draw_headings(say: SimpleNamespace) -> svg.G:
    centers = [_middle(1, PADDED), _middle(KERNEL_LEFT), _middle(PRODUCTS_LEFT), SUM]
    headings = [words(text, x, 14) for text, x in zip(say.headings, centers, strict=True)]
    output = words(say.output, _middle(1), OUTPUT_TOP - 10)
    return svg.G(class_=["quiet"], elements=[*headings, output])


def _draw_channel(top: int, padded: Tensor, kernel: Tensor, products: Tensor) -> list[svg.Element]:
    """Draw how a channel's window, times its kernel, gives products and their sum."""
    kernel_top = top + PADDING * CELL
    baseline = _middle(top, PADDED) + 5
    return [
        _draw_grid(1, top, PADDED, padded, edge=PADDING),
        _draw_frame(1, top, KERNEL),
        words("×", 123, baseline),
        _draw_grid(KERNEL_LEFT, kernel_top, KERNEL, kernel),
        _draw_frame(KERNEL_LEFT, kernel_top, KERNEL),
        words("=", 214, baseline),
        _draw_grid(PRODUCTS_LEFT, kernel_top, KERNEL, products),
        words(_signed(products.sum()), SUM, baseline),
    ]


def _draw_grid(left: int, top: int, cells: int, values: Tensor, edge: int = 0) -> svg.G:
    """Draw a map with numbers in its first cells; its edge of padding has no lines."""
    start, end = edge * CELL, (cells - edge) * CELL
    lines: list[svg.PathData] = []
    for line in range(start, end + 1, CELL):
        lines += [svg.M(start, line), svg.H(end), svg.M(line, start), svg.V(end)]
    elements: list[svg.Element] = [svg.Path(stroke="currentColor", d=lines)]
    if edge:
        elements.insert(0, _draw_frame(0, 0, cells, is_padding=True))
    for row, line in enumerate(values):
        for column, value in enumerate(line):
            x, y = CELL * column + CELL // 2, CELL * row + CELL // 2 + 5
            elements.append(words(_signed(value), x, y))
    return svg.G(transform=[svg.Translate(left, top)], elements=elements)


def _draw_frame(left: int, top: int, cells: int, *, is_padding: bool = False) -> svg.Rect:
    """Draw a frame around what takes part in this step, or a quiet one around the padding."""
    look = {"class_": ["grid" if is_padding else "accent"], **OUTLINE}
    return box(left, top, cells * CELL, cells * CELL, stroke_width=1 if is_padding else 3, **look)


def _middle(start: int, cells: int = KERNEL) -> int:
    return start + cells * CELL // 2


def _signed(number: Tensor) -> str:
    return str(int(number)).replace("-", "−")
