"""The gate, against the real project after it has drifted in one way at a time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar

import pytest
from mkdocs.config import load_config

from tests.pages import document, site
from tests.pages.drift import Drift
from tests.pages.update import mended
from tests.project import PARTS, failing, gate, run, update
from tests.site.built import ROOT


def drifts(page: str, old: str = "", new: str = "") -> list[Drift]:
    """What the gate says of a page of the project with one thing changed."""
    text = (ROOT / page).read_text(encoding="utf-8")
    if old:
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {page}"
        text = text.replace(old, new)
    return list(document.evaluate(document.document(ROOT / page, text)))


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


@pytest.mark.parametrize("drift", [*OUTPUTS, *NUMBERS])
def test_what_a_page_says(drift: str) -> None:
    """A page that says something else than the package is not true."""
    page, old, new = {**OUTPUTS, **NUMBERS}[drift]
    found = drifts(f"docs/en/{page}.md", old, new)

    # Not only for the other language, which has not drifted.
    assert [d for d in found if "docs/ko" not in d.message]
    assert all(drift.line for drift in found)


def test_a_failure_leads_to_its_source() -> None:
    """Of code that was included: the package's file and line, what differs, what to do."""
    page, old, new = OUTPUTS["a digit of an output"]
    (drift,) = (d for d in drifts(f"docs/en/{page}.md", old, new) if d.mend)
    source = (ROOT / "mobilenet/ver1.py").read_text(encoding="utf-8")
    line = source[: source.index("device = torch")].count("\n") + 1

    assert f"The code of mobilenet/ver1.py:{line} prints" in str(drift)
    assert "-Total params: 3,185,089\n+Total params: 3,185,088\n" in str(drift)
    assert "make update" in str(drift)


@pytest.mark.parametrize("drift", LANGUAGES)
def test_one_language_only(drift: str) -> None:
    """What one language has and the other has not is named, with both lines."""
    page, old, new = LANGUAGES[drift]
    if new is None:
        text = (ROOT / f"docs/en/{page}.md").read_text(encoding="utf-8")
        (old,) = (line + "\n" for line in text.splitlines() if line.startswith(old))
    found = drifts(f"docs/en/{page}.md", old, new or "")

    assert any(re.search(rf"docs/ko/{page}\.md:\d+", drift.message) for drift in found)


@pytest.mark.parametrize("fence", FENCES)
def test_fences(fence: str) -> None:
    """Code that fails is not let through, however it is written."""
    marker = "## Change a page"
    found = drifts("CONTRIBUTING.md", marker, f"{fence}\n\n{marker}")

    assert found
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    first = text[: text.index(marker)].count("\n") + 1
    assert any(first <= (drift.line or 0) <= first + fence.count("\n") + 2 for drift in found)


@pytest.mark.parametrize(
    "fence",
    [
        "```python\nx = 1\n```",
        '```python title="a.py"\nx = 1\n```',
        "``` { .python }\nx = 1\n```",
        "~~~python\nx = 1\n~~~",
        "!!! note\n\n    ```python\n    x = 1\n    ```",
        "- item\n\n    ```python\n    x = 1\n    ```",
        "```python\nprint(1)\n```\n\n```text\n1\n```",
        "```pycon\n>>> 1 / 0\nTraceback (most recent call last):\n    ...\n"
        "ZeroDivisionError: division by zero\n```",
        "<!-- not run: it takes a day -->\n```python\nraise SystemError\n```",
    ],
)
def test_fences_that_are_true(fence: str) -> None:
    """Nothing is said of code that runs and shows what it prints, however it is written."""
    marker = "## Change a page"
    assert drifts("CONTRIBUTING.md", marker, f"{fence}\n\n{marker}") == []


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
def test_terms(old: str, new: str) -> None:
    """Another word than the glossary's is named, with the one to use."""
    assert any("glossary" in drift.message for drift in drifts("docs/ko/theory.md", old, new))


@pytest.mark.parametrize("readme", ["README.md", "README.ko.md"])
def test_readme(readme: str) -> None:
    """A README is a page like any other."""
    assert drifts(readme, "\n(4231976, 568740352)\n", "\n(4231977, 568740352)\n")


def test_the_site_s_markdown() -> None:
    """The gate reads pages with the extensions that MkDocs has, each with its settings."""
    config = load_config(str(ROOT / "mkdocs.yml"), hooks=[])
    extensions = {name: config.mdx_configs.get(name, {}) for name in config.markdown_extensions}
    assert site.extensions() == extensions


