"""The stepper's still picture: one step of a convolution, and all that the element starts from."""

import json
import re
from typing import Any

import pytest
import torch
import torch.nn.functional as F

from tests.figures import SVG, Drawing, number


@pytest.fixture
def start(drawing: Drawing) -> dict[str, Any]:
    """Return the setting and the numbers that the element starts from."""
    (group,) = (g for g in drawing.iter(f"{SVG}g") if "data-start" in g.attrib)
    return dict(json.loads(group.attrib["data-start"]))


@pytest.fixture
def maps(drawing: Drawing) -> list[list[int]]:
    """Return the numbers of each map, in the order of reading."""
    found = []
    for group in drawing.iter(f"{SVG}g"):
        if group.get("transform"):
            texts = sorted(group.iter(f"{SVG}text"), key=lambda t: (number(t, "y"), number(t, "x")))
            found.append([int((text.text or "").replace("−", "-")) for text in texts])
    return found


def test_as_torch_computes(start: dict[str, Any], maps: list[list[int]]) -> None:
    """Window times kernel are the products, and their sum is what torch gives first."""
    image = torch.tensor(start["numbers"]["input"]).reshape(3, 5, 5)[:, :3, :3]
    weight = torch.tensor(start["numbers"]["standard"]).reshape(4, 3, 3, 3)[:3]
    padded = F.pad(image, (1, 1, 1, 1))
    products = padded[:, :3, :3] * weight[0]
    for channel in range(3):
        expected = [each[channel].flatten().tolist() for each in (padded, weight[0], products)]
        assert maps[3 * channel : 3 * channel + 3] == expected
    first = int(F.conv2d(image[None], weight, padding=1)[0, 0, 0, 0])
    assert maps[9:] == [[int(products.sum())], [], []] == [[first], [], []]


def test_start(start: dict[str, Any]) -> None:
    """It is the page's example, with enough numbers of one digit for the largest setting."""
    sides = dict.fromkeys(("size", "inChannels", "outChannels", "kernel"), 3)
    assert start["setting"] == {"kind": "standard", "stride": 1, "padding": 1, **sides}
    numbers = start["numbers"]
    assert {name: len(values) for name, values in numbers.items()} == {
        "input": 3 * 5 * 5,
        "standard": 4 * 3 * 3 * 3,
        "depthwise": 3 * 3 * 3,
        "pointwise": 4 * 3,
    }
    assert all(abs(value) <= 9 for values in numbers.values() for value in values)


def test_description(description: str, maps: list[list[int]], language: str) -> None:
    """Read out, it has every factor, the sums and the counts of the page's table."""
    factors = re.findall(r"(-?\d+) × (-?\d+)", description.replace("−", "-"))
    assert [int(a) * int(b) for a, b in factors] == [*maps[2], *maps[5], *maps[8]]
    assert f"= {maps[9][0]}." in description
    counts = {"en": [27, 81, 27, 729], "ko": [81, 27, 729, 27]}[language]
    assert [int(count) for count in re.findall(r"\d+", description)[-4:]] == counts
