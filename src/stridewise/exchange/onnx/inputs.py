"""Inputs of a model as those of a network: which are images, which are batches, their shapes."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.exchange.onnx.building import Builder
from stridewise.exchange.onnx.model import Model
from stridewise.exchange.onnx.node import Port
from stridewise.exchange.onnx.operators.arithmetic import KEEP_LAYOUT
from stridewise.exchange.onnx.reading import refuse
from stridewise.exchange.onnx.values import Value, order_of_onnx

__all__ = ["WITH_CHANNELS", "declared_batch", "enter", "examples", "images"]

# What keeps the layout of an image, on the way from an input to the first window.
_TRANSPARENT = {*KEEP_LAYOUT, "Concat", "Pad", "Resize", "Slice", "Split", "Upsample"}
_SPATIAL = {
    *("Conv", "ConvTranspose", "DeformConv", "MaxPool", "AveragePool", "LpPool", "MaxUnpool"),
    *("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool", "BatchNormalization", "LRN"),
    *("InstanceNormalization", "GroupNormalization", "DepthToSpace", "SpaceToDepth"),
}


# Tensors with so many axes have channels at the network's border.
WITH_CHANNELS = (4, 5)


def declared_batch(model: Model) -> int | None:
    """The batch that the model was exported for, if all its images say the same."""
    declared = {port.shape[0] for port in model.inputs if port.shape and len(port.shape) >= 3}
    return declared.pop() if len(declared) == 1 else None


def images(model: Model) -> set[str]:
    """Inputs that have their channels last in the network.

    Those of four or five axes; of three (N, C, L), which may be a text's (N, tokens, features)
    too, those that a window will slide over before anything changes their axes.
    """
    givers = {name: node for node in model.nodes for name in node.outputs}
    todo = [name for node in model.nodes if node.operator in _SPATIAL for name in node.inputs[:1]]
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            giver = givers.get(name)
            if giver is not None and giver.operator in _TRANSPARENT:
                todo += giver.inputs
    return {port.name for port in model.inputs if _is_image(port, port.name in seen)}


def _is_image(port: Port, meets_window: bool) -> bool:
    is_float = port.dtype is not None and port.dtype.kind == "f"
    rank = 0 if port.shape is None else len(port.shape)
    return is_float and (rank in WITH_CHANNELS or (rank == 3 and meets_window))


def examples(model: Model, images: set[str], dtype: np.dtype[Any]) -> set[str]:
    """Inputs whose first axis is a batch: the images, if there are any; all as long, or none."""
    ports = [p for p in model.inputs if p.dtype == dtype and p.shape and len(p.shape) > 1]
    ports = [port for port in ports if not images or port.name in images]
    return {port.name for port in ports} if len({port.batch for port in ports}) == 1 else set()


def enter(
    port: Port, is_image: bool, batched: bool, builder: Builder
) -> tuple[int | None, ...] | None:
    """Declare an input; give its shape for the network."""
    if port.dtype is None:
        raise refuse(
            f"the input {port.name!r} is no tensor of numbers.",
            needed="floats of 16, 32 or 64 bits, integers or bool",
            received="another type",
            hint="an export in float32",
        )
    rank = None if port.shape is None else len(port.shape)
    batched = batched and port.dtype == builder.dtype
    builder.values[port.name] = Value(port.name, None, rank, is_image, batched)
    if port.shape is None or not batched:
        return None
    sizes = port.shape
    if is_image:
        order = np.argsort(order_of_onnx(len(sizes)))
        sizes = tuple(sizes[axis] for axis in order)
    return sizes[1:]
