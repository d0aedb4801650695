"""Where the weights and the multiply-adds are: each bar is a layer of the paper's Table 1."""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
from figures import layers

from tests.figures import BLOCKS, SVG, Drawing, number
from tests.pages.site import LANGUAGES


class Layer(NamedTuple):
    """By hand: a kernel, channels in and out, and the side of the output."""

    look: str
    weights: int
    side: int

    @property
    def mult_adds(self) -> int:
        return self.weights * self.side**2


LAYERS = [
    Layer("quiet", 3 * 3 * 3 * 32, 112),
    *(
        layer
        for channels, out_channels, side in BLOCKS
        for layer in (
            Layer("hollow", 3 * 3 * channels, side),
            Layer("accent", channels * out_channels, side),
        )
    ),
    Layer("quiet", 1024 * 1000, 1),
]
#: What the ticks of the two axes say, and how much that is.
TICKS = {
    "en": ({"0": 0, "50": 50e6}, {"0": 0, "1": 1e6}),
    "ko": ({"0": 0, "5000": 50e6}, {"0": 0, "100": 1e6}),
}


@pytest.mark.parametrize("language", LANGUAGES)
class TestLayers:
    def drawing(self, language: str) -> Drawing:
        return ElementTree.fromstring(layers.draw(language))

    def bars(self, language: str) -> list[tuple[float, str, Drawing]]:
        """Each bar with its place from above and its look, from above; without the legend's."""
        return sorted(
            (
                (number(bar, "y"), group.attrib["class"], bar)
                for group in self.drawing(language).iter(f"{SVG}g")
                for bar in group.findall(f"{SVG}rect")
                if len(group) > 1
            ),
            key=lambda bar: (bar[0], number(bar[2], "x")),
        )

    def test_bars(self, language: str) -> None:
        """Read off its axes, each layer has its multiply-adds and weights, in order."""
        texts = list(self.drawing(language).iter(f"{SVG}text"))
        bars = self.bars(language)
        found = []
        for ticks, measure in zip(TICKS[language], (bars[::2], bars[1::2]), strict=True):
            (start, _), (end, most) = ticks.items()
            left = number(measure[0][2], "x")
            places = {number(text, "x") for text in texts if text.text == end}
            (right,) = (x for x in places if left < x < left + 130)
            assert left in [number(text, "x") for text in texts if text.text == start]
            assert {number(bar, "x") for _, _, bar in measure} == {left}
            found.append(
                [number(bar, "width") * most / (right - left) for _, _, bar in measure],
            )
        mult_adds, weights = found
        assert mult_adds == pytest.approx([layer.mult_adds for layer in LAYERS], abs=25e3)
        assert weights == pytest.approx([layer.weights for layer in LAYERS], abs=500)

    def test_kinds(self, language: str) -> None:
        """A depthwise layer's bars are hollow, a pointwise one's filled, and the legend says so."""
        looks = [look for _, look, _ in self.bars(language)[::2]]
        assert looks == [layer.look for layer in LAYERS]
        drawing = self.drawing(language)
        fills = {group.get("class"): group.get("fill") for group in drawing.iter(f"{SVG}g")}
        assert (fills["hollow"], fills["accent"]) == ("none", None)
        legend = [
            (before.get("class"), after.text)
            for before, after in zip(drawing, list(drawing)[1:], strict=False)
            if len(before) == 1 and after.tag == f"{SVG}text"
        ]
        names = {"en": ("pointwise", "depthwise"), "ko": ("점별", "깊이별")}
        assert legend == list(zip(("accent", "hollow"), names[language], strict=True))

    def test_sizes(self, language: str) -> None:
        """Where the side of the output changes, the new one stands beside the layer."""
        first = {"en": "first", "ko": "첫 층"}[language]
        last = {"en": "classifier", "ko": "분류기"}[language]
        sides = [first, *(f"{layer.side}×{layer.side}" for layer in LAYERS[1:-1]), last]
        texts = {
            text.text: number(text, "y")
            for text in self.drawing(language).iter(f"{SVG}text")
            if text.text in sides
        }
        places = [y for y, _, _ in self.bars(language)[::2]]
        for label, baseline in texts.items():
            assert places[sides.index(str(label))] == pytest.approx(baseline, abs=12)
        assert set(texts) == set(sides)

    def test_description(self, language: str) -> None:
        """Read out, it has each layer's two numbers, in order."""
        description = self.drawing(language).findtext(f"{SVG}desc") or ""
        numbers = [int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", description)]
        assert numbers == [n for layer in LAYERS for n in (layer.mult_adds, layer.weights)]

    def test_what_it_says(self, language: str) -> None:
        """The sentences of the description hold."""
        kinds = ("accent", "hollow")
        for measure in ("mult_adds", "weights"):
            total = sum(getattr(layer, measure) for layer in LAYERS)
            pointwise, depthwise = (
                sum(getattr(layer, measure) for layer in LAYERS if layer.look == kind) / total
                for kind in kinds
            )
            assert depthwise < 0.05
            assert measure == "weights" or pointwise > 0.9
        last = [layer.weights for layer in LAYERS if layer.look == "accent"][-2:]
        assert sum(last) + LAYERS[-1].weights > sum(layer.weights for layer in LAYERS) / 2
