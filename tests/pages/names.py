"""What a check may call, besides the names that its page defines."""

from fractions import Fraction

import torch
from data import paper, post, speed
from torch import nn

from mobilenet import MobileNetV1, cost, ver1, ver2
from tests.pages.tables import (
    conv_table,
    kind_table,
    measured_on,
    network_table,
    ratio_table,
    speed_table,
)

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
