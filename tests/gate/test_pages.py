"""Pages that have drifted from the package or from each other, in one way at a time."""

from __future__ import annotations

import re

import pytest

from tests.gate.conftest import change
from tests.pages.site import ROOT
from tests.pages.update import examine, rewrite

OUTPUTS = {
    "a digit of an output": ("ver1", "Total params: 3,185,088", "Total params: 3,185,089"),
    "a space of an output": ("ver1", "           Conv2d-27 ", "          Conv2d-27 "),
    "a line of an output": ("ver2", "           Linear-83                 [-1, 1000]", "X"),
    "a digit of an answer": ("ver1", "\n3143080\n", "\n3143081\n"),
    "a name in an answer": ("ver1", "('avgp', 'fc', 'sm')", "('avgp', 'fc')"),
    "a sign in an answer": ("theory", "Fraction(4, 9)", "Fraction(-4, 9)"),
    "an answer too many": ("ver2", "\n0.0\n", "\n0.0\n1\n"),
    "an answer left out": ("ver2", "\ntorch.Size([98, 1000])\n", "\n"),
    "an output left out": (
        "theory",
        "```text\n(3, 3, 3, 3) 81\n",
        "```markdown\n(3, 3, 3, 3) 81\n",
    ),
    "code that prints more": ("index", "    print(sum(p.numel()", "    print(layer, sum(p.numel()"),
    "code that is wrong": ("theory", "stack = torch.cat(filtered, dim=1)", "stack = image"),
    "code that cannot be": ("architecture", "kinds = measured.by_kind()", "import nowhere"),
}

NUMBERS = {
    "a digit in prose": ("ver1", "**3,143,080**", "**3,143,081**"),
    "a digit in a cell": ("architecture", "| 539,492,352<", "| 539,492,353<"),
    "a digit in a checked table": ("architecture", "| 1,048,576 |", "| 1,048,575 |"),
    "a row of a checked table": ("theory", "| 64 | 12.7% | 7.9 |\n", ""),
    "a percentage": ("architecture", "94.86%", "94.87%"),
    "a decimal": ("index", "8.9<", "8.8<"),
    "a decimal more": ("index", "8.9<", "8.90<"),
    "a fraction": ("theory", "1/9<", "1/8<"),
    "a shape": ("ver1", "1×1×1000<", "1×1×1001<"),
    "a figure of the paper": ("theory", "70.6%", "70.7%"),
    "millions of the paper": ("ver2", "569 million<", "568 million<"),
    "a separator": ("ver1", "1,025,000<", "1025,000<"),
    "a small number": ("theory", "27<!--= depthwise.", "26<!--= depthwise."),
    "a check that fails": ("ver1", "<!--= params(model.fc) -->", "<!--= params(model.fb) -->"),
    "a check that is no number": ("ver1", "<!--= params(model.fc) -->", '<!--= "1,025,000" -->'),
    "a check behind no number": ("ver1", "1,025,000<!--", "a million<!--"),
    "a check left out": ("ver1", "<!--= params(model.fc) -->", ""),
    "a new number": ("tested", "One command", "3,143,081 ways: one command"),
    "a new percentage": ("tested", "One difference, and", "One difference, 5%, and"),
    "a new decimal": ("tested", "One difference, and", "One difference, 0.5, and"),
    "a new ratio": ("tested", "One difference, and", "One difference, 1/3, and"),
    "a number in a heading": ("tested", "## Numbers {", "## 1024 numbers {"),
    "a number in a list": ("index", "1. [Depthwise", "1. 1024 [Depthwise"),
    "a number in an alt text": ("tested", "# How this", "![VER1 has 3185088](a.svg)\n\n# How this"),
    "a number in a link's title": ("index", "(theory.md)", '(theory.md "all 3185088")'),
    "a number in a description": ("ver2", "rows for one image.", "rows for one image of 150528."),
    "a number in backticks": ("tested", "One difference, and", "One difference, `3185088`, and"),
    "a number in HTML": ("tested", "## Numbers {", "<p>All 3185088</p>\n\n## Numbers {"),
    "a year that is none": ("tested", "One difference, and", "One difference in 2048, and"),
    "a number still to be filled in": ("ver1", "1,025,000<!--", "?<!--"),
}

FIVE = """```pycon
>>> five = nn.Conv2d(3, 5, kernel_size=1, bias=False)
>>> five.weight.shape
torch.Size([5, 3, 1, 1])
>>> five(depthwise(image)).shape
torch.Size([1, 5, 3, 3])
```
"""

