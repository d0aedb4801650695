"""Parameters and multiply-adds: formulas for a layer, and counts for any model.

A multiply-add is one multiplication and the addition that follows it, so it is two
floating point operations. As in the paper (arXiv:1704.04861), the multiply-adds of
convolutions and fully connected layers count; those of bias, normalization,
activation and pooling do not.
"""

from __future__ import annotations

import contextlib
import operator
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import torch
from torch import nn
from torch.func import functional_call
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

__all__ = [
    "Cost",
    "ModelCost",
    "Row",
    "Shape",
    "Size",
    "conv2d",
    "depthwise_conv2d",
    "depthwise_separable_conv2d",
    "model_cost",
    "pointwise_conv2d",
    "separable_ratio",
]

Size = int | tuple[int, int]
"""(height, width), or one number if they are equal."""
Shape = tuple[int, ...]
"""The length of each dimension."""


@dataclass(frozen=True)
class Cost:
    """The weights that a layer holds, and its multiply-adds for one input.

    The sum of two costs is the cost of both layers together.

    Attributes:
        parameters: The number of weights.
        mult_adds: The multiply-adds for one input, not for a batch.

    Examples:
        >>> from mobilenet.cost import Cost
        >>> Cost(parameters=27, mult_adds=243) + Cost(parameters=9, mult_adds=81)
        Cost(parameters=36, mult_adds=324)
    """

    parameters: int
    mult_adds: int

    def __add__(self, other: Cost) -> Cost:
        if not isinstance(other, Cost):
            return NotImplemented
        return Cost(self.parameters + other.parameters, self.mult_adds + other.mult_adds)


