"""Labs that are not what they should be, in one way at a time."""

from __future__ import annotations

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

#: Of each: what is changed, a piece of the line that is named, and what is said of it.
CELLS = {
    "an unknown tag": ((('tags=["check"]', 'tags=["checked"]'),), "checked", "the tag checked"),
    "a tag of code on text": (
        (('tags=["ko"]\n# ## 결과', 'tags=["ko", "photo"]\n# ## 결과'),),
        '"photo"',
        "the tag photo",
    ),
    "an unknown key": (((' alt_ko="두', ' alt_kr="두'),), "alt_kr", "cannot be read"),
    "a first line that cannot be read": (
        (('tags=["check"]', 'tags=["check"'),),
        "check",
        "cannot be read",
    ),
    "a title of a cell": ((('%% tags=["check"]', "%% Check"),), "Check", "cannot be read"),
    "a raw cell": (
        (('%% tags=["check"]\n', "%% [raw]\n# "),),
        "[raw]",
        "cannot be read",
    ),
    "a first line without a space": ((('# %% tags=["check"]', "#%%"),), "#%%", "in no cell"),
    "code in no cell": (
        (('# %% [markdown] tags=["ko"] desc', 'import os\n\n# %% [markdown] tags=["ko"] desc'),),
        "import os",
        "in no cell",
    ),
    "text in no language": (
        (('[markdown] tags=["en"]\n# ## Result', "[markdown]\n# ## Result"),),
        "# %% [markdown]\n",
        "in one language",
    ),
    "text in both languages": (
        (('tags=["en"]\n# ## Result', 'tags=["en", "ko"]\n# ## Result'),),
        '"en", "ko"',
        "in one language",
    ),
    "the tags of the languages swapped": (
        (
            ('["ko"]\n# ## 결과', '["en"]\n# ## 결과'),
            ('["en"]\n# ## Result', '["ko"]\n# ## Result'),
        ),
        "## 결과",
        "Korean in it",
    ),
    "Korean in code for both": ((('"full": 0', '"전체": 0'),), "전체", "Korean in it"),
    "alternative texts swapped": (
        ((' alt_ko="두', ' alt_en="두'), (' alt_en="Two', ' alt_ko="Two')),
        "Two",
        "Korean in it",
    ),
    "an alternative text lost": (
        ((' alt_en="Two curves that rise together."', ""),),
        "alt_ko",
        "both languages",
    ),
    "an alternative text not translated": (
        (("두 곡선이 함께 오릅니다.", "Two curves that rise together."),),
        "alt_ko",
        "not translated",
    ),
    "no title": ((("# # Accuracy {#accuracy}", "# Accuracy"),), "# Accuracy", "begins with"),
    "code before the title": (
        (
            (
                '# %% [markdown] tags=["ko"] desc',
                '# %%\nimport os\n\n# %% [markdown] tags=["ko"] desc',
            ),
        ),
        "import os",
        "begins with",
    ),
    "no description": (
        ((' description="How high the accuracy is, measured."', ""),),
        '# %% [markdown] tags=["en"]',
        "description",
    ),
    "a description in the middle": (
        (('tags=["ko"]\n# ## 결과', 'tags=["ko"] description="결과"\n# ## 결과'),),
        'description="결과"',
        "description",
    ),
    "a line of text without a #": (
        (("# | separable | 2 |", "| separable | 2 |"),),
        "\n| separable",
        "starts with a #",
    ),
    "an include": (
        in_both('```python\n--8<-- "mobilenet/ver1.py:class"\n```'),
        '# --8<-- "mobilenet',
        "as it is typed",
    ),
    "an admonition": (in_both("!!! note\n\n    Small."), "# !!! note", "as it is typed"),
    "code that is no Python": ((("plt.show()", "plt.show("),), "plt.show(", "no Python"),
    "a text in code for both": (
        (("plt.show()", 'Markdown("Both rise.")'),),
        "Both rise",
        "Both pages show this text",
    ),
    "a figure typed into a label": (
        (("up to {accuracy['full']:.1%}", "up to 97.2%"),),
        "97.2%",
        "97.2% is typed",
    ),
    "a figure typed into an assertion": (
        (("{accuracy} is too low", "below 0.95 is low"),),
        "0.95 is",
        "0.95 is typed",
    ),
}

