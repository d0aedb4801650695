"""Labs: notebooks that run when the site is built, once for both languages.

A lab is a file in ``docs/labs`` in jupytext's percent format. Its text cells are in one language
each, and its code cells are for both. A sentence with a measured value is a code cell in one
language, ``Markdown(f"…")``, and the tag ``remove-input`` leaves that code out of the page.

mkdocs-jupyter converts the executed notebook with the templates in ``docs/hooks/templates``. They
write Markdown, which MkDocs renders like any other page's.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import logging
import os
import re
import sys
import zlib
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from html import unescape
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urljoin

import jupytext
import nbformat
from filelock import FileLock
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils.meta import get_data
from mkdocs_jupyter.config import settings
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell
from PIL import Image

from hooks.languages import LANGUAGES

ROOT = Path(__file__).parents[2]
LABS = ROOT / "docs" / "labs"
CLONE = "../../..[labs]"  # from docs/labs/notebooks, for pip
RESULTS = 3  # that are kept of each lab, so that switching branches runs nothing again
TIMEOUT = 600  # seconds that a cell may take

settings.templates_dir = str(Path(__file__).with_name("templates"))


class LabError(ValueError):
    """What is wrong with a lab, and in which line of its file."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        super().__init__(f"{name}:{line}: {message}")


@dataclass(frozen=True)
class Cell:
    """A cell as the lab's source has it."""

    kind: str  # text, code, or output: code of which the page shows only the output
    language: str | None  # ko or en; None for a cell that both languages show
    source: str  # code, or Markdown without the "# " in front of its lines
    line: int  # of the lab's file, where the source starts
    metadata: dict[str, Any]  # from the first line: tags, description, alt_ko, alt_en
    tags: list[str]


def read_cells(path: Path, text: str | None = None) -> list[Cell]:
    """Return the cells of a lab's file, or of the text given in place of its content."""
    return [_cell(node) for node in read_notebook(path, text).cells]


def read_notebook(path: Path, text: str | None = None) -> NotebookNode:
    """Return the notebook of a lab in both languages, without outputs.

    The metadata of each cell has its ``line``, and its id is the same each time.
    """
    text = path.read_text(encoding="utf-8") if text is None else text
    lab: NotebookNode = jupytext.reads(text, fmt="py:percent")
    lines = [n for n, line in enumerate(text.split("\n"), 2) if line.startswith("# %%")]
    if len(lines) != len(lab.cells):
        raise LabError(path, 1, "A lab starts with a cell: # %% [markdown] …")
    for number, (cell, line) in enumerate(zip(lab.cells, lines, strict=True), 1):
        cell.id = f"cell-{number}"
        cell.metadata["line"] = line
    return lab


def _cell(node: NotebookNode) -> Cell:
    metadata = {key: value for key, value in node.metadata.items() if key != "line"}
    tags = metadata.get("tags", [])
    language = next((tag for tag in tags if tag in LANGUAGES), None)
    code = "output" if "remove-input" in tags else "code"
    kind = "text" if node.cell_type == "markdown" else code
    return Cell(kind, language, node.source, node.metadata["line"], metadata, tags)


def execute(path: Path, root: Path = ROOT) -> NotebookNode:
    """Return the notebook of a lab with its outputs: kept ones, or else those of a run."""
    lab = read_notebook(path)
    code = [cell for cell in lab.cells if cell.cell_type == "code"]
    folder = root / ".cache" / "labs" / path.stem
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{_digest(code, root)}.json.gz"
    # Of two builds at the same time, one runs the lab, and the other waits for the result.
    with FileLock(folder / "lock"):
        outputs = None
        with suppress(OSError, EOFError, ValueError, zlib.error):  # not there, or damaged
            outputs = json.loads(gzip.decompress(file.read_bytes()))
            file.touch()  # what was used last is kept longest
        if outputs is None:
            logging.getLogger("mkdocs.labs").info("Running the lab %s", path.stem)
            outputs = _run(path, lab, root)
            file.write_bytes(gzip.compress(json.dumps(outputs).encode()))
            results = sorted(folder.glob("*.json.gz"), key=lambda each: each.stat().st_mtime)
            for old in results[:-RESULTS]:
                old.unlink()
    for count, (cell, its) in enumerate(zip(code, outputs, strict=True), 1):
        cell.execution_count = count
        cell.outputs = [from_dict(output) for output in its]
    return lab


