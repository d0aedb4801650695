"""One stylesheet for all pages of a language: what they use of the theme's, and ours.

A browser paints nothing before it has read the stylesheets, and the theme's are made for
all that can be done with it. A selector goes if it names a class, an id or an attribute
that no page and no script has, and so does a custom property that nothing reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tinycss2

__all__ = ["NAME", "write"]

#: Its path below the built site, and its parts': the theme's, in their folder, then ours.
NAME = "assets/style.css"
PARTS = ("{theme}/main.*.css", "{theme}/palette.*.css", "assets/site.css")

#: In the theme's script, but on no page of ours: text from right to left. And what that script
#: sets on every page while it gives the colors out, so that none fades: all of the page is styled
#: anew for it, twice.
ABSENT = {"rtl", "data-md-color-switching"}

#: Whatever changes a class, even the root's, as the theme's script does, has all that is below it
#: styled anew where a rule asks for an element without any. These are the tables that have one.
PLAIN_TABLE = ("table:not([class])", "table:not(.explorer-table, .map)")


def write(site: Path, theme: str = "assets/stylesheets") -> None:
    """Put the stylesheet of a built site together, in place of its parts.

    :param theme: the folder of the theme's, below the site.
    :raises ValueError: a part is not there, or is no CSS.
    """
    parts = [_only(site, pattern.format(theme=theme)) for pattern in PARTS]
    readers = [file for kind in ("html", "js") for file in site.rglob(f"*.{kind}")]
    known: set[str] = set()
    for file in readers:  # one after the other: a large site's words are many times the same
        known |= _words(file.read_text(encoding="utf-8"))
    known -= ABSENT
    texts = [part.read_text("utf-8").replace(*PLAIN_TABLE) for part in parts]
    rules = [rule for text in texts for rule in _used(_parsed(text), known)]
    properties: set[str] | None = None
    while True:
        css = "".join(_serialized(rules, properties))
        read = known | set(re.findall(r"var\((--[\w-]+)", css))
        if read == properties:
            break
        properties = read
    (site / NAME).write_text(css, encoding="utf-8")
    for part in parts:
        part.unlink()


def _only(site: Path, pattern: str) -> Path:
    found = list(site.glob(pattern))
    if len(found) != 1:
        raise ValueError(f"{len(found)} files are {pattern}, and one is wanted: see {__file__}")
    return found[0]


def _words(text: str) -> set[str]:
    return set(re.findall(r"[\w-]+", text))


def _parsed(css: Any) -> list[Any]:
    rules: list[Any] = tinycss2.parse_rule_list(css, skip_comments=True, skip_whitespace=True)
    for rule in rules:
        if rule.type == "error":
            raise ValueError(f"line {rule.source_line} of a stylesheet: {rule.message}")
    return rules


def _used(rules: list[Any], known: set[str]) -> Iterator[tuple[str, list[Any]]]:
    """What stands before the braces and in them, of each rule that can match an element."""
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [
                part for part in _selectors(rule.prelude) if known.issuperset(_names(part))
            ]
            if selectors:
                head = ",".join(tinycss2.serialize(part).strip() for part in selectors)
                yield head, tinycss2.parse_blocks_contents(rule.content, skip_whitespace=True)
        elif rule.lower_at_keyword in ("media", "supports"):
            inner = list(_used(_parsed(rule.content), known))
            if inner:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}", inner
        elif rule.lower_at_keyword != "charset":  # the pages' own is taken
            yield rule.serialize(), []


def _selectors(prelude: list[Any]) -> Iterator[list[Any]]:
    selector: list[Any] = []
    for token in prelude:
        if token == ",":
            yield selector
            selector = []
        else:
            selector.append(token)
    yield selector


def _names(selector: list[Any]) -> Iterator[str]:
    """What an element must have for it; what stands in :not(), :is() and the like aside.

    So are the names of data attributes: a script writes ``dataset.example``.
    """
    before: Any = None
    for token in selector:
        if token.type == "hash" or (token.type == "ident" and before == "."):
            yield token.value
        elif token.type == "[] block":
            words = (part.value for part in token.content if part.type in ("ident", "string"))
            yield from (word for word in words if word in ABSENT or not word.startswith("data-"))
        before = token


def _serialized(rules: list[tuple[str, list[Any]]], properties: set[str] | None) -> Iterator[str]:
    """CSS again, without the custom properties that are not among these."""
    for head, content in rules:
        if not content:
            yield head
        elif isinstance(content[0], tuple):
            yield f"{head}{{{''.join(_serialized(content, properties))}}}"
        else:
            kept = [part.serialize() for part in content if _is_read(part, properties)]
            if kept:
                yield f"{head}{{{';'.join(kept)}}}"


def _is_read(declaration: Any, properties: set[str] | None) -> bool:
    if declaration.type == "comment":
        return False
    is_custom = declaration.type == "declaration" and declaration.name.startswith("--")
    return not is_custom or properties is None or declaration.name in properties
