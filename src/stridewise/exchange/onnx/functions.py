"""A model's own functions, put in the place of their calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import onnx.inliner
from onnx import FunctionProto, ModelProto, NodeProto

from stridewise.errors import DataError
from stridewise.exchange.onnx.reading import refuse

__all__ = ["MOST_NODES", "without_functions"]

MOST_NODES = 20_000
_MOST_BYTES = 2**24
_MOST_DEEP = 50

_Name: TypeAlias = tuple[str, str, str]


def without_functions(model: ModelProto) -> ModelProto:
    """Give a model that calls none of its own functions.

    Functions that call functions grow exponentially: their size is known before they do.
    """
    if not model.functions:
        return model
    functions = {(one.domain, one.name, _overload(one)): one for one in model.functions}
    nodes, size = _cost(model.graph.node, functions, {}, ())
    if nodes > MOST_NODES or size > _MOST_BYTES + model.ByteSize():
        raise _cannot(f"{nodes:,} nodes of {size:,} bytes", f"at most {MOST_NODES:,} nodes")
    try:
        return onnx.inliner.inline_local_functions(model)
    except Exception as error:  # what it raises is not documented
        received = str(error).strip().partition("\n")[0][:200]
        raise _cannot(received, "functions whose inputs, outputs and opsets fit") from None


def _cost(
    nodes: Iterable[NodeProto],
    functions: dict[_Name, FunctionProto],
    known: dict[_Name, tuple[int, int]],
    within: tuple[_Name, ...],
) -> tuple[int, int]:
    """Count nodes and their bytes, as they are once every call has become what it calls."""
    count = size = 0
    for node in _with_inner(nodes):
        name = (node.domain, node.op_type, _overload(node))
        if name in within or len(within) > _MOST_DEEP:
            raise _cannot(
                " → ".join(one[1][:40] for one in (*within, name)[:10]),
                f"functions that do not call themselves, no more than {_MOST_DEEP} deep",
            )
        if name in functions and name not in known:
            known[name] = _cost(functions[name].node, functions, known, (*within, name))
        inner = known.get(name, (0, 0))
        count, size = count + 1 + inner[0], size + node.ByteSize() + inner[1]
    return count, size


def _with_inner(nodes: Iterable[NodeProto]) -> Iterator[NodeProto]:
    """Nodes, and those of the graphs within them."""
    for node in nodes:
        yield node
        for attribute in node.attribute:
            for graph in (attribute.g, *attribute.graphs):
                yield from _with_inner(graph.node)


def _overload(one: NodeProto | FunctionProto) -> str:
    return str(getattr(one, "overload", ""))


def _cannot(received: str, needed: str) -> DataError:
    return refuse(
        "the model's own functions cannot be put in place.",
        needed=needed,
        received=received,
        hint="onnx.inliner.inline_local_functions, for more detail",
    )
