"""The seven steps of a depthwise separable convolution, a panel each.

The layers are those of the page's example, but for the output channels, which differ in
number from the input's: as many filters as output channels is then not as many as kernels.
"""

from __future__ import annotations

from types import SimpleNamespace

import svg
import torch
from torch import nn

from figures import OUTLINE, arrow, box, lines, picture, words
from figures._channels import plane, shape_text, weights

PIXEL = 8
SIDE = 3 * PIXEL
MIDDLE = (SIDE - PIXEL) // 2
STEP = 28
"""From a channel to the one beside it."""
PANEL = 68
COLUMN = 2
"""Of the pixel that the pointwise convolution is at, in the first row: seen on all of a stack."""

IMAGE = torch.zeros(1, 3, 3, 3)
DEPTHWISE = nn.Conv2d(3, 3, kernel_size=3, padding=1, groups=3, bias=False)
POINTWISE = nn.Conv2d(3, 5, kernel_size=1, bias=False)
STACK = DEPTHWISE(IMAGE)
OUTPUT = POINTWISE(STACK)

WORDS = {
    "en": SimpleNamespace(
        title="The process in seven steps",
        description="A depthwise separable convolution makes an output of {output} from an "
        "input of {input} (height × width × channels).",
        step="Step {number}: {caption}.",
        captions=(
            ("Depthwise comes first,", "over the input's channels"),
            ("{channels} channels,", "{kernels} kernels"),
            ("A kernel, {kernel}, sees", "its own channel only"),
            ("The filtered channels", "are stacked: {stack}"),
            ("Pointwise runs over", "the stack"),
            ("{outputs} output channels,", "{filters} filters"),
            ("A filter, {filter}, is", "as deep as the stack"),
        ),
    ),
    "ko": SimpleNamespace(
        title="일곱 단계로 보는 과정",
        description="깊이별 분리 합성곱이 {input} 입력에서 {output} 출력을 냅니다"
        "(높이 × 너비 × 채널).",
        step="{number}단계: {caption}.",
        captions=(
            ("먼저 입력의 채널마다", "깊이별 합성곱을 합니다"),
            ("채널이 {channels}개이면", "커널도 {kernels}개입니다"),
            ("{kernel} 커널은", "자기 채널만 봅니다"),
            ("필터링한 채널을 다시", "쌓으면 {stack}입니다"),
            ("쌓은 이미지에", "점별 합성곱을 합니다"),
            ("출력 채널이 {outputs}개이면", "필터도 {filters}개입니다"),
            ("{filter} 필터의 깊이는", "쌓은 채널 수와 같습니다"),
        ),
    ),
}


def draw(language: str) -> str:
    """Return the picture as SVG, in Korean (``ko``) or English (``en``)."""
    say = WORDS[language]
    facts = {
        "input": shape_text(IMAGE.shape),
        "output": shape_text(OUTPUT.shape),
        "channels": IMAGE.shape[1],
        "kernels": len(DEPTHWISE.weight),
        "kernel": shape_text(DEPTHWISE.weight.shape),
        "stack": shape_text(STACK.shape),
        "outputs": OUTPUT.shape[1],
        "filters": len(POINTWISE.weight),
        "filter": shape_text(POINTWISE.weight.shape),
    }
    panels = [
        [*_draw_stack(0, IMAGE), _to(44), *_draw_apart(62, IMAGE)],
        _draw_kernels(),
        _draw_kernel(1),
        [*_draw_apart(0, STACK), _to(84), *_draw_stack(104, STACK)],
        [*_draw_stack(0, STACK, marked=True), _to(46), *_draw_output(66, 14)],
        _draw_filters(),
        _draw_filter(),
    ]
    description = [say.description.format(**facts)]
    elements: list[svg.Element] = []
    for number, (panel, caption) in enumerate(zip(panels, say.captions, strict=True), start=1):
        top = PANEL * (number - 1)
        texts = [line.format(**facts) for line in caption]
        description.append(say.step.format(number=number, caption=" ".join(texts)))
        elements += [
            svg.Circle(cx=12, cy=top + 30, r=11, **OUTLINE),
            words(str(number), 12, top + 34.5, anchor="middle", class_=["strong"]),
            svg.G(transform=[svg.Translate(36, top + 4)], elements=panel),
            *lines(texts, 190, top + 30),
        ]
    height = PANEL * len(panels) - 4
    return picture("steps", height, say.title, " ".join(description), elements)


