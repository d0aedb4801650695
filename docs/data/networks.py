"""What the cost explorer fetches: MobileNetV1's layers, and the figures in the paper."""

from __future__ import annotations

import json
from typing import Any

import torch

from data import arguments, paper, resolution
from mobilenet import MobileNetV1
from mobilenet.paper import BLOCKS


def as_json() -> str:
    """Return the content of ``networks.json``."""
    with torch.device("meta"):
        model: Any = MobileNetV1()
        shallow: Any = MobileNetV1(shallow=True)
    data = {
        "resolution": resolution(paper.table4.mobilenet),
        "kernel_size": model.stem.conv.kernel_size[0],
        "in_channels": model.in_channels,
        "stem": [model.stem.conv.out_channels, model.stem.conv.stride[0]],
        "blocks": BLOCKS,
        "shallow_blocks": [
            (block.pointwise.conv.out_channels, block.depthwise.conv.stride[0])
            for block in shallow.blocks
        ],
        "num_classes": model.classifier.out_features,
        "paper": _collect_rows(),
    }
    return json.dumps(data)


def _collect_rows() -> list[dict[str, Any]]:
    """Return the rows of tables 4 to 7, each once, with the numbers of the tables that have it."""
    rows: dict[Any, dict[str, Any]] = {}
    for table in (4, 5, 6, 7):
        for row in vars(getattr(paper, f"table{table}")).values():
            entry = {
                "width_multiplier": 1.0,
                "resolution": resolution(row),
                "separable": True,
                "shallow": False,
                **arguments(row),
                "accuracy": row.accuracy,
                "mult_adds": row.mult_adds,
                "parameters": row.parameters,
            }
            known = rows.setdefault(tuple(entry.items()), {**entry, "tables": []})
            known["tables"].append(table)
    return list(rows.values())
