"""The figures: what they show, that they are drawn anew, and that each page has its own.

With them, what the widgets know of the package, which is drawn into files likewise.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from figures import FONT_SIZE, WIDTH, tradeoff
from playwright.sync_api import Browser

from tests.figures import SVG, texts
from tests.pages import document, drawings, languages
from tests.pages.page import Page
from tests.pages.site import LANGUAGES, is_korean, pages
from tests.pages.update import mended
from tests.project import failing, update
from tests.site.built import ROOT

FIGURES = [path for path in drawings.drawings() if path.suffix == ".svg"]


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.name)
class TestEveryFigure:
    def test_for_screen_readers(self, path: Path) -> None:
        """It is one image, with a title and a description."""
        drawing = ElementTree.parse(path).getroot()
        name = path.name.partition(".")[0]
        spoken = {element.get("id"): element for element in drawing}
        title, description = (
            spoken[drawing.attrib[f"aria-{how}"]] for how in ("labelledby", "describedby")
        )

        assert drawing.get("role") == "img"
        assert (title.tag, description.tag) == (f"{SVG}title", f"{SVG}desc")
        assert title.text
        assert description.text
        # Several figures of one page must not share an id.
        assert all(key.startswith(f"{name}-") for key in spoken if key)

    def test_follows_the_page(self, path: Path) -> None:
        """Text in the page's font, the page's colors, any width, nothing that a CSP forbids."""
        drawing = ElementTree.parse(path).getroot()
        attributes = [pair for element in drawing.iter() for pair in element.items()]

        assert {element.tag for element in drawing.iter()}.isdisjoint(
            {f"{SVG}{tag}" for tag in ("script", "style", "image", "use", "foreignObject")}
        )
        assert {name for name, _ in attributes}.isdisjoint({"style", "font-family", "href"})
        assert {value for name, value in attributes if name in ("fill", "stroke")} <= {
            "currentColor",
            "none",
        }
        assert "width" not in drawing.attrib

    def test_small(self, path: Path) -> None:
        """It weighs little, and is legible on a phone of 360 px, whose margins take 32."""
        assert path.stat().st_size < 12_000  # gzip leaves a fifth of it
        drawing = ElementTree.parse(path).getroot()
        sizes = [float(e.attrib["font-size"]) for e in drawing.iter() if "font-size" in e.attrib]
        assert drawing.attrib["viewBox"].split()[2] == str(WIDTH)
        assert min(sizes) == FONT_SIZE
        assert FONT_SIZE * (360 - 32) / WIDTH >= 11

    def test_markdown_leaves_it(self, path: Path) -> None:
        """No empty line, at which Markdown would end the block of HTML."""
        assert "\n\n" not in path.read_text(encoding="utf-8")

    def test_in_its_language(self, path: Path) -> None:
        """A Korean figure has no English word but a name, an English one nothing Korean."""
        words = " ".join(texts(ElementTree.parse(path).getroot()))
        if path.name.endswith(".ko.svg"):
            assert set(re.findall(r"[A-Za-z][A-Za-z-]+", words)) <= {
                "AvgPool",
                "DWConv",
                "ImageNet",
                "MobileNet",
                "MobileNetV",
                "ReLU",
                "VER",
                "avgp",
                "fc",
                "flatten",
                "sm",
                "top-",
                "view",
            }
            assert re.search("[가-힣]", words)
        else:
            assert not re.search("[가-힣]", words)

    def test_the_same_in_both(self, path: Path) -> None:
        """But for the words the two languages' drawings are the same."""

        def shapes(language: str) -> list[Any]:
            file = path.with_name(f"{path.name.partition('.')[0]}.{language}.svg")
            root = ElementTree.parse(file).getroot()
            return [(element.tag, element.attrib, bool(element.text)) for element in root.iter()]

        assert shapes("ko") == shapes("en")


PAGES = [page for page in pages() if Page.read(page).figures]
INCLUDE = '--8<-- "docs/figures/svg/tradeoff.en.svg"'


