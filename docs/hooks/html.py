"""What Markdown writes into a page, changed for readers: a Markdown extension.

It comes after all others, so that it sees what they wrote.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.treeprocessors import Treeprocessor


class Html(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's name for it
        md.treeprocessors.register(_Elements(md), "html_elements", -10)
        md.postprocessors.register(_Text(md), "html_text", -10)


def makeExtension(**settings: Any) -> Html:  # noqa: N802 - Markdown's name for it
    """Return what ``docs/ko.yml`` and ``docs/en.yml`` name."""
    return Html(**settings)


class _Elements(Treeprocessor):
    def run(self, root: Element) -> None:
        for cell in [*root.iter("th"), *root.iter("td")]:
            # The site's policy allows no attribute `style`.
            if style := cell.attrib.pop("style", ""):
                cell.set("class", style.removeprefix("text-align: ").removesuffix(";"))
            if not (cell.text or len(cell)):  # an empty cell is the heading of nothing
                cell.tag = "td"
        for link in root.iter("a"):
            if link.get("href", "").endswith(".py"):  # a browser would show the file
                link.set("download", "")


class _Text(Postprocessor):
    def run(self, text: str) -> str:
        text = re.sub(r"\n?<!--.*?-->", "", text, flags=re.DOTALL)  # the checks of numbers
        # What code prints and a signature are nothing to copy, nor to search for. Nor are whole
        # files of the package, which have a title: the text around them says what they are.
        for kind in ("text", "diff", "python doc-signature"):
            block = f'<div class="language-{kind} highlight'
            text = text.replace(f'{block}">', f'{block} no-copy" data-search-exclude="">')
        titled = '><span class="filename">'
        return text.replace(f' highlight"{titled}', f' highlight" data-search-exclude=""{titled}')
