"""Costs against sums done by hand, the paper's figures, and torch's own counter."""

import contextlib
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
from torch.utils.flop_counter import FlopCounterMode

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


class TestClosedForms:
    @pytest.mark.parametrize(
        ("expected", "got"),
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
        ],
    )
    def test_by_hand(self, expected: Cost, got: Cost) -> None:
        """The figures of the post and the paper, and one worked out on paper."""
        assert expected == got

    @pytest.mark.parametrize(
        ("kernel", "channels", "out_channels", "size", "stride"),
        list(itertools.product([1, 3, 5], [4, 6], [4, 10], [7, 12], [1, 2])),
    )
    def test_as_torch_counts(
        self, kernel: int, channels: int, out_channels: int, size: int, stride: int
    ) -> None:
        """Weights and multiply-adds are those of the layer in torch."""

        def count(*layers: nn.Conv2d) -> tuple[Cost, int]:
            x = torch.zeros(1, channels, size, size)
            with FlopCounterMode(display=False) as counter, torch.no_grad():
                for layer in layers:
                    x = layer(x)
            weights = sum(layer.weight.numel() for layer in layers)
            return Cost(weights, counter.get_total_flops() // 2), x.shape[-1]

        standard = nn.Conv2d(
            channels, out_channels, kernel, stride, padding=kernel // 2, bias=False
        )
        depthwise = nn.Conv2d(
            channels, channels, kernel, stride, padding=kernel // 2, groups=channels, bias=False
        )
        pointwise = nn.Conv2d(channels, out_channels, 1, bias=False)

        expected, out = count(standard)
        assert expected == conv2d(kernel, channels, out_channels, out)
        expected, out = count(depthwise, pointwise)
        assert expected == depthwise_separable_conv2d(kernel, channels, out_channels, out)

    def test_whole_numbers_of_other_libraries(self) -> None:
        """NumPy's integers and a list for a pair are taken as torch takes them."""
        three = cast("int", np.int64(3))
        assert conv2d(three, three, three, three) == Cost(81, 729)
        assert conv2d(cast("int", [3, 3]), 3, 3, 3) == Cost(81, 729)

    def test_ratio(self) -> None:
        """1/N + 1/K² is exact, and is the ratio of the two costs."""
        assert Fraction(4, 9) == separable_ratio(3, 3)
        assert Fraction(1, 512) + Fraction(1, 9) == separable_ratio(3, 512)
        separable = depthwise_separable_conv2d(5, 7, 11, 13)
        standard = conv2d(5, 7, 11, 13)
        ratio = separable_ratio(5, 11)
        assert ratio == Fraction(separable.mult_adds, standard.mult_adds)
        assert ratio == Fraction(separable.parameters, standard.parameters)

    @pytest.mark.parametrize(
        ("call", "given", "wanted"),
        [
            (lambda: conv2d(0, 3, 3, 3), "kernel_size", "is 0"),
            (lambda: conv2d(3, -3, 3, 3), "in_channels", "is -3"),
            (lambda: conv2d(3, 3, cast("int", 3.0), 3), "out_channels", "is 3.0"),
            (lambda: conv2d(3, 3, 3, (3, 0)), "output_size", "is 0"),
            (lambda: conv2d(cast("int", (3, 3, 3)), 3, 3, 3), "kernel_size", "pair"),
            (lambda: conv2d(3, 3, 3, True), "output_size", "is True"),
            (lambda: conv2d(3, 8, 6, 3, groups=4), "groups=4", "divides both"),
            (lambda: depthwise_conv2d(3, 0, 3), "channels", "is 0"),
            (lambda: pointwise_conv2d(3, cast("int", "3"), 3), "out_channels", "is '3'"),
            (lambda: separable_ratio(3, 0), "out_channels", "is 0"),
            (lambda: depthwise_separable_conv2d(3, 0, 3, 3), "in_channels", "is 0"),
        ],
    )
    def test_bad_input(self, call: Callable[[], object], given: str, wanted: str) -> None:
        """The error names the argument, what it was, and what it should be."""
        with pytest.raises(ValueError, match=given) as error:
            call()
        assert wanted in str(error.value)


class Residual(nn.Module):
    """Two calls of one convolution, a functional one, and a matrix product."""

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
        x = F.conv2d(x, self.weight)
        flat = x.flatten(2)
        return flat @ flat.mT


class TestModelCost:
    def test_ver2(self) -> None:
        """VER2: the paper's convolutions, and its classifier 49 times."""
        cost = model_cost(ver2.MobileNet(), IMAGE)

        assert cost.parameters == 4_231_976
        assert cost.mult_adds == 568_740_352 + 48 * 1_024_000
        assert cost.unreached == ()
        assert cost.rows[-1].output_shape == (49, 1000)

    def test_ver1(self) -> None:
        """VER1: DWConv5 held once and run five times, three modules never run."""
        cost = model_cost(ver1.MobileNet(), IMAGE)

        assert cost.parameters == 3_143_080
        # The paper's Table 1 with its stride of 2 in the last block, no classifier.
        assert cost.mult_adds == 533_833_216 - 1_024_000
        assert cost.unreached == ("avgp", "fc", "sm")
        calls = [row.call for row in cost.rows if row.name == "DWConv5.1"]
        assert calls == [1, 2, 3, 4, 5]

    def test_shared_functional_and_unreached(self) -> None:
        """What no module does counts for the module whose forward does it."""
        cost = model_cost(Residual(), (4, 5, 5))

        conv, pointwise, product = 4 * 4 * 9 * 25, 4 * 4 * 25, 4 * 4 * 25
        assert [(row.name, row.call) for row in cost.rows] == [
            ("Residual", 1),
            ("shared", 1),
            ("shared", 2),
        ]
        assert [pointwise + product, conv, conv] == [r.mult_adds for r in cost.rows]
        assert cost.mult_adds == 2 * conv + pointwise + product
        assert cost.parameters == 4 * 4 * 9 + 4 * 4 + (4 * 4 + 4)
        assert cost.unreached == ("unused",)

    def test_attention_and_recurrence(self) -> None:
        """Layers that torch fuses are counted too."""
        attention = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
        projections, scores, feed_forward = 4 * 16 * 16, 2 * 5 * 16, 2 * 16 * 32
        expected = 5 * (projections + scores + feed_forward)
        assert expected == model_cost(attention, (5, 16)).mult_adds
        assert expected == model_cost(attention.eval(), (5, 16)).mult_adds

        lstm = nn.LSTM(8, 16, batch_first=True)
        assert model_cost(lstm, (5, 8)).mult_adds == 5 * 4 * 16 * (8 + 16)

    def test_several_inputs(self) -> None:
        """A list of sizes is one input each."""
        attention = nn.MultiheadAttention(16, 4, batch_first=True)
        cost = model_cost(attention, [(5, 16), (7, 16), (7, 16)])

        projections = 5 * 16 * 16 * 2 + 7 * 16 * 16 * 2
        assert cost.mult_adds == projections + 2 * 5 * 7 * 16
        assert cost.rows[0].output_shape == (1, 5, 16)

    def test_products_with_a_vector(self) -> None:
        """They count, though torch's counter leaves them out."""

        class Scores(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.v = nn.Parameter(torch.zeros(16))

            def forward(self, x: Tensor) -> Tensor:
                return x[0] @ self.v @ torch.ones(5, device=x.device)

        assert model_cost(Scores(), (5, 16)).mult_adds == 5 * 16 + 5

    @pytest.mark.parametrize("dtype", [torch.half, torch.bfloat16, torch.double])
    def test_other_types(self, dtype: torch.dtype) -> None:
        """A model in another precision gets inputs of its own."""
        model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(144, 2)).to(dtype)

        assert model_cost(model, (3, 8, 8)).mult_adds == 27 * 4 * 36 + 144 * 2

    def test_whole_numbers_as_input(self) -> None:
        """With a dtype, also a model that starts with an embedding can be counted."""
        model = nn.Sequential(nn.Embedding(10, 8), nn.Linear(8, 2))

        assert model_cost(model, (5,), dtype=torch.long).mult_adds == 5 * 8 * 2

    @pytest.mark.parametrize(
        ("model", "size"),
        [
            (nn.LSTM(8, 16, batch_first=True), (5, 8)),
            (nn.TransformerEncoderLayer(16, 4, 32, batch_first=True), (5, 16)),
            (nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 4, 3)), (3, 8, 8)),
        ],
    )
    def test_with_data_as_without(self, model: nn.Module, size: tuple[int, ...]) -> None:
        """A model that needs data is counted like one that does not."""

        class OnData(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.inner = model

            def forward(self, x: Tensor) -> Any:
                return self.inner(x + 1 if x.sum() > 1 else x)

        expected = model_cost(model, size).mult_adds
        assert 0 < expected == model_cost(OnData(), size).mult_adds

    def test_calls_out_of_step(self) -> None:
        """A call that raises and is caught has its share, and its caller its own."""

        class Fails(nn.Module):
            def forward(self, x: Tensor) -> Tensor:
                raise RuntimeError("no")

        class Catches(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.fails = Fails()

            def forward(self, x: Tensor) -> Tensor:
                x = x @ x.mT
                with contextlib.suppress(RuntimeError):
                    self.fails(x)
                return x

        rows = model_cost(nn.Sequential(Catches()), (4, 4)).rows
        assert [(row.name, row.mult_adds) for row in rows] == [("0", 64), ("0.fails", 0)]

    def test_modules_with_a_length(self) -> None:
        """An empty Sequential, a residual block's shortcut, is a child like any other."""
        model = nn.Sequential(nn.Sequential(nn.Sequential()))

        assert [row.name for row in model_cost(model, (4,)).rows] == ["0.0"]

    def test_containers_are_not_unreached(self) -> None:
        """Only what has a forward can be said never to be called."""
        model = nn.Linear(4, 4)
        model.extra = nn.ParameterList([nn.Parameter(torch.zeros(4))])
        model.blocks = nn.ModuleList()

        assert model_cost(model, (4,)).unreached == ()

    def test_a_class_is_not_a_model(self) -> None:
        """The slip of leaving out the parentheses is named."""
        with pytest.raises(TypeError, match="not its class"):
            model_cost(cast("nn.Module", ver2.MobileNet), IMAGE)

    def test_needs_no_memory(self) -> None:
        """A model on the meta device, far too large to hold, is counted as well."""
        with torch.device("meta"):
            huge = nn.Sequential(nn.Linear(10**6, 10**6, bias=False))

        assert model_cost(huge, (10**6,)).mult_adds == 10**12

    def test_prints_as_a_table(self) -> None:
        """The table shows the calls, the batch, the totals and what was never called."""
        table = str(model_cost(ver1.MobileNet(), IMAGE))

        assert "DWConv5.1 (call 5)  1x1 convolution" in table
        assert "1 x 1024 x 4 x 4" in table
        assert table.endswith("532,809,216\nnever called: avgp, fc, sm")

    @pytest.mark.parametrize(
        ("model", "size", "message"),
        [
            (nn.Conv2d(3, 8, 3), (1, 8, 8), "Conv2d fails on an input of size"),
            (nn.Conv2d(3, 8, 3), (3, 2, 2), "Kernel size can't be greater"),
            (nn.Conv2d(3, 8, 3), (3, 0, 8), "at least 1, and is 0"),
            (nn.Conv2d(3, 8, 3), 224, "as a tuple, such as"),
            (nn.Conv2d(3, 8, 3), (), "as a tuple, such as"),
            (nn.Conv2d(3, 8, 3), ((3, 8, 8),), "or a list of such tuples"),
            (nn.Embedding(3, 8), (4,), r"a batch of one, torch.float32"),
        ],
    )
    def test_bad_input(self, model: nn.Module, size: Any, message: str) -> None:
        """What the model cannot take is a ValueError that says what was given."""
        with pytest.raises(ValueError, match=message) as error:
            model_cost(model, size)
        assert repr(size) in str(error.value)


class Branching(nn.Module):
    """Looks at the values, which meta tensors do not have."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(3)
        self.conv = nn.Conv2d(3, 8, 3)
        self.drop = nn.Dropout()

    def forward(self, x: Tensor) -> Tensor:
        x = self.drop(self.conv(self.norm(x)))
        return x if x.sum() > 0 else -x


class Raising(Branching):
    def forward(self, x: Tensor) -> Tensor:
        super().forward(x)
        torch.rand(1)
        raise RuntimeError("out of order")


class Lazy(nn.Module):
    """Builds a buffer, an attribute and a layer when it is first called."""

    mask: Tensor | None

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 8)
        self.register_buffer("mask", None)

    def forward(self, x: Tensor) -> Tensor:
        if self.mask is None:
            self.mask = torch.ones(8, device=x.device)
            self.table = torch.ones(8, device=x.device)
            self.second = nn.Linear(8, 8, device=x.device)
        out: Tensor = self.second(self.linear(x) * self.mask * self.table)
        return out


class TestLeavesNoTrace:
    @pytest.mark.parametrize(
        "model",
        [
            Lazy(),
            prune.l1_unstructured(nn.Linear(8, 8), "weight", 0.5),
            nn.LSTM(8, 8),
        ],
    )
    def test_what_forward_assigns(self, model: nn.Module) -> None:
        """What forward, or a hook before it, puts into the model is taken out again."""
        names, entries = set(vars(model)), set(model.state_dict())

        model_cost(model, (8, 8))

        assert names == set(vars(model))
        assert entries == set(model.state_dict())
        assert model(torch.zeros(1, 8, 8)) is not None

    @pytest.mark.parametrize("build", [ver2.MobileNet, Branching, Residual])
    @pytest.mark.parametrize("training", [True, False])
    def test_a_pass(self, build: Callable[[], nn.Module], training: bool) -> None:
        """Mode, parameters, buffers, hooks and random state are as before."""
        model = build().train(training)
        next(model.children()).train(not training)
        before = snapshot(model)

        size = (4, 8, 8) if build is Residual else IMAGE
        assert model_cost(model, size).mult_adds > 0

        assert same(before, snapshot(model))

    def test_a_pass_that_fails(self) -> None:
        """Also when forward raises, and torch's switches are back in place."""
        model = Raising()
        before = snapshot(model)

        with pytest.raises(ValueError, match="out of order"):
            model_cost(model, IMAGE)

        assert same(before, snapshot(model))
        assert torch.is_grad_enabled()
        assert torch.backends.mha.get_fastpath_enabled()

    def test_frozen_and_hooked(self) -> None:
        """requires_grad, gradients and the caller's own hooks stay."""
        model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4))
        model[0].weight.requires_grad_(False)
        model(torch.randn(2, 3, 4, 4)).sum().backward()
        seen: list[str] = []
        model[1].register_forward_hook(lambda *_: seen.append("hook"))
        gradient = model[1].bias.grad

        model_cost(model, (3, 8, 8))

        assert not model[0].weight.requires_grad
        assert model[1].bias.grad is gradient
        assert len(model[1]._forward_hooks) == 1


