"""Labs that are not what they should be, in one way at a time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pages.failure import Failure
from tests.pages.labs import find_labs
from tests.pages.site import DOCS
from tests.pages.update import examine, rewrite

PATH = DOCS / "labs" / "made_up.py"

LAB = '''\
# %% [markdown] tags=["ko"] description="정확도(accuracy)가 얼마인지 잽니다."
# # 정확도 {#accuracy}
#
# 논문의 정확도는 70.6%<!--= paper.table4.mobilenet.accuracy -->입니다.
#
# 여기서는 [데이터](../use.md)가 작습니다.

# %% [markdown] tags=["en"] description="How high the accuracy is, measured."
# # Accuracy {#accuracy}
#
# The paper's accuracy is 70.6%<!--= paper.table4.mobilenet.accuracy -->.
#
# Here the [data](../use.md) is small.

# %%
import matplotlib.pyplot as plt
from IPython.display import Markdown

accuracy = {"full": 0.972, "separable": 0.9687}
raise SystemError  # if it were run

# %% [markdown] tags=["ko"]
# ## 결과 {#result}
#
# | 망 | 층 |
# |---|---|
# | 분리 | 2 |

# %% [markdown] tags=["en"]
# ## Result {#result}
#
# | network | layers |
# |---|---|
# | separable | 2 |

# %% tags=["ko", "remove-input"]
Markdown(f"""정확도는 **{accuracy["full"]:.1%}**이고, 분리하면 {accuracy["separable"]:.2%}입니다.""")

# %% tags=["en", "remove-input"]
Markdown(f"""Separable, the accuracy is {accuracy["separable"]:.2%}, and **{accuracy["full"]:.1%}** in full.""")

# %% alt_ko="두 곡선이 함께 오릅니다." alt_en="Two curves that rise together."
plt.plot(list(accuracy.values()), label=f"up to {accuracy['full']:.1%}")
plt.show()

# %% tags=["check"]
assert accuracy["full"] > 0.9, f"{accuracy} is too low"
'''


def apply(*changes: tuple[str, str]) -> str:
    """Return the lab with some things changed."""
    text = LAB
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    return text


SMALL = ("# 여기서는 [데이터](../use.md)가 작습니다.", "# Here the [data](../use.md) is small.")


def in_both(text: str) -> tuple[tuple[str, str], ...]:
    """Return the changes that put Markdown below the first text of each language."""
    lines = "".join(f"# {line}".rstrip() + "\n" for line in ["", *text.split("\n")])
    return tuple((old, f"{old}\n{lines}".rstrip()) for old in SMALL)


TRUE = {
    "as it is": (),
    "values in another order": (
        (' {accuracy["separable"]:.2%}, and', ' **{accuracy["full"]:.1%}**, and'),
        ('**{accuracy["full"]:.1%}** in full.', '{accuracy["separable"]:.2%} otherwise.'),
    ),
    "a value in code": (
        ('분리하면 {accuracy["separable"]:.2%}', '분리하면 `{accuracy["separable"]:.2%}`'),
        ('is {accuracy["separable"]:.2%}', 'is `{accuracy["separable"]:.2%}`'),
    ),
    "a figure of the paper among the values": (
        ('입니다.""")', ', 논문은 70.6%<!--= paper.table4.mobilenet.accuracy -->입니다.""")'),
        ("in full.", "in full; 70.6%<!--= paper.table4.mobilenet.accuracy --> in the paper."),
    ),
    "what the package gives": in_both("9,216<!--= ver1.MobileNet().fc.in_features * 9 -->"),
    "braces": (("이고,", "{{이고}},"), ("in full.", "in {{full}}.")),
    "code that runs": in_both("```pycon\n>>> 1 + 1\n2\n```"),
    "code that is excused": in_both('<!-- skip: next "an example" -->\n```sh\nmake\n```'),
    "a day": in_both("2026-11-24"),
    "a picture of which nothing is said": (
        (' alt_ko="두 곡선이 함께 오릅니다." alt_en="Two curves that rise together."', ""),
    ),
    "a quotation mark in an alternative text": (
        (' alt_ko="두 곡선이 함께', r' alt_ko="\"두\" 곡선이 함께'),
        ('alt_en="Two curves', r'alt_en="\"Two\" curves'),
    ),
    "a photograph": (('# %% alt_ko="두', '# %% tags=["photo"] alt_ko="두'),),
    "a command of Jupyter": (("raise SystemError", "# %matplotlib inline\nraise SystemError"),),
    "a function at the end of a cell": (("raise SystemError", "def f():\n    return 1\n\n\n#"),),
}

#: Of each: a piece of the line that is named, what is said of it, and the changes.
BROKEN: dict[str, tuple[Any, ...]] = {
    "an unknown tag": ("checked", "the tag checked", ('tags=["check"]', 'tags=["checked"]')),
    "a tag of code on text": (
        '"photo"',
        "the tag photo",
        ('tags=["ko"]\n# ## 결과', 'tags=["ko", "photo"]\n# ## 결과'),
    ),
    "an unknown key": ("alt_kr", "cannot be read", (' alt_ko="두', ' alt_kr="두')),
    "a title of a cell": ("Check", "cannot be read", ('%% tags=["check"]', "%% Check")),
    "a first line without a space": ("#%%", "in no cell", ('# %% tags=["check"]', "#%%")),
    "code in no cell": (
        "import os",
        "in no cell",
        ('# %% [markdown] tags=["ko"] desc', 'import os\n\n# %% [markdown] tags=["ko"] desc'),
    ),
    "text in no language": (
        "[markdown]\n",
        "in one language",
        (' tags=["en"]\n# ## R', "\n# ## R"),
    ),
    "the tags of the languages swapped": (
        "## 결과",
        "Korean in it",
        ('["ko"]\n# ## 결과', '["en"]\n# ## 결과'),
        ('["en"]\n# ## Result', '["ko"]\n# ## Result'),
    ),
    "Korean in code for both": ("전체", "Korean in it", ('"full": 0', '"전체": 0')),
    "alternative texts swapped": (
        "Two",
        "Korean in it",
        (' alt_ko="두', ' alt_en="두'),
        (' alt_en="Two', ' alt_ko="Two'),
    ),
    "an alternative text lost": (
        "alt_ko",
        "both languages",
        (' alt_en="Two curves that rise together."', ""),
    ),
    "an alternative text not translated": (
        "alt_ko",
        "not translated",
        ("두 곡선이 함께 오릅니다.", "Two curves that rise together."),
    ),
    "no title": ("# Accuracy", "begins with", ("# # Accuracy {#accuracy}", "# Accuracy")),
    "code before the title": (
        "import os",
        "begins with",
        (
            '# %% [markdown] tags=["ko"] desc',
            '# %%\nimport os\n\n# %% [markdown] tags=["ko"] desc',
        ),
    ),
    "no description": (
        '# %% [markdown] tags=["en"]',
        "description",
        (' description="How high the accuracy is, measured."', ""),
    ),
    "a description in the middle": (
        'description="결과"',
        "description",
        ('tags=["ko"]\n# ## 결과', 'tags=["ko"] description="결과"\n# ## 결과'),
    ),
    "text without a #": ("\n| separable", "starts with a #", ("# | separable", "| separable")),
    "an include": ('# --8<-- "mobile', "as it is typed", *in_both('--8<-- "mobilenet/ver1.py"')),
    "code that is no Python": ("plt.show(", "no Python", ("plt.show()", "plt.show(")),
    "text in code": ("Both rise", "Both pages show", ("plt.show()", 'Markdown("Both rise.")')),
    "a figure typed into a label": ("97.2%", "97.2% is typed", ("{accuracy['full']:.1%}", "97.2%")),
    "no English text": (
        "## 결과",
        "comes its English one",
        (
            '# %% [markdown] tags=["en"]\n# ## Result {#result}\n#\n'
            "# | network | layers |\n# |---|---|\n# | separable | 2 |\n\n",
            "",
        ),
    ),
    "no Korean sentence": (
        'Markdown(f"""Separable',
        "is its Korean one",
        (
            '# %% tags=["ko", "remove-input"]\nMarkdown(f"""정확도는 **{accuracy["full"]:.1%}**이고, '
            '분리하면 {accuracy["separable"]:.2%}입니다.""")\n\n',
            "",
        ),
    ),
    "text for a sentence": (
        'Markdown(f"""정확도',
        "comes its English one",
        (
            '# %% tags=["en", "remove-input"]\nMarkdown(f"""Separable, the accuracy is '
            '{accuracy["separable"]:.2%}, and **{accuracy["full"]:.1%}** in full.""")',
            '# %% [markdown] tags=["en"]\n# Separable, it is as high.',
        ),
    ),
    "another format": (
        'Markdown(f"""정확도',
        'Only here: accuracy["separable"]:.2%. Only there: accuracy["separable"]:.1%.',
        ('is {accuracy["separable"]:.2%', 'is {accuracy["separable"]:.1%'),
    ),
    "a value left out": (
        'Markdown(f"""정확도',
        "Only there: nothing",
        (' {accuracy["separable"]:.2%}, and', ", and"),
    ),
    "a sentence and more": (
        "better",
        "nothing else: one",
        ('Markdown(f"""정확도', 'better = True\nMarkdown(f"""정확도'),
    ),
    "code in one language": (
        "assert",
        "nothing else: one",
        ('["check"]\nassert', '["ko", "remove-input"]\nassert'),
    ),
    "a value on two lines": (
        'Markdown(f"""Separable',
        "nothing else: one",
        ('is {accuracy["separable"]:.2%}', 'is {accuracy[\n"separable"]:.2%}'),
    ),
    "a typed figure": ("1797", "1797 has no check", ("is small", "is 1797 images")),
    "a typed figure beside values": ("97.2%", "97.2% has no check", ("in full.", "in 97.2%.")),
    "a typed figure in an alternative text": (
        "97.2%",
        "97.2% has no check",
        ("오릅니다.", "97.2%까지 오릅니다."),
        ("rise together", "rise to 97.2%"),
    ),
    "a typed figure in a description": (
        "97.2%",
        "97.2% has no check",
        ("얼마인지 잽니다", "97.2%입니다"),
        ("is, measured", "is: 97.2%"),
    ),
    "a figure of the paper changed": ("70.7%", "The page says 70.7%", ("is 70.6%", "is 70.7%")),
    "a figure of the paper among the values changed": (
        "70.7%",
        "The page says 70.7%",
        ('입니다.""")', ', 70.6%<!--= paper.table4.mobilenet.accuracy -->입니다.""")'),
        ("in full.", "in full, 70.7%<!--= paper.table4.mobilenet.accuracy -->."),
    ),
    "a check of a value": (
        "97.2%<",
        "is a value in a cell",
        *in_both('97.2%<!--= accuracy["full"] -->'),
    ),
    "a heading without an id": ("## 결과", "has no id", ("결과 {#result}", "결과")),
    "code that fails": ("# ```python", "ZeroDivision", *in_both("```python\n1 / 0\n```")),
    "an answer that is wrong": ("# >>>", "another answer", *in_both("```pycon\n>>> 1 + 1\n3\n```")),
    "a typed output": ("# ```text", "right above this output", *in_both("```text\n0.972\n```")),
    "a fence in no known language": ("# ```sh", "Nothing would test", *in_both("```sh\nmake\n```")),
    "a comment above a cell": ("# <!--", "does nothing", *in_both('<!-- skip: next "slow" -->')),
    "another term": ("컨볼루션", "glossary", ("가 작습니다", "로 컨볼루션을 봅니다")),
    "another term in a sentence": ("정확도는 **", "glossary", ("분리하면", "컨볼루션은")),
    "a paragraph deleted": ("논문의 정확도", "has a paragraph", (f"\n{SMALL[0]}", "")),
    "a row deleted": ('Markdown(f"""정확도', "has a table row", ("# | 분리 | 2 |\n", "")),
    "a heading's id": ("#results", "#result", ("Result {#result}", "Result {#results}")),
    "a heading's level": ("### Result", "has the heading ## ", ("## Result", "### Result")),
    "a number": ("| 3 |", "Only here: 3", ("| separable | 2 |", "| separable | 3 |")),
    "a link": ("../ver1.md", "links", ("the [data](../use.md)", "the [data](../ver1.md)")),
    "a check": (
        "0.706",
        "numbers differ",
        ("is 70.6%<!--= paper.table4.mobilenet.accuracy", "is 70.6%<!--= 0.706"),
    ),
    "code": ("`small`", "code differ", ("is small", "is `small`")),
}


