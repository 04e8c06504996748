"""A frame around the spatial axes as a layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from stridewise.arrays import Array
from stridewise.axis_options import AxisInts, axis_padding
from stridewise.blocks.padding import PadMode, pad, pad_backward
from stridewise.layers.layer import Layer, LayerGradients, Shape
from stridewise.options import require_choice

__all__ = ["Pad"]


@dataclass(eq=False)
class Pad(Layer):
    """Put a frame around one to three spatial axes.

    Parameters
    ----------
    widths, mode, value
        As in ``stridewise.pad``.

    Examples
    --------
    >>> Pad(((1, 2), 0)).output_shape((9, 6, 4))
    (12, 6, 4)
    """

    widths: AxisInts | Sequence[int | Sequence[int]]
    mode: PadMode = "constant"
    value: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        require_choice(self.kind, "`mode` has an unknown name.", self.mode, get_args(PadMode))

    def output_shape(self, *inputs: Shape) -> Shape:
        """(*(size + before + after), C)."""
        shape = self.one_input(inputs, 1, 2, 3)
        pairs = axis_padding(self.kind, "widths", self.widths, len(shape) - 1)
        sizes = (n + sum(pair) for n, pair in zip(shape[:-1], pairs, strict=True))
        return (*sizes, shape[-1])

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Array]:
        """Pad; the cache is the input."""
        (x,) = inputs
        return pad(x, **self.options), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradient by the input: each element of the frame gives back to its source."""
        return LayerGradients((pad_backward(grad_y, cache, **self.options),), {})
