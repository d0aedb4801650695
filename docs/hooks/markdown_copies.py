"""Each page as Markdown that can be read alone, in a file beside its HTML."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from posixpath import dirname, join, normpath, relpath
from xml.etree import ElementTree

from markdown import Markdown
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

_FENCE = re.compile(r"^( *)(`{3,}).*?^\1\2$", re.DOTALL | re.MULTILINE)
_FIGURE = {"ko": "그림", "en": "Figure"}


def write(page: Page, config: MkDocsConfig, files: Files) -> None:
    """Write a page's copy, and note its name, which the page links to."""
    path = PurePosixPath(page.file.dest_uri).with_suffix(".md")
    page.meta["markdown"] = path.name
    file = Path(config.site_dir) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(render(page, config, files), encoding="utf-8")


def render(page: Page, config: MkDocsConfig, files: Files) -> str:
    """Return a page's Markdown without anything that only this site's build understands."""
    home = config.site_url or relpath(".", page.url or ".") + "/"

    def link(match: re.Match[str]) -> str:
        path, anchor = match.groups(default="")
        target = normpath(join(dirname(page.file.src_uri), path)) if path else page.file.src_uri
        file = files.get_file_from_path(target)
        return home + (file.url.removeprefix("./") if file else target) + anchor

    def render_prose(text: str) -> str:
        text = re.sub(r"<svg\b.*?</svg>", lambda svg: _describe(svg[0], config), text, flags=re.S)
        text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
        # Attribute lists: of headings and paragraphs, which end a line, and of pictures.
        text = re.sub(r"[ \t]*\{:? ?[#.][^{}\n]*\}[ \t]*$", "", text, flags=re.M)
        text = re.sub(r"(?<=\))\{[^{}\n]*\}", "", text)
        # The elements around a figure or a widget, and a figure's caption.
        text = re.sub(r"^</?(?:figure|div|\w+-\w+)\b[^>]*>\n", "", text, flags=re.M)
        text = re.sub(r"<figcaption>(.*?)</figcaption>", r"\n\1", text, flags=re.S)
        return re.sub(r"(?<=\]\()(?!\w+:)([^)#\s]*)(#[\w.-]+)?(?=\))", link, text)

    text = _expand(page.markdown or "", config)
    parts, end = [], 0
    for fence in _FENCE.finditer(text):
        parts += [render_prose(text[end : fence.start()]), fence[0]]
        end = fence.end()
    parts.append(render_prose(text[end:]))
    return re.sub(r"\n{3,}", "\n\n", "".join(parts)).strip() + "\n"


def _expand(text: str, config: MkDocsConfig) -> str:
    name = "pymdownx.snippets"
    md = Markdown(extensions=[name], extension_configs={name: config.mdx_configs[name]})
    return "\n".join(md.preprocessors["snippet"].run(text.split("\n")))


def _describe(svg: str, config: MkDocsConfig) -> str:
    """Return a drawing's title and description, which a screen reader says too."""
    root = ElementTree.fromstring(svg)
    title, description = root.findtext("{*}title"), root.findtext("{*}desc")
    return f"[{_FIGURE[config.theme['language']]}: {title}. {description}]"
