"""MobileNetV1's layers, read off the network, and the paper's figures for its settings."""

from __future__ import annotations

import json
from typing import Any

import torch

from data import arguments, paper, resolution
from mobilenet import MobileNetV1
from mobilenet.paper import BLOCKS


def as_json() -> str:
    """The data as JSON."""
    with torch.device("meta"):
        whole: Any = MobileNetV1()
        shallow: Any = MobileNetV1(shallow=True)
    data = {
        "resolution": resolution(paper.table4.mobilenet),
        "kernel_size": whole.stem.conv.kernel_size[0],
        "in_channels": whole.in_channels,
        "stem": [whole.stem.conv.out_channels, whole.stem.conv.stride[0]],
        "blocks": BLOCKS,
        "shallow_blocks": [
            (block.pointwise.conv.out_channels, block.depthwise.conv.stride[0])
            for block in shallow.blocks
        ],
        "num_classes": whole.classifier.out_features,
        "paper": printed(),
    }
    return json.dumps(data)


def printed() -> list[dict[str, Any]]:
    """Each setting of tables 4 to 7 once: the setting, its figures, which tables have it."""
    found: list[dict[str, Any]] = []
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
            known = next((each for each in found if entry.items() <= each.items()), None)
            if known:
                known["tables"].append(table)
            else:
                found.append({**entry, "tables": [table]})
    return found
