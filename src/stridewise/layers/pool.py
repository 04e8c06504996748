"""Pooling layers: the window's options, no parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stridewise import blocks
from stridewise.arrays import Array
from stridewise.axis_options import AxisInts, Padding
from stridewise.layers.layer import Layer, LayerGradients, Shape, Window
from stridewise.specs import PoolSpec

__all__ = ["AveragePool", "GlobalAveragePool", "MaxPool"]


@dataclass(eq=False)
class Pool(Layer):
    """What the two poolings share."""

    kernel_size: AxisInts
    stride: AxisInts | None = None
    padding: Padding = 0
    dilation: AxisInts = 1
    ceil_mode: bool = False

    def spec(self, *inputs: Shape) -> PoolSpec:
        """The integers of the pooling of an input of this shape."""
        shape = self.one_input(inputs, 1, 2, 3)
        return PoolSpec.of(
            self.kind,
            shape[:-1],
            self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            ceil_mode=self.ceil_mode,
        )

    def output_shape(self, *inputs: Shape) -> Shape:
        """(*spatial_out, C)."""
        return (*self.spec(*inputs).output_size, inputs[0][-1])

    def window(self, *inputs: Shape) -> Window:
        """The kernel."""
        spec = self.spec(*inputs)
        return Window(spec.kernel_size, spec.stride, spec.dilation)


@dataclass(eq=False)
class MaxPool(Pool):
    """Keep the largest value of every window, on one to three spatial axes.

    Parameters
    ----------
    kernel_size, stride, padding, dilation, ceil_mode
        As in ``stridewise.max_pool2d``.

    Examples
    --------
    >>> MaxPool(2).output_shape((9, 6, 4))
    (4, 3, 4)
    """

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Array]:
        """Pool; the cache is the input."""
        (x,) = inputs
        return blocks.max_pool(x.ndim - 2, x, **self.options), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradient by the input: to the first maximum of each window."""
        grad_x = blocks.max_pool_backward(cache.ndim - 2, grad_y, cache, **self.options)
        return LayerGradients((grad_x,), {})


@dataclass(eq=False)
class AveragePool(Pool):
    """Take the mean of every window, on one to three spatial axes.

    Parameters
    ----------
    kernel_size, stride, padding, dilation, ceil_mode, count_include_pad
        As in ``stridewise.avg_pool2d``.

    Examples
    --------
    >>> AveragePool(3, stride=2, padding=1).output_shape((9, 6, 4))
    (5, 3, 4)
    """

    count_include_pad: bool = True

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Array]:
        """Pool; the cache is the input."""
        (x,) = inputs
        return blocks.avg_pool(x.ndim - 2, x, **self.options), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradient by the input: an even share to each element of a window."""
        grad_x = blocks.avg_pool_backward(cache.ndim - 2, grad_y, cache, **self.options)
        return LayerGradients((grad_x,), {})


@dataclass(eq=False)
class GlobalAveragePool(Layer):
    """Take the mean of every channel over all of space.

    Examples
    --------
    >>> GlobalAveragePool().output_shape((7, 5, 64))
    (64,)
    """

    def output_shape(self, *inputs: Shape) -> Shape:
        """(C,)."""
        return self.one_input(inputs, 1, 2, 3)[-1:]

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Any]:
        """Average; the cache is the input."""
        (x,) = inputs
        return blocks.global_avg_pool(x), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradient by the input: an even share to every position."""
        return LayerGradients((blocks.global_avg_pool_backward(grad_y, cache),), {})

    def window(self, *inputs: Shape) -> Window:
        """All of space."""
        spatial = inputs[0][:-1]
        ones = (1,) * len(spatial)
        return Window(spatial, ones, ones)
