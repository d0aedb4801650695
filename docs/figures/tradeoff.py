"""Accuracy over multiply-adds: what the paper's two multipliers cost, and save.

The accuracies are the paper's (Tables 4 to 7); the multiply-adds are computed.
"""

from __future__ import annotations

import math
from functools import cache
from types import SimpleNamespace
from typing import Literal, NamedTuple

import svg
from data import arguments, network_cost, paper

from figures import WIDTH, picture, words
from figures._numbers import millions

HEIGHT = 352
LEFT, RIGHT, TOP, BOTTOM = 30, WIDTH - 6, 30, 300
MULT_ADDS = (20e6, 6e9)
ACCURACY = (0.5, 0.75)


class Words(NamedTuple):
    """What the picture says in one language."""

    title: str
    description: str
    accuracy: str
    mult_adds: str
    width: str
    resolution: str
    shallow: str
    full: str
    point: str


WORDS = {
    "en": Words(
        title="Accuracy of MobileNets against their multiply-adds",
        description="Each step down in width or resolution costs more accuracy than the one "
        "before it. The two lines run close together, the width multiplier's slightly above; "
        "the shallow network lies below both.",
        accuracy="ImageNet top-1 accuracy (%)",
        mult_adds="million multiply-adds (log scale)",
        width="width multiplier",
        resolution="resolution",
        shallow="shallow",
        full="full convolutions",
        point="{label}: {mult_adds} million multiply-adds, {accuracy}.",
    ),
    "ko": Words(
        title="MobileNet들의 곱셈-덧셈 수와 정확도",
        description="너비나 해상도를 한 단계씩 줄일수록 정확도가 더 크게 떨어집니다. 두 선은 거의 "
        "붙어 있고 너비 배율 쪽이 조금 위에 있습니다. 얕은 네트워크는 두 선보다 아래에 있습니다.",
        accuracy="ImageNet top-1 정확도(%)",
        mult_adds="곱셈-덧셈 수(로그 눈금)",
        width="너비 배율",
        resolution="해상도",
        shallow="얕은 네트워크",
        full="일반 합성곱",
        point="{label}: 곱셈-덧셈 {mult_adds} 회, {accuracy}.",
    ),
}


class Point(NamedTuple):
    label: str
    mult_adds: int
    accuracy: float


class Look(NamedTuple):
    """How the points of a series look; they are told apart without their color."""

    mark: svg.Element
    dash: tuple[int, ...] = ()
    class_: list[str] | None = None
    label: tuple[int, int] = (9, 11)
    """From the mark to the start of its label's baseline."""
    anchor: Literal["start", "end"] = "start"


WIDTHS = Look(svg.Circle(r=4), class_=["accent"], label=(-10, 1), anchor="end")
RESOLUTIONS = Look(
    svg.Rect(
        x=-6, y=-6, width=12, height=12, class_=["hollow"], fill="none", stroke="currentColor"
    ),
    dash=(5, 3),
    label=(10, 12),
)
SHALLOW = Look(svg.Path(d=[svg.M(0, -6), svg.L(6, 5), svg.L(-6, 5), svg.Z()]))
FULL = Look(
    svg.Path(d=[svg.M(0, -7), svg.L(7, 0), svg.L(0, 7), svg.L(-7, 0), svg.Z()]),
    label=(7, -13),
    anchor="end",
)


def draw(language: str) -> str:
    """The picture as SVG, in Korean (``ko``) or English (``en``)."""
    say = WORDS[language]
    widths, resolutions, (shallow,), (full,) = series()
    shallow, full = shallow._replace(label=say.shallow), full._replace(label=say.full)
    points = [
        *(point._replace(label=f"{say.width} {point.label}") for point in widths),
        *(point._replace(label=f"{say.resolution} {point.label}") for point in resolutions),
        shallow,
        full,
    ]
    return picture(
        "tradeoff",
        HEIGHT,
        say.title,
        " ".join([say.description, *(_described(point, language) for point in points)]),
        [
            *_axes(language),
            # The square of 224 around the circle of 1.0: they are the same network.
            _series(resolutions, RESOLUTIONS),
            _series(widths, WIDTHS),
            _series([shallow], SHALLOW),
            _series([full], FULL),
            *_legend([(say.width, WIDTHS), (say.resolution, RESOLUTIONS)]),
        ],
    )


