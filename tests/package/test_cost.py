"""Costs against sums done by hand, the paper's figures, and torch's own counter."""

import itertools
from collections.abc import Callable
from fractions import Fraction
from typing import Any, cast

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import prune

from mobilenet import ver1, ver2
from mobilenet.cost import (
    Cost,
    conv2d,
    depthwise_conv2d,
    depthwise_separable_conv2d,
    model_cost,
    pointwise_conv2d,
    separable_ratio,
)

IMAGE = (3, 224, 224)
ENCODER = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
ATTENTION = nn.MultiheadAttention(16, 4, batch_first=True)


class TestFormulas:
    @pytest.mark.parametrize(
        ("expected", "found"),
        [
            # The post's 81 and 36, at the 9 positions of a 3x3 output.
            (Cost(81, 729), conv2d(3, 3, 3, 3)),
            (Cost(36, 324), depthwise_separable_conv2d(3, 3, 3, 3)),
            (Cost(27, 243), depthwise_conv2d(3, 3, 3)),
            (Cost(9, 81), pointwise_conv2d(3, 3, 3)),
            # Table 3 of the paper: 3x3, 512 to 512, 14x14, and its reductions.
            (Cost(2_359_296, 462_422_016), conv2d(3, 512, 512, 14)),
            (Cost(266_752, 52_283_392), depthwise_separable_conv2d(3, 512, 512, 14)),
            (Cost(150_912, 29_578_752), depthwise_separable_conv2d(3, 384, 384, 14)),
            (Cost(150_912, 15_091_200), depthwise_separable_conv2d(3, 384, 384, 10)),
            # 3 x 5 kernels, 8 to 6 channels in 2 groups, 4 x 7 positions.
            (Cost(360, 10_080), conv2d((3, 5), 8, 6, (4, 7), groups=2)),
            # NumPy's integers, and a list for a pair.
            (Cost(81, 729), conv2d(*[cast("int", np.int64(3))] * 4)),
            (Cost(81, 729), conv2d(cast("int", [3, 3]), 3, 3, 3)),
        ],
    )
    def test_costs_worked_out_by_hand(self, expected: Cost, found: Cost) -> None:
        """The formulas give the figures of the post and of the paper."""
        assert expected == found

    @pytest.mark.parametrize("kernel", [1, 3, 5])
    @pytest.mark.parametrize(("channels", "out_channels"), [(4, 10), (6, 4)])
    def test_formula_and_model(self, kernel: int, channels: int, out_channels: int) -> None:
        """The formula gives what torch counts in the two layers."""
        depthwise = nn.Conv2d(channels, channels, kernel, 2, groups=channels, bias=False)
        layers = nn.Sequential(depthwise, nn.Conv2d(channels, out_channels, 1, bias=False))
        found = model_cost(layers, (channels, 12, 12))
        side = found.rows[-1].output_shape[-1]
        expected = depthwise_separable_conv2d(kernel, channels, out_channels, side)
        assert expected == Cost(found.parameters, found.mult_adds)

    def test_ratio_is_exact(self) -> None:
        """The ratio is 1/N + 1/K², of multiply-adds as of weights."""
        assert Fraction(4, 9) == separable_ratio(3, 3)
        assert Fraction(1, 512) + Fraction(1, 9) == separable_ratio(3, 512)
        separable, standard = depthwise_separable_conv2d(5, 7, 11, 13), conv2d(5, 7, 11, 13)
        ratio = separable_ratio(5, 11)
        assert Fraction(separable.mult_adds, standard.mult_adds) == ratio
        assert Fraction(separable.parameters, standard.parameters) == ratio

    @pytest.mark.parametrize(
        ("call", "name", "complaint"),
        [
            (lambda: conv2d(0, 3, 3, 3), "kernel_size", "is 0"),
            (lambda: conv2d(3, 3, cast("int", 3.0), 3), "out_channels", "is 3.0"),
            (lambda: conv2d(3, 3, 3, (3, 0)), "output_size", "is 0"),
            (lambda: conv2d(cast("int", (3, 3, 3)), 3, 3, 3), "kernel_size", "pair"),
            (lambda: conv2d(3, 3, 3, True), "output_size", "is True"),
            (lambda: conv2d(3, 8, 6, 3, groups=4), "groups=4", "divides both"),
            (lambda: separable_ratio(3, 0), "out_channels", "is 0"),
        ],
    )
    def test_wrong_argument(self, call: Callable[[], object], name: str, complaint: str) -> None:
        """The error names the argument, what it was, and what it should be."""
        with pytest.raises(ValueError, match=name) as error:
            call()
        assert complaint in str(error.value)


