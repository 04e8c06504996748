"""Names of a graph: text, different, each given by something, in an order that runs."""

from __future__ import annotations

import graphlib

from onnx import ModelProto

from stridewise.arrays import Array
from stridewise.errors import DataError
from stridewise.exchange.onnx.node import OnnxNode, Port
from stridewise.exchange.onnx.reading import refuse

__all__ = ["in_order", "require_different", "require_text", "wrong_graph"]


def in_order(
    nodes: list[OnnxNode],
    inputs: tuple[Port, ...],
    outputs: tuple[Port, ...],
    constants: dict[str, Array],
) -> tuple[OnnxNode, ...]:
    """Sort the nodes so that each comes after what it takes."""
    givers: dict[str, int] = {}
    known = {port.name for port in inputs} | set(constants)
    for number, node in enumerate(nodes):
        for name in filter(None, node.outputs):
            if name in givers or name in known:
                raise wrong_graph(f"two nodes give {name!r}", "one node for each value")
            givers[name] = number
    wanted: dict[int, set[int]] = {}
    for number, node in enumerate(nodes):
        for name in filter(None, node.inputs):
            if name not in known and name not in givers:
                raise wrong_graph(
                    f"node {node.title!r} ({node.operator}) takes {name!r}, which nothing gives",
                    "an input, an initialiser or a node for each value",
                )
        wanted[number] = {givers[name] for name in node.inputs if name in givers}
    for port in outputs:
        if port.name not in known and port.name not in givers:
            raise wrong_graph(
                f"the output {port.name!r}, which nothing gives", "a node for each output"
            )
    if all(max(before, default=-1) < number for number, before in wanted.items()):
        return tuple(nodes)
    try:
        order = list(graphlib.TopologicalSorter(wanted).static_order())
    except graphlib.CycleError as error:
        cycle = " → ".join(nodes[number].title for number in error.args[1][:10])
        raise wrong_graph(
            f"a cycle: {cycle}", "a graph in which no node waits for itself"
        ) from None
    return tuple(nodes[number] for number in order)


def require_text(proto: ModelProto) -> None:
    """Protobuf gives a name that is not in UTF-8 as bytes."""
    graph = proto.graph
    values = (*graph.input, *graph.output, *graph.initializer, *graph.node)
    names = [one.name for one in values] + [entry.domain for entry in proto.opset_import]
    for node in graph.node:
        names += [node.op_type, node.domain, *node.input, *node.output]
        names += [attribute.name for attribute in node.attribute]
    strange = [name for name in names if not isinstance(name, str)]
    if strange:
        raise wrong_graph(repr(strange[0])[:100], "names in UTF-8")


def require_different(kind: str, names: list[str]) -> None:
    """Refuse names that are empty, or there twice."""
    found: set[str] = set()
    for name in names:
        if not name or name in found:
            raise wrong_graph(f"{name!r} among its {kind}", "names, one for each value")
        found.add(name)


def wrong_graph(received: str, needed: str) -> DataError:
    """Build the error for a graph whose parts do not fit together."""
    return refuse(
        "the graph is broken.",
        needed=needed,
        received=received,
        hint="onnx.checker.check_model, for more detail",
    )
