"""The labs: that they run when they have to and only then, and what readers get of them."""

from __future__ import annotations

import ast
import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import venv
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from importlib.metadata import distribution
from pathlib import Path

import pytest
from hooks.notebooks import downloads
from hooks.notebooks.execution import executed
from hooks.notebooks.rendering import render
from hooks.notebooks.site import wheel
from hooks.notebooks.source import LabError, cells, labs, notebook
from packaging.requirements import Requirement

from tests.site.built import LABS, ROOT

LAB = '''\
# %% [markdown] tags=["ko"] description="하나와 하나를 더합니다."
# # 덧셈 {#sum}
#
# 하나와 하나를 더합니다. [용어집](../glossary.md)에 없는 말입니다.

# %% [markdown] tags=["en"] description="One and one are added."
# # A sum {#sum}
#
# One and one are added. The [glossary](../glossary.md) has no entry for that.

# %%
import matplotlib.pyplot as plt
from IPython.display import Markdown

print("```")
1 + 1

# %% tags=["ko"]
Markdown(f"""합은 **{1 + 1}**입니다.""")

# %% tags=["en"]
Markdown(f"""The sum is **{1 + 1}**.""")

# %% [markdown] tags=["ko"]
# ## 그림 {#picture}

# %% [markdown] tags=["en"]
# ## A picture {#picture}

# %% alt_ko="'둘'까지 오르는 선" alt_en="A line that rises to \\"two\\""
plt.figure(figsize=(2, 1))
plt.plot([1, 2])
plt.show()

# %% tags=["photo"] alt_ko="점 넷" alt_en="Four dots"
plt.figure(figsize=(2, 1))
plt.imshow([[0, 1], [1, 0]])
plt.show()
'''

#: The English page, as one would write it by hand.
SAME = """\
# A sum {#sum}

One and one are added. The [glossary](glossary.md) has no entry for that.

```python
import matplotlib.pyplot as plt
from IPython.display import Markdown

print("```")
1 + 1
```

````text
```
````

```text
2
```

The sum is **2**.

## A picture {#picture}

```python
plt.figure(figsize=(2, 1))
plt.plot([1, 2])
plt.show()
```

![A line that rises to "two"](line.svg)

```python
plt.figure(figsize=(2, 1))
plt.imshow([[0, 1], [1, 0]])
plt.show()
```

![Four dots](dots.webp)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with one small lab, and few pages beside it."""
    folder = tmp_path_factory.mktemp("project")
    texts = ("README.md", "CHANGELOG.md", "LICENSE")
    for name in ("mkdocs.yml", "pyproject.toml", "constraints.txt", *texts):
        shutil.copy(ROOT / name, folder)
    for name in ("docs", "mobilenet"):
        shutil.copytree(ROOT / name, folder / name)
    for page in folder.glob("docs/[ke][on]/*.md"):
        if page.stem not in ("index", "glossary"):
            page.unlink()
    shutil.rmtree(folder / "docs" / "labs")
    (folder / "docs" / "labs").mkdir()
    (folder / "docs" / "labs" / "sum.py").write_text(LAB, encoding="utf-8")
    (folder / "docs" / "en" / "same.md").write_text(SAME, encoding="utf-8")
    return folder


