"""The API reference: in place of a page's ``::: mobilenet.cost``, the public names of that module.

A Markdown extension. It writes Markdown, so that an entry is made of what all pages are made
of. mkdocstrings, whose notation this is, would want most of its templates replaced: to it the
paragraphs behind a ``:raises …:`` belong to that, a session's prompts are quotations, a field
of a dataclass is a section, and there is no Korean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import griffe
from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor, UnescapeTreeprocessor

from hooks import api
from hooks.api import DIRECTIVE, Documented

__all__ = ["Reference", "expanded"]

_LABELS = {
    "ko": {
        "parameters": "인자",
        "attributes": "속성",
        "returns": "반환값",
        "raises": "예외",
        "examples": "예제",
    },
    "en": {
        "parameters": "Parameters",
        "attributes": "Attributes",
        "returns": "Returns",
        "raises": "Raises",
        "examples": "Example",
    },
}
#: As long as a line of code may be that a phone shows whole.
_WIDTH = 44
_HEADING = re.compile(r"^(#+) ", re.MULTILINE)


class Reference(Extension):
    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's name for it
        # After Markdown has seen to the ends of lines (30), before it takes fences out (25).
        md.preprocessors.register(_Expander(md, self.language), "reference", 28)
        # After ids are given (8), before they are listed, as a page's contents and anchors (5).
        md.treeprocessors.register(_Ids(md), "reference_ids", 6)


def makeExtension(**settings: Any) -> Reference:  # noqa: N802 - Markdown's name for it
    """What ``docs/ko.yml`` and ``docs/en.yml`` name."""
    return Reference(**settings)


class _Expander(Preprocessor):
    def __init__(self, md: Markdown, language: str) -> None:
        super().__init__(md)
        self.language = language

    def run(self, lines: list[str]) -> list[str]:
        return expanded("\n".join(lines), self.language).split("\n")


class _Ids(Treeprocessor):
    """Ids without their escapes, as links to them are: Markdown itself takes these out last."""

    def run(self, root: Element) -> None:
        unescape = UnescapeTreeprocessor().unescape
        for element in root.iter():
            if identifier := element.get("id"):
                element.set("id", unescape(identifier))


def expanded(text: str, language: str) -> str:
    """The Markdown of a page with its references written out.

    :raises ValueError: a line names a module that is not there.
    """

    def entries(directive: re.Match[str]) -> str:
        module = api.modules().get(directive["module"])
        if module is None:
            known = ", ".join(api.modules())
            raise ValueError(f"{directive[0]} names no module of the package, which has: {known}")
        headings = _HEADING.findall(text, 0, directive.start())
        return "\n\n".join(_Writer(language, len(headings[-1]) + 1).module(module))

    return DIRECTIVE.sub(entries, text)


class _Writer:
    """Writes entries, in the language of the page around the docstrings, which are English.

    :param level: of the headings that names of the module get.
    """

    def __init__(self, language: str, level: int) -> None:
        self.language, self.level = language, level

    def module(self, module: griffe.Module) -> Iterator[str]:
        if module.docstring:
            yield self._english(_prose(module.docstring.value.partition("\n\n")[2]))
        for each in api.public(module):
            if isinstance(each, griffe.Alias):
                yield f"`{each.path}` = `{each.target_path}`"
            else:
                yield from self.entry(each, self.level)

    def entry(self, each: Documented, level: int) -> Iterator[str]:
        yield f"{'#' * level} {each.name} {{#{_escaped(each.path)} .entry}}"
        yield f"``` {{.python .no-copy .signature}}\n{signature(each)}\n```"
        found = {section.kind.value: section.value for section in api.sections(each)}
        text, example = _split(str(found.pop("text", "")))
        yield self._english(text)
        members = api.members(each) if isinstance(each, griffe.Class) else []
        fields = [member for member in members if member.is_attribute]
        lists: dict[str, Any] = {
            kind: [_piece(each, piece) for piece in pieces] for kind, pieces in found.items()
        }
        lists["attributes"] = [(field.name, _text(field), field.path) for field in fields]
        for kind in filter(lists.get, _LABELS[self.language]):
            yield self._label(kind)
            yield self._english("\n".join(_item(*item) for item in lists[kind]))
        if example:
            yield self._label("examples")
            yield example
        for member in members:
            if member.is_function:
                yield from self.entry(member, level + 1)

    def _label(self, kind: str) -> str:
        return f"**{_LABELS[self.language][kind]}**\n{{: .part }}"

    def _english(self, text: str) -> str:
        if self.language == "en" or not text:
            return text
        return f'<div lang="en" markdown>\n\n{text}\n\n</div>'


def signature(each: Documented) -> str:
    """How a name is used: what it is called with and gives, or its type and value."""
    if isinstance(each, griffe.Attribute):
        kind = f": {_written(each.annotation, each)}" if each.annotation else ""
        value = f" = {each.value}"
        is_short = len(each.name + kind + value) <= 2 * _WIDTH
        return each.name + kind + value * is_short
    parts, is_keyword = [], False
    for parameter in api.named_parameters(each):
        if parameter.kind is griffe.ParameterKind.keyword_only and not is_keyword:
            is_keyword = True
            parts.append("*")
        parts.append(_parameter(parameter, each))
    returns = getattr(each, "returns", None)
    gives = f" -> {_written(returns, each)}" if returns is not None else ""
    line = f"{each.name}({', '.join(parts)}){gives}"
    if len(line) <= _WIDTH or not parts:
        return line
    lines = "".join(f"    {part},\n" for part in parts)
    return f"{each.name}(\n{lines}){gives}"


def _parameter(parameter: griffe.Parameter, each: Documented) -> str:
    kind = f": {_written(parameter.annotation, each)}" if parameter.annotation else ""
    default = "" if parameter.default is None else f" = {parameter.default}"
    return parameter.name + kind + (default if kind else default.replace(" ", ""))


def _written(annotation: Any, each: Documented) -> str:
    """A type, with what a name stands for that is the module's own business."""
    module = each.module
    private = {
        name: str(member.value)
        for name, member in module.members.items()
        if isinstance(member, griffe.Attribute) and name not in (module.exports or [])
    }
    name = re.compile(r"(?<![\w.])[A-Z]\w*")
    return name.sub(lambda found: private.get(found[0], found[0]), str(annotation))


