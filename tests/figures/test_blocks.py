"""The two blocks: layers in the order of the paper's Figure 3, with their parameters."""

import re
from functools import partial
from xml.etree import ElementTree

import pytest
from figures import blocks

from mobilenet import MobileNetV1
from tests.figures import SVG, Drawing, number, texts

KOREAN = {
    "Standard": "일반 합성곱",
    "Depthwise separable": "깊이별 분리 합성곱",
    "3×3 convolution": "3×3 합성곱",
    "3×3 depthwise": "3×3 깊이별 합성곱",
    "1×1 convolution": "1×1 합성곱",
    "batch normalization": "배치 정규화",
}
NORM = ["batch normalization", "ReLU"]
#: The layers of the two blocks, of 32 channels in and 64 out at 112×112 positions, by hand.
LAYERS = [
    ["Standard", "3×3 convolution", *NORM],
    ["Depthwise separable", "3×3 depthwise", *NORM, "1×1 convolution", *NORM],
]
DENSE, DEPTHWISE, POINTWISE = 3 * 3 * 32 * 64, 3 * 3 * 32, 32 * 64
MULT_ADDS = 112 * 112 * (DEPTHWISE + POINTWISE)
SUMS = [DENSE + 128, DEPTHWISE + 64 + POINTWISE + 128]
NUMBERS = [
    ["112×112×32", DENSE, 128, "112×112×64", SUMS[0], 112 * 112 * DENSE],
    ["112×112×32", DEPTHWISE, 64, "112×112×32", POINTWISE, 128, "112×112×64", SUMS[1], MULT_ADDS],
]


@pytest.fixture
def columns(drawing: Drawing) -> list[list[str]]:
    """Return the labels of the left half and of the right one, from top to bottom."""
    labels = sorted(drawing.iter(f"{SVG}text"), key=lambda label: number(label, "y"))
    return [
        [str(label.text) for label in labels if (number(label, "x") > 180) == right]
        for right in (False, True)
    ]


def test_layers(columns: list[list[str]], language: str) -> None:
    """Norm and activation follow each convolution, in the paper's order."""
    korean = KOREAN if language == "ko" else {}
    expected = [[korean.get(name, name) for name in names] for names in LAYERS]
    known = {name for names in expected for name in names}
    assert [[label for label in column if label in known] for column in columns] == expected


def test_numbers(columns: list[list[str]]) -> None:
    """The shapes, parameters and multiply-adds are those counted by hand."""
    found = [
        [
            re.sub(r"[^\d×,]", "", label)
            for label in column
            if not re.match("[13]×[13] ", label) and re.search(r"\d", label)
        ]
        for column in columns
    ]
    assert found == [
        [each if isinstance(each, str) else f"{each:,}" for each in column] for column in NUMBERS
    ]


def test_both_end_alike(drawing: Drawing) -> None:
    """The standard convolution's box is as high as all that takes its place."""
    boxes = [
        (number(box, "x"), number(box, "y"), number(box, "y") + number(box, "height"))
        for box in drawing.iter(f"{SVG}rect")
    ]
    left, right = ([box[1:] for box in boxes if (box[0] > 180) == half] for half in (0, 1))
    assert left[0] == (right[0][0], right[3][1])
    assert left[1:] == right[4:]


def test_description(columns: list[list[str]], description: str) -> None:
    """Read out, it has each layer and each number, the left block's first."""
    place = 0
    for label in (label for column in columns for label in column):
        if "112×112×" not in label:
            place = description.index(label, place)
    assert "112×112×32" in description
    assert "112×112×64" in description


def test_follows_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network of half the width has other shapes and parameters in its picture."""
    monkeypatch.setattr(blocks, "MobileNetV1", partial(MobileNetV1, width_multiplier=0.5))
    labels = texts(ElementTree.fromstring(blocks.draw("en")))
    assert labels.count("112×112×16") == 3
    assert "144 parameters" in labels
