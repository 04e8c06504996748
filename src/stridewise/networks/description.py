"""A network's architecture as plain data, and the network from it.

The data is what JSON can hold, and it is hostile until parsed: layers come from a fixed list,
their options from their own fields, and shapes are known before an array is made.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from stridewise import layers
from stridewise.arrays import Array
from stridewise.errors import NetworkError, explain, nearest
from stridewise.layers import Layer
from stridewise.networks.graph import Graph
from stridewise.networks.shapes import OpenShape

__all__ = ["build", "describe"]

_LAYERS: dict[str, type[Layer]] = {
    name: kind
    for name in layers.__all__
    if isinstance(kind := getattr(layers, name), type)
    and issubclass(kind, Layer)
    and not inspect.isabstract(kind)
}
_MOST_NODES = 10_000


def describe(network: Graph) -> dict[str, Any]:
    """Describe a network's architecture, without its numbers.

    Examples
    --------
    >>> from stridewise.networks import Sequential
    >>> description = describe(Sequential([layers.Dense(3)], input_shape=(4,)))
    >>> description["nodes"]  # doctest: +NORMALIZE_WHITESPACE
    [{'name': 'dense_1', 'layer': 'Dense', 'inputs': ['input'],
      'options': {'out_features': 3, 'bias': True, 'initialisation': 'glorot'}}]
    """
    owners: dict[int, str] = {}
    nodes = []
    for node in network.nodes:
        entry: dict[str, Any] = {
            "name": node.name,
            "layer": node.layer.kind,
            "inputs": list(node.inputs),
        }
        owner = owners.setdefault(id(node.layer), node.name)
        entry |= (
            {"options": _plain(node.layer.options)} if owner == node.name else {"shares": owner}
        )
        nodes.append(entry)
    return {
        "inputs": {name: _plain(shape) for name, shape in network.inputs.items()},
        "nodes": nodes,
        "outputs": list(network.outputs),
        "dtype": network.dtype.name,
    }


def build(
    description: Mapping[str, Any], arrays: Mapping[str, Array] | None = None, *, seed: int = 0
) -> Graph:
    """Make the network that :func:`describe` described.

    Parameters
    ----------
    description : mapping
        As :func:`describe` gives it.
    arrays : mapping of str to array, optional
        Parameters and state; without them they are drawn from ``seed``.

    Raises
    ------
    NetworkError, OptionError, OptionTypeError, ShapeError
        If the description does not describe a network, or one of unreasonable size.

    Examples
    --------
    >>> from stridewise.networks import Sequential
    >>> network = Sequential([layers.Dense(3)], input_shape=(4,))
    >>> describe(build(describe(network))) == describe(network)
    True
    """
    try:
        inputs = {str(name): _open(v) for name, v in dict(description["inputs"]).items()}
        entries = [dict(entry) for entry in description["nodes"]]
        outputs = [str(name) for name in description["outputs"]]
        dtype = np.dtype({"float32": "float32", "float64": "float64"}[description["dtype"]])
        names = [(str(e["name"]), str(e["layer"]), tuple(map(str, e["inputs"]))) for e in entries]
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _malformed(f"{type(error).__name__}: {error}") from None
    if len(entries) > _MOST_NODES:
        raise _malformed(f"{len(entries)} nodes")
    made: dict[str, Layer] = {}
    nodes = []
    for (name, kind, taken), entry in zip(names, entries, strict=True):
        shared = entry.get("shares")
        if shared is not None and str(shared) not in made:
            raise _malformed(f"node {name!r} shares the layer of {shared!r}, which is not before")
        made[name] = made[str(shared)] if shared is not None else _layer(kind, entry)
        nodes.append((name, made[name], taken))
    return Graph(inputs, nodes, outputs, seed=seed, arrays=arrays, dtype=dtype)


def _plain(value: Any) -> Any:
    """Turn NumPy's integers and tuples into what JSON has."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value


def _open(shape: Any) -> OpenShape:
    return None if shape is None else tuple(None if n is None else int(n) for n in shape)


def _layer(kind: str, entry: dict[str, Any]) -> Layer:
    if kind not in _LAYERS:
        raise NetworkError(
            explain(
                "network",
                "there is no layer of that name.",
                needed=" | ".join(_LAYERS),
                received=repr(kind),
                hint=nearest(kind, _LAYERS),
            )
        )
    options = entry.get("options")
    known = {field.name for field in dataclasses.fields(_LAYERS[kind])}
    if not isinstance(options, dict) or not set(options) <= known:
        raise _malformed(f"options {options!r} of a {kind}, which has {sorted(known)}")
    try:
        return _LAYERS[kind](**options)
    except TypeError as error:
        raise _malformed(f"options {options!r} of a {kind}: {error}") from None


def _malformed(received: str) -> NetworkError:
    return NetworkError(
        explain(
            "network",
            "the description does not describe a network.",
            needed="inputs, nodes, outputs and dtype, as networks.describe gives them",
            received=received,
            hint="networks.build(networks.describe(network))",
        )
    )
