"""One step of a standard convolution: the still picture of the stepper, and what it starts from.

The element reads its first setting and its numbers from the drawing (``data-start``): what
it shows first is what stands here.
"""

from __future__ import annotations

import json
from html import escape
from typing import NamedTuple

import svg
import torch
import torch.nn.functional as F
from torch import Tensor

from figures import picture, words
from mobilenet import cost

CHANNELS, SIZE, KERNEL, PADDING = 3, 3, 3, 1
SETTING = {
    "kind": "standard",
    "size": SIZE,
    "inChannels": CHANNELS,
    "outChannels": CHANNELS,
    "kernel": KERNEL,
    "stride": 1,
    "padding": PADDING,
}


def _numbers(lowest: int, highest: int, *shape: int) -> Tensor:
    """Small whole numbers, in no order that the eye would find."""
    index = torch.arange(torch.Size(shape).numel())
    return (index * 37 % 101 % (highest - lowest + 1) + lowest).reshape(shape)


#: Those of the largest setting that the element offers; a smaller one takes the first of them.
NUMBERS = {
    "input": _numbers(0, 4, 3, 5, 5),
    "standard": _numbers(-1, 2, 4, 3, 3, 3),
    "depthwise": _numbers(-1, 2, 3, 1, 3, 3),
    "pointwise": _numbers(-1, 2, 4, 3, 1, 1),
}

CELL, BASELINE = 22, 5
PADDED = SIZE + 2 * PADDING
TIMES, KERNEL_LEFT, EQUALS, PRODUCTS_LEFT, SUM = 123, 135, 214, 227, 328
TOP, ROW = 24, PADDED * CELL + 14
OUTPUT_TOP = TOP + CHANNELS * ROW + 16
COUNTS_LEFT = 254
HEIGHT = OUTPUT_TOP + SIZE * CELL + 4


class Words(NamedTuple):
    """What the picture says in one language."""

    title: str
    description: str
    channel: str
    end: str
    headings: tuple[str, str, str, str]
    output: str
    counts: tuple[str, str, str, str]


WORDS = {
    "en": Words(
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
    "ko": Words(
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


def draw(language: str) -> str:
    """The picture as SVG, in Korean (``ko``) or English (``en``)."""
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

    description = [
        say.description,
        *(
            say.channel.format(
                channel=channel + 1,
                terms=", ".join(
                    f"{_signed(value)} × {_signed(weight)}"
                    for value, weight in zip(
                        windows[channel].flatten(), kernels[channel].flatten(), strict=True
                    )
                ),
                sum=_signed(sums[channel]),
            )
            for channel in range(CHANNELS)
        ),
        say.end.format(sums=" + ".join(map(_signed, sums)), total=_signed(first), **counts),
    ]
    return picture(
        "stepper",
        HEIGHT,
        say.title,
        " ".join(description),
        [
            svg.G(
                extra={"text-anchor": "middle", "data-start": _start()},
                elements=[
                    *_headings(say),
                    *_rows(padded, kernels, products, sums),
                    *_output(first),
                ],
            ),
            svg.G(
                class_=["quiet"],
                elements=[
                    words(text.format(**counts), COUNTS_LEFT, OUTPUT_TOP + 12 + 17 * line)
                    for line, text in enumerate(say.counts)
                ],
            ),
        ],
    )


def _start() -> str:
    numbers = {name: values.flatten().tolist() for name, values in NUMBERS.items()}
    return escape(json.dumps({"setting": SETTING, "numbers": numbers}, separators=(",", ":")))


def _headings(say: Words) -> list[svg.Element]:
    places = [
        (_middle(1, PADDED), 14),
        (_middle(KERNEL_LEFT, KERNEL), 14),
        (_middle(PRODUCTS_LEFT, KERNEL), 14),
        (SUM, 14),
        (_middle(1, SIZE), OUTPUT_TOP - 10),
    ]
    return [
        svg.G(
            class_=["quiet"],
            elements=[
                words(text, *place)
                for text, place in zip((*say.headings, say.output), places, strict=True)
            ],
        )
    ]


def _rows(padded: Tensor, kernels: Tensor, products: Tensor, sums: Tensor) -> list[svg.Element]:
    """A row for each channel: its window, times its kernel, gives products and their sum."""
    rows: list[svg.Element] = []
    for channel in range(CHANNELS):
        top = TOP + channel * ROW
        kernel_top = top + PADDING * CELL
        baseline = _middle(top, PADDED) + BASELINE
        rows += [
            _grid(1, top, PADDED, padded[channel], edge=PADDING),
            _frame(1, top, KERNEL),
            words("×", TIMES, baseline),
            _grid(KERNEL_LEFT, kernel_top, KERNEL, kernels[channel]),
            _frame(KERNEL_LEFT, kernel_top, KERNEL),
            words("=", EQUALS, baseline),
            _grid(PRODUCTS_LEFT, kernel_top, KERNEL, products[channel]),
            words(_signed(sums[channel]), SUM, baseline),
        ]
    return rows


def _output(first: Tensor) -> list[svg.Element]:
    """The output's channels, with the first number in the first, and the rest still to come."""
    return [
        *(
            _grid(1 + channel * (SIZE * CELL + 14), OUTPUT_TOP, SIZE, numbers)
            for channel, numbers in enumerate([first, *[first[:0]] * (CHANNELS - 1)])
        ),
        _frame(1, OUTPUT_TOP, 1),
    ]


def _grid(left: int, top: int, cells: int, numbers: Tensor, edge: int = 0) -> svg.G:
    """A map of so many cells a side, with numbers in the first; its edge is padding, unruled."""
    start, end = edge * CELL, (cells - edge) * CELL
    lines: list[svg.PathData] = []
    for line in range(start, end + 1, CELL):
        lines += [svg.M(start, line), svg.H(end), svg.M(line, start), svg.V(end)]
    return svg.G(
        transform=[svg.Translate(left, top)],
        elements=[
            *([_frame(0, 0, cells, quiet=True)] if edge else []),
            svg.Path(stroke="currentColor", d=lines),
            *(
                words(_signed(number), _middle(column * CELL), _middle(row * CELL) + BASELINE)
                for row, line in enumerate(numbers)
                for column, number in enumerate(line)
            ),
        ],
    )


def _frame(left: int, top: int, cells: int, *, quiet: bool = False) -> svg.Rect:
    """Around what takes part in this step; quietly, around the padding."""
    return svg.Rect(
        x=left,
        y=top,
        width=cells * CELL,
        height=cells * CELL,
        fill="none",
        stroke="currentColor",
        stroke_width=1 if quiet else 3,
        class_=["grid" if quiet else "accent"],
    )


def _middle(left: int, cells: int = 1) -> int:
    return left + cells * CELL // 2


def _signed(number: Tensor) -> str:
    return str(int(number)).replace("-", "−")
