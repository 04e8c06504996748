"""Operators that arrange numbers anew."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.exchange.onnx.building import Builder
from stridewise.exchange.onnx.node import OnnxNode
from stridewise.exchange.onnx.operators.options import but_for_the_batch, integers_of
from stridewise.exchange.onnx.operators.registry import translates
from stridewise.exchange.onnx.reading import refuse
from stridewise.exchange.onnx.values import Value, axis_last, order_of_onnx
from stridewise.layers import Concatenate

__all__: list[str] = []


@translates("Reshape")
def reshape(node: OnnxNode, to: Builder) -> None:
    """Numbers are counted in ONNX's order: channels go back in front first."""
    x = to.plain(node.inputs[0])
    shape, computed = integers_of(node, to, "shape", 1)
    zero = bool(node.get("allowzero", 0))
    if computed is not None and x.batched and not zero:
        shape = but_for_the_batch(to.sizes.get(computed.tensor))
    if computed is not None and shape is None:
        to.call(node.outputs[0], "reshape", x, computed, allow_zero=zero)
        return
    sizes = shape or []
    if x.batched and not zero and sizes and sizes[0] == to.batch:
        sizes = [0, *sizes[1:]]  # the batch's own size, whatever the model was exported for
    batched = x.batched and not zero and sizes[:1] in ([0], [-1])
    settings: dict[str, Any] = {"shape": sizes} | ({"allow_zero": True} if zero else {})
    to.call(node.outputs[0], "reshape", x, rank=len(sizes), batched=batched, **settings)


@translates("Flatten")
def flatten(node: OnnxNode, to: Builder) -> None:
    """Two axes."""
    x = to.plain(node.inputs[0])
    axis = node.get("axis", 1)
    to.call(node.outputs[0], "flatten", x, rank=2, batched=axis == 1, axis=axis)


@translates("Transpose")
def transpose(node: OnnxNode, to: Builder) -> None:
    """Of a value with channels last, the two turns become one."""
    x = to.values[node.inputs[0]]
    axes = node.get("perm")
    own = x.axes
    if axes is not None and sorted(axes) != [*range(len(axes) if own is None else own)]:
        raise refuse(
            "`perm` is no order of the axes.",
            needed=f"each of {own or 'all'} axes once, counted from 0",
            received=f"perm={axes[:40]}",
            hint="no perm, which turns them round",
        )
    if x.last and x.rank is not None:
        axes = [*range(x.rank)][::-1] if axes is None else axes
        order = order_of_onnx(x.rank)
        axes = [order[axis] for axis in axes]
        if axes == [*range(x.rank)]:
            to.alias(node.outputs[0], x._replace(last=False))
            return
    rank = x.rank if axes is None else len(axes)
    batched = axes is not None and axes[:1] == [0]
    to.call(node.outputs[0], "transpose", x, rank=rank, batched=batched, axes=axes)


@translates("Squeeze", "Unsqueeze")
def squeeze(node: OnnxNode, to: Builder) -> None:
    """Axes of size 1 go or come."""
    function = node.operator.lower()
    x = to.plain(node.inputs[0])
    axes, computed = integers_of(node, to, "axes", 1)
    if computed is not None:
        to.call(node.outputs[0], function, x, computed)
        return
    count = len(axes or [])
    own = x.axes
    rank = (
        None if own is None or axes is None else own + (count if function != "squeeze" else -count)
    )
    batched = axes is not None and 0 not in axes and min(axes, default=0) >= 0
    to.call(node.outputs[0], function, x, rank=rank, batched=batched, axes=axes)


@translates("Expand")
def expand(node: OnnxNode, to: Builder) -> None:
    """Broadcast."""
    to.call(node.outputs[0], "expand", to.plain(node.inputs[0]), to.plain(node.inputs[1]))


