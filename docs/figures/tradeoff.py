"""Accuracy over multiply-adds: what the paper's two multipliers cost, and save.

The accuracies are the paper's (Tables 4 to 7); the multiply-adds are computed.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from data import arguments, network_cost, paper
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures import WIDTH, millions
from figures._charts import COLORS, chart, chart_style

WORDS = {
    "en": SimpleNamespace(
        title="Accuracy of MobileNets against their multiply-adds",
        description="Each step down in width or resolution costs more accuracy than the one "
        "before it. The two lines run close together, the width multiplier's slightly above; "
        "the shallow network lies below both.",
        accuracy="ImageNet top-1 accuracy (%)",
        mult_adds="million multiply-adds (log scale)",
        width="width multiplier",
        resolution="resolution",
        shallow="shallow",
        standard="standard convolutions",
        point="{label}: {mult_adds} million multiply-adds, {accuracy:.1%}.",
    ),
    "ko": SimpleNamespace(
        title="MobileNet들의 곱셈-덧셈 수와 정확도",
        description="너비나 해상도를 한 단계씩 줄일수록 정확도가 더 크게 떨어집니다. 두 선은 거의 "
        "붙어 있고 너비 배율 쪽이 조금 위에 있습니다. 얕은 네트워크는 두 선보다 아래에 있습니다.",
        accuracy="ImageNet top-1 정확도(%)",
        mult_adds="곱셈-덧셈 수(회, 로그 눈금)",
        width="너비 배율",
        resolution="해상도",
        shallow="얕은 네트워크",
        standard="일반 합성곱",
        point="{label}: 곱셈-덧셈 {mult_adds} 회, {accuracy:.1%}.",
    ),
}
TICKS = (30e6, 100e6, 300e6, 1e9, 3e9)
ACCENT = {"color": COLORS["accent"]}


class Point(NamedTuple):
    """A network: what sets it apart, what it costs, and how accurate it is."""

    label: str
    mult_adds: int
    accuracy: float


@chart_style
def draw(language: str) -> str:
    """Return the picture as SVG, in Korean (``ko``) or English (``en``)."""
    say = WORDS[language]
    widths, resolutions, (shallow,), (standard,) = series()
    shallow, standard = shallow._replace(label=say.shallow), standard._replace(label=say.standard)

    figure = Figure((WIDTH / 72, 352 / 72))
    figure.subplots_adjust(left=0.08, right=0.98, top=0.91, bottom=0.16)
    axes = figure.subplots()
    axes.set(xscale="log", xlim=(20e6, 6e9), ylim=(0.5, 0.75))
    axes.set_title(say.accuracy, x=-0.08, y=1, pad=12)
    axes.set_xlabel(say.mult_adds, loc="right")
    axes.set_xticks(TICKS, [millions(tick, language) for tick in TICKS])
    axes.yaxis.set_major_formatter(lambda accuracy, _: f"{100 * accuracy:.0f}")
    axes.minorticks_off()
    # The square of 224 is around the circle of 1.0: they are the same network.
    square = {"marker": "s", "markersize": 12, "markerfacecolor": COLORS["hollow"]}
    _plot(axes, resolutions, (10, -12), **square, linestyle=(0, (2.5, 1.5)))
    _label(axes, resolutions[-1], say.resolution, (10, -28))
    _plot(axes, widths, (-10, -1), marker="o", markersize=8, **ACCENT)
    _label(axes, widths[-1], say.width, (10, -1), **ACCENT)
    _plot(axes, [shallow], (10, -7), marker="^", markersize=11, linestyle="")
    _plot(axes, [standard], (-10, 10), marker="D", markersize=9, linestyle="")

    named = {f"{say.width} ": widths, f"{say.resolution} ": resolutions, "": [shallow, standard]}
    points = [
        say.point.format(
            label=name + point.label,
            mult_adds=millions(point.mult_adds, language),
            accuracy=point.accuracy,
        )
        for name, each in named.items()
        for point in each
    ]
    return chart("tradeoff", figure, say.title, " ".join([say.description, *points]))


@cache
def series() -> list[list[Point]]:
    """Return the points: widths, resolutions, the shallow network, standard convolutions."""
    rows = [
        [*vars(paper.table6).values()],
        [*vars(paper.table7).values()],
        [paper.table5.shallow],
        [paper.table4.convolutions],
    ]
    return [[_point(row) for row in each] for each in rows]


def _point(row: SimpleNamespace) -> Point:
    """Return the point of a row of the paper's tables."""
    label = getattr(row, "resolution", None) or arguments(row).get("width_multiplier", 1.0)
    return Point(str(label), network_cost(row).mult_adds, row.accuracy)


def _plot(axes: Axes, points: list[Point], offset: tuple[int, int], **look: Any) -> None:
    """Plot a series with a label beside each point; its marks differ without their color."""
    look = {"color": "black", "linewidth": 2, **look}
    _, mult_adds, accuracies = zip(*points, strict=True)
    axes.plot(mult_adds, accuracies, **look)
    for point in points:
        _label(axes, point, point.label, offset, color=look["color"])


def _label(axes: Axes, point: Point, text: str, offset: tuple[int, int], **look: Any) -> None:
    """Write a text at an offset from a point, away from it."""
    side = "left" if offset[0] > 0 else "right"
    axes.annotate(text, point[1:], offset, textcoords="offset points", ha=side, **look)
