"""Links names of the package, in the code of a page, to their entries in the reference.

Only what is surely that name becomes a link: what the page's blocks import from the package
and bind to nothing else, what stands in a block that is titled with a file of the package, and
what is qualified. What the copy button copies stays the same.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape

from mkdocs.utils import get_relative_url

from hooks import api

__all__ = ["linked", "to_reference"]

_TAG = re.compile(r"(<[^>]+>)")
_CLASSES = re.compile(r'class="([^"]*)"')
_IDENTIFIER = re.compile(r'id="([^"]*)"')
_INLINE = re.compile(r"([A-Za-z_]\w*(?:\.\w+)*)(?:\(.*\))?", re.DOTALL)
#: Where no link may stand.
_CLOSED = ("a", "h1", "h2", "h3", "h4", "h5", "h6")

#: Start and end of a name in a block's text, and where it leads.
Use = tuple[int, int, str]


@dataclass
class _Code:
    """A block of code, or code in a sentence."""

    pieces: list[int] = field(default_factory=list)
    """Which of the page's pieces are its text."""
    classes: list[str] = field(default_factory=list)
    """Of the block; a sentence's code has none."""
    title: str = ""
    entry: str = ""
    """The id of the heading above it."""

    def text(self, pieces: list[str]) -> str:
        return "".join(unescape(pieces[index]) for index in self.pieces)


def to_reference(html: str, language: str, page: str) -> str:
    """The HTML of a page with its links.

    :param page: its address, below its language's.
    """

    def href(path: str) -> str:
        shown = api.shown(language)[api.module_of(path)]
        address = shown.removesuffix(".md") + "/"
        return ("" if address == page else get_relative_url(address, page)) + f"#{path}"

    return linked(html, href)


def linked(html: str, href: Callable[[str], str]) -> str:
    """The HTML of a page with its links.

    :param href: the address of an entry, from the page.
    """
    pieces = _TAG.split(html)
    found = list(_code(pieces))
    blocks = [_Block(code, code.text(pieces)) for code in found if code.classes]
    page = _Names.of_all(blocks)
    for block in blocks:
        for start, end, target in block.uses(page):
            if target != block.code.entry:
                _link(pieces, block.code, start, end, href(target))
    seen = set[str]()
    for code in found:
        target = "" if code.classes else _inline(code.text(pieces), code.entry, page)
        if target and target not in {code.entry, *seen}:
            seen.add(target)
            first = code.pieces[0]
            pieces[first - 1] = f'<a class="api" href="{href(target)}">{pieces[first - 1]}'
            pieces[first + 1] += "</a>"
    return "".join(pieces)


def _code(pieces: list[str]) -> Iterator[_Code]:
    """The page's code, in order: pieces are text and tags by turns."""
    closed, classes, title, entry = 0, "", "", ""
    block: _Code | None = None
    inline: _Code | None = None
    for index, piece in enumerate(pieces):
        if index % 2 == 0:
            if current := block or inline:
                if piece:
                    current.pieces.append(index)
            elif title == "?":
                title = piece
            continue
        is_end = piece.startswith("</")
        tag = re.match(r"</?(\w*)", piece)[1]  # type: ignore[index]  # it is a tag
        if tag in _CLOSED:
            closed += -1 if is_end else 1
            if tag != "a" and not is_end and (identifier := _IDENTIFIER.search(piece)):
                entry = identifier[1]
        elif tag == "div" and not is_end:
            classes, title = (_CLASSES.search(piece) or ["", ""])[1], ""
        elif piece == '<span class="filename">':
            title = "?"
        elif tag == "pre":
            if is_end and block:
                yield block
            block = None if is_end else _Code([], classes.split() or ["code"], title, entry)
        elif tag == "code" and not block:
            if is_end and inline and not closed:
                yield inline
            inline = None if is_end else _Code(entry=entry)


class _Names:
    """What names stand for, where that is certain."""

    def __init__(self) -> None:
        self.targets: dict[str, set[str]] = {}

    @classmethod
    def of_all(cls, blocks: list[_Block]) -> _Names:
        page = cls()
        for block in blocks:
            for name, targets in block.names.targets.items():
                page.targets.setdefault(name, set()).update(targets)
        return page

    def bind(self, name: str, path: str) -> None:
        """A path that is none of the package's makes a name uncertain."""
        self.targets.setdefault(name, set()).add(api.resolve(path) or "")

    def get(self, name: str) -> str:
        targets = self.targets.get(name, set())
        return next(iter(targets)) if len(targets) == 1 else ""

    def modules(self) -> set[str]:
        found = {target for targets in self.targets.values() for target in targets}
        return found & api.modules().keys()


