"""The API reference: every public name, and what leads to it."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
from codelinks import linked
from hooks import api

import mobilenet
from tests.pages import docstrings, document
from tests.pages.site import markdown
from tests.site.built import PAGES, REFERENCE, ROOT


def html(site: Path, page: str) -> str:
    return (site / page / "index.html").read_text(encoding="utf-8")


def text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def entry(site: Path, language: str, path: str) -> str:
    """The HTML between a name's heading and the next."""
    pages = "".join(html(site, f"{language}/{page}") for page in REFERENCE)
    found = re.search(rf'(?s)<h[34] class="entry" id="{path}">.*?(?=<h[1-4]\b|<footer)', pages)
    assert found, path
    return found[0]


@pytest.mark.parametrize("language", ["ko", "en"])
class TestEntries:
    def test_every_name(self, site: Path, language: str) -> None:
        """Each name that a module makes public has one entry."""
        pages = "".join(html(site, f"{language}/{page}") for page in REFERENCE)
        for module in pkgutil.iter_modules(mobilenet.__path__, "mobilenet."):
            for name in importlib.import_module(module.name).__all__:
                heading = rf'<h3 class="entry" id="{module.name}\.{name}">{name}<'
                assert len(re.findall(heading, pages)) == 1, name

    def test_what_it_says(self, site: Path, language: str) -> None:
        """How it is called, with types that need no looking up; what of it; an example."""
        found = entry(site, language, "mobilenet.cost.depthwise_conv2d")
        assert (
            "depthwise_conv2d(\n"
            "    kernel_size: int | tuple[int, int],\n"
            "    channels: int,\n"
            "    output_size: int | tuple[int, int],\n"
            ") -> Cost"
        ) in text(found)
        titles = {
            "ko": ["인자", "반환값", "예외", "예제"],
            "en": ["Parameters", "Returns", "Raises", "Example"],
        }
        assert re.findall(r'<p class="part"><strong>(\w+)<', found) == titles[language]
        assert "<li><code>channels</code>: of the input, and of the output.</li>" in found
        assert "Cost: the weights, and the multiply-adds of one input." in text(found)
        assert "Cost(parameters=27, mult_adds=243)" in text(found)

    def test_methods_and_fields(self, site: Path, language: str) -> None:
        """A method has an entry of its own, a field an id in its class's."""
        assert "by_kind() -> dict[str, Cost]" in text(
            entry(site, language, "mobilenet.cost.ModelCost.by_kind")
        )
        assert 'id="mobilenet.cost.Row.weights"' in entry(site, language, "mobilenet.cost.Row")

    def test_language(self, site: Path, language: str) -> None:
        """Docstrings are English, which a Korean page says to whoever reads it aloud."""
        found = entry(site, language, "mobilenet.cost.depthwise_conv2d")
        english = text("".join(re.findall(r'(?s)<div lang="en">(.*?)</div>', found)))
        for said in ("Cost of a depthwise", "of the input, and of the output."):
            assert (said in english) == (language == "ko")
        assert "인자" not in english


@pytest.mark.parametrize("language", ["ko", "en"])
def test_imported_names_lead_to_entries(site: Path, language: str) -> None:
    """Each name that a page's code imports from the package is a link; the anchors are there."""
    seen = set()
    for page in set(PAGES) - set(REFERENCE):
        for block in re.findall(r"(?s)<pre>.*?</pre>", html(site, f"{language}/{page}")):
            marked = re.sub(
                r'(?s)<a class="api" href="[^"]*#([\w.]+)">(.*?)</a>', r"[\1|\2]", block
            )
            for source, names in re.findall(
                r"(?m)^(?:>>> )?from (mobilenet[\w.]*) import (.+)$", text(marked)
            ):
                for name in names.split(", "):
                    path, _, shown = name.strip("[]").partition("|")
                    assert path.endswith(f".{shown}"), (page, source, name)
                    seen.add(path)
    assert {"mobilenet.paper.MobileNetV1", "mobilenet.cost", "mobilenet.digits.train"} <= seen


