"""The trade-off: its points are the paper's, read off its axes."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from figures import tradeoff

from tests.figures import SVG, Drawing, number
from tests.pages.site import LANGUAGES

#: The paper's tables 4 to 7: millions of multiply-adds, and accuracy in percent.
PRINTED = {
    "1.0": (569, 70.6),
    "0.75": (325, 68.4),
    "0.5": (149, 63.7),
    "0.25": (41, 50.6),
    "224": (569, 70.6),
    "192": (418, 69.1),
    "160": (290, 67.2),
    "128": (186, 64.4),
    "shallow": (307, 65.3),
    "full convolutions": (4866, 71.7),
}
KOREAN = {"shallow": "얕은 네트워크", "full convolutions": "일반 합성곱"}
#: The ticks of the axis, in units of what they say.
TICKS = {
    "en": {"30": 30, "100": 100, "300": 300, "1,000": 1000, "3,000": 3000},
    "ko": {"3000만": 30, "1억": 100, "3억": 300, "10억": 1000, "30억": 3000},
}


@pytest.mark.parametrize("language", LANGUAGES)
class TestTradeoff:
    def drawing(self, language: str) -> Drawing:
        return ElementTree.fromstring(tradeoff.draw(language))

    def points(self, language: str) -> dict[str, tuple[float, float]]:
        """Each label with the place of its point."""
        found = {}
        for group in self.drawing(language).iter(f"{SVG}g"):
            place = re.fullmatch(r"translate\((\S+) (\S+)\)", group.get("transform", ""))
            label = group.findtext(f"{SVG}text")
            is_point = group.find(f"{SVG}polyline") is None  # those of the legend have a line
            if place and label and is_point:
                found[label] = float(place[1]), float(place[2])
        return found

    def test_points(self, language: str) -> None:
        """Read off the two axes, each point is where the paper's tables have it."""
        ticks = {text.text: text for text in self.drawing(language).iter(f"{SVG}text")}
        fewest, *_, most = (
            (amount, number(ticks[text], "x")) for text, amount in TICKS[language].items()
        )
        low, high = ((percent, number(ticks[str(percent)], "y")) for percent in (50, 75))

        def read(x: float, y: float) -> tuple[float, float]:
            decade = (x - fewest[1]) / (most[1] - fewest[1])
            # The baseline of a tick's text is a little below its line.
            share = (low[1] - (y + 4.5)) / (low[1] - high[1])
            return fewest[0] * (most[0] / fewest[0]) ** decade, low[0] + (high[0] - low[0]) * share

        korean = KOREAN if language == "ko" else {}
        expected = {korean.get(label, label): place for label, place in PRINTED.items()}
        found = {label: read(*place) for label, place in self.points(language).items()}
        assert expected.keys() == found.keys()
        for label, (millions, accuracy) in expected.items():
            assert found[label][0] == pytest.approx(millions, rel=0.01), label
            assert found[label][1] == pytest.approx(accuracy, abs=0.02), label

    def test_ticks(self, language: str) -> None:
        """On a log axis, equal steps are equal factors."""
        ticks = {text.text: number(text, "x") for text in self.drawing(language).iter(f"{SVG}text")}
        places = [ticks[text] for text in TICKS[language]]
        assert places[2] - places[0] == pytest.approx(places[3] - places[1], abs=0.2)
        assert places[3] - places[1] == pytest.approx(places[4] - places[2], abs=0.2)

    def test_lines_join_their_points(self, language: str) -> None:
        """Each line runs through the points of its series, in order."""
        places = list(self.points(language).values())
        lines = [
            [tuple(map(float, place.split(","))) for place in line.attrib["points"].split()]
            for line in self.drawing(language).iter(f"{SVG}polyline")
        ]
        assert all(any(place in line for line in lines[:2]) for place in places[:8])
        assert [len(line) for line in lines[:2]] == [4, 4]

    def test_without_color(self, language: str) -> None:
        """The series differ in the shape of their marks, the lines in their dashes."""
        drawing = self.drawing(language)
        dashes = {line.get("stroke-dasharray") for line in drawing.iter(f"{SVG}polyline")}
        marks = {
            next(iter(group)).tag + next(iter(group)).get("d", "")
            for group in drawing.iter(f"{SVG}g")
            if "translate" in group.get("transform", "") and group.find(f"{SVG}polyline") is None
        }
        assert len(dashes) == 2
        assert len(marks) == 4

    def test_description(self, language: str) -> None:
        """Read out, it has every point's multiply-adds and accuracy."""
        description = self.drawing(language).findtext(f"{SVG}desc") or ""
        amounts = {
            "en": "569 million|325 million|4,867 million",
            "ko": "5억 6900만|4100만|48억 6700만",
        }
        assert all(amount in description for amount in amounts[language].split("|"))
        assert all(f"{accuracy}%" in description for _, accuracy in PRINTED.values())
        assert len(re.findall(r"\d%\.", description)) == len(PRINTED)

    def test_what_it_says(self, language: str) -> None:
        """The sentences of the description hold."""
        widths, resolutions, (shallow,), _ = tradeoff.series()
        for points in (widths, resolutions):
            steps = [after.accuracy - before.accuracy for before, after in pairwise(points)]
            assert steps == sorted(steps, reverse=True)
            assert all(step < 0 for step in steps)
        assert any(
            point.mult_adds < shallow.mult_adds and point.accuracy > shallow.accuracy
            for point in resolutions
        )
