"""The labs: when they run, and what readers and authors see of them."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hooks import labs

from tests.site.built import LABS, ROOT

LAB = '''\
# %% [markdown] tags=["ko"] description="하나와 하나를 더합니다."
# # 덧셈 {#sum}
#
# 합성곱(convolution)에 쓰는 덧셈입니다. [용어집](../glossary.md#stride)도 보세요.

# %% [markdown] tags=["en"] description="One and one are added."
# # A sum {#sum}
#
# As in a convolution. See the [glossary](../glossary.md#stride), too.

# %%
import matplotlib.pyplot as plt
from IPython.display import Markdown

print("```")
1 + 1

# %% tags=["ko", "remove-input"]
Markdown(f"""합은 **{1 + 1}**입니다.""")

# %% tags=["en", "remove-input"]
Markdown(f"""The sum is **{1 + 1}**.""")

# %% alt_ko="'둘'까지 오르는 선" alt_en="A line to \\"2\\""
plt.plot([1, 2])
plt.show()

# %% tags=["photo"] alt_ko="점 넷" alt_en="Four dots"
plt.imshow([[0, 1], [1, 0]])
plt.show()
'''
SITE, GITHUB = "https://example.org/a/", "https://github.com/someone/something"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the project, with few pages."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("mkdocs.yml", "pyproject.toml", "constraints.txt", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    for name in ("docs", "mobilenet"):
        shutil.copytree(ROOT / name, folder / name)
    for page in [*folder.glob("docs/[ke][on]/*.md"), *folder.glob("docs/labs/*.py")]:
        if page.stem not in ("index", "glossary"):
            page.unlink()
    return folder


def build(project: Path, site: Path, lab: str = LAB) -> subprocess.CompletedProcess[str]:
    (project / "docs/labs/sum.py").write_text(lab, encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "-d", str(site)]
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "SITE_URL": SITE, "REPO_URL": GITHUB}
    return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True)


@pytest.fixture(scope="module")
def built(project: Path) -> Path:
    done = build(project, project / "site")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Running the lab sum") == 1  # for both languages
    return project / "site"


def page(site: Path, language: str) -> str:
    return (site / language / "labs/sum/index.html").read_text("utf-8")


class TestPage:
    def test_language(self, built: Path) -> None:
        """A page has the text of its language, and the code of both."""
        korean, english = (page(built, language) for language in ("ko", "en"))
        for text in ("<title>덧셈", 'content="하나와 하나를 더합니다."', "<p>합은 <strong>2<"):
            assert (text in korean, text in english) == (True, False)
        for text in ("<title>A sum", 'content="One and one are added."', "<p>The sum is <strong>2"):
            assert (text in korean, text in english) == (False, True)
        assert korean.count('class="language-python') == english.count('class="language-python') > 0

    def test_markdown(self, built: Path) -> None:
        """As on any page, headings have their ids, terms their links, and links lead to pages."""
        text = page(built, "en")
        assert '<h1 id="sum">' in text
        assert 'href="../../glossary/#stride"' in text
        assert '<a class="term" href="../../glossary/#convolution"' in text

    def test_outputs(self, built: Path) -> None:
        """What code prints and returns stands below it; the code of a text is not shown."""
        text = page(built, "en")
        outputs = re.findall(r'(?s)<div class="language-text.*?<code>(.*?)</code>', text)
        assert [re.sub("<[^>]+>", "", output).strip() for output in outputs] == ["```", "2"]
        assert "Markdown(" not in re.sub("<[^>]+>", "", text)

    def test_pictures(self, built: Path) -> None:
        """A picture is a file, with its size and a description in the page's language."""
        image = r'<img alt="(.+)" height="\d+" loading="lazy" src="(\S+)" width="\d+" />'
        korean, english = ("'둘'까지 오르는 선", "점 넷"), ("A line to &quot;2&quot;", "Four dots")
        for language, alts in (("ko", korean), ("en", english)):
            found, names = zip(*re.findall(image, page(built, language)), strict=True)
            assert found == alts
            plot, photo = (built / language / "labs/sum" / name for name in names)
            assert photo.read_bytes()[8:12] == b"WEBP"
            assert "<svg" in plot.read_text("utf-8")
            assert "style" not in plot.read_text("utf-8")

    def test_light(self, built: Path) -> None:
        """A page is as light as any other, without Jupyter's styles and scripts."""
        text, other = page(built, "en"), (built / "en/glossary/index.html").read_text("utf-8")
        for tag in ("<style", "<script"):
            assert text.count(tag) == other.count(tag)
        assert len(text) < len(other)

    def test_search(self, built: Path) -> None:
        """The search finds a lab's words, and nothing of buttons, prompts and marks."""
        index = json.loads((built / "en/search/search_index.json").read_text("utf-8"))
        found = [entry for entry in index["docs"] if "labs/sum/" in entry["location"]]
        text = " ".join(entry["title"] + entry["text"] for entry in found)
        assert "As in a convolution" in text
        assert not re.search(r"¶|Copied|In \[|Out\[", text)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a project with a small lab, which writes a letter into ``runs`` each time it runs."""
    (tmp_path / "mobilenet").mkdir()
    lab = f"# %%\nopen({str(tmp_path / 'runs')!r}, 'a').write('.')\n\n# %%\n1 + 1\n"
    (tmp_path / "lab.py").write_text("# %% [markdown]\n# One.\n\n" + lab)
    return tmp_path


def run(root: Path) -> tuple[int, str]:
    """Return how often the lab has run by now, and what its last cell puts out."""
    lab = labs.execute(root / "lab.py", root)
    return len((root / "runs").read_text()), lab.cells[-1].outputs[0].data["text/plain"]


class TestRuns:
    def test_only_when_needed(self, root: Path) -> None:
        """A lab runs again for whatever its outputs depend on, and for nothing else."""
        lab = root / "lab.py"
        assert run(root) == (1, "2")
        lab.write_text(lab.read_text().replace("# One.", "# One and one."))
        assert run(root) == (1, "2")
        lab.write_text(lab.read_text().replace("1 + 1", "1 + 2"))
        assert run(root) == (2, "3")
        for runs, name in enumerate(("mobilenet/a.py", "mobilenet/a.txt", "constraints.txt"), 3):
            (root / name).write_text("a = 1\n")
            assert run(root) == (runs, "3")
        assert len(list((root / ".cache/labs/lab").glob("*.json.gz"))) == labs.RESULTS

    def test_damaged(self, root: Path) -> None:
        """Kept outputs that are damaged are not used."""
        run(root)
        (kept,) = (root / ".cache/labs/lab").glob("*.json.gz")
        content = kept.read_bytes()
        changed = content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]
        for runs, damaged in enumerate((b"", content[:-9], changed), 2):
            kept.write_bytes(damaged)
            assert run(root) == (runs, "2")

    def test_at_the_same_time(self, root: Path) -> None:
        """Of two builds at the same time, one runs the lab, and the other has the result too."""
        code = f"labs.execute(labs.Path({str(root / 'lab.py')!r}), labs.Path({str(root)!r}))"
        command = [sys.executable, "-c", f"from hooks import labs; {code}"]
        env = {**os.environ, "PYTHONPATH": str(ROOT / "docs")}
        both = [subprocess.Popen(command, env=env) for _ in range(2)]
        assert [process.wait() for process in both] == [0, 0]
        assert run(root) == (1, "2")

    def test_same_files(self, project: Path, built: Path, tmp_path: Path) -> None:
        """A new run of what measures nothing gives the same files to the byte."""
        shutil.rmtree(project / ".cache")
        assert build(project, tmp_path).stderr.count("Running the lab") == 1
        first, second = (
            {file.relative_to(site): file.read_bytes() for file in site.glob("*/labs/sum/*")}
            for site in (built, tmp_path)
        )
        assert first == second


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("x = 1\nint('x')", r":3: This cell failed:(?s:.*)ValueError: invalid literal"),
        ("x = 1\ny = = 2", r":3: This cell failed:(?s:.*)SyntaxError: "),
        ("import os\nos._exit(1)", r":2: This cell did not end:\n.*Kernel died"),
        ("while True:\n    pass", r":2: This cell did not end:\n.*timed out"),
        ("import warnings\n\nwarnings.warn('no')", r":4: No page shows (?s:.*)UserWarning: no"),
    ],
)
def test_failure(root: Path, monkeypatch: pytest.MonkeyPatch, code: str, message: str) -> None:
    """A cell that fails, hangs, ends Python or warns is an error that names its line."""
    monkeypatch.setattr(labs, "TIMEOUT", 5)
    (root / "lab.py").write_text(f"# %%\n{code}\n")
    with pytest.raises(labs.LabError, match=message) as raised:
        run(root)
    assert "\x1b" not in str(raised.value)


def test_no_alternative_text(project: Path, built: Path, tmp_path: Path) -> None:
    """A picture without an alternative text fails the build, which names the lab's line."""
    done = build(project, tmp_path, LAB.replace(' alt_en="Four dots"', ""))
    assert done.returncode == 1
    assert 'docs/labs/sum.py:29: A cell draws one picture, and alt_en="…"' in done.stderr


