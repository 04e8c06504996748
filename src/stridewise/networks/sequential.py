"""A network in which every layer takes the one before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from stridewise.errors import NetworkError, explain
from stridewise.layers import Layer
from stridewise.networks.graph import Graph
from stridewise.networks.node import require_layer
from stridewise.networks.shapes import OpenShape

__all__ = ["Sequential"]


class Sequential(Graph):
    """A chain of layers: a :class:`Graph` that names its nodes itself.

    Parameters
    ----------
    layers : sequence of Layer
        First to last. They are named after their kind: ``conv2d_1``, ``conv2d_2``, …
    input_shape : tuple of int or None
        Of one example: (H, W, C). A size may be None, to be known when the network runs:
        (None, None, 3) for color images of any size.
    seed, dtype
        As in :class:`Graph`.

    Examples
    --------
    >>> from stridewise.layers import Conv2D, Dense, Flatten
    >>> network = Sequential([Conv2D(4, 3), Flatten(), Dense(10)], input_shape=(8, 8, 1))
    >>> [node.name for node in network.nodes]
    ['conv2d_1', 'flatten_1', 'dense_1']
    >>> network.predict(np.zeros((2, 8, 8, 1))).shape
    (2, 10)
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        input_shape: OpenShape,
        *,
        seed: int = 0,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        if not layers:
            raise NetworkError(
                explain(
                    "Sequential",
                    "there are no layers.",
                    needed="at least one",
                    received="an empty sequence",
                    hint="Sequential([Flatten(), Dense(10)], input_shape=(8, 8, 1))",
                )
            )
        count: Counter[str] = Counter()
        nodes: list[tuple[str, Layer, tuple[str]]] = []
        previous = "input"
        for layer in layers:
            require_layer(layer)
            kind = layer.kind.lower()
            count[kind] += 1
            nodes.append((f"{kind}_{count[kind]}", layer, (previous,)))
            previous = nodes[-1][0]
        super().__init__({"input": input_shape}, nodes, [previous], seed=seed, dtype=dtype)
