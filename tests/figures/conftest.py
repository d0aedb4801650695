"""The picture that a file of tests is about, as its module draws it in each language."""

import importlib
from functools import cache
from typing import Any
from xml.etree import ElementTree

import pytest
from hooks.languages import LANGUAGES

from tests.figures import SVG, Drawing


@cache
def draw(name: str, language: str) -> str:
    module: Any = importlib.import_module(f"figures.{name}")
    return str(module.draw(language))


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def drawing(request: pytest.FixtureRequest, language: str) -> Drawing:
    """Draw the picture whose name is in the name of the file of tests."""
    name = request.module.__name__.rpartition("test_")[2]
    return ElementTree.fromstring(draw(name, language))


@pytest.fixture
def description(drawing: Drawing) -> str:
    """Return what a screen reader reads out."""
    return drawing.findtext(f"{SVG}desc") or ""
