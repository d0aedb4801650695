"""MobileNetV1, the network of the paper (arXiv:1704.04861).

It can also be built as the two networks that the paper compares it with: the one with
standard convolutions (Table 4) and the shallow one (Table 5).
"""

# --8<-- [start:import]
from collections.abc import Callable

import torch
from torch import nn
# --8<-- [end:import]

from mobilenet.blocks import ConvNormAct, DepthwiseSeparableConv2d

__all__ = ["BLOCKS", "MobileNetV1"]

# --8<-- [start:blocks]
BLOCKS = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    (512, 1),
    (512, 1),
    (512, 1),
    (512, 1),
    (512, 1),
    (1024, 2),
    (1024, 1),
)
"""Output channels and stride of each block: the paper's Table 1, a row for two of its lines.

The table prints a stride of 2 for the last block too, but only 1 leaves its 7x7.
"""
# --8<-- [end:blocks]


# --8<-- [start:class]
class MobileNetV1(nn.Module):
    """MobileNet v1, the network of the paper.

    Takes images (N, in_channels, H, W), at least 32x32, and returns logits (N, num_classes).
    With the default arguments it is the paper's 1.0 MobileNet-224 (Table 1).

    The state dict has the keys `stem.*`, `blocks.0.depthwise.*` and `blocks.0.pointwise.*` to
    `blocks.12.…`, each with `conv.weight` and `norm.*`, then `classifier.weight` and
    `classifier.bias`. With standard convolutions a block is `blocks.0.*` alone.

    Args:
        num_classes: Number of logits.
        width_multiplier: The paper's α; each layer has α times its channels, rounded down.
        in_channels: Channels of the images.
        activation: Called without arguments, it returns the activation after each convolution.
            The checkpoints of timm and of Keras were trained with `nn.ReLU6`.
        dropout: Fraction of the features that training drops before the classifier.
        separable: False for standard convolutions in place of separable ones (Table 4).
        shallow: True to leave out the five blocks of 512 channels (Table 5).

    Raises:
        ValueError: If an argument is out of its range, or `width_multiplier` leaves a layer
            without channels; from a call, if the images are not as above.

    Examples:
        >>> import torch
        >>> from mobilenet import MobileNetV1
        >>> model = MobileNetV1().eval()
        >>> model(torch.zeros(2, 3, 224, 224)).shape
        torch.Size([2, 1000])
        >>> model.forward_features(torch.zeros(2, 3, 224, 224)).shape
        torch.Size([2, 1024, 7, 7])
    """

    def __init__(
        self,
        num_classes: int = 1000,
        width_multiplier: float = 1.0,
        in_channels: int = 3,
        *,
        activation: Callable[[], nn.Module] = nn.ReLU,
        dropout: float = 0.0,
        separable: bool = True,
        shallow: bool = False,
    ) -> None:
        super().__init__()
        for name, value in (("num_classes", num_classes), ("in_channels", in_channels)):
            if isinstance(value, bool) or not hasattr(value, "__index__") or value < 1:
                raise ValueError(f"{name}={value!r}: give a whole number of at least 1")
        is_number = hasattr(width_multiplier, "__float__")
        if not (is_number and 1 / 32 <= width_multiplier < float("inf")):
            raise ValueError(
                f"width_multiplier={width_multiplier!r}: give a number of at least 1/32, "
                "so that at least one of the first layer's 32 channels is left"
            )
        self.in_channels = in_channels
        channels = int(32 * width_multiplier)
        self.stem = ConvNormAct(in_channels, channels, stride=2, activation=activation)
        block = DepthwiseSeparableConv2d if separable else ConvNormAct
        self.blocks = nn.Sequential()
        for index, (full_width, stride) in enumerate(BLOCKS):
            if shallow and 6 <= index <= 10:
                continue
            out_channels = int(full_width * width_multiplier)
            self.blocks.append(block(channels, out_channels, stride=stride, activation=activation))
            channels = out_channels
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(channels, num_classes)
        self.apply(initialize)

    def forward_features(self, images: torch.Tensor) -> torch.Tensor:
        """Return the last feature map, before pooling and classifier.

        Args:
            images: Images (N, in_channels, H, W), floats.

        Returns:
            A tensor (N, C, H / 32, W / 32), rounded up; C is 1024 times α, rounded down.

        Raises:
            ValueError: If the images have another shape or type, or are smaller than 32x32.
        """
        shape = tuple(images.shape)
        if len(shape) != 4 or shape[1] != self.in_channels:
            raise ValueError(
                f"images have the shape {shape}, and (N, {self.in_channels}, H, W) is wanted"
                + (": one image becomes a batch with images[None]" if len(shape) == 3 else "")
            )
        if shape[2] < 32 or shape[3] < 32:
            raise ValueError(
                f"images are {shape[2]}x{shape[3]}, and at least 32x32 is wanted: enlarge "
                "them, for example with torch.nn.functional.interpolate"
            )
        if not images.is_floating_point():
            raise ValueError(
                f"images are {images.dtype}, and floating point numbers are wanted: "
                "images.float() / 255 for bytes"
            )
        return self.blocks(self.stem(images))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return logits (N, num_classes) for images (N, in_channels, H, W)."""
        features = self.pool(self.forward_features(images)).flatten(1)  # (N, C)
        return self.classifier(self.dropout(features))  # (N, num_classes)


def initialize(module: nn.Module) -> None:
    """Draw weights that keep the numbers about the same size from layer to layer."""
    if isinstance(module, nn.Conv2d):
        # fan_in knows of groups, 9 for a depthwise layer; torch's fan_out does not.
        nn.init.kaiming_normal_(module.weight, mode="fan_in", nonlinearity="relu")
    elif isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=0.01)
        nn.init.zeros_(module.bias)


# --8<-- [end:class]
