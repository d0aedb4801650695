"""What a check may call, besides the names that its page defines."""

import json
import tomllib
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn

from gate.site import DOCS
from gate.tables import (
    conv_table,
    kind_table,
    measured_on,
    network_table,
    ratio_table,
    speed_table,
)
from mobilenet import MobileNetV1, cost, ver1, ver2

__all__ = [
    "Fraction",
    "MobileNetV1",
    "conv_table",
    "cost",
    "kind_table",
    "measured_on",
    "network_table",
    "paper",
    "params",
    "post",
    "ratio_table",
    "speed",
    "speed_table",
    "torch",
    "ver1",
    "ver2",
]


def params(model: nn.Module) -> int:
    """How many parameters a model holds, each shared one once."""
    return sum(parameter.numel() for parameter in model.parameters())


def _namespace(value: Any) -> Any:
    if isinstance(value, dict):
        return SimpleNamespace(**{key: _namespace(entry) for key, entry in value.items()})
    return value


_facts = _namespace(tomllib.loads((DOCS / "facts.toml").read_text(encoding="utf-8")))
#: Figures of the paper, and of the post, that are quoted: ``docs/facts.toml``.
paper, post = _facts.paper, _facts.post
#: What ``bench/speed.py`` has measured, on the machine that it names.
speed = _namespace(json.loads((DOCS / "measured" / "speed.json").read_text(encoding="utf-8")))
