"""Published ImageNet weights for MobileNetV1: timm's checkpoints, images and labels for them.

The checkpoints are those of timm (<https://github.com/huggingface/pytorch-image-models>,
Apache 2.0) and come from the Hugging Face hub; the figures in `CHECKPOINTS` are the
`default_cfgs` of its `models/efficientnet.py`, version 1.0.31. The names of the 1,000
classes are from WordNet 3.0 of Princeton University, whose license is at the top of
`imagenet_classes.txt`.

Packages beyond torch are imported when a function needs them: `safetensors` to read such
files, `huggingface_hub` to download them, `pillow` for images.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from mobilenet.blocks import ConvNormAct
from mobilenet.optional import needed
from mobilenet.paper import MobileNetV1

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["CHECKPOINTS", "CLASSES", "Checkpoint", "Source", "load", "mobilenet_v1", "top"]

Source = Mapping[str, Any] | str | os.PathLike[str]
"""Where weights come from: a state dict, a file's path or a checkpoint's name."""

CLASSES: tuple[str, ...] = tuple(
    line
    for line in files("mobilenet").joinpath("imagenet_classes.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
)
"""The names of ImageNet's 1,000 classes, in the order of the logits."""


@dataclass(frozen=True)
class Checkpoint:
    """A published checkpoint: its network's width, and how its images are preprocessed.

    Attributes:
        name: The name in timm.
        repo: The repository on the Hugging Face hub; its `model.safetensors` has the weights.
        width_multiplier: The paper's α.
        input_size: Height and width of the images in pixels.
        crop: The fraction of the resized image's shorter side that the crop keeps.
        mean: The numbers subtracted from red, green and blue.
        std: The numbers that red, green and blue are then divided by.

    Examples:
        >>> from mobilenet.pretrained import CHECKPOINTS
        >>> checkpoint = CHECKPOINTS["mobilenetv1_125.ra4_e3600_r224_in1k"]
        >>> checkpoint.width_multiplier, checkpoint.input_size, checkpoint.crop
        (1.25, 224, 0.9)
    """

    name: str
    repo: str
    width_multiplier: float
    input_size: int
    crop: float
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    def preprocess(self, image: Image) -> torch.Tensor:
        """Return an image as the network needs it.

        The image is resized (bicubic) so that its shorter side has `input_size / crop`
        pixels, rounded down, and its center is cropped. Then red, green and blue are scaled
        to 0..1, `mean` is subtracted, and the result is divided by `std`. This is timm's
        transform for evaluation. As there, a photo's EXIF orientation is ignored; apply
        `PIL.ImageOps.exif_transpose` first if it matters.

        Args:
            image: A PIL image, in any mode and size.

        Returns:
            A batch of one image, (1, 3, input_size, input_size), floats.

        Raises:
            TypeError: If `image` is not a PIL image.
            ImportError: If pillow is not installed.

        Examples:
            >>> from PIL import Image
            >>> from mobilenet.pretrained import CHECKPOINTS
            >>> checkpoint = CHECKPOINTS["mobilenetv1_100.ra4_e3600_r224_in1k"]
            >>> checkpoint.preprocess(Image.new("RGB", (640, 480))).shape
            torch.Size([1, 3, 224, 224])
        """
        pil = needed("PIL.Image", "pillow")
        if not isinstance(image, pil.Image):
            raise TypeError(f"image={image!r}: give a PIL image, such as PIL.Image.open(path)")
        image = image.convert("RGB")
        shorter, size = int(self.input_size / self.crop), self.input_size
        scaled = [int(shorter * side / min(image.size)) for side in image.size]
        image = image.resize((scaled[0], scaled[1]), pil.Resampling.BICUBIC)
        left, top = (round((side - size) / 2) for side in scaled)
        image = image.crop((left, top, left + size, top + size))
        pixels = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
        shares = pixels.view(size, size, 3).permute(2, 0, 1).float() / 255
        mean, std = (torch.tensor(each).view(3, 1, 1) for each in (self.mean, self.std))
        return ((shares - mean) / std)[None].contiguous()


CHECKPOINTS: Mapping[str, Checkpoint] = MappingProxyType(
    {
        name: Checkpoint(name, f"timm/{name}", width, 224, crop, (0.5,) * 3, (0.5,) * 3)
        for name, width, crop in (
            ("mobilenetv1_100.ra4_e3600_r224_in1k", 1.0, 0.875),
            ("mobilenetv1_125.ra4_e3600_r224_in1k", 1.25, 0.9),
        )
    }
)
"""The checkpoints of timm that fit MobileNetV1, by name.

Size and crop are timm's defaults, with the size of training. For tests, timm also names 256
pixels with a crop of 0.95 (1.0 for the wider one):
`dataclasses.replace(checkpoint, input_size=256, crop=0.95)`.
"""

