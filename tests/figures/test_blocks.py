"""The two blocks: layers in the order of the paper's Figure 3, with their parameters."""

import pytest

from tests.figures import SVG, Drawing, number

#: Parameters, by hand, for 32 channels in and 64 out at 112×112 positions.
DENSE, DEPTHWISE, POINTWISE = 3 * 3 * 32 * 64, 3 * 3 * 32, 32 * 64
SUMS = [DENSE + 128, DEPTHWISE + 64 + POINTWISE + 128]
MULT_ADDS = [112 * 112 * DENSE, 112 * 112 * (DEPTHWISE + POINTWISE)]
#: The labels of the left half and of the right one, from top to bottom.
COLUMNS = {
    "en": [
        f"Standard | 112×112×32 | 3×3 convolution | {DENSE:,} parameters | batch normalization | "
        f"128 parameters | ReLU | 112×112×64 | {SUMS[0]:,} parameters | {MULT_ADDS[0]:,} | "
        "multiply-adds",
        f"Depthwise separable | 112×112×32 | 3×3 depthwise | {DEPTHWISE} parameters | "
        "batch normalization | 64 parameters | ReLU | 112×112×32 | 1×1 convolution | "
        f"{POINTWISE:,} parameters | batch normalization | 128 parameters | ReLU | 112×112×64 | "
        f"{SUMS[1]:,} parameters | {MULT_ADDS[1]:,} | multiply-adds",
    ],
    "ko": [
        f"일반 합성곱 | 112×112×32 | 3×3 합성곱 | 매개변수 {DENSE:,}개 | 배치 정규화 | "
        f"매개변수 128개 | ReLU | 112×112×64 | 매개변수 {SUMS[0]:,}개 | 곱셈-덧셈 | "
        f"{MULT_ADDS[0]:,}회",
        f"깊이별 분리 합성곱 | 112×112×32 | 3×3 깊이별 합성곱 | 매개변수 {DEPTHWISE}개 | "
        "배치 정규화 | 매개변수 64개 | ReLU | 112×112×32 | 1×1 합성곱 | "
        f"매개변수 {POINTWISE:,}개 | 배치 정규화 | 매개변수 128개 | ReLU | 112×112×64 | "
        f"매개변수 {SUMS[1]:,}개 | 곱셈-덧셈 | {MULT_ADDS[1]:,}회",
    ],
}


@pytest.fixture
def columns(drawing: Drawing) -> list[list[str]]:
    """Return the labels of the left half and of the right one, from top to bottom."""
    labels = sorted(drawing.iter(f"{SVG}text"), key=lambda label: number(label, "y"))
    return [
        [str(label.text) for label in labels if (number(label, "x") > 180) == right]
        for right in (False, True)
    ]


def test_labels(columns: list[list[str]], language: str) -> None:
    """Layers, in the paper's order, have the shapes, parameters and multiply-adds by hand."""
    assert [" | ".join(column) for column in columns] == COLUMNS[language]


def test_description(columns: list[list[str]], description: str) -> None:
    """Read out, it has each layer and each number, the left block's first."""
    place = 0
    for label in (label for column in columns for label in column):
        if "112×112×" not in label:
            place = description.index(label, place)
    assert "112×112×32" in description
    assert "112×112×64" in description
