"""The trade-off: its points are the paper's, read off its axes."""

import re
from itertools import pairwise
from math import dist, log10

import pytest
from figures import tradeoff

from tests.figures import SVG, Drawing, places

#: The paper's tables 7, 6, 5 and 4: millions of multiply-adds, and accuracy in percent.
SERIES = [
    {"224": (569, 70.6), "192": (418, 69.1), "160": (290, 67.2), "128": (186, 64.4)},
    {"1.0": (569, 70.6), "0.75": (325, 68.4), "0.5": (149, 63.7), "0.25": (41, 50.6)},
    {"shallow": (307, 65.3)},
    {"standard convolutions": (4866, 71.7)},
]
KOREAN = {"shallow": "얕은 네트워크", "standard convolutions": "일반 합성곱"}
#: What the ticks say, and how many millions that is.
TICKS = {
    "en": {"30": 30, "100": 100, "300": 300, "1,000": 1000, "3,000": 3000},
    "ko": {"3000만": 30, "1억": 100, "3억": 300, "10억": 1000, "30억": 3000},
}
Places = list[tuple[float, float]]


@pytest.fixture
def marks(drawing: Drawing) -> list[Places]:
    """Return where the marks of each series are, in the order of the series."""
    series: dict[str, Places] = {}
    for path in drawing.iter(f"{SVG}path"):
        if place := re.fullmatch(r"translate\((\S+) (\S+)\)", path.get("transform", "")):
            series.setdefault(path.attrib["d"], []).append((float(place[1]), float(place[2])))
    return [*series.values()]


def test_points(drawing: Drawing, language: str, marks: list[Places]) -> None:
    """Read off the two axes, of which one is logarithmic, each point is the paper's tables'."""
    ticks = {amount: places(drawing)[text][0] for text, amount in TICKS[language].items()}
    decade = ticks[1000] - ticks[100]
    for amount, x in ticks.items():
        assert x - ticks[100] == pytest.approx(decade * log10(amount / 100), abs=0.2)
    (grid,) = (path.attrib["d"] for path in drawing if path.get("class") == "grid")
    heights = [float(y) for y, end in re.findall(r"M\S+ (\S+)L\S+ ([\d.]+)", grid) if y == end]
    low, high = max(heights), min(heights)
    # A tick's text has its baseline a little below its line.
    assert [places(drawing)[text][1] for text in ("50", "75")] == pytest.approx([low, high], abs=6)
    for places_of_series, expected in zip(marks, SERIES, strict=True):
        for (x, y), (millions, accuracy) in zip(places_of_series, expected.values(), strict=True):
            assert 100 * 10 ** ((x - ticks[100]) / decade) == pytest.approx(millions, rel=0.01)
            assert 50 + 25 * (low - y) / (low - high) == pytest.approx(accuracy, abs=0.02)


def test_labels(drawing: Drawing, language: str, marks: list[Places]) -> None:
    """Each point has its label beside it, closer than any other mark of its series."""
    for points, expected in zip(marks, SERIES, strict=True):
        for index, name in enumerate(expected):
            label = places(drawing)[KOREAN.get(name, name) if language == "ko" else name]
            distances = [dist(label, point) for point in points]
            assert min(distances) == distances[index] < 17


def test_description(description: str, language: str) -> None:
    """Read out, it has every point's multiply-adds and accuracy."""
    amounts = {"en": ["569 million", "4,867 million"], "ko": ["5억 6900만", "48억 6700만"]}
    accuracies = [f"{accuracy}%." for series in SERIES for _, accuracy in series.values()]
    assert [text for text in amounts[language] + accuracies if text not in description] == []
    assert len(re.findall(r"\d%\.", description)) == len(accuracies) == 10


def test_conclusions_of_the_description() -> None:
    """Each step down costs more accuracy; the shallow network is less accurate for its cost."""
    widths, resolutions, (shallow,), _ = tradeoff.series()
    for points in (widths, resolutions):
        steps = [after.accuracy - before.accuracy for before, after in pairwise(points)]
        assert steps == sorted(steps, reverse=True)
        assert max(steps) < 0
    cheaper = [point for point in resolutions if point.mult_adds < shallow.mult_adds]
    assert max(point.accuracy for point in cheaper) > shallow.accuracy
