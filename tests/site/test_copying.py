"""What a reader gets who copies the blocks of a page and runs them."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from hooks.labs import cells
from playwright.sync_api import Browser, Locator, Page

from tests.pages.code import OUTPUTS
from tests.pages.page import Page as Source
from tests.project import run
from tests.site.built import LABS, PAGES, REFERENCE, ROOT

pytestmark = pytest.mark.browser


class Block(NamedTuple):
    language: str
    copied: str
    """Through the button; empty where there is none."""
    output: str
    """What the page shows as printed: the block, or in a session the answers."""


@pytest.fixture(scope="module")
def copied(browser: Browser, address: str) -> Iterator[Callable[[str], list[Block]]]:
    """The blocks of a page, each copied once."""
    permissions = ["clipboard-read", "clipboard-write"]
    # So high that all of a page is on the screen: a block has its button once it is.
    context = browser.new_context(
        permissions=permissions, viewport={"width": 1280, "height": 30_000}
    )
    page = context.new_page()
    page.set_default_timeout(10_000)

    @cache
    def copied(path: str) -> list[Block]:
        page.goto(address + path)
        page.wait_for_function(
            "() => [...document.querySelectorAll('.highlight pre')].every(block => block.id)"
        )
        return [read(block) for block in page.locator("div.highlight").all()]

    yield copied
    context.close()


def read(block: Locator) -> Block:
    classes = (block.get_attribute("class") or "").split()
    language = "signature" if "doc-signature" in classes else classes[0].removeprefix("language-")
    button, copied = block.get_by_role("button"), ""
    if button.count():
        button.click()
        copied = block.page.evaluate("navigator.clipboard.readText()")
    if language == "pycon":
        output = "\n".join(block.locator(".go").all_text_contents())
    else:
        output = block.locator("code").text_content() or ""
    return Block(language, copied, output.replace("<BLANKLINE>", "").strip("\n"))


#: Runs blocks in order, as a file or statement by statement as a session, and gives what
#: each of them prints.
RUNNER = """
import ast, contextlib, io, json, sys

sys.path.append({root!r})
namespace, printed = {{"__name__": "__main__"}}, []
for language, code in {copied!r}:
    mode = "single" if language == "pycon" else "exec"
    tree = ast.parse(code)
    parts = [ast.Interactive([part]) for part in tree.body] if mode == "single" else [tree]
    with contextlib.redirect_stdout(io.StringIO()) as output:
        for part in parts:
            exec(compile(part, "<copied>", mode), namespace)
    printed.append(output.getvalue().strip("\\n"))
print(json.dumps(printed))
"""


def printed(copied: list[tuple[str, str]], folder: Path) -> list[str]:
    done = run(folder, "-c", RUNNER.format(root=str(ROOT), copied=copied))
    assert done.returncode == 0, done.stdout
    answer: list[str] = json.loads(done.stdout.splitlines()[-1])
    return answer


class TestPages:
    @pytest.mark.parametrize("path", [path for path in PAGES if path not in (*LABS, *REFERENCE)])
    def test_runs(self, copied: Callable[[str], list[Block]], path: str, tmp_path: Path) -> None:
        """Copied one after another, a page's blocks run and print what the page shows."""
        source = Source.read(ROOT / "docs" / "en" / f"{path.strip('/') or 'index'}.md")
        run: list[tuple[str, str]] = []
        shown: list[str] = []
        last = 0
        for block, fence in zip(copied(f"en/{path}"), source.fences, strict=True):
            assert block.language == fence.language
            if fence.excuse:  # another test runs it, or none
                continue
            if block.language in ("python", "pycon"):
                run.append((block.language, block.copied))
                shown.append(block.output if block.language == "pycon" else "")
            if block.language == "python":
                last = len(run) - 1
            elif block.language in OUTPUTS:
                shown[last] = block.output
        if run:
            assert printed(run, tmp_path) == shown

    @pytest.mark.parametrize("path", LABS)
    def test_labs(self, copied: Callable[[str], list[Block]], path: str) -> None:
        """Copied one after another, a lab's blocks are the code that ran for the page."""
        code = [
            cell.source
            for cell in cells(ROOT / "docs" / f"{path.strip('/')}.py")
            if cell.kind == "code"
        ]
        assert [block.copied for block in copied(f"en/{path}") if block.copied] == code

    @pytest.mark.parametrize("path", PAGES)
    def test_same_code(self, copied: Callable[[str], list[Block]], path: str) -> None:
        """It is the same code in either language, to the letter."""
        assert copied(f"ko/{path}") == copied(f"en/{path}")

    @pytest.mark.parametrize("path", PAGES)
    def test_buttons(self, copied: Callable[[str], list[Block]], path: str) -> None:
        """Code and commands have a button, and come without a prompt; outputs have none.

        Nor have the reference's signatures.
        """
        for block in copied(f"en/{path}"):
            assert (block.language in (*OUTPUTS, "signature")) == (block.copied == "")
            lines = block.copied.split("\n")
            assert not any(line.startswith((">>>", "... ", "$")) for line in lines)


#: Less than any reader needs from one key to the next.
FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def test_buttons_by_keyboard(page: Page, address: str) -> None:
    """From the first link to the last, the keyboard comes by every block's button."""
    page.goto(f"{address}en/reference/cost/", wait_until="networkidle")
    by_keyboard = 0
    focused = ""
    while "md-footer" not in focused:
        page.keyboard.press("Tab")
        page.evaluate(FRAMES)
        focused = page.evaluate("document.activeElement.className")
        by_keyboard += "md-code__button" in focused
    assert by_keyboard == page.locator(".md-code__button").count() >= 10
