"""From an ONNX model to a network of ours."""

from __future__ import annotations

import os
import re
from typing import Any, NamedTuple

import numpy as np

from stridewise.arrays import Array
from stridewise.errors import DataError, StridewiseError, explain
from stridewise.exchange.onnx.building import Builder
from stridewise.exchange.onnx.model import Model, OnnxNode, Port, model_of
from stridewise.exchange.onnx.operators import TRANSLATORS
from stridewise.exchange.onnx.reading import model_from, refuse
from stridewise.exchange.onnx.values import Value, order_of_onnx
from stridewise.networks import Graph

__all__ = ["Border", "Translation", "load", "translate"]

# What keeps the layout of an image, on the way from an input to the first window.
_TRANSPARENT = {
    *("Identity", "Add", "Sub", "Mul", "Div", "Cast", "Clip", "Pad", "Resize", "Upsample", "Relu"),
    *("Dropout", "Concat", "Slice", "Split", "Neg", "Abs", "Pow", "Sqrt"),
}
_SPATIAL = {
    *("Conv", "ConvTranspose", "DeformConv", "MaxPool", "AveragePool", "LpPool", "MaxUnpool"),
    *("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool", "BatchNormalization", "LRN"),
    *("InstanceNormalization", "GroupNormalization", "DepthToSpace", "SpaceToDepth"),
}


class Border(NamedTuple):
    """An input or output of the model, and how the network has it.

    Attributes
    ----------
    name : str
        In the model.
    dtype : dtype
    last : bool
        Whether the network has the channels last where the model has them second.
    constant : array or None
        An output that depends on no input.
    """

    name: str
    dtype: Any
    last: bool
    constant: Array | None = None


class Translation(NamedTuple):
    """A network, and its border to the model it was made from."""

    graph: Graph | None
    inputs: tuple[Border, ...]
    outputs: tuple[Border, ...]


def load(source: str | os.PathLike[str] | bytes) -> Graph:
    """Read an ONNX model as a network that runs, explains itself, and can be trained on.

    Parameters
    ----------
    source : path or bytes
        An ONNX file (opset 6 or newer), or its content. Weights may lie in files beside it.

    Returns
    -------
    Graph
        With the model's own names for inputs, nodes and outputs. Images have channels last, as
        everywhere here: (N, H, W, C) where the model says (N, C, H, W). Sizes that the model
        leaves open stay open.

    Raises
    ------
    DataError
        If the file is no model, is damaged, or has operators that are not supported; the message
        lists every one of them. Nothing is written and nothing is fetched, whatever the file says.

    Notes
    -----
    Weights and axes are rewritten for channels last when the model is loaded; tensors change
    their layout only where they stop being images. Constants are folded. Arrays of the model are
    parameters of the network, in float32 (float64 if the model has them so).

    References
    ----------
    ONNX operators, opsets 6 to 27: https://onnx.ai/onnx/operators/

    Examples
    --------
    >>> from onnx import TensorProto, helper
    >>> image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, 8, 6])
    >>> pooled = helper.make_tensor_value_info("pooled", TensorProto.FLOAT, None)
    >>> node = helper.make_node("MaxPool", ["image"], ["pooled"], kernel_shape=[2, 2],
    ...                         strides=[2, 2])
    >>> model = helper.make_model(helper.make_graph([node], "demo", [image], [pooled]))
    >>> network = load(model.SerializeToString())
    >>> network.predict(np.zeros((5, 8, 6, 3))).shape
    (5, 4, 3, 3)
    """
    graph = translate(source).graph
    if graph is None:
        raise refuse(
            "the model's outputs depend on no input.",
            needed="a network",
            received="constants",
            hint="a model with inputs",
        )
    return graph


def translate(source: str | os.PathLike[str] | bytes) -> Translation:
    """Read a model; also say how its inputs and outputs differ from the network's."""
    model = model_of(*model_from(source))
    _require_supported(model)
    builder = Builder(_dtype(model), _batch(model), _numbers(model), _mark(model))
    for name, array in model.constants.items():
        builder.values[name] = Value(constant=array)
    images = _images(model)
    examples = _examples(model, images, builder.dtype)
    shapes = {
        port.name: _enter(port, port.name in images, port.name in examples, builder)
        for port in model.inputs
    }
    builder.shapes.update(shapes)
    for node in model.nodes:
        _translate(node, builder)
    found = [builder.values[port.name] for port in model.outputs]
    tensors = [value.tensor for value in found if value.constant is None]
    graph = None
    if tensors:
        nodes = _needed(builder, tensors)
        graph = Graph(shapes or {"nothing": None}, nodes, tensors, dtype=builder.dtype)
    return Translation(
        graph,
        tuple(Border(p.name, p.dtype, builder.values[p.name].last) for p in model.inputs),
        tuple(
            Border(port.name, port.dtype, value.last, value.constant)
            for port, value in zip(model.outputs, found, strict=True)
        ),
    )


