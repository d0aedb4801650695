"""A standard convolution, and a depthwise with a pointwise one: which weights there are.

Input channels are columns and output channels are rows, so that each weight stands
below the channel that it sees and beside the channel that it makes. The layers are
those of the page "Depthwise separable convolution"; what is drawn is read off them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import svg
import torch
from torch import nn

from figures import WIDTH, arrow, lines, picture, words
from figures._channels import channel_class, plane, shape_text, weights

PIXEL = 12
SIDE = 3 * PIXEL
COLUMNS = (96, 158, 220)
OUTPUT = 316
FRAME = 5
"""Between a kernel and the frame around it."""
GAP = 22
"""Between what stands below each other."""

CHANNELS = len(COLUMNS)
IMAGE = torch.zeros(1, CHANNELS, 3, 3)
STANDARD = nn.Conv2d(CHANNELS, CHANNELS, kernel_size=3, padding=1, bias=False)
DEPTHWISE = nn.Conv2d(CHANNELS, CHANNELS, kernel_size=3, padding=1, groups=CHANNELS, bias=False)
POINTWISE = nn.Conv2d(CHANNELS, CHANNELS, kernel_size=1, bias=False)


class Words(NamedTuple):
    """What the picture says in one language."""

    title: str
    description: str
    standard: str
    separable: str
    depthwise: str
    pointwise: str
    weights: str
    channel: str
    input: str
    stack: str
    output: str
    filters: str
    kernels: str
    size: str


WORDS = {
    "en": Words(
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
    "ko": Words(
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
    """What there is to say of a layer's filters."""

    number: int
    size: str
    total: int
    sum: str

    @classmethod
    def of(cls, layer: nn.Conv2d) -> Filters:
        number, total = len(layer.weight), layer.weight.numel()
        summed = f"{number} × {layer.weight[0].numel()} = {total}"
        return cls(number, shape_text(layer.weight.shape), total, summed)


def draw(language: str) -> str:
    """The picture as SVG, in Korean (``ko``) or English (``en``)."""
    say = WORDS[language]
    standard, depthwise, pointwise = map(Filters.of, (STANDARD, DEPTHWISE, POINTWISE))
    together = f"{depthwise.total} + {pointwise.total} = {depthwise.total + pointwise.total}"
    stack = DEPTHWISE(IMAGE)
    kernel_height, kernel_width = STANDARD.kernel_size
    upper, end = _standard(say, 16)
    lower, end = _separable(say, end + 36, together)
    return picture(
        "convolutions",
        end + 2,
        say.title,
        say.description.format(
            input=shape_text(IMAGE.shape),
            stack=shape_text(stack.shape),
            output=shape_text(POINTWISE(stack).shape),
            kernel=f"{kernel_height}×{kernel_width}",
            standard=standard,
            depthwise=depthwise,
            pointwise=pointwise,
            together=together,
        ),
        [*upper, *lower],
    )


def _standard(say: Words, y: int) -> tuple[list[svg.Element], int]:
    """From the baseline of its heading on, with the height where it ends."""
    filters = Filters.of(STANDARD)
    top = y + 30
    rows = [top + (SIDE + GAP) * row for row in range(1, filters.number + 1)]
    elements = [
        *_heading(say, say.standard, str(filters.total), y),
        *_planes_label(say.input, IMAGE, top),
        *_output_label(say, top),
        *lines(_counted(filters, say.filters, say), 0, (rows[0] + rows[-1] + SIDE) / 2),
        _frames([(COLUMNS[0], row, COLUMNS[-1] + SIDE, row + SIDE) for row in rows]),
        *_sums(STANDARD, rows),
        *_channels({top: IMAGE} | dict.fromkeys(rows, STANDARD)),
    ]
    return elements, rows[-1] + SIDE + FRAME