class TestLinks:
    def test_what_is_linked(self) -> None:
        """A qualified name as a whole, a bare one where the page imports it or its module."""
        assert links(
            "from mobilenet import MobileNetV1, cost\n"
            "from mobilenet.digits import train as fit\n"
            "found = cost.model_cost(MobileNetV1(), (3, 224, 224)).parameters\n"
            "fit(MobileNetV1())  # after cost.conv2d\n",
            "`separable_ratio`, `mobilenet.deploy.fold(model)`, `cost.Row`, `train`, `fold`",
        ) == [
            ("MobileNetV1", "mobilenet.paper.MobileNetV1"),
            ("cost", "mobilenet.cost"),
            ("train", "mobilenet.digits.train"),
            ("cost.model_cost", "mobilenet.cost.model_cost"),
            ("MobileNetV1", "mobilenet.paper.MobileNetV1"),
            ("fit", "mobilenet.digits.train"),
            ("MobileNetV1", "mobilenet.paper.MobileNetV1"),
            ("separable_ratio", "mobilenet.cost.separable_ratio"),
            ("mobilenet.deploy.fold(model)", "mobilenet.deploy.fold"),
            ("cost.Row", "mobilenet.cost.Row"),
        ]

    @pytest.mark.parametrize(
        "code",
        [
            "from other import train\ntrain()",
            "def train(): ...\ntrain()",
            "for train in []:\n    train()",
            "lambda train: train()",
            "train()",
            "print('mobilenet.digits.train')  # mobilenet.digits.train",
            "from mobilenet.files import _to_disk\n_to_disk()",
        ],
    )
    def test_what_is_not(self, code: str) -> None:
        """Nothing that could be something else, and nothing that is not public."""
        assert (
            links(code, "`train`, `mobilenet.train.train.train`\n\n# `mobilenet.cost` {#a}") == []
        )

    def test_two_meanings(self) -> None:
        """A name that means two things on a page is linked where it is imported, and only there."""
        found = links(
            "from mobilenet.checkpoint import load\nload()",
            "```python\nfrom mobilenet.pretrained import load\nload()\n```\n\n`load`",
        )
        assert found == [
            ("load", "mobilenet.checkpoint.load"),
            ("load", "mobilenet.checkpoint.load"),
            ("load", "mobilenet.pretrained.load"),
            ("load", "mobilenet.pretrained.load"),
        ]

    def test_text_stays(self) -> None:
        """What is read and copied is the same, to the letter."""
        page = (ROOT / "docs/en/use.md").read_text(encoding="utf-8")
        before = markdown().reset().convert(page)
        assert text(linked(before, str)) == text(before)
        assert before.count('class="api"') == 0 < linked(before, str).count('class="api"')


def links(code: str, prose: str) -> list[tuple[str, str]]:
    """What is linked on a page of one block and a paragraph, and where it leads."""
    page = markdown().reset().convert(f"```python\n{code}\n```\n\n{prose}\n")
    found = re.findall(r'(?s)<a class="api" href="([^"]+)">(.*?)</a>', linked(page, str))
    return [(text(shown), target) for target, shown in found]


@pytest.fixture
def spoiled(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, str, str], list[str]]]:
    """What the gate says of the reference once a file of the project has changed."""

    def forget() -> None:
        for kept in (api.modules, api.resolve, api.shown):
            kept.cache_clear()

    def change(name: str, old: str, new: str) -> list[str]:
        file = project / name
        before = file.read_text(encoding="utf-8")
        assert before.count(old) == 1
        file.write_text(before.replace(old, new), encoding="utf-8")
        forget()
        modules = sorted((project / "mobilenet").glob("*.py"))
        return [
            f"{path.name}:{each.line}: {each}"
            for path in modules
            for each in docstrings.evaluate(path)
        ]

    monkeypatch.setattr(api, "PACKAGE", project / "mobilenet")
    monkeypatch.setattr(api, "DOCS", project / "docs")
    yield change
    forget()


