"""A page as Markdown that stands alone: includes in place, pictures in words, whole links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, join, normpath
from xml.etree import ElementTree

from tests.pages.fences import Fence, fences
from tests.pages.figures import INCLUDE

DRAWN = Path(__file__).parents[1] / "figures" / "drawn"


def as_markdown(text: str, file: str, home: str) -> str:
    """A page's Markdown, for whoever has neither the site's scripts nor its files.

    :param text: the page as it is written, without its front matter.
    :param file: where it is written, from its language's folder on: ``labs/accuracy.md``.
    :param home: the address of that folder on the site; ends in a slash.
    """
    prose = _Prose(file, home)
    parts, last = [], 0
    for fence in fences(text):
        parts += [prose.standing_alone(text[last : fence.start]), _fence(text, fence)]
        last = fence.end
    parts.append(prose.standing_alone(text[last:]))
    return re.sub(r"\n{3,}", "\n\n", "".join(parts)).strip() + "\n"


def _fence(text: str, fence: Fence) -> str:
    opening, *_, closing = text[fence.start : fence.end].split("\n")
    opening = re.sub(r" *\{ *\.(\w+)[^}]*\}", r"\1", opening)
    code = [f"{fence.prefix}{line}".rstrip() for line in fence.expanded().split("\n")]
    return "\n".join([opening, *code, closing])


@dataclass(frozen=True)
class _Prose:
    """What stands between the fences of a page."""

    file: str
    home: str

    def standing_alone(self, text: str) -> str:
        text = INCLUDE.sub(_in_words, text)
        text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
        # Ids and classes of headings and paragraphs, sizes of pictures.
        text = re.sub(r"[ \t]*\{:? ?[#.][^{}\n]*\}[ \t]*$", "", text, flags=re.MULTILINE)
        text = re.sub(r"(?<=\))\{[^{}\n]*\}", "", text)
        # What only holds a figure or a widget, and the caption in it.
        text = re.sub(r"^</?(figure|div|\w+-\w+)\b[^>]*>\n", "", text, flags=re.MULTILINE)
        text = re.sub(r"<figcaption>(.*?)</figcaption>", r"\n\1", text, flags=re.DOTALL)
        return re.sub(r"(?<=\]\()(?!\w+:)([^)#\s]*)(#[\w.-]+)?(?=\))", self._link, text)

    def _link(self, link: re.Match[str]) -> str:
        file, anchor = link[1], link[2] or ""
        target = join(dirname(self.file), file) if file else self.file
        return self.home + _address(normpath(target)) + anchor


def _address(file: str) -> str:
    """Where the site has a file of a language's folder: a page is a folder there."""
    return re.sub(r"(^|/)index/$", r"\1", re.sub(r"\.md$", "/", file))


def _in_words(include: re.Match[str]) -> str:
    """A drawing's title and description, which a screen reader says too."""
    file = DRAWN / f"{include['name']}.{include['language']}.svg"
    title, description = list(ElementTree.parse(file).getroot())[:2]
    word = {"ko": "그림", "en": "Figure"}[include["language"]]
    return f"[{word}: {title.text}. {description.text}]"