_KNOWN = (
    f"The checkpoints are {' and '.join(CHECKPOINTS)}; timm's mobilenetv1_100h does not fit, "
    "having a layer more, conv_head"
)

#: timm's blocks in order: stages of 1, 2, 2, 6 and 2, a new one where the image is halved.
_TIMM_BLOCKS = [
    f"blocks.{stage}.{place}"
    for stage, length in enumerate((1, 2, 2, 6, 2))
    for place in range(length)
]

#: Our names, and timm's.
_TIMM = {
    "stem.conv": "conv_stem",
    "stem.norm": "bn1",
    **{f"blocks.{index}": timm for index, timm in enumerate(_TIMM_BLOCKS)},
    "depthwise.conv": "conv_dw",
    "depthwise.norm": "bn1",
    "pointwise.conv": "conv_pw",
    "pointwise.norm": "bn2",
}


def mobilenet_v1(name: str, *, weights: Source | None = None) -> MobileNetV1:
    """Return the network of a checkpoint with its weights, in eval mode.

    For classes of your own, give it another `classifier` and train.

    Args:
        name: A name in `CHECKPOINTS`.
        weights: A file or a state dict with the weights, as `load` takes it. None downloads
            them, or takes them from the hub's cache on the disk.

    Returns:
        The network.

    Raises:
        ValueError: If there is no such name, or `weights` do not fit.
        OSError: If there is no such file, or the download fails.
        ImportError: If a package is not installed that `weights` need.

    Examples:
        >>> from torch import nn
        >>> from mobilenet import MobileNetV1
        >>> from mobilenet.pretrained import mobilenet_v1
        >>> weights = MobileNetV1(activation=nn.ReLU6).state_dict()  # or "model.safetensors"
        >>> model = mobilenet_v1("mobilenetv1_100.ra4_e3600_r224_in1k", weights=weights)
        >>> model.training
        False
    """
    if name not in CHECKPOINTS:
        raise ValueError(f"name={name!r} is not a checkpoint. {_KNOWN}")
    checkpoint = CHECKPOINTS[name]
    model = MobileNetV1(width_multiplier=checkpoint.width_multiplier, activation=nn.ReLU6)
    return load(model, name if weights is None else weights).eval()


def load(model: MobileNetV1, source: Source) -> MobileNetV1:
    """Copy the weights of a checkpoint into a network.

    `model` stays in the mode it is in, as with `load_state_dict`: call `eval()` before
    predicting. Nothing is copied unless everything fits. Entries have timm's names or those
    of `model.state_dict()`; other float types are converted.

    timm's weights need `activation=nn.ReLU6`, so another activation is an error. With the
    names of `model.state_dict()`, nothing tells which activation the weights were trained
    with: you have to know it.

    Args:
        model: A network with the width and the classes of the checkpoint.
        source: A name in `CHECKPOINTS`, to download; the path of a `.safetensors` file, or of
            one that `torch.save` wrote (read with `weights_only=True`); or a state dict. Of a
            state dict that is wrapped, as by timm's training, `state_dict_ema` (the averaged
            weights) is used, as in timm, or else `state_dict`.

    Returns:
        `model`.

    Raises:
        TypeError: If `model` is not a MobileNetV1.
        ValueError: If the file cannot be read; if entries are missing, unexpected, of
            another shape or type, or not finite; if the activation is not timm's.
        OSError: If there is no such file or name, or the download fails.
        ImportError: If a package is not installed that this source needs.

    Examples:
        >>> from mobilenet import MobileNetV1
        >>> from mobilenet.pretrained import load
        >>> trained, model = MobileNetV1(num_classes=10), MobileNetV1(num_classes=10)
        >>> model = load(model, trained.state_dict())  # or "trained.pth"
        >>> bool((model.classifier.weight == trained.classifier.weight).all())
        True
    """
    if not isinstance(model, MobileNetV1):
        raise TypeError(f"model is a {type(model).__name__}: give a MobileNetV1")
    label, found = _read(source)
    if "conv_head.weight" in found:
        raise ValueError(f"{label} has a conv_head.weight, of another network. {_KNOWN}")
    own = model.state_dict()
    if any(tensor.is_meta for tensor in own.values()):
        raise ValueError("the network is on the meta device, which keeps no values: build it anew")
    timm = {_timm_name(name): name for name in own}
    wanted = max({name: name for name in own}, timm, key=lambda names: len(names.keys() & found))
    if wanted is timm and not all(
        isinstance(getattr(module, "act", None), nn.ReLU6)
        for module in model.modules()
        if isinstance(module, ConvNormAct)
    ):
        raise ValueError(
            f"{label} has timm's names, whose weights were trained with ReLU6, and this network "
            "has another activation: build it with MobileNetV1(activation=nn.ReLU6)"
        )
    wrong = [
        f"{name} {problem}"
        for name, ours in wanted.items()
        if name in found and (problem := _problem(found[name], own[ours]))
    ]
    problems = {
        "missing": [name for name in wanted if name not in found],
        "unexpected": [name for name in found if name not in wanted],
        "wrong": wrong,
    }
    if any(problems.values()):
        raise ValueError(
            f"{label} does not fit the network, which is left as it was. "
            + ". ".join(f"{kind}: {_first(names)}" for kind, names in problems.items() if names)
            + ". The network's width_multiplier, num_classes and in_channels must be the "
            "checkpoint's."
        )
    model.load_state_dict({ours: found[name] for name, ours in wanted.items()})
    return model


