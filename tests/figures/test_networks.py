"""The three networks: their blocks, what is shared, what differs, and how they end."""

from __future__ import annotations

import inspect
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
import torch
from figures import networks
from torch import nn

from mobilenet import MobileNetV1, ver1, ver2
from tests.figures import SVG, Drawing, number
from tests.pages.site import LANGUAGES

CLASSES = {"VER1": ver1.MobileNet, "VER2": ver2.MobileNet, "MobileNetV1": MobileNetV1}
#: What the boxes say, from the post's code and its summaries, and from the paper's Table 1.
COMMON = [
    "32×112×112 /2",
    "64×112×112",
    "128×56×56 /2",
    "128×56×56",
    "256×28×28 /2",
    "256×28×28",
    "512×14×14 /2",
]
PAPER = [*COMMON, *["512×14×14"] * 5, "1024×7×7 /2", "1024×7×7"]
BOXES = {
    "en": {
        "VER1": [
            *COMMON,
            "DWConv5 512×14×14 5 calls",
            "1024×7×7 /2",
            "1024×4×4 /2",
            "avgp, fc, sm never called",
        ],
        "VER2": [*PAPER, "AvgPool2d(1) 1024×7×7", "view 49×1024", "fc 49×1000"],
        "MobileNetV1": [*PAPER, "average of 7×7 1024×1×1", "flatten 1×1024", "fc 1×1000"],
    },
    "ko": {
        "VER1": [
            *COMMON,
            "DWConv5 512×14×14 5번 호출",
            "1024×7×7 /2",
            "1024×4×4 /2",
            "avgp, fc, sm 호출되지 않음",
        ],
        "VER2": [*PAPER, "AvgPool2d(1) 1024×7×7", "view 49×1024", "fc 49×1000"],
        "MobileNetV1": [*PAPER, "7×7 평균 1024×1×1", "flatten 1×1024", "fc 1×1000"],
    },
}
ANSWERS = {
    "en": ["no classes", "49 answers", "1 answer"],
    "ko": ["클래스 없음", "답 49개", "답 1개"],
}


class Box(NamedTuple):
    top: float
    bottom: float
    text: str
    thick: bool
    dashed: bool


