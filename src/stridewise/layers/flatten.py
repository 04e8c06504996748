"""From an image to a vector."""

from __future__ import annotations

import math
from dataclasses import dataclass

from stridewise.arrays import Array
from stridewise.layers.layer import Layer, LayerGradients, Shape

__all__ = ["Flatten"]


@dataclass(eq=False)
class Flatten(Layer):
    """Lay all numbers of an example in one row, row-major.

    Examples
    --------
    >>> Flatten().output_shape((4, 3, 16))
    (192,)
    """

    def output_shape(self, *inputs: Shape) -> Shape:
        """One axis."""
        return (math.prod(self.one_input(inputs)),)

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Shape]:
        """Reshape; the cache is the shape."""
        (x,) = inputs
        return x.reshape(x.shape[0], math.prod(x.shape[1:])), x.shape

    def backward(self, grad_y: Array, cache: Shape) -> LayerGradients:
        """Shape back."""
        return LayerGradients((grad_y.reshape(cache),), {})