def _group(channel: int, *elements: svg.Element) -> svg.G:
    return svg.G(class_=[f"channel-{channel + 1}"], elements=[*elements])


def _to(x: int, y: int = 26) -> svg.Path:
    return arrow(x, y, right=14)


def _draw_pixel(x: int, y: int) -> svg.Rect:
    """Draw the pixel that the pointwise convolution is at, in a plane at a point."""
    return box(x + COLUMN * PIXEL, y, PIXEL, PIXEL)


def _draw_stack(x: int, image: torch.Tensor, *, marked: bool = False) -> list[svg.Element]:
    """Draw channels behind each other, the first in front."""
    groups: list[svg.Element] = []
    for channel in reversed(range(image.shape[1])):
        left, top = x + PIXEL * channel, 22 - PIXEL * channel
        pixel = [_draw_pixel(left, top)] if marked else []
        groups.append(_group(channel, plane(left, top, image, PIXEL), *pixel))
    return groups


def _draw_apart(x: int, image: torch.Tensor) -> list[svg.Element]:
    """Draw channels beside each other."""
    return [
        _group(channel, plane(x + STEP * channel, 14, image, PIXEL))
        for channel in range(image.shape[1])
    ]


def _draw_output(x: int, y: int) -> list[svg.Element]:
    """Draw a channel of the output, with the pixel that the pointwise convolution makes."""
    return [plane(x, y, OUTPUT, PIXEL), _draw_pixel(x, y)]


def _draw_line(x: int, y: int, length: int) -> svg.Path:
    return svg.Path(d=[svg.M(x + SIDE // 2, y), svg.l(0, length)], stroke="currentColor")


def _draw_kernels() -> list[svg.Element]:
    """Draw each channel with its kernel below it."""
    return [
        _group(
            channel,
            plane(STEP * channel, 0, IMAGE, PIXEL),
            _draw_line(STEP * channel, SIDE, 4),
            weights(STEP * channel, 28, DEPTHWISE, channel, PIXEL),
        )
        for channel in range(IMAGE.shape[1])
    ]


def _draw_kernel(channel: int) -> list[svg.Element]:
    """Draw the way from one channel through its kernel to the filtered channel."""
    return [
        _group(
            channel,
            plane(0, 14, IMAGE, PIXEL),
            _to(28),
            weights(46, 14, DEPTHWISE, channel, PIXEL),
            _to(74),
            plane(92, 14, STACK, PIXEL),
        )
    ]


def _draw_filters() -> list[svg.Element]:
    """Draw a filter above each channel of the output: a weight for each channel of the stack."""
    depth = STACK.shape[1]
    columns = range(0, STEP * OUTPUT.shape[1], STEP)
    return [
        *(
            _group(
                channel,
                *(weights(x + MIDDLE, PIXEL * channel, POINTWISE, channel, PIXEL) for x in columns),
            )
            for channel in range(depth)
        ),
        *(_draw_line(x, PIXEL * depth, 4) for x in columns),
        *(plane(x, 28, OUTPUT, PIXEL) for x in columns),
    ]


def _draw_filter() -> list[svg.Element]:
    """Draw the filter's weight below each channel of the stack, added up to a pixel."""
    depth = STACK.shape[1]
    width = STEP * (depth - 1) + SIDE
    channels = [
        _group(
            channel,
            plane(STEP * channel, 0, STACK, PIXEL),
            _draw_pixel(STEP * channel, 0),
            _draw_line(STEP * channel, SIDE, 8),
            weights(STEP * channel + MIDDLE, 40, POINTWISE, channel, PIXEL),
        )
        for channel in range(depth)
    ]
    return [
        *channels,
        box(0, 32, width, 24, rx=4, class_=["quiet"], **OUTLINE),
        *(words("+", STEP * channel - 2, 48.5, anchor="middle") for channel in range(1, depth)),
        _to(width + 4, 44),
        *_draw_output(width + 22, 32),
    ]
