"""Fast inference: each function makes a new model with the outputs of the old one.

The old model stays as it was. Where a file is written, the outputs are compared: the new
model runs on the same images as the old one, random images or, for quantization, those
that are given. A difference above `tolerance` is an error, and then no file is written.

`export_onnx`, `quantize_onnx` and `OnnxModel` need onnx, onnxscript and onnxruntime:
`pip install onnx onnxscript onnxruntime`.
"""

from __future__ import annotations

import contextlib
import copy
import itertools
import logging
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

import torch
import torch._inductor.config  # not imported by torch itself
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from mobilenet.files import written
from mobilenet.optional import needed

__all__ = [
    "OnnxModel",
    "channels_last",
    "compiled",
    "export_onnx",
    "fold",
    "quantize_onnx",
]


T = TypeVar("T", bound=nn.Module)


def fold(model: nn.Module) -> nn.Module:
    """Return the model with each BatchNorm2d folded into the convolution right before it.

    In eval mode a normalization is a multiplication and an addition per channel, which
    the convolution's weights and a bias can do as well: w' = w·γ/σ and
    b' = (b - μ)·γ/σ + β. Neighbors in an `nn.Sequential`, such as a ConvNormAct, are folded;
    the Sequential has to be called as a whole. What may not be safe to fold stays as it is: a
    normalization without running statistics, subclasses, layers with hooks or with a
    computed weight, as by `weight_norm`.

    Args:
        model: Any module.

    Returns:
        A copy in eval mode, for inference only. Its outputs differ by rounding.

    Examples:
        >>> import torch
        >>> from mobilenet import MobileNetV1, deploy
        >>> model = MobileNetV1(width_multiplier=0.25).eval()
        >>> folded = deploy.fold(model)
        >>> sum(isinstance(m, torch.nn.BatchNorm2d) for m in folded.modules())
        0
        >>> images = torch.randn(1, 3, 64, 64)
        >>> torch.allclose(model(images), folded(images), atol=1e-5)
        True
    """
    folded = copy.deepcopy(model).eval()
    for parent in list(folded.modules()):
        if type(parent).forward is not nn.Sequential.forward:
            continue
        # Not named_children(), which leaves out the second place of a shared module.
        neighbors = itertools.pairwise(list(parent._modules.items()))
        for (conv_name, conv), (norm_name, norm) in neighbors:
            if _is_plain(conv, nn.Conv2d) and _is_plain(norm, nn.BatchNorm2d):
                setattr(parent, conv_name, fuse_conv_bn_eval(conv, norm))
                delattr(parent, norm_name)
    return folded


def _is_plain(module: nn.Module | None, kind: type[T]) -> TypeGuard[T]:
    """Return whether a module is exactly of this class, with a weight and statistics of its own."""
    return (
        type(module) is kind
        and not (module._forward_hooks or module._forward_pre_hooks)
        and "weight" in module._parameters
        and getattr(module, "running_mean", 0) is not None
    )


def channels_last(model: nn.Module) -> nn.Module:
    """Return the model with its weights in channels-last order, which feature maps then follow.

    Shapes stay (N, C, H, W). In memory the channels of a position lie next to each other, in
    which order oneDNN computes without rearranging the maps. A `forward` that relies on the
    other order, as VER2's `view` does, then fails: use `flatten` there.

    Args:
        model: Any module.

    Returns:
        A copy in eval mode. Its outputs differ by rounding.

    Examples:
        >>> import torch
        >>> from mobilenet import MobileNetV1, deploy
        >>> model = deploy.channels_last(MobileNetV1(width_multiplier=0.25))
        >>> features = model.forward_features(torch.zeros(2, 3, 64, 64))
        >>> features.is_contiguous(memory_format=torch.channels_last)
        True
    """
    # By keyword: to torch's types, memory_format belongs to tensors alone.
    options: dict[str, Any] = {"memory_format": torch.channels_last}
    return copy.deepcopy(model).eval().to(**options)


def compiled(model: nn.Module) -> nn.Module:
    """Return the model folded, channels-last and compiled, for inference on a CPU.

    Because the weights are frozen, torch.compile packs them once for its kernels, and puts an
    activation into the convolution before it. The first call compiles, and so may a call
    with images of another size. That can take half a minute, and needs a C++ compiler.
    What `channels_last` says about `view` applies here, too.

    Args:
        model: Any module.

    Returns:
        A module for inference, which computes no gradients and loads no other weights. Its
        outputs differ by rounding.

    Examples:
        >>> from mobilenet import MobileNetV1, deploy
        >>> model = deploy.compiled(MobileNetV1())
        >>> model.training
        False
    """
    return _Compiled(channels_last(fold(model)))


