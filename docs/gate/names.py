"""What a check may call, besides the names that its page defines."""

import json
from fractions import Fraction

import torch
from facts import namespace, paper, post
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


#: What ``bench/speed.py`` has measured, on the machine that it names.
speed = namespace(json.loads((DOCS / "measured" / "speed.json").read_text(encoding="utf-8")))