def find_failures(text: str) -> list[Failure]:
    """Return what does not hold in a lab, apart from its being new."""
    return [
        failure
        for failure in examine(PATH, text)
        if not failure.message.startswith(("Nobody has read", "There is no docs/labs/notebooks"))
    ]


@pytest.mark.parametrize("variant", TRUE)
def test_lab_that_holds(variant: str) -> None:
    """Nothing is said of what a lab may have."""
    assert find_failures(apply(*TRUE[variant])) == []


@pytest.mark.parametrize("change", BROKEN)
def test_lab_that_does_not(change: str) -> None:
    """What is wrong is said of the line that it is in."""
    piece, says, *changes = BROKEN[change]
    text = apply(*changes)
    line = text.count("\n", 0, text.index(piece) + piece.startswith("\n")) + 1
    failures = find_failures(text)
    assert [each for each in failures if says in each.message and each.line == line], failures


def test_words_that_change_in_one_language() -> None:
    """They are named in the other, as on any page."""
    (path, *_) = find_labs()
    text = path.read_text(encoding="utf-8")
    end = text.index("\n\n", text.index(' tags=["en"]'))
    (failure,) = (
        each
        for each in examine(path, f"{text[:end]} Words.{text[end:]}")
        if "notebooks" not in each.message
    )
    assert "has changed, and docs/labs/" in failure.message
    assert failure.line == text.count("\n", 0, end) + 1


class TestRewriting:
    """What ``make update`` does to a lab."""

    def test_restores(self) -> None:
        """A number of the paper is put right in each language, and nothing else changes."""
        drifted = LAB.replace("70.6%<", "70.7%<")
        assert drifted.count("70.7%") == 2
        assert rewrite(PATH, drifted) == (LAB, [])

    def test_fills_in(self) -> None:
        """An answer, a number at the start of a line and the rows of a table."""
        below = "```pycon\n>>> print('1\\n2')\n{}\n```\n\n{}<!--= 3 --> layers."
        table = "\n\n| n |\n|---|\n| {} |\n\n<!--= [(1,)] -->"
        written, true = (
            apply(*in_both(below.format(answer, number) + table.format(cell)))
            for answer, number, cell in (("5", "?", "0"), ("1\n2", "3", "1"))
        )
        assert rewrite(PATH, written) == (true, [])
