"""What Markdown and the theme write, mended: valid HTML, and open to everyone.

Each change names what it changes. Where a newer theme has it no more, the build fails
rather than publish pages that are worse than they were.
"""

from __future__ import annotations

import re

from hooks import policy

__all__ = ["content", "page"]


def content(html: str) -> str:
    """What Markdown wrote, for readers: no comments of the gate's, tables as HTML wants them.

    What code prints and a signature are nothing to copy. Nor are they for the search to find,
    as little as whole files of the package are: the text around them says what they are.
    """
    html = re.sub(r"\n?<!--.*?-->", "", html, flags=re.DOTALL)
    # mkdocstrings' templates leave a tenth of a page to blank lines and indentation.
    html = re.sub(r"(?s)(<pre.*?</pre>)|\n\s+", lambda found: found[1] or "\n", html)
    # Above a column of names there is nothing to say, and an empty cell heads nothing.
    html = re.sub(r"<th([^>]*)></th>", r"<td\1></td>", html)
    # A strict content security policy takes no attribute `style`.
    html = re.sub(r'(<t[hd]) style="text-align: (\w+);"', r'\1 class="\2"', html)
    # A file of code is one to keep: a browser would show it, or not know what to do with it.
    html = re.sub(r'<a (?=href="[^"]+\.py")', "<a download ", html)
    not_copied = r'<div class="language-(?:text|diff|python doc-signature)'
    html = re.sub(not_copied, r"\g<0> no-copy", html)
    unsought = r'<div(?= class="[^"]*(?: no-copy |"><span class="filename">))'
    return re.sub(unsought, r'\g<0> data-search-exclude="true"', html)


def page(html: str) -> str:
    """A whole page as the theme wrote it."""
    html = _changed(
        html, r'(<input class="md-toggle"[^>]*) autocomplete="off"', r"\1", "the two toggles"
    )
    search = re.search(r'<input[^>]* class="md-search__input"[^>]* aria-label="([^"]+)"', html)
    if search:  # a language's page
        dialog = r'(<div class="md-search"[^>]* role="dialog")'
        html = _changed(html, dialog, rf'\1 aria-label="{search[1]}"', "the search")
    # What a reader chooses holds in both languages. And the script is the same on every page.
    top = ".." if search else ""
    html = _changed(
        html,
        r'<script>(__md_scope=new URL\()"([^"]*?)/?"',
        rf'<script data-scope="\2/{top}">\1document.currentScript.dataset.scope',
        "where the theme keeps what a reader chooses",
    )
    policy.check(html)
    return html


def _changed(html: str, pattern: str, replacement: str, what: str) -> str:
    html, count = re.subn(pattern, replacement, html)
    if not count:
        raise ValueError(f"{what}: the theme's page has no {pattern} any more; see docs/markup.py")
    return html