class Residual(nn.Module):
    """Calls one convolution twice, then functions: a convolution, products with a vector."""

    calls: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.shared = nn.Conv2d(4, 4, 3, padding=1, bias=False)
        self.weight = nn.Parameter(torch.zeros(4, 4, 1, 1))
        self.unused = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        x = x + self.shared(self.shared(x))
        flat = F.conv2d(x, self.weight)[0].flatten(1)
        return flat[0] @ (flat.mT @ flat[:, 0])


class NeedsData(nn.Module):
    """Looks at the values of its input, which tensors on the meta device do not have."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, *inputs: Tensor) -> Any:
        return self.inner(*inputs) if inputs[0].sum() < 1 else inputs


class Failing(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        raise RuntimeError(f"out of order: {torch.rand(1)}")


class TestModelCost:
    def test_operations_of_a_forward_itself(self) -> None:
        """What no module does counts for the module whose forward does it."""
        cost = model_cost(Residual(), (4, 5, 5))
        conv, pointwise, product = 4 * 4 * 9 * 25, 4 * 4 * 25, 25 * 4 + 25
        assert [(row.name, row.call, row.mult_adds) for row in cost.rows] == [
            ("Residual", 1, pointwise + product),
            ("shared", 1, conv),
            ("shared", 2, conv),
        ]
        assert cost.mult_adds == 2 * conv + pointwise + product
        assert cost.parameters == 4 * 4 * 9 + 4 * 4 + (4 * 4 + 4)
        assert cost.unreached == ("unused",)

    @pytest.mark.parametrize("wrap", [nn.Module.eval, NeedsData], ids=["as it is", "needs data"])
    @pytest.mark.parametrize(
        ("model", "size", "expected"),
        [
            (nn.LSTM(8, 16, batch_first=True), (5, 8), 5 * 4 * 16 * (8 + 16)),
            # Projections, scores and their use, the two linear layers.
            (ENCODER, (5, 16), 5 * (4 * 16 * 16 + 2 * 5 * 16 + 2 * 16 * 32)),
            (ATTENTION, [(5, 16), (7, 16), (7, 16)], 2 * 16 * 16 * (5 + 7) + 2 * 5 * 7 * 16),
        ],
    )
    def test_multiply_adds_by_hand(
        self, model: nn.Module, size: Any, expected: int, wrap: Callable[[nn.Module], nn.Module]
    ) -> None:
        """Fused layers and several inputs count, in a forward that needs data too."""
        assert expected == model_cost(wrap(model), size).mult_adds

    @pytest.mark.parametrize("dtype", [torch.half, torch.bfloat16, torch.double])
    def test_other_precisions(self, dtype: torch.dtype) -> None:
        """The inputs have the dtype of the model's weights."""
        model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(144, 2)).to(dtype)
        assert model_cost(NeedsData(model), (3, 8, 8)).mult_adds == 27 * 4 * 36 + 144 * 2

    def test_dtype_for_an_embedding(self) -> None:
        """A model of whole numbers is counted with the dtype that is given."""
        model = nn.Sequential(nn.Embedding(10, 8), nn.Linear(8, 2))
        assert model_cost(model, (5,), dtype=torch.long).mult_adds == 5 * 8 * 2

    def test_containers_are_not_unreached(self) -> None:
        """Only a module with a forward can be said never to be called."""
        model = nn.Linear(4, 4)
        model.extra = nn.ParameterList([nn.Parameter(torch.zeros(4))])
        model.blocks = nn.ModuleList()
        assert model_cost(model, (4,)).unreached == ()

    def test_prints_as_a_table(self) -> None:
        """The table shows the calls, the batch, the totals and what was never called."""
        table = str(model_cost(ver1.MobileNet(), IMAGE))
        assert "DWConv5.1 (call 5)  1x1 convolution" in table
        assert "1 x 1024 x 4 x 4" in table
        assert table.endswith("532,809,216\nnever called: avgp, fc, sm")

    def test_class_instead_of_a_model(self) -> None:
        """Leaving out the parentheses is an error that says so."""
        with pytest.raises(TypeError, match="not its class"):
            model_cost(cast("nn.Module", ver2.MobileNet), IMAGE)

    @pytest.mark.parametrize(
        ("model", "size", "message"),
        [
            (nn.Conv2d(3, 8, 3), (3, 2, 2), "Conv2d fails.*Kernel size can't be greater"),
            (nn.Conv2d(3, 8, 3), (3, 0, 8), "at least 1, and is 0"),
            (nn.Conv2d(3, 8, 3), 224, "as a tuple, such as"),
            (nn.Conv2d(3, 8, 3), (), "as a tuple, such as"),
            (nn.Conv2d(3, 8, 3), ((3, 8, 8),), "or a list of such tuples"),
            (nn.Embedding(3, 8), (4,), r"a batch of one, torch.float32"),
        ],
    )
    def test_wrong_size(self, model: nn.Module, size: Any, message: str) -> None:
        """A size that the model cannot take is an error that says what was given."""
        with pytest.raises(ValueError, match=message) as error:
            model_cost(model, size)
        assert repr(size) in str(error.value)