def _item(name: str, text: str, path: str = "") -> str:
    lines = [f"- `{name}`: {_prose(text)}", f"{{: #{_escaped(path)} }}" if path else ""]
    return "\n".join(filter(None, lines)).replace("\n", "\n    ")


def _escaped(path: str) -> str:
    """A path that Markdown takes for an id, and sees no bold type in."""
    return path.replace("_", r"\_")


def _piece(each: Documented, piece: Any) -> tuple[str, str]:
    """Of a parameter, what is returned or an error: its name or type, and what is said of it."""
    if isinstance(piece, griffe.DocstringReturn):
        assert isinstance(each, griffe.Function)
        return api.returned(each), piece.description
    return str(getattr(piece, "name", piece.annotation)), piece.description


def _text(each: griffe.Object) -> str:
    return each.docstring.value if each.docstring else ""


def _split(docstring: str) -> tuple[str, str]:
    """Its text, and its example with all behind it, as Markdown."""
    paragraphs = docstring.split("\n\n")
    start = next(
        (i for i, each in enumerate(paragraphs) if each.startswith(">>>")), len(paragraphs)
    )
    return _prose("\n\n".join(paragraphs[:start])), "\n\n".join(map(_session, paragraphs[start:]))


def _session(paragraph: str) -> str:
    if not paragraph.startswith(">>>"):
        return _prose(paragraph)
    shown = re.sub(r" +# doctest: .*", "", paragraph)
    return f"```pycon\n{shown}\n```"


def _prose(text: str) -> str:
    """reST as Markdown: a role leads nowhere by itself, an address does."""
    text = re.sub(r":\w+:`([^`]+)`", r"`\1`", text)
    text = re.sub(r"``([^`]+)``", r"`\1`", text)
    return re.sub(r"https?://[^\s),]+", r"<\g<0>>", text).strip()
