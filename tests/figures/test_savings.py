"""What each block saves: its bars and ratios, computed from the paper's Table 1 by hand."""

import pytest

from tests.figures import BLOCKS, SVG, Drawing, bars, number, places

STANDARD = [9 * inputs * outputs * side**2 for inputs, outputs, side in BLOCKS]
SEPARABLE = [(9 + outputs) * inputs * side**2 for inputs, outputs, side in BLOCKS]
RATIOS = [whole / part for whole, part in zip(STANDARD, SEPARABLE, strict=True)]
#: Multiply-adds of the first layer, and of the classifier.
REST = 9 * 3 * 32 * 112**2 + 1024 * 1000
KINDS = {"hollow": STANDARD, "accent": SEPARABLE}


def test_more_is_saved_with_more_output_channels() -> None:
    """The ratio grows with the output channels, whatever else a block has."""
    ratios = {outputs: ratio for (_, outputs, _), ratio in zip(BLOCKS, RATIOS, strict=True)}
    assert [ratios[outputs] for outputs in sorted(ratios)] == sorted(ratios.values())


@pytest.mark.parametrize("kind", KINDS)
def test_bars(drawing: Drawing, language: str, kind: str) -> None:
    """Read off the axis, each bar is as long as its block has multiply-adds."""
    ticks = {"en": ("0", "200", "400"), "ko": ("0", "2억", "4억")}[language]
    zero, half, end = (places(drawing)[tick][0] for tick in ticks)
    assert end - half == pytest.approx(half - zero, abs=0.2)
    found = bars(drawing, kind)
    assert {left for left, _, _ in found} == {zero}
    mult_adds = [400e6 * width / (end - zero) for _, _, width in found]
    assert mult_adds == pytest.approx(KINDS[kind], abs=0.2e6)


def test_labels_of_blocks(drawing: Drawing) -> None:
    """Each block has its output and its ratio beside its two bars."""
    labels = [(number(text, "y"), text.text or "") for text in drawing.iter(f"{SVG}text")]
    upper, lower = (bars(drawing, kind) for kind in KINDS)
    rows = zip(upper, lower, BLOCKS, RATIOS, strict=True)
    for (_, top, _), (_, middle, _), (_, outputs, side), ratio in rows:
        found = [text for y, text in labels if top < y < middle + 9]
        assert [found[0], found[1][:-1]] == [f"{outputs}×{side}×{side}", f"{ratio:.1f}"]
        assert len(found) == 2


def test_total(drawing: Drawing, language: str) -> None:
    """Below all blocks stands the whole network, which is that of the paper's Table 4."""
    standard, separable = sum(STANDARD) + REST, sum(SEPARABLE) + REST
    assert (standard, separable) == (4_867_293_184, 568_740_352)
    assert standard / separable == pytest.approx(8.6, abs=0.05)
    assert [*places(drawing)][-2:] == {
        "en": ["4,867 against 569 million", "8.6×"],
        "ko": ["48억 6700만 회와 5억 6900만 회", "8.6배"],
    }[language]


def test_description(description: str, language: str) -> None:
    """Read out, it has each block's multiply-adds and ratio, and the whole network's."""
    amounts = {
        "en": "231 million against 29 million|462 million against 55 million|5 blocks of "
        "512×14×14|4,867 million against 569 million",
        "ko": "2억 3100만 회와 2900만 회|4억 6200만 회와 5500만 회|512×14×14 블록 5개|"
        "48억 6700만 회와 5억 6900만 회",
    }
    expected = amounts[language].split("|") + [f"{ratio:.1f}" for ratio in RATIOS]
    assert [text for text in expected if text not in description] == []
