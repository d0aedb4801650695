"""The three networks: their blocks, what is shared, what differs, and how they end."""

import inspect

import pytest
import torch
from torch import nn

from mobilenet import MobileNetV1, ver1, ver2
from tests.figures import SVG, Drawing, number

CLASSES = {"VER1": ver1.MobileNet, "VER2": ver2.MobileNet, "MobileNetV1": MobileNetV1}
#: What the columns say, from the post's code and its summaries, and from the paper's Table 1.
COMMON = "3×224×224 | 32×112×112 /2 | 64×112×112 | 128×56×56 /2 | 128×56×56 | 256×28×28 /2 | "
COMMON += "256×28×28 | 512×14×14 /2 | "
PAPER = COMMON + "512×14×14 | " * 5 + "1024×7×7 /2 | 1024×7×7 | "
VER1 = COMMON + "DWConv5 512×14×14 {} | 1024×7×7 /2 | 1024×4×4 /2 | avgp, fc, sm {} | {}"
VER2 = PAPER + "AvgPool2d(1) 1024×7×7 | view 49×1024 | fc 49×1000 | {}"
PAPERS = PAPER + "{} 1024×1×1 | flatten 1×1024 | fc 1×1000 | {}"
COLUMNS = {
    "en": {
        "VER1": VER1.format("5 calls", "never called", "no classes"),
        "VER2": VER2.format("49 answers"),
        "MobileNetV1": PAPERS.format("average of 7×7", "1 answer"),
    },
    "ko": {
        "VER1": VER1.format("5번 호출", "호출되지 않음", "클래스 없음"),
        "VER2": VER2.format("답 49개"),
        "MobileNetV1": PAPERS.format("7×7 평균", "답 1개"),
    },
}
#: In each column the boxes that are not as in the paper, counted from 0.
DIFFERENT = {"VER1": [7, 9, 10], "VER2": [14, 15, 16], "MobileNetV1": []}


@pytest.fixture
def columns(drawing: Drawing) -> dict[str, Drawing]:
    """Return each network's part of the picture, from left to right."""
    groups = [group for group in drawing if "translate" in group.get("transform", "")]
    return dict(zip(CLASSES, groups, strict=True))


def boxes(column: Drawing) -> list[tuple[Drawing, Drawing]]:
    """Return the boxes of a column from top to bottom, each after its group."""
    groups = column.iter(f"{SVG}g")
    found = [(group, rect) for group in groups for rect in group.findall(f"{SVG}rect")]
    return sorted(found, key=lambda pair: number(pair[1], "y"))


def read(column: Drawing) -> str:
    """Return what is in each box, and in each line of text that is in none."""
    sides = [(number(rect, "y"), number(rect, "height")) for _, rect in boxes(column)]
    parts: dict[float, list[str]] = {}
    for text in column.iter(f"{SVG}text"):
        y = number(text, "y")
        top = next((top for top, height in sides if top < y < top + height), y)
        parts.setdefault(top, []).append(text.text or "")
    return " | ".join(" ".join(parts[top]) for top in sorted(parts))


@pytest.mark.parametrize("name", CLASSES)
def test_blocks(columns: dict[str, Drawing], language: str, name: str) -> None:
    """From the image down, the outputs and strides of each network, and its answers."""
    assert read(columns[name]) == f"{name} | {COLUMNS[language][name]}"


@pytest.mark.parametrize("name", CLASSES)
def test_edges(columns: dict[str, Drawing], name: str) -> None:
    """Boxes unlike the paper's have thick edges, and uncalled ones dashed; VER1 has a way back."""
    found = boxes(columns[name])
    thick = [index for index, (group, _) in enumerate(found) if "stroke-width" in group.attrib]
    dashed = [index for index, (_, rect) in enumerate(found) if "stroke-dasharray" in rect.attrib]
    assert (thick, dashed) == (DIFFERENT[name], [10] if name == "VER1" else [])
    arrows = [path for path in columns[name].iter(f"{SVG}path") if path.get("class") == "accent"]
    assert len(arrows) == (name == "VER1")


@pytest.mark.parametrize(
    # The post's summaries have 27 convolutions; of VER1's, 4 times 2 are called again.
    ("name", "full", "empty"),
    [("VER1", 0, 27 - 8), ("VER2", 27, 0), ("MobileNetV1", 27, 0)],
)
def test_marks(columns: dict[str, Drawing], name: str, full: int, empty: int) -> None:
    """A square for each convolution: empty in VER1, elsewhere full, with BatchNorm and ReLU."""
    squares = {"currentColor": 0, "none": 0}
    for path in columns[name].findall(f"{SVG}path"):
        squares[path.attrib["fill"]] += path.attrib["d"].count("Z")
    assert squares == {"currentColor": full, "none": empty}
    with torch.device("meta"):
        modules = [type(module) for module in CLASSES[name]().modules()]
    assert modules.count(nn.Conv2d) == full + empty
    assert modules.count(nn.BatchNorm2d) == modules.count(nn.ReLU) == full


@pytest.mark.parametrize(
    ("name", "shape", "operations"),
    [
        ("VER2", (49, 1000), ("AvgPool2d(1)", ".view(-1, 1024)")),
        ("MobileNetV1", (1, 1000), (".flatten(1)",)),
    ],
)
def test_answers(name: str, shape: tuple[int, int], operations: tuple[str, ...]) -> None:
    """The answers are those that torch gives for one image, by the operations that are named."""
    with torch.device("meta"):
        assert CLASSES[name]()(torch.zeros(1, 3, 224, 224)).shape == shape
    code = inspect.getsource(CLASSES[name])
    assert [named for named in operations if named not in code] == []


def test_description(description: str) -> None:
    """Read out, it has what the networks share once, then what each of them goes on with."""
    assert [description.count(each) for each in ("3×224×224", "64×112×112")] == [1, 1]
    said = ("DWConv5", "1024×4×4", "avgp, fc, sm", "49×1024", "49×1000", "1024×1×1", "1×1000")
    places = [description.find(each) for each in said]
    assert -1 not in places
    assert places == sorted(places)
