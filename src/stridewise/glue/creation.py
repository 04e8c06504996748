"""Arrays that come from shapes and bounds: the arithmetic of shapes, as networks carry it."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.glue.function import Function, bounded, integers, number_dtype

__all__ = ["CREATION"]


def _shape(
    x: Array, order: list[int] | None = None, start: int = 0, end: int | None = None
) -> Array:
    """Sizes of the axes; ``order`` names them in the order in which they are wanted."""
    sizes = x.shape if order is None else tuple(x.shape[axis] for axis in order)
    return np.array(sizes[start:end], np.int64)


def _size(x: Array) -> Array:
    return np.array(x.size, np.int64)


def _constant_of_shape(shape: Any, value: float = 0.0, dtype: str = "float32") -> Array:
    # One number in memory, whatever the shape says.
    return np.broadcast_to(np.array(value, number_dtype(dtype)), bounded(integers(shape)))


def _range(start: Array, limit: Array, step: Array) -> Array:
    first, last, move = (np.asarray(bound).ravel()[0] for bound in (start, limit, step))
    count = max(int(np.ceil((last - first) / move)), 0) if move != 0 else -1
    bounded((count,), most=2**24)
    return np.asarray(np.arange(count) * move + first, start.dtype)


def _eye_like(x: Array, k: int = 0, dtype: str | None = None) -> Array:
    rows, columns = bounded(x.shape)
    return np.eye(rows, columns, k=k, dtype=number_dtype(dtype or x.dtype))


CREATION: dict[str, Function] = {
    "shape": Function(_shape),
    "size": Function(_size),
    "constant_of_shape": Function(_constant_of_shape),
    "range": Function(_range),
    "eye_like": Function(_eye_like),
}
