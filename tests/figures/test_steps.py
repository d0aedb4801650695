"""The seven steps: a panel each, with as many planes and weights as the step is about."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from figures import steps

from tests.figures import SVG, Drawing, kernels, number, planes, starts
from tests.pages.page import Page
from tests.pages.site import LANGUAGES
from tests.site.built import ROOT

#: Planes, and the weights of each kernel, of 3 input and 5 output channels.
PANELS = [
    (6, []),  # the input, and its channels taken apart
    (3, [9, 9, 9]),  # the channels, and a kernel for each
    (2, [9]),  # one channel, its kernel, what is made of it
    (6, []),  # what is made of each, and the stack
    (4, []),  # the stack, and one channel of the output
    (5, [1] * 15),  # five filters of three weights, and what they make
    (4, [1, 1, 1]),  # the stack, a filter, and what it makes
]
#: What the captions say in numbers.
SAID = [[], ["3", "3"], ["3×3×1"], ["3×3×3"], [], ["5", "5"], ["1×1×3"]]


@pytest.mark.parametrize("language", LANGUAGES)
class TestSteps:
    def drawing(self, language: str) -> Drawing:
        return ElementTree.fromstring(steps.draw(language))

    def captions(self, language: str) -> dict[str, str]:
        """The two lines beside each number."""
        labels = self.drawing(language).findall(f"{SVG}text")
        numbers = [label for label in labels if label.text in set("1234567")]
        return {
            str(each.text): " ".join(
                str(label.text)
                for label in labels
                if label not in numbers and abs(number(label, "y") - number(each, "y")) < 10
            )
            for each in numbers
        }

    def test_seven(self, language: str) -> None:
        """As many as the page lists, in order from top to bottom, each beside its number."""
        listed = [
            block
            for block in Page.read(ROOT / f"docs/{language}/theory.md").blocks
            if block.kind == "ol > li"
        ]
        places = [number(circle, "cy") for circle in self.drawing(language).iter(f"{SVG}circle")]

        assert list(self.captions(language)) == list("1234567")
        assert len(listed) == 7
        assert len(places) == 7
        assert places == sorted(places)

    def test_panels(self, language: str) -> None:
        """Planes, kernels and filters are as many as torch has for 3 channels in and 5 out."""
        panels = [
            group for group in self.drawing(language).findall(f"{SVG}g") if group.get("transform")
        ]
        shown = []
        for panel in panels:
            groups = [*panel.iter(f"{SVG}g")]
            count = sum(len(planes(group)) for group in groups)
            weights = [len(starts(kernel)) for group in groups for kernel in kernels(group)]
            shown.append((count, weights))
        assert shown == PANELS

    def test_captions(self, language: str) -> None:
        """Their numbers and sizes are those of the panels."""
        captions = self.captions(language).values()
        assert [re.findall(r"\d+(?:×\d+)*", caption) for caption in captions] == SAID

    def test_description(self, language: str) -> None:
        """Read out, it has every step with its number."""
        description = self.drawing(language).findtext(f"{SVG}desc") or ""
        for step, caption in self.captions(language).items():
            said = {"en": f"Step {step}: {caption}.", "ko": f"{step}단계: {caption}."}
            assert said[language] in description
        assert "3×3×3" in description
        assert "3×3×5" in description
