"""The convolutions: every weight of the post's example, below the channel that it sees."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from figures import convolutions

from tests.figures import SVG, Drawing, kernels, number, planes, starts, texts
from tests.pages.site import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
class TestConvolutions:
    def drawing(self, language: str) -> Drawing:
        return ElementTree.fromstring(convolutions.draw(language))

    def columns(self, language: str) -> list[Drawing]:
        """Three of the standard convolution, then three of the separable one."""
        groups = self.drawing(language).iter(f"{SVG}g")
        return [group for group in groups if group.get("class", "").startswith("channel-")]

    def test_every_weight(self, language: str) -> None:
        """Nine kernels of nine are 81 marks; three of nine and nine single ones are 36."""
        # The first mark of a column is beside the channel's number.
        marks = [
            [len(starts(kernel)) for kernel in kernels(column)[1:]]
            for column in self.columns(language)
        ]

        assert marks == [[9, 9, 9]] * 3 + [[9, 1, 1, 1]] * 3
        assert sum(map(sum, marks[:3])) == 81
        assert sum(map(sum, marks[3:])) == 36

    def test_who_sees_which_channel(self, language: str) -> None:
        """Each kernel stands in its channel's color, right below its plane."""
        columns = self.columns(language)
        assert [column.get("class") for column in columns] == [
            f"channel-{channel}" for channel in (1, 2, 3, 1, 2, 3)
        ]
        for column in columns:
            ((left, top), *_) = starts(planes(column)[0])
            for kernel in kernels(column)[1:]:
                for x, y in starts(kernel):
                    assert left < x < left + 36
                    assert y > top + 36

    def test_what_is_added_up(self, language: str) -> None:
        """Each filter adds its channels up to one of the output; no depthwise kernel does."""
        drawing = self.drawing(language)
        pluses = [number(each, "y") for each in drawing.iter(f"{SVG}text") if each.text == "+"]
        # A plus has its baseline below the middle; a plane's corner is half of it above.
        rows = {y - 4.5 for y in pluses}
        outputs = [starts(plane)[0][1] + 18 for plane in planes(drawing)]
        filters = [
            sum(y for _, y in starts(kernel)) / len(starts(kernel)) + 5
            for column in self.columns(language)
            for kernel in kernels(column)[1:]
        ]

        assert len(pluses) == 12
        assert sorted(rows) == outputs
        assert len(outputs) == 6
        # Three kernels a row: nine a row in both diagrams, but for the depthwise ones.
        assert sum(any(abs(y - row) <= 6 for row in rows) for y in filters) == 9 + 9
        assert len(filters) == 9 + 3 + 9

    def test_without_color(self, language: str) -> None:
        """The channels' marks differ in shape, and each column has but one shape."""
        shapes = []
        for column in self.columns(language):
            marks = "".join(kernel.attrib["d"] for kernel in kernels(column)).split("M")
            (shape,) = {re.sub(r"^[\d. ]+", "", mark) for mark in marks[1:]}
            shapes.append(shape)
        assert shapes[:3] == shapes[3:]
        assert len(set(shapes)) == 3

    def test_labels(self, language: str) -> None:
        """Sizes and sums are the post's, and they add up."""
        labels = " | ".join(texts(self.drawing(language))[2:])
        sums = re.findall(r"(\d+) ([×+]) (\d+) = (\d+)", labels)

        assert [int(total) for *_, total in sums] == [81, 36, 27, 9]
        for one, sign, other, total in sums:
            made = int(one) * int(other) if sign == "×" else int(one) + int(other)
            assert made == int(total)
        sizes = re.findall(r"\d×\d×\d", labels)
        # Input, output, filters; input, kernels, stack, output, filters.
        assert sizes == ["3×3×3"] * 3 + ["3×3×3", "3×3×1", "3×3×3", "3×3×3", "1×1×3"]

    def test_description(self, language: str) -> None:
        """Read out, it has every size, every count and every sum."""
        description = self.drawing(language).findtext(f"{SVG}desc") or ""
        said = re.findall(r"\d+ [×+] \d+ = \d+", description)
        assert said == ["3 × 27 = 81", "3 × 9 = 27", "3 × 3 = 9", "27 + 9 = 36"]
        assert {"3×3×3", "3×3×1", "1×1×3"} <= set(re.findall(r"\d×\d×\d", description))