def _require_supported(model: Model) -> None:
    unknown = [n for n in model.nodes if n.domain or n.operator not in TRANSLATORS]
    if unknown:
        listed = [
            f"{node.operator} ({node.domain or 'opset'} {node.opset}) in node {node.title!r}"
            for node in unknown
        ]
        more = f"; and {len(listed) - 50} more" if len(listed) > 50 else ""
        raise refuse(
            f"the model has {len(unknown)} nodes of operators that are not supported.",
            needed="operators listed in docs/operations.md",
            received="; ".join(listed[:50]) + more,
            hint="an export without them, or the part of the model before them",
        )


def _dtype(model: Model) -> np.dtype[Any]:
    """Of the parameters: float64 if the model computes in it."""
    given = [port.dtype for port in model.inputs] + [a.dtype for a in model.constants.values()]
    floats = {dtype for dtype in given if dtype is not None and dtype.kind == "f"}
    only_double = np.dtype(np.float64) in floats and np.dtype(np.float32) not in floats
    return np.dtype(np.float64 if only_double else np.float32)


def _numbers(model: Model) -> int:
    """How many numbers lie in the file."""
    values = [value for node in model.nodes for value in node.attributes.values()]
    arrays = [*model.constants.values(), *values]
    return sum(array.size for array in arrays if isinstance(array, np.ndarray))


def _mark(model: Model) -> str:
    """Colons, one more than lie together in any name of the model."""
    names = [*model.constants, *(port.name for port in model.inputs)]
    names += [name for node in model.nodes for name in node.outputs]
    runs = (len(run) for name in names for run in re.findall(":+", name))
    return ":" * (1 + max(runs, default=0))


def _batch(model: Model) -> int | None:
    """The batch that the model was exported for, if all its images say the same."""
    declared = {port.shape[0] for port in model.inputs if port.shape and len(port.shape) >= 3}
    return declared.pop() if len(declared) == 1 else None


def _images(model: Model) -> set[str]:
    """Inputs that a window will slide over, before anything changes their axes."""
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
    return {port.name for port in model.inputs if port.name in seen and _is_image(port)}


def _is_image(port: Port) -> bool:
    is_float = port.dtype is not None and port.dtype.kind == "f"
    return is_float and port.shape is not None and 3 <= len(port.shape) <= 5


def _examples(model: Model, images: set[str], dtype: np.dtype[Any]) -> set[str]:
    """Inputs whose first axis is a batch: the images, if there are any; all as long, or none."""
    ports = [p for p in model.inputs if p.dtype == dtype and p.shape and len(p.shape) > 1]
    ports = [port for port in ports if not images or port.name in images]
    lengths = {port.shape[0] for port in ports if port.shape}
    return {port.name for port in ports} if len(lengths) == 1 else set()


def _enter(
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


def _translate(node: OnnxNode, builder: Builder) -> None:
    """Translate one node; whatever is wrong with it is said with its name."""
    where = f"node {node.title!r} ({node.operator}, opset {node.opset})"
    try:
        builder.require_axes(node)
        TRANSLATORS[node.operator](node, builder)
    except StridewiseError as error:
        raise DataError(f"onnx: {where} cannot be used.\n{error}") from None
    except Exception as error:  # a translator relies on attributes of the right kind
        raise DataError(
            explain(
                "onnx",
                f"{where} is broken.",
                needed="inputs and attributes as the operator's specification has them",
                received=f"{type(error).__name__}: {error}"[:300],
                hint="onnx.checker.check_model, for more detail",
            )
        ) from None
    for name in node.outputs:
        if name and name not in builder.values:
            raise refuse(
                f"the node's output {name!r} is not supported.",
                needed="the outputs that inference needs",
                received=where,
                hint="an export for inference",
            )


def _needed(builder: Builder, tensors: list[str]) -> list[tuple[str, Any, list[str]]]:
    """Nodes that an output depends on; exporters leave others behind."""
    by_name = {name: inputs for name, _, inputs in builder.nodes}
    wanted: set[str] = set()
    todo = list(tensors)
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted.add(name)
            todo += by_name.get(name, [])
    return [node for node in builder.nodes if node[0] in wanted]
