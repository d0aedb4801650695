"""The convolutions: every weight of the post's example, in the color of the channel it sees."""

import re

import pytest

from tests.figures import SVG, Drawing, kernels, starts, texts


@pytest.fixture
def columns(drawing: Drawing) -> list[Drawing]:
    """Return three columns of the standard convolution, then three of the separable one."""
    groups = drawing.iter(f"{SVG}g")
    return [group for group in groups if group.get("class", "").startswith("channel-")]


def test_every_weight(columns: list[Drawing]) -> None:
    """Nine kernels of nine are 81 marks; three of nine and nine single ones are 36."""
    # A column's first mark is beside the channel's number.
    marks = [[len(starts(kernel)) for kernel in kernels(column)[1:]] for column in columns]
    assert marks == [[9, 9, 9]] * 3 + [[9, 1, 1, 1]] * 3
    classes = [column.get("class") for column in columns]
    assert classes == [f"channel-{channel}" for channel in (1, 2, 3, 1, 2, 3)]


def test_without_color(columns: list[Drawing]) -> None:
    """The channels' marks differ in shape, and each column has but one shape."""
    shapes = []
    for column in columns:
        marks = "".join(kernel.attrib["d"] for kernel in kernels(column)).split("M")
        (shape,) = {re.sub(r"^[\d. ]+", "", mark) for mark in marks[1:]}
        shapes.append(shape)
    assert shapes[:3] == shapes[3:]
    assert len(set(shapes)) == 3


def test_labels(drawing: Drawing) -> None:
    """Sizes and sums are the post's, and six filters add up three channels each."""
    labels = " | ".join(texts(drawing)[2:])
    assert labels.count("| +") == 6 * 2
    # The total of each half is above its filters.
    sums = re.findall(r"\d+ [×+] \d+ = \d+", labels)
    assert sums == ["3 × 27 = 81", "27 + 9 = 36", "3 × 9 = 27", "3 × 3 = 9"]
    sizes = re.findall(r"\d×\d×\d", labels)
    # Input, output, filters; input, kernels, stack, output, filters.
    assert sizes == ["3×3×3"] * 3 + ["3×3×3", "3×3×1", "3×3×3", "3×3×3", "1×1×3"]


def test_description(description: str) -> None:
    """Read out, it has every size, every count and every sum."""
    said = re.findall(r"\d+ [×+] \d+ = \d+", description)
    assert said == ["3 × 27 = 81", "3 × 9 = 27", "3 × 3 = 9", "27 + 9 = 36"]
    assert {"3×3×3", "3×3×1", "1×1×3"} <= set(re.findall(r"\d×\d×\d", description))
