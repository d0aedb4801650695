"""Pictures, drawn from the package: each module has ``draw(language)``, which returns an SVG.

Drawings are put together with svg.py, charts with matplotlib. A picture is made for a phone: it
is 360 units wide, and its text is 13 units high. Pages include it, and so it has the page's font,
and its colors are those of the classes in the site's style sheet (``.figure``).
"""

import re
from collections.abc import Iterable
from html import escape
from typing import Any, Literal

import svg

WIDTH = 360
FONT_SIZE = 13
LINE_HEIGHT = 16
OUTLINE: dict[str, Any] = {"fill": "none", "stroke": "currentColor"}
HOLLOW: dict[str, Any] = {"class_": ["hollow"], **OUTLINE}
Anchor = Literal["start", "middle", "end"]


def picture(
    name: str, height: float, title: str, description: str, elements: Iterable[svg.Element | str]
) -> str:
    """Return the SVG of a picture, with each element on a line of its own.

    Args:
        name: The module of the picture. Ids begin with it, as a page can have several pictures.
        height: How high the picture is, in units of which it is 360 wide.
        title: What a screen reader calls the picture.
        description: What a screen reader reads out in its place, with every number.
        elements: What is drawn.
    """
    # The site's search would find the labels, and show them without the picture.
    start = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" class="figure" '
        f'role="img" aria-labelledby="{name}-title" aria-describedby="{name}-description" '
        f'font-size="{FONT_SIZE}" fill="currentColor" data-search-exclude="">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-description">{escape(description)}</desc>'
    )
    drawing = "".join([start, *map(str, elements), "</svg>\n"])
    # A path without the spaces around its letters takes two thirds of the bytes.
    compact = re.sub(r'(?<= d=")[^"]+', lambda d: re.sub(r" *([A-Za-z]) *", r"\1", d[0]), drawing)
    return compact.replace("><", ">\n<")


def words(
    text: str, x: float, y: float, *, anchor: Anchor | None = None, class_: list[str] | None = None
) -> svg.Text:
    """Write a text whose baseline starts, has its middle or ends at a point."""
    return svg.Text(text=escape(text), x=x, y=y, text_anchor=anchor, class_=class_)


def lines(
    texts: list[str],
    x: float,
    middle: float,
    *,
    anchor: Anchor | None = None,
    first_class: list[str] | None = None,
) -> list[svg.Element]:
    """Write lines of text below each other, around a height; the first can have a class."""
    y = middle - LINE_HEIGHT * (len(texts) - 1) / 2 + 4.5
    first, *others = texts
    return [
        words(first, x, y, anchor=anchor, class_=first_class),
        *(
            words(text, x, y + LINE_HEIGHT * index, anchor=anchor)
            for index, text in enumerate(others, start=1)
        ),
    ]


def box(x: float, y: float, width: float, height: float, **look: Any) -> svg.Rect:
    """Draw a box whose upper left corner is at a point, with attributes as svg.py takes them."""
    return svg.Rect(x=x, y=y, width=width, height=height, **look)


def arrow(x: float, y: float, *, right: float = 0, down: float = 0) -> svg.Path:
    """Draw an arrow from a point to the right or down."""
    if down:
        line: list[svg.PathData] = [svg.v(down), svg.m(-4, -5), svg.l(4, 5), svg.l(4, -5)]
    else:
        line = [svg.h(right), svg.m(-5, -4), svg.l(5, 4), svg.l(-5, 4)]
    return svg.Path(d=[svg.M(x, y), *line], **OUTLINE)


def millions(number: float, language: str) -> str:
    """Return a number in the units of a language: 4,867 (million) or 48억 6700만."""
    rounded = round(number / 10**6)
    if language == "en":
        return f"{rounded:,}"
    hundreds, rest = divmod(rounded, 100)
    return " ".join([f"{hundreds}억"] * bool(hundreds) + [f"{rest}00만"] * bool(rest)) or "0"
