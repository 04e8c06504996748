"""Operators that frame and cut, and that turn channels and columns into positions."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.exchange.onnx.building import Builder
from stridewise.exchange.onnx.node import OnnxNode
from stridewise.exchange.onnx.operators.options import integers_of
from stridewise.exchange.onnx.operators.registry import translates
from stridewise.exchange.onnx.operators.windows import pairs
from stridewise.exchange.onnx.reading import refuse
from stridewise.exchange.onnx.values import Value, axis_last
from stridewise.layers import DepthToSpace, SpaceToDepth

__all__: list[str] = []


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
