"""A network as its blocks, read off what ``model_cost`` sees it do."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import torch
from torch import nn

from mobilenet.cost import ModelCost, Row, Shape, model_cost

IMAGE = (3, 224, 224)


class Block(NamedTuple):
    """A 3×3 convolution, and the 1×1 one behind it where there is one."""

    module: str
    """Of the network's own modules, the one that holds it."""
    calls: int
    """How often its one set of weights is used, one call after another."""
    shape: Shape
    """Of the output, without the batch."""
    stride: int
    mult_adds: int
    """Those of one call."""
    behind: tuple[tuple[str, ...], ...]
    """Of each convolution, the kinds of modules that follow, up to the next one."""


class Network(NamedTuple):
    """What runs in a network, in order."""

    blocks: list[Block]
    """In the order of their calls, those of one block together."""
    end: list[Row]
    """What comes after them."""
    cost: ModelCost


@cache
def network(build: type[nn.Module], **arguments: Any) -> Network:
    """Return what a network of a class does with one image of the paper's size."""
    with torch.device("meta"):  # quick, and without memory for the weights
        model = build(**arguments)
    cost = model_cost(model, IMAGE)
    convolutions = {
        name: module for name, module in model.named_modules() if isinstance(module, nn.Conv2d)
    }
    rows = cost.rows
    starts = [index for index, row in enumerate(rows) if row.kind.startswith("3x3")]
    end = next((index for index, row in enumerate(rows) if "Pool" in row.kind), len(rows))
    blocks: list[Block] = []
    for first, after in pairwise([*starts, end]):
        block = _block(rows[first:after], convolutions)
        if block.calls > 1:
            blocks.pop()
        blocks.append(block)
    return Network(blocks, [*rows[end:]], cost)


def shape_text(shape: Iterable[int]) -> str:
    return "×".join(map(str, shape))


def _block(rows: tuple[Row, ...], convolutions: dict[str, nn.Conv2d]) -> Block:
    places = [index for index, row in enumerate(rows) if row.name in convolutions]
    return Block(
        module=rows[0].name.partition(".")[0],
        calls=rows[0].call,
        shape=rows[-1].output_shape[1:],
        stride=convolutions[rows[0].name].stride[0],
        mult_adds=sum(row.mult_adds for row in rows),
        behind=tuple(
            tuple(row.kind for row in rows[place + 1 : after])
            for place, after in pairwise([*places, len(rows)])
        ),
    )
