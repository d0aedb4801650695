"""What a check may call, besides the names that its page defines."""

import tomllib
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn

from gate.site import DOCS
from mobilenet import cost, ver1, ver2

__all__ = [
    "Fraction",
    "conv_table",
    "cost",
    "paper",
    "params",
    "post",
    "ratio_table",
    "torch",
    "ver1",
    "ver2",
]


def params(model: nn.Module) -> int:
    """How many parameters a model holds, each shared one once."""
    return sum(parameter.numel() for parameter in model.parameters())


def conv_table(model: nn.Module, measured: cost.ModelCost) -> list[tuple[str | int, ...]]:
    """A row per call of a convolution, in the notation of the paper's Table 1.

    Layer and stride, weight (H x W x in x out), output (H x W x C), parameters,
    multiply-adds.
    """
    modules = dict(model.named_modules())
    table: list[tuple[str | int, ...]] = []
    for row in measured.rows:
        conv = modules[row.name]
        if isinstance(conv, nn.Conv2d):
            out_channels, in_channels, height, width = conv.weight.shape
            _, channels, rows, columns = row.output_shape
            kind = f"Conv {height}×{width}" if conv.groups == 1 else "Conv dw"
            table.append(
                (
                    f"{kind} / s{conv.stride[0]}",
                    f"{height}×{width}×{in_channels}×{out_channels}",
                    f"{rows}×{columns}×{channels}",
                    row.parameters,
                    row.mult_adds,
                )
            )
    return table


def ratio_table(*out_channels: int) -> list[tuple[str, str, str]]:
    """A row per number of output channels: the share of a 3x3 separable convolution."""
    ratios = [(channels, float(cost.separable_ratio(3, channels))) for channels in out_channels]
    return [(str(channels), f"{ratio:.1%}", f"{1 / ratio:.1f}") for channels, ratio in ratios]


def _namespace(value: Any) -> Any:
    if isinstance(value, dict):
        return SimpleNamespace(**{key: _namespace(entry) for key, entry in value.items()})
    return value


_facts = _namespace(tomllib.loads((DOCS / "facts.toml").read_text(encoding="utf-8")))
#: Figures of the paper, and of the post, that are quoted: ``docs/facts.toml``.
paper, post = _facts.paper, _facts.post
