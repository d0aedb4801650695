"""A lab: its text cells as a page in each language, and how its cells are written.

No cell runs here: the build runs them. A lab's Korean text and its English text are two pages in
one file, to which all applies that applies to pages. A cell whose output alone is shown is text in
one language with values, ``Markdown(f\"\"\"…{accuracy:.1%}…\"\"\")``.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hooks.languages import LANGUAGES
from sybil import Document, Example, Region

from tests.pages.failure import Failure, Report
from tests.pages.fences import Row
from tests.pages.numbers import needs_check
from tests.pages.page import VALUE, Page, read_numbers
from tests.pages.site import LABS

FORMS = """A cell starts with one of these lines:
# %% [markdown] tags=["ko"]          text, each line behind "# "; the first has description="…"
# %% tags=["ko", "remove-input"]     text with values: Markdown(f\"\"\"…{value:.1%}…\"\"\")
# %%                                 code, for both languages; tags=["check"] where it asserts
# %% alt_ko="…" alt_en="…"           code that draws; tags=["photo"] where it is a photograph"""

#: What the first line of a cell may say, and the tags that it may have.
_KEYS = {"text": {"description"}, "output": set(), "code": {"alt_ko", "alt_en"}}
_TAGS = {
    "text": {*LANGUAGES},
    "output": {*LANGUAGES, "remove-input"},
    "code": {"check", "photo"},
}
_MARKER = re.compile(r"# %%(?: \[markdown\])?(?: \w+=.*)?")
_OUTPUT = re.compile(r'Markdown\(f"""(?P<text>[^\\]*?)"""\)', re.DOTALL)
_VALUE = re.compile(r"(?<!\{)\{(?!\{)(?P<value>[^{}\n]+)\}")
_HANGUL = re.compile("[가-힣]")
_PAGES_ONLY = re.compile(r"^[ \t>]*(?:--8<--|!!!|\?\?\?|===)")


def find_labs() -> list[Path]:
    """Return the labs' files."""
    return sorted(LABS.glob("*.py"))


def read_lab(path: Path, text: str | None = None) -> list[Page]:
    """Return the Korean and the English page of a lab."""
    text = path.read_text(encoding="utf-8") if text is None else text
    return [Page(path, language, _read_rows(path, text, language), "# ") for language in LANGUAGES]


def _read_cells(path: Path, text: str) -> list[Any]:
    """Return the cells of a lab; none of a file that is not written as one."""
    from hooks.labs import LabError, read_cells  # late: pages that are no labs need no jupytext

    try:
        return read_cells(path, text)
    except LabError:
        return []


