"""Where the weights and the multiply-adds are: each bar is a layer of the paper's Table 1."""

import re

import pytest

from tests.figures import BLOCKS, Drawing, bars, places

#: By hand: the class of a layer's bars, its weights, and the side of its output.
LAYERS = [("quiet", 3 * 3 * 3 * 32, 112)]
for inputs, outputs, size in BLOCKS:
    LAYERS += [("hollow", 3 * 3 * inputs, size), ("accent", inputs * outputs, size)]
LAYERS.append(("quiet", 1024 * 1000, 1))
AMOUNTS = {
    "mult_adds": [weights * side**2 for _, weights, side in LAYERS],
    "weights": [weights for _, weights, _ in LAYERS],
}
LOOKS = ("quiet", "hollow", "accent")
#: How much the last tick of each axis is, and what it says.
TICKS = {"mult_adds": 50e6, "weights": 1e6}
TEXTS = {"en": {"mult_adds": "50", "weights": "1"}, "ko": {"mult_adds": "5000", "weights": "100"}}


def select(measure: str, look: str) -> list[int]:
    """Return the weights or multiply-adds of the layers with one class of bars."""
    amounts = zip(LAYERS, AMOUNTS[measure], strict=True)
    return [amount for (layer_look, *_), amount in amounts if layer_look == look]


@pytest.mark.parametrize("measure", TICKS)
@pytest.mark.parametrize("look", LOOKS)
def test_bars(drawing: Drawing, language: str, measure: str, look: str) -> None:
    """Read off its axis, each layer has its multiply-adds and weights, in order."""
    amount, end = TICKS[measure], places(drawing)[TEXTS[language][measure]][0]
    shown = bars(drawing, look)
    left = max(left for left, _, _ in shown if left < end)
    found = [amount * width / (end - left) for start, _, width in shown if start == left]
    assert found == pytest.approx(select(measure, look), abs=amount / 2000)


def test_order(drawing: Drawing, language: str) -> None:
    """From the image on, the layers are from top to bottom, with the first of each size named."""
    tops = sorted({(top, look) for look in LOOKS for _, top, _ in bars(drawing, look)})
    assert [look for _, look in tops] == [look for look, *_ in LAYERS]
    first, last = {"en": ("first", "classifier"), "ko": ("첫 층", "분류기")}[language]
    names = [first, *(f"{side}×{side}" for *_, side in LAYERS[1:-1]), last]
    for name in set(names):
        assert tops[names.index(name)][0] == pytest.approx(places(drawing)[name][1], abs=12)


def test_legend(drawing: Drawing, language: str) -> None:
    """Filled bars are the pointwise layers', hollow ones the depthwise layers'."""
    names = {"en": ("pointwise", "depthwise"), "ko": ("점별", "깊이별")}[language]
    for name, look in zip(names, ("accent", "hollow"), strict=True):
        x, y = places(drawing)[name]
        (path,) = (path for path in drawing if path.get("class") == look)
        corners = re.findall(r"H([\d.]+)V([\d.]+)", path.attrib["d"])
        assert any(0 < x - float(a) < 12 and 0 < y - float(b) < 12 for a, b in corners)


def test_description(description: str) -> None:
    """Read out, it has each layer's two numbers, in order."""
    numbers = [int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", description)]
    assert numbers == [n for pair in zip(*AMOUNTS.values(), strict=True) for n in pair]


def test_conclusions_of_the_description() -> None:
    """Pointwise layers have the multiply-adds, the last ones and the classifier the weights."""
    for measure, amounts in AMOUNTS.items():
        assert sum(select(measure, "hollow")) < 0.05 * sum(amounts)
    assert sum(select("mult_adds", "accent")) > 0.9 * sum(AMOUNTS["mult_adds"])
    last = [*select("weights", "accent")[-2:], AMOUNTS["weights"][-1]]
    assert sum(last) > sum(AMOUNTS["weights"]) / 2
