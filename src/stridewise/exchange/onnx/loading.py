"""From an ONNX model to a network of ours."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np

from stridewise.arrays import Array
from stridewise.errors import DataError, StridewiseError, explain
from stridewise.exchange.onnx.building import Builder
from stridewise.exchange.onnx.inputs import WITH_CHANNELS, declared_batch, enter, examples, images
from stridewise.exchange.onnx.model import Model, model_of
from stridewise.exchange.onnx.node import OnnxNode
from stridewise.exchange.onnx.operators import TRANSLATORS
from stridewise.exchange.onnx.reading import Source, model_from, refuse
from stridewise.exchange.onnx.values import Value
from stridewise.networks import Graph

__all__ = ["Border", "Translation", "load", "translate"]


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


def load(source: Source) -> Graph:
    """Read an ONNX model as a network that runs, explains itself, and can be trained on.

    Parameters
    ----------
    source : path, bytes or onnx.ModelProto
        An ONNX file (opset 6 or newer), its content, or what ``onnx.load`` made of it. Weights
        may lie in files beside a file.

    Returns
    -------
    Graph
        With the model's own names for inputs, nodes and outputs. Inputs and outputs of four and
        five axes have channels last, as everywhere here: (N, H, W, C) where the model says
        (N, C, H, W); those of three, if a convolution, pooling or the like takes them. All others
        are as the model has them. Sizes that the model leaves open stay open.

    Raises
    ------
    DataError
        If the file is no model, is damaged, or has operators that are not supported; the message
        lists every one of them. Nothing is written and nothing is fetched, whatever the file says.

    Notes
    -----
    Weights and axes are rewritten for channels last when the model is loaded; tensors change
    their layout only where they stop being images. Constants are folded. Arrays of the model are
    parameters of the network, in float32 (float64 if the model has them so); an array that several
    nodes take becomes a parameter of each.

    References
    ----------
    ONNX operators, opsets 6 to 28: https://onnx.ai/onnx/operators/

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


def translate(source: Source) -> Translation:
    """Read a model; also say how its inputs and outputs differ from the network's."""
    model = model_of(*model_from(source))
    _require_supported(model)
    builder = Builder(_dtype(model), declared_batch(model), _numbers(model), _mark(model))
    for name, array in model.constants.items():
        builder.values[name] = Value(constant=array)
    pictures = images(model)
    batches = examples(model, pictures, builder.dtype)
    shapes = {
        port.name: enter(port, port.name in pictures, port.name in batches, builder)
        for port in model.inputs
    }
    builder.shapes.update(shapes)
    for node in model.nodes:
        _translate(node, builder)
    found = [_leaving(builder, port.name) for port in model.outputs]
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


def _leaving(builder: Builder, name: str) -> Value:
    """An output as the network gives it: channels last, wherever there are channels."""
    value = builder.values[name]
    return builder.last(name) if value.tensor and value.rank in WITH_CHANNELS else value


def _require_supported(model: Model) -> None:
    unknown = [n for n in model.nodes if n.domain or n.operator not in TRANSLATORS]
    if unknown:
        listed = [f"{node.operator} ({_meaning(node)}) in node {node.title!r}" for node in unknown]
        more = f"; and {len(listed) - 50} more" if len(listed) > 50 else ""
        raise refuse(
            f"{len(unknown)} node{'s' * (len(unknown) > 1)} of operators that are not supported.",
            needed="operators listed in docs/operations.md",
            received="; ".join(listed[:50]) + more,
            hint="an export without them, or the part of the model before them",
        )


def _meaning(node: OnnxNode) -> str:
    """Whose operator it is, and of which version."""
    return f"{node.domain or 'opset'} {node.opset or ''}".rstrip()


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
