"""An ONNX model as plain data: nodes with their opset and attributes, in an order that runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, ValueInfoProto, defs

from stridewise.arrays import Array
from stridewise.exchange.onnx.functions import MOST_NODES, without_functions
from stridewise.exchange.onnx.node import OnnxNode, Port
from stridewise.exchange.onnx.ordering import (
    in_order,
    require_different,
    require_text,
    wrong_graph,
)
from stridewise.exchange.onnx.reading import element_type, refuse, tensor_array
from stridewise.exchange.onnx.specification import require_specified, title_of

__all__ = ["Model", "model_of"]

OLDEST_OPSET = 6
_MOST_AXES = 32
_DOMAINS = ("", "ai.onnx")


class Model(NamedTuple):
    """What a translator works on."""

    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    nodes: tuple[OnnxNode, ...]
    constants: dict[str, Array]


def model_of(proto: ModelProto, folder: Path | None) -> Model:
    """Check the structure of a model: names, order, opsets."""
    proto = without_functions(proto)
    graph = proto.graph
    if len(graph.node) > MOST_NODES:
        raise refuse(
            "the model has too many nodes.",
            needed=f"at most {MOST_NODES:,}",
            received=f"{len(graph.node):,}",
            hint="a model of one network",
        )
    require_text(proto)
    opsets = _opsets(proto)
    if graph.sparse_initializer:
        raise refuse(
            "sparse tensors are not supported.",
            needed="dense initialisers",
            received=f"{len(graph.sparse_initializer)} sparse ones",
            hint="onnx.numpy_helper, to make them dense",
        )
    require_different("initialisers", [tensor.name for tensor in graph.initializer])
    require_different("inputs", [value.name for value in graph.input])
    constants = {tensor.name: tensor_array(tensor, folder) for tensor in graph.initializer}
    for node in graph.node:
        if node.domain in _DOMAINS:
            require_specified(node, opsets[""])
    nodes = [_node(node, opsets, folder) for node in graph.node]
    # Up to IR version 3 every initialiser is an input too.
    inputs = tuple(_port(value) for value in graph.input if value.name not in constants)
    outputs = tuple(_port(value) for value in graph.output)
    return Model(inputs, outputs, in_order(nodes, inputs, outputs, constants), constants)


def _opsets(proto: ModelProto) -> dict[str, int]:
    opsets = {
        ("" if entry.domain in _DOMAINS else entry.domain): entry.version
        for entry in proto.opset_import
    }
    opset, newest = opsets.setdefault("", 1), defs.onnx_opset_version()
    if opset > newest:
        raise refuse(
            "the model's opset is too new.",
            needed=f"opset {OLDEST_OPSET} to {newest}, which the installed onnx knows",
            received=f"opset {opset}",
            hint="pip install --upgrade onnx, or an export for an older opset",
        )
    if opset < OLDEST_OPSET and any(_has_changed(node, opset) for node in proto.graph.node):
        raise refuse(
            "the model's opset is too old.",
            needed=f"opset {OLDEST_OPSET} or newer",
            received=f"opset {opset}",
            hint="onnx.version_converter, or a new export",
        )
    opsets[""] = max(opset, OLDEST_OPSET)
    return opsets


def _has_changed(node: NodeProto, opset: int) -> bool:
    """Whether an operator means something else in the oldest opset that is understood."""
    if node.domain not in _DOMAINS:
        return False
    try:
        versions = {
            defs.get_schema(node.op_type, number, "").since_version
            for number in (opset, OLDEST_OPSET)
        }
    except defs.SchemaError:
        return True
    return len(versions) > 1


def _node(node: NodeProto, opsets: dict[str, int], folder: Path | None) -> OnnxNode:
    domain = "" if node.domain in _DOMAINS else node.domain
    return OnnxNode(
        title_of(node),
        node.op_type,
        domain,
        opsets.get(domain, 0),
        tuple(node.input),
        tuple(node.output),
        {one.name: _attribute(one, folder) for one in node.attribute},
    )


def _attribute(attribute: AttributeProto, folder: Path | None) -> Any:
    kind = attribute.type
    if kind == AttributeProto.TENSOR:
        return tensor_array(attribute.t, folder)
    if kind == AttributeProto.STRING:
        return attribute.s.decode(errors="replace")
    if kind == AttributeProto.STRINGS:
        return [each.decode(errors="replace") for each in attribute.strings]
    for code, value in (
        (AttributeProto.FLOAT, attribute.f),
        (AttributeProto.INT, attribute.i),
        (AttributeProto.FLOATS, attribute.floats),
        (AttributeProto.INTS, attribute.ints),
    ):
        if kind == code:
            return value if isinstance(value, int | float) else list(value)
    return GraphProto  # a graph within a node, or the like: no translator takes it


def _port(value: ValueInfoProto) -> Port:
    tensor = value.type.tensor_type
    dtype = element_type(tensor.elem_type) if value.type.HasField("tensor_type") else None
    if not tensor.HasField("shape"):
        return Port(value.name, dtype, None)
    if len(tensor.shape.dim) > _MOST_AXES:
        raise wrong_graph(f"{len(tensor.shape.dim):,} for {value.name!r}", "at most 32 axes")
    # Exporters write −1 and 0 for what they do not know, beside names.
    sizes = tuple(
        size.dim_value if size.HasField("dim_value") and size.dim_value > 0 else None
        for size in tensor.shape.dim
    )
    first = tensor.shape.dim[0].dim_param if sizes else ""
    return Port(value.name, dtype, sizes, first if not sizes or sizes[0] is None else sizes[0])
