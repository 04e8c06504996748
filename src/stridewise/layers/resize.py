"""Resizing as a layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stridewise.arrays import Array
from stridewise.axis_options import AxisInts
from stridewise.blocks.axis_resizing import Roi
from stridewise.blocks.interpolation import Coordinates, Interpolation, Nearest, ResizeMode
from stridewise.blocks.resizing import resize, resize_backward, resized_size
from stridewise.layers.layer import Layer, LayerGradients, Shape

__all__ = ["Resize"]


@dataclass(eq=False)
class Resize(Layer):
    """Enlarge or shrink by interpolation, on one to three spatial axes.

    Parameters
    ----------
    size, scale, mode, coordinates, nearest, cubic_coeff, exclude_outside, extrapolation_value,
    antialias, roi
        As in ``stridewise.resize``; either ``size`` or ``scale`` is given.

    Examples
    --------
    >>> Resize(scale=2, mode="linear").output_shape((9, 6, 4))
    (18, 12, 4)
    """

    size: AxisInts | None = None
    scale: float | Sequence[float] | None = None
    mode: ResizeMode = "nearest"
    coordinates: Coordinates = "half_pixel"
    nearest: Nearest = "round_prefer_floor"
    cubic_coeff: float = -0.75
    exclude_outside: bool = False
    extrapolation_value: float = 0.0
    antialias: bool = False
    roi: Roi | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        Interpolation(
            self.mode,
            self.coordinates,
            self.nearest,
            self.cubic_coeff,
            self.exclude_outside,
            self.extrapolation_value,
            self.antialias,
        )

    def output_shape(self, *inputs: Shape) -> Shape:
        """(*size, C)."""
        shape = self.one_input(inputs, 1, 2, 3)
        return (*resized_size(self.kind, shape[:-1], self.size, self.scale)[0], shape[-1])

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, Array]:
        """Resize; the cache is the input."""
        (x,) = inputs
        return resize(x, **self.options), x

    def backward(self, grad_y: Array, cache: Array) -> LayerGradients:
        """Gradient by the input: each new element gives back to what it mixed."""
        return LayerGradients((resize_backward(grad_y, cache, **self.options),), {})
