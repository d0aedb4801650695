"""The figures, a file of tests each; test_every.py has what holds for all of them."""

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
    """What is to be read in a figure, its labels and what a screen reader says."""
    return [
        element.text.strip() for element in drawing.iter() if element.text and element.text.strip()
    ]


def number(element: Drawing, name: str) -> float:
    return float(element.attrib[name])


def planes(group: Drawing) -> list[Drawing]:
    """The channels of an image that a group has itself, each a grid of pixels."""
    return [path for path in group.findall(f"{SVG}path") if path.get("class") == "hollow"]


def kernels(group: Drawing) -> list[Drawing]:
    """The kernels that a group has itself, each a mark a weight."""
    return [path for path in group.findall(f"{SVG}path") if path.get("stroke") is None]


def starts(path: Drawing) -> list[tuple[float, float]]:
    """Where the parts of a path start: the marks of a kernel, and a plane's corner first."""
    found = re.findall(r"M(\S+) ([\d.]+)", path.attrib["d"])
    return [(float(x), float(y)) for x, y in found]