class _Block:
    def __init__(self, code: _Code, text: str) -> None:
        self.code, self.text = code, text
        self.names = _Names()
        self.tree = ast.Module([], [])
        self.source, self.indent = text, 0
        if "signature" in code.classes:
            self.source, self.indent = f"def {text.rstrip()}: ...", -len("def ")
        elif "language-pycon" in code.classes:
            # Without the prompts, and with an empty line for what is answered.
            self.indent = len(">>> ")
            self.source = "".join(
                line[4:] if line.startswith((">>> ", "... ")) else "\n"
                for line in text.splitlines(keepends=True)
            )
        try:
            self.tree = ast.parse(self.source)
        except SyntaxError:
            return  # output, or another language
        module = self.module()
        if module:
            for each in api.public(api.modules()[module]):
                self.names.bind(each.name, f"{module}.{each.name}")
        for node in ast.walk(self.tree):
            self._bind(node, module)

    def module(self) -> str:
        """The module of the package that a block is a part of, or says it is."""
        if "signature" in self.code.classes:
            return api.module_of(self.code.entry)
        name = self.code.title.removesuffix(".py").replace("/", ".")
        return name if name in api.modules() else ""

    def _bind(self, node: ast.AST, module: str) -> None:
        match node:
            case ast.ImportFrom(module=str(source), names=names):
                for alias in names:
                    self.names.bind(alias.asname or alias.name, f"{source}.{alias.name}")
            case ast.Import(names=names):
                for alias in names:
                    name = alias.asname or alias.name.partition(".")[0]
                    self.names.bind(name, alias.name if alias.asname else name)
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                self.names.bind(name, f"{module}.{name}")
            case ast.Name(id=name, ctx=ast.Store()):
                self.names.bind(name, f"{module}.{name}")
            case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
                self.names.bind(name, "")

    def uses(self, page: _Names) -> list[Use]:
        """Each name of the package in the block, the last one first."""
        found: dict[tuple[int, int], str] = {}
        for node in ast.walk(self.tree):
            match node:
                case ast.ImportFrom(module=str(source), names=names):
                    for alias in names:
                        start = self._place(alias.lineno, alias.col_offset)
                        target = api.resolve(f"{source}.{alias.name}")
                        found[start, start + len(alias.name)] = target or ""
                case ast.ClassDef(name=name) if module := self.module():
                    start = self._place(node.lineno, node.col_offset) + len("class ")
                    found[start, start + len(name)] = api.resolve(f"{module}.{name}") or ""
                case ast.Name(ctx=ast.Load()) | ast.Attribute():
                    start = self._place(node.lineno, node.col_offset)
                    end = self._place(node.end_lineno or 0, node.end_col_offset or 0)
                    # Of cost.conv2d, to which ast.walk comes first, the whole is one link.
                    is_part = any(first <= start and end <= last for first, last in found)
                    target = self._target(ast.unparse(node), page)
                    if target and not is_part:
                        found[start, end] = target
        return sorted(((*place, to) for place, to in found.items() if to), reverse=True)

    def _target(self, dotted: str, page: _Names) -> str | None:
        name, dot, rest = dotted.partition(".")
        names = self.names if name in self.names.targets else page
        target = names.get(name)
        return api.resolve(target + dot + rest) if target else None

    def _place(self, line: int, column: int) -> int:
        """Where a place of the parsed source, whose columns are of bytes, is in the text."""
        before = sum(len(each) + 1 for each in self.text.split("\n")[: line - 1])
        parsed = self.source.split("\n")[line - 1].encode()[:column].decode()
        is_indented = self.indent > 0 or line == 1  # each line has a prompt, and the first a def
        return before + self.indent * is_indented + len(parsed)


def _link(pieces: list[str], code: _Code, start: int, end: int, href: str) -> None:
    """A link around whole tokens, as the highlighter has them."""
    position, first = 0, None
    for index in code.pieces:
        length = len(unescape(pieces[index]))
        if position == start:
            first = index
        position += length
        if position == end and first is not None:
            if pieces[first - 1].startswith("<span") and pieces[index + 1] == "</span>":
                pieces[first - 1] = f'<a class="api" href="{href}">{pieces[first - 1]}'
                pieces[index + 1] = "</span></a>"
            return


def _inline(text: str, entry: str, page: _Names) -> str:
    """Where code in a sentence leads; "" where it is no name, or not surely one."""
    match = _INLINE.fullmatch(text)
    if match is None:
        return ""
    dotted = match[1]
    name, dot, rest = dotted.partition(".")
    if name == "mobilenet":
        return api.resolve(dotted) or ""
    if module := api.module_of(entry):  # in the reference
        return api.resolve(f"{module}.{dotted}") or ""
    if name in page.targets:
        target = page.get(name)
        return (target and api.resolve(target + dot + rest)) or ""
    found = {api.resolve(f"{module}.{dotted}") for module in page.modules()} - {None}
    return found.pop() or "" if len(found) == 1 else ""
