"""The seven steps: a panel each, with as many planes and weights as the step is about."""

import re

import pytest
from hooks.languages import DOCS

from tests.figures import SVG, Drawing, kernels, number, planes, starts

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


@pytest.fixture
def captions(drawing: Drawing) -> dict[str, str]:
    """Return the two lines beside each number, from top to bottom."""
    labels = sorted(drawing.findall(f"{SVG}text"), key=lambda label: number(label, "y"))
    numbers = {str(label.text): number(label, "y") for label in labels if len(label.text or "") < 2}
    return {
        name: " ".join(
            str(label.text)
            for label in labels
            if label.text != name and abs(number(label, "y") - y) < 10
        )
        for name, y in numbers.items()
    }


def test_captions(captions: dict[str, str], language: str) -> None:
    """There are as many as the page lists, in order, with the sizes of their panels."""
    page = (DOCS / language / "theory.md").read_text(encoding="utf-8")
    assert list(captions) == re.findall(r"^(\d)\. ", page, re.MULTILINE) == list("1234567")
    assert [re.findall(r"\d+(?:×\d+)*", caption) for caption in captions.values()] == SAID


def test_panels(drawing: Drawing) -> None:
    """Planes, kernels and filters are as many as torch has for 3 channels in and 5 out."""
    shown = []
    for panel in (group for group in drawing.findall(f"{SVG}g") if group.get("transform")):
        groups = [*panel.iter(f"{SVG}g")]
        weights = [len(starts(kernel)) for group in groups for kernel in kernels(group)]
        shown.append((sum(len(planes(group)) for group in groups), weights))
    assert shown == PANELS


def test_description(description: str, captions: dict[str, str], language: str) -> None:
    """Read out, it has every step with its number."""
    form = {"en": "Step {}: {}.", "ko": "{}단계: {}."}[language]
    assert [step for step in captions.items() if form.format(*step) not in description] == []
    assert {"3×3×3", "3×3×5"} <= set(re.findall(r"\d×\d×\d", description))