def _read_rows(path: Path, text: str, language: str) -> list[Row]:
    """Return the lines that a lab's page shows in a language, each where the file has it."""
    lines, starts = text.split("\n"), [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    rows = []
    for cell in _read_cells(path, text):
        if cell.language not in (language, None):
            continue
        marker = cell.line - 2
        for key in (f"alt_{language}", "description"):
            if spoken := cell.metadata.get(key):
                found = max(lines[marker].find(spoken), 0)
                rows.append(Row(marker + 1, starts[marker] + found, spoken))
        last = cell.line - 1 + cell.source.count("\n") + 1
        if cell.kind == "text":
            for number, line in enumerate(lines[cell.line - 1 : last], cell.line):
                shown = line.removeprefix("#").removeprefix(" ")
                rows.append(Row(number, starts[number - 1] + len(line) - len(shown), shown))
        elif cell.kind == "output" and (match := _OUTPUT.fullmatch(cell.source)):
            first = starts[cell.line - 1]
            shown = _VALUE.sub(lambda value: VALUE * len(value[0]), match["text"])
            place = first + match.start("text")
            for number, line in enumerate(shown.split("\n"), cell.line):
                rows.append(Row(number, place, line))
                place += len(line) + 1
    return rows


def parse_cells(document: Document) -> Iterator[Region]:
    """Parse a lab as one example: its cells are written as the site can show them."""
    yield Region(document.end, document.end, None, check_cells)


def check_cells(example: Example) -> Report:
    """Report the cells that the site would not show as they are meant, in both languages."""
    path, text = Path(example.path), example.document.text
    cells, lines = _read_cells(path, text), text.split("\n")
    stray = re.search(r"\A\s*(?=\S)(?!# %%)|^(?=#%%)", text, re.MULTILINE)
    if stray or not cells:
        line = text.count("\n", 0, stray.end()) + 1 if stray else 1
        return Report(example.path, [Failure(f"This is in no cell. {FORMS}", line)])
    failures = [failure for cell in cells for failure in _check_cell(cell, lines)]
    failures += _check_pairs(cells)
    for position, cell in enumerate(cells):
        is_first = position < len(LANGUAGES)
        if is_first and (cell.kind != "text" or not cell.source.startswith("# ")):
            message = "A lab begins with text in both languages, and that with its title."
            failures.append(Failure(f"{message} # # … {{#…}}", cell.line))
        elif is_first != bool(cell.metadata.get("description")):
            message = "The first text of each language, and no other, has a description."
            failures.append(Failure(f'{message} description="…"', cell.line - 1))
    return Report(example.path, failures)


def _check_cell(cell: Any, lines: list[str]) -> Iterator[Failure]:
    marker = cell.line - 1
    # jupytext's own note on empty lines is no concern of ours.
    known = {"tags", "lines_to_next_cell", *_KEYS[cell.kind]}
    if not _MARKER.fullmatch(lines[marker - 1].rstrip()) or cell.metadata.keys() - known:
        yield Failure(f"This line cannot be read. {FORMS}", marker)
        return
    if unknown := set(cell.tags) - _TAGS[cell.kind]:
        yield Failure(f"Nothing is done with the tag {', '.join(sorted(unknown))}. {FORMS}", marker)
    languages = [tag for tag in cell.tags if tag in LANGUAGES]
    if cell.kind != "code" and len(languages) != 1:
        yield Failure(f"A cell of text is in one language. {FORMS}", marker)
    if "ko" not in languages:
        spoken = f"{cell.metadata.get('alt_en', '')}{cell.metadata.get('description', '')}"
        for line, shown in enumerate([spoken, *cell.source.split("\n")], marker):
            if _HANGUL.search(shown):
                yield Failure("The English page shows this, and here is Korean in it.", line)
    yield from {"text": _check_text, "output": _check_output, "code": _check_code}[cell.kind](
        cell, lines
    )


def _check_text(cell: Any, lines: list[str]) -> Iterator[Failure]:
    for number, shown in enumerate(cell.source.split("\n"), cell.line):
        if lines[number - 1].rstrip() != f"# {shown}".rstrip():
            yield Failure("Each line of a text cell starts with a # and a space.", number)
            return
        if _PAGES_ONLY.match(shown):
            yield Failure("Jupyter would show this as it is typed: only the site reads it.", number)


def _check_output(cell: Any, lines: list[str]) -> Iterator[Failure]:
    if _find_values(cell) is None:
        yield Failure(
            "A cell in one language is text with values, and nothing else: one "
            'Markdown(f"""…{value:.1%}…"""), each value on one line, no backslash. Code is for '
            "both languages, in a cell without their tags.",
            cell.line,
        )


def _check_code(cell: Any, lines: list[str]) -> Iterator[Failure]:
    alternatives = [cell.metadata.get(f"alt_{language}", "") for language in LANGUAGES]
    if any(alternatives) and not all(alternatives):
        yield Failure("A picture has an alternative text in both languages.", cell.line - 1)
    elif any(alternatives) and alternatives[0] == alternatives[1]:
        yield Failure("Both alternative texts are the same: one is not translated.", cell.line - 1)
    # Of the file's lines, which are Python, where jupytext takes comments for commands.
    source = "\n".join(lines[cell.line - 1 :][: cell.source.count("\n") + 1])
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        yield Failure(f"This is no Python. {error.msg}", cell.line + (error.lineno or 1) - 1)
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Name("Markdown"), [ast.JoinedStr() | ast.Constant(), *_]):
                yield Failure(
                    "Both pages show this text. It belongs in a cell of its own for each "
                    'language, tags=["ko", "remove-input"] and tags=["en", "remove-input"].',
                    cell.line + node.lineno - 1,
                )
            case ast.Constant(str(words)) if " " in words.strip():
                for number in read_numbers(words):
                    if needs_check(number, words):
                        yield Failure(
                            f"{number.shown} is typed, and the run may give another. Put in the "
                            'value: f"…{value:.1%}…"',
                            cell.line + node.lineno - 1,
                        )


def _find_values(cell: Any) -> list[str] | None:
    """Return the values that a run puts into a text; None where the cell is more than a text."""
    match = _OUTPUT.fullmatch(cell.source)
    try:
        tree = ast.parse(cell.source)
    except SyntaxError:
        return None
    values = [value["value"] for value in _VALUE.finditer(match["text"])] if match else []
    inserted = sum(isinstance(node, ast.FormattedValue) for node in ast.walk(tree))
    return values if match and inserted == len(values) else None


def _check_pairs(cells: list[Any]) -> Iterator[Failure]:
    """Report text that has not the same in the other language right behind it."""
    korean: Any = None
    for cell in [*cells, None]:
        if korean and (not cell or (cell.kind, cell.language) != (korean.kind, "en")):
            yield Failure("Right behind a Korean cell comes its English one.", korean.line)
        elif cell and cell.language == "en" and not korean:
            yield Failure("Right in front of an English cell is its Korean one.", cell.line)
        elif korean and cell and cell.kind == "output":
            here, there = (Counter(_find_values(each) or []) for each in (korean, cell))
            if here != there:
                only_here, only_there = (
                    ", ".join(each.elements()) or "nothing" for each in (here - there, there - here)
                )
                yield Failure(
                    f"The values differ from line {cell.line}. Only here: {only_here}. "
                    f"Only there: {only_there}.",
                    korean.line,
                )
        korean = cell if cell and cell.language == "ko" else None
