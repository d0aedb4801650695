"""The two building blocks of MobileNet v1 (arXiv:1704.04861, figure 3).

With stride 1 both keep the height and width of the image; with stride 2 they halve them,
rounded up.
"""

from collections.abc import Callable

from torch import nn

__all__ = ["ConvNormAct", "DepthwiseSeparableConv2d"]


# --8<-- [start:class]
class ConvNormAct(nn.Sequential):
    """Convolution, normalization, activation.

    Takes (N, in_channels, H, W) and returns (N, out_channels, H', W'), where H' is H / stride,
    rounded up, and W' likewise. Its submodules are `conv`, `norm` and `act`. The convolution
    has a bias only without normalization, which would cancel it.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the output.
        kernel_size: Height and width of the kernel, an odd number.
        stride: Stride of the convolution in both directions.
        groups: Number of groups that the channels are split into, each filtered separately;
            `in_channels` groups make the convolution depthwise.
        norm: Called with the number of channels, it returns the normalization; None for none.
        activation: Called without arguments, it returns the activation; None for none.

    Raises:
        ValueError: If `kernel_size` is even, because no padding then keeps the image's size.

    Examples:
        >>> import torch
        >>> from mobilenet.blocks import ConvNormAct
        >>> ConvNormAct(3, 32, stride=2)(torch.zeros(1, 3, 224, 224)).shape
        torch.Size([1, 32, 112, 112])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int = 3,
        *,
        stride: int = 1,
        groups: int = 1,
        norm: Callable[[int], nn.Module] | None = nn.BatchNorm2d,
        activation: Callable[[], nn.Module] | None = nn.ReLU,
    ) -> None:
        if kernel_size < 1 or kernel_size % 2 == 0:
            raise ValueError(f"kernel_size must be odd, such as 3, and is {kernel_size}")
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding=kernel_size // 2,
            groups=groups,
            bias=norm is None,
        )
        if norm:
            self.norm = norm(out_channels)
        if activation:
            act = activation()
            if hasattr(act, "inplace"):
                act.inplace = True  # one feature map less in memory
            self.act = act


class DepthwiseSeparableConv2d(nn.Sequential):
    """A depthwise ConvNormAct, then a pointwise one, in place of one standard convolution.

    Takes (N, in_channels, H, W) and returns (N, out_channels, H', W') as `ConvNormAct` does.
    The depthwise convolution filters each channel separately and has the stride; the pointwise
    one (1x1) mixes the channels. Its submodules are `depthwise` and `pointwise`.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the output.
        kernel_size: Height and width of the depthwise kernel, an odd number.
        stride: Stride of the depthwise convolution in both directions.
        norm: The normalization after each of the two, as in `ConvNormAct`.
        activation: The activation after each of the two, as in `ConvNormAct`.

    Raises:
        ValueError: If `kernel_size` is even, because no padding then keeps the image's size.

    Examples:
        >>> import torch
        >>> from mobilenet.blocks import DepthwiseSeparableConv2d
        >>> DepthwiseSeparableConv2d(64, 128, stride=2)(torch.zeros(1, 64, 112, 112)).shape
        torch.Size([1, 128, 56, 56])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int = 3,
        *,
        stride: int = 1,
        norm: Callable[[int], nn.Module] | None = nn.BatchNorm2d,
        activation: Callable[[], nn.Module] | None = nn.ReLU,
    ) -> None:
        super().__init__()
        self.depthwise = ConvNormAct(
            in_channels,
            in_channels,
            kernel_size,
            stride=stride,
            groups=in_channels,
            norm=norm,
            activation=activation,
        )
        self.pointwise = ConvNormAct(
            in_channels, out_channels, kernel_size=1, norm=norm, activation=activation
        )


# --8<-- [end:class]
