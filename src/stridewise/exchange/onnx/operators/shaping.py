"""Operators that arrange numbers anew."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.exchange.onnx.building import Builder
from stridewise.exchange.onnx.model import OnnxNode
from stridewise.exchange.onnx.operators.registry import translates
from stridewise.exchange.onnx.operators.windows import pairs
from stridewise.exchange.onnx.reading import refuse
from stridewise.exchange.onnx.values import OPEN, SIZE_OF_BATCH, Value, axis_last, order_of_onnx
from stridewise.glue.function import integers
from stridewise.layers import Concatenate, DepthToSpace, SpaceToDepth

__all__: list[str] = []


def integers_of(
    node: OnnxNode, to: Builder, attribute: str, place: int
) -> tuple[list[int] | None, Value | None]:
    """An option that was an attribute once and is an input now: known, or a value, or neither."""
    known = node.get(attribute)
    if known is not None:
        return ([known] if isinstance(known, int) else list(known)), None
    name = node.input(place)
    constant = to.constant(name)
    if constant is not None:
        return integers(constant), None
    return None, (to.plain(name) if name else None)


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


def but_for_the_batch(sizes: Array | None) -> list[int] | None:
    """A computed shape as one to reshape to, if all but the batch is known: 0 keeps that."""
    if sizes is None or sizes[:1].tolist() != [SIZE_OF_BATCH]:
        return None
    others = sizes[1:].tolist()
    return None if {SIZE_OF_BATCH, OPEN} & {*others} else [0, *others]


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
    own = x.rank if x.constant is None else x.constant.ndim
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
    own = x.rank if x.constant is None else x.constant.ndim
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


@translates("Pad")
def pad(node: OnnxNode, to: Builder) -> None:
    """A frame around any axes."""
    mode = node.get("mode", "constant")
    x = to.values[node.inputs[0]]
    widths, computed = integers_of(node, to, "pads", 1)
    axes, computed_axes = integers_of(node, to, "axes", 3)
    value = to.constant(node.input(2))
    if mode not in ("constant", "reflect", "edge", "wrap"):
        raise refuse(
            "the node pads in an unknown mode.",
            needed="constant, reflect, edge or wrap",
            received=f"mode={mode!r} in node {node.title!r}",
            hint="mode='constant'",
        )
    is_known = node.input(2) is None or value is not None
    if widths is not None and computed_axes is None and is_known:
        number = node.get("value", 0.0) if value is None else value.item()
        along = axes
        if x.last and x.rank is not None:
            along = [axis_last(a, x.rank) for a in ([*range(x.rank)] if axes is None else axes)]
        settings: dict[str, Any] = {"widths": widths, "axes": along}
        settings |= {"value": number} if mode == "constant" else {"mode": mode}
        layout: dict[str, Any] = {"rank": x.rank, "last": x.last, "batched": True}
        to.call(node.outputs[0], "pad_axes", x, **layout, **settings)
        return
    x = to.plain(node.inputs[0])
    zero = Value(constant=np.zeros((), np.int64))
    known = None if widths is None else Value(constant=np.array(widths, np.int64))
    given = [x, computed or known or zero, to.plain(node.inputs[2]) if node.input(2) else zero]
    if computed_axes is not None:
        given.append(computed_axes)
    settings = {"mode": mode} | ({} if axes is None else {"axes": axes})
    to.call(node.outputs[0], "pad_axes", *given, rank=x.rank, batched=True, **settings)


@translates("DepthToSpace", "SpaceToDepth")
def pixel_shuffle(node: OnnxNode, to: Builder) -> None:
    """Layers: channels become positions, and back."""
    x = to.last(node.inputs[0])
    block = node.get("blocksize", 2)
    layer = (
        DepthToSpace(block, mode=node.get("mode", "DCR"))
        if node.operator == "DepthToSpace"
        else SpaceToDepth(block, mode=node.get("mode", "DCR"))
    )
    to.place(node.outputs[0], layer, [x], rank=x.rank, last=x.last)


@translates("Col2Im")
def fold(node: OnnxNode, to: Builder) -> None:
    """Columns back to an image."""
    columns = to.plain(node.inputs[0])
    size, kernel = (to.plain(name) for name in node.inputs[1:3])
    known = size.constant if size.constant is not None else kernel.constant
    strides = node.get("strides") or node.get("dilations")
    rank = len(strides) + 2 if strides else (None if known is None else known.size + 2)
    settings: dict[str, Any] = {}
    for name, attribute in (("stride", "strides"), ("dilation", "dilations")):
        if node.get(attribute):
            settings[name] = node.get(attribute)
    if node.get("pads"):
        settings["padding"] = pairs(node.get("pads"))
    to.call(
        node.outputs[0], "fold_first", columns, size, kernel, rank=rank, batched=True, **settings
    )


@translates("CenterCropPad")
def center_crop_pad(node: OnnxNode, to: Builder) -> None:
    """Cut and frame to a size, about the centre."""
    x = to.plain(node.inputs[0])
    settings = {} if node.get("axes") is None else {"axes": node.get("axes")}
    to.call(node.outputs[0], "center", x, to.plain(node.inputs[1]), rank=x.rank, **settings)


@translates("ReverseSequence")
def reverse_sequence(node: OnnxNode, to: Builder) -> None:
    """Turn the beginning of every sequence round."""
    x, lengths = to.plain(node.inputs[0]), to.plain(node.inputs[1])
    settings = {"batch_axis": node.get("batch_axis", 1), "time_axis": node.get("time_axis", 0)}
    to.call(node.outputs[0], "reverse_sequence", x, lengths, rank=x.rank, **settings)