@cache
def series() -> list[list[Point]]:
    """The points: widths, resolutions, the shallow network, the one with full convolutions."""
    rows: list[list[SimpleNamespace]] = [
        list(vars(paper.table6).values()),
        list(vars(paper.table7).values()),
        [paper.table5.shallow],
        [paper.table4.convolutions],
    ]
    return [[_point(row) for row in each] for each in rows]


def _point(row: SimpleNamespace) -> Point:
    """A row of the paper's, with the multiply-adds that its network has."""
    label = getattr(row, "resolution", None) or arguments(row).get("width_multiplier", 1.0)
    return Point(str(label), network_cost(row).mult_adds, row.accuracy)


def _across(mult_adds: float) -> float:
    fewest, most = map(math.log, MULT_ADDS)
    return round(LEFT + (RIGHT - LEFT) * (math.log(mult_adds) - fewest) / (most - fewest), 1)


def _up(accuracy: float) -> float:
    lowest, highest = ACCURACY
    return round(BOTTOM - (BOTTOM - TOP) * (accuracy - lowest) / (highest - lowest), 1)


def _described(point: Point, language: str) -> str:
    return WORDS[language].point.format(
        label=point.label,
        mult_adds=millions(point.mult_adds, language),
        accuracy=f"{point.accuracy:.1%}",
    )


def _axes(language: str) -> list[svg.Element]:
    grid: list[svg.Element] = []
    labels: list[svg.Element] = []
    for percent in (50, 55, 60, 65, 70, 75):
        y = _up(percent / 100)
        grid.append(svg.Line(x1=LEFT, x2=RIGHT, y1=y, y2=y))
        labels.append(words(str(percent), LEFT - 6, y + 4.5, anchor="end"))
    for mult_adds in (30e6, 100e6, 300e6, 1e9, 3e9):
        x = _across(mult_adds)
        grid.append(svg.Line(x1=x, x2=x, y1=TOP, y2=BOTTOM))
        labels.append(words(millions(mult_adds, language), x, BOTTOM + 18, anchor="middle"))
    labels.append(words(WORDS[language].accuracy, 2, 16))
    labels.append(words(WORDS[language].mult_adds, RIGHT, HEIGHT - 10, anchor="end"))
    return [
        svg.G(class_=["grid"], stroke="currentColor", elements=grid),
        svg.G(class_=["quiet"], elements=labels),
    ]


def _series(points: list[Point], look: Look) -> svg.G:
    places = [(_across(point.mult_adds), _up(point.accuracy)) for point in points]
    marks: list[svg.Element] = [
        svg.G(
            transform=[svg.Translate(*place)],
            elements=[look.mark, words(point.label, *look.label, anchor=look.anchor)],
        )
        for place, point in zip(places, points, strict=True)
    ]
    return svg.G(class_=look.class_, elements=[_line(places, look), *marks] if marks[1:] else marks)


def _legend(rows: list[tuple[str, Look]]) -> list[svg.Element]:
    x, y = 170, BOTTOM - 60
    return [
        svg.G(
            transform=[svg.Translate(x, y + 24 * index)],
            class_=look.class_,
            elements=[
                _line([(-16, 0), (16, 0)], look),
                look.mark,
                words(name, 24, 4.5),
            ],
        )
        for index, (name, look) in enumerate(rows)
    ]


def _line(places: list[tuple[float, float]], look: Look) -> svg.Polyline:
    return svg.Polyline(
        points=[svg.Point(*place) for place in places],
        fill="none",
        stroke="currentColor",
        stroke_width=2,
        stroke_dasharray=[*look.dash] or None,
    )