LANGUAGES = {
    "a paragraph deleted": ("ver1", "`forward` ends after `DWConv7`.", None),
    "a heading deleted": ("ver1", "### The network is linear", None),
    "a heading's level": ("ver1", "### The network is linear", "#### The network is linear"),
    "a heading's id": ("ver1", "{#linear}", "{#linearity}"),
    "a heading without an id": ("ver1", " {#linear}", ""),
    "a row of a table deleted": ("theory", "| pointwise | M·N |", None),
    "a cell of a table deleted": ("theory", "| pointwise | M·N | M·N·H·W |", "| pointwise | M·N |"),
    "an item of a list deleted": ("theory", "5. The pointwise convolution runs", None),
    "a fence deleted": ("theory", FIVE, ""),
    "code that differs and runs": ("theory", "torch.manual_seed(0)", "torch.manual_seed(1)"),
    "a small number in prose": ("ver2", "gives 49 answers", "gives 48 answers"),
    "inline code": ("ver1", "`out_ch` used anywhere", "`in_ch` used anywhere"),
    "a link": ("ver1", "[VER2](ver2.md) puts", "[VER2](theory.md) puts"),
    "a link deleted": ("ver1", "[VER2](ver2.md) puts", "VER2 puts"),
    "a formula": ("theory", "<mn>2</mn></msup>", "<mn>3</mn></msup>"),
    "a check": ("theory", "<!--= pointwise.weight.numel() -->", "<!--= 3 * 3 -->"),
    "an admonition": ("tested", "One difference, and", "!!! note\n\n    One difference, and"),
    "the words of a paragraph": (
        "ver1",
        "It is a slip in the table",
        "It is an error in the table",
    ),
}

#: Spellings of code that fails: no form of a fence lets it through.
FENCES = [
    "```python\nraise SystemError\n```",
    '```python title="a.py"\nraise SystemError\n```',
    '```python hl_lines="1"\nraise SystemError\n```',
    '```python linenums="1"\nraise SystemError\n```',
    "```{.python .annotate}\nraise SystemError\n```",
    "```{ .python }\nraise SystemError\n```",
    "``` {.python #id}\nraise SystemError\n```",
    "``` python\nraise SystemError\n```",
    "```` python\nraise SystemError\n````",
    "~~~python\nraise SystemError\n~~~",
    "~~~~ { .python }\nraise SystemError\n~~~~",
    "```py\nraise SystemError\n```",
    "```python3\nraise SystemError\n```",
    "```Python\nraise SystemError\n```",
    "```ipython\nraise SystemError\n```",
    "```\nraise SystemError\n```",
    "```pycon\n>>> raise SystemError\n```",
    '```pycon title="a"\n>>> raise SystemError\n```',
    "``` pycon\n>>> raise SystemError\n```",
    "!!! note\n\n    ```python\n    raise SystemError\n    ```",
    '??? note "Closed"\n\n    ```python\n    raise SystemError\n    ```',
    "- item\n\n    ```python\n    raise SystemError\n    ```",
    "1. item\n\n    ~~~ py\n    raise SystemError\n    ~~~",
    "> ```python\n> raise SystemError\n> ```",
    "\t```python\n\traise SystemError\n\t```",
    "```python\nraise SystemError",
    "```python foo=bar\nraise SystemError\n```",
    "    raise SystemError",
    "<pre><code>raise SystemError</code></pre>",
    '<pre class="python">raise SystemError</pre>',
    "<!-- skip: start -->\n\n```python\nraise SystemError\n```",
    "<!-- skip: next -->\n\n```python\nraise SystemError\n```",
    "<!-- not run: -->\n```python\nraise SystemError\n```",
    "<!-- not run: too far away -->\n\ntext\n\n```python\nraise SystemError\n```",
    "<!-- not run: nothing below -->",
    "<!-- run by: tests/test_nowhere.py -->\n```sh\nmake\n```",
    "<!-- invisible-code-block: python\nraise SystemError\n-->",
    "```sh\nmake serve\n```",
    "```python\nraise SystemExit(0)\n```",
    "```pycon\n>>> 1 / 0\nTraceback (most recent call last):\n    ...\nValueError: no\n```",
    "```text\nSystemError\n```",
    '```python\n--8<-- "mobilenet/ver1.py:nowhere"\n```',
    '```python\n--8<-- "mobilenet/nowhere.py"\n```',
    '--8<-- "mobilenet/ver1.py:class"',
]

TRUE_FENCES = [
    "```python\nx = 1\n```",
    '```python title="a.py"\nx = 1\n```',
    "````python\nx = 1\n````",
    '??? question "Which?"\n\n    ```python\n    x = 1\n    ```',
    "- item\n\n    ```python\n    x = 1\n    ```",
    "```python\nprint(1)\n```\n\n```text\n1\n```",
    "```pycon\n>>> 1 / 0\nTraceback (most recent call last):\n    ...\n"
    "ZeroDivisionError: division by zero\n```",
    '<!-- skip: next "it takes a day" -->\n```python\nraise SystemError\n```',
]


@pytest.mark.parametrize("drift", [*OUTPUTS, *NUMBERS])
def test_page_that_differs_from_the_package(drift: str) -> None:
    """A page that says something else than the package fails, in its own line."""
    page, old, new = {**OUTPUTS, **NUMBERS}[drift]
    failures = examine(*change(f"docs/en/{page}.md", old, new))

    # Not only for the other language, which has not drifted.
    assert [failure for failure in failures if "docs/ko" not in failure.message]
    assert all(failure.line for failure in failures)


