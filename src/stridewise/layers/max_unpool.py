"""Max unpooling as a layer of two inputs: values, and where they go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stridewise.arrays import Array
from stridewise.axis_options import AxisInts
from stridewise.blocks.max_unpooling import max_unpool, max_unpool_backward, unpooled_size
from stridewise.errors import NetworkError, explain
from stridewise.layers.layer import Layer, LayerGradients, Shape

__all__ = ["MaxUnpool"]


@dataclass(eq=False)
class MaxUnpool(Layer):
    """Put values back to where max pooling took them from; the second input says where.

    Parameters
    ----------
    kernel_size, stride, padding, output_size
        As in ``stridewise.max_unpool``.

    Notes
    -----
    A network brings its inputs to its own dtype, which indices do not survive: give their input
    the shape None, and it is taken as it comes.

    Examples
    --------
    >>> MaxUnpool(2).output_shape((4, 3, 8), (4, 3, 8))
    (8, 6, 8)
    """

    kernel_size: AxisInts
    stride: AxisInts | None = None
    padding: AxisInts | Sequence[Sequence[int]] = 0
    output_size: AxisInts | None = None

    def output_shape(self, *inputs: Shape) -> Shape:
        """(*output_size, C)."""
        if len(inputs) != 2 or inputs[0] != inputs[1]:
            raise NetworkError(
                explain(
                    self.kind,
                    "the layer cannot take these inputs.",
                    needed="two inputs of one shape: values, and their indices",
                    received=f"shapes {', '.join(map(str, inputs)) or 'none'}",
                    hint="what max_pool2d_with_indices gives",
                )
            )
        return (*unpooled_size(self.kind, (1, *inputs[0]), **self.options), inputs[0][-1])

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, tuple[Array, Array]]:
        """Unpool; the cache is both inputs."""
        x, indices = inputs
        return max_unpool(x, indices, **self.options), (x, indices)

    def backward(self, grad_y: Array, cache: tuple[Array, Array]) -> LayerGradients:
        """Gradient by the values; indices have none."""
        return LayerGradients((max_unpool_backward(grad_y, *cache, **self.options), None), {})
