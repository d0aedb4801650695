"""The package's public names, as the reference, the links to it and the gate read them.

Public is what a module names in ``__all__``. Of a public class it is the methods, and of a
dataclass the fields, whose names begin with no underscore; another attribute, if it has a
docstring. griffe reads the source, and imports nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import griffe

__all__ = [
    "DIRECTIVE",
    "Documented",
    "is_dataclass",
    "members",
    "module_of",
    "modules",
    "named_parameters",
    "public",
    "resolve",
    "returned",
    "sections",
    "shown",
]

DOCS = Path(__file__).parents[1]
PACKAGE = DOCS.parent / "mobilenet"

Documented = griffe.Class | griffe.Function | griffe.Attribute

#: The line of a page in whose place the public names of a module come.
DIRECTIVE = re.compile(r"^::: (?P<module>[\w.]+)$", re.MULTILINE)


@cache
def modules() -> dict[str, griffe.Module]:
    """Each module of the package by its path, the package itself among them."""
    package = griffe.load(
        PACKAGE.name,
        search_paths=[PACKAGE.parent],
        docstring_parser="sphinx",
        try_relative_path=False,
        allow_inspection=False,
    )
    assert isinstance(package, griffe.Module)
    found = [package, *package.modules.values()]
    return {module.path: module for module in sorted(found, key=lambda module: module.path)}


def public(module: griffe.Module) -> list[Documented | griffe.Alias]:
    """What a module has in ``__all__``, in the order of its source; aliases of other modules'."""
    names = [str(name) for name in module.exports or []]
    found = [module.members[name] for name in names if name in module.members]
    return sorted(found, key=lambda each: each.lineno or 0)  # type: ignore[arg-type]


def module_of(path: str) -> str:
    """The module that what a path names is in; "" where it is none of the package's."""
    while path and path not in modules():
        path = path.rpartition(".")[0]
    return path


@cache
def resolve(path: str) -> str | None:
    """Where the reference has what a path names: a module, a public name, or a class's member.

    None where it names nothing that is public.
    """
    if path in modules():
        return path
    owner, _, name = path.rpartition(".")
    if owner in modules():
        found = {each.name: each for each in public(modules()[owner])}.get(name)
        if isinstance(found, griffe.Alias):
            return resolve(found.target_path)
        return found.path if found else None
    module, _, class_name = owner.rpartition(".")
    if module in modules():
        for each in public(modules()[module]):
            if isinstance(each, griffe.Alias) and each.name == class_name:
                return resolve(f"{each.target_path}.{name}")
            if isinstance(each, griffe.Class) and each.name == class_name:
                return next((one.path for one in members(each) if one.name == name), None)
    return None


def members(owner: griffe.Class) -> list[griffe.Attribute | griffe.Function]:
    """What of a public class is public: fields and other attributes, then methods.

    A network's ``forward`` is what the class itself says of images and logits.
    """
    found = [
        member
        for name, member in owner.members.items()
        if isinstance(member, griffe.Attribute | griffe.Function)
        and not name.startswith("_")
        and name != "forward"
        and (member.is_function or member.docstring or is_dataclass(owner))
    ]
    return sorted(found, key=lambda member: (member.is_function, member.lineno or 0))


def is_dataclass(each: griffe.Object) -> bool:
    return "dataclass" in each.labels


def named_parameters(each: Documented) -> list[griffe.Parameter]:
    """What a function is called with, or a class, but for ``self``."""
    if isinstance(each, griffe.Attribute):
        return []
    is_bound = each.is_class or (each.parent is not None and each.parent.is_class)
    return list(each.parameters)[is_bound:]


def returned(function: griffe.Function) -> str:
    """The type of what a function returns, or gives to the ``with`` that it is made for."""
    written = str(function.returns)
    if any("contextmanager" in str(decorator.value) for decorator in function.decorators):
        return written.removeprefix("Iterator[").removesuffix("]")
    return written


def sections(each: griffe.Object) -> Iterator[griffe.DocstringSection]:
    """A docstring's parts, text first.

    To griffe a field goes on until the next one, whatever paragraphs are between.
    """
    if each.docstring is None:
        return
    paragraphs = each.docstring.value.split("\n\n")
    paragraphs.sort(key=lambda paragraph: paragraph.startswith(":"))
    yield from griffe.Docstring("\n\n".join(paragraphs), parent=each, parser="sphinx").parsed


@cache
def shown(language: str) -> dict[str, str]:
    """The page, below ``docs/LANGUAGE``, that shows each module, by the module's path."""
    folder = DOCS / language
    return {
        directive["module"]: page.relative_to(folder).as_posix()
        for page in sorted(folder.glob("**/*.md"))
        for directive in DIRECTIVE.finditer(page.read_text(encoding="utf-8"))
    }
