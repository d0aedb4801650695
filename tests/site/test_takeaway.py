"""What a reader takes along: a network's file, a page as Markdown, the site as a zip."""

from __future__ import annotations

import re
import subprocess
import sys
import venv
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from hooks.takeaway import archive
from packaging.requirements import Requirement
from playwright.sync_api import Browser, Page, expect

from tests.site.built import PAGES, ROOT, SUB_PATH

HOME = f"https://example.org/{SUB_PATH}"


def needed(name: str) -> set[str]:
    """A distribution and what it needs on this machine, all the way down."""
    requirements = map(Requirement, distribution(name).requires or ())
    wanted = [one.name for one in requirements if not one.marker or one.marker.evaluate()]
    installed = [one for one in wanted if not one.startswith(("nvidia", "cuda", "triton"))]
    return {name}.union(*map(needed, installed))


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh Python with torch, torchsummary and what those two need, and nothing else."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    # torchsummary needs NumPy, and does not say so.
    for name in needed("torch") | {"torchsummary", "numpy"}:
        found = distribution(name)
        for part in {file.parts[0] for file in found.files or () if file.parts[0] != ".."}:
            if not (packages / part).exists():
                (packages / part).symlink_to(str(found.locate_file(part)))
    return folder / "bin" / "python"


def printed(python: Path, *arguments: str, folder: Path) -> str:
    done = subprocess.run([python, *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


class TestCode:
    @pytest.mark.parametrize("name", ["ver1", "ver2"])
    def test_of_the_post(self, python: Path, site: Path, name: str) -> None:
        """The post's networks print the post's summaries, wherever their file lies."""
        post = (ROOT / "tests" / "post" / f"{name}.txt").read_text(encoding="utf-8")
        assert printed(python, f"{name}.py", folder=site / "en" / name).split() == post.split()

    def test_of_the_paper(self, python: Path, site: Path) -> None:
        """The paper's network comes with its blocks, and has the paper's 4.2 million parameters."""
        code = (
            "import torch, mobilenetv1\n"
            "model = mobilenetv1.MobileNetV1().eval()\n"
            "print(sum(p.numel() for p in model.parameters()))\n"
            "print(tuple(model(torch.zeros(1, 3, 224, 224)).shape))\n"
        )
        folder = site / "en" / "mobilenetv1"
        assert printed(python, "-B", "-c", code, folder=folder) == "4231976\n(1, 1000)\n"

    @pytest.mark.parametrize("name", ["ver1", "ver2", "mobilenetv1"])
    def test_offered(self, site: Path, name: str) -> None:
        """Each one's page offers it in both languages, to be kept; it is the same file."""
        ko, en = (site / language / name for language in ("ko", "en"))
        assert (ko / f"{name}.py").read_bytes() == (en / f"{name}.py").read_bytes()
        for folder in (ko, en):
            html = (folder / "index.html").read_text(encoding="utf-8")
            assert f'<a download href="{name}.py">{name}.py</a>' in html


def test_this_python_has_more(python: Path, tmp_path: Path) -> None:
    """The fresh one has no package of ours, nor what the site is built with."""
    for module in ("mobilenet", "mkdocs"):
        find = f"import importlib.util; print(importlib.util.find_spec({module!r}) is None)"
        assert printed(python, "-c", find, folder=tmp_path) == "True\n"
        assert printed(Path(sys.executable), "-c", find, folder=tmp_path) == "False\n"


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("path", PAGES)
class TestMarkdown:
    @pytest.fixture
    def text(self, site: Path, language: str, path: str) -> str:
        return (site / language / path / "index.md").read_text(encoding="utf-8")

    def test_stands_alone(self, text: str) -> None:
        """It has a title, and nothing that only this site's build understands."""
        assert text.startswith("# ")
        prose = re.sub(r"^( *)(`{3,}).*?^\1\2$", "", text, flags=re.DOTALL | re.MULTILINE)
        for unknown in ("<!--", "--8<--", "{#", "<figure", "<div", "<svg", "<img"):
            assert unknown not in prose

    def test_code(self, site: Path, text: str, language: str, path: str) -> None:
        """It has the page's blocks in full, as many and in the same order."""
        html = (site / language / path / "index.html").read_text(encoding="utf-8")
        blocks = re.findall(r"^ *(`{3,}).*?\n(.*?)^ *\1$", text, flags=re.DOTALL | re.MULTILINE)
        assert len(blocks) == len(re.findall(r'<div class="language-[^"]*highlight', html))
        if path in ("ver1/", "ver2/"):
            (code,) = (code for _, code in blocks if "class MobileNet(nn.Module)" in code)
            assert "--8<--" not in code
            assert "def forward(self, x: torch.Tensor)" in code

    def test_links(self, site: Path, text: str) -> None:
        """A link or picture of the site is a whole address, and is there."""
        prose = re.sub(r"^( *)(`{3,}).*?^\1\2$", "", text, flags=re.DOTALL | re.MULTILINE)
        found = re.findall(r"\]\(([^)\s]+)\)", prose)
        assert all(re.match("https?:", link) for link in found)
        for link in found:
            if link.startswith(HOME):
                file, _, anchor = link.removeprefix(HOME).partition("#")
                target = site / file / "index.html" if file.endswith("/") else site / file
                assert target.is_file(), link
                assert not anchor or f'id="{anchor}"' in target.read_text(encoding="utf-8"), link

    def test_offered(self, site: Path, language: str, path: str) -> None:
        """The page has a button to it, in its language."""
        html = (site / language / path / "index.html").read_text(encoding="utf-8")
        name = {"ko": "이 페이지를 Markdown으로", "en": "This page as Markdown"}[language]
        assert f'<a href="index.md" type="text/markdown" title="{name}"' in html


@pytest.mark.parametrize("language", ["ko", "en"])
def test_pictures_in_words(site: Path, language: str) -> None:
    """A figure is what a screen reader says of it; a lab's picture has its alternative text."""
    theory, lab = (
        (site / language / page / "index.md").read_text(encoding="utf-8")
        for page in ("theory", "labs/inside")
    )
    word = {"ko": "그림", "en": "Figure"}[language]
    assert re.search(rf"^\[{word}: .*3×3×3.*\]$", theory, flags=re.MULTILINE)
    assert re.search(rf"^!\[[^]]+\]\({HOME}{language}/labs/inside/\w+\.webp\)$", lab, re.MULTILINE)


def test_llms_txt(site: Path) -> None:
    """It lists every page in both languages once, with its title and what it is about."""
    text = (site / "llms.txt").read_text(encoding="utf-8")
    assert re.findall("^#+ .*", text, re.MULTILINE) == ["# MobileNet", "## 한국어", "## English"]
    listed = re.findall(r"^- \[[^]]+\]\((\S+)\): \S.+$", text, re.MULTILINE)
    pages = [f"{HOME}{lang}/{path}index.md" for lang in ("ko", "en") for path in PAGES]
    assert sorted(listed) == sorted(pages)


@pytest.fixture(scope="module")
def folder(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive, as it is on a reader's disk."""
    disk = tmp_path_factory.mktemp("disk")
    with ZipFile(site / "downloads" / "mobilenet-site.zip") as archived:
        archived.extractall(disk)
    (found,) = disk.iterdir()
    return found


class TestArchive:
    def test_links(self, folder: Path) -> None:
        """Each link of a page is to a file that came with it, or to the web."""
        for file in folder.rglob("*.html"):
            html = file.read_text(encoding="utf-8")
            links = re.findall(
                r'<(?:a|link|script|img)\b[^>]*? (?:href|src)="([^"#?:]+)["#?]', html
            )
            assert [link for link in links if not (file.parent / link).is_file()] == []

    @pytest.fixture
    def page(self, browser: Browser) -> Iterator[Page]:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(10_000)
        yield page
        page.close()

    @pytest.mark.browser
    @pytest.mark.parametrize(
        ("language", "word", "other"),
        [("ko", "합성곱은", "English"), ("en", "depthwise", "한국어")],
    )
    def test_from_disk(
        self, page: Page, folder: Path, language: str, word: str, other: str
    ) -> None:
        """Without a server: both languages, the search, what is played with; and no error."""
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        root = folder.as_uri()

        page.goto(f"{root}/index.html")
        page.locator(f".languages a[hreflang={language}]").click()
        page.wait_for_url(f"{root}/{language}/index.html")
        page.locator(".md-search__input").click()
        page.keyboard.type(word)
        page.keyboard.press("End")  # Hangul is no key, and the theme waits for one
        first = page.locator(".md-search-result__item a").first
        expect(first).to_have_attribute("href", re.compile(r"/theory/index\.html"))
        first.click()
        page.wait_for_url(f"{root}/{language}/theory/index.html*")
        page.locator("conv-stepper").scroll_into_view_if_needed()
        page.locator("conv-stepper select").first.wait_for()

        page.goto(f"{root}/{language}/multipliers/index.html")
        page.locator("cost-explorer").scroll_into_view_if_needed()
        page.locator("cost-explorer table").first.wait_for()
        page.locator(".md-header .md-select").hover()
        page.get_by_role("link", name=other).click()
        page.wait_for_url(f"{root}/{'en' if language == 'ko' else 'ko'}/multipliers/index.html*")
        assert errors == []
        assert [address for address in asked if not address.startswith((root, "blob:"))] == []

    def test_same_each_time(self, site: Path, tmp_path: Path) -> None:
        """The same site gives the same archive, to the byte."""
        archived = site / archive.PATH
        for file in ("index.html", "ko/index.html", "ko/search/search_index.json"):
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_bytes((site / file).read_bytes())
        made = []
        for _ in range(2):
            archive.write(tmp_path)
            made.append((tmp_path / archive.PATH).read_bytes())
        assert made[0] == made[1]
        with ZipFile(archived) as whole:
            assert not any("downloads/" in name for name in whole.namelist())
