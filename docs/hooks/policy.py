"""What a browser may do on the site's pages: the headers to send with them, and a check.

Where a host sends no headers, as GitHub Pages, the policy in each page's head holds. A page
that would violate it fails the build: what a reader's browser refuses, readers never see.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from selectolax.lexbor import LexborHTMLParser

__all__ = ["HEADERS", "PAGE", "check"]

#: The theme's scripts that stand in the page itself, so that it is painted in the scheme
#: that the reader has chosen, without another file to wait for.
SCRIPTS = [
    "'sha256-OUeh99T1zeI3wH+xD0E54vxT7w+8rYRvf58VW2SGPa4='",
    "'sha256-DrEMJJ29sL7vIloQzly+VUGMxKcBTMII+OfW7Y8AkG4='",
]

_DIRECTIVES = {
    "default-src": "'none'",
    "script-src": " ".join(["'self'", *SCRIPTS]),
    "style-src": "'self'",
    "img-src": "'self' data:",  # the style sheet's icons
    "connect-src": "'self'",  # the search's index
    "worker-src": "'self'",  # and what searches it
    "base-uri": "'none'",
    "form-action": "'self'",
}

#: The type of a script that is none.
DATA = "application/json"

#: In a page itself, which cannot say who may frame it.
PAGE = "; ".join(f"{name} {value}" for name, value in _DIRECTIVES.items())

HEADERS = {
    "Content-Security-Policy": f"{PAGE}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def check(html: str) -> None:
    """Of a page that is written.

    :raises ValueError: it has a script, a style or a handler that the policy refuses.
    """
    for element in LexborHTMLParser(html).css("*"):
        given = {name: value or "" for name, value in element.attributes.items()}
        if element.tag == "style":
            raise _refused("a style sheet", "Its place is docs/overrides/assets/site.css.")
        for name, value in given.items():
            if name == "style":
                raise _refused(f'style="{value}"', "docs/overrides/assets/site.css can say it.")
            if name.startswith("on") or value.strip().lower().startswith("javascript:"):
                raise _refused(f'{name}="{value}"', "A script adds its listeners itself.")
        if element.tag == "script" and "src" not in given and given.get("type") != DATA:
            _check_script(element.text())


def _check_script(script: str) -> None:
    digest = f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
    if digest not in SCRIPTS:
        raise _refused(
            f"a script, {script[:60]!r} and so on",
            "Its place is a file in docs/overrides/assets/. One that the theme writes can stay: "
            f"put {digest} into docs/policy.py, and the new policy into both READMEs.",
        )


def _refused(what: str, wanted: str) -> ValueError:
    return ValueError(f"A page has {what} in itself, which its policy refuses. {wanted}")
