"""What a check may call, besides the names that its page defines."""

from fractions import Fraction
from types import SimpleNamespace

import torch
from data import arguments, network_cost, paper, post, speed
from torch import nn

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
    """Return how many parameters a model holds, each shared one once."""
    return sum(parameter.numel() for parameter in model.parameters())


def conv_table(model: nn.Module, measured: cost.ModelCost) -> list[tuple[str | int, ...]]:
    """Return a row per call of a convolution, in the notation of the paper's Table 1.

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
    """Return a row per number of output channels: the relative cost of a 3x3 separable one."""
    ratios = [(channels, float(cost.separable_ratio(3, channels))) for channels in out_channels]
    return [(str(channels), f"{ratio:.1%}", f"{1 / ratio:.1f}") for channels, ratio in ratios]


def network_table(printed: SimpleNamespace) -> list[tuple[str | int, ...]]:
    """Return a row per network of one of the paper's tables 4 to 7.

    What sets it apart, accuracy, multiply-adds in millions as printed and exact,
    parameters in millions as printed and exact.
    """
    table: list[tuple[str | int, ...]] = []
    for row in vars(printed).values():
        apart, side = arguments(row), getattr(row, "resolution", None)
        exact = network_cost(row)
        width = f"α = {apart.get('width_multiplier', 1)}"
        flags = [f"`{name}={value}`" for name, value in apart.items() if value in (True, False)]
        table.append(
            (
                f"{side}×{side}" if side else "".join(flags) or width,
                f"{row.accuracy:.1%}",
                f"{row.mult_adds / 1e6:.0f}",
                exact.mult_adds,
                f"{row.parameters / 1e6:.1f}",
                exact.parameters,
            )
        )
    return table


#: How a page writes the ways to run the network that ``bench/speed.py`` times.
WAYS = {
    "timm": "timm",
    "keras": "Keras",
    "eager": "`MobileNetV1`",
    "channels_last": "`channels_last`",
    "fold": "`fold`",
    "fold_channels_last": "`fold`, `channels_last`",
    "compiled": "`compiled`",
    "onnx": "`OnnxModel`",
    "onnx_int8": "`OnnxModel`, 8 bit",
}


def speed_table(measured: SimpleNamespace) -> list[tuple[str, ...]]:
    """Return a row per way to run the network.

    Milliseconds, ratio to timm's, its range, share of the processor's peak.
    """
    return [
        (
            label,
            f"{way.milliseconds:.1f}",
            f"{way.ratio:.2f}",
            f"{way.low:.2f}–{way.high:.2f}",
            f"{way.share_of_peak:.0%}",
        )
        for label, way in ((label, getattr(measured, name)) for name, label in WAYS.items())
    ]


def kind_table(kinds: SimpleNamespace) -> list[tuple[str, ...]]:
    """Return a row per kind of layer: share of multiply-adds; share of time and speed, twice."""
    plain, folded = vars(kinds.eager), vars(kinds.fold_channels_last)
    table: list[tuple[str, ...]] = []
    for kind, layer in plain.items():
        times = [
            (f"{each.time:.1%}", f"{each.gflops:.0f}" if each.gflops else "")
            for each in (layer, folded.get(kind, SimpleNamespace(time=0.0, gflops=0.0)))
        ]
        table.append((f"`{kind}`", f"{layer.mult_adds:.1%}", *times[0], *times[1]))
    return table


def measured_on(result: SimpleNamespace) -> list[tuple[str | int, ...]]:
    """Return one row: day, processor, cores, versions."""
    versions = vars(result.versions).values()
    return [(result.date, result.machine, result.threads, *versions)]
