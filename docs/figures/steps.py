"""The seven steps of a depthwise separable convolution, a panel each.

The layers are those of the page's example, but for the output channels, which differ in
number from the input's: as many filters as output channels is then not as many as kernels.
"""

from __future__ import annotations

from typing import NamedTuple

import svg
import torch
from torch import nn

from figures import arrow, lines, picture, words
from figures._channels import channel_class, plane, shape_text, weights

PIXEL = 8
SIDE = 3 * PIXEL
STEP = 28
"""From a channel to the one beside it."""
PANEL = 68
PLACE = (0, 2)
"""Row and column of the pixel that the pointwise convolution is at; seen on all of a stack."""

IMAGE = torch.zeros(1, 3, 3, 3)
DEPTHWISE = nn.Conv2d(3, 3, kernel_size=3, padding=1, groups=3, bias=False)
POINTWISE = nn.Conv2d(3, 5, kernel_size=1, bias=False)


class Words(NamedTuple):
    """What the picture says in one language."""

    title: str
    description: str
    step: str
    captions: tuple[tuple[str, str], ...]


WORDS = {
    "en": Words(
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
    "ko": Words(
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
    """The picture as SVG, in Korean (``ko``) or English (``en``)."""
    say = WORDS[language]
    stack = DEPTHWISE(IMAGE)
    output = POINTWISE(stack)
    numbers = {
        "channels": IMAGE.shape[1],
        "kernels": len(DEPTHWISE.weight),
        "kernel": shape_text(DEPTHWISE.weight.shape),
        "stack": shape_text(stack.shape),
        "outputs": output.shape[1],
        "filters": len(POINTWISE.weight),
        "filter": shape_text(POINTWISE.weight.shape),
    }
    captions = [[line.format(**numbers) for line in caption] for caption in say.captions]
    panels = [
        [*_stack(0, IMAGE), _to(44), *_apart(62, 14, IMAGE)],
        _kernels(),
        _kernel(1),
        [*_apart(0, 14, stack), _to(84), *_stack(104, stack)],
        [*_stack(0, stack, marked=True), _to(46), *_made(66)],
        _filters(),
        _filter(),
    ]
    elements: list[svg.Element] = []
    for number, (panel, caption) in enumerate(zip(panels, captions, strict=True), start=1):
        top = PANEL * (number - 1)
        elements += [
            svg.Circle(cx=12, cy=top + 30, r=11, fill="none", stroke="currentColor"),
            words(str(number), 12, top + 34.5, anchor="middle", class_=["strong"]),
            svg.G(transform=[svg.Translate(36, top + 4)], elements=panel),
            *lines(caption, 190, top + 30),
        ]
    return picture(
        "steps",
        PANEL * len(panels) - 4,
        say.title,
        " ".join(
            [
                say.description.format(
                    input=shape_text(IMAGE.shape), output=shape_text(output.shape)
                ),
                *(
                    say.step.format(number=number, caption=" ".join(caption))
                    for number, caption in enumerate(captions, start=1)
                ),
            ]
        ),
        elements,
    )


def _of(channel: int, *elements: svg.Element) -> svg.G:
    return svg.G(class_=channel_class(channel), elements=[*elements])


def _to(x: int, y: int = 26) -> svg.Path:
    return arrow(x, y, right=14)


def _at(x: int, y: int) -> svg.Rect:
    """The pixel that the pointwise convolution is at, of a plane whose corner is given."""
    row, column = PLACE
    return svg.Rect(x=x + column * PIXEL, y=y + row * PIXEL, width=PIXEL, height=PIXEL)


def _stack(x: int, image: torch.Tensor, *, marked: bool = False) -> list[svg.Element]:
    """Its channels behind each other, the first in front."""
    places = [(x + PIXEL * channel, 22 - PIXEL * channel) for channel in range(image.shape[1])]
    return [
        _of(channel, plane(*places[channel], image, PIXEL), *[_at(*places[channel])] * marked)
        for channel in reversed(range(len(places)))
    ]


def _apart(x: int, y: int, image: torch.Tensor) -> list[svg.Element]:
    """Its channels beside each other."""
    return [
        _of(channel, plane(x + STEP * channel, y, image, PIXEL))
        for channel in range(image.shape[1])
    ]


def _made(x: int, y: int = 14) -> list[svg.Element]:
    """A channel of the output, with the pixel that the pointwise convolution makes."""
    return [plane(x, y, POINTWISE(IMAGE), PIXEL), _at(x, y)]


def _line(x: int, y: int, *, right: int = 0, down: int = 0) -> svg.Path:
    return svg.Path(d=[svg.M(x, y), svg.l(right, down)], stroke="currentColor")


def _kernels() -> list[svg.Element]:
    """Below each channel its kernel."""
    return [
        _of(
            channel,
            plane(x, 0, IMAGE, PIXEL),
            _line(x + SIDE // 2, SIDE, down=4),
            weights(x, 28, DEPTHWISE, channel, PIXEL),
        )
        for channel, x in enumerate(range(0, STEP * IMAGE.shape[1], STEP))
    ]


def _kernel(channel: int) -> list[svg.Element]:
    """From one channel through its kernel to the filtered channel."""
    return [
        _of(
            channel,
            plane(0, 14, IMAGE, PIXEL),
            _to(28),
            weights(46, 14, DEPTHWISE, channel, PIXEL),
            _to(74),
            plane(92, 14, DEPTHWISE(IMAGE), PIXEL),
        )
    ]


def _filters() -> list[svg.Element]:
    """Above each channel of the output its filter, a weight for each channel of the stack."""
    _, depth, *_ = POINTWISE.weight.shape
    columns = range(0, STEP * len(POINTWISE.weight), STEP)
    middle = (SIDE - PIXEL) // 2
    return [
        *(
            _of(
                channel,
                *(weights(x + middle, PIXEL * channel, POINTWISE, channel, PIXEL) for x in columns),
            )
            for channel in range(depth)
        ),
        *(_line(x + SIDE // 2, PIXEL * depth, down=4) for x in columns),
        *(plane(x, 28, POINTWISE(IMAGE), PIXEL) for x in columns),
    ]


def _filter() -> list[svg.Element]:
    """Below each channel of the stack the filter's weight for it, added up to a pixel."""
    _, depth, *_ = POINTWISE.weight.shape
    middle = (SIDE - PIXEL) // 2
    width = STEP * (depth - 1) + SIDE
    return [
        *(
            _of(
                channel,
                plane(STEP * channel, 0, DEPTHWISE(IMAGE), PIXEL),
                _at(STEP * channel, 0),
                _line(STEP * channel + SIDE // 2, SIDE, down=8),
                weights(STEP * channel + middle, 40, POINTWISE, channel, PIXEL),
            )
            for channel in range(depth)
        ),
        svg.Rect(
            x=0,
            y=32,
            width=width,
            height=24,
            rx=4,
            class_=["quiet"],
            fill="none",
            stroke="currentColor",
        ),
        *(words("+", STEP * channel - 2, 48.5, anchor="middle") for channel in range(1, depth)),
        _to(width + 4, 44),
        *_made(width + 22, 32),
    ]
