"""How fast MobileNetV1 is, beside timm's and Keras' and beside what the processor can do.

Everything is timed in one run, in turn, so that a noisy machine is noisy to all; the
figures are medians, and ratios are taken within a turn. The weights are timm's random
ones (Keras has its own), and all but the 8-bit model then have to give timm's logits.
Share of peak: the multiply-adds a second, against those of a product of large
matrices timed in the same turns.

    python -m bench.speed RESULT.json

``make bench`` runs it in an environment of its own, with what bench/requirements.txt names.
"""

from __future__ import annotations

import datetime
import functools
import importlib.metadata
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from mobilenet import MobileNetV1, cost, deploy, pretrained

BATCHES = (1, 8)
TURNS = {1: 60, 8: 20}
SIDE = 2048  # of the matrices whose product is the peak
TOLERANCE = 1e-4

#: What makes glibc keep the memory that it got. Without it a batch of 8 gets its feature
#: maps from the system anew at each call, and what is timed is page faults.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**34)}

Call = Callable[[Tensor], Any]


def timm_model() -> nn.Module:
    """Timm's network, with normalizations that do something."""
    if importlib.metadata.version("torch").endswith("cpu"):
        # torchvision's wheels are for CUDA. timm imports it, and uses none of these here.
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            signature = f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
            library.define(signature)
    import timm

    torch.manual_seed(0)
    model: nn.Module = timm.create_model("mobilenetv1_100").eval()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            for tensor, low in (
                (module.weight, 0.5),
                (module.bias, -0.5),
                (module.running_mean, -0.5),
                (module.running_var, 0.5),
            ):
                nn.init.uniform_(tensor, low, low + 1)
    return model


def keras_model() -> Call:
    os.environ["KERAS_BACKEND"] = "torch"
    import keras

    model = keras.applications.MobileNet(weights=None, classifier_activation=None)
    return lambda images: model(images.permute(0, 2, 3, 1))


def steps(batch: int, folder: Path) -> tuple[dict[str, Call], dict[str, float]]:
    """Each way to run the network, and by how much its logits differ from timm's."""
    theirs = timm_model()
    ours = MobileNetV1(activation=nn.ReLU6).eval()
    pretrained.load(ours, theirs.state_dict())
    images = torch.randn(64, 3, 224, 224)
    onnx = deploy.export_onnx(ours, folder / "float.onnx")
    int8 = deploy.quantize_onnx(onnx, folder / "int8.onnx", images)
    ways: dict[str, Call] = {
        "timm": theirs,
        "keras": keras_model(),
        "eager": ours,
        "fold": deploy.fold(ours),
        "channels_last": deploy.channels_last(ours),
        "fold_channels_last": deploy.channels_last(deploy.fold(ours)),
        "compiled": deploy.compiled(ours),
        "onnx": deploy.OnnxModel(onnx),
        "onnx_int8": deploy.OnnxModel(int8),
    }
    expected = theirs(images[:batch])
    differences = {
        name: float((way(images[:batch]) - expected).abs().max() / expected.abs().max())
        for name, way in ways.items()
    }
    for name, difference in differences.items():
        if name not in ("keras", "onnx_int8") and not difference < TOLERANCE:
            raise SystemExit(f"{name} gives other logits than timm: {difference:.1e}")
    return ways, differences


