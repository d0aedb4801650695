"""The figures, a file of tests each; test_every.py has what holds for all of them."""

from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
Drawing = ElementTree.Element


def texts(drawing: Drawing) -> list[str]:
    """What is to be read in a figure, its labels and what a screen reader says."""
    return [
        element.text.strip() for element in drawing.iter() if element.text and element.text.strip()
    ]


def number(element: Drawing, name: str) -> float:
    return float(element.attrib[name])