class TestGate:
    @pytest.mark.parametrize(
        ("name", "old", "new", "said"),
        [
            (
                "mobilenet/cost.py",
                '    weights: int\n    """Of the parameters, ',
                '    weights: int\n    f"""Of the parameters, ',
                "cost.Row.weights is not complete. It has no text",
            ),
            (
                "mobilenet/cost.py",
                "    :param channels: of the input, and of the output.\n",
                "",
                "cost.depthwise_conv2d is not complete. It has no :param channels: …",
            ),
            (
                "mobilenet/cost.py",
                ":param channels: of the input",
                ":param channel: of the input",
                "no parameter channel, though it describes one",
            ),
            (
                "mobilenet/cost.py",
                "    :returns: the share, exact.\n",
                "",
                "no :returns: … for the Fraction that it gives",
            ),
            (
                "mobilenet/pretrained.py",
                "    :raises TypeError: ``model`` is not a MobileNetV1.\n",
                "",
                "pretrained.load is not complete. It has no :raises TypeError: …",
            ),
            (
                "mobilenet/cost.py",
                "ValueError: a size is not a positive whole number, or ``groups``",
                "TypeError: a size is not a positive whole number, or ``groups``",
                "cost.conv2d is not complete. It has no :raises ValueError: …",
            ),
            (
                "mobilenet/blocks.py",
                ":raises ValueError: ``kernel_size`` is even, so that no padding keeps the size.\n"
                "\n    >>> import torch\n    >>> from mobilenet.blocks import ConvNormAct",
                ">>> import torch\n    >>> from mobilenet.blocks import ConvNormAct",
                "blocks.ConvNormAct is not complete. It has no :raises ValueError: …",
            ),
            (
                "mobilenet/digits.py",
                "    :returns: (N,), int64: the digits.",
                "    :returns: the digits.",
                "no shape of what it returns",
            ),
            (
                "mobilenet/pretrained.py",
                "    :param logits: (1000,) or (1, 1000).",
                "    :param logits: of one image.",
                "no shape of logits",
            ),
            (
                "mobilenet/ver2.py",
                "Images (N, 3, 224, 224) in, logits (49 N, 1000) out.",
                "Images in, logits out.",
                "no shapes in its text",
            ),
            (
                "mobilenet/digits.py",
                ">>> from mobilenet.digits import Epoch\n"
                "    >>> Epoch(epoch=1, loss=1.25, accuracy=0.6, test_accuracy=0.75, "
                "seconds=0.9).accuracy",
                "It has an accuracy, of",
                "digits.Epoch is not complete. It has no example, >>> …",
            ),
            (
                "mobilenet/files.py",
                '__all__ = ["written"]',
                '__all__ = ["_to_disk", "written"]',
                "files._to_disk is not complete. It has no :param path: …, no example, >>> …",
            ),
            (
                "docs/ko/reference/cost.md",
                "::: mobilenet.cost",
                "",
                "No page below docs/ko shows the names of mobilenet.cost.",
            ),
        ],
    )
    def test_module(
        self,
        spoiled: Callable[[str, str, str], list[str]],
        name: str,
        old: str,
        new: str,
        said: str,
    ) -> None:
        """What a docstring leaves out is said, of which name, where, and what to do."""
        (drift,) = spoiled(name, old, new)
        assert said in drift
        assert re.match(r"\w+\.py:\d+: ", drift)

    def test_page(self) -> None:
        """A page that would show what is not there, or twice, or below no heading for the links."""
        page = ROOT / "docs/en/reference/cost.md"
        before = page.read_text(encoding="utf-8")
        shown = "::: mobilenet.cost\n"
        for new, said in {
            "::: mobilenet.costs\n": "There is no module mobilenet.costs. The package has: ",
            "::: mobilenet.files\n": "Links to mobilenet.files lead to a heading of that id",
            f"{shown}\n{shown}": "mobilenet.cost is shown twice",
        }.items():
            drifts = document.evaluate(document.document(page, before.replace(shown, new)))
            assert said in "".join(map(str, drifts))