class TestTwins:
    """A page and its translation have the same code, which runs once for both."""

    def test_own_number(self, project: Path) -> None:
        """A number that is wrong on one side only is named there, and nowhere else."""
        for page in ("docs/ko/ver1.md", "docs/en/theory.md"):
            path = project / page
            text = path.read_text(encoding="utf-8")
            old, new = (
                ("1,025,000<", "1,025,001<") if "ver1" in page else ("27<!--= d", "26<!--= d")
            )
            assert old in text
            path.write_text(text.replace(old, new, 1), encoding="utf-8")

        both = [
            f"docs/{language}/{page}.md" for language in ("ko", "en") for page in ("ver1", "theory")
        ]
        assert failing(project, *both) == {"docs/ko/ver1.md", "docs/en/theory.md"}

    def test_print_that_no_page_shows(self, project: Path) -> None:
        """What only shows at the end of both pages is said of both."""
        pages = ("docs/ko/ver1.md", "docs/en/ver1.md")
        for page in pages:
            path = project / page
            path.write_text(
                path.read_text(encoding="utf-8") + "\n```python\nprint(1)\n```\n", encoding="utf-8"
            )
        done = gate(project, *pages)

        assert set(re.findall(r"^(docs\S+?):.* prints, and no", done.stdout, re.MULTILINE)) == {
            *pages
        }

    def test_number_between_the_same_fences(self, project: Path) -> None:
        """A check sees what the code above it has made, and not what comes below."""
        pages = ("docs/ko/ver1.md", "docs/en/ver1.md")
        for page in pages:
            (project / page).write_text(
                "# x {#x}\n\n"
                "```python\nx = [1]\n```\n\n1<!--= x[0] -->\n\n"
                "```python\nx[0] = 2\n```\n\n2<!--= x[0] -->, 3<!--= x[0] -->\n",
                encoding="utf-8",
            )
        done = gate(project, *pages)

        # A set: pytest repeats in its summary what a test said, in CI all of it.
        said = set(re.findall(r"^docs.*The page says.*", done.stdout, re.MULTILINE))
        assert said == {f"{page}:13: The page says 3, and x[0] gives 2." for page in pages}


def test_in_parallel() -> None:
    """Under pytest-xdist the pages are as true, and the fences as many."""
    # Nothing of torch in them, which each worker would import.
    pages = ["CONTRIBUTING.md", "docs/ko/glossary.md", "docs/en/glossary.md"]
    runs = [gate(ROOT, *workers, *pages) for workers in (["-p", "xdist", "-n2"], [])]

    assert [done.returncode for done in runs] == [0, 0], runs
    parallel, alone = (re.findall(r"= (\d+) fences =", done.stdout) for done in runs)
    assert parallel == alone != []