def top(logits: torch.Tensor, k: int = 5) -> list[tuple[str, float]]:
    """Return the `k` most likely classes of one image, with the probability of each.

    The probabilities are the softmax of the logits, so those of all 1,000 classes add up to 1.

    Args:
        logits: The logits of one image, (1000,) or (1, 1000).
        k: How many classes.

    Returns:
        Names and probabilities, the most likely first.

    Raises:
        ValueError: If `logits` have another shape, or `k` is not in 1..1000.

    Examples:
        >>> import torch
        >>> from mobilenet.pretrained import top
        >>> logits = torch.zeros(1, 1000)
        >>> logits[0, 134] = 9
        >>> [(name, round(probability, 2)) for name, probability in top(logits, 1)]
        [('crane (bird)', 0.89)]
    """
    if tuple(logits.shape) not in ((1000,), (1, 1000)):
        raise ValueError(
            f"logits have the shape {tuple(logits.shape)}, and (1000,) is wanted: those of one "
            "image, such as model(images)[0]"
        )
    if not 1 <= k <= 1000:
        raise ValueError(f"k={k!r}: give a number of classes, 1 to 1000")
    shares, classes = logits.detach().flatten().float().softmax(0).topk(k)
    return [(CLASSES[c], s) for c, s in zip(classes.tolist(), shares.tolist(), strict=True)]


def _read(source: Source) -> tuple[str, Mapping[str, Any]]:
    # What to call the source in an error, and its state dict.
    label, found = "the state dict", source
    if not isinstance(source, Mapping):
        path = _download(source) if isinstance(source, str) and source in CHECKPOINTS else source
        label, found = os.fspath(path), _read_file(Path(path))
    for key in ("state_dict_ema", "state_dict"):
        if isinstance(found, Mapping) and isinstance(found.get(key), Mapping):
            found = found[key]
    if not isinstance(found, Mapping):
        raise ValueError(f"{label} holds a {type(found).__name__}, and a state dict is wanted")
    for wrapper in ("module.", "_orig_mod."):  # of DataParallel, and of torch.compile
        if found and all(str(name).startswith(wrapper) for name in found):
            found = {name.removeprefix(wrapper): value for name, value in found.items()}
    return label, found


def _read_file(path: Path) -> Any:
    if not path.is_file():
        raise FileNotFoundError(f"{path} is neither a file nor a checkpoint's name. {_KNOWN}")
    is_safetensors = path.suffix == ".safetensors"
    safetensors = needed("safetensors.torch", "safetensors") if is_safetensors else None
    try:
        if safetensors:
            return safetensors.load_file(path)
        # timm's training notes its arguments next to the weights.
        with torch.serialization.safe_globals([argparse.Namespace]):
            return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # each format has its own
        raise ValueError(
            f"{path} cannot be read. It is damaged, or no state dict, as "
            f"{'safetensors' if safetensors else 'torch.save(model.state_dict(), path)'} writes it"
        ) from error


def _download(name: str) -> str:
    hub, repo = needed("huggingface_hub", "huggingface_hub"), CHECKPOINTS[name].repo
    try:
        return str(hub.hf_hub_download(repo, "model.safetensors"))
    except Exception as error:  # of the hub, of the network library below it, of the disk
        raise OSError(
            f"{name} could not be downloaded. Download model.safetensors of {repo} from the "
            "Hugging Face hub by other means, and give its path in place of the name: "
            f'mobilenet_v1("{name}", weights="model.safetensors")'
        ) from error


def _timm_name(own: str) -> str:
    parts = r"blocks\.\d+|(stem|depthwise|pointwise)\.\w+"
    return re.sub(parts, lambda part: _TIMM.get(part[0], part[0]), own)


def _problem(value: Any, own: torch.Tensor) -> str:
    """Return why `value` cannot be copied to `own`, or nothing."""
    if not isinstance(value, torch.Tensor) or value.layout != torch.strided or value.is_meta:
        return f"is no tensor with values (a {type(value).__name__})"
    if value.shape != own.shape:
        return f"is {tuple(value.shape)} and not {tuple(own.shape)}"
    if value.is_floating_point() != own.is_floating_point():
        return f"is {value.dtype} and not {own.dtype}"
    if not value.to(own.dtype).isfinite().all():
        return f"has values that are not finite in {own.dtype}"
    return ""


def _first(names: list[Any]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(map(str, names[:5])) + more
