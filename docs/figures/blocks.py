"""The block of a standard convolution beside the depthwise separable one: the paper's Figure 3.

Both are the first block of MobileNetV1. What is in them, in which order, is what runs
when an image passes through.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import svg
import torch

from figures import WIDTH, arrow, lines, picture, words
from figures._channels import shape_text
from mobilenet import MobileNetV1
from mobilenet.cost import Row, model_cost

BLOCK = "blocks.0."
BOX = 172
TOP = 62
GAP, GAP_WITH_SHAPE = 16, 42


class Words(NamedTuple):
    """What the picture says in one language."""

    title: str
    description: str
    standard: str
    separable: str
    kinds: dict[str, str]
    parameters: str
    mult_adds: tuple[str, str]
    """In two lines."""
    output: str
    total: str


WORDS = {
    "en": Words(
        title="A standard convolution's block, and the depthwise separable one",
        description="Both are the first block of the network, from {input} to {output} (height × "
        "width × channels).",
        standard="Standard",
        separable="Depthwise separable",
        kinds={
            "3x3 convolution": "3×3 convolution",
            "3x3 depthwise": "3×3 depthwise",
            "1x1 convolution": "1×1 convolution",
            "BatchNorm2d": "batch normalization",
            "ReLU": "ReLU",
        },
        parameters="{:,} parameters",
        mult_adds=("{:,}", "multiply-adds"),
        output="output {}",
        total="Together",
    ),
    "ko": Words(
        title="일반 합성곱 블록과 깊이별 분리 합성곱 블록",
        description="둘 다 네트워크의 첫 블록이고, {input} 입력에서 {output} 출력을 냅니다"
        "(높이 × 너비 × 채널).",
        standard="일반 합성곱",
        separable="깊이별 분리 합성곱",
        kinds={
            "3x3 convolution": "3×3 합성곱",
            "3x3 depthwise": "3×3 깊이별 합성곱",
            "1x1 convolution": "1×1 합성곱",
            "BatchNorm2d": "배치 정규화",
            "ReLU": "ReLU",
        },
        parameters="매개변수 {:,}개",
        mult_adds=("곱셈-덧셈", "{:,}회"),
        output="출력 {}",
        total="합계",
    ),
}


class Box(NamedTuple):
    """A layer, and where its box begins and ends."""

    row: Row
    top: int
    bottom: int

    @property
    def is_convolution(self) -> bool:
        return self.row.weights > 0


def draw(language: str) -> str:
    """The picture as SVG, in Korean (``ko``) or English (``en``)."""
    say = WORDS[language]
    standard, separable = map(block, (False, True))
    right = _below_each_other(separable)
    left = _beside(standard, right)
    first, last = separable[0], separable[-1]
    height = right[-1].bottom + 94
    return picture(
        "blocks",
        height,
        say.title,
        " ".join(
            [
                say.description.format(
                    input=shape_text(first.input_shape), output=shape_text(last.output_shape)
                ),
                _described(say.standard, standard, say),
                _described(say.separable, separable, say),
            ]
        ),
        [
            *_block(say.standard, left, BOX // 2, say),
            *_block(say.separable, right, WIDTH - BOX // 2, say),
        ],
    )


def block(separable: bool) -> list[Row]:
    """What runs in the first block of the network, in order."""
    with torch.device("meta"):  # quick, and without memory for the weights
        model = MobileNetV1(separable=separable)
    rows = model_cost(model, (3, 224, 224)).rows
    return [row for row in rows if row.name.startswith(BLOCK)]


def _below_each_other(rows: list[Row]) -> list[Box]:
    boxes: list[Box] = []
    for row in rows:
        gap = GAP_WITH_SHAPE if row.weights else GAP
        top = boxes[-1].bottom + gap if boxes else TOP
        boxes.append(Box(row, top, top + (42 if row.parameters else 26)))
    return boxes


def _beside(rows: list[Row], others: list[Box]) -> list[Box]:
    """The first as high as all of the others' that it stands for, so that both end alike."""
    spare = len(others) - len(rows)
    boxes = [Box(row, *other[1:]) for row, other in zip(rows, others[spare:], strict=True)]
    return [boxes[0]._replace(top=TOP), *boxes[1:]]


def _block(name: str, boxes: list[Box], x: int, say: Words) -> list[svg.Element]:
    """A block around a vertical line: its name, its layers, its costs."""
    rows = [box.row for box in boxes]
    parameters, mult_adds = _total(rows)
    end = boxes[-1].bottom
    elements: list[svg.Element] = [
        words(name, x, 16, anchor="middle", class_=["strong"]),
        words(shape_text(rows[0].input_shape), x, 40, anchor="middle"),
        arrow(x, 46, down=TOP - 47),
        *(_box(box, x, say) for box in boxes),
        arrow(x, end, down=15),
        words(shape_text(rows[-1].output_shape), x, end + 30, anchor="middle"),
        *lines(
            [
                say.parameters.format(parameters),
                *(line.format(mult_adds) for line in say.mult_adds),
            ],
            x,
            end + 68,
            anchor="middle",
        ),
    ]
    for above, below in pairwise(boxes):
        start = above.bottom
        if below.is_convolution:
            shape = shape_text(below.row.input_shape)
            elements.append(svg.Line(x1=x, x2=x, y1=start, y2=start + 8, stroke="currentColor"))
            elements.append(words(shape, x, start + 21, anchor="middle"))
            start += 26
        elements.append(arrow(x, start, down=below.top - 1 - start))
    return elements


def _box(box: Box, x: int, say: Words) -> svg.G:
    label = [say.kinds[box.row.kind]]
    if box.row.parameters:
        label.append(say.parameters.format(box.row.parameters))
    middle = (box.top + box.bottom) / 2
    return svg.G(
        elements=[
            svg.Rect(
                x=x - BOX // 2 + 1,
                y=box.top,
                width=BOX - 2,
                height=box.bottom - box.top,
                rx=4,
                class_=["accent" if box.is_convolution else "quiet"],
                fill="none",
                stroke="currentColor",
                stroke_width=2 if box.is_convolution else 1,
            ),
            *lines(
                label,
                x,
                middle,
                anchor="middle",
                first_class=["strong"] if box.is_convolution else None,
            ),
        ]
    )


def _total(rows: list[Row]) -> tuple[int, int]:
    """Parameters and multiply-adds."""
    return sum(row.parameters for row in rows), sum(row.mult_adds for row in rows)


def _described(name: str, rows: list[Row], say: Words) -> str:
    parameters, mult_adds = _total(rows)
    layers = []
    for row in rows:
        details = [say.output.format(shape_text(row.output_shape))] if row.weights else []
        details += [say.parameters.format(row.parameters)] if row.parameters else []
        layers.append(say.kinds[row.kind] + (f" ({', '.join(details)})" if details else ""))
    total = f"{say.parameters.format(parameters)}, {' '.join(say.mult_adds).format(mult_adds)}"
    return f"{name}: {', '.join(layers)}. {say.total}: {total}."
