"""The pictures, a file of tests each; test_every.py has what holds for all of them."""

import re
from xml.etree import ElementTree

#: Table 1 of the paper: channels in and out of each block, and the side of its output.
BLOCKS = [
    (32, 64, 112),
    (64, 128, 56),
    (128, 128, 56),
    (128, 256, 28),
    (256, 256, 28),
    (256, 512, 14),
    *[(512, 512, 14)] * 5,
    (512, 1024, 7),
    (1024, 1024, 7),
]

SVG = "{http://www.w3.org/2000/svg}"
Drawing = ElementTree.Element


def texts(drawing: Drawing) -> list[str]:
    """Return what is to be read in a picture: its labels, and what a screen reader says."""
    return [e.text.strip() for e in drawing.iter() if e.text and e.text.strip()]


def number(element: Drawing, name: str) -> float:
    return float(element.attrib[name])


def places(drawing: Drawing) -> dict[str, tuple[float, float]]:
    """Return where each label stands."""
    labels = drawing.iter(f"{SVG}text")
    return {label.text or "": (number(label, "x"), number(label, "y")) for label in labels}


def bars(drawing: Drawing, class_: str) -> list[tuple[float, float, float]]:
    """Return each bar of a class of a chart, without the legend's: left, top, width."""
    paths = {path.get("class"): path.attrib["d"] for path in drawing.iter(f"{SVG}path")}
    chart_top = min(float(y) for y in re.findall(r"L\S+ ([\d.]+)", paths["grid"]))
    boxes = re.findall(r"M(\S+) ([\d.]+)H([\d.]+)V([\d.]+)", paths[class_])
    found = [(float(x), min(float(y), float(y2)), float(x2) - float(x)) for x, y, x2, y2 in boxes]
    return sorted((bar for bar in found if bar[1] > chart_top), key=lambda bar: bar[::-1][1:])


def planes(group: Drawing) -> list[Drawing]:
    """Return the channels of an image that a group has itself, each a grid of pixels."""
    return [path for path in group.findall(f"{SVG}path") if path.get("class") == "hollow"]


def kernels(group: Drawing) -> list[Drawing]:
    """Return the kernels that a group has itself, each with a mark for every weight."""
    return [path for path in group.findall(f"{SVG}path") if path.get("stroke") is None]


def starts(path: Drawing) -> list[tuple[float, float]]:
    """Return where the parts of a path start: a kernel's marks, or a plane's corner first."""
    found = re.findall(r"M(\S+) ([\d.]+)", path.attrib["d"])
    return [(float(x), float(y)) for x, y in found]
