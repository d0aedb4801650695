"""The two building blocks of MobileNet v1 (arXiv:1704.04861, figure 3).

Both keep the size of the image at stride 1 and halve it, rounded up, at stride 2.
"""

from collections.abc import Callable

from torch import nn

__all__ = ["ConvNormAct", "DepthwiseSeparableConv2d"]


# --8<-- [start:class]
class ConvNormAct(nn.Sequential):
    """Convolution, normalization, activation: (N, C, H, W) in, (N, out_channels, H', W') out.

    H' is H / stride, rounded up, and W' likewise. The convolution has a bias only if no
    normalization follows, which would cancel it. Submodules: ``conv``, ``norm``, ``act``.

    :param in_channels: C.
    :param out_channels: of the output, each made by one filter.
    :param kernel_size: height and width of the kernel, odd.
    :param stride: of the convolution, in both directions.
    :param groups: how many parts the channels are divided into, each filtered by itself;
        with ``in_channels`` of them, the convolution is depthwise.
    :param norm: called with the number of channels; None for none.
    :param activation: called without arguments; None for none.
    :raises ValueError: ``kernel_size`` is even, so that no padding keeps the size.

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
    """A depthwise, then a pointwise ConvNormAct, in place of one standard convolution.

    The depthwise convolution filters each channel by itself and takes the stride; the
    pointwise one (1x1) mixes the channels: (N, C, H, W) in, (N, out_channels, H', W') out,
    as with :class:`ConvNormAct`. Submodules: ``depthwise``, ``pointwise``.

    :param in_channels: C.
    :param out_channels: of the pointwise convolution.
    :param kernel_size: of the depthwise convolution, odd.
    :param stride: of the depthwise convolution.
    :param norm: after each of the two, as in :class:`ConvNormAct`.
    :param activation: after each of the two, as in :class:`ConvNormAct`.
    :raises ValueError: ``kernel_size`` is even, so that no padding keeps the size.

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
