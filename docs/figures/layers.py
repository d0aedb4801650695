"""Where the weights and the multiply-adds of MobileNetV1 are: a bar a layer, for each.

They are read off ``model_cost``. Weights alone are shown, as in the paper's Table 2.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import svg
import torch

from figures import picture, words
from mobilenet import MobileNetV1
from mobilenet.cost import Row, model_cost

LEFT, TOP = 76, 78
BAR, PITCH = 11, 14
GAP = 3
"""Between one group of layers and the next."""


class Words(NamedTuple):
    """What the picture says in one language."""

    title: str
    description: str
    layer: str
    mult_adds: str
    weights: str
    ticks: tuple[tuple[str, ...], tuple[str, ...]]
    first: str
    classifier: str
    kinds: dict[str, str]


WORDS = {
    "en": Words(
        title="Weights and multiply-adds of each layer of MobileNet",
        description="Nearly all multiply-adds are in the pointwise convolutions, all along the "
        "network. More than half of the weights are in the last two of them and the classifier. "
        "The depthwise convolutions hardly show. From the image on:",
        layer="{kind}, {mult_adds:,} multiply-adds and {weights:,} weights",
        mult_adds="million multiply-adds",
        weights="million weights",
        ticks=(("0", "25", "50"), ("0", "0.5", "1")),
        first="first",
        classifier="classifier",
        kinds={
            "3x3 convolution": "first convolution",
            "3x3 depthwise": "depthwise",
            "1x1 convolution": "pointwise",
            "Linear": "classifier",
        },
    ),
    "ko": Words(
        title="MobileNet의 층마다 드는 가중치와 곱셈-덧셈",
        description="곱셈-덧셈은 거의 전부 점별 합성곱에 있고, 네트워크 전체에 퍼져 있습니다. "
        "가중치는 절반 넘게 마지막 점별 합성곱 두 개와 분류기에 있습니다. 깊이별 합성곱은 어느 "
        "쪽에서도 거의 보이지 않습니다. 이미지 쪽부터 차례로",
        layer="{kind} 곱셈-덧셈 {mult_adds:,}회와 가중치 {weights:,}개",
        mult_adds="곱셈-덧셈(만 회)",
        weights="가중치(만 개)",
        ticks=(("0", "2500", "5000"), ("0", "50", "100")),
        first="첫 층",
        classifier="분류기",
        kinds={
            "3x3 convolution": "첫 합성곱",
            "3x3 depthwise": "깊이별",
            "1x1 convolution": "점별",
            "Linear": "분류기",
        },
    ),
}


class Panel(NamedTuple):
    """One of the two measures: where its bars start, and what a unit of width stands for."""

    x: int
    width: int
    step: int
    """From one tick to the next."""

    def length(self, amount: float) -> float:
        return round(self.width * amount / (2 * self.step), 1)


MULT_ADDS = Panel(LEFT, 120, 25_000_000)
WEIGHTS = Panel(224, 120, 500_000)


def draw(language: str) -> str:
    """The picture as SVG, in Korean (``ko``) or English (``en``)."""
    say = WORDS[language]
    places = _places()
    bottom = places[-1] + BAR + 4
    described = [
        say.layer.format(kind=say.kinds[row.kind], mult_adds=row.mult_adds, weights=row.weights)
        for row in layers()
    ]
    return picture(
        "layers",
        bottom + 4,
        say.title,
        f"{say.description} {'; '.join(described)}.",
        [
            *_legend(say),
            *_axis(MULT_ADDS, say.mult_adds, say.ticks[0], bottom),
            *_axis(WEIGHTS, say.weights, say.ticks[1], bottom),
            svg.G(class_=["quiet"], elements=_labels(say, places)),
            *(_bars(kind, places) for kind in say.kinds),
        ],
    )


@cache
def layers() -> tuple[Row, ...]:
    """The layers with weights, from the image on."""
    with torch.device("meta"):
        model = MobileNetV1()
    return tuple(row for row in model_cost(model, (3, 224, 224)).rows if row.weights)


def _places() -> list[int]:
    """Where each layer's bars start; those of one group stand together."""
    places: list[int] = []
    place = TOP - PITCH
    for before, group in pairwise(["", *_groups(WORDS["en"])]):
        place += PITCH + GAP * (before not in ("", group))
        places.append(place)
    return places


def _groups(say: Words) -> list[str]:
    """What stands on the left of each layer: its name, or height and width of its output."""
    sizes = ["×".join(map(str, row.output_shape[2:])) for row in layers()]
    return [say.first, *sizes[1:-1], say.classifier]


def _labels(say: Words, places: list[int]) -> list[svg.Element]:
    """The layers' groups, each where it starts."""
    return [
        words(group, LEFT - 6, place + BAR, anchor="end")
        for (before, group), place in zip(pairwise(["", *_groups(say)]), places, strict=True)
        if group != before
    ]


def _bars(kind: str, places: list[int]) -> svg.G:
    return svg.G(
        **_look(kind),
        elements=[
            svg.Rect(x=panel.x, y=place, width=panel.length(amount), height=BAR)
            for place, row in zip(places, layers(), strict=True)
            if row.kind == kind
            for panel, amount in ((MULT_ADDS, row.mult_adds), (WEIGHTS, row.weights))
        ],
    )


def _axis(panel: Panel, name: str, ticks: tuple[str, ...], bottom: int) -> list[svg.Element]:
    lines: list[svg.Element] = []
    labels: list[svg.Element] = [words(name, panel.x, 44)]
    for index, tick in enumerate(ticks):
        x = panel.x + panel.width * index // 2
        lines.append(svg.Line(x1=x, x2=x, y1=TOP - 6, y2=bottom))
        labels.append(words(tick, x, TOP - 12, anchor="middle"))
    return [
        svg.G(class_=["grid"], stroke="currentColor", elements=lines),
        svg.G(class_=["quiet"], elements=labels),
    ]


def _legend(say: Words) -> list[svg.Element]:
    found: list[svg.Element] = []
    for kind, x in (("1x1 convolution", LEFT), ("3x3 depthwise", WEIGHTS.x)):
        mark = svg.Rect(x=x, y=4, width=18, height=BAR)
        found.append(svg.G(**_look(kind), elements=[mark]))
        found.append(words(say.kinds[kind], x + 24, 4 + BAR))
    return found


def _look(kind: str) -> dict[str, Any]:
    """How the bars of a kind of layer look; they are told apart without their color."""
    if kind == "3x3 depthwise":
        return {"class_": ["hollow"], "fill": "none", "stroke": "currentColor"}
    return {"class_": ["accent" if kind == "1x1 convolution" else "quiet"]}