def test_failure_names_the_source() -> None:
    """Of code that is included: the package's file and line, what differs, and a fix."""
    page, old, new = OUTPUTS["a digit of an output"]
    (failure,) = (each for each in examine(*change(f"docs/en/{page}.md", old, new)) if each.fix)
    source = (ROOT / "mobilenet/ver1.py").read_text(encoding="utf-8")
    line = source[: source.index("device = torch")].count("\n") + 1

    assert f"The code of mobilenet/ver1.py:{line} prints" in failure.message
    assert "-Total params: 3,185,089\n+Total params: 3,185,088\n" in failure.message


@pytest.mark.parametrize("drift", LANGUAGES)
def test_page_that_differs_from_its_translation(drift: str) -> None:
    """What one language has and the other has not is named, with the other's line."""
    page, old, new = LANGUAGES[drift]
    if new is None:
        text = (ROOT / f"docs/en/{page}.md").read_text(encoding="utf-8")
        (old,) = (line + "\n" for line in text.splitlines() if line.startswith(old))
    failures = examine(*change(f"docs/en/{page}.md", old, new or ""))

    assert any(re.search(rf"docs/ko/{page}\.md:\d+", failure.message) for failure in failures)


@pytest.mark.parametrize("fence", FENCES)
def test_code_that_fails(fence: str) -> None:
    """Code that fails is not let through, however it is written."""
    marker = "## Change a page"
    path, text = change("CONTRIBUTING.md", marker, f"{fence}\n\n{marker}")
    first = text[: text.index(fence)].count("\n") + 1
    lines = range(first, first + fence.count("\n") + 3)

    assert any(failure.line in lines for failure in examine(path, text))


@pytest.mark.parametrize("fence", TRUE_FENCES)
def test_code_that_holds(fence: str) -> None:
    """Nothing is said of code that runs and shows what it prints."""
    marker = "## Change a page"
    assert examine(*change("CONTRIBUTING.md", marker, f"{fence}\n\n{marker}")) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("일반 합성곱(convolution)은", "일반 컨볼루션(convolution)은"),
        (
            "**깊이별 합성곱**(depthwise convolution)이",
            "**심도별 합성곱**(depthwise convolution)이",
        ),
        ("패딩(padding)", "덧대기(padding)"),
    ],
)
def test_term_that_the_glossary_does_not_have(old: str, new: str) -> None:
    """Another Korean word than the glossary's is named, with the one to use."""
    failures = examine(*change("docs/ko/theory.md", old, new))
    assert any("glossary" in failure.message for failure in failures)


class TestRewriting:
    """What ``make update`` does to a page."""

    @pytest.mark.parametrize(
        "drift",
        [
            *(name for name in OUTPUTS if not name.startswith(("an output left", "code that"))),
            # Another form of the same number is the author's choice, and stays.
            *(
                name
                for name in list(NUMBERS)[: list(NUMBERS).index("a check that fails")]
                if name not in ("a decimal more", "a separator")
            ),
        ],
    )
    def test_restores(self, drift: str) -> None:
        """What has drifted is put back as it was, to the letter, and nothing else."""
        page, old, new = {**OUTPUTS, **NUMBERS}[drift]
        path, text = change(f"docs/en/{page}.md", old, new)
        assert rewrite(path, text) == (path.read_text(encoding="utf-8"), [])

    @pytest.mark.parametrize(
        ("blank", "check", "number"),
        [
            ("?", "73728", "73,728"),
            ("?.?", "73728", "73,728.0"),
            ("?%", "1 / 3", "33%"),
            ("?.?%", "1 / 3", "33.3%"),
            ("?/?", "1 / 3", "1/3"),
        ],
    )
    def test_fills_in(self, blank: str, check: str, number: str) -> None:
        """A ? in place of a number becomes the number, in the form that it asks for."""
        path = ROOT / "docs/en/index.md"
        assert rewrite(path, f"{blank}<!--= {check} -->\n")[0] == f"{number}<!--= {check} -->\n"

    def test_answer_with_an_empty_line(self) -> None:
        """It is written so that the session can still be read, and then holds."""
        path = ROOT / "CONTRIBUTING.md"
        text = '```pycon\n>>> print("a\\n\\nb")\n{}\n```\n'
        assert rewrite(path, text.format("a")) == (text.format("a\n<BLANKLINE>\nb"), [])

    def test_another_exception(self) -> None:
        """An exception that a page announces is not replaced by one that it does not."""
        trace = "Traceback (most recent call last):\n    ...\nValueError: no"
        text = f"```pycon\n>>> 1 / 0\n{trace}\n```\n"
        after, stuck = rewrite(ROOT / "CONTRIBUTING.md", text)
        assert after == text
        assert "ZeroDivisionError" in stuck[0].message

    def test_code_that_does_not_run(self) -> None:
        """The page is left alone, and the reason is said."""
        text = "```python\nraise SystemError\n```\n\n1<!--= 2 -->\n"
        after, stuck = rewrite(ROOT / "docs/en/index.md", text)
        assert after == text
        assert "SystemError" in stuck[0].message
