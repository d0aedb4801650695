"""Charts: figures of matplotlib, made into pictures that follow the page."""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from io import StringIO
from xml.etree import ElementTree

from matplotlib import style
from matplotlib.figure import Figure

from figures import FONT_SIZE, picture

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
RECTANGLE = re.compile(r"M (\S+) (\S+) L (\S+) \2 L \3 (\S+) L \1 \4 z")

COLORS = {"accent": "#0000ff", "quiet": "#808080", "grid": "#d0d0d0", "hollow": "#ffffff"}
"""The colors of a chart, by the class of the style sheet that each of them stands for."""

chart_style = style.context(
    [
        "default",
        {
            "font.size": FONT_SIZE,
            "svg.fonttype": "none",
            "axes.axisbelow": True,
            "axes.facecolor": "none",
            "axes.grid": True,
            "axes.labelcolor": COLORS["quiet"],
            **{f"axes.spines.{side}": False for side in ("bottom", "left", "right", "top")},
            "axes.titlecolor": COLORS["quiet"],
            "axes.titlelocation": "left",
            "axes.titlesize": FONT_SIZE,
            "figure.facecolor": "none",
            "grid.color": COLORS["grid"],
            "grid.linewidth": 1,
            "legend.borderaxespad": 0,
            "legend.borderpad": 0,
            "legend.frameon": False,
            "legend.loc": "lower left",
            "patch.linewidth": 1,
            "xtick.labelcolor": COLORS["quiet"],
            "xtick.major.size": 0,
            "xtick.major.pad": 7,
            "ytick.labelcolor": COLORS["quiet"],
            "ytick.major.size": 0,
        },
    ]
)
"""The decorator of a function that draws a chart."""


def chart(name: str, figure: Figure, title: str, description: str) -> str:
    """Return a figure of matplotlib as a picture.

    matplotlib writes colors and fonts into style attributes, which neither follow the page nor
    pass its content security policy. Here they become classes and attributes.
    """
    file = StringIO()
    with warnings.catch_warnings():
        # Korean letters are in the page's font, and not in matplotlib's.
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure.savefig(file, format="svg")
    root = ElementTree.fromstring(file.getvalue())
    markers = {f"#{path.get('id')}": path for path in root.iter(f"{SVG}path") if path.get("id")}
    # Shapes that look alike become one path, which takes fewer bytes.
    shapes: defaultdict[tuple[tuple[str, str], ...], str] = defaultdict(str)
    labels = []
    for element in root.iter():
        given = element.attrib
        attributes = _read_style(given.get("style", ""))
        if not attributes or element in markers.values():
            continue
        if element.tag == f"{SVG}text":
            place = {"x": _round(given["x"]), "y": _round(given["y"])}
            labels.append(_write("text", {**attributes, **place}, element.text))
            continue
        if element.tag == f"{SVG}use":
            attributes["transform"] = _round(f"translate({given['x']} {given['y']})")
            given = markers[given[HREF]].attrib
        path = _round(" ".join(given["d"].split()))
        shapes[*attributes.items()] += RECTANGLE.sub(r"M \1 \2 H \3 V \4 H \1 z", path)
    paths = [_write("path", {**dict(look), "d": path}) for look, path in shapes.items()]
    return picture(name, figure.get_figheight() * 72, title, description, [*paths, *labels])


def _read_style(css: str) -> dict[str, str]:
    """Return the attributes and classes that stand for a style; none if it shows nothing."""
    styles = dict(re.findall(r"([\w-]+): ([^;]+)", css))
    if styles.get("fill") == "none" and "stroke" not in styles:
        return {}
    classes = [name for name, color in COLORS.items() if color in styles.values()]
    if "font-weight" in styles:
        classes.append("strong")
    kept = ("stroke-width", "stroke-dasharray", "text-anchor")
    attributes = {name: styles[name] for name in kept if name in styles}
    if classes:
        attributes["class"] = " ".join(classes)
    if "stroke" in styles:
        attributes["stroke"] = "currentColor"
    if styles.get("fill") in ("none", COLORS["hollow"]):
        attributes["fill"] = "none"
    return attributes


def _round(text: str) -> str:
    return re.sub(r"-?\d+\.\d+", lambda number: f"{round(float(number[0]), 1):g}", text)


def _write(tag: str, attributes: dict[str, str], text: str | None = None) -> str:
    element = ElementTree.Element(tag, attributes)
    element.text = text
    return ElementTree.tostring(element, encoding="unicode")