def measure(batch: int, folder: Path) -> dict[str, Any]:
    images = torch.randn(batch, 3, 224, 224)
    left, right = torch.randn(2, SIDE, SIDE).unbind()
    calls: dict[str, Callable[[], Any]] = {"peak": lambda: left @ right}
    ways, differences = steps(batch, folder)
    for name, way in ways.items():
        calls[name] = functools.partial(way, images)
    seconds: dict[str, list[float]] = defaultdict(list)
    for turn in range(-3, TURNS[batch]):
        for name, call in calls.items():
            time.sleep(0.02)  # the threads of the one before stop looking for work
            for _ in range(2):
                call()  # wakes its own threads, and fills the caches
            start = time.perf_counter()
            call()
            if turn >= 0:
                seconds[name].append(time.perf_counter() - start)
    peak = SIDE**3 / statistics.median(seconds.pop("peak"))
    mult_adds = batch * cost.model_cost(MobileNetV1(), (3, 224, 224)).mult_adds
    result: dict[str, Any] = {"peak_gflops": 2 * peak / 1e9}
    for name, taken in seconds.items():
        ratios = sorted(a / b for a, b in zip(taken, seconds["timm"], strict=True))
        median = statistics.median(taken)
        result[name] = {
            "milliseconds": 1e3 * median,
            "ratio": statistics.median(ratios),
            "low": ratios[len(ratios) // 10],
            "high": ratios[-1 - len(ratios) // 10],
            "share_of_peak": mult_adds / median / peak,
            "difference": differences[name],
        }
    return result


def rearranged() -> dict[str, int]:
    """How often oneDNN puts a feature map into another order, on the way through the network."""
    program = (
        "import torch; from mobilenet import MobileNetV1, deploy; torch.set_grad_enabled(False);"
        "model = deploy.fold(MobileNetV1()); {}(torch.randn(7, 3, 224, 224))"
    )
    counts = {}
    for name, model in {
        "fold": "model",
        "fold_channels_last": "deploy.channels_last(model)",
    }.items():
        done = subprocess.run(
            [sys.executable, "-c", program.format(model)],
            env={**os.environ, "ONEDNN_VERBOSE": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        # Of seven images, so that a feature map is told from weights, whose shape starts else.
        counts[name] = len(re.findall(r",exec,cpu,reorder,.*,7x", done.stdout))
    return counts


def by_kind(models: dict[str, nn.Module], turns: int = 60) -> dict[str, Any]:
    """Return the time of the layers of each kind, for one image, as a ratio to all layers' time."""
    images = torch.randn(1, 3, 224, 224)
    watches = {name: Watch(model) for name, model in models.items()}
    for _ in range(3 + turns):
        for name, model in models.items():
            time.sleep(0.02)
            for _ in range(3):
                model(images)
                watches[name].note()
    return {name: watch.shares(turns) for name, watch in watches.items()}


class Watch:
    """Times the layers of a model by kind, one call of the model after the other."""

    def __init__(self, model: nn.Module) -> None:
        measured = cost.model_cost(model, (3, 224, 224))
        self.costs = measured.by_kind()
        self.calls: list[dict[str, float]] = []
        self.call: dict[str, float] = defaultdict(float)
        modules = dict(model.named_modules())
        for row in measured.rows:
            modules[row.name].register_forward_pre_hook(self.enter)
            modules[row.name].register_forward_hook(functools.partial(self.leave, row.kind))

    def enter(self, *_: Any) -> None:
        self.started = time.perf_counter()

    def leave(self, kind: str, *_: Any) -> None:
        self.call[kind] += time.perf_counter() - self.started

    def note(self) -> None:
        self.calls.append(self.call)
        self.call = defaultdict(float)

    def shares(self, turns: int) -> dict[str, Any]:
        calls = self.calls[2::3][-turns:]  # as in measure, the third call in a row
        seconds = {kind: statistics.median(call[kind] for call in calls) for kind in calls[0]}
        mult_adds = {kind: entry.mult_adds for kind, entry in self.costs.items()}
        return {
            kind: {
                "time": taken / sum(seconds.values()),
                "mult_adds": mult_adds.get(kind, 0) / sum(mult_adds.values()),
                "gflops": 2 * mult_adds.get(kind, 0) / taken / 1e9,
            }
            for kind, taken in sorted(seconds.items(), key=lambda item: -item[1])
        }


def main() -> None:
    if not KEEP_MEMORY.keys() <= os.environ.keys():
        arguments = [sys.executable, "-m", "bench.speed", *sys.argv[1:]]
        os.execve(sys.executable, arguments, {**os.environ, **KEEP_MEMORY})
    torch.set_grad_enabled(False)
    names = ("torch", "timm", "keras", "onnxruntime")
    result: dict[str, Any] = {
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {torch.backends.cpu.get_cpu_capability()}",
        "threads": torch.get_num_threads(),
        "versions": {name: importlib.metadata.version(name).split("+")[0] for name in names},
    }
    with tempfile.TemporaryDirectory() as folder:
        for batch in BATCHES:
            result[f"batch_{batch}"] = measure(batch, Path(folder))
            torch.compiler.reset()
    plain = MobileNetV1().eval()
    folded = deploy.channels_last(deploy.fold(plain))
    result["kinds"] = by_kind({"eager": plain, "fold_channels_last": folded})
    result["rearranged"] = rearranged()
    text = json.dumps(result, indent=2) + "\n"
    Path(sys.argv[1]).write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
