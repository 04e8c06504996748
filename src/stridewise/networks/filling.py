"""Where a layer's parameters come from: drawn, given, or already there."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np

from stridewise.arrays import Array, as_array
from stridewise.errors import NetworkError, explain
from stridewise.layers.layer import Shape
from stridewise.networks.node import Node
from stridewise.networks.shapes import OpenShape, asked_twice

__all__ = ["fill"]

# A layer beyond this is a slip in a size, or a description that means harm: 1 GiB in float32.
_MOST_NUMBERS = 2**28


def fill(
    node: Node,
    inputs: tuple[OpenShape, ...],
    owner: str,
    arrays: Mapping[str, Array] | None,
    rng: np.random.Generator,
    dtype: np.dtype[Any],
) -> None:
    """Give a node's layer its parameters and state, by the names of its first node, ``owner``.

    Arrays that are given are taken. Without them, a layer that has its own already keeps them: so
    it shares them with other networks. Whatever it has must fit the inputs of all its nodes.
    """
    wanted = (
        (node.layer.parameters, _known(node, "parameters", inputs)),
        (node.layer.state, _known(node, "state", inputs)),
    )
    for own, shapes in wanted:
        for name, shape in shapes.items():
            if arrays is not None and owner == node.name:
                own[name] = _given(node, f"{owner}/{name}", arrays, shape).astype(dtype)
            if name in own:
                _require(node, name, own[name], shape)
                _require_dtype(node, name, own[name], dtype)
            elif math.prod(shape) > _MOST_NUMBERS:
                raise NetworkError(
                    explain(
                        "network",
                        f"the layer {node.name!r} is too large.",
                        needed=f"at most {_MOST_NUMBERS:,} numbers in an array",
                        received=f"{name} of shape {shape}",
                        hint="fewer channels, or pooling before Flatten",
                    )
                )
            elif None in inputs and owner == node.name:
                own[name] = node.layer.initial(name, shape, rng).astype(dtype)
    if owner == node.name:
        if None in inputs or all(name in own for own, shapes in wanted for name in shapes):
            node.layer.seed(rng)
        else:
            asked = asked_twice(lambda *shapes: shapes, inputs)[0]
            node.layer.fill(asked or (), rng, dtype)


def _known(
    node: Node, kind: Literal["parameters", "state"], inputs: tuple[OpenShape, ...]
) -> dict[str, Shape]:
    """Shapes of a layer's arrays; open sizes of its inputs must not matter to them."""
    layer = node.layer
    question = layer.parameter_shapes if kind == "parameters" else layer.state_shapes
    if None not in inputs:
        first, second = asked_twice(question, inputs)
    elif getattr(layer, kind):
        first, second = None, None
    else:
        first, second = _without_inputs(question)
    if first is not None and first == second:
        return first
    if own := getattr(layer, kind):
        return {name: array.shape for name, array in own.items()}  # as an importer set them
    # A single open size may be that of an image, laid flat.
    no_channels = any(
        shape is not None and len(shape) > 1 and shape[-1] is None for shape in inputs
    )
    raise NetworkError(
        explain(
            "network",
            f"the {kind} of {node.name!r} depend on a size that is not known.",
            needed="all sizes that the layer's arrays are made from",
            received=f"inputs of shape {', '.join(map(str, inputs))}",
            hint="the number of channels, which is the last size of the network's input shape"
            if no_channels
            else "the image's size in the network's input shape, or GlobalAveragePool()",
        )
    )


def _without_inputs(
    question: Callable[..., dict[str, Shape]],
) -> tuple[dict[str, Shape], dict[str, Shape]] | tuple[None, None]:
    """Most layers without arrays know that they have none, whatever comes in."""
    try:
        return question(), question()
    except (ValueError, TypeError, IndexError):
        return None, None


def _given(node: Node, name: str, arrays: Mapping[str, Array], shape: Shape) -> Array:
    if name not in arrays:
        _require(node, name.rpartition("/")[2], None, shape)
    array = as_array("network", name, arrays[name])
    _require(node, name.rpartition("/")[2], array, shape)
    return array


def _require(node: Node, name: str, array: Any, shape: Shape) -> None:
    found = getattr(array, "shape", None)
    if found != shape:
        raise NetworkError(
            explain(
                "network",
                f"the array `{node.name}/{name}` does not fit the layer.",
                needed=f"shape {shape}",
                received="none" if array is None else f"shape {found}",
                hint="the arrays and the description of one and the same network",
            )
        )


def _require_dtype(node: Node, name: str, array: Array, dtype: np.dtype[Any]) -> None:
    if array.dtype != dtype:
        raise NetworkError(
            explain(
                "network",
                f"the layer {node.name!r} comes from a network of another dtype.",
                needed=f"{name} in {dtype}",
                received=f"{array.dtype}",
                hint="a new layer, or one dtype for both networks",
            )
        )
