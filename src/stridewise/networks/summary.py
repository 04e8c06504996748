"""What a network is made of, layer by layer, as a table of text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from stridewise.geometry import ReceptiveField
from stridewise.layers.layer import Shape
from stridewise.networks.node import Node

if TYPE_CHECKING:
    from stridewise.networks.graph import Graph

__all__ = ["LayerFacts", "layer_facts", "summary"]

Fields = tuple[ReceptiveField, ...]


class LayerFacts(NamedTuple):
    """One line of a summary.

    Attributes
    ----------
    name, kind : str
    shape : tuple of int
        Of the output, without the batch.
    parameters : int
        How many numbers training changes; those of a shared layer count once.
    multiply_adds : int
        Of one example's forward.
    receptive_field : tuple of int, or None
        How many input elements one output depends on, on each spatial axis, if the input were
        large enough; None where an output depends on all.
    """

    name: str
    kind: str
    shape: Shape
    parameters: int
    multiply_adds: int
    receptive_field: Shape | None


def layer_facts(network: Graph) -> list[LayerFacts]:
    """Say for every node: shape, parameters, multiply-adds, receptive field.

    Examples
    --------
    >>> from stridewise.layers import Conv2D, MaxPool
    >>> from stridewise.networks import Sequential
    >>> network = Sequential([Conv2D(4, 3), MaxPool(2), Conv2D(8, 3)], input_shape=(12, 10, 1))
    >>> layer_facts(network)[-1]  # doctest: +NORMALIZE_WHITESPACE
    LayerFacts(name='conv2d_2', kind='Conv2D', shape=(3, 2, 8), parameters=296,
               multiply_adds=1728, receptive_field=(8, 8))
    """
    fields: dict[str, Fields | None] = {
        name: (ReceptiveField(),) * (len(shape) - 1) for name, shape in network.inputs.items()
    }
    counted: set[int] = set()
    facts = []
    for node in network.nodes:
        shapes = network.input_shapes(node)
        fields[node.name] = _field(node, shapes, [fields[name] for name in node.inputs])
        sizes = node.layer.parameter_shapes(*shapes).values()
        parameters = 0 if id(node.layer) in counted else sum(map(math.prod, sizes))
        counted.add(id(node.layer))
        field = fields[node.name]
        facts.append(
            LayerFacts(
                node.name,
                node.layer.kind,
                network.shapes[node.name],
                parameters,
                node.layer.multiply_adds(*shapes),
                None if field is None else tuple(axis.size for axis in field),
            )
        )
    return facts


def summary(network: Graph) -> str:
    """Lay :func:`layer_facts` out as a table, with totals.

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
    facts = layer_facts(network)
    rows = [("layer", "kind", "output", "parameters", "multiply-adds", "receptive field")]
    rows += [(name, "", _times(shape), "", "", "") for name, shape in network.inputs.items()]
    rows += [
        (
            fact.name,
            fact.kind,
            _times(fact.shape),
            f"{fact.parameters:,}",
            f"{fact.multiply_adds:,}",
            "all" if fact.receptive_field is None else _times(fact.receptive_field),
        )
        for fact in facts
    ]
    parameters = sum(fact.parameters for fact in facts)
    work = sum(fact.multiply_adds for fact in facts)
    rows.append(("total", "", "", f"{parameters:,}", f"{work:,}", ""))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        left = [cell.ljust(width) for cell, width in zip(row[:3], widths[:3], strict=True)]
        right = [cell.rjust(width) for cell, width in zip(row[3:], widths[3:], strict=True)]
        lines.append("  ".join(left + right).rstrip())
    return "\n".join(lines)


def _times(sizes: Shape) -> str:
    return " × ".join(map(str, sizes))


def _field(node: Node, shapes: tuple[Shape, ...], incoming: list[Fields | None]) -> Fields | None:
    """The widest of what comes in, widened by the node's own window."""
    ranks = {len(shape) for shape in shapes}
    if None in incoming or len(ranks) > 1 or len(node.layer.output_shape(*shapes)) not in ranks:
        return None  # flattened or pooled away: an output depends on all positions
    known = [fields for fields in incoming if fields]
    if not known:
        return None
    merged = tuple(
        ReceptiveField(max(axis.size for axis in axes), axes[0].step)
        for axes in zip(*known, strict=True)
    )
    window = node.layer.window(*shapes)
    if window is None:
        return merged
    widened = zip(merged, *window, strict=True)
    return tuple(axis.through(*one) for axis, *one in widened)