def snapshot(model: nn.Module) -> dict[str, Any]:
    modules = dict(model.named_modules())
    return {
        "mode": {name: module.training for name, module in modules.items()},
        "hooks": {
            name: (len(module._forward_hooks), len(module._forward_pre_hooks))
            for name, module in modules.items()
        },
        "identity": {name: id(tensor) for name, tensor in tensors(model)},
        "values": {name: tensor.clone() for name, tensor in tensors(model)},
        "random": torch.get_rng_state(),
    }


def tensors(model: nn.Module) -> list[tuple[str, Tensor]]:
    return [*model.named_parameters(), *model.named_buffers()]


def same(before: dict[str, Any], after: dict[str, Any]) -> bool:
    values = before.pop("values"), after.pop("values")
    random = before.pop("random"), after.pop("random")
    return (
        before == after
        and torch.equal(*random)
        and all(torch.equal(values[0][name], values[1][name]) for name in values[0])
    )


class TestByKind:
    def test_shared_layer(self) -> None:
        """Its weights count once, its multiply-adds at each call, as in the totals."""
        shared = nn.Conv2d(4, 4, 1)
        kinds = model_cost(nn.Sequential(shared, nn.ReLU(), shared), (4, 5, 5)).by_kind()
        assert {"1x1 convolution": Cost(parameters=16, mult_adds=2 * 16 * 25)} == kinds

    def test_neither_bias_nor_normalization(self) -> None:
        """Weights alone: a bias of 8 and a normalization of 16 are no part of them."""
        model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8))
        kinds = model_cost(model, (3, 3, 3)).by_kind()
        assert {"3x3 convolution": Cost(parameters=216, mult_adds=216)} == kinds
