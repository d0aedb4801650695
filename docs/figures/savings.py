"""Standard against depthwise separable convolutions: the multiply-adds of each block."""

from __future__ import annotations

from itertools import groupby
from types import SimpleNamespace
from typing import Any, NamedTuple

from matplotlib.figure import Figure

from figures import WIDTH, millions
from figures._charts import COLORS, chart, chart_style
from figures._network import network, shape_text
from mobilenet import MobileNetV1

WORDS = {
    "en": SimpleNamespace(
        title="Multiply-adds of each block of MobileNet, with standard and with depthwise "
        "separable convolutions",
        description="A standard convolution takes {least:.1f} to {most:.1f} times the "
        "multiply-adds of the depthwise separable one in its place; the factor grows with the "
        "output channels. Block by block, named after the channels × height × width of the output, "
        "{blocks}. The whole network, with the first layer and the classifier: {standard} million "
        "against {separable} million, {ratio:.1f} times.",
        block="{shape}: {standard} million against {separable} million, {ratio:.1f} times",
        equal="{count} blocks of {shape}: {standard} million against {separable} million each, "
        "{ratio:.1f} times",
        standard="standard",
        separable="depthwise separable",
        output="output",
        mult_adds="million multiply-adds per block",
        ratio="{:.1f}×",
        total="the whole network",
        totals="{standard} against {separable} million",
    ),
    "ko": SimpleNamespace(
        title="일반 합성곱과 깊이별 분리 합성곱으로 만든 MobileNet의 블록별 곱셈-덧셈 수",
        description="일반 합성곱의 곱셈-덧셈은 그 자리에 놓인 깊이별 분리 합성곱의 {least:.1f}~"
        "{most:.1f}배이고, 출력 채널이 많을수록 차이가 큽니다. 블록을 출력의 채널 × 높이 × 너비로 "
        "부르면 차례로 {blocks}입니다. 첫 층과 분류기를 넣은 네트워크 전체는 {standard} 회와 "
        "{separable} 회, {ratio:.1f}배입니다.",
        block="{shape} {standard} 회와 {separable} 회, {ratio:.1f}배",
        equal="{shape} 블록 {count}개가 각각 {standard} 회와 {separable} 회, {ratio:.1f}배",
        standard="일반 합성곱",
        separable="깊이별 분리 합성곱",
        output="출력",
        mult_adds="블록별 곱셈-덧셈 수(회)",
        ratio="{:.1f}배",
        total="네트워크 전체",
        totals="{standard} 회와 {separable} 회",
    ),
}
STANDARD: dict[str, Any] = {"color": COLORS["hollow"], "edgecolor": "black"}
SEPARABLE: dict[str, Any] = {"color": COLORS["accent"]}
HEIGHT = 482
TICKS = (0, 200_000_000, 400_000_000)


class Pair(NamedTuple):
    """Multiply-adds of a part of the network, with either kind of convolution."""

    shape: str
    standard: int
    separable: int

    @property
    def ratio(self) -> float:
        return self.standard / self.separable

    def amounts(self, language: str) -> dict[str, Any]:
        """Return what the words of a language have in braces."""
        return {
            "standard": millions(self.standard, language),
            "separable": millions(self.separable, language),
            "ratio": self.ratio,
        }


@chart_style
def draw(language: str) -> str:
    """Return the picture as SVG, in Korean (``ko``) or English (``en``)."""
    say = WORDS[language]
    *pairs, total = compared()
    figure = Figure((WIDTH / 72, HEIGHT / 72))
    figure.subplots_adjust(left=0.27, right=0.87, top=392 / HEIGHT, bottom=54 / HEIGHT)
    axes = figure.subplots()
    axes.set(xlim=(0, 480e6), ylim=(26 * len(pairs), 0))
    axes.set_title(say.mult_adds, y=1, pad=28)
    axes.set_xticks(TICKS, [millions(tick, language) for tick in TICKS])
    axes.xaxis.tick_top()
    axes.grid(visible=False, axis="y")
    # Of each pair of bars, which are 9 units high, the middle.
    places = [13 + 26 * index for index in range(len(pairs))]
    axes.set_yticks(places, [pair.shape for pair in pairs])
    standard, separable = ([pair[kind] for pair in pairs] for kind in (1, 2))
    axes.barh(places, standard, -9, align="edge", label=say.standard, **STANDARD)
    axes.barh(places, separable, 9, align="edge", label=say.separable, **SEPARABLE)
    axes.legend(bbox_to_anchor=(0, 1.14))
    for place, pair in zip(places, pairs, strict=True):
        text, at = say.ratio.format(pair.ratio), ("figure fraction", "data")
        axes.annotate(text, (1, place + 5), xycoords=at, ha="right", weight="bold")
    figure.text(0, 420 / HEIGHT, say.output, color=COLORS["quiet"])
    figure.text(0, 402 / HEIGHT, "C×H×W", color=COLORS["quiet"])
    figure.text(0, 0.05, say.total)
    figure.text(0, 0.01, say.totals.format(**total.amounts(language)), weight="bold")
    figure.text(1, 0.01, say.ratio.format(total.ratio), ha="right", weight="bold")
    return chart("savings", figure, say.title, _describe(say, language))


def compared() -> list[Pair]:
    """Return the blocks, without the first layer, which is the same in both; and the whole."""
    standard, separable = network(MobileNetV1, separable=False), network(MobileNetV1)
    blocks = zip(standard.blocks[1:], separable.blocks[1:], strict=True)
    return [
        *(Pair(shape_text(one.shape), one.mult_adds, other.mult_adds) for one, other in blocks),
        Pair("", standard.cost.mult_adds, separable.cost.mult_adds),
    ]


def _describe(say: SimpleNamespace, language: str) -> str:
    *pairs, total = compared()
    blocks = []
    for pair, equal in groupby(pairs):
        count = len([*equal])
        form = say.block if count == 1 else say.equal
        blocks.append(form.format(count=count, shape=pair.shape, **pair.amounts(language)))
    return str(
        say.description.format(
            least=pairs[0].ratio,
            most=pairs[-1].ratio,
            blocks="; ".join(blocks),
            **total.amounts(language),
        )
    )
