"""The two blocks: layers in the order of the paper's Figure 3, with their parameters."""

from __future__ import annotations

import re
from functools import partial
from xml.etree import ElementTree

import pytest
from figures import blocks

from mobilenet import MobileNetV1
from tests.figures import SVG, number
from tests.pages.site import LANGUAGES

KOREAN = {
    "Standard": "일반 합성곱",
    "Depthwise separable": "깊이별 분리 합성곱",
    "3×3 convolution": "3×3 합성곱",
    "3×3 depthwise": "3×3 깊이별 합성곱",
    "1×1 convolution": "1×1 합성곱",
    "batch normalization": "배치 정규화",
}


@pytest.mark.parametrize("language", LANGUAGES)
class TestBlocks:
    def columns(self, language: str) -> list[list[str]]:
        """What stands in the left half and in the right one, from top to bottom."""
        drawing = ElementTree.fromstring(blocks.draw(language))
        labels = sorted(drawing.iter(f"{SVG}text"), key=lambda label: number(label, "y"))
        return [
            [str(label.text) for label in labels if (number(label, "x") > 180) == right]
            for right in (False, True)
        ]

    def names(self, names: list[str], language: str) -> list[str]:
        return [KOREAN.get(name, name) if language == "ko" else name for name in names]

    def test_layers(self, language: str) -> None:
        """Norm and activation follow each convolution, in the paper's order."""
        known = set(self.names([*KOREAN, "ReLU"], language))
        norm = ["batch normalization", "ReLU"]
        expected = [
            ["Standard", "3×3 convolution", *norm],
            ["Depthwise separable", "3×3 depthwise", *norm, "1×1 convolution", *norm],
        ]

        found = [[label for label in column if label in known] for column in self.columns(language)]
        assert found == [self.names(names, language) for names in expected]

    def test_numbers(self, language: str) -> None:
        """Of 32 channels in and 64 out, at 112×112 positions, counted by hand."""
        standard, separable = (
            [
                re.sub(r"[^\d×,]", "", label)
                for label in column
                if not re.match("[13]×[13] ", label) and re.search(r"\d", label)
            ]
            for column in self.columns(language)
        )
        dense, norm = 3 * 3 * 32 * 64, 2 * 64
        depthwise, depthwise_norm, pointwise = 3 * 3 * 32, 2 * 32, 32 * 64

        assert standard == [
            "112×112×32",
            *(f"{dense:,}", f"{norm}"),
            "112×112×64",
            *(f"{dense + norm:,}", f"{112 * 112 * dense:,}"),
        ]
        assert separable == [
            "112×112×32",
            *(f"{depthwise}", f"{depthwise_norm}"),
            "112×112×32",
            *(f"{pointwise:,}", f"{norm}"),
            "112×112×64",
            f"{depthwise + depthwise_norm + pointwise + norm:,}",
            f"{112 * 112 * (depthwise + pointwise):,}",
        ]

    def test_both_end_alike(self, language: str) -> None:
        """The standard convolution's box is as high as all that takes its place."""
        drawing = ElementTree.fromstring(blocks.draw(language))
        boxes = [
            (number(box, "x"), number(box, "y"), number(box, "y") + number(box, "height"))
            for box in drawing.iter(f"{SVG}rect")
        ]
        left, right = ([box[1:] for box in boxes if (box[0] > 180) == half] for half in (0, 1))
        assert left[0] == (right[0][0], right[3][1])
        assert left[1:] == right[4:]

    def test_description(self, language: str) -> None:
        """Read out, it has each layer and each number, the left block's first."""
        description = ElementTree.fromstring(blocks.draw(language)).findtext(f"{SVG}desc") or ""
        place = 0
        for column in self.columns(language):
            for label in column:
                if "112×112×" not in label:
                    place = description.index(label, place)
        assert "112×112×32" in description
        assert "112×112×64" in description

    def test_the_package_changes(self, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """A network of half the width has other shapes and parameters in its picture."""
        monkeypatch.setattr(blocks, "MobileNetV1", partial(MobileNetV1, width_multiplier=0.5))
        _, separable = self.columns(language)
        assert separable.count("112×112×16") == 2
        assert any("144" in label for label in separable)
