"""A lab as a notebook to download, in one language, with its outputs or without.

Its first cell installs the package, from where the reader of that copy can get it. The
notebooks that Colab opens have to be in the repository: ``make update`` writes them.
"""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path
from urllib.parse import urljoin

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from hooks.notebooks.source import LABS, cell_of, notebook
from mobilenet import __version__

#: Where those in the repository are, and in which branch.
FOLDER = LABS / "notebooks"
BRANCH = "main"

#: Where the site has the package.
WHEEL = f"downloads/mobilenet-{__version__}-py3-none-any.whl"

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_FROM_CLONE = """\
# From the clone that this notebook is in.
from pathlib import Path

clone = next(folder for folder in Path.cwd().parents if (folder / "mobilenet").is_dir())
%pip install --quiet "mobilenet[labs] @ {clone.as_uri()}"
"""


def name(path: Path, language: str, *, outputs: bool = False) -> str:
    return f"{path.stem}.{language}{'.outputs' if outputs else ''}.ipynb"


def download(
    path: Path, lab: NotebookNode, language: str, site: str = "", repository: str = ""
) -> str:
    """The notebook of a lab in one language, with what outputs it has.

    :param site: the address of the language's pages. The site has the package as it is on
        these pages; what the repository has may be newer.
    :param repository: the project's address, where that of the site is not known.
    """
    page = urljoin(site, f"labs/{path.stem}/") if site else ""
    cells = [new_code_cell(_install(site, repository), id="install")]
    for node in lab.cells:
        cell = cell_of(node)
        if cell.language not in (language, None):
            continue
        if cell.kind == "text":
            cells.append(new_markdown_cell(_text(cell.source, page), id=node.id))
        else:
            made = new_code_cell(cell.source, id=node.id, execution_count=node.execution_count)
            made.outputs = deepcopy(node.outputs)
            for output in made.outputs:
                output.get("data", {}).pop("image/svg+xml", None)  # it has the same as a PNG
            cells.append(made)
    written: str = nbformat.writes(new_notebook(cells=cells, metadata=_METADATA))
    return written + "\n"


def colab(path: Path, language: str, repository: str) -> str:
    """Where Colab opens the notebook that is in the repository; "" where it cannot."""
    match = re.fullmatch(r"https://github\.com/([^/]+/[^/]+?)(?:\.git)?/?", repository)
    if not match:
        return ""
    file = (FOLDER / name(path, language)).relative_to(LABS.parents[1])
    return f"https://colab.research.google.com/github/{match[1]}/blob/{BRANCH}/{file.as_posix()}"


def draw(path: Path, language: str) -> str:
    """The notebook for the repository. It is the same on whatever machine it is made."""
    return download(path, notebook(path), language, repository=_repository())


def _repository() -> str:
    """What mkdocs.yml says itself, whatever REPO_URL a single build is given."""
    config = (LABS.parents[1] / "mkdocs.yml").read_text(encoding="utf-8")
    match = re.search(r'repository: !ENV \[REPO_URL, "(.*)"\]', config)
    return match[1] if match else ""


def _install(site: str, repository: str) -> str:
    if site:
        package = urljoin(site, f"../{WHEEL}")
    elif repository:
        package = f"git+{repository}"
    else:
        return _FROM_CLONE.rstrip()
    return f'%pip install --quiet "mobilenet[labs] @ {package}"'


def _text(source: str, page: str) -> str:
    """Without what only the site's Markdown knows, and with links that lead to the site."""
    source = re.sub(r"<!--.*?-->", "", source, flags=re.DOTALL)
    source = re.sub(r"[ \t]*\{#[\w-]+\}[ \t]*$", "", source, flags=re.MULTILINE)

    def link(match: re.Match[str]) -> str:
        if not page:
            return match["text"]
        file = match["file"] and "../" + re.sub(r"(?:index)?\.md$", "/", match["file"])
        return f"[{match['text']}]({urljoin(page, file)}{match['anchor'] or ''})"

    local = r"\[(?P<text>[^\]]+)\]\((?P<file>(?!https?:)[^)#\s]*)(?P<anchor>#[\w-]+)?\)"
    return re.sub(local, link, source)
