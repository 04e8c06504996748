"""Conv, ConvTranspose, DeformConv: weights are laid out once, on loading."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.exchange.onnx.building import Builder
from stridewise.exchange.onnx.node import OnnxNode
from stridewise.exchange.onnx.operators.registry import translates
from stridewise.exchange.onnx.operators.windows import window
from stridewise.exchange.onnx.reading import refuse
from stridewise.exchange.onnx.values import Value
from stridewise.layers import (
    Conv1D,
    Conv2D,
    Conv3D,
    ConvTranspose1D,
    ConvTranspose2D,
    ConvTranspose3D,
)
from stridewise.options import require_integer

__all__: list[str] = []

_CONV = {1: Conv1D, 2: Conv2D, 3: Conv3D}
_TRANSPOSED = {1: ConvTranspose1D, 2: ConvTranspose2D, 3: ConvTranspose3D}


def _spatial_rank(node: OnnxNode, to: Builder) -> int:
    """How many axes the kernel slides over, from whatever says so."""
    kernel = node.get("kernel_shape")
    known = [to.values[name].rank for name in node.inputs[:2]]
    weight = to.constant(node.input(1))
    full = [rank for rank in (None if weight is None else weight.ndim, *known) if rank]
    rank = len(kernel) if kernel else (full[0] - 2 if full else 0)
    if rank not in (1, 2, 3):
        raise refuse(
            f"{node.operator} over {rank or 'an unknown number of'} axes is not supported.",
            needed="1 to 3 spatial axes",
            received=f"node {node.title!r}, kernel_shape={kernel}",
            hint="a model with known ranks",
        )
    return rank


def _filters_last(node: OnnxNode, to: Builder, rank: int) -> Value:
    """(C_out, C_in // groups, *kernel) to (*kernel, C_in // groups, C_out)."""
    order = [*range(2, rank + 2), 1, 0]
    name = node.inputs[1]
    value, told = to.plain(name), node.get("kernel_shape")
    if told and value.constant is not None and tuple(told) != value.constant.shape[2:]:
        raise refuse(
            "`kernel_shape` is not the weight's.",
            needed=f"kernel_shape={list(value.constant.shape[2:])}",
            received=f"kernel_shape={told}",
            hint="no kernel_shape: the weight has it",
        )
    return to.once(to.derived(name, "filters"), "transpose", value, rank=rank + 2, axes=order)


def _groups(node: OnnxNode) -> int:
    return require_integer(node.operator, "group", node.get("group", 1), at_least=1)


def _own_arrays(to: Builder, node: OnnxNode, weight: Value) -> dict[str, Array] | None:
    """Weights and bias, if the model has them and does not compute them."""
    bias_name = node.input(2)
    bias = to.constant(bias_name)
    if weight.constant is None or (bias_name is not None and bias is None):
        return None
    return {"weight": weight.constant} | ({} if bias is None else {"bias": bias.reshape(-1)})


@translates("Conv")
def conv(node: OnnxNode, to: Builder) -> None:
    """A layer with weights of its own; a function, if the weights are computed."""
    rank = _spatial_rank(node, to)
    x = to.last(node.inputs[0], rank + 2)
    weight = _filters_last(node, to, rank)
    options: dict[str, Any] = window(node, rank) | {"groups": _groups(node)}
    own = _own_arrays(to, node, weight)
    if own is None:
        others = [weight, *(to.plain(name) for name in node.inputs[2:3] if name)]
        layout: dict[str, Any] = {"rank": rank + 2, "last": True, "batched": True}
        to.call(node.outputs[0], f"conv{rank}d", x, *others, **layout, **options)
        return
    layer = _CONV[rank](own["weight"].shape[-1], _kernel(own), bias="bias" in own, **options)
    to.place(node.outputs[0], layer, [x], rank=rank + 2, last=True, arrays=own)


@translates("ConvTranspose")
def conv_transpose(node: OnnxNode, to: Builder) -> None:
    """The convolution's array (C_in, C_out // groups, *kernel), turned the same way."""
    rank = _spatial_rank(node, to)
    x = to.last(node.inputs[0], rank + 2)
    weight = _filters_last(node, to, rank)
    options: dict[str, Any] = window(node, rank) | {
        "groups": _groups(node),
        "output_padding": node.get("output_padding", [0] * rank),
    }
    own = _own_arrays(to, node, weight)
    if node.get("output_shape") is not None:
        # The sizes are told, and the padding follows from them and the input.
        del options["padding"]
        options["output_size"] = node.get("output_shape")[-rank:]
        options["lower"] = node.get("auto_pad", "NOTSET") != "SAME_UPPER"
        own = None
    if own is None:
        others = [weight, *(to.plain(name) for name in node.inputs[2:3] if name)]
        suffix = "_to_size" if "output_size" in options else ""
        layout: dict[str, Any] = {"rank": rank + 2, "last": True, "batched": True}
        to.call(node.outputs[0], f"conv_transpose{rank}d{suffix}", x, *others, **layout, **options)
        return
    channels = own["weight"].shape[-2] * _groups(node)
    layer = _TRANSPOSED[rank](channels, _kernel(own), bias="bias" in own, **options)
    to.place(node.outputs[0], layer, [x], rank=rank + 2, last=True, arrays=own)


@translates("DeformConv")
def deform_conv(node: OnnxNode, to: Builder) -> None:
    """Offsets and mask have their taps as channels: last, as everything."""
    rank = _spatial_rank(node, to)
    x = to.last(node.inputs[0], rank + 2)
    offset = to.last(node.inputs[2], rank + 2)
    weight = _filters_last(node, to, rank)
    C_out = 0 if weight.constant is None else weight.constant.shape[-1]
    bias, mask = node.input(3), node.input(4)
    given = [x, offset, weight]
    if bias or mask:
        none = Value(constant=np.zeros(max(C_out, 1), to.dtype))
        given.append(to.plain(bias) if bias else none)
    if mask:
        given.append(to.last(mask, rank + 2))
    to.call(
        node.outputs[0],
        f"deform_conv{rank}d",
        *given,
        rank=rank + 2,
        last=True,
        batched=True,
        **window(node, rank),
        groups=node.get("group", 1),
        offset_groups=node.get("offset_group", 1),
    )


def _kernel(own: dict[str, Array]) -> list[int]:
    return list(own["weight"].shape[:-2])
