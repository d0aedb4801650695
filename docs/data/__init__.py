"""Figures that are quoted or were measured, and the network that a row of the paper describes."""

import json
import tomllib
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch

from mobilenet import MobileNetV1
from mobilenet.cost import ModelCost, model_cost

__all__ = ["arguments", "namespace", "network_cost", "paper", "post", "resolution", "speed"]


def namespace(value: Any) -> Any:
    """A table of tables, each entry an attribute."""
    if isinstance(value, dict):
        return SimpleNamespace(**{key: namespace(entry) for key, entry in value.items()})
    return value


_DATA = Path(__file__).parent
_facts = namespace(tomllib.loads((_DATA / "facts.toml").read_text(encoding="utf-8")))
#: Figures of the paper, and of the post.
paper, post = _facts.paper, _facts.post
#: What ``bench/speed.py`` has measured, on the machine that it names.
speed = namespace(json.loads((_DATA / "speed.json").read_text(encoding="utf-8")))


def arguments(row: SimpleNamespace) -> dict[str, Any]:
    """What sets the network of such a row apart, as MobileNetV1 takes it."""
    return vars(getattr(row, "arguments", SimpleNamespace()))


def resolution(row: SimpleNamespace) -> int:
    """The side of the images of such a row."""
    side: int = getattr(row, "resolution", 224)
    return side


def network_cost(row: SimpleNamespace) -> ModelCost:
    """What the network of a row of the paper's tables 4 to 7 costs, computed here."""
    return _network_cost(resolution(row), **arguments(row))


@cache  # pages and pictures ask for the same few networks, in both languages
def _network_cost(side: int, **arguments: Any) -> ModelCost:
    with torch.device("meta"):  # quick, and without memory for the weights
        model = MobileNetV1(**arguments)
    return model_cost(model, (3, side, side))
