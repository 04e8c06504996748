"""Adaptive pooling layers: as many windows as are asked for, whatever the input's size."""

from __future__ import annotations

from dataclasses import dataclass

from stridewise.arrays import Array
from stridewise.blocks.adaptive_max_pooling import adaptive_max_pool, adaptive_max_pool_backward
from stridewise.blocks.adaptive_pooling import (
    OutputSize,
    adaptive_avg_pool,
    adaptive_avg_pool_backward,
    adaptive_sizes,
    adaptive_windows,
)
from stridewise.layers.layer import Layer, LayerGradients, Shape, Window

__all__ = ["AdaptiveAveragePool", "AdaptiveMaxPool"]


@dataclass(eq=False)
class AdaptivePool(Layer):
    """What the two adaptive poolings share."""

    output_size: OutputSize

    def _sizes(self, inputs: tuple[Shape, ...]) -> Shape:
        shape = self.one_input(inputs, 1, 2, 3)
        return adaptive_sizes(self.kind, (1, *shape), self.output_size)

    def output_shape(self, *inputs: Shape) -> Shape:
        """(*output_size, C)."""
        return (*self._sizes(inputs), inputs[0][-1])

    def window(self, *inputs: Shape) -> Window:
        """The largest of the windows, and the least that they move by."""
        pairs = list(zip(inputs[0][:-1], self._sizes(inputs), strict=True))
        largest = tuple(adaptive_windows(n, out)[0].shape[1] for n, out in pairs)
        return Window(largest, tuple(max(n // out, 1) for n, out in pairs), (1,) * len(pairs))


@dataclass(eq=False)
class AdaptiveAveragePool(AdaptivePool):
    """Take the mean of as many windows as are asked for, on one to three spatial axes.

    Parameters
    ----------
    output_size : int, or one int or None an axis
        As in ``stridewise.adaptive_avg_pool``.

    Examples
    --------
    >>> AdaptiveAveragePool((2, None)).output_shape((9, 6, 4))
    (2, 6, 4)
    """

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Array]:
        """Pool; the cache is the input."""
        (x,) = inputs
        return adaptive_avg_pool(x, **self.options), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradient by the input: an even share to each element of a window."""
        return LayerGradients((adaptive_avg_pool_backward(grad_y, cache, **self.options),), {})


@dataclass(eq=False)
class AdaptiveMaxPool(AdaptivePool):
    """Keep the largest value of as many windows as are asked for, on one to three spatial axes.

    Parameters
    ----------
    output_size : int, or one int or None an axis
        As in ``stridewise.adaptive_max_pool``.

    Examples
    --------
    >>> AdaptiveMaxPool(2).output_shape((9, 6, 4))
    (2, 2, 4)
    """

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Array]:
        """Pool; the cache is the input."""
        (x,) = inputs
        return adaptive_max_pool(x, **self.options), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradient by the input: to the first maximum of each window."""
        return LayerGradients((adaptive_max_pool_backward(grad_y, cache, **self.options),), {})
