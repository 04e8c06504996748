"""Layers with several inputs."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from stridewise.arrays import Array
from stridewise.engines import current_engine
from stridewise.errors import NetworkError, ShapeError, explain
from stridewise.layers.layer import Layer, LayerGradients, Shape

__all__ = ["Add", "Concatenate", "added"]

_OF_ENGINES = (np.dtype(np.float32), np.dtype(np.float64))


def _refuse(layer: Layer, needed: str, inputs: tuple[Shape, ...]) -> NetworkError:
    only_channels_differ = len({shape[:-1] for shape in inputs}) <= 1
    return NetworkError(
        explain(
            layer.kind,
            "the inputs do not fit together.",
            needed=needed,
            received=f"shapes {', '.join(map(str, inputs)) or 'none'}",
            hint="a 1×1 convolution to bring one to the shape of the other"
            if only_channels_differ
            else "sides that are a multiple of the network's total stride, such as 32",
        )
    )


def _require_fit(layer: Layer, inputs: tuple[Array, ...]) -> None:
    """Refuse arrays that do not fit: of open sizes, no shape has told it before."""
    try:
        layer.output_shape(*(x.shape for x in inputs))
    except NetworkError as error:
        raise ShapeError(str(error)) from None


def added(a: Array, b: Array) -> Array:
    """Add two arrays: by the engine in use, if they are what an engine takes."""
    if a.dtype == b.dtype and a.dtype in _OF_ENGINES and a.shape == b.shape:
        return current_engine().add(a, b)
    total: Array = a + b
    return total


@dataclass(eq=False)
class Add(Layer):
    """Add two or more inputs of one shape: the shortcut of a residual network.

    Examples
    --------
    >>> Add().output_shape((8, 6, 16), (8, 6, 16))
    (8, 6, 16)
    """

    def output_shape(self, *inputs: Shape) -> Shape:
        """As they came."""
        if len(inputs) < 2 or len(set(inputs)) > 1:
            raise _refuse(self, "two or more inputs of one shape", inputs)
        return inputs[0]

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, int]:
        """Add up; the cache is their number."""
        _require_fit(self, inputs)
        return functools.reduce(added, inputs), len(inputs)

    def backward(self, grad_y: Array, cache: int) -> LayerGradients:
        """Every input gets the whole gradient."""
        return LayerGradients((grad_y,) * cache, {})


@dataclass(eq=False)
class Concatenate(Layer):
    """Lay the channels of two or more inputs side by side.

    Examples
    --------
    >>> Concatenate().output_shape((8, 6, 16), (8, 6, 4))
    (8, 6, 20)
    """

    def output_shape(self, *inputs: Shape) -> Shape:
        """The same space, all channels."""
        if len(inputs) < 2 or () in inputs or len({shape[:-1] for shape in inputs}) > 1:
            raise _refuse(self, "two or more inputs of the same spatial shape", inputs)
        return (*inputs[0][:-1], sum(shape[-1] for shape in inputs))

    def forward(self, *inputs: Array, training: bool = False) -> tuple[Array, list[int]]:
        """Concatenate; the cache is where one ends and the next begins."""
        _require_fit(self, inputs)
        ends = np.cumsum([x.shape[-1] for x in inputs])[:-1]
        return np.concatenate(inputs, axis=-1), ends.tolist()

    def backward(self, grad_y: Array, cache: list[int]) -> LayerGradients:
        """Every input gets its own channels' gradient."""
        return LayerGradients(tuple(np.split(grad_y, cache, axis=-1)), {})
