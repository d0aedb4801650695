"""What each block saves: its bars and ratios, computed from the paper's Table 1 by hand."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from figures import savings

from tests.figures import BLOCKS, SVG, Drawing, number
from tests.pages.site import LANGUAGES

STANDARD = [9 * inputs * outputs * side**2 for inputs, outputs, side in BLOCKS]
SEPARABLE = [(9 + outputs) * inputs * side**2 for inputs, outputs, side in BLOCKS]
#: Multiply-adds of the first layer, and of the classifier.
REST = 9 * 3 * 32 * 112**2 + 1024 * 1000


def test_what_it_says() -> None:
    """More is saved the more output channels there are, whatever else."""
    ratios = {
        outputs: whole / part
        for (_, outputs, _), whole, part in zip(BLOCKS, STANDARD, SEPARABLE, strict=True)
    }
    assert [ratios[outputs] for outputs in sorted(ratios)] == sorted(ratios.values())


@pytest.mark.parametrize("language", LANGUAGES)
class TestSavings:
    @pytest.fixture
    def drawing(self, language: str) -> Drawing:
        return ElementTree.fromstring(savings.draw(language))

    def bars(self, drawing: Drawing) -> list[list[Drawing]]:
        """The standard convolutions' and the others', from top to bottom."""
        groups = [[*group.iter(f"{SVG}rect")] for group in drawing.iter(f"{SVG}g")]
        return [group for group in groups if len(group) > 1]

    def test_bars(self, drawing: Drawing, language: str) -> None:
        """Read off the axis, each bar is as long as its block's multiply-adds."""
        ticks = {text.text: number(text, "x") for text in drawing.iter(f"{SVG}text")}
        zero, most = ticks["0"], ticks["400" if language == "en" else "4억"]
        for bars, expected in zip(self.bars(drawing), (STANDARD, SEPARABLE), strict=True):
            assert {number(bar, "x") for bar in bars} == {zero}
            found = [400e6 * number(bar, "width") / (most - zero) for bar in bars]
            assert found == pytest.approx(expected, abs=0.2e6)

    def test_ticks(self, drawing: Drawing, language: str) -> None:
        """The axis begins at 0 and its steps are equal."""
        ticks = {text.text: number(text, "x") for text in drawing.iter(f"{SVG}text")}
        names = ("0", "200", "400") if language == "en" else ("0", "2억", "4억")
        first, second, third = (ticks[name] for name in names)
        assert third - second == pytest.approx(second - first, abs=0.2)

    def test_pairs(self, drawing: Drawing) -> None:
        """Each block has its two bars, one right below the other, beside its output and ratio."""
        upper, lower = self.bars(drawing)
        texts = [(number(text, "y"), text.text or "") for text in drawing.iter(f"{SVG}text")]
        for one, other, block, whole, parts in zip(
            upper, lower, BLOCKS, STANDARD, SEPARABLE, strict=True
        ):
            top = number(one, "y")
            assert top + number(one, "height") == number(other, "y")
            bottom = number(other, "y") + number(other, "height")
            _, outputs, side = block
            beside = [text for y, text in texts if top < y < bottom]
            assert beside[0] == f"{outputs}×{side}×{side}"
            assert re.fullmatch(r"(\d\.\d)[×배]", beside[1])
            assert beside[1][:-1] == f"{whole / parts:.1f}"

    def test_total(self, drawing: Drawing, language: str) -> None:
        """Below all of them the whole network, which is that of the paper's Table 4."""
        standard, separable = sum(STANDARD) + REST, sum(SEPARABLE) + REST
        assert (standard, separable) == (4_867_293_184, 568_740_352)
        texts = [text.text for text in drawing.iter(f"{SVG}text")]
        said, ratio = {
            "en": ("4,867 against 569 million", "8.6×"),
            "ko": ("48억 6700만 회와 5억 6900만 회", "8.6배"),
        }[language]
        assert texts[-2:] == [said, ratio]
        assert standard / separable == pytest.approx(8.6, abs=0.05)

    def test_without_color(self, drawing: Drawing) -> None:
        """Bars of one kind are hollow, of the other full, and the legend has one of each."""
        hollow = [
            len([*group.iter(f"{SVG}rect")])
            for group in drawing.iter(f"{SVG}g")
            if group.get("fill") == "none"
        ]
        full = [
            len([*group.iter(f"{SVG}rect")])
            for group in drawing.iter(f"{SVG}g")
            if group.get("class") == "accent"
        ]
        assert hollow == full == [1, len(BLOCKS)]

    def test_description(self, drawing: Drawing, language: str) -> None:
        """Read out, it has each block's multiply-adds and ratio, and the whole network's."""
        description = drawing.findtext(f"{SVG}desc") or ""
        amounts = {
            "en": "231 million against 29 million|462 million against 55 million|5 blocks of "
            "512×14×14|4,867 million against 569 million",
            "ko": "2억 3100만 회와 2900만 회|4억 6200만 회와 5500만 회|512×14×14 블록 5개|"
            "48억 6700만 회와 5억 6900만 회",
        }
        assert all(amount in description for amount in amounts[language].split("|"))
        for whole, parts in zip(STANDARD, SEPARABLE, strict=True):
            assert f"{whole / parts:.1f}" in description
