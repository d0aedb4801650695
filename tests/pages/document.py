"""Sybil's documents: a page or a lab whose code runs in order, whichever example is asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from sybil import Document, Example
from sybil.document import PythonDocStringDocument
from sybil.example import NotEvaluated

from tests.pages import code, numbers
from tests.pages.fences import Fence
from tests.pages.labs import read_lab
from tests.pages.page import Page, read_page
from tests.pages.site import counterpart

#: The evaluators that depend on what runs before.
STEPS: set[Any] = {
    code.run_python,
    code.compare_output,
    code.run_session,
    numbers.compare_numbers,
    numbers.compare_table,
}


class PageDocument(Document):
    """A Markdown file."""

    #: The documents of this process by their path: a page finds its translation among them.
    parsed: ClassVar[dict[str, PageDocument]] = {}

    def __init__(self, text: str, path: str) -> None:
        super().__init__(text, path)
        self.namespace["__name__"] = "__main__"  # as in a script
        self.pages = self.read_pages()
        self.run: Run | None = None
        self.push_evaluator(self.evaluate_in_order)
        self.parsed[path] = self

    def read_pages(self) -> list[Page]:
        """Return the pages that the file holds: one, or a lab's two."""
        return [read_page(Path(self.path), self.text)]

    def evaluate_in_order(self, example: Example) -> Any:
        """Evaluate an example after all that come before it, each once.

        Raises:
            NotEvaluated: the example depends on nothing that comes before it.
        """
        if example.region.evaluator not in STEPS:
            raise NotEvaluated
        if self.run is None:
            documents = [self, *self._find_translation()]
            self.run = Run(documents)
            for document in documents:
                document.run = self.run
        return self.run.find_result(example)

    def _find_translation(self) -> Iterator[PageDocument]:
        """Find the same page in the other language, if its code is the same to the letter."""
        path = counterpart(Path(self.path)) if len(self.pages) == 1 else None
        other = self.parsed.get(str(path))
        if other and other.run is None and _read_code(other) == _read_code(self):
            yield other


class LabDocument(PageDocument):
    """A lab's file, whose text cells make a page in each language."""

    def read_pages(self) -> list[Page]:
        return read_lab(Path(self.path), self.text)


class DocStrings(PythonDocStringDocument):
    """A module's docstrings. Their examples import what they need, as a reader has to."""

    def __init__(self, text: str, path: str) -> None:
        Document.__init__(self, text, path)


class Run:
    """One run of the code of a page and of its translation, which show the same code.

    Checks of numbers are evaluated along the way, each between the same two blocks. The results
    are kept, so that examples can be asked for one by one, in any order, by whatever worker.
    """

    def __init__(self, documents: list[PageDocument]) -> None:
        self.documents = documents
        self.results: dict[tuple[str, int], Any] = {}
        namespace: dict[str, Any] = {"__name__": "__main__"}  # as in a script
        for document in documents:
            document.namespace = namespace
        self.progress = self._evaluate_steps()

    def find_result(self, example: Example) -> Any:
        """Return what the evaluation of an example has reported, or evaluate up to it."""
        key = example.path, example.start
        while key not in self.results:
            next(self.progress)
        return self.results[key]

    def _evaluate_steps(self) -> Iterator[None]:
        """Evaluate example after example: the numbers of both pages, then a block, and so on."""
        queues = [
            deque(each for each in document.examples() if each.region.evaluator in STEPS)
            for document in self.documents
        ]
        while any(queues):
            for queue in queues:
                while queue and not isinstance(queue[0].parsed, Fence):
                    self._keep(queue.popleft())
                    yield
            blocks = [queue.popleft() for queue in queues if queue]
            if not blocks:
                continue
            report = self._keep(blocks[0])
            if report and len(blocks) > 1:  # whose lines are not those of the translation
                del queues[1:]
                other = self.documents.pop()
                other.run = Run([other])
                for block in blocks[1:]:
                    self.results[block.path, block.start] = other.run.find_result(block)
            else:
                for block in blocks[1:]:
                    self.results[block.path, block.start] = None
            yield

    def _keep(self, example: Example) -> Any:
        assert example.region.evaluator is not None
        report = example.region.evaluator(example)
        self.results[example.path, example.start] = report
        return report


def _read_code(document: PageDocument) -> list[tuple[str, ...]]:
    return [fence.key for page in document.pages for fence in page.fences]
