"""A lab's page in one language: Markdown like any other page's, and its pictures as files."""

from __future__ import annotations

import hashlib
import io
import json
import re
from base64 import b64decode
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode
from PIL import Image

from hooks.notebooks.source import Cell, LabError, cell_of

#: Of photographs, in WebP's scale: a page after another takes at most 40 KB.
QUALITY = 45
#: Of their pixels to one of the page's.
DENSITY = 1.5


class Rendered(NamedTuple):
    markdown: str
    pictures: dict[str, bytes]
    """By name. They lie where the page is: in a folder of the lab's name."""


def render(path: Path, executed: NotebookNode, language: str, links: str) -> Rendered:
    """The page of an executed lab.

    :param links: Markdown that stands below the lab's first text: where to download it.
    :raises LabError: a picture without an alternative text, or a cell with two pictures.
    """
    parts: list[str] = []
    pictures: dict[str, bytes] = {}
    description = None
    for node in executed.cells:
        cell = cell_of(node)
        if cell.language not in (language, None):
            continue
        if cell.kind == "text":
            parts.append(cell.source)
            if description is None:
                description = cell.metadata.get("description", "")
                parts.append(links)
        elif cell.kind == "sentence":
            parts += [output.data["text/markdown"] for output in node.outputs]
        else:
            parts.append(_fence("python", cell.source))
            drawn = [output for output in node.outputs if "image/png" in output.get("data", {})]
            if len(drawn) > 1:
                raise LabError(path, cell.line, "A cell draws one picture, and this draws more.")
            for output in node.outputs:
                data = output.get("data", {"text/plain": output.get("text", "")})
                if output in drawn:
                    name, pictures[name], shown = _picture(path, cell, output, language)
                else:
                    shown = data.get("text/markdown") or _fence("text", data["text/plain"])
                parts.append(shown)
    description = json.dumps(description or "", ensure_ascii=False)
    # What explains a term is found first: to the search, a title weighs a thousand times its
    # text, and here as much.
    front = f"---\ndescription: {description}\nsearch:\n  boost: 0.001\n---\n\n"
    return Rendered(front + "\n\n".join(parts) + "\n", pictures)


def _fence(language: str, text: str) -> str:
    longest = max(map(len, re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _picture(path: Path, cell: Cell, output: NotebookNode, language: str) -> tuple[str, bytes, str]:
    """A picture's name, its file, and the Markdown that shows it.

    A plot is SVG, sharp at any size; a photograph WebP, small enough for a phone.
    """
    alt = cell.metadata.get(f"alt_{language}")
    if not alt:
        wanted = f'# %% alt_{language}="…"'
        raise LabError(path, cell.line, f"This draws a picture, and says not of what: {wanted}")
    kind = "photo" if "photo" in cell.tags else "plot"
    if kind == "photo":
        content, suffix = _webp(output.data["image/png"]), "webp"
    else:
        content, suffix = _svg(output.data["image/svg+xml"]).encode(), "svg"
    name = f"{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
    size = output.metadata["image/png"]
    text = re.sub(r"([\\`*_\[\]<])", r"\\\1", alt)
    image = (  # no HTML, in which not every generator takes a link for one to a file
        f"![{text}]({path.stem}/{name})"
        f'{{width="{size["width"]}" height="{size["height"]}" loading="lazy"}}'
    )
    return name, content, f'<figure class="{kind}" markdown="span">\n{image}\n</figure>'


def _webp(png: str) -> bytes:
    written = io.BytesIO()
    photo = Image.open(io.BytesIO(b64decode(png)))  # two pixels to one of the page's
    photo.thumbnail((photo.width * DENSITY / 2, photo.height * DENSITY / 2))
    # A method of 6 takes a second for what is transparent.
    photo.save(written, "WEBP", quality=QUALITY, method=5)
    return written.getvalue()


def _svg(drawn: str) -> str:
    """matplotlib's SVG with attributes for styles: a strict content security policy takes none."""
    drawn = re.sub(r"\s*<(metadata|style)\b.*?</\1>", "", drawn, flags=re.DOTALL)
    drawn = drawn.replace("<svg ", '<svg stroke-linejoin="round" stroke-linecap="butt" ', 1)

    def attributes(style: re.Match[str]) -> str:
        return " ".join(re.sub(r"([\w-]+): ([^;]*)", r'\1="\2"', style[1]).split("; "))

    return re.sub(r'style="([^"]*)"', attributes, drawn)
