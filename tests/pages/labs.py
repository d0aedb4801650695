"""A lab: a notebook in both languages, whose cells run when the site is built.

Here no cell runs. What is judged is how the cells are written, and then the two pages
that are made of them, like any page.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.pages import cells, numbers
from tests.pages.document import PageDocument, document
from tests.pages.document import evaluate as evaluate_page
from tests.pages.drift import Drift
from tests.pages.site import LANGUAGES, lab_page

if TYPE_CHECKING:
    from hooks.labs import Cell

FORMS = """A cell starts with one of these lines:
# %% [markdown] tags=["ko"]       text, each line with a # in front; the first has description="…"
# %% tags=["ko", "remove-input"]  text with values: Markdown(f\"\"\"…{value:.1%}…\"\"\")
# %%                              code, for both languages; tags=["check"] where it only asserts
# %% alt_ko="…" alt_en="…"        code that draws; tags=["photo"] where it is a photograph"""

#: What the first line of a cell may say, and the tags that it may have.
_KEYS = {"text": ["description"], "output": [], "code": ["alt_ko", "alt_en"]}
_TAGS = {"text": LANGUAGES, "output": (*LANGUAGES, "remove-input"), "code": ("check", "photo")}
_MARKER = re.compile(r"# %%(?: \[markdown\])?(?: \w+=.*)?")
_HANGUL = re.compile("[가-힣]")
_ONLY_HERE = re.compile(r"^[ \t>]*(?:--8<--|!!!|\?\?\?|===)", re.MULTILINE)


def evaluate(path: Path, text: str | None = None, *, code_only: bool = False) -> Iterator[Drift]:
    """What does not hold in a lab, and in which line.

    :param text: of the lab's file, if it is not what is on the disk.
    :param code_only: leave out what no run can tell: the other language, unchecked numbers.
    """
    text = path.read_text(encoding="utf-8") if text is None else text
    drifts = list(miswritten(path, text))
    yield from drifts
    if drifts:
        return
    for made in documents(path, text):
        for drift in evaluate_page(made, code_only=code_only):
            mend = drift.mend and _in_file(drift.mend, made.text, text)
            yield replace(drift, mend=mend)


def documents(path: Path, text: str | None = None) -> list[PageDocument]:
    """The two pages that are made of a lab."""
    return [document(lab_page(path, language), text) for language in LANGUAGES]


def miswritten(path: Path, text: str) -> Iterator[Drift]:
    """The cells that the site would not show, or not in both languages, as they are meant."""
    try:
        read = cells.read(path, text)
    except ValueError:
        stray = re.search(r"\A\s*(?=\S)(?!# %%)|^(?=#%%)", text, re.MULTILINE)
        line = text.count("\n", 0, stray.end()) + 1 if stray else 1
        yield Drift(f"This is in no cell. {FORMS}", line)
        return
    lines = text.split("\n")
    for cell in read:
        yield from _one(cell, lines)
    yield from _pairs(read)
    for position, cell in enumerate(read):
        is_first = position < len(LANGUAGES)
        if is_first and (cell.kind != "text" or not cell.source.startswith("# ")):
            yield Drift(
                "A lab begins with text in both languages, and that with the title: # # … {#…}",
                cell.line,
            )
        elif is_first != bool(cell.metadata.get("description")):
            yield Drift(
                'The first text of each language has description="…" for search engines, and no '
                "other cell has.",
                cell.line - 1,
            )


def _one(cell: Cell, lines: list[str]) -> Iterator[Drift]:
    """What is wrong with a cell by itself."""
    marker = cell.line - 1
    # jupytext's own note on empty lines is no concern of ours.
    known = {"tags", "lines_to_next_cell", *_KEYS[cell.kind]}
    if not _MARKER.fullmatch(lines[marker - 1].rstrip()) or cell.metadata.keys() - known:
        yield Drift(f"This line cannot be read. {FORMS}", marker)
        return
    if unknown := set(cell.tags) - set(_TAGS[cell.kind]):
        yield Drift(f"Nothing is done with the tag {', '.join(sorted(unknown))}. {FORMS}", marker)
    languages = [tag for tag in cell.tags if tag in LANGUAGES]
    if cell.kind != "code" and len(languages) != 1:
        yield Drift(f"A cell of text is in one language. {FORMS}", marker)
    if not cell.source.strip():
        yield Drift("This cell is empty.", marker)
    if "ko" not in languages:
        spoken = [cell.metadata.get("alt_en", ""), cell.metadata.get("description", "")]
        for line, shown in enumerate(["".join(spoken), *cell.source.split("\n")], marker):
            if _HANGUL.search(shown):
                yield Drift("The English page shows this, and here is Korean in it.", line)
    if cell.kind == "text":
        yield from _text(cell, lines)
    elif cell.kind == "output":
        yield from _sentence(cell)
    else:
        yield from _code(cell, lines)


