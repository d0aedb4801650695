"""Standard against depthwise separable convolutions: the multiply-adds of each block."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

import svg

from figures import WIDTH, picture, words
from figures._network import network, shape_text
from figures._numbers import millions
from mobilenet import MobileNetV1

LEFT, RIGHT, TOP = 96, 314, 84
BAR, PITCH = 9, 26
BASELINE = 14
"""From the top of two bars to that of the text beside them."""
MILLION = 10**6
TICKS = (0, 200 * MILLION, 400 * MILLION)
MOST = 470 * MILLION

STANDARD: dict[str, Any] = {"class_": ["hollow"], "fill": "none", "stroke": "currentColor"}
SEPARABLE: dict[str, Any] = {"class_": ["accent"]}
"""How the bars look; they are told apart without their color."""


class Words(NamedTuple):
    """What the picture says in one language."""

    title: str
    description: str
    block: str
    equal: str
    standard: str
    separable: str
    output: str
    mult_adds: str
    ratio: str
    total: str
    totals: str


WORDS = {
    "en": Words(
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
        mult_adds="million multiply-adds",
        ratio="{:.1f}×",
        total="the whole network",
        totals="{standard} against {separable} million",
    ),
    "ko": Words(
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
        mult_adds="곱셈-덧셈(회)",
        ratio="{:.1f}배",
        total="네트워크 전체",
        totals="{standard} 회와 {separable} 회",
    ),
}


class Pair(NamedTuple):
    """Multiply-adds of a part of the network, with either kind of convolution."""

    shape: str
    standard: int
    separable: int

    @property
    def ratio(self) -> float:
        return self.standard / self.separable


def draw(language: str) -> str:
    """The picture as SVG, in Korean (``ko``) or English (``en``)."""
    say = WORDS[language]
    *pairs, total = compared()
    placed = [(TOP + PITCH * index, pair) for index, pair in enumerate(pairs)]
    bottom = TOP + PITCH * len(pairs)
    return picture(
        "savings",
        bottom + 50,
        say.title,
        _description(say, language),
        [
            *_legend(say),
            *_axis(say, bottom, language),
            _bars([(y, pair.standard) for y, pair in placed], STANDARD),
            _bars([(y + BAR, pair.separable) for y, pair in placed], SEPARABLE),
            *(words(pair.shape, 0, y + BASELINE) for y, pair in placed),
            *(_ratio(pair, y + BASELINE, say) for y, pair in placed),
            words(say.total, 0, bottom + 20),
            words(say.totals.format(**_said(total, language)), 0, bottom + 40, class_=["strong"]),
            _ratio(total, bottom + 40, say),
        ],
    )


@cache
def compared() -> list[Pair]:
    """The blocks, without the first layer, which is the same in both; and the whole."""
    standard, separable = network(MobileNetV1, separable=False), network(MobileNetV1)
    blocks = zip(standard.blocks[1:], separable.blocks[1:], strict=True)
    return [
        *(Pair(shape_text(one.shape), one.mult_adds, other.mult_adds) for one, other in blocks),
        Pair("", standard.cost.mult_adds, separable.cost.mult_adds),
    ]


def _description(say: Words, language: str) -> str:
    *pairs, total = compared()
    blocks = []
    for pair, equal in groupby(pairs):
        count = len([*equal])
        form = say.block if count == 1 else say.equal
        blocks.append(form.format(count=count, shape=pair.shape, **_said(pair, language)))
    return say.description.format(
        least=pairs[0].ratio,
        most=pairs[-1].ratio,
        blocks="; ".join(blocks),
        **_said(total, language),
    )


def _said(pair: Pair, language: str) -> dict[str, Any]:
    return {
        "standard": millions(pair.standard, language),
        "separable": millions(pair.separable, language),
        "ratio": pair.ratio,
    }


def _ratio(pair: Pair, y: float, say: Words) -> svg.Text:
    return words(say.ratio.format(pair.ratio), WIDTH, y, anchor="end", class_=["strong"])


def _length(mult_adds: int) -> float:
    return round((RIGHT - LEFT) * mult_adds / MOST, 1)


def _bars(bars: list[tuple[int, int]], look: dict[str, Any]) -> svg.G:
    return svg.G(
        **look,
        elements=[
            svg.Rect(x=LEFT, y=y, width=_length(mult_adds), height=BAR) for y, mult_adds in bars
        ],
    )


def _axis(say: Words, bottom: int, language: str) -> list[svg.Element]:
    lines: list[svg.Element] = []
    labels: list[svg.Element] = [
        words(say.output, 0, TOP - 34),
        words("C×H×W", 0, TOP - 14),
        words(say.mult_adds, LEFT, TOP - 34),
    ]
    for mult_adds in TICKS:
        x = LEFT + _length(mult_adds)
        lines.append(svg.Line(x1=x, x2=x, y1=TOP - 8, y2=bottom))
        labels.append(words(millions(mult_adds, language), x, TOP - 14, anchor="middle"))
    return [
        svg.G(class_=["grid"], stroke="currentColor", elements=lines),
        svg.G(class_=["quiet"], elements=labels),
    ]


def _legend(say: Words) -> list[svg.Element]:
    found: list[svg.Element] = []
    for x, name, look in ((0, say.standard, STANDARD), (LEFT + 40, say.separable, SEPARABLE)):
        mark = svg.Rect(x=x + 1, y=7, width=18, height=BAR)
        found += [svg.G(**look, elements=[mark]), words(name, x + 26, 16)]
    return found