def test_links(project: Path, built: Path, tmp_path: Path) -> None:
    """A link that leads nowhere is a warning, so that ``--strict`` fails; no cell has to run."""
    lab = LAB.replace("glossary.md#stride)도", "glossary.md#no)도")
    done = build(project, tmp_path, lab.replace("glossary.md#stride), too", "no.md), too"))
    for wrong in ("../glossary.md#no", "../no.md"):
        assert re.search(rf"WARNING .*'labs/sum\.ipynb' .*'{wrong}'", done.stderr), done.stderr
    assert "Running the lab" not in done.stderr


class TestDownloads:
    @pytest.mark.parametrize("language", ["ko", "en"])
    def test_notebooks(self, built: Path, language: str) -> None:
        """A page offers the notebook in its language, with outputs and without."""
        for name in (f"sum.{language}.outputs.ipynb", f"sum.{language}.ipynb"):
            assert f'href="{name}"' in page(built, language)
            lab = json.loads((built / language / "labs/sum" / name).read_text("utf-8"))
            assert any(cell.get("outputs") for cell in lab["cells"]) == ("outputs" in name)
            source = "\n".join("".join(cell["source"]) for cell in lab["cells"])
            assert ("합은" in source, "The sum" in source) == (language == "ko", language == "en")
            assert f"({SITE}{language}/glossary/#stride)" in source
            assert "{#" not in source

    def test_package(self, built: Path) -> None:
        """A downloaded notebook first installs the package from the site, which has it."""
        lab = json.loads((built / "en/labs/sum/sum.en.ipynb").read_text("utf-8"))
        install = r'%pip install --quiet "mobilenet\[labs\] @ (\S+)"'
        (wheel,) = re.findall(install, "".join(lab["cells"][0]["source"]))
        assert (built / wheel.removeprefix(SITE)).is_file()

    def test_colab(self, built: Path, site: Path) -> None:
        """If the site knows a repository on GitHub, Colab opens the notebook from there."""
        colab = "https://colab.research.google.com/github/someone/something/blob/main"
        for language in ("ko", "en"):
            file = f"docs/labs/notebooks/sum.{language}.ipynb"
            assert f'href="{colab}/{file}"' in page(built, language)
            for lab in LABS:
                assert "colab" not in (site / language / lab / "index.html").read_text("utf-8")
                assert (ROOT / file.replace("sum", Path(lab).name)).is_file()
