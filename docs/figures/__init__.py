"""Pictures, drawn from the package: a module each, with ``draw(language)``, which gives the SVG.

They are put together with svg.py, whose elements are typed and write the attributes that
they are given and no others: matplotlib's would each carry a style of their own, which
neither follows the page's colors nor passes a strict content security policy.

A picture is made for a phone: it is 360 units wide, and its text 13 of them. Colors are
``currentColor``; those of a class are in the site's style sheet (``.figure``).
"""

import re
from html import escape
from typing import Literal

import svg

__all__ = ["WIDTH", "picture", "words"]

WIDTH = 360
FONT_SIZE = 13


def picture(
    name: str, height: int, title: str, description: str, elements: list[svg.Element]
) -> str:
    """The SVG of a picture, an element a line.

    :param name: the picture's module; no two pictures of a page share it, and so no ids.
    :param title: what a screen reader says of the picture.
    :param description: what a screen reader reads out in its place, with every number.
    """
    drawing = svg.SVG(
        viewBox=svg.ViewBoxSpec(0, 0, WIDTH, height),
        class_=["figure"],
        extra={
            "role": "img",
            "aria-labelledby": f"{name}-title",
            "aria-describedby": f"{name}-description",
            "font-size": str(FONT_SIZE),
            "fill": "currentColor",
            # The site's search would find its labels, and show them without the picture.
            "data-search-exclude": "",
        },
        elements=[
            svg.Title(id=f"{name}-title", text=escape(title)),
            svg.Desc(id=f"{name}-description", text=escape(description)),
            *elements,
        ],
    )
    # A path says the same without the spaces around its letters, in two thirds of the bytes.
    compact = re.sub(
        r'(?<= d=")[^"]+', lambda d: re.sub(r" *([A-Za-z]) *", r"\1", d[0]), str(drawing)
    )
    return compact.replace("><", ">\n<") + "\n"


def words(
    text: str,
    x: float,
    y: float,
    *,
    anchor: Literal["start", "middle", "end"] | None = None,
    class_: list[str] | None = None,
) -> svg.Text:
    """Text whose baseline starts, has its middle or ends at a point."""
    return svg.Text(text=escape(text), x=x, y=y, text_anchor=anchor, class_=class_)
