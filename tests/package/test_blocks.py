"""The building blocks alone: their shapes, their bias, and their weights."""

import pytest
import torch
from torch import nn

from mobilenet.blocks import ConvNormAct, DepthwiseSeparableConv2d


class TestConvNormAct:
    @pytest.mark.parametrize("kernel_size", [1, 3, 5, 7])
    @pytest.mark.parametrize(("stride", "side"), [(1, 15), (2, 8)])
    def test_keeps_or_halves_the_size(self, kernel_size: int, stride: int, side: int) -> None:
        """With any odd kernel, 15 pixels stay 15, and become 8 with stride 2."""
        block = ConvNormAct(3, 4, kernel_size, stride=stride)
        assert (2, 4, side, side) == block(torch.zeros(2, 3, 15, 15)).shape

    def test_bias_replaces_normalization(self) -> None:
        """The convolution has a bias only where no normalization would cancel it."""
        assert ConvNormAct(3, 4).conv.bias is None
        assert list(ConvNormAct(3, 4, norm=None).state_dict()) == ["conv.weight", "conv.bias"]

    def test_without_activation(self) -> None:
        """A linear block gives negative values too."""
        assert ConvNormAct(3, 4, activation=None)(torch.randn(2, 3, 9, 9)).min() < 0

    @pytest.mark.parametrize("activation", [nn.ReLU, nn.Hardswish, nn.GELU, nn.Identity])
    def test_any_activation(self, activation: type[nn.Module]) -> None:
        """Gradients reach the convolution through a module with or without ``inplace``."""
        block = ConvNormAct(3, 4, activation=activation)
        block(torch.randn(2, 3, 9, 9)).sum().backward()
        assert block.conv.weight.grad is not None

    def test_even_kernel(self) -> None:
        """An even kernel, under which no padding keeps the size, is an error."""
        with pytest.raises(ValueError, match="odd, such as 3, and is 2"):
            ConvNormAct(3, 4, kernel_size=2)


class TestDepthwiseSeparableConv2d:
    @pytest.mark.parametrize(
        ("block", "weights"), [(DepthwiseSeparableConv2d, 36), (ConvNormAct, 81)]
    )
    def test_weights_of_the_posts_example(self, block: type[nn.Module], weights: int) -> None:
        """3x3 kernels with 3 channels in and out: 36 weights, where a standard one has 81."""
        parameters = block(3, 3, norm=nn.Identity).parameters()
        assert weights == sum(parameter.numel() for parameter in parameters)

    @pytest.mark.parametrize(("step", "reached"), [("depthwise", 1), ("pointwise", 8)])
    def test_which_channels_a_channel_reaches(self, step: str, reached: int) -> None:
        """The depthwise step keeps the channels apart, the pointwise step mixes them."""
        conv = DepthwiseSeparableConv2d(3, 8).eval().get_submodule(step).get_submodule("conv")
        images = torch.zeros(1, 3, 9, 9)
        images[:, 1, 4, 4] = 1
        maps = conv(images)[0].abs()
        assert reached == maps.any(dim=2).any(dim=1).sum()
        assert maps.sum(dim=0).count_nonzero() == (9 if step == "depthwise" else 1)