@translates("Tile")
def tile(node: OnnxNode, to: Builder) -> None:
    """Repeat along every axis."""
    x = to.plain(node.inputs[0])
    to.call(node.outputs[0], "tile", x, to.plain(node.inputs[1]), rank=x.rank)


@translates("Concat")
def concat(node: OnnxNode, to: Builder) -> None:
    """Along one axis."""
    values, rank, last = to.together(node.inputs)
    axis = node.get("axis", 1)
    if last and rank is not None:
        # Constants have shed leading axes of size 1, which concatenation needs.
        values = [to.last(name, rank) for name in node.inputs]
        axis = axis_last(axis, rank)
        if axis == rank - 1 and len(values) > 1:
            to.place(node.outputs[0], Concatenate(), values, rank=rank, last=True)
            return
    batched = rank is not None and axis % rank != 0
    to.call(node.outputs[0], "concat", *values, rank=rank, last=last, batched=batched, axis=axis)


@translates("Split")
def split(node: OnnxNode, to: Builder) -> None:
    """A node for each piece."""
    x = to.values[node.inputs[0]]
    axis = node.get("axis", 0)
    if x.last and x.rank is not None:
        axis = axis_last(axis, x.rank)
    sizes, computed = integers_of(node, to, "split", 1)
    settings: dict[str, Any] = {"axis": axis}
    if sizes is not None:
        settings["sizes"] = sizes
    elif computed is None:
        settings["parts"] = parts = node.get("num_outputs", len(node.outputs))
        if parts != len(node.outputs):
            raise refuse(
                "`num_outputs` is not the number of outputs.",
                needed=f"num_outputs={len(node.outputs)}",
                received=f"num_outputs={parts}",
                hint="no num_outputs: the outputs are counted",
            )
    given = [x]
    layout: dict[str, Any] = {"rank": x.rank, "last": x.last, "batched": axis != 0}
    for index, name in enumerate(node.outputs):
        if name and computed is not None:
            to.call(name, "split", *given, computed, **layout, index=index, axis=axis)
        elif name:
            to.call(name, "split", *given, **layout, index=index, **settings)


@translates("Slice")
def slice_(node: OnnxNode, to: Builder) -> None:
    """Ranges along axes, mapped where channels are last."""
    x = to.values[node.inputs[0]]
    names = ("starts", "ends", "axes", "steps")
    options = [integers_of(node, to, name, place) for place, name in enumerate(names, start=1)]
    if any(computed is not None for _, computed in options):
        x = to.plain(node.inputs[0])
        given = []
        for known, computed in options:
            if known is None and computed is None:
                break
            given.append(computed or Value(constant=np.array(known, np.int64)))
        to.call(node.outputs[0], "slice", x, *given, rank=x.rank)
        return
    starts, ends, axes, steps = (known for known, _ in options)
    if starts is None or ends is None:
        raise refuse(
            "Slice needs to know what to take.",
            needed="starts and ends",
            received=f"node {node.title!r} without them",
            hint="onnx.checker.check_model, for more detail",
        )
    axes = [*range(len(starts))] if axes is None else axes
    batched = 0 not in axes and min(axes, default=1) > 0
    if x.last and x.rank is not None:
        axes = [axis_last(axis, x.rank) for axis in axes]
    settings: dict[str, Any] = {"starts": starts, "ends": ends, "axes": axes}
    settings |= {} if steps is None else {"steps": steps}
    layout: dict[str, Any] = {"rank": x.rank, "last": x.last, "batched": batched}
    to.call(node.outputs[0], "slice", x, **layout, **settings)


@translates("ReverseSequence")
def reverse_sequence(node: OnnxNode, to: Builder) -> None:
    """Turn the beginning of every sequence round."""
    x, lengths = to.plain(node.inputs[0]), to.plain(node.inputs[1])
    settings = {"batch_axis": node.get("batch_axis", 1), "time_axis": node.get("time_axis", 0)}
    to.call(node.outputs[0], "reverse_sequence", x, lengths, rank=x.rank, **settings)
