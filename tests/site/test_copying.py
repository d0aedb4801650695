"""What a reader gets who copies the blocks of a page."""

from collections.abc import Callable
from doctest import DocTestParser
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.site.test_downloads import COPIED, read_fences


@pytest.mark.browser
@pytest.mark.parametrize("path", [f"{each}/{path}" for each in ("ko", "en") for path in COPIED])
def test_copy_buttons(new_page: Callable[..., Page], address: str, site: Path, path: str) -> None:
    """A block is copied to the letter, a session without prompts and answers, an output not at all.

    What is copied is the code of the page's Markdown, which the tests of the pages run.
    """
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(address + path, wait_until="networkidle")
    blocks = page.locator('div.highlight[class^="language-"]').all()
    for block, (language, code) in zip(blocks, read_fences(site / path / "index.md"), strict=True):
        if language in ("text", "diff"):
            assert block.get_by_role("button").count() == 0
            continue
        block.get_by_role("button").click()
        copied = page.evaluate("navigator.clipboard.readText()")
        if language == "pycon":
            code = "".join(example.source for example in DocTestParser().get_examples(code))
        assert skip_empty_lines(copied) == skip_empty_lines(code)


def skip_empty_lines(code: str) -> list[str]:
    return [line for line in code.splitlines() if line.strip()]