def _digest(code: list[NotebookNode], root: Path) -> str:
    """Return a digest of everything that the outputs depend on."""
    parts = [sys.version, version("torch"), *(cell.source for cell in code)]
    package = sorted(file for file in (root / "mobilenet").rglob("*") if file.suffix != ".pyc")
    for file in (*package, root / "constraints.txt", LABS / "matplotlibrc", Path(__file__)):
        if file.is_file():
            parts += [file.name, hashlib.sha256(file.read_bytes()).hexdigest()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _run(path: Path, lab: NotebookNode, root: Path) -> list[Any]:
    """Run a lab in a kernel of its own, and return the outputs of each code cell."""
    from nbclient import NotebookClient  # late: most builds run no lab
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # this Python's kernel, not one of the user's
    code = [cell for cell in lab.cells if cell.cell_type == "code"]
    with TemporaryDirectory() as folder:
        environment = {
            "PYTHONPATH": str(root),
            "PYTHONHASHSEED": "0",
            "OMP_NUM_THREADS": "2",
            "OMP_WAIT_POLICY": "PASSIVE",  # a waiting thread leaves its core to others
            "LC_ALL": "C.UTF-8",
            "IPYTHONDIR": f"{folder}/.ipython",  # without the user's settings
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "MATPLOTLIBRC": str(LABS / "matplotlibrc"),
            "SOURCE_DATE_EPOCH": "0",  # no date in an SVG
            "TQDM_DISABLE": "1",  # a progress bar says nothing once it is done
        }
        arguments = [
            "--IPKernelApp.capture_fd_output=False",  # what libraries print past Python
            "--InteractiveShell.colors=nocolor",
            "--InlineBackend.figure_formats=svg",
            "--InlineBackend.figure_formats=retina",
        ]
        client = NotebookClient(
            lab, timeout=TIMEOUT, coalesce_streams=True, extra_arguments=arguments
        )
        manager = client.create_kernel_manager()  # no ports, which another process may take
        manager.transport, manager.connection_file = "ipc", f"{folder}/kernel.json"
        try:
            client.execute(cwd=folder, env=os.environ | environment)
        except (CellTimeoutError, DeadKernelError) as error:
            cell = code[client.code_cells_executed - 1]
            raise _error(path, cell, "This cell did not end", str(error)) from None
        except CellExecutionError:
            pass  # the cell's outputs have the error
    for cell in code:
        for output in cell.outputs:
            if output.output_type == "error":
                raise _error(path, cell, "This cell failed", "\n".join(output.traceback))
            if output.get("name") == "stderr":
                raise _error(path, cell, "No page shows what a cell writes to stderr", output.text)
    return [cell.outputs for cell in code]


def _error(path: Path, cell: NotebookNode, what: str, text: str) -> LabError:
    """Return the error for a cell, with the line that a traceback or a warning of IPython names."""
    place = re.search(r"Cell In\[\d+\], line (\d+)|ipykernel_\d+/\d+\.py:(\d+): ", text)
    offset = int(place[1] or place[2]) - 1 if place else 0
    return LabError(path, cell.metadata["line"] + offset, f"{what}:\n{text.strip()}")


_OFFER = {
    "ko": "노트북을 [출력과 함께]({0}) 또는 [출력 없이]({1}) 내려받아 직접 실행할 수 있습니다.",
    "en": "To run it yourself, download the notebook [with its outputs]({0}) or [without]({1}).",
}
_COLAB = {"ko": " [Colab에서 열기]({0})", "en": " Or [open it in Colab]({0})."}


def make_files(language: str, config: MkDocsConfig, folder: Path) -> Iterator[File]:
    """Yield the labs' files of a site in one language; write what mkdocs-jupyter reads."""
    site, repository = config.site_url or "", config.extra["repository"] or ""
    github = re.fullmatch(r"https://github\.com/([^/]+/[^/]+?)(?:\.git)?/?", repository)
    package = f"mobilenet[labs] @ git+{repository}" if repository else CLONE
    if site:  # it has the package that its pages show, and the repository may have a newer one
        from mobilenet import __version__  # late: it imports torch

        wheel = urljoin(site, f"../downloads/mobilenet-{__version__}-py3-none-any.whl")
        package = f"mobilenet[labs] @ {wheel}"
    (folder / "labs").mkdir()
    for path in sorted(LABS.glob("*.py")):
        name, lab = path.stem, execute(path)
        file = f"{name}/{name}.{language}"
        downloads = {f"{file}.outputs.ipynb": lab, f"{file}.ipynb": read_notebook(path)}
        page = urljoin(site, f"labs/{name}/") if site else ""
        for file, source in downloads.items():
            content = _download(source, language, package, page)
            yield File.generated(config, f"labs/{file}", content=content)
        for picture, image in _replace_pictures(path, lab, language):
            yield File.generated(config, f"labs/{name}/{picture}", content=image)
        offer = _OFFER[language].format(*downloads)
        if github:
            copy = f"{github[1]}/blob/main/docs/labs/notebooks/{name}.{language}.ipynb"
            offer += _COLAB[language].format(f"https://colab.research.google.com/github/{copy}")
        # Below the title, which is the first cell of each language.
        lab.cells.insert(len(LANGUAGES), new_markdown_cell(offer, id="offer"))
        nbformat.write(lab, folder / "labs" / f"{name}.ipynb")
        yield File(f"labs/{name}.ipynb", str(folder), config.site_dir, config.use_directory_urls)


def render(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Return the HTML that MkDocs makes of the Markdown in mkdocs-jupyter's output."""
    text = html.partition("<pre>")[2].partition("</pre>")[0]
    page.markdown, page.meta = get_data(unescape(text))
    Page.render(page, config, files)  # page.render is mkdocs-jupyter's
    return page.content or ""


def _replace_pictures(path: Path, lab: NotebookNode, language: str) -> Iterator[tuple[str, bytes]]:
    """Replace the pictures among a lab's outputs with Markdown; yield each one's name and file.

    A plot is SVG, sharp at any size; a photograph is WebP, small enough for a phone.
    """
    for node in lab.cells:
        cell = _cell(node)
        outputs = [each for each in node.get("outputs", []) if "image/png" in each.get("data", {})]
        for output in outputs:
            alt = cell.metadata.get(f"alt_{language}")
            if not alt or len(outputs) > 1:
                message = f'A cell draws one picture, and alt_{language}="…" says what it shows.'
                raise LabError(path, cell.line, message)
            if "photo" in cell.tags:
                kind, suffix, content = "photo", "webp", _webp(output.data["image/png"])
            else:
                kind, suffix, content = "plot", "svg", _svg(output.data["image/svg+xml"])
            picture = f"{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
            size = output.metadata["image/png"]
            text = re.sub(r"([\\`*_\[\]<])", r"\\\1", alt)
            image = f"![{text}]({path.stem}/{picture})"
            image += f'{{width="{size["width"]}" height="{size["height"]}" loading="lazy"}}'
            markdown = f'<figure class="{kind}" markdown="span">\n{image}\n</figure>'
            output.data = NotebookNode({"text/markdown": markdown})
            yield picture, content


def _webp(png: str) -> bytes:
    """Return a PNG with two pixels for each of the page's as a WebP with 1.5, at most 40 KB."""
    photo = Image.open(io.BytesIO(b64decode(png)))
    photo.thumbnail((photo.width * 0.75, photo.height * 0.75))
    content = io.BytesIO()
    photo.save(content, "WEBP", quality=45, method=5)  # 6 takes a second for what is transparent
    return content.getvalue()


def _svg(svg: str) -> bytes:
    """Return matplotlib's SVG without styles, which a strict content security policy forbids."""
    svg = re.sub(r"\s*<(metadata|style)\b.*?</\1>", "", svg, flags=re.DOTALL)
    svg = svg.replace("<svg ", '<svg stroke-linejoin="round" stroke-linecap="butt" ', 1)
    declaration = re.compile(r"([\w-]+): ([^;]*)(?:; )?")
    styles = re.compile(r' style="([^"]*)"')
    return styles.sub(lambda style: declaration.sub(r' \1="\2"', style[1]), svg).encode()


def colab_notebook(path: Path, language: str) -> str:
    """Return the notebook in ``docs/labs/notebooks``, which names the repository of mkdocs.yml."""
    config = (ROOT / "mkdocs.yml").read_text("utf-8")
    match = re.search(r'repository: !ENV \[REPO_URL, "(.+)"\]', config)
    package = f"mobilenet[labs] @ git+{match[1]}" if match else CLONE
    return _download(read_notebook(path), language, package)


def _download(lab: NotebookNode, language: str, package: str, page: str = "") -> str:
    """Return a lab's notebook in one language, which installs the package in its first cell."""
    lab = deepcopy(lab)
    lab.cells = [node for node in lab.cells if _cell(node).language in (language, None)]
    for node in lab.cells:
        node.metadata = NotebookNode()
        if node.cell_type == "markdown":
            node.source = _plain_markdown(node.source, page)
        for output in node.get("outputs", []):
            output.get("data", {}).pop("image/svg+xml", None)  # the PNG shows the same
    install = f'%pip install --quiet "{package}"'
    lab.cells.insert(0, new_code_cell(install, id="install"))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    lab.metadata = from_dict({"kernelspec": kernel, "language_info": {"name": "python"}})
    return str(nbformat.writes(lab)) + "\n"


def _plain_markdown(text: str, page: str) -> str:
    """Return a page's Markdown as Jupyter reads it, with links to the site if it has an address."""
    text = re.sub(r"<!--(?s:.*?)-->|[ \t]*\{#[\w-]+\}[ \t]*$", "", text, flags=re.MULTILINE)

    def link(match: re.Match[str]) -> str:
        text, file, anchor = match.groups(default="")
        path = file and "../" + re.sub(r"(?:index)?\.(?:md|ipynb)$", "/", file)
        return f"[{text}]({urljoin(page, path)}{anchor})" if page else text

    return re.sub(r"\[([^\]]+)\]\((?!https?:)([^)#\s]*)(#[\w-]+)?\)", link, text)


def build_wheel(folder: Path) -> None:
    """Build the package as pip installs it, for readers without a clone."""
    from hatchling.builders.wheel import WheelBuilder

    list(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"]))