def _text(cell: Cell, lines: list[str]) -> Iterator[Drift]:
    for line, shown in enumerate(cell.source.split("\n"), cell.line):
        if lines[line - 1].rstrip() != f"# {shown}".rstrip():
            yield Drift("Each line of a text cell starts with a #, and a space.", line)
            return
    for found in _ONLY_HERE.finditer(cell.source):
        yield Drift(
            "The notebook that readers download would show this as it is typed: it is only "
            "the site that reads includes, admonitions and tabs.",
            cell.line + cell.source.count("\n", 0, found.start()),
        )


def _sentence(cell: Cell) -> Iterator[Drift]:
    said = cells.sentence(cell)
    if said is None:
        yield Drift(
            "A cell in one language is text with values, and nothing but: one "
            'Markdown(f"""…{value:.1%}…"""), in three quotation marks, each value on one '
            "line, and no backslash. Code is for both languages, in a cell without their tags.",
            cell.line,
        )
    elif not said.values:
        yield Drift(
            'No value is in this text: a text cell is for that, # %% [markdown] tags=["…"]',
            cell.line,
        )


def _code(cell: Cell, lines: list[str]) -> Iterator[Drift]:
    alternatives = [cell.metadata.get(f"alt_{language}", "") for language in LANGUAGES]
    if any(alternatives) and not all(alternatives):
        yield Drift("A picture has an alternative text in both languages.", cell.line - 1)
    elif any(alternatives) and alternatives[0] == alternatives[1]:
        yield Drift("Both alternative texts are the same: one is not translated.", cell.line - 1)
    if "photo" in cell.tags and not any(alternatives):
        yield Drift("A photograph has alternative texts: alt_ko, alt_en.", cell.line - 1)
    # Of the file's lines, which are Python, where jupytext takes comments for commands.
    source = "\n".join(lines[cell.line - 1 :][: cell.source.count("\n") + 1])
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        yield Drift(f"This is no Python. {error.msg}", cell.line + (error.lineno or 1) - 1)
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Name("Markdown"), [ast.JoinedStr() | ast.Constant(), *_]):
                yield Drift(
                    "Both pages show this text: it is in a cell of its own for each language, "
                    '# %% tags=["ko"] and # %% tags=["en"].',
                    cell.line + node.lineno - 1,
                )
            case ast.Constant(str(words)) if " " in words.strip():
                for figure in numbers.typed(words):
                    yield Drift(
                        f"{figure} is typed, and the run may give another. Put in the value: "
                        'f"…{value:.1%}…"',
                        cell.line + node.lineno - 1,
                    )


def _pairs(read: list[Cell]) -> Iterator[Drift]:
    """Text that has not the same in the other language right behind it."""
    korean: Cell | None = None
    for cell in [*read, None]:
        if korean and (not cell or (cell.kind, cell.language) != (korean.kind, "en")):
            yield Drift("Right behind a Korean cell comes its English one.", korean.line)
        elif cell and cell.language == "en" and not korean:
            yield Drift("Right in front of an English cell is its Korean one.", cell.line)
        elif korean and cell:
            yield from _same_values(korean, cell)
        korean = cell if cell and cell.language == "ko" else None


def _same_values(korean: Cell, english: Cell) -> Iterator[Drift]:
    said, translated = cells.sentence(korean), cells.sentence(english)
    if not said or not translated:
        return
    here, there = Counter(said.values), Counter(translated.values)
    if here != there:
        only_here, only_there = (
            ", ".join(each.elements()) or "nothing" for each in (here - there, there - here)
        )
        yield Drift(
            f"The values differ from line {english.line}. Only here: {only_here}. "
            f"Only there: {only_there}.",
            korean.line,
        )


def _in_file(mend: tuple[int, int, str], page: str, text: str) -> tuple[int, int, str]:
    """A mend of a text cell's page, as one of the lab's file, whose lines start with ``# ``."""
    start, end, new = mend
    if page.rfind("\n", 0, start) + 1 == start:
        new = textwrap.indent(new, "# ", lambda line: True).replace("# \n", "#\n")
    return _place(start, page, text), _place(end, page, text), new


def _place(position: int, page: str, text: str) -> int:
    line = page.count("\n", 0, position)
    column = position - page.rfind("\n", 0, position) - 1
    start = sum(len(each) + 1 for each in text.split("\n")[:line])
    return start + (column + len("# ") if column else 0)
