"""The block of a standard convolution beside the depthwise separable one: the paper's Figure 3.

Both are the first block of MobileNetV1. What is in them, in which order, is what runs
when an image passes through.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

import svg

from figures import OUTLINE, WIDTH, arrow, box, lines, picture, words
from figures._channels import shape_text
from figures._network import network
from mobilenet import MobileNetV1
from mobilenet.cost import Row

BOX = 172
TOP = 62
GAP, GAP_WITH_SHAPE = 16, 42

WORDS = {
    "en": SimpleNamespace(
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
    "ko": SimpleNamespace(
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


class Layer(NamedTuple):
    """A layer, and where its box begins and ends."""

    row: Row
    top: int
    bottom: int


def draw(language: str) -> str:
    """Return the picture as SVG, in Korean (``ko``) or English (``en``)."""
    say = WORDS[language]
    standard, separable = block(separable=False), block(separable=True)
    right: list[Layer] = []
    top = TOP
    for row in separable:
        if right:
            top = right[-1].bottom + (GAP_WITH_SHAPE if row.weights else GAP)
        right.append(Layer(row, top, top + (42 if row.parameters else 26)))
    # The standard convolution is as high as all that takes its place, so that both end alike.
    beside = right[len(right) - len(standard) :]
    left = [Layer(row, *other[1:]) for row, other in zip(standard, beside, strict=True)]
    left[0] = left[0]._replace(top=TOP)

    description = [
        say.description.format(
            input=shape_text(separable[0].input_shape),
            output=shape_text(separable[-1].output_shape),
        ),
        _describe(say.standard, standard, say),
        _describe(say.separable, separable, say),
    ]
    elements = [
        *_draw_block(say.standard, left, BOX // 2, say),
        *_draw_block(say.separable, right, WIDTH - BOX // 2, say),
    ]
    return picture("blocks", right[-1].bottom + 94, say.title, " ".join(description), elements)


def block(*, separable: bool) -> list[Row]:
    """Return what runs in the first block of the network, in order."""
    rows = network(MobileNetV1, separable=separable).cost.rows
    return [row for row in rows if row.name.startswith("blocks.0.")]


def _draw_block(name: str, layers: list[Layer], x: int, say: SimpleNamespace) -> list[svg.Element]:
    """Draw a block along a vertical line: its name, its layers, its costs."""
    rows = [layer.row for layer in layers]
    end = layers[-1].bottom
    elements: list[svg.Element] = [words(name, x, 16, anchor="middle", class_=["strong"])]
    above = 24
    for layer in layers:
        start = above
        if layer.row.weights:
            shape = shape_text(layer.row.input_shape)
            if above > 24:
                elements.append(svg.Line(x1=x, x2=x, y1=above, y2=above + 8, stroke="currentColor"))
            elements.append(words(shape, x, layer.top - 21, anchor="middle"))
            start = layer.top - 16
        elements += [arrow(x, start, down=layer.top - 1 - start), *_draw_layer(layer, x, say)]
        above = layer.bottom
    return [
        *elements,
        arrow(x, end, down=15),
        words(shape_text(rows[-1].output_shape), x, end + 30, anchor="middle"),
        *lines(_costs(rows, say), x, end + 68, anchor="middle"),
    ]


def _draw_layer(layer: Layer, x: int, say: SimpleNamespace) -> list[svg.Element]:
    is_convolution = layer.row.weights > 0
    label = [say.kinds[layer.row.kind]]
    if layer.row.parameters:
        label.append(say.parameters.format(layer.row.parameters))
    look = {"class_": ["accent" if is_convolution else "quiet"], **OUTLINE}
    width = 2 if is_convolution else 1
    left, height = x - BOX // 2 + 1, layer.bottom - layer.top
    frame = box(left, layer.top, BOX - 2, height, rx=4, stroke_width=width, **look)
    first = ["strong"] if is_convolution else None
    middle = (layer.top + layer.bottom) / 2
    return [frame, *lines(label, x, middle, anchor="middle", first_class=first)]


def _costs(rows: list[Row], say: SimpleNamespace) -> list[str]:
    """Return the parameters and, in two lines, the multiply-adds of some layers."""
    mult_adds = sum(row.mult_adds for row in rows)
    return [
        say.parameters.format(sum(row.parameters for row in rows)),
        *(line.format(mult_adds) for line in say.mult_adds),
    ]


def _describe(name: str, rows: list[Row], say: SimpleNamespace) -> str:
    layers = []
    for row in rows:
        details = [say.output.format(shape_text(row.output_shape))] if row.weights else []
        details += [say.parameters.format(row.parameters)] if row.parameters else []
        layers.append(say.kinds[row.kind] + (f" ({', '.join(details)})" if details else ""))
    parameters, *mult_adds = _costs(rows, say)
    return f"{name}: {', '.join(layers)}. {say.total}: {parameters}, {' '.join(mult_adds)}."
