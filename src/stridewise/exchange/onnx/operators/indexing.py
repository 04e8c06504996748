"""Operators that pick elements by indices."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.exchange.onnx.building import Builder
from stridewise.exchange.onnx.folding import Folding
from stridewise.exchange.onnx.node import OnnxNode
from stridewise.exchange.onnx.operators.registry import translates
from stridewise.exchange.onnx.reading import element_type, refuse
from stridewise.exchange.onnx.values import OPEN, SIZE_OF_BATCH, Value

__all__: list[str] = []


@translates("Gather")
def gather(node: OnnxNode, to: Builder) -> None:
    """Whole slices by their number."""
    x, indices = to.plain(node.inputs[0]), to.plain(node.inputs[1])
    ranks = x.axes, indices.axes
    rank = None if ranks[0] is None or ranks[1] is None else ranks[0] + ranks[1] - 1
    settings: dict[str, Any] = {"axis": node.get("axis", 0)}
    if indices.constant is not None and x.constant is None:
        settings["indices"] = Folding.listed(indices.constant)
        to.call(node.outputs[0], "gather", x, rank=rank, batched=settings["axis"] > 0, **settings)
    else:
        to.call(node.outputs[0], "gather", x, indices, rank=rank, **settings)


@translates("GatherElements", "GatherND", "Compress", "ScatterElements", "Scatter", "ScatterND")
def by_index(node: OnnxNode, to: Builder) -> None:
    """One element for each index."""
    names = {
        "GatherElements": ("gather_elements", ("axis",)),
        "GatherND": ("gather_nd", ("batch_dims",)),
        "Compress": ("compress", ("axis",)),
        "Scatter": ("scatter_elements", ("axis",)),
        "ScatterElements": ("scatter_elements", ("axis", "reduction")),
        "ScatterND": ("scatter_nd", ("reduction",)),
    }
    function, options = names[node.operator]
    settings = {name: node.get(name) for name in options if node.get(name) is not None}
    given = [to.plain(name) for name in node.inputs]
    rank = given[0].axes if "catter" in node.operator else None
    to.call(node.outputs[0], function, *given, rank=rank, **settings)


@translates("NonZero")
def nonzero(node: OnnxNode, to: Builder) -> None:
    """Where the numbers are not 0."""
    to.call(node.outputs[0], "nonzero", to.plain(node.inputs[0]), rank=2)


@translates("OneHot")
def one_hot(node: OnnxNode, to: Builder) -> None:
    """A row for each class."""
    given = [to.plain(name) for name in node.inputs]
    to.call(node.outputs[0], "one_hot", *given, axis=node.get("axis", -1))


@translates("Trilu")
def trilu(node: OnnxNode, to: Builder) -> None:
    """A triangle."""
    given = [to.plain(name) for name in node.inputs if name]
    to.call(node.outputs[0], "trilu", *given, rank=given[0].axes, upper=bool(node.get("upper", 1)))


@translates("Shape")
def shape(node: OnnxNode, to: Builder) -> None:
    """Sizes in ONNX's order, whatever the layout."""
    x = to.values[node.inputs[0]]
    settings: dict[str, Any] = {}
    if x.last and x.rank is not None:
        settings["order"] = [0, x.rank - 1, *range(1, x.rank - 1)]
    if node.get("start") is not None:
        settings["start"] = node.get("start")
    if node.get("end") is not None:
        settings["end"] = node.get("end")
    to.call(node.outputs[0], "shape", x, rank=1, **settings)
    known = to.shapes.get(x.tensor)
    if known is not None and x.batched:
        sizes = np.array([SIZE_OF_BATCH, *(OPEN if n is None else n for n in known)], np.int64)
        ordered = sizes[settings.get("order", slice(None))]
        to.sizes[node.outputs[0]] = ordered[settings.get("start", 0) : settings.get("end")]


@translates("Size")
def size(node: OnnxNode, to: Builder) -> None:
    """How many numbers."""
    to.call(node.outputs[0], "size", to.values[node.inputs[0]], rank=0)


@translates("Constant")
def constant(node: OnnxNode, to: Builder) -> None:
    """A value that the node carries."""
    kinds = {
        "value_float": np.float32,
        "value_floats": np.float32,
        "value_int": np.int64,
        "value_ints": np.int64,
    }
    array = node.get("value")
    for name, dtype in kinds.items():
        if node.get(name) is not None:
            array = np.asarray(node.get(name), dtype)
    if not isinstance(array, np.ndarray) or len(node.attributes) != 1:
        raise refuse(
            "the constant is not an array of numbers.",
            needed="one of value, value_float(s) or value_int(s)",
            received=f"node {node.title!r} with {', '.join(node.attributes) or 'nothing'}",
            hint="an export without strings and sparse tensors",
        )
    to.alias(node.outputs[0], Value(constant=array))


@translates("ConstantOfShape")
def constant_of_shape(node: OnnxNode, to: Builder) -> None:
    """One number, everywhere."""
    value = node.get("value", np.zeros(1, np.float32))
    to.call(
        node.outputs[0],
        "constant_of_shape",
        to.plain(node.inputs[0]),
        value=value.ravel()[0].item(),
        dtype=value.dtype.name,
    )


@translates("Range")
def range_(node: OnnxNode, to: Builder) -> None:
    """From, to, by."""
    to.call(node.outputs[0], "range", *(to.plain(name) for name in node.inputs), rank=1)


@translates("EyeLike")
def eye_like(node: OnnxNode, to: Builder) -> None:
    """Ones on a diagonal."""
    dtype = element_type(node.get("dtype")) if node.get("dtype") else None
    settings: dict[str, Any] = {"k": node.get("k", 0)}
    settings |= {} if dtype is None else {"dtype": dtype.name}
    to.call(node.outputs[0], "eye_like", to.plain(node.inputs[0]), rank=2, **settings)