PAIRS = {
    "no English text": (
        (
            (
                '# %% [markdown] tags=["en"]\n# ## Result {#result}\n#\n'
                "# | network | layers |\n# |---|---|\n# | separable | 2 |\n\n",
                "",
            ),
        ),
        "## 결과",
        "comes its English one",
    ),
    "no Korean sentence": (
        (
            (
                '# %% tags=["ko", "remove-input"]\nMarkdown(f"""정확도는 **{accuracy["full"]:.1%}**이고, '
                '분리하면 {accuracy["separable"]:.2%}입니다.""")\n\n',
                "",
            ),
        ),
        'Markdown(f"""Separable',
        "is its Korean one",
    ),
    "code between the two": (
        (('# %% tags=["en", "r', '# %%\nimport os\n\n# %% tags=["en", "r'),),
        'Markdown(f"""정확도',
        "comes its English one",
    ),
    "text for a sentence": (
        (
            (
                '# %% tags=["en", "remove-input"]\nMarkdown(f"""Separable, the accuracy is '
                '{accuracy["separable"]:.2%}, and **{accuracy["full"]:.1%}** in full.""")',
                '# %% [markdown] tags=["en"]\n# Separable, it is as high.',
            ),
        ),
        'Markdown(f"""정확도',
        "comes its English one",
    ),
    "another expression": (
        (('is {accuracy["separable"]:', 'is {accuracy["full"]:'),),
        'Markdown(f"""정확도',
        'Only here: accuracy["separable"]:.2%. Only there: accuracy["full"]:.2%.',
    ),
    "another format": (
        (('is {accuracy["separable"]:.2%', 'is {accuracy["separable"]:.1%'),),
        'Markdown(f"""정확도',
        'Only here: accuracy["separable"]:.2%. Only there: accuracy["separable"]:.1%.',
    ),
    "a value left out": (
        ((' {accuracy["separable"]:.2%}, and', ", and"),),
        'Markdown(f"""정확도',
        "Only there: nothing",
    ),
    "a sentence that is no f-string": (
        (('Markdown(f"""정확도', 'Markdown("""정확도'),),
        'Markdown("""정확도',
        "nothing else: one",
    ),
    "a sentence and more": (
        (('Markdown(f"""정확도', 'better = True\nMarkdown(f"""정확도'),),
        "better",
        "nothing else: one",
    ),
    "code in one language": (
        (('["check"]\nassert', '["ko", "remove-input"]\nassert'),),
        "assert",
        "nothing else: one",
    ),
    "a value on two lines": (
        (('is {accuracy["separable"]:.2%}', 'is {accuracy[\n"separable"]:.2%}'),),
        'Markdown(f"""Separable',
        "nothing else: one",
    ),
}

PROSE = {
    "a typed figure": ((("is small", "is 1797 images"),), "1797", "1797 has no check"),
    "a typed figure beside values": ((("in full.", "in 97.2%."),), "97.2%", "97.2% has no check"),
    "a typed figure in an alternative text": (
        (("오릅니다.", "97.2%까지 오릅니다."), ("rise together", "rise to 97.2%")),
        "97.2%",
        "97.2% has no check",
    ),
    "a typed figure in a description": (
        (("얼마인지 잽니다", "97.2%입니다"), ("is, measured", "is: 97.2%")),
        "97.2%",
        "97.2% has no check",
    ),
    "a figure of the paper changed": (
        (("accuracy is 70.6%", "accuracy is 70.7%"),),
        "70.7%",
        "The page says 70.7%",
    ),
    "a figure of the paper among the values changed": (
        (
            ('입니다.""")', ', 70.6%<!--= paper.table4.mobilenet.accuracy -->입니다.""")'),
            ("in full.", "in full, 70.7%<!--= paper.table4.mobilenet.accuracy -->."),
        ),
        "70.7%",
        "The page says 70.7%",
    ),
    "a check that only the run could evaluate": (
        in_both('97.2%<!--= accuracy["full"] -->'),
        "97.2%<!--",
        "is a value in a cell",
    ),
    "a heading without an id": ((("결과 {#result}", "결과"),), "## 결과", "has no id"),
    "code that fails": (
        in_both("```python\nraise LookupError\n```"),
        "# ```python",
        "LookupError",
    ),
    "an answer that is wrong": (in_both("```pycon\n>>> 1 + 1\n3\n```"), "# >>>", "another answer"),
    "an output of a cell, typed": (
        in_both("```text\n0.972\n```"),
        "# ```text",
        "right above this output",
    ),
    "a fence in no known language": (in_both("```sh\nmake\n```"), "# ```sh", "Nothing would test"),
    "a fence without an end": (in_both("```python\nx = 1"), "# ```python", "Nothing would test"),
    "a comment above a cell": (
        in_both('<!-- skip: next "it is slow" -->'),
        "# <!-- skip",
        "does nothing",
    ),
    "another term": ((("가 작습니다", "로 컨볼루션을 봅니다"),), "컨볼루션", "glossary"),
    "another term in an alternative text": ((("두 곡선", "컨볼루션"),), "컨볼루션", "glossary"),
    "another term in a sentence": ((("분리하면", "컨볼루션은"),), "정확도는 **", "glossary"),
}

LANGUAGES = {
    "a paragraph deleted": (((f"\n{SMALL[0]}", ""),), "논문의 정확도", "has a paragraph"),
    "a row deleted": ((("# | 분리 | 2 |\n", ""),), 'Markdown(f"""정확도', "has a table row"),
    "a heading's id": ((("Result {#result}", "Result {#results}"),), "#results", "#result"),
    "a heading's level": ((("## Result", "### Result"),), "### Result", "has the heading ## "),
    "a number": ((("| separable | 2 |", "| separable | 3 |"),), "| 3 |", "Only here: 3"),
    "a link": (
        (("# Here the [data](../use.md)", "# Here the [data](../ver1.md)"),),
        "../ver1.md",
        "links",
    ),
    "a check": (
        (("is 70.6%<!--= paper.table4.mobilenet.accuracy", "is 70.6%<!--= 0.706"),),
        "0.706",
        "numbers differ",
    ),
    "code": ((("is small", "is `small`"),), "`small`", "code differ"),
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


@pytest.mark.parametrize("drift", [*CELLS, *PAIRS, *PROSE, *LANGUAGES])
def test_lab_that_does_not(drift: str) -> None:
    """What is wrong is said of the line that it is in."""
    changes, piece, says = {**CELLS, **PAIRS, **PROSE, **LANGUAGES}[drift]
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
