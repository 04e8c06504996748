"""The maximum over all of space as a layer."""

from __future__ import annotations

from dataclasses import dataclass

from stridewise.arrays import Array
from stridewise.blocks.global_pooling import global_max_pool, global_max_pool_backward
from stridewise.layers.layer import Layer, LayerGradients, Shape, Window

__all__ = ["GlobalMaxPool"]


@dataclass(eq=False)
class GlobalMaxPool(Layer):
    """Take the maximum of every channel over all of space.

    Examples
    --------
    >>> GlobalMaxPool().output_shape((7, 5, 64))
    (64,)
    """

    def output_shape(self, *inputs: Shape) -> Shape:
        """(C,)."""
        return self.one_input(inputs, 1, 2, 3)[-1:]

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Array]:
        """Find the maxima; the cache is the input."""
        (x,) = inputs
        return global_max_pool(x), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradient by the input: to the first maximum of each channel."""
        return LayerGradients((global_max_pool_backward(grad_y, cache),), {})

    def window(self, *inputs: Shape) -> Window:
        """All of space."""
        spatial = inputs[0][:-1]
        ones = (1,) * len(spatial)
        return Window(spatial, ones, ones)
