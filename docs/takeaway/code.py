"""A network page's code as one file, to run without the package."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from gate.page import Page
from gate.site import DOCS

from mobilenet import __version__

#: The pages whose blocks of the package, in order, are one whole file.
NETWORKS = ("ver1", "ver2", "mobilenetv1")


def files(language: str) -> Iterator[tuple[str, str]]:
    """Each file's path below the language's pages, beside its page, and its content."""
    for name in NETWORKS:
        page = DOCS / language / f"{name}.md"
        if page.is_file():
            yield f"{name}/{name}.py", whole_file(page)


def whole_file(page: Path) -> str:
    """The blocks of the package that a page shows, below the docstring of the last one's module.

    :raises ValueError: the page shows none.
    """
    found = [(fence, fence.included()) for fence in Page.read(page).fences]
    blocks = [(fence.expanded().strip("\n"), include) for fence, include in found if include]
    if not blocks:
        raise ValueError(f"{page} includes no section of the package: see docs/takeaway/code.py")
    module, _ = blocks[-1][1]
    docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")), clean=False)
    licence = f"# From mobilenet {__version__}. MIT License: the code is yours to use.\n"
    parts = [f'"""{docstring}"""\n\n{licence}', *(f"{block}\n" for block, _ in blocks)]
    return "\n".join(parts[:2]) + "".join(f"\n\n{part}" for part in parts[2:])