@pytest.mark.parametrize("language", LANGUAGES)
class TestNetworks:
    def columns(self, language: str) -> dict[str, Drawing]:
        """Each network's part of the picture; from left to right, as they are named."""
        drawing = ElementTree.fromstring(networks.draw(language))
        groups = [group for group in drawing if "translate" in group.get("transform", "")]
        return dict(zip(CLASSES, groups, strict=True))

    def boxes(self, column: Drawing) -> list[Box]:
        """From top to bottom, each with what is written in it."""
        labels = [(number(text, "y"), text) for text in column.iter(f"{SVG}text")]
        found = []
        for group in column.findall(f"{SVG}g"):
            for rect in group.iter(f"{SVG}rect"):
                top = number(rect, "y")
                bottom = top + number(rect, "height")
                inside = [text for y, text in labels if top < y < bottom]
                thick, dashed = "stroke-width" in group.attrib, "stroke-dasharray" in rect.attrib
                text = " ".join(text.text or "" for text in inside)
                found.append(Box(top, bottom, text, thick, dashed))
                assert all((text.get("class") == "strong") == thick for text in inside)
        return sorted(found)

    def test_blocks(self, language: str) -> None:
        """From the image down, the outputs and strides of each network, and its answers."""
        for (name, column), answers in zip(
            self.columns(language).items(), ANSWERS[language], strict=True
        ):
            outside = [
                text.text
                for text in column.iter(f"{SVG}text")
                if not any(box.top < number(text, "y") < box.bottom for box in self.boxes(column))
            ]
            assert outside == [name, "3×224×224", answers]
            assert [box.text for box in self.boxes(column)] == BOXES[language][name]

    def test_beside_each_other(self, language: str) -> None:
        """What the networks have in common stands at the same height."""
        first, second, third = (
            [box.top for box in self.boxes(column)] for column in self.columns(language).values()
        )
        assert second == third
        assert first[:7] == third[:7]
        assert first[8:11] == third[12:15]

    def test_shared(self, language: str) -> None:
        """Beside five boxes of the others, VER1 has one, and a way back around it."""
        columns = self.columns(language)
        shared, five = self.boxes(columns["VER1"])[7], self.boxes(columns["MobileNetV1"])[7:12]
        assert five[0].top < shared.top < shared.bottom < five[-1].bottom
        loops = [
            [path for path in column.findall(f"{SVG}path") if path.get("class") == "accent"]
            for column in columns.values()
        ]
        assert list(map(len, loops)) == [1, 0, 0]

    def test_what_differs(self, language: str) -> None:
        """What is not as in the paper has a thick edge and bold text, and nothing else has."""
        thick = {
            name: [box.text.split()[0] for box in self.boxes(column) if box.thick]
            for name, column in self.columns(language).items()
        }
        assert thick == {
            "VER1": ["DWConv5", "1024×4×4", "avgp,"],
            "VER2": ["AvgPool2d(1)", "view", "fc"],
            "MobileNetV1": [],
        }

    def test_never_called(self, language: str) -> None:
        """Only what VER1 never calls has a dashed edge; the way from the image ends above."""
        columns = self.columns(language)
        dashed = {
            name: [box for box in self.boxes(column) if box.dashed]
            for name, column in columns.items()
        }
        assert list(map(len, dashed.values())) == [1, 0, 0]
        for name, column in columns.items():
            (line,) = column.findall(f"{SVG}line")
            boxes = self.boxes(column)
            assert (number(line, "y2") > boxes[-1].bottom) == (name != "VER1")
            assert number(line, "y2") <= boxes[-1].top or name != "VER1"

    def test_marks(self, language: str) -> None:
        """A square for each convolution: empty in VER1, elsewhere with BatchNorm and ReLU."""
        marks = {}
        for name, column in self.columns(language).items():
            squares = {"currentColor": 0, "none": 0}
            for path in column.findall(f"{SVG}path"):
                squares[path.attrib["fill"]] += path.attrib["d"].count("Z")
            marks[name] = (squares["currentColor"], squares["none"])
        # The post's summaries have 27 convolutions; of VER1's, 4 times 2 are called again.
        assert marks == {"VER1": (0, 27 - 8), "VER2": (27, 0), "MobileNetV1": (27, 0)}
        for name, build in CLASSES.items():
            with torch.device("meta"):
                modules = [type(module) for module in build().modules()]
            full, empty = marks[name]
            assert modules.count(nn.Conv2d) == full + empty
            assert modules.count(nn.BatchNorm2d) == modules.count(nn.ReLU) == full

    def test_answers(self, language: str) -> None:
        """What the last boxes say is what torch gives for one image, without the drawing."""
        for name, shape in (("VER2", (49, 1000)), ("MobileNetV1", (1, 1000))):
            with torch.device("meta"):
                assert CLASSES[name]()(torch.zeros(1, 3, 224, 224)).shape == shape
        code = inspect.getsource(ver2.MobileNet) + inspect.getsource(MobileNetV1)
        for said in ("AvgPool2d(1)", ".view(-1, 1024)", ".flatten(1)"):
            assert said in code

    def test_description(self, language: str) -> None:
        """Read out, it has what the networks share once, then what each of them goes on with."""
        drawing = ElementTree.fromstring(networks.draw(language))
        description = drawing.findtext(f"{SVG}desc") or ""
        assert [description.count(each) for each in ("3×224×224", "64×112×112")] == [1, 1]
        said = ("DWConv5", "1024×4×4", "avgp, fc, sm", "49×1024", "49×1000", "1024×1×1", "1×1000")
        places = [description.find(each) for each in said]
        assert -1 not in places
        assert places == sorted(places)
