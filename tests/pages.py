"""The code on the pages that a test of this folder runs, and not the gate."""

from gate.page import Page

from tests.built import ROOT


def run_by(test: str, page: str) -> list[str]:
    """The fences of a page that say ``run by: tests/…`` of this test, in order."""
    fences = Page.read(ROOT / page).fences
    return [fence.expanded() for fence in fences if fence.excuse == f"run by: {test}"]


def code_of_the_package(page: str) -> list[str]:
    """The fences of a page that include a section of the package, in order."""
    return [fence.expanded() for fence in Page.read(ROOT / page).fences if fence.included()]