def _separable(say: Words, y: int, together: str) -> tuple[list[svg.Element], int]:
    """From the baseline of its heading on, with the height where it ends."""
    depthwise, pointwise = map(Filters.of, (DEPTHWISE, POINTWISE))
    stack = DEPTHWISE(IMAGE)
    top = y + 30
    kernels = top + SIDE + GAP
    middle = kernels + SIDE + GAP
    rows = [middle + SIDE + GAP + (SIDE + 6) * row for row in range(pointwise.number)]
    depthwise_label = [say.depthwise, *_counted(depthwise, say.kernels, say)]
    pointwise_label = [say.pointwise, *_counted(pointwise, say.filters, say)]
    elements = [
        *_heading(say, say.separable, together, y),
        *_planes_label(say.input, IMAGE, top),
        *lines(depthwise_label, 0, kernels + SIDE / 2, first_class=["strong"]),
        _frames([(x, kernels, x + SIDE, kernels + SIDE) for x in COLUMNS]),
        *_planes_label(say.stack, stack, middle),
        *_output_label(say, middle),
        *lines(pointwise_label, 0, (rows[0] + rows[-1] + PIXEL) / 2, first_class=["strong"]),
        _frames([(COLUMNS[0], row, COLUMNS[-1] + SIDE, row + PIXEL) for row in rows]),
        *_sums(POINTWISE, rows),
        *_channels(
            {top: IMAGE, kernels: DEPTHWISE, middle: stack} | dict.fromkeys(rows, POINTWISE)
        ),
    ]
    return elements, rows[-1] + (PIXEL + SIDE) // 2


def _heading(say: Words, name: str, total: str, y: int) -> list[svg.Element]:
    return [
        words(name, 0, y, class_=["strong"]),
        words(say.weights.format(total), WIDTH, y, anchor="end", class_=["strong"]),
        words(say.channel, 0, y + 22),
    ]


def _counted(filters: Filters, name: str, say: Words) -> list[str]:
    return [name.format(filters.number), say.size.format(filters.size), filters.sum]


def _planes_label(name: str, image: torch.Tensor, y: int) -> list[svg.Element]:
    return lines([name, shape_text(image.shape)], 0, y + SIDE / 2)


def _output_label(say: Words, y: int) -> list[svg.Element]:
    label = [say.output, shape_text(STANDARD(IMAGE).shape)]
    return lines(label, OUTPUT + SIDE // 2, y + SIDE / 2, anchor="middle")


def _channels(rows: dict[int, torch.Tensor | nn.Conv2d]) -> list[svg.Element]:
    """The columns: each channel's planes and weights, by their height, and how they connect."""
    return [
        svg.G(
            class_=channel_class(channel),
            elements=[
                weights(x + 5, min(rows) - 19, POINTWISE, channel, PIXEL),
                words(str(channel + 1), x + 22, min(rows) - 8),
                _link(x + SIDE // 2, rows),
                *(
                    plane(x, y, row, PIXEL)
                    if isinstance(row, torch.Tensor)
                    else weights(x + (SIDE - _size(row)) // 2, y, row, channel, PIXEL)
                    for y, row in rows.items()
                ),
            ],
        )
        for channel, x in enumerate(COLUMNS)
    ]


def _link(x: int, rows: dict[int, torch.Tensor | nn.Conv2d]) -> svg.Path:
    """Down a column, from each plane or frame to the next."""
    ends = [
        (y, y + SIDE) if isinstance(row, torch.Tensor) else (y - FRAME, y + _size(row) + FRAME)
        for y, row in rows.items()
    ]
    return svg.Path(
        stroke="currentColor",
        d=[
            part
            for (_, above), (below, _) in pairwise(ends)
            for part in (svg.M(x, above), svg.V(below))
        ],
    )


def _size(layer: nn.Conv2d) -> int:
    return layer.kernel_size[0] * PIXEL


def _sums(layer: nn.Conv2d, rows: list[int]) -> list[svg.Element]:
    """Beside each filter what it makes: the sum over the channels, a channel of the output."""
    output = layer(IMAGE)
    start = COLUMNS[-1] + SIDE + FRAME + 4
    elements: list[svg.Element] = []
    for row in rows:
        middle = row + _size(layer) // 2
        for left, right in pairwise(COLUMNS):
            elements.append(words("+", (left + SIDE + right) // 2, middle + 4.5, anchor="middle"))
        elements.append(arrow(start, middle, right=OUTPUT - 4 - start))
        elements.append(plane(OUTPUT, middle - SIDE // 2, output, PIXEL))
    return elements


def _frames(boxes: list[tuple[int, int, int, int]]) -> svg.G:
    """Around the weights of each filter, or kernel: left, top, right, bottom."""
    return svg.G(
        class_=["quiet"],
        fill="none",
        stroke="currentColor",
        elements=[
            svg.Rect(
                x=left - FRAME,
                y=top - FRAME,
                width=right - left + 2 * FRAME,
                height=bottom - top + 2 * FRAME,
                rx=4,
            )
            for left, top, right, bottom in boxes
        ],
    )
