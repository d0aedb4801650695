"""What the docstring of a public name has to say, so that the reference has it.

Every public name has a docstring, and so has every module. Of a function, a method or a class
it describes

- each parameter, ``:param groups: …``; of a dataclass that does the docstring below the field;
- what is returned, ``:returns: …``, unless it is None;
- each error that it raises itself, or lets a private function of its module raise,
  ``:raises ValueError: …``;
- of each tensor among these the shape, ``(N, C, H, W)``, and so does a network's text of what
  goes in and comes out.

A function and a class have an example, ``>>>``. ``docs/api.py`` says what is public.
"""

from __future__ import annotations

import ast
import builtins
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import griffe
from hooks import api

from tests.pages.drift import Drift
from tests.pages.page import Page
from tests.pages.site import DOCS, LANGUAGES, is_korean, project_path

_SHAPE = re.compile(r"\([A-Z0-9][^()]*,[^()]*\)")


def evaluate(path: Path) -> Iterator[Drift]:
    """What the docstrings of a module leave out, and the reference of the module."""
    module = next(each for each in api.modules().values() if each.filepath == path)
    names = [each for each in api.public(module) if not isinstance(each, griffe.Alias)]
    yield from _complete(module)
    for each in names:
        yield from _complete(each)
        for member in api.members(each) if isinstance(each, griffe.Class) else []:
            yield from _complete(member)
    for language in LANGUAGES:
        if names and module.path not in api.shown(language):
            yield Drift(
                f"No page below docs/{language} shows the names of {module.path}. Below a heading "
                f"with its id, {{#{module.path}}}, a page of the reference has the line\n"
                f"::: {module.path}",
                1,
            )


def misplaced(page: Page) -> Iterator[Drift]:
    """The lines of a page that would show a module, and do not."""
    if DOCS not in page.path.parents:
        return
    language = "ko" if is_korean(page.path) else "en"
    headings = {block.identifier for block in page.blocks}
    for directive in api.DIRECTIVE.finditer(page.text):
        path = directive["module"]
        line = page.line(directive.start())
        elsewhere = DOCS / language / api.shown(language).get(path, "")
        if path not in api.modules():
            known = ", ".join(api.modules())
            yield Drift(f"There is no module {path}. The package has: {known}", line)
        elif path not in headings:
            yield Drift(
                f"Links to {path} lead to a heading of that id: give one {{#{path}}}.", line
            )
        elif elsewhere != page.path or page.text.count(f"{directive[0]}\n") > 1:
            yield Drift(f"{path} is shown twice, here and in {project_path(elsewhere)}.", line)


def _complete(each: griffe.Object) -> Iterator[Drift]:
    missing = list(_missing(each))
    if missing:
        yield Drift(
            f"The docstring of {each.path} is not complete. It has no {', no '.join(missing)}. "
            "(The reference shows it; tests/pages/docstrings.py says what belongs to one.)",
            each.lineno or 1,
        )


def _missing(each: griffe.Object) -> Iterator[str]:
    if each.docstring is None:
        yield "text: write one"
        return
    if not isinstance(each, griffe.Function | griffe.Class):
        return
    found = {section.kind.value: section.value for section in api.sections(each)}
    text, prompt, _ = str(found.get("text", "")).partition(">>> ")
    described = {one.name: str(one.description) for one in found.get("parameters", [])}
    fields = {member.name: member.docstring for member in _fields(each)}
    parameters = {one.name: str(one.annotation) for one in api.named_parameters(each)}
    for name, kind in parameters.items():
        field = fields.get(name)
        description = described.get(name) or (field.value if field else None)
        if description is None and name not in fields:  # a field's is asked for at the field
            yield f":param {name}: …"
        elif description and _is_tensor(kind) and not _SHAPE.search(description):
            yield f"shape of {name}, such as (N, C, H, W)"
    for name in described.keys() - parameters.keys():
        yield f"parameter {name}, though it describes one"
    for error in sorted(_raised(each) - _covered(found.get("raises", []))):
        yield f":raises {error}: …"
    if isinstance(each, griffe.Function):
        kind = api.returned(each)
        returns = found.get("returns", [])
        if kind != "None" and not returns:
            yield f":returns: … for the {kind} that it gives"
        elif _is_tensor(kind) and not _SHAPE.search(returns[0].description):
            yield "shape of what it returns, such as (N, C, H, W)"
    elif _is_network(each) and not _SHAPE.search(text):
        yield "shapes in its text, such as (N, C, H, W) in, (N, num_classes) out"
    is_method = each.parent is not None and each.parent.is_class
    if not is_method and not prompt:
        yield "example, >>> …"


def _raised(each: griffe.Object) -> set[str]:
    """The errors that a function raises, or a class as it is made; private functions' with them."""
    own = ("__init__", "__post_init__") if isinstance(each, griffe.Class) else ()
    makers = [each.members[name] for name in own if name in each.members]
    seen = {each.path: each} if isinstance(each, griffe.Function) else {}
    seen |= {each.path: each for each in makers if isinstance(each, griffe.Function)}
    waiting, found = list(seen.values()), set[str]()
    while waiting:
        function = waiting.pop()
        for node in _uncaught(ast.parse(textwrap.dedent(function.source))):
            match node:
                case ast.Raise(exc=ast.Call(func=ast.Name(id=name)) | ast.Name(id=name)):
                    if _class_of(name):
                        found.add(name)
                case ast.Call(func=ast.Name(id=name)) if name.startswith("_"):
                    called = function.module.members.get(name)
                    if isinstance(called, griffe.Function) and called.path not in seen:
                        seen[called.path] = called
                        waiting.append(called)
    return found


def _uncaught(node: ast.AST) -> Iterator[ast.AST]:
    """All that is in a piece of code, but for what stands in a ``try`` that catches."""
    yield node
    caught = node.body if isinstance(node, ast.Try) and node.handlers else []
    for child in ast.iter_child_nodes(node):
        if child not in caught:
            yield from _uncaught(child)


def _covered(described: list[griffe.DocstringRaise]) -> set[str]:
    """The errors that a docstring speaks of, by their own name or by that of what they are."""
    named = tuple(filter(None, (_class_of(str(one.annotation)) for one in described)))
    return {
        name for name in vars(builtins) if (kind := _class_of(name)) and issubclass(kind, named)
    }


def _class_of(name: str) -> type[BaseException] | None:
    found = getattr(builtins, name, None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def _fields(each: griffe.Object) -> list[griffe.Object]:
    """Those of a dataclass, whose docstrings are asked for one by one."""
    if isinstance(each, griffe.Class) and api.is_dataclass(each):
        return [member for member in api.members(each) if member.is_attribute]
    return []


def _is_tensor(kind: str) -> bool:
    return re.search(r"\bTensor\b", kind) is not None


def _is_network(each: griffe.Class) -> bool:
    return any(re.search(r"\bnn\.(Module|Sequential)$", str(base)) for base in each.bases)
