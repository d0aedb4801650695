"""The stepper's still picture: one step of a convolution, and all that the element starts from."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
import torch
from figures import stepper
from torch import nn

from tests.figures import SVG, Drawing, number
from tests.pages.site import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
class TestStepper:
    def drawing(self, language: str) -> Drawing:
        return ElementTree.fromstring(stepper.draw(language))

    def start(self, language: str) -> dict[str, dict[str, list[int]]]:
        """The numbers that the element starts from."""
        (group,) = (g for g in self.drawing(language).iter(f"{SVG}g") if "data-start" in g.attrib)
        start: dict[str, dict[str, list[int]]] = json.loads(group.attrib["data-start"])
        return start

    def maps(self, language: str) -> list[list[int]]:
        """The numbers of each map, in the order of reading."""
        found = []
        for group in self.drawing(language).iter(f"{SVG}g"):
            if group.get("transform"):
                texts = sorted(
                    group.iter(f"{SVG}text"), key=lambda t: (number(t, "y"), number(t, "x"))
                )
                found.append([int((text.text or "").replace("−", "-")) for text in texts])
        return found

    def test_as_torch_computes(self, language: str) -> None:
        """Window times kernel are the products, and their sum is what nn.Conv2d gives first."""
        image = torch.tensor(self.start(language)["numbers"]["input"]).reshape(3, 5, 5)[:, :3, :3]
        weight = torch.tensor(self.start(language)["numbers"]["standard"]).reshape(4, 3, 3, 3)[:3]
        layer = nn.Conv2d(3, 3, kernel_size=3, padding=1, bias=False)
        layer.weight = nn.Parameter(weight.float())
        first = int(layer(image[None].float())[0, 0, 0, 0])

        maps = self.maps(language)
        rows, outputs = maps[:9], maps[9:]
        total = 0
        for channel, (padded, kernel, products) in enumerate(zip(*[iter(rows)] * 3, strict=True)):
            ring = torch.zeros(5, 5, dtype=torch.int64)
            ring[1:4, 1:4] = image[channel]
            assert padded == ring.flatten().tolist()
            assert kernel == weight[0, channel].flatten().tolist()
            window = [padded[row * 5 + column] for row in range(3) for column in range(3)]
            assert products == [a * b for a, b in zip(window, kernel, strict=True)]
            total += sum(products)
        assert outputs == [[total], [], []] == [[first], [], []]

    def test_setting(self, language: str) -> None:
        """It is the page's example: 3×3×3 in and out, a 3×3 kernel, padding of 1."""
        assert self.start(language)["setting"] == {
            "kind": "standard",
            "size": 3,
            "inChannels": 3,
            "outChannels": 3,
            "kernel": 3,
            "stride": 1,
            "padding": 1,
        }

    def test_numbers_for_every_setting(self, language: str) -> None:
        """Enough of them for the largest, each a single digit, as the fields take them."""
        numbers = self.start(language)["numbers"]
        assert {name: len(values) for name, values in numbers.items()} == {
            "input": 3 * 5 * 5,
            "standard": 4 * 3 * 3 * 3,
            "depthwise": 3 * 3 * 3,
            "pointwise": 4 * 3,
        }
        assert all(abs(value) <= 9 for values in numbers.values() for value in values)

    def test_description(self, language: str) -> None:
        """Read out, it has every factor, the sums and the counts of the page's table."""
        description = self.drawing(language).findtext(f"{SVG}desc") or ""
        factors = [
            [int(factor) for factor in pair]
            for pair in re.findall(r"(-?\d+) × (-?\d+)", description.replace("−", "-"))
        ]
        maps = self.maps(language)
        assert [a * b for a, b in factors] == [*maps[2], *maps[5], *maps[8]]
        assert f"= {maps[9][0]}." in description
        assert [int(count) for count in re.findall(r"\d+", description)[-4:]] == {
            "en": [27, 81, 27, 729],
            "ko": [81, 27, 729, 27],
        }[language]
