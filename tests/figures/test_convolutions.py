"""The convolutions: every weight of the post's example, below the channel that it sees."""

import re

import pytest

from tests.figures import SVG, Drawing, kernels, number, planes, starts, texts


@pytest.fixture
def columns(drawing: Drawing) -> list[Drawing]:
    """Return three columns of the standard convolution, then three of the separable one."""
    groups = drawing.iter(f"{SVG}g")
    return [group for group in groups if group.get("class", "").startswith("channel-")]


def weights(column: Drawing) -> list[list[tuple[float, float]]]:
    """Return where each kernel's weights are; the first mark is beside the channel's number."""
    return [starts(kernel) for kernel in kernels(column)[1:]]


def test_every_weight(columns: list[Drawing]) -> None:
    """Nine kernels of nine are 81 marks; three of nine and nine single ones are 36."""
    marks = [[len(kernel) for kernel in weights(column)] for column in columns]
    assert marks == [[9, 9, 9]] * 3 + [[9, 1, 1, 1]] * 3
    assert [sum(map(sum, half)) for half in (marks[:3], marks[3:])] == [81, 36]


def test_who_sees_which_channel(columns: list[Drawing]) -> None:
    """Each kernel stands in its channel's color, right below its plane."""
    classes = [column.get("class") for column in columns]
    assert classes == [f"channel-{channel}" for channel in (1, 2, 3, 1, 2, 3)]
    for column in columns:
        ((left, top), *_) = starts(planes(column)[0])
        for x, y in (mark for kernel in weights(column) for mark in kernel):
            assert left < x < left + 36
            assert y > top + 36


def test_what_is_added_up(drawing: Drawing, columns: list[Drawing]) -> None:
    """Each filter adds its channels up to one of the output; no depthwise kernel does."""
    pluses = [number(each, "y") for each in drawing.iter(f"{SVG}text") if each.text == "+"]
    # A plus has its baseline below the middle; a plane's corner is half of it above.
    rows = {y - 4.5 for y in pluses}
    outputs = [starts(plane)[0][1] + 18 for plane in planes(drawing)]
    filters = [sum(y for _, y in each) / len(each) + 5 for c in columns for each in weights(c)]

    assert len(pluses) == 12
    assert sorted(rows) == outputs
    assert len(outputs) == 6
    # Three kernels a row: nine a row in both diagrams, but for the depthwise ones.
    assert sum(any(abs(y - row) <= 6 for row in rows) for y in filters) == 9 + 9
    assert len(filters) == 9 + 3 + 9


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
    """Sizes and sums are the post's, and they add up."""
    labels = " | ".join(texts(drawing)[2:])
    sums = re.findall(r"(\d+) ([×+]) (\d+) = (\d+)", labels)
    assert [int(total) for *_, total in sums] == [81, 36, 27, 9]
    for one, sign, other, total in sums:
        made = int(one) * int(other) if sign == "×" else int(one) + int(other)
        assert made == int(total)
    sizes = re.findall(r"\d×\d×\d", labels)
    # Input, output, filters; input, kernels, stack, output, filters.
    assert sizes == ["3×3×3"] * 3 + ["3×3×3", "3×3×1", "3×3×3", "3×3×3", "1×1×3"]


def test_description(description: str) -> None:
    """Read out, it has every size, every count and every sum."""
    said = re.findall(r"\d+ [×+] \d+ = \d+", description)
    assert said == ["3 × 27 = 81", "3 × 9 = 27", "3 × 3 = 9", "27 + 9 = 36"]
    assert {"3×3×3", "3×3×1", "1×1×3"} <= set(re.findall(r"\d×\d×\d", description))
