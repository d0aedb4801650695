"""What the docstrings of public names say, beyond what ruff asks for."""

from __future__ import annotations

import ast
import re
from functools import partial
from pathlib import Path
from textwrap import dedent
from typing import Any

import griffe
import pytest

ROOT = Path(__file__).parents[2]
SHAPE = re.compile(r"\([A-Z0-9][^()]*,[^()]*\)")

PACKAGE: Any = griffe.load(
    "mobilenet",
    search_paths=[ROOT],
    allow_inspection=False,
    docstring_parser="google",
    docstring_options={"returns_multiple_items": False, "returns_named_value": False},
)
MODULES = {module.path: module for module in (PACKAGE, *PACKAGE.modules.values())}
PUBLIC = [module.members[str(name)] for module in MODULES.values() for name in module.exports]
NAMES = [name for name in PUBLIC if not name.is_alias]
CLASSES = [name for name in NAMES if name.is_class]
FUNCTIONS = [name for name in NAMES if name.is_function]
METHODS = [
    member
    for each in CLASSES
    for member in each.members.values()
    if member.is_function and member.docstring
]
each_of = partial(pytest.mark.parametrize, "name", ids=lambda name: name.path)


def sections(name: Any) -> dict[str, Any]:
    return {section.kind.value: section.value for section in name.docstring.parsed}


def arguments(name: Any) -> dict[str, str]:
    found = sections(name)
    items = (*found.get("parameters", []), *found.get("attributes", []))
    return {item.name: item.description for item in items}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_module_is_in_the_reference(language: str) -> None:
    """The reference of each language shows the names of each module exactly once."""
    pages = (ROOT / "docs" / language / "reference").glob("*.md")
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    assert sorted(re.findall(r"^::: (\S+)$", text, re.MULTILINE)) == sorted(MODULES)


@each_of(CLASSES + FUNCTIONS)
def test_example(name: Any) -> None:
    """A function and a class have an example, which the docstrings' tests run."""
    assert "examples" in sections(name)


@each_of(CLASSES + FUNCTIONS + METHODS)
def test_shapes_of_tensors(name: Any) -> None:
    """A tensor that is taken, held or returned has its shape, such as (N, C, H, W)."""
    found = sections(name)
    tensors = [each.name for each in name.parameters if "Tensor" in str(each.annotation)]
    texts = [arguments(name).get(each, found["text"]) for each in tensors]
    if name.is_function and "Tensor" in str(name.returns):
        texts.append(found["returns"][0].description if "returns" in found else found["text"])
    assert all(map(SHAPE.search, texts))


@each_of([each for each in CLASSES if {"nn.Module", "nn.Sequential"} & set(map(str, each.bases))])
def test_shapes_of_networks(name: Any) -> None:
    """A network says the shapes that it takes and returns."""
    assert len(SHAPE.findall(sections(name)["text"])) >= 2


@each_of(CLASSES)
def test_constructors(name: Any) -> None:
    """A class describes what it is made with, and the errors of making it."""
    assert {each.name for each in name.parameters} <= {"self", *arguments(name)}
    makers = [each for each in name.members.values() if each.name in ("__init__", "__post_init__")]
    code = ast.parse("\n".join(dedent(each.source) for each in makers))
    raised = {node.exc for node in ast.walk(code) if isinstance(node, ast.Raise)}
    errors = {ast.unparse(each.func) for each in raised if isinstance(each, ast.Call)}
    assert errors <= {str(each.annotation) for each in sections(name).get("raises", [])}