def build(project: Path, site: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-d", str(site)],
        cwd=project,
        env={
            **os.environ,
            "NO_MKDOCS_2_WARNING": "1",
            "SITE_URL": "https://example.org/a/",
            "REPO_URL": "https://github.com/someone/something",
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def built(project: Path) -> Path:
    """The site of that, whose address and repository are known."""
    done = build(project, project / "site")
    assert done.returncode == 0, done.stderr
    return project / "site"


def page(site: Path, language: str, lab: str = "labs/sum") -> str:
    return (site / language / lab / "index.html").read_text(encoding="utf-8")


class TestPage:
    def test_own_language(self, built: Path) -> None:
        """A page has the text of its language, and the code of both, from one run."""
        korean, english = (page(built, language) for language in ("ko", "en"))
        assert "하나와 하나를 더합니다" in korean
        assert "하나와 하나를 더합니다" not in english
        assert "One and one are added" in english
        assert "One and one are added" not in korean
        assert "<title>덧셈" in korean
        assert '<meta name="description" content="One and one are added.">' in english
        assert korean.count('class="language-python') == english.count('class="language-python') > 0
        assert len(list((built.parent / ".cache" / "labs" / "sum").glob("*.json"))) == 1

    def test_sentence(self, built: Path) -> None:
        """A sentence with a figure is what its cell makes; the cell is not shown."""
        assert "<p>합은 <strong>2</strong>입니다.</p>" in page(built, "ko")
        assert "<p>The sum is <strong>2</strong>.</p>" in page(built, "en")
        assert "Markdown(" not in re.sub("<[^>]+>", "", page(built, "en"))

    def test_outputs(self, built: Path) -> None:
        """What code prints and what a cell ends in stand below it, whatever it is."""
        outputs = re.findall(
            r'(?s)<div class="language-text.*?<code>(.*?)</code>', page(built, "en")
        )
        assert [re.sub("<[^>]+>", "", output).strip() for output in outputs] == ["```", "2"]

    @pytest.mark.parametrize(
        ("language", "alts"),
        [
            ("ko", ["'둘'까지 오르는 선", "점 넷"]),
            ("en", ["A line that rises to &quot;two&quot;", "Four dots"]),
        ],
    )
    def test_pictures(self, built: Path, language: str, alts: list[str]) -> None:
        """A picture is a file, with its size and what is to be seen in the page's language."""
        image = r'<img alt="(.+)" height="\d+" loading="lazy" src="(\S+)" width="\d+" />'
        found, names = zip(*re.findall(image, page(built, language)), strict=True)
        assert list(found) == alts
        plot, photo = (built / language / "labs" / "sum" / name for name in names)
        assert photo.read_bytes()[8:12] == b"WEBP"
        drawn = plot.read_text(encoding="utf-8")
        assert "<svg" in drawn
        assert "style" not in drawn

    def test_weight(self, built: Path) -> None:
        """It is as light as a page written by hand with the same on it."""
        assert len(page(built, "en")) <= 1.1 * len(page(built, "en", "same"))

    def test_search(self, built: Path) -> None:
        """The search finds its words, and nothing of buttons, prompts and marks."""
        index = json.loads((built / "en/search/search_index.json").read_text(encoding="utf-8"))
        found = [entry for entry in index["docs"] if entry["location"].startswith("labs/sum/")]
        text = " ".join(entry["title"] + entry["text"] for entry in found)
        assert "One and one are added" in text
        assert not re.search(r"¶|Copied|In \[|Out\[", text)


class TestRuns:
    """``runs`` counts how often a small lab ran."""

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        (tmp_path / "mobilenet").mkdir()
        (tmp_path / "mobilenet" / "__init__.py").touch()
        (tmp_path / "mobilenet" / "classes.txt").write_text("cat\n")
        (tmp_path / "constraints.txt").write_text("torch==1\n")
        lab = f"# %%\nopen({str(tmp_path / 'runs')!r}, 'a').write('.')\n\n# %%\n1 + 1\n"
        (tmp_path / "lab.py").write_text("# %% [markdown]\n# One.\n\n" + lab)
        return tmp_path

    @staticmethod
    def run(root: Path) -> tuple[int, str]:
        """How often it has run by now, and what its last cell puts out."""
        lab = executed(root / "lab.py", root, root / "kept")
        return len((root / "runs").read_text()), lab.cells[-1].outputs[0].data["text/plain"]

    def test_only_when_needed(self, root: Path) -> None:
        """It runs again for whatever its outputs depend on, and for nothing else."""
        lab = root / "lab.py"
        assert self.run(root) == (1, "2")
        assert self.run(root) == (1, "2")
        lab.write_text(lab.read_text().replace("# One.", "# One and one."))
        assert self.run(root) == (1, "2")
        lab.write_text(lab.read_text().replace("1 + 1", "1 + 2"))
        assert self.run(root) == (2, "3")
        (root / "mobilenet" / "__init__.py").write_text("a = 1\n")
        assert self.run(root) == (3, "3")
        (root / "mobilenet" / "classes.txt").write_text("dog\n")
        assert self.run(root) == (4, "3")
        (root / "constraints.txt").write_text("torch==2\n")
        assert self.run(root) == (5, "3")
        assert len(list((root / "kept" / "lab").glob("*.json"))) == 3

    def test_damaged(self, root: Path) -> None:
        """A kept result that is not what was written is no result."""
        self.run(root)
        (kept,) = (root / "kept" / "lab").glob("*.json")
        content = kept.read_bytes()
        for times, damaged in enumerate((content[:-9], content.replace(b'"2"', b'"3"')), 2):
            kept.write_bytes(damaged)
            assert self.run(root) == (times, "2")

    def test_at_the_same_time(self, root: Path) -> None:
        """Of two builds at the same time one runs it, and the other has the result too."""
        code = "import sys, pathlib; from notebooks.execution import executed; "
        code += "root = pathlib.Path(sys.argv[1]); executed(root / 'lab.py', root, root / 'kept')"
        command = [sys.executable, "-c", code, str(root)]
        env = {**os.environ, "PYTHONPATH": str(ROOT / "docs")}
        both = [subprocess.Popen(command, env=env) for _ in range(2)]
        assert [process.wait() for process in both] == [0, 0]
        assert self.run(root) == (1, "2")


class TestBroken:
    def test_cell_fails(self, project: Path, tmp_path: Path) -> None:
        """A failing cell fails the build, which names the lab, the line, and the error."""
        lab = project / "docs" / "labs" / "sum.py"
        lab.write_text(LAB.replace("\n1 + 1\n", "\nfor digit in '1x':\n    int(digit)\n"))
        done = build(project, tmp_path)
        lab.write_text(LAB, encoding="utf-8")
        assert done.returncode == 1
        said = (
            "docs/labs/sum.py:17: Cell 3 does not run.\n"
            "    int(digit)\n"
            "ValueError: invalid literal for int() with base 10: 'x'\n"
        )
        assert said in done.stderr
        assert "\x1b" not in done.stderr
        assert "Traceback" not in done.stderr

    @pytest.mark.parametrize(
        ("code", "message"),
        [
            ("x = 1\ny = = 2", r"lab\.py:3: Cell 1 does not run\.\n    y = = 2\nSyntaxError: "),
            ("import os\nos._exit(1)", r"lab\.py:2: Cell 1 kills the Python that runs it\."),
            (
                "import warnings\n\nwarnings.warn('not so')",
                r"lab\.py:4: Cell 1 writes to stderr, which no page shows:\nUserWarning: not so",
            ),
        ],
    )
    def test_message(self, tmp_path: Path, code: str, message: str) -> None:
        """So does one that cannot be read, that takes Python with it, or that warns."""
        lab = tmp_path / "lab.py"
        lab.write_text(f"# %%\n{code}\n")
        with pytest.raises(LabError, match=message):
            executed(lab, kept=tmp_path / "kept")

    def test_no_alternative_text(self, project: Path, built: Path) -> None:
        """A picture that nobody describes is an error, in the language that lacks it."""
        lab = project / "docs" / "labs" / "sum.py"
        run = executed(lab, project, project / ".cache" / "labs")
        del run.cells[7].metadata["alt_en"]
        render(lab, run, "ko", "")
        with pytest.raises(LabError, match=r'sum\.py:31: .* alt_en="…"'):
            render(lab, run, "en", "")


class TestNotebooks:
    @pytest.mark.parametrize("language", ["ko", "en"])
    def test_offered(self, built: Path, language: str) -> None:
        """A page offers the notebook in its language, with outputs and without."""
        text = page(built, language)
        for name in (f"sum.{language}.outputs.ipynb", f"sum.{language}.ipynb"):
            assert f'href="{name}"' in text
            lab = json.loads((built / language / "labs/sum" / name).read_text(encoding="utf-8"))
            assert any(cell.get("outputs") for cell in lab["cells"]) == ("outputs" in name)
            source = "\n".join("".join(cell["source"]) for cell in lab["cells"])
            assert {"ko": "합은", "en": "The sum is"}[language] in source
            assert {"en": "합은", "ko": "The sum is"}[language] not in source
            assert f"(https://example.org/a/{language}/glossary/)" in source
            assert "{#" not in source

    def test_installs_from_the_site(self, built: Path) -> None:
        """The first cell installs the package from the site, which has it."""
        lab = json.loads((built / "en/labs/sum/sum.en.ipynb").read_text(encoding="utf-8"))
        match = re.fullmatch(
            r'%pip install --quiet "mobilenet\[labs\] @ https://example\.org/a/(\S+)"',
            "".join(lab["cells"][0]["source"]),
        )
        assert match
        assert (built / match[1]).is_file()

    def test_same_each_time(self, project: Path, built: Path, tmp_path: Path) -> None:
        """Another run of a lab that measures nothing gives the same files to the byte."""
        lab = project / "docs" / "labs" / "sum.py"
        run = executed(lab, project, tmp_path)
        folder = built / "en" / "labs" / "sum"
        files = {file.name: file.read_bytes() for file in folder.glob("*.*")}
        assert render(lab, run, "en", "").pictures.items() <= files.items()
        site = "https://example.org/a/en/"
        assert downloads.download(lab, run, "en", site).encode() == files["sum.en.outputs.ipynb"]

    def test_colab(self, built: Path, site: Path) -> None:
        """Where the repository is known, Colab opens the lab from there; else no link says so."""
        prefix = "https://colab.research.google.com/github/someone/something/blob/main/"
        for language in ("ko", "en"):
            file = f"docs/labs/notebooks/sum.{language}.ipynb"
            assert f'href="{prefix}{file}"' in page(built, language)
            for lab in LABS:
                assert "colab" not in page(site, language, lab)

    def test_in_the_repository(self) -> None:
        """What Colab opens is there, for each lab in each language."""
        for lab in labs():
            for language in ("ko", "en"):
                address = downloads.colab(lab, language, "https://github.com/someone/something")
                assert (ROOT / address.partition("/blob/main/")[2]).is_file()

    def test_fresh_environment(self, fresh: Path, tmp_path: Path, address: str) -> None:
        """All that the labs import is there once the notebook's first cell has run."""
        imports = [
            ast.unparse(statement)
            for lab in labs()
            for cell in cells(lab)
            if cell.kind == "code"
            for statement in ast.parse(re.sub(r"(?m)^%.*", "", cell.source)).body
            if isinstance(statement, ast.Import | ast.ImportFrom)
        ]
        lab = tmp_path / "lab.py"
        code = "\n".join([*imports, "from mobilenet import cost", "print(cost.__file__)"])
        lab.write_text(f"# %%\n{code}\n")
        downloaded = json.loads(downloads.download(lab, notebook(lab), "en", f"{address}en/"))
        script = tmp_path / "lab.ipy"  # what IPython runs as it runs a notebook's cells
        script.write_text("\n".join("".join(cell["source"]) for cell in downloaded["cells"]))
        done = subprocess.run(
            [fresh, "-m", "IPython", script],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "PIP_CONFIG_FILE": os.devnull,
                "PIP_NO_INDEX": "1",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        installed = next(fresh.parents[1].glob("lib/python*/site-packages/mobilenet/cost.py"))
        assert done.stdout.split("\n")[-2:] == [str(installed), ""], done.stdout + done.stderr

    @pytest.fixture
    def address(self, tmp_path: Path) -> Iterator[str]:
        """Where a site is served that has the package."""
        wheel(tmp_path / "site" / "downloads")
        handler = functools.partial(Quiet, directory=str(tmp_path / "site"))
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}/"
            server.shutdown()

    @pytest.fixture
    def fresh(self, tmp_path: Path, address: str) -> Path:
        """A Python that has pip, and what the package with its extra ``labs`` requires.

        That is linked from the Python of the tests, distribution by distribution, which spares
        another download of torch. What is not declared is not there.
        """
        venv.create(tmp_path / "fresh", symlinks=True)
        (folder,) = (tmp_path / "fresh").glob("lib/python*/site-packages")
        (package,) = (tmp_path / "site" / "downloads").glob("*.whl")
        with zipfile.ZipFile(package) as archive:
            (name,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
            metadata = message_from_bytes(archive.read(name))
        wanted = [("pip", "")] + [(line, "labs") for line in metadata.get_all("Requires-Dist", [])]
        linked = set()
        while wanted:
            line, extra = wanted.pop()
            requirement = Requirement(line)
            marker = requirement.marker
            if (marker and not marker.evaluate({"extra": extra})) or line in linked:
                continue
            linked.add(line)
            found = distribution(requirement.name)
            for top in {file.parts[0] for file in found.files or []} - {"..", "__pycache__"}:
                if not (folder / top).exists():
                    (folder / top).symlink_to(Path(str(found.locate_file(top))))
            wanted += [
                (each, extra)
                for each in found.requires or []
                for extra in ("", *requirement.extras)
            ]
        return tmp_path / "fresh" / "bin" / "python"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass
