"""The paper's and the post's figures, measured speeds, and the networks of the paper's tables."""

import json
import tomllib
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch

from mobilenet import MobileNetV1
from mobilenet.cost import ModelCost, model_cost

__all__ = ["arguments", "network_cost", "paper", "post", "resolution", "speed"]


def _namespace(value: Any) -> Any:
    """Return a dictionary as a namespace, and the dictionaries inside it too."""
    if isinstance(value, dict):
        return SimpleNamespace(**{key: _namespace(entry) for key, entry in value.items()})
    return value


_DATA = Path(__file__).parent
_facts = _namespace(tomllib.loads((_DATA / "facts.toml").read_text(encoding="utf-8")))
paper, post = _facts.paper, _facts.post
#: What ``bench/speed.py`` measured.
speed = _namespace(json.loads((_DATA / "speed.json").read_text(encoding="utf-8")))


def arguments(row: SimpleNamespace) -> dict[str, Any]:
    """Return the arguments of MobileNetV1 for a row of the paper's tables 4 to 7."""
    return vars(getattr(row, "arguments", SimpleNamespace()))


def resolution(row: SimpleNamespace) -> int:
    """Return the height and width of the images for a row of the paper's tables 4 to 7."""
    side: int = getattr(row, "resolution", 224)
    return side


def network_cost(row: SimpleNamespace) -> ModelCost:
    """Compute the cost of the network in a row of the paper's tables 4 to 7."""
    return _network_cost(resolution(row), **arguments(row))


@cache  # pages and drawings ask for the same few networks, in both languages
def _network_cost(side: int, **arguments: Any) -> ModelCost:
    with torch.device("meta"):  # no memory for the weights, and no time to fill it
        model = MobileNetV1(**arguments)
    return model_cost(model, (3, side, side))