class _Compiled(nn.Module):
    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.run = torch.compile(model)
        self.eval()

    @torch.no_grad()  # torch freezes weights only where no gradient can be asked for
    def forward(self, images: torch.Tensor) -> torch.Tensor:
        # As an option of torch.compile it would come too late: by then the weights have
        # become inputs.
        with torch._inductor.config.patch(freezing=True):
            return self.run(images.detach())

    def load_state_dict(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("its weights are frozen: load them before compiled(model)")


def export_onnx(
    model: nn.Module,
    path: str | Path,
    *,
    input_size: tuple[int, int, int] = (3, 224, 224),
    tolerance: float = 1e-4,
) -> Path:
    """Write the model to an ONNX file that takes any number of images, in single precision.

    The exporter folds normalizations as `fold` does.

    Args:
        model: A module that takes images (N, C, H, W) and returns one tensor with a row for
            each image.
        path: The file to write.
        input_size: (C, H, W) of an image; only the batch size stays free in the file.
        tolerance: The largest difference allowed between onnxruntime's outputs and the
            model's on random images, relative to the largest output.

    Returns:
        `path`.

    Raises:
        ValueError: If the outputs differ by more. A file that was there before stays.
        ImportError: If onnx, onnxscript or onnxruntime is not installed.

    Examples:
        >>> import tempfile, torch
        >>> from mobilenet import MobileNetV1, deploy
        >>> model = MobileNetV1(width_multiplier=0.25).eval()
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = deploy.export_onnx(model, f"{folder}/model.onnx", input_size=(3, 64, 64))
        ...     onnx_model = deploy.OnnxModel(path)
        >>> images = torch.randn(5, 3, 64, 64)
        >>> torch.allclose(model(images), onnx_model(images), atol=1e-4)
        True
    """
    for name in ("onnx", "onnxscript", "onnxruntime"):
        needed(name)
    model = copy.deepcopy(model).eval().cpu().float()
    images = torch.randn(3, *input_size, generator=torch.Generator().manual_seed(0))
    with written(path) as file, torch.no_grad():
        expected = model(images)  # what does not fit fails here, and says why
        # Of two images, not of one: the exporter takes a length of 1 as fixed.
        with _quiet_exporter():
            torch.onnx.export(
                model,
                (images[:2],),
                file,
                input_names=["images"],
                output_names=["logits"],
                dynamic_shapes=({0: torch.export.Dim("batch", min=1)},),
                external_data=False,
                verbose=False,
            )
        onnx_model = OnnxModel(file)
        found = torch.cat([onnx_model(images[:1]), onnx_model(images[1:])])
        _compare(expected, found, tolerance)
    return Path(path)


def quantize_onnx(
    path: str | Path, target: str | Path, images: torch.Tensor, *, tolerance: float = 0.1
) -> Path:
    """Write an ONNX file with 8-bit weights and feature maps, from one with floats.

    The range of each feature map is taken from `images`: give a few dozen real ones,
    preprocessed as for inference. Only a test on labeled images can tell whether the
    accuracy holds. Weights use 7 bits of the 8, since the sums of 8-bit products would
    overflow on processors without dot products of bytes (VNNI).

    Args:
        path: The file with floats.
        target: The file to write.
        images: Images (N, C, H, W), as the model takes them.
        tolerance: The largest difference allowed between the outputs of the two files on
            `images`, relative to the largest output.

    Returns:
        `target`.

    Raises:
        ValueError: If `images` is empty or has the wrong shape, or the outputs differ by
            more. A file that was there before stays.
        ImportError: If onnx or onnxruntime is not installed.

    Examples:
        >>> import tempfile, torch
        >>> from mobilenet import deploy
        >>> from mobilenet.blocks import ConvNormAct
        >>> _ = torch.manual_seed(0)
        >>> model, images = ConvNormAct(3, 10, stride=2).eval(), torch.randn(16, 3, 32, 32)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = deploy.export_onnx(model, f"{folder}/float.onnx", input_size=(3, 32, 32))
        ...     small = deploy.quantize_onnx(path, f"{folder}/int8.onnx", images)
        ...     deploy.OnnxModel(small)(images[:2]).shape
        torch.Size([2, 10, 16, 16])
    """
    needed("onnx")
    quantization = needed("onnxruntime.quantization", "onnxruntime")
    shape_inference = needed("onnxruntime.quantization.shape_inference", "onnxruntime")
    before = OnnxModel(path)
    expected = before(images)
    if not len(images):
        raise ValueError("images holds none: give some dozens")
    images = images.detach().cpu().float()
    reader = _Reader({before.input: image[None].numpy()} for image in images)
    with written(target) as file, tempfile.TemporaryDirectory() as folder:
        prepared = f"{folder}/prepared.onnx"
        shape_inference.quant_pre_process(str(path), prepared)
        quantization.quantize_static(
            prepared,
            str(file),
            reader,
            quant_format=quantization.QuantFormat.QDQ,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
        )
        _compare(expected, OnnxModel(file)(images), tolerance)
    return Path(target)


class _Reader:
    """Give images to onnxruntime one by one, as its CalibrationDataReader does."""

    def __init__(self, inputs: Iterator[dict[str, Any]]) -> None:
        self.inputs = inputs

    def get_next(self) -> dict[str, Any] | None:
        return next(self.inputs, None)


class OnnxModel:
    """An ONNX file that is called like a module, on the CPU.

    Takes images (N, C, H, W) and returns what the exported model returns, such as logits
    (N, num_classes).

    Args:
        path: The file.
        threads: The number of threads; None takes torch's.

    Attributes:
        input_shape: The shape of the images; a number is a fixed length, a name stands for
            any length.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is not an ONNX model with images as its only input.
        ImportError: If onnxruntime is not installed.

    Examples:
        >>> import tempfile, torch
        >>> from mobilenet import deploy
        >>> from mobilenet.blocks import ConvNormAct
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     block = ConvNormAct(3, 8)
        ...     path = deploy.export_onnx(block, f"{folder}/block.onnx", input_size=(3, 9, 9))
        ...     model = deploy.OnnxModel(path, threads=1)
        >>> model.input_shape
        ('batch', 3, 9, 9)
        >>> model(torch.zeros(5, 3, 9, 9)).shape
        torch.Size([5, 8, 9, 9])
    """

    def __init__(self, path: str | Path, *, threads: int | None = None) -> None:
        onnxruntime = needed("onnxruntime")
        if not Path(path).is_file():
            raise FileNotFoundError(f"{path} is not there: export_onnx writes such a file")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or torch.get_num_threads()
        options.log_severity_level = 3  # errors; they are raised as well
        try:
            self.session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise ValueError(f"{path} is no ONNX model that can be run: {error}") from error
        inputs = self.session.get_inputs()
        if len(inputs) != 1:
            raise ValueError(f"{path} takes {len(inputs)} inputs, and images alone are wanted")
        self.input: str = inputs[0].name
        self.input_shape: tuple[str | int, ...] = tuple(inputs[0].shape)

    def __call__(self, images: torch.Tensor) -> torch.Tensor:
        """Return the model's outputs for a batch of images.

        Args:
            images: Images (N, C, H, W), floats.

        Returns:
            A tensor with a row for each image, such as logits (N, num_classes).

        Raises:
            ValueError: If the images have another shape than the file takes, or are not floats.
        """
        fits = images.dim() == len(self.input_shape) and all(
            isinstance(wanted, str) or wanted == given  # a name is a free length
            for wanted, given in zip(self.input_shape, images.shape, strict=True)
        )
        if not fits:
            raise ValueError(
                f"images have the shape {tuple(images.shape)}, and this file takes "
                f"({', '.join(map(str, self.input_shape))}): export it anew for another size"
            )
        if not images.is_floating_point():
            raise ValueError(
                f"images are {images.dtype}, and floating point numbers are wanted: "
                "images.float() / 255 for bytes"
            )
        array = images.detach().cpu().float().numpy()
        return torch.from_numpy(self.session.run(None, {self.input: array})[0])


@contextlib.contextmanager
def _quiet_exporter() -> Iterator[None]:
    """Hide the exporter's messages about itself and about a missing torchvision."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _compare(expected: torch.Tensor, found: torch.Tensor, tolerance: float) -> None:
    largest = expected.abs().max().item()
    difference = (expected - found).abs().max().item() / (largest or 1)
    if not difference <= tolerance:  # nan is no equality either
        raise ValueError(
            f"the new model's outputs differ by {difference:.2g} of the largest, more than "
            f"tolerance={tolerance:.2g}: nothing was written"
        )