class TestPackage:
    """The package changes, and just the pages and docstrings that show it are named."""

    VER1 = ("docs/ko/ver1.md", "docs/en/ver1.md")
    VER2 = ("docs/ko/ver2.md", "docs/en/ver2.md")
    MOBILENETV1 = ("docs/ko/mobilenetv1.md", "docs/en/mobilenetv1.md")
    MULTIPLIERS = ("docs/ko/multipliers.md", "docs/en/multipliers.md")
    COUNTING = ("docs/ko/counting.md", "docs/en/counting.md")
    LAYERS = ("docs/figures/svg/layers.ko.svg", "docs/figures/svg/layers.en.svg")
    NETWORKS = ("docs/figures/svg/networks.ko.svg", "docs/figures/svg/networks.en.svg")
    ROWS = ("docs/figures/svg/rows.ko.svg", "docs/figures/svg/rows.en.svg")
    SAVINGS = ("docs/figures/svg/savings.ko.svg", "docs/figures/svg/savings.en.svg")
    TRADEOFF = ("docs/figures/svg/tradeoff.ko.svg", "docs/figures/svg/tradeoff.en.svg")
    STEPPER = ("docs/figures/svg/stepper.ko.svg", "docs/figures/svg/stepper.en.svg")
    EXPLORER = ("docs/overrides/assets/widgets/networks.json",)
    THEORY = ("docs/ko/theory.md", "docs/en/theory.md")
    ARCHITECTURE = ("docs/ko/architecture.md", "docs/en/architecture.md")
    TESTED = ("docs/ko/tested.md", "docs/en/tested.md")
    INDEX = ("docs/ko/index.md", "docs/en/index.md")
    READMES = ("README.md", "README.ko.md")

    DRIFTS: ClassVar[dict[str, tuple[str, str, str, set[str]]]] = {
        "a stride of VER1": (
            "ver1",
            "depthwise(1024, stride=2)",
            "depthwise(1024, stride=1)",
            {
                *VER1,
                *NETWORKS,
                "mobilenet/ver1.py",
                "mobilenet/cost.py",
                "mobilenet/__main__.py",
            },
        ),
        "an activation function in VER1": (
            "ver1",
            "pointwise(32, 64),",
            "pointwise(32, 64), nn.ReLU(),",
            {*VER1, *NETWORKS},
        ),
        "a bias of VER1": (
            "ver1",
            "nn.Linear(1024, cls)",
            "nn.Linear(1024, cls, bias=False)",
            {*VER1, *TESTED, "mobilenet/cost.py"},
        ),
        "a kernel of VER2": (
            "ver2",
            "nn.Conv2d(in_channels, out_channels, kernel_size=1, bias=False)",
            "nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1, bias=False)",
            {*VER2, *MOBILENETV1, *NETWORKS},
        ),
        "the pooling of VER2": (
            "ver2",
            "nn.AvgPool2d(1)",
            "nn.AvgPool2d(7)",
            {*VER2, *MOBILENETV1, *NETWORKS, *ROWS, "mobilenet/ver2.py"},
        ),
        "a stride of MobileNetV1": (
            "paper",
            "    (1024, 1),\n",
            "    (1024, 2),\n",
            {
                *MOBILENETV1,
                *ARCHITECTURE,
                *MULTIPLIERS,
                *COUNTING,
                *READMES,
                *LAYERS,
                *NETWORKS,
                *SAVINGS,
                *TRADEOFF,
                *EXPLORER,
                "mobilenet/paper.py",
            },
        ),
        "nothing that a page shows": (
            "cost",
            "parameters * height * width)",
            "parameters * height * height)",
            set(),
        ),
        "a factor of a closed form": (
            "cost",
            "return Cost(parameters, parameters * height * width)",
            "return Cost(parameters, 2 * parameters * height * width)",
            {*THEORY, *VER2, *READMES, *STEPPER, "mobilenet/cost.py"},
        ),
        "an exponent of a closed form": (
            "cost",
            "Fraction(1, out_channels) + Fraction(1, kernel_height * kernel_width)",
            "Fraction(1, out_channels) + Fraction(1, kernel_height)",
            {*THEORY, *INDEX, *ARCHITECTURE, "mobilenet/cost.py"},
        ),
        "a docstring's example": (
            "cost",
            '    Cost(parameters=36, mult_adds=324)\n    """\n\n    parameters',
            '    Cost(parameters=36, mult_adds=325)\n    """\n\n    parameters',
            {"mobilenet/cost.py"},
        ),
        "a section that no page shows": (
            "cost",
            "Size = int",
            "# --8<-- [start:size]\nSize = int",
            {"mobilenet/cost.py"},
        ),
        "a section renamed": (
            "ver2",
            "# --8<-- [start:main]",
            "# --8<-- [start:primary]",
            {*VER2, "mobilenet/ver2.py"},
        ),
    }

    #: What names other files can share a run of the gate.
    TOGETHER = (
        ("a stride of VER1", "a section renamed"),
        ("an activation function in VER1", "a section that no page shows"),
        ("a bias of VER1", "a kernel of VER2"),
        ("the pooling of VER2", "an exponent of a closed form"),
        ("a stride of MobileNetV1", "a docstring's example", "nothing that a page shows"),
        ("a factor of a closed form",),
    )

    def test_all(self) -> None:
        """Each drift is in one run, and what a drift names is not named by another as well."""
        assert sorted(name for drifts in self.TOGETHER for name in drifts) == sorted(self.DRIFTS)
        for drifts in self.TOGETHER:
            named = [self.DRIFTS[name][3] for name in drifts]
            assert sum(map(len, named)) == len(set().union(*named))

    #: Half of what a run takes, for files that know nothing of the package but the paper's
    #: network. They are judged where that is what changes.
    EXPORT = ("docs/ko/fast.md", "docs/en/fast.md", "mobilenet/deploy.py")

    def test_export(self) -> None:
        """What is left out of a run imports and mentions nothing that changes in it."""
        code = "import sys, mobilenet.deploy; print(*sys.modules)"
        imported = run(ROOT, "-c", code).stdout.split()
        assert "mobilenet.paper" in imported
        for module in {module for module, *_ in self.DRIFTS.values()} - {"paper"}:
            assert f"mobilenet.{module}" not in imported
            for file in self.EXPORT:
                assert not re.search(rf"\b{module}\b", (ROOT / file).read_text(encoding="utf-8"))

    @pytest.mark.parametrize("drifts", TOGETHER, ids=" and ".join)
    def test_drift(self, project: Path, drifts: tuple[str, ...]) -> None:
        """Both languages of each page concerned, and no other file."""
        expected: set[str] = set()
        changed = set()
        for module, old, new, named in map(self.DRIFTS.__getitem__, drifts):
            source = project / "mobilenet" / f"{module}.py"
            text = source.read_text(encoding="utf-8")
            assert text.count(old) == 1
            source.write_text(text.replace(old, new), encoding="utf-8")
            changed.add(module)
            expected |= named
        left_out = () if "paper" in changed else self.EXPORT

        assert failing(project, *PARTS, *(f"--ignore={file}" for file in left_out)) == expected