class Lazy(nn.Module):
    """Builds a buffer, an attribute and a layer when it is first called."""

    mask: Tensor | None

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mask", None)

    def forward(self, x: Tensor) -> Any:
        if self.mask is None:
            self.mask = self.table = torch.ones(8, device=x.device)
            self.second = nn.Linear(8, 8, device=x.device)
        return self.second(x * self.mask * self.table)


def make_hooked_model() -> nn.Module:
    """Return a model with a frozen weight, gradients and a hook."""
    model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.Dropout())
    model[0].weight.requires_grad_(False)
    model(torch.randn(2, 3, 4, 4)).sum().backward()
    model[1].register_forward_hook(lambda *_: None)
    return model


def take_snapshot(model: nn.Module) -> list[Any]:
    """Return all that counting could change, to be compared with ``==``."""
    modules = [
        (name, each.training, sorted(vars(each)), *each._forward_hooks, *each._forward_pre_hooks)
        for name, each in model.named_modules()
    ]
    tensors = [
        (name, id(each), each.requires_grad, id(each.grad), each.detach().numpy().tobytes())
        for name, each in itertools.chain(model.named_parameters(), model.named_buffers())
    ]
    switches = torch.is_grad_enabled(), torch.backends.mha.get_fastpath_enabled()
    return [*modules, *tensors, switches, torch.get_rng_state().tolist()]


class TestModelStaysAsItWas:
    @pytest.mark.parametrize("training", [True, False])
    @pytest.mark.parametrize(
        ("build", "size"),
        [
            (ver2.MobileNet, IMAGE),
            (Residual, (4, 8, 8)),
            (lambda: NeedsData(make_hooked_model()), (3, 8, 8)),
            (make_hooked_model, (3, 8, 8)),
            (Lazy, (8, 8)),
            (lambda: prune.l1_unstructured(nn.Linear(8, 8), "weight", 0.5), (8, 8)),
            (lambda: nn.LSTM(8, 8), (8, 8)),
        ],
        ids=["ver2", "residual", "needs data", "hooked", "lazy", "pruned", "lstm"],
    )
    def test_after_counting(
        self, build: Callable[[], nn.Module], size: tuple[int, ...], training: bool
    ) -> None:
        """Modes, tensors, gradients, hooks, attributes and random state are as before."""
        model = build().train(training)
        next(model.children(), nn.Identity()).train(not training)
        before = take_snapshot(model)

        assert model_cost(model, size).mult_adds > 0

        assert before == take_snapshot(model)
        assert model(torch.zeros(1, *size)) is not None

    def test_after_a_forward_that_fails(self) -> None:
        """The model and torch's switches are as before when forward raises."""
        model = nn.Sequential(make_hooked_model(), Failing())
        before = take_snapshot(model)
        with pytest.raises(ValueError, match="out of order"):
            model_cost(model, (3, 8, 8))
        assert before == take_snapshot(model)
