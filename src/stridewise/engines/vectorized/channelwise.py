"""Sums a channel, arithmetic with numbers of each channel, and of each element alone."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.quietly import quietly
from stridewise.engines.vectorized.convolution import channel_sums
from stridewise.engines.vectorized.wide_rows import repeated, wide

__all__ = [
    "add",
    "channel_moments",
    "channel_products",
    "normalise",
    "normalise_grad",
    "relu",
    "relu_grad",
]


@quietly
def channel_moments(x: Array) -> tuple[Array, Array]:
    """Mean; then the mean squared deviation from it, once rounded to the dtype of ``x``."""
    count = x.size // x.shape[-1]
    mean = channel_sums(x) / count
    rounded = mean.astype(x.dtype)
    squares = _centred(x, rounded)
    squares *= squares
    # What rounding left of the mean is the mean of these deviations.
    variance = channel_sums(squares.reshape(x.shape)) / count - (mean - rounded) ** 2
    if not np.isfinite(variance).all():  # squares beyond float32, or what is infinite itself
        variance = x.var(axis=tuple(range(x.ndim - 1)), dtype=np.float64)
    return mean, np.maximum(variance, 0)


@quietly
def channel_products(grad_y: Array, x: Array, centre: Array) -> tuple[Array, Array]:
    """Two sums over all axes but the last."""
    products = _centred(x, centre)
    products *= _rows(grad_y)
    sums = channel_sums(products.reshape(x.shape))
    if not np.isfinite(sums).all():  # products beyond float32, or what is infinite itself
        precise = np.subtract(_rows(x), repeated(centre, products), dtype=np.float64)
        precise *= _rows(grad_y)
        sums = channel_sums(precise.reshape(x.shape))
    return channel_sums(grad_y), sums


@quietly
def normalise(x: Array, centre: Array, scale: Array, shift: Array) -> Array:
    """Subtract, multiply, add, in place after the first."""
    rows = _centred(x, centre)
    rows *= repeated(scale, rows)
    rows += repeated(shift, rows)
    return rows.reshape(x.shape)


@quietly
def normalise_grad(
    grad_y: Array, x: Array, centre: Array, scale: Array, slope: Array, shift: Array
) -> Array:
    """From the inside of the formula to its outside, in place after the first step."""
    rows = _centred(x, centre)
    rows *= repeated(slope, rows)
    rows += _rows(grad_y)
    rows += repeated(shift, rows)
    rows *= repeated(scale, rows)
    return rows.reshape(x.shape)


def relu(x: Array) -> Array:
    """The larger of the two; NumPy's maximum keeps NaN."""
    y: Array = np.maximum(x, 0)
    return y


def relu_grad(grad_y: Array, x: Array) -> Array:
    """All bits of a gradient, or none.

    ``np.where`` takes three times as long, and a product would make NaN of 0 and infinity.
    """
    bits = np.dtype(f"i{x.dtype.itemsize}")
    mask = np.negative((x > 0).view(np.int8), dtype=bits)
    return (grad_y.view(bits) & mask).view(x.dtype)


@quietly
def add(a: Array, b: Array) -> Array:
    """Element by element."""
    total: Array = a + b
    return total


def _rows(x: Array) -> Array:
    return wide(np.ascontiguousarray(x))


def _centred(x: Array, centre: Array) -> Array:
    rows = _rows(x)
    centred: Array = rows - repeated(centre, rows)
    return centred
