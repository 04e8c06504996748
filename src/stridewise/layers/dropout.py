"""Dropout as a layer: active in training only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stridewise import blocks
from stridewise.arrays import Array
from stridewise.layers.layer import Layer, LayerGradients, Shape
from stridewise.options import require_number

__all__ = ["Dropout"]


@dataclass(eq=False)
class Dropout(Layer):
    """In training, set numbers to zero with probability ``rate``; else pass them on.

    Parameters
    ----------
    rate : float
        From 0 up to but not including 1.

    Examples
    --------
    >>> Dropout(0.5).forward(np.ones(3))[0]
    array([1., 1., 1.])
    """

    rate: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        require_number(self.kind, "rate", self.rate, below=1)
        self._rng = np.random.default_rng(0)

    def output_shape(self, *inputs: Shape) -> Shape:
        """As it came."""
        return self.one_input(inputs)

    def seed(self, rng: np.random.Generator) -> None:
        """Take the network's seed, so that a run can be repeated."""
        self._rng = np.random.default_rng(rng.integers(2**63))

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, tuple[Array, int]]:
        """Drop, in training; the cache is the input and the mask's seed, −1 if nothing drops."""
        (x,) = inputs
        if not training:
            return x, (x, -1)
        seed = int(self._rng.integers(2**63))
        return blocks.dropout(x, self.rate, seed=seed), (x, seed)

    def backward(self, grad_y: Array, cache: tuple[Array, int]) -> LayerGradients:
        """Gradient by the input, through the same mask."""
        x, seed = cache
        if seed < 0:
            return LayerGradients((grad_y,), {})
        return LayerGradients((blocks.dropout_backward(grad_y, x, self.rate, seed=seed),), {})
