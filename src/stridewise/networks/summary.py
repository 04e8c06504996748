"""What a network is made of, layer by layer, as a table of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from stridewise.arrays import ArrayLike
from stridewise.geometry import ReceptiveField
from stridewise.layers.layer import Shape
from stridewise.networks.node import Node
from stridewise.networks.shapes import OpenShape, asked_twice

if TYPE_CHECKING:
    from stridewise.networks.graph import Graph

__all__ = ["LayerFacts", "layer_facts", "summary"]

Fields = tuple[ReceptiveField, ...]


class LayerFacts(NamedTuple):
    """One line of a summary.

    Attributes
    ----------
    name, kind : str
    shape : tuple of int, or None
        Of the output, without the batch; None for what only a run can tell.
    parameters : int
        How many numbers training changes; those of a shared layer count once.
    multiply_adds : int, or None
        Of one example's forward; None while sizes are open.
    receptive_field : tuple of int, or None
        How many input elements one output depends on, on each spatial axis, if the input were
        large enough; None where an output depends on all.
    """

    name: str
    kind: str
    shape: OpenShape
    parameters: int
    multiply_adds: int | None
    receptive_field: Shape | None


def layer_facts(network: Graph, *inputs: ArrayLike) -> list[LayerFacts]:
    """Say for every node: shape, parameters, multiply-adds, receptive field.

    Sizes that only a run can tell are told if there are ``inputs`` to run the network on.

    Examples
    --------
    >>> from stridewise.layers import Conv2D, MaxPool
    >>> from stridewise.networks import Sequential
    >>> network = Sequential([Conv2D(4, 3), MaxPool(2), Conv2D(8, 3)], input_shape=(12, 10, 1))
    >>> layer_facts(network)[-1]  # doctest: +NORMALIZE_WHITESPACE
    LayerFacts(name='conv2d_2', kind='Conv2D', shape=(3, 2, 8), parameters=296,
               multiply_adds=1728, receptive_field=(8, 8))
    """
    known = dict(network.shapes)
    if inputs:
        known |= {name: np.shape(x)[1:] for name, x in zip(network.inputs, inputs, strict=True)}
        known |= {node.name: y.shape[1:] for node, y, _ in network.steps(*inputs)}
    fields: dict[str, Fields | None] = {
        name: None if (shape := known[name]) is None else (ReceptiveField(),) * (len(shape) - 1)
        for name in network.inputs
    }
    counted: set[int] = set()
    facts = []
    for node in network.nodes:
        shapes = [known[name] for name in node.inputs]
        fields[node.name] = _field(
            node, shapes, known[node.name], [fields[name] for name in node.inputs]
        )
        arrays = node.layer.parameters.values()
        parameters = 0 if id(node.layer) in counted else sum(array.size for array in arrays)
        counted.add(id(node.layer))
        work, other_work = asked_twice(node.layer.multiply_adds, shapes)
        field = fields[node.name]
        facts.append(
            LayerFacts(
                node.name,
                node.layer.title,
                known[node.name],
                parameters,
                work if work == other_work else None,
                None if field is None else tuple(axis.size for axis in field),
            )
        )
    return facts


def summary(network: Graph, *inputs: ArrayLike) -> str:
    """Lay :func:`layer_facts` out as a table, with totals; "?" is what only a run can tell.

    Examples
    --------
    >>> from stridewise.layers import Conv2D, Dense, Flatten
    >>> from stridewise.networks import Sequential
    >>> layers = [Conv2D(4, 3), Flatten(), Dense(10)]
    >>> print(summary(Sequential(layers, input_shape=(8, 8, 1))))
    layer      kind     output     parameters  multiply-adds  receptive field
    input               8 × 8 × 1
    conv2d_1   Conv2D   6 × 6 × 4          40          1,296            3 × 3
    flatten_1  Flatten  144                 0              0              all
    dense_1    Dense    10              1,450          1,440              all
    total                               1,490          2,736
    """
    facts = layer_facts(network, *inputs)
    rows = [("layer", "kind", "output", "parameters", "multiply-adds", "receptive field")]
    rows += [(name, "", _times(shape), "", "", "") for name, shape in network.inputs.items()]
    rows += [
        (
            fact.name,
            fact.kind,
            _times(fact.shape),
            f"{fact.parameters:,}",
            "?" if fact.multiply_adds is None else f"{fact.multiply_adds:,}",
            "all" if fact.receptive_field is None else _times(fact.receptive_field),
        )
        for fact in facts
    ]
    parameters = sum(fact.parameters for fact in facts)
    work = [fact.multiply_adds for fact in facts]
    total = "?" if None in work else f"{sum(filter(None, work)):,}"
    rows.append(("total", "", "", f"{parameters:,}", total, ""))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        left = [cell.ljust(width) for cell, width in zip(row[:3], widths[:3], strict=True)]
        right = [cell.rjust(width) for cell, width in zip(row[3:], widths[3:], strict=True)]
        lines.append("  ".join(left + right).rstrip())
    return "\n".join(lines)


def _times(sizes: OpenShape) -> str:
    return "?" if sizes is None else " × ".join("?" if n is None else str(n) for n in sizes)


def _field(
    node: Node, shapes: list[OpenShape], shape: OpenShape, incoming: list[Fields | None]
) -> Fields | None:
    """The widest of what comes in, widened by the node's own window."""
    ranks = {None if one is None else len(one) for one in shapes}
    if None in incoming or None in ranks or shape is None or ranks != {len(shape)}:
        return None  # flattened or pooled away: an output depends on all positions
    known = [fields for fields in incoming if fields]
    if not known:
        return None
    merged = tuple(
        ReceptiveField(max(axis.size for axis in axes), axes[0].step)
        for axes in zip(*known, strict=True)
    )
    window, other = asked_twice(node.layer.window, shapes)
    if window is None or other is None:
        return merged
    if window != other or (shapes[0] is not None and window.kernel_size == shapes[0][:-1]):
        return None  # a window as large as the image
    widened = zip(merged, *window, strict=True)
    return tuple(axis.through(*one) for axis, *one in widened)
