"""A standard convolution, and a depthwise with a pointwise one: which weights there are.

Input channels are columns and output channels are rows, so that each weight stands
below the channel that it sees and beside the channel that it makes. The layers are
those of the page "Depthwise separable convolution"; what is drawn is read off them.
"""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import NamedTuple

import svg
import torch
from torch import nn

from figures import OUTLINE, WIDTH, arrow, box, lines, picture, words
from figures._channels import plane, shape_text, weights

PIXEL = 12
SIDE = 3 * PIXEL
COLUMNS = (96, 158, 220)
RIGHT = COLUMNS[-1] + SIDE
OUTPUT = 316
FRAME = 5
"""Between a kernel and the frame around it."""
STEP = SIDE + 22
"""From a plane or kernel to the one below it."""

CHANNELS = len(COLUMNS)
IMAGE = torch.zeros(1, CHANNELS, 3, 3)
STANDARD = nn.Conv2d(CHANNELS, CHANNELS, kernel_size=3, padding=1, bias=False)
DEPTHWISE = nn.Conv2d(CHANNELS, CHANNELS, kernel_size=3, padding=1, groups=CHANNELS, bias=False)
POINTWISE = nn.Conv2d(CHANNELS, CHANNELS, kernel_size=1, bias=False)

WORDS = {
    "en": SimpleNamespace(
        title="The weights of a standard convolution, and of a depthwise with a pointwise one",
        description="Shapes are height × width × channels. Both ways make an output of {output} "
        "from an input of {input}. Standard convolution: {standard.number} filters of "
        "{standard.size}, one for each output channel. Each filter has a kernel of {kernel} for "
        "every input channel, and adds up what they give: {standard.sum} weights. Depthwise "
        "separable convolution: first come {depthwise.number} depthwise kernels of "
        "{depthwise.size}, one for each input channel, which see that channel alone: "
        "{depthwise.sum} weights. What they give is a stack of {stack}. Then come "
        "{pointwise.number} pointwise filters of {pointwise.size}, one for each output channel, "
        "with a single weight for every channel of the stack: {pointwise.sum} weights. "
        "Together: {together} weights.",
        standard="Standard",
        separable="Depthwise separable",
        depthwise="depthwise",
        pointwise="pointwise",
        weights="{} weights",
        channel="channel",
        input="input",
        stack="stack",
        output="output",
        filters="{} filters",
        kernels="{} kernels",
        size="of {}",
    ),
    "ko": SimpleNamespace(
        title="일반 합성곱의 가중치, 깊이별 합성곱과 점별 합성곱의 가중치",
        description="모양은 높이 × 너비 × 채널입니다. 두 방법 모두 {input} 입력에서 {output} "
        "출력을 냅니다. 일반 합성곱에는 {standard.size} 필터가 출력 채널마다 하나씩 "
        "{standard.number}개 있습니다. 필터에는 입력 채널마다 {kernel} 커널이 하나씩 있고, "
        "필터는 그 결과를 모두 더합니다. 가중치는 {standard.sum}개입니다. 깊이별 분리 합성곱에는 "
        "먼저 {depthwise.size} 깊이별 커널이 입력 채널마다 하나씩 {depthwise.number}개 있고, "
        "커널은 자기 채널만 봅니다. 가중치는 {depthwise.sum}개입니다. 그 결과를 쌓으면 "
        "{stack}입니다. 이어서 {pointwise.size} 점별 필터가 출력 채널마다 하나씩 "
        "{pointwise.number}개 있고, 필터에는 쌓은 채널마다 가중치가 하나씩 있습니다. 가중치는 "
        "{pointwise.sum}개입니다. 모두 {together}개입니다.",
        standard="일반 합성곱",
        separable="깊이별 분리 합성곱",
        depthwise="깊이별 합성곱",
        pointwise="점별 합성곱",
        weights="가중치 {}개",
        channel="채널",
        input="입력",
        stack="쌓은 결과",
        output="출력",
        filters="필터 {}개",
        kernels="커널 {}개",
        size="각 {}",
    ),
}


class Filters(NamedTuple):
    """How many filters a layer has, their size, and how many weights they have together."""

    number: int
    size: str
    total: int
    sum: str


