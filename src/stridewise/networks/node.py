"""A layer in its place, and the order in which the nodes of a network can run."""

from __future__ import annotations

import graphlib
import heapq
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from stridewise.errors import NetworkError, StridewiseError, explain, nearest
from stridewise.layers import Layer

__all__ = ["Node", "in_order", "located", "require_layer", "unknown_tensor"]


class Node(NamedTuple):
    """A layer in its place. The tensor that it gives has the node's name.

    Attributes
    ----------
    name : str
    layer : Layer
        One layer in two nodes shares its parameters.
    inputs : tuple of str
        Names of nodes, or of the network's inputs.
    """

    name: str
    layer: Layer
    inputs: tuple[str, ...]


@contextmanager
def located(node: Node) -> Iterator[None]:
    """Have the errors of a node's layer say which node it is."""
    try:
        yield
    except (StridewiseError, ValueError, TypeError) as error:
        # The error itself goes on, with its type and with the way that it came.
        error.args = (f"node {node.name!r}, {error}",)
        raise


def require_layer(layer: object) -> None:
    """Refuse what is no layer: a class without its parentheses, a name in quotes."""
    if not isinstance(layer, Layer):
        raise NetworkError(
            explain(
                "network",
                "this is not a layer.",
                needed="layers, made by their classes",
                received=repr(layer),
                hint=f"{layer.__name__}()"
                if isinstance(layer, type)
                else 'Activation("relu"), for one',
            )
        )


def in_order(inputs: Collection[str], nodes: list[Node]) -> list[Node]:
    """Sort the nodes so that each comes after what it takes; refuse what cannot be sorted."""
    by_name = {node.name: node for node in nodes}
    twice = [name for name in by_name if name in inputs] or [
        node.name for node in nodes if by_name[node.name] is not node
    ]
    if twice or not inputs:
        raise NetworkError(
            explain(
                "network",
                "the names are not unique." if twice else "there is no input.",
                needed="one name for each input and node, and at least one input",
                received=repr(twice[0]) if twice else "no inputs",
                hint="another name",
            )
        )
    for node in nodes:
        for name in node.inputs:
            if name not in by_name and name not in inputs:
                raise unknown_tensor(f"node {node.name!r}", name, [*inputs, *by_name])
    order = graphlib.TopologicalSorter({node.name: node.inputs for node in nodes})
    try:
        order.prepare()
    except graphlib.CycleError as error:
        raise NetworkError(
            explain(
                "network",
                "the nodes form a cycle.",
                needed="a network in which no node depends on itself",
                received=" → ".join(error.args[1]),
                hint="cut one of these connections",
            )
        ) from None
    # Of the nodes that could run, the first as given: an order that runs already is kept.
    place = {name: number for number, name in enumerate([*inputs, *by_name])}
    ready: list[tuple[int, str]] = []
    names = []
    while order.is_active():
        for name in order.get_ready():
            heapq.heappush(ready, (place[name], name))
        _, name = heapq.heappop(ready)
        names.append(name)
        order.done(name)
    return [by_name[name] for name in names if name in by_name]


def unknown_tensor(where: str, name: str, known: Collection[str]) -> NetworkError:
    """Build the error for a name that no input and no node has."""
    return NetworkError(
        explain(
            "network",
            f"{where} names a tensor that does not exist.",
            needed="the name of an input or of a node",
            received=repr(name),
            hint=nearest(name, known),
        )
    )
