"""What view does to VER2's map: each number's channel is its place in memory over 49."""

import inspect
from collections import Counter

import pytest
import torch

from mobilenet import ver2
from tests.figures import SVG, Drawing, number, places

#: The rows that are shown, and the whole channels that are named in each.
SHOWN = {0: [0, 1, 2, 19], 1: [21, 22, 40], 2: [42, 43, 61], 48: [1004, 1005, 1022, 1023]}
LABEL = {"en": "row {}", "ko": "{}번 행"}
PART = {"en": "{numbers} of channel {channel}", "ko": "{channel}번 채널 {numbers}개"}


def channels(row: int) -> list[int]:
    """Return the channels of a row's 1024 numbers: 49 of a channel stand together in memory."""
    return [place // 49 for place in range(1024 * row, 1024 * (row + 1))]


def read(drawing: Drawing, label: str) -> tuple[list[int], list[str]]:
    """Return the channels that are named beside a row's label, and the texts below them."""
    texts = sorted(drawing.iter(f"{SVG}text"), key=lambda text: number(text, "x"))
    (y,) = (number(text, "y") for text in texts if text.text == label)
    beside, below = (
        [text.text or "" for text in texts if low < number(text, "y") - y < high]
        for low, high in ((-2, 2), (16, 22))
    )
    return [int(text) for text in beside if text not in (label, "…")], below


def test_by_torch() -> None:
    """This arithmetic is what VER2's own line does, the one that the picture names."""
    cut = torch.arange(1024).repeat_interleave(49).view(1, 1024, 7, 7).view(-1, 1024)
    assert [row.tolist() for row in cut] == [channels(row) for row in range(49)]
    assert "out.view(-1, 1024)" in inspect.getsource(ver2.MobileNet)


@pytest.mark.parametrize("row", SHOWN)
def test_row(drawing: Drawing, language: str, row: int) -> None:
    """Whole channels have their number in them, and parts have their size below them."""
    names, below = read(drawing, LABEL[language].format(row))
    counts = Counter(channels(row))
    assert names == SHOWN[row]
    assert {counts[channel] for channel in SHOWN[row]} == {49}
    parts = [channel for channel in (min(counts), max(counts)) if counts[channel] < 49]
    form = PART[language]
    assert below == [form.format(channel=each, numbers=counts[each]) for each in parts]


def test_column(drawing: Drawing, language: str) -> None:
    """Under the arrow along column 0, which channels are in it, and how many."""
    column = [channels(row)[0] for row in range(49)]
    assert (column[:3], column[-1], len(set(column))) == ([0, 20, 41], 1003, 49)
    said = {
        "en": ["Column 0: channels 0, 20, 41, …, 1003,", "49 different ones"],
        "ko": ["0번 열: 0, 20, 41, …, 1003번 채널,", "서로 다른 49개"],
    }
    assert [text for text in places(drawing) if text in said[language]] == said[language]


def test_averages(drawing: Drawing, language: str) -> None:
    """What the classifier needs has each channel once."""
    names, _ = read(drawing, {"en": "1 row", "ko": "행 하나"}[language])
    assert names == [0, 1, 2, 1022, 1023]


def test_description(description: str, language: str) -> None:
    """Read out, it has what each row consists of, and column 0's channels."""
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