def draw(language: str) -> str:
    """Return the picture as SVG, in Korean (``ko``) or English (``en``)."""
    say = WORDS[language]
    standard, depthwise, pointwise = map(_count, (STANDARD, DEPTHWISE, POINTWISE))
    together = f"{depthwise.total} + {pointwise.total} = {depthwise.total + pointwise.total}"
    stack = DEPTHWISE(IMAGE)
    input_label = [say.input, shape_text(IMAGE.shape)]
    output_label = [say.output, shape_text(POINTWISE(stack).shape)]

    top = 46
    tops = [top + STEP * row for row in range(1, standard.number + 1)]
    elements = [
        *_draw_heading(say.standard, standard.total, top, say),
        *lines(input_label, 0, top + SIDE / 2),
        *lines(output_label, OUTPUT + SIDE // 2, top + SIDE / 2, anchor="middle"),
        *_draw_layer(STANDARD, tops, say.filters, say),
        *_draw_channels({top: IMAGE} | dict.fromkeys(tops, STANDARD)),
    ]
    top = tops[-1] + SIDE + FRAME + 66
    kernels, middle, bottom = (top + STEP * row for row in (1, 2, 3))
    tops = [bottom + (SIDE + 6) * row for row in range(pointwise.number)]
    elements += [
        *_draw_heading(say.separable, together, top, say),
        *lines(input_label, 0, top + SIDE / 2),
        *_draw_layer(DEPTHWISE, [kernels], say.kernels, say, say.depthwise),
        *lines([say.stack, shape_text(stack.shape)], 0, middle + SIDE / 2),
        *lines(output_label, OUTPUT + SIDE // 2, middle + SIDE / 2, anchor="middle"),
        *_draw_layer(POINTWISE, tops, say.filters, say, say.pointwise),
        *_draw_channels(
            {top: IMAGE, kernels: DEPTHWISE, middle: stack} | dict.fromkeys(tops, POINTWISE)
        ),
    ]
    description = say.description.format(
        input=shape_text(IMAGE.shape),
        stack=shape_text(stack.shape),
        output=shape_text(POINTWISE(stack).shape),
        kernel="{}×{}".format(*STANDARD.kernel_size),
        standard=standard,
        depthwise=depthwise,
        pointwise=pointwise,
        together=together,
    )
    height = tops[-1] + (PIXEL + SIDE) // 2 + 2
    return picture("convolutions", height, say.title, description, elements)


def _count(layer: nn.Conv2d) -> Filters:
    number, total = len(layer.weight), layer.weight.numel()
    summed = f"{number} × {layer.weight[0].numel()} = {total}"
    return Filters(number, shape_text(layer.weight.shape), total, summed)


def _draw_heading(name: str, total: object, top: int, say: SimpleNamespace) -> list[svg.Element]:
    return [
        words(name, 0, top - 30, class_=["strong"]),
        words(say.weights.format(total), WIDTH, top - 30, anchor="end", class_=["strong"]),
        words(say.channel, 0, top - 8),
    ]


def _draw_layer(
    layer: nn.Conv2d, tops: list[int], counted: str, say: SimpleNamespace, name: str = ""
) -> list[svg.Element]:
    """Draw what is around a layer's weights: labels, frames, and the sum of each filter."""
    filters, size = _count(layer), _size(layer)
    label = [counted.format(filters.number), say.size.format(filters.size), filters.sum]
    if name:
        label.insert(0, name)
    middle = (tops[0] + tops[-1] + size) / 2
    one_channel = layer.groups > 1
    frames = [(x, x + SIDE) for x in COLUMNS] if one_channel else [(COLUMNS[0], RIGHT)]
    elements: list[svg.Element] = [
        *lines(label, 0, middle, first_class=["strong"] if name else None),
        svg.G(
            class_=["quiet"],
            **OUTLINE,
            elements=[
                box(left - FRAME, top - FRAME, right - left + 2 * FRAME, size + 2 * FRAME, rx=4)
                for top in tops
                for left, right in frames
            ],
        ),
    ]
    for top in [] if one_channel else tops:
        middle = top + size // 2
        elements += [
            *(words("+", x - 13, middle + 4.5, anchor="middle") for x in COLUMNS[1:]),
            arrow(RIGHT + FRAME + 4, middle, right=OUTPUT - RIGHT - FRAME - 8),
            plane(OUTPUT, middle - SIDE // 2, layer(IMAGE), PIXEL),
        ]
    return elements


def _draw_channels(rows: dict[int, torch.Tensor | nn.Conv2d]) -> list[svg.Element]:
    """Draw a column a channel: its planes and weights, by their height, and lines between them."""
    ends = [
        (y, y + SIDE) if isinstance(row, torch.Tensor) else (y - FRAME, y + _size(row) + FRAME)
        for y, row in rows.items()
    ]
    columns: list[svg.Element] = []
    for channel, x in enumerate(COLUMNS):
        line: list[svg.PathData] = []
        for (_, above), (below, _) in pairwise(ends):
            line += [svg.M(x + SIDE // 2, above), svg.V(below)]
        elements: list[svg.Element] = [
            weights(x + 5, min(rows) - 19, POINTWISE, channel, PIXEL),
            words(str(channel + 1), x + 22, min(rows) - 8),
            svg.Path(stroke="currentColor", d=line),
            *(
                plane(x, y, row, PIXEL)
                if isinstance(row, torch.Tensor)
                else weights(x + (SIDE - _size(row)) // 2, y, row, channel, PIXEL)
                for y, row in rows.items()
            ),
        ]
        columns.append(svg.G(class_=[f"channel-{channel + 1}"], elements=elements))
    return columns


def _size(layer: nn.Conv2d) -> int:
    return layer.kernel_size[0] * PIXEL
