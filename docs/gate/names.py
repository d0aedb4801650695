"""What a check beside a number may call, besides the names that its page defines."""

import torch
from torch import nn

from mobilenet import cost, ver1, ver2

__all__ = ["conv_table", "cost", "params", "torch", "ver1", "ver2"]


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
