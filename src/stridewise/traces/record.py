"""Run a network on one example, forward and backward, and keep every array."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from stridewise.arrays import Array, ArrayLike, require_shape
from stridewise.networks import Graph
from stridewise.networks.checking import checked_inputs
from stridewise.networks.node import Node
from stridewise.traces.loss import loss_of
from stridewise.traces.schema import SCHEMA, Trace
from stridewise.traces.windows import window_of

__all__ = ["record_network", "traced", "walked"]


def record_network(
    network: Graph,
    *inputs: ArrayLike,
    title: str = "network",
    element: int | None = None,
    of: str = "loss",
    labels: Sequence[str] | None = None,
) -> Trace:
    """Run a network on one example, and send a gradient back from one element of its output.

    Parameters
    ----------
    network : Graph
    *inputs : array, (1, *shape)
        One example for each input, as a batch of one.
    title : str
        What a page is headed with.
    element : int, optional
        Of the first output, flat, the element that the gradient starts from: of a classifier,
        the class. By default the largest.
    of : "loss" or "score"
        Whether the gradient starts from the cross-entropy of that class, or from its number as it
        is: what makes the class more likely, not only what would correct a mistake.
    labels : sequence of str, optional
        Names of the classes.

    Returns
    -------
    Trace
        Of a vector of several numbers the loss is the cross-entropy of that class; of anything
        else it is the element itself.

    Raises
    ------
    ShapeError, OptionError
        If the example does not fit the network, or there is no such element.

    Examples
    --------
    >>> from stridewise.networks import lenet5
    >>> trace = record_network(lenet5(), np.zeros((1, 28, 28, 1)), element=3)
    >>> trace.arrays["y/conv2d_1"].shape, trace.arrays["grad_weight/conv2d_1/weight"].shape
    ((28, 28, 6), (5, 5, 1, 6))
    """
    tensors, cache = walked(network, *inputs)
    results = [tensors[name] for name in network.outputs]
    loss, start = loss_of(network, results[0], element, of)
    others = [np.zeros_like(y) for y in results[1:]]
    grad_y = start if not others else (start, *others)
    said = {"title": title, "loss": loss, "labels": None if labels is None else list(labels)}
    return traced(network, tensors, cache, grad_y, said)


def walked(network: Graph, *inputs: ArrayLike) -> tuple[dict[str, Array], dict[str, Any]]:
    """Run a network on one example: all its tensors, and the cache for the way back."""
    arrays = checked_inputs(network.inputs, inputs, network.dtype)
    for name, array in zip(network.inputs, arrays, strict=True):
        if array.ndim:
            require_shape("trace", name, array, (1, *array.shape[1:]), "one example")
    tensors = dict(zip(network.inputs, arrays, strict=True))
    cache = {}
    for node, y, kept in network.steps(*arrays):
        tensors[node.name], cache[node.name] = y, kept
    return tensors, cache


def traced(
    network: Graph,
    tensors: Mapping[str, Array],
    cache: dict[str, Any],
    grad_y: Any,
    said: Mapping[str, Any],
) -> Trace:
    """Send gradients back through what :func:`walked` gave, and put the run together."""
    gradients: dict[str, Array] = {}
    back = network.backward(grad_y, cache, tensors=gradients)
    arrays = {f"y/{name}": y[0] for name, y in tensors.items()}
    arrays |= {f"grad/{name}": gradient[0] for name, gradient in gradients.items()}
    arrays |= {f"weight/{name}": value for name, value in network.parameters.items()}
    arrays |= {f"grad_weight/{name}": value for name, value in back.parameters.items()}
    document = {
        "schema": SCHEMA,
        **said,
        "inputs": list(network.inputs),
        "outputs": list(network.outputs),
        "nodes": [_described(node, tensors) for node in network.nodes],
        "tensors": {name: list(y.shape[1:]) for name, y in tensors.items()},
        "scales": {name: _scale(array) for name, array in arrays.items()},
    }
    return Trace(document, arrays)


def _scale(array: Array) -> float:
    """The largest finite magnitude; 1 if there is none above zero."""
    if array.dtype.kind != "f":
        array = array.astype(np.float64)
    with np.errstate(invalid="ignore"):
        most = max(float(-np.min(array, initial=0)), float(np.max(array, initial=0)))
    if not np.isfinite(most):
        finite = np.abs(array[np.isfinite(array)])
        most = float(np.max(finite, initial=0))
    return most or 1.0


def _described(node: Node, tensors: Mapping[str, Array]) -> dict[str, Any]:
    layer = node.layer
    inputs = [tensors[name].shape[1:] for name in node.inputs]
    return {
        "name": node.name,
        "kind": layer.kind,
        "title": layer.title,
        "inputs": list(node.inputs),
        "shape": list(tensors[node.name].shape[1:]),
        "multiply_adds": layer.multiply_adds(*inputs),
        "parameters": {name: list(array.shape) for name, array in layer.parameters.items()},
        "window": window_of(layer, inputs[0]) if inputs else None,
    }
