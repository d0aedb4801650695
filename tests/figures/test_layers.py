"""Where the weights and the multiply-adds are: each bar is a layer of the paper's Table 1."""

import re
from typing import NamedTuple

import pytest

from tests.figures import BLOCKS, Drawing, bars, places


class Layer(NamedTuple):
    """By hand: the class of its bars, its weights, and the side of its output."""

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
LOOKS = ("quiet", "hollow", "accent")
#: How much the last tick of each axis is, and what it says.
TICKS = {"mult_adds": 50e6, "weights": 1e6}
TEXTS = {"en": {"mult_adds": "50", "weights": "1"}, "ko": {"mult_adds": "5000", "weights": "100"}}


@pytest.mark.parametrize("measure", TICKS)
@pytest.mark.parametrize("look", LOOKS)
def test_bars(drawing: Drawing, language: str, measure: str, look: str) -> None:
    """Read off its axis, each layer has its multiply-adds and weights, in order."""
    amount, end = TICKS[measure], places(drawing)[TEXTS[language][measure]][0]
    shown = bars(drawing, look)
    left = max(left for left, _, _ in shown if left < end)
    found = [amount * width / (end - left) for start, _, width in shown if start == left]
    expected = [getattr(layer, measure) for layer in LAYERS if layer.look == look]
    assert found == pytest.approx(expected, abs=amount / 2000)


def test_order(drawing: Drawing, language: str) -> None:
    """From the image on, the layers are from top to bottom, with the first of each size named."""
    tops = sorted({(top, look) for look in LOOKS for _, top, _ in bars(drawing, look)})
    assert [look for _, look in tops] == [layer.look for layer in LAYERS]
    first, last = {"en": ("first", "classifier"), "ko": ("첫 층", "분류기")}[language]
    names = [first, *(f"{layer.side}×{layer.side}" for layer in LAYERS[1:-1]), last]
    for name in set(names):
        assert tops[names.index(name)][0] == pytest.approx(places(drawing)[name][1], abs=12)


def test_legend(drawing: Drawing, language: str) -> None:
    """Filled bars are the pointwise layers', hollow ones the depthwise layers'."""
    pointwise, depthwise = {"en": ("pointwise", "depthwise"), "ko": ("점별", "깊이별")}[language]
    for name, look in ((pointwise, "accent"), (depthwise, "hollow")):
        x, y = places(drawing)[name]
        (path,) = (path for path in drawing if path.get("class") == look)
        assert any(
            0 < x - float(right) < 12 and 0 < y - float(top) < 12
            for right, top in re.findall(r"H([\d.]+)V([\d.]+)", path.attrib["d"])
        )


def test_description(description: str) -> None:
    """Read out, it has each layer's two numbers, in order."""
    numbers = [int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", description)]
    assert numbers == [n for layer in LAYERS for n in (layer.mult_adds, layer.weights)]


def test_what_the_description_concludes() -> None:
    """Pointwise layers have the multiply-adds, the last ones and the classifier the weights."""
    for measure in ("mult_adds", "weights"):
        total = sum(getattr(layer, measure) for layer in LAYERS)
        pointwise, depthwise = (
            sum(getattr(layer, measure) for layer in LAYERS if layer.look == look) / total
            for look in ("accent", "hollow")
        )
        assert depthwise < 0.05
        assert measure == "weights" or pointwise > 0.9
    last = [layer.weights for layer in LAYERS if layer.look == "accent"][-2:]
    assert sum(last) + LAYERS[-1].weights > sum(layer.weights for layer in LAYERS) / 2