def conv2d(
    kernel_size: Size,
    in_channels: int,
    out_channels: int,
    output_size: Size,
    *,
    groups: int = 1,
) -> Cost:
    """Return the cost of a convolution without bias.

    With a kernel of K x K, M input channels, N output channels and an output of
    H x W positions it holds K·K·M·N weights, and each is used once per position:
    K·K·M·N·H·W multiply-adds (section 3.1 of the paper). With `groups` = g, both
    are divided by g.

    Args:
        kernel_size: K, or (height, width).
        in_channels: M.
        out_channels: N.
        output_size: H and W of the output, as (H, W) or as one number if they are equal.
        groups: g; as many groups as channels make the convolution depthwise.

    Returns:
        The weights, and the multiply-adds for one input.

    Raises:
        ValueError: If a size is not a positive whole number, or `groups` does not divide
            both channel counts.

    Examples:
        >>> from mobilenet.cost import conv2d
        >>> conv2d(kernel_size=3, in_channels=3, out_channels=3, output_size=3)
        Cost(parameters=81, mult_adds=729)
    """
    kernel_height, kernel_width = _pair("kernel_size", kernel_size)
    height, width = _pair("output_size", output_size)
    _positive("in_channels", in_channels)
    _positive("out_channels", out_channels)
    _positive("groups", groups)
    if in_channels % groups or out_channels % groups:
        raise ValueError(
            f"groups={groups} does not divide in_channels={in_channels} and "
            f"out_channels={out_channels}: give a number that divides both"
        )
    parameters = kernel_height * kernel_width * (in_channels // groups) * out_channels
    return Cost(parameters, parameters * height * width)


def depthwise_conv2d(kernel_size: Size, channels: int, output_size: Size) -> Cost:
    """Return the cost of a depthwise convolution without bias: one kernel per channel.

    Args:
        kernel_size: K, or (height, width).
        channels: The number of input channels, which is also that of output channels.
        output_size: H and W of the output, as (H, W) or as one number if they are equal.

    Returns:
        The weights, and the multiply-adds for one input.

    Raises:
        ValueError: If a size is not a positive whole number.

    Examples:
        >>> from mobilenet.cost import depthwise_conv2d
        >>> depthwise_conv2d(kernel_size=3, channels=3, output_size=3)
        Cost(parameters=27, mult_adds=243)
    """
    _positive("channels", channels)
    return conv2d(kernel_size, channels, channels, output_size, groups=channels)


def pointwise_conv2d(in_channels: int, out_channels: int, output_size: Size) -> Cost:
    """Return the cost of a pointwise (1x1) convolution without bias.

    Args:
        in_channels: M.
        out_channels: N.
        output_size: H and W of the output, as (H, W) or as one number if they are equal.

    Returns:
        The weights, and the multiply-adds for one input.

    Raises:
        ValueError: If a size is not a positive whole number.

    Examples:
        >>> from mobilenet.cost import pointwise_conv2d
        >>> pointwise_conv2d(in_channels=3, out_channels=3, output_size=3)
        Cost(parameters=9, mult_adds=81)
    """
    return conv2d(1, in_channels, out_channels, output_size)


def depthwise_separable_conv2d(
    kernel_size: Size, in_channels: int, out_channels: int, output_size: Size
) -> Cost:
    """Return the cost of a depthwise convolution and the pointwise one after it, without biases.

    Args:
        kernel_size: K of the depthwise convolution, or (height, width).
        in_channels: M.
        out_channels: N, the output channels of the pointwise convolution.
        output_size: H and W of the output, as (H, W) or as one number if they are equal.

    Returns:
        The weights of both, and the multiply-adds for one input.

    Raises:
        ValueError: If a size is not a positive whole number.

    Examples:
        >>> from mobilenet.cost import depthwise_separable_conv2d
        >>> depthwise_separable_conv2d(kernel_size=3, in_channels=3, out_channels=3, output_size=3)
        Cost(parameters=36, mult_adds=324)
    """
    _positive("in_channels", in_channels)
    depthwise = depthwise_conv2d(kernel_size, in_channels, output_size)
    return depthwise + pointwise_conv2d(in_channels, out_channels, output_size)


def separable_ratio(kernel_size: Size, out_channels: int) -> Fraction:
    """Return the cost of a depthwise separable convolution divided by the standard one's.

    It is 1/N + 1/K², for parameters and for multiply-adds alike (section 3.1 of the
    paper). It depends neither on the input channels nor on the output size.

    Args:
        kernel_size: K, or (height, width).
        out_channels: N.

    Returns:
        The exact ratio.

    Raises:
        ValueError: If a size is not a positive whole number.

    Examples:
        >>> from mobilenet.cost import separable_ratio
        >>> separable_ratio(kernel_size=3, out_channels=3)
        Fraction(4, 9)
    """
    kernel_height, kernel_width = _pair("kernel_size", kernel_size)
    _positive("out_channels", out_channels)
    return Fraction(1, out_channels) + Fraction(1, kernel_height * kernel_width)


@dataclass(frozen=True)
class Row:
    """One call of a module that holds parameters, computes something, or has no submodules.

    Attributes:
        name: The module's name as in `named_modules()`; for the model itself, its class's name.
        call: 1 for the module's first call, 2 for its second, …
        kind: `3x3 convolution`, `3x3 depthwise`, `1x1 convolution` or the class's name.
        input_shape: The shape of the first input, with a batch of one.
        output_shape: The shape of the first output, with a batch of one.
        parameters: The parameters of the module without its submodules, the same at each call.
        mult_adds: The multiply-adds of the module without its submodules, in this call.
        weights: The parameters in tensors of two or more dimensions, so no bias and no BatchNorm.

    Examples:
        >>> from torch import nn
        >>> from mobilenet.cost import model_cost
        >>> (row,) = model_cost(nn.Conv2d(3, 8, 3, bias=False), (3, 10, 10)).rows
        >>> row.kind, row.output_shape, row.parameters, row.mult_adds
        ('3x3 convolution', (1, 8, 8, 8), 216, 13824)
    """

    name: str
    call: int
    kind: str
    input_shape: Shape
    output_shape: Shape
    parameters: int
    mult_adds: int
    weights: int


@dataclass(frozen=True)
class ModelCost:
    """The result of `model_cost`, which `print` shows as a table.

    Attributes:
        rows: A row for each call, in the order of the calls.
        parameters: All parameters of the model; a shared one counts once, and those of modules
            that are never called count too.
        mult_adds: The multiply-adds of all calls.
        unreached: Modules whose `forward` was never called, without the modules in them. Their
            parameters may still be used, as `nn.MultiheadAttention` uses those of its `out_proj`.

    Examples:
        >>> from torch import nn
        >>> from mobilenet.cost import model_cost
        >>> shared = nn.Linear(4, 4)
        >>> print(model_cost(nn.Sequential(shared, nn.ReLU(), shared), (4,)))
        layer       kind    output  parameters  multiply-adds
        0           Linear  1 x 4           20             16
        1           ReLU    1 x 4            0              0
        0 (call 2)  Linear  1 x 4           20             16
        total                               20             32
    """

    rows: tuple[Row, ...]
    parameters: int
    mult_adds: int
    unreached: tuple[str, ...]

    def by_kind(self) -> dict[str, Cost]:
        """Return the cost of each kind of layer, the most multiply-adds first.

        Only weights are counted, as in Table 2 of the paper, and those of a layer that is
        called twice only once. Kinds with neither weights nor multiply-adds are left out.

        Returns:
            The cost of each kind, by its name in `Row.kind`.

        Examples:
            >>> from torch import nn
            >>> from mobilenet.cost import model_cost
            >>> model = nn.Sequential(nn.Conv2d(3, 8, 1), nn.ReLU(), nn.Conv2d(8, 8, 3))
            >>> for kind, cost in model_cost(model, (3, 10, 10)).by_kind().items():
            ...     print(kind, cost)
            3x3 convolution Cost(parameters=576, mult_adds=36864)
            1x1 convolution Cost(parameters=24, mult_adds=2400)
        """
        kinds: dict[str, Cost] = {}
        for row in self.rows:
            cost = Cost(row.weights if row.call == 1 else 0, row.mult_adds)
            if row.weights or row.mult_adds:
                kinds[row.kind] = kinds.get(row.kind, Cost(0, 0)) + cost
        return dict(sorted(kinds.items(), key=lambda item: -item[1].mult_adds))

    def __str__(self) -> str:
        table = [("layer", "kind", "output", "parameters", "multiply-adds")]
        for row in self.rows:
            name = row.name if row.call == 1 else f"{row.name} (call {row.call})"
            output = " x ".join(map(str, row.output_shape))
            table.append((name, row.kind, output, f"{row.parameters:,}", f"{row.mult_adds:,}"))
        table.append(("total", "", "", f"{self.parameters:,}", f"{self.mult_adds:,}"))
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = [
            "  ".join(
                cell.rjust(width) if index > 2 else cell.ljust(width)
                for index, (cell, width) in enumerate(zip(line, widths, strict=True))
            )
            for line in table
        ]
        if self.unreached:
            lines.append(f"never called: {', '.join(self.unreached)}")
        return "\n".join(lines)


def model_cost(
    model: nn.Module, input_size: Shape | list[Shape], *, dtype: torch.dtype | None = None
) -> ModelCost:
    """Count the parameters and multiply-adds of a model, with a row for each call of a module.

    A shared module has a row for each call, and its parameters are counted once in the
    total. Operations that `forward` does without a module (`F.conv2d`, `@`) count for the
    module whose `forward` does them. Counted is what `torch.utils.flop_counter` knows
    (convolutions, matrix products, attention) and products with a vector, but not
    `nn.Bilinear` or quantized layers.

    The model stays as it was: its mode, parameters, buffers, hooks and attributes, and
    torch's random state. It runs once in eval mode without gradients, on meta tensors,
    which hold no data; a model that needs data gets zeros on its own device. Two things
    cannot be undone: a list or a plain tensor that `forward` changes in place, and what
    the model's own hooks do elsewhere.

    Args:
        model: Any module; the values of its weights do not matter.
        input_size: The size of one input without the batch, (C, H, W) for images; a list of
            sizes for a model that takes several inputs.
        dtype: The type of the inputs; None takes that of the model's parameters. A model
            that starts with an embedding needs `torch.long`.

    Returns:
        A row for each call, and the totals.

    Raises:
        TypeError: If `model` is not a module.
        ValueError: If a size is not a tuple of positive whole numbers, or the model fails on
            an input of that size.

    Examples:
        >>> from mobilenet import ver1
        >>> from mobilenet.cost import model_cost
        >>> cost = model_cost(ver1.MobileNet(), (3, 224, 224))
        >>> cost.parameters, cost.mult_adds, cost.unreached
        (3143080, 532809216, ('avgp', 'fc', 'sm'))
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"model={model!r}: give a module, such as MobileNet(), not its class")
    sizes = input_size if isinstance(input_size, list) else [input_size]
    for size in sizes:
        if not isinstance(size, tuple) or not size or isinstance(size[0], tuple):
            raise ValueError(
                f"input_size={input_size!r}: give the size of one input without the "
                "batch as a tuple, such as (3, 224, 224), or a list of such tuples"
            )
        for length in size:
            _positive(f"input_size={input_size!r}: each length", length)
    if dtype is None:
        floating = (p.dtype for p in model.parameters() if p.is_floating_point())
        dtype = next(floating, torch.get_default_dtype())
    try:
        rows, reached = _trace(model, sizes, dtype, torch.device("meta"))
    except Exception:
        # Not every forward can do without values (a branch on the data, a tensor
        # that is no buffer). What is then still wrong is the model's own error.
        device = next((p.device for p in model.parameters()), torch.device("cpu"))
        try:
            rows, reached = _trace(model, sizes, dtype, device)
        except Exception as error:
            raise ValueError(
                f"{type(model).__name__} fails on an input of size {input_size!r} "
                f"(it got a batch of one, {dtype}). {type(error).__name__}: {error}"
            ) from error
    return ModelCost(
        rows=rows,
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        mult_adds=sum(row.mult_adds for row in rows),
        unreached=tuple(_unreached(model, reached)),
    )


def _trace(
    model: nn.Module, sizes: list[Shape], dtype: torch.dtype, device: torch.device
) -> tuple[tuple[Row, ...], set[nn.Module]]:
    """Return the rows of one run of `model`, in order of the calls, and the modules called."""
    rows: list[Row | None] = []
    calls: Counter[nn.Module] = Counter()
    # Of each call still running: its place in rows, its number, its own operations so far.
    running = [[-1, 0, 0]]
    counted = 0
    names = {module: name for name, module in model.named_modules()}
    counter = FlopCounterMode(display=False, custom_mapping=_VECTOR_PRODUCTS)

    def settle() -> None:
        # What was computed since the last event belongs to the innermost call.
        nonlocal counted
        total = counter.get_total_flops()
        running[-1][2] += total - counted
        counted = total

    def enter(module: nn.Module, args: Any, kwargs: Any) -> None:
        settle()
        calls[module] += 1
        running.append([len(rows), calls[module], 0])
        rows.append(None)

    def leave(module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        settle()
        place, call, flops = running.pop()
        held = list(module.parameters(recurse=False))
        parameters = sum(parameter.numel() for parameter in held)
        if flops or parameters or next(module.children(), None) is None:
            rows[place] = Row(
                name=names[module] or type(module).__name__,
                call=call,
                kind=_kind(module),
                input_shape=_shape((args, kwargs)),
                output_shape=_shape(output),
                parameters=parameters,
                mult_adds=flops // 2,
                weights=sum(parameter.numel() for parameter in held if parameter.dim() > 1),
            )

    with contextlib.ExitStack() as stack:
        stack.enter_context(_as_found(model))
        stack.enter_context(torch.random.fork_rng())
        stack.enter_context(torch.no_grad())
        stack.enter_context(_unfused())
        for module in names:
            module.training = False
            before = module.register_forward_pre_hook(enter, with_kwargs=True)
            after = module.register_forward_hook(leave, with_kwargs=True, always_call=True)
            stack.callback(before.remove)
            stack.callback(after.remove)
        # The pass sees stand-ins, so that it cannot change what the model holds.
        state = {
            name: torch.empty_like(tensor, device=device)
            if device.type == "meta"
            else tensor.clone()
            for name, tensor in (*model.named_parameters(), *model.named_buffers())
        }
        inputs = tuple(torch.zeros(1, *size, dtype=dtype, device=device) for size in sizes)
        stack.enter_context(counter)
        functional_call(model, state, inputs)
    return tuple(row for row in rows if row), set(calls)


@contextlib.contextmanager
def _as_found(model: nn.Module) -> Iterator[None]:
    """Undo what is assigned to the modules of `model`, such as a mode, a cache or a new buffer."""
    found: list[tuple[Any, Any]] = [
        (stored, stored.copy())
        for module in model.modules()
        for stored in (
            vars(module),
            module._parameters,
            module._buffers,
            module._modules,
            module._non_persistent_buffers_set,
        )
    ]
    try:
        yield
    finally:
        for stored, contents in found:
            stored.clear()
            stored.update(contents)


@contextlib.contextmanager
def _unfused() -> Iterator[None]:
    """Turn off torch's fused kernels, which hide their matrix products from the counter."""
    fast, mkldnn = torch.backends.mha.get_fastpath_enabled(), torch._C._get_mkldnn_enabled()
    try:
        torch.backends.mha.set_fastpath_enabled(False)
        # torch.backends.mkldnn.flags would do, were it not for its warning about TF32.
        torch._C._set_mkldnn_enabled(False)
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch._C._set_mkldnn_enabled(mkldnn)
        torch.backends.mha.set_fastpath_enabled(fast)


# Products with a vector, which torch's counter leaves out: shapes in, operations out.
_VECTOR_PRODUCTS = {
    torch.ops.aten.mv: lambda matrix, vector, **_: 2 * matrix[0] * matrix[1],
    torch.ops.aten.dot: lambda left, right, **_: 2 * left[0],
}


def _kind(module: nn.Module) -> str:
    if isinstance(module, nn.Conv2d):
        kernel = "x".join(map(str, module.kernel_size))
        depthwise = 1 < module.groups == module.in_channels == module.out_channels
        return f"{kernel} {'depthwise' if depthwise else 'convolution'}"
    return type(module).__name__


def _shape(value: Any) -> Shape:
    """Return the shape of the first tensor with dimensions in `value`; () if there is none."""
    if isinstance(value, torch.Tensor):
        return tuple(value.shape)
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, (list, tuple)):
        return next((shape for shape in map(_shape, value) if shape), ())
    return ()


def _unreached(module: nn.Module, reached: set[nn.Module], name: str = "") -> Iterator[str]:
    for child_name, child in module.named_children():
        path = f"{name}.{child_name}" if name else child_name
        if not reached.isdisjoint(child.modules()):
            yield from _unreached(child, reached, path)
        elif any(type(part).forward is not nn.Module.forward for part in child.modules()):
            yield path


def _pair(name: str, size: Size) -> tuple[int, int]:
    if isinstance(size, (tuple, list)):
        if len(size) != 2:
            raise ValueError(f"{name}={size!r}: give one number, or a pair (height, width)")
        height, width = size
    else:
        height = width = size
    return _positive(name, height), _positive(name, width)


def _positive(name: str, value: int) -> int:
    try:
        number = 0 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = 0
    if number < 1:
        raise ValueError(f"{name} must be a whole number of at least 1, and is {value!r}")
    return number