class TestIncludes:
    """On a page: the same figure, in the page's language, where Markdown leaves it whole."""

    PAGE = ROOT / "docs/en/multipliers.md"

    def said(self, old: str, new: str) -> list[str]:
        text = self.PAGE.read_text(encoding="utf-8")
        assert text.count(old) == 1
        made = document.document(self.PAGE, text.replace(old, new))
        page: Any = SimpleNamespace(parsed=made.page)
        judges = (document.nothing_escapes, languages.compare)
        found = [drift for judge in judges for drift in judge(page)]
        assert all(drift.line for drift in found)
        return [drift.message for drift in found]

    @pytest.mark.parametrize(
        ("new", "said"),
        [
            pytest.param(
                INCLUDE.replace("tradeoff", "trade"), "There is no figure trade.", id="no figure"
            ),
            pytest.param(
                INCLUDE.replace(".en.", ".ko."),
                "not in the page's language",
                id="the other language",
            ),
            pytest.param(
                INCLUDE.replace(".en.", "."),
                "includes a file in the middle of prose",
                id="no language",
            ),
            pytest.param(
                INCLUDE.replace('"', "'"),
                "includes a file in the middle of prose",
                id="another form",
            ),
            pytest.param(
                f"</figure>\n\n{INCLUDE}\n\n<figure>", "Markdown takes a figure apart", id="alone"
            ),
            pytest.param("", "has the figure tradeoff", id="left out"),
            pytest.param(f"{INCLUDE}\n{INCLUDE}", "Here is the figure tradeoff", id="twice"),
        ],
    )
    def test_drift(self, new: str, said: str) -> None:
        """What is wrong with an include is said, in its line."""
        assert any(said in message for message in self.said(INCLUDE, new))

    def test_elsewhere(self) -> None:
        """A figure belongs at the same place in both languages."""
        text = self.PAGE.read_text(encoding="utf-8")
        figure = re.search(rf"<figure>\n{INCLUDE}.*?</figure>\n\n", text, re.DOTALL)
        assert figure
        moved = text.replace(figure[0], "") + "\n" + figure[0]
        page: Any = SimpleNamespace(parsed=document.document(self.PAGE, moved).page)
        assert [drift for drift in languages.compare(page) if "docs/ko" in drift.message]


class TestDrawings:
    """The committed files are what their modules draw, and all of it."""

    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A copy of the pictures to spoil, and beside it one of the widgets."""
        folder = shutil.copytree(drawings.FOLDER, tmp_path / "figures")
        monkeypatch.setattr(drawings, "FOLDER", folder)
        monkeypatch.setattr(drawings, "DRAWN", folder / "drawn")
        for name, copy in (("WIDGETS", "widgets"), ("DATA", "data")):
            shutil.copytree(getattr(drawings, name), tmp_path / copy)
            monkeypatch.setattr(drawings, name, tmp_path / copy)
        return folder

    def said(self, folder: Path) -> dict[str, list[str]]:
        """What is said of which file; a picture and a widget may share a name."""
        files = {
            file.relative_to(folder.parent).as_posix(): file
            for file in folder.parent.rglob("*")
            if file.is_file()
        }
        found: dict[str, list[Any]] = {}
        for name, file in files.items():
            if drawings.is_source(file):
                found[name] = list(drawings.evaluate_source(file))
            elif drawings.is_drawing(file):
                found[name] = list(drawings.evaluate(file, file.read_text(encoding="utf-8")))
        return {name: [str(drift) for drift in drifts] for name, drifts in found.items() if drifts}

    def test_as_it_is(self, folder: Path) -> None:
        """Nothing is said of files that are as they are drawn."""
        assert self.said(folder) == {}

    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            ("figures/svg/tradeoff.ko.svg", ">0.75<", ">0.80<"),
            ("figures/svg/tradeoff.ko.svg", "\n</svg>", "</svg>"),
            ("data/networks.json", "0.717", "0.718"),
        ],
    )
    def test_another_drawing(self, folder: Path, name: str, old: str, new: str) -> None:
        """A file that was edited is named, and `make update` puts it back, to the letter."""
        file = folder.parent / name
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), encoding="utf-8")

        found = self.said(folder)
        assert found.keys() == {name}
        assert "`make update`" in found[name][0]
        assert mended(file, text.replace(old, new)) == (text, [])

    @pytest.mark.parametrize(
        ("name", "source"),
        [
            ("figures/svg/tradeoff.ko.svg", "figures/tradeoff.py"),
            ("data/networks.json", "widgets/networks.py"),
        ],
    )
    def test_not_drawn(self, folder: Path, name: str, source: str) -> None:
        """What is not drawn is named, and `make update` draws it."""
        file = folder.parent / name
        text = file.read_text(encoding="utf-8")
        file.unlink()

        assert f"{file.name}: `make update` draws it" in self.said(folder)[source][0]
        assert file in drawings.drawings()
        assert mended(file, "") == (text, [])

    @pytest.mark.parametrize(
        "name",
        [
            "figures/svg/gone.en.svg",
            "figures/svg/tradeoff.fr.svg",
            "figures/svg/tradeoff.svg",
            "figures/svg/notes.txt",
            "data/gone.json",
            "data/networks.en.json",
        ],
    )
    def test_drawn_by_nothing(self, folder: Path, name: str) -> None:
        """A file that nothing is drawn in is named, and left where it is."""
        file = folder.parent / name
        shutil.copy(folder / "drawn" / "tradeoff.en.svg", file)

        assert "delete the file" in self.said(folder)[name][0]
        text = file.read_text(encoding="utf-8")
        assert mended(file, text)[0] == text

    def test_on_no_page(self, folder: Path) -> None:
        """A picture that no page shows is named, once a language."""
        shutil.copy(folder / "tradeoff.py", folder / "unseen.py")
        unseen = " ".join(self.said(folder)["figures/unseen.py"])

        assert "No page below docs/ko shows this" in unseen
        assert "No page below docs/en shows this" in unseen

    def test_does_not_draw(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A picture that fails says why, and nothing is rewritten."""
        monkeypatch.setattr(tradeoff, "MULT_ADDS", (0, 1))
        file = folder / "drawn" / "tradeoff.en.svg"
        text = file.read_text(encoding="utf-8")
        after, left = mended(file, text)

        assert after == text
        assert "docs/figures/tradeoff.py does not draw it" in left[0].message

    def test_deterministic(self) -> None:
        """Whatever the hash seed, the drawing is the same to the letter."""
        code = "from figures import tradeoff; print(tradeoff.draw('ko') == open(0).read())"
        file = drawings.DRAWN / "tradeoff.ko.svg"
        code = code.replace("open(0)", f"open({str(file)!r}, encoding='utf-8')")
        # The file was drawn, and is compared by its own test, under seeds that were random.
        env = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": f"docs{os.pathsep}."}
        printed = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, env=env)
        assert printed == b"True\n"

    def test_the_package_changes(self, project: Path) -> None:
        """The drawings that it changes are named; `make update` redraws them once."""
        source = project / "mobilenet" / "paper.py"
        text = source.read_text(encoding="utf-8")
        assert text.count("    (1024, 1),\n") == 1
        source.write_text(text.replace("    (1024, 1),\n", "    (1024, 2),\n"), encoding="utf-8")
        drawn = {
            *(
                f"docs/figures/svg/{name}.{language}.svg"
                for name in ("layers", "networks", "savings", "tradeoff")
                for language in LANGUAGES
            ),
            "docs/overrides/assets/widgets/networks.json",
        }
        folders = ("docs/figures", "docs/widgets", "docs/overrides")

        pages = ("index",)  # it has none of them

        assert failing(project, *folders) == drawn
        first = update(project, *pages).stdout
        assert [name for name in drawn if f"+++ b/{name}" not in first] == []
        assert failing(project, *folders) == set()
        assert update(project, *pages).stdout.startswith("0 of ")


