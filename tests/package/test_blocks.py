"""The building blocks are useful alone: shapes, bias, what they compute."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from mobilenet.blocks import ConvNormAct, DepthwiseSeparableConv2d


class TestConvNormAct:
    @pytest.mark.parametrize("kernel_size", [1, 3, 5, 7])
    @pytest.mark.parametrize(("stride", "side"), [(1, 15), (2, 8)])
    def test_keeps_or_halves_the_size(self, kernel_size: int, stride: int, side: int) -> None:
        """Whatever the odd kernel, 15 stays 15, and with stride 2 becomes 8."""
        block = ConvNormAct(3, 4, kernel_size, stride=stride)
        assert (2, 4, side, side) == block(torch.zeros(2, 3, 15, 15)).shape

    def test_computes_the_three_steps(self) -> None:
        """Convolution, normalization with the running statistics, activation."""
        block = ConvNormAct(3, 4, activation=nn.ReLU6).eval()
        norm = block.norm
        assert isinstance(norm, nn.BatchNorm2d)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        norm.running_mean.uniform_()
        norm.running_var.uniform_()
        images = 10 * torch.randn(2, 3, 9, 9)
        expected = F.conv2d(images, block.conv.weight, padding=1)
        expected = F.batch_norm(
            expected, norm.running_mean, norm.running_var, norm.weight, norm.bias
        ).clamp(0, 6)
        assert torch.equal(expected, block(images))

    def test_bias_takes_the_place_of_normalization(self) -> None:
        """A bias in front of a normalization does nothing, and without one it is wanted."""
        assert ConvNormAct(3, 4).conv.bias is None
        assert list(ConvNormAct(3, 4, norm=None).state_dict()) == ["conv.weight", "conv.bias"]

    def test_without_activation(self) -> None:
        """None leaves the step out: a linear block gives negative values too."""
        block = ConvNormAct(3, 4, activation=None)
        assert block(torch.randn(2, 3, 9, 9)).min() < 0

    def test_activations_that_take_no_inplace(self) -> None:
        """Any module without arguments will do, and training reaches what is before it."""
        for activation in (nn.ReLU, nn.ReLU6, nn.Hardswish, nn.SiLU, nn.GELU, nn.Identity):
            block = ConvNormAct(3, 4, activation=activation)
            block(torch.randn(2, 3, 9, 9)).sum().backward()
            assert block.conv.weight.grad is not None

    def test_even_kernel(self) -> None:
        """No padding keeps the size under an even kernel, and the error says so."""
        with pytest.raises(ValueError, match="odd, such as 3, and is 2"):
            ConvNormAct(3, 4, kernel_size=2)


class TestDepthwiseSeparableConv2d:
    def test_the_posts_example(self) -> None:
        """3x3 kernels, 3 channels in and out: 36 weights, where a standard one has 81."""
        separable = DepthwiseSeparableConv2d(3, 3, norm=nn.Identity)
        standard = ConvNormAct(3, 3, norm=nn.Identity)
        for expected, block in ((36, separable), (81, standard)):
            assert expected == sum(parameter.numel() for parameter in block.parameters())

    def test_depthwise_filters_each_channel_alone(self) -> None:
        """A change in one channel reaches only that channel before the pointwise step."""
        block = DepthwiseSeparableConv2d(3, 8).eval()
        images = torch.rand(1, 3, 9, 9)
        changed = images.clone()
        changed[:, 1] += 1
        difference = (block.depthwise.conv(images) - block.depthwise.conv(changed)).abs()
        assert [bool(plane.any()) for plane in difference[0]] == [False, True, False]

    def test_pointwise_mixes_channels_at_one_position(self) -> None:
        """It sees one position at a time, and all of its channels."""
        block = DepthwiseSeparableConv2d(3, 8).eval()
        maps = torch.rand(1, 3, 9, 9)
        changed = maps.clone()
        changed[:, 1, 4, 4] += 1
        difference = (block.pointwise.conv(maps) - block.pointwise.conv(changed)).abs()
        assert difference[0].sum(dim=0).nonzero().tolist() == [[4, 4]]

    def test_the_depthwise_step_takes_the_stride(self) -> None:
        """So the pointwise one, which costs the most, runs on the smaller map."""
        block = DepthwiseSeparableConv2d(3, 8, stride=2)
        assert (block.depthwise.conv.stride, block.pointwise.conv.stride) == ((2, 2), (1, 1))
