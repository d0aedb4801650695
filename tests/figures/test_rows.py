"""What view does to VER2's map: each number's channel is its place in memory over 49."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from xml.etree import ElementTree

import pytest
import torch
from figures import rows

from mobilenet import ver2
from tests.figures import SVG, Drawing, number
from tests.pages.site import LANGUAGES

#: The rows that are shown, and the whole channels that are named in each.
SHOWN = {
    0: [0, 1, 2, 19],
    1: [21, 22, 40],
    2: [42, 43, 61],
    48: [1004, 1005, 1022, 1023],
}
LABEL = {"en": "row {}", "ko": "{}번 행"}
PART = {
    "en": r"(?P<numbers>\d+) of channel (?P<channel>\d+)",
    "ko": r"(?P<channel>\d+)번 채널 (?P<numbers>\d+)개",
}


def channels(row: int) -> list[int]:
    """Of the 1024 numbers of a row; a channel's 49 numbers stand together in memory."""
    return [place // 49 for place in range(1024 * row, 1024 * (row + 1))]


def test_by_torch() -> None:
    """This arithmetic is what VER2's own line does, the one that the picture names."""
    cut = torch.arange(1024).repeat_interleave(49).view(1, 1024, 7, 7).view(-1, 1024)
    assert [row.tolist() for row in cut] == [channels(row) for row in range(49)]
    assert "out.view(-1, 1024)" in inspect.getsource(ver2.MobileNet)


@pytest.mark.parametrize("language", LANGUAGES)
class TestRows:
    @pytest.fixture
    def drawing(self, language: str) -> Drawing:
        return ElementTree.fromstring(rows.draw(language))

    def row(self, drawing: Drawing, label: str) -> tuple[list[Drawing], list[str], list[str]]:
        """What is beside a row's label, from left to right: boxes, their texts, those below."""
        texts = sorted(drawing.iter(f"{SVG}text"), key=lambda text: number(text, "x"))
        (y,) = (number(text, "y") for text in texts if text.text == label)
        boxes = [
            box
            for box in drawing.iter(f"{SVG}rect")
            if number(box, "y") < y < number(box, "y") + number(box, "height")
        ]
        beside, below = (
            [text.text or "" for text in texts if low < number(text, "y") - y < high]
            for low, high in ((-2, 2), (16, 22))
        )
        within = [text for text in beside if text not in (label, "…")]
        return sorted(boxes, key=lambda box: number(box, "x")), within, below

    def test_whole_channels(self, drawing: Drawing, language: str) -> None:
        """The boxes with a number are channels that the row has all 49 numbers of."""
        for row, expected in SHOWN.items():
            _, names, _ = self.row(drawing, LABEL[language].format(row))
            assert list(map(int, names)) == expected
            assert {Counter(channels(row))[channel] for channel in expected} == {49}

    def test_parts(self, drawing: Drawing, language: str) -> None:
        """Below its ends, how many numbers of a channel are there that is cut in two."""
        for row in SHOWN:
            counts = Counter(channels(row))
            expected = [(channel, counts[channel]) for channel in (min(counts), max(counts))]
            _, _, below = self.row(drawing, LABEL[language].format(row))
            found = [re.fullmatch(PART[language], text) for text in below]
            said = [(int(part["channel"]), int(part["numbers"])) for part in found if part]
            assert said == [(channel, count) for channel, count in expected if count < 49]

    def test_to_scale(self, drawing: Drawing, language: str) -> None:
        """Boxes are as wide as there are numbers; those of a part are full, the others hollow."""
        for row in SHOWN:
            counts = Counter(channels(row))
            boxes, names, _ = self.row(drawing, LABEL[language].format(row))
            # Besides the whole ones there are the ends, where they are not whole.
            shown = sorted({*map(int, names), min(counts), max(counts)})
            assert len(boxes) == len(shown)
            for box, channel in zip(boxes, shown, strict=True):
                assert number(box, "width") == pytest.approx(44 * counts[channel] / 49, abs=0.06)
                assert ("stroke" in box.attrib) == (counts[channel] == 49)

    def test_rows_are_equally_long(self, drawing: Drawing, language: str) -> None:
        """Each row starts and ends where the others do."""
        ends = set()
        for row in SHOWN:
            (first, *_, last), _, _ = self.row(drawing, LABEL[language].format(row))
            ends.add((number(first, "x"), round(number(last, "x") + number(last, "width"))))
        assert len(ends) == 1

    def test_column(self, drawing: Drawing, language: str) -> None:
        """Under the arrow along column 0, which channels are in it, and how many."""
        column = [channels(row)[0] for row in range(49)]
        assert (column[:3], column[-1], len(set(column))) == ([0, 20, 41], 1003, 49)
        said = {
            "en": ["Column 0: channels 0, 20, 41, …, 1003,", "49 different ones"],
            "ko": ["0번 열: 0, 20, 41, …, 1003번 채널,", "서로 다른 49개"],
        }
        texts = [text.text for text in drawing.iter(f"{SVG}text")]
        assert [text for text in texts if text in said[language]] == said[language]

    def test_averages(self, drawing: Drawing, language: str) -> None:
        """What the classifier needs has each channel once, in boxes of another shape."""
        boxes, names, _ = self.row(drawing, {"en": "1 row", "ko": "행 하나"}[language])
        assert names == ["0", "1", "2", "1022", "1023"]
        assert all(number(box, "rx") > 0 for box in boxes)
        others = (self.row(drawing, LABEL[language].format(row))[0] for row in SHOWN)
        assert not any("rx" in box.attrib for boxes in others for box in boxes)

    def test_description(self, drawing: Drawing, language: str) -> None:
        """Read out, it has what each row consists of, and column 0's channels."""
        description = drawing.findtext(f"{SVG}desc") or ""
        said = {
            "en": "1024 channels of 7×7|channels 0 to 19 whole, 44 numbers of channel 20|"
            "5 numbers of channel 20, channels 21 to 40 whole, 39 numbers of channel 41|"
            "Row 48: 44 numbers of channel 1003, channels 1004 to 1023 whole|0, 20, 41, …, 1003|"
            "49 different ones in 49 rows",
            "ko": "7×7 채널이 1024개|0~19번 채널 전부, 20번 채널 44개|"
            "20번 채널 5개, 21~40번 채널 전부, 41번 채널 39개|"
            "48번 행: 1003번 채널 44개, 1004~1023번 채널 전부|0, 20, 41, …, 1003번 채널|"
            "행 49개에 서로 다른 채널이 49개",
        }
        assert [part for part in said[language].split("|") if part not in description] == []