Labels = list[list[dict[str, Any]]]

LABELS = """() => [...document.querySelectorAll("svg.figure")].map(figure => {
    const { left, right, top, bottom } = figure.getBoundingClientRect();
    const scale = (right - left) / figure.viewBox.baseVal.width;
    return [...figure.querySelectorAll("text")].map(text => {
        const box = text.getBoundingClientRect(), style = getComputedStyle(text);
        return {
            text: text.textContent,
            size: parseFloat(style.fontSize) * scale,
            font: style.fontFamily === getComputedStyle(document.body).fontFamily,
            fill: style.fill,
            ground: getComputedStyle(document.body).backgroundColor,
            inside: box.left >= left && box.right <= right
                && box.top >= top && box.bottom <= bottom,
            box: [box.left, box.top, box.right, box.bottom],
        };
    });
})"""


@pytest.fixture(scope="module")
def labels_of(browser: Browser, address: str) -> Iterator[Callable[[Path, Any], Labels]]:
    """The texts of a page's figures, in one scheme, at both widths: the page is opened once."""
    page = browser.new_page()

    @cache
    def labels_of(path: Path, scheme: Any) -> Labels:
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{address}{'ko' if is_korean(path) else 'en'}/{path.stem}/")
        found: Labels = []
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 780})
            assert page.evaluate("innerWidth") == width
            found += page.evaluate(LABELS)
        assert all(found)
        assert found
        return found

    yield labels_of
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
@pytest.mark.parametrize("scheme", ["light", "dark"])
class TestInTheBrowser:
    def test_legible(
        self, labels_of: Callable[[Path, Any], Labels], path: Path, scheme: str
    ) -> None:
        """Large enough, in the page's font, inside the figure, and none upon another."""
        for figure in labels_of(path, scheme):
            assert [label for label in figure if not 11 <= label["size"] <= 20] == []
            assert [label for label in figure if not (label["inside"] and label["font"])] == []
            for one, other in combinations(figure, 2):
                (left, top, right, bottom), (a, b, c, d) = one["box"], other["box"]
                # A line is higher than its letters.
                apart = right < a or c < left or bottom - 2 < b or d < top + 2
                assert apart, (one["text"], other["text"])

    def test_contrast(
        self, labels_of: Callable[[Path, Any], Labels], path: Path, scheme: str
    ) -> None:
        """Each label has at least the 4.5 : 1 of WCAG AA."""
        for figure in labels_of(path, scheme):
            for label in figure:
                assert contrast(label["fill"], label["ground"]) >= 4.5, label["text"]


def contrast(color: str, ground: str) -> float:
    """Of two of CSS's ``rgb()`` and ``rgba()``, the second one opaque."""
    (*front, alpha), (*back, _) = (
        [*map(float, re.findall(r"[\d.]+", each)), 1.0][:4] for each in (color, ground)
    )
    seen = [alpha * a + (1 - alpha) * b for a, b in zip(front, back, strict=True)]
    lighter, darker = sorted(map(luminance, (seen, back)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: list[float]) -> float:
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (value / 255 for value in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
