"""Hands every page, README and docstring to pytest, through Sybil."""

from gate.page import parse_page
from sybil import Document, Sybil
from sybil.document import PythonDocStringDocument
from sybil.parsers.rest import DocTestParser


class Docstrings(PythonDocStringDocument):
    """A module's docstrings. Their examples import what they need, as a reader has to."""

    def __init__(self, text: str, path: str) -> None:
        Document.__init__(self, text, path)


pages = Sybil(
    parsers=[parse_page],
    patterns=[
        "docs/ko/**/*.md",
        "docs/en/**/*.md",
        "docs/ko/*.md",
        "docs/en/*.md",
        "docs/home/*.md",
    ],
    filenames=["README.md", "README.ko.md", "CONTRIBUTING.md"],
)
docstrings = Sybil(
    parsers=[DocTestParser()],
    patterns=["mobilenet/*.py"],
    document_types={".py": Docstrings},
)

pytest_collect_file = (pages + docstrings).pytest()