class TestUpdate:
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
    def test_mends(self, drift: str) -> None:
        """What has drifted is put back as it was, to the letter, and nothing else."""
        page, old, new = {**OUTPUTS, **NUMBERS}[drift]
        path = ROOT / f"docs/en/{page}.md"
        text = path.read_text(encoding="utf-8")

        assert mended(path, text.replace(old, new)) == (text, [])

    def test_fills_in(self) -> None:
        """A ? in place of a number becomes the number, in the form that it asks for."""
        path = ROOT / "docs/en/index.md"
        forms = {"?": "73,728", "?.?": "73,728.0"}
        for form, number in forms.items():
            text = f"```python\nx = 73728\n```\n\n{form}<!--= x -->\n"
            assert mended(path, text)[0].endswith(f"\n{number}<!--= x -->\n")
        shares = {"?%": "33%", "?.?%": "33.3%", "?/?": "1/3"}
        for form, number in shares.items():
            assert mended(path, f"{form}<!--= 1 / 3 -->\n")[0] == f"{number}<!--= 1 / 3 -->\n"

    def test_an_answer_with_an_empty_line(self) -> None:
        """It is written so that the session still reads, and is then true."""
        path = ROOT / "CONTRIBUTING.md"
        text = '```pycon\n>>> print("a\\n\\nb")\n{}\n```\n'

        expected = text.format("a\n<BLANKLINE>\nb")
        assert mended(path, text.format("a")) == (expected, [])

    def test_another_exception(self) -> None:
        """An exception that a page announces is not replaced by one that it does not."""
        path = ROOT / "CONTRIBUTING.md"
        trace = "Traceback (most recent call last):\n    ...\nValueError: no"
        text = f"```pycon\n>>> 1 / 0\n{trace}\n```\n"
        after, left = mended(path, text)

        assert after == text
        assert "ZeroDivisionError" in left[0].message

    def test_leaves_what_it_cannot_mend(self) -> None:
        """A page whose code does not run is left alone, and the reason is said."""
        path = ROOT / "docs/en/index.md"
        text = "```python\nraise SystemError\n```\n\n1<!--= 2 -->\n"
        after, left = mended(path, text)

        assert after == text
        assert "SystemError" in left[0].message

    def test_the_whole_site(self, project: Path) -> None:
        """After a change of the package: one command, both languages, and then nothing."""
        source = project / "mobilenet" / "ver1.py"
        text = source.read_text(encoding="utf-8")
        source.write_text(text.replace("depthwise(1024, stride=2)", "depthwise(1024, stride=1)"))
        before = {page: (project / page).read_text() for page in TestPackage.VER1}

        first = update(project)
        assert first.returncode == 0, first.stdout
        assert "4 of" in first.stdout  # two pages, and a picture in both languages
        assert "+           Conv2d-27           [-1, 1024, 7, 7]       1,048,576" in first.stdout
        for page, old in before.items():
            new = (project / page).read_text()
            assert new != old
            assert re.sub(r"\d", "", new) == re.sub(r"\d", "", old)

        assert "0 of" in update(project, "ver1").stdout
        # The docstrings, and the strides that the prose speaks of, are the author's.
        *_, named = TestPackage.DRIFTS["a stride of VER1"]
        assert failing(project, *named) <= {
            *TestPackage.VER1,
            *(f"mobilenet/{m}.py" for m in ("ver1", "cost", "__main__")),
        }

    def test_refuses_in_ci(self, project: Path) -> None:
        """CI judges pages and does not write them."""
        done = update(project, CI="true")

        assert done.returncode == 2
        assert "run it at home" in done.stdout
