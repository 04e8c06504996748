"""Arrays for results, where it matters at the begin of a cache line."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stridewise.arrays import Array

__all__ = ["LEAST_ALIGNED", "STREAMED_BYTES", "empty"]

# Of an output this large, little is in the caches any more when somebody reads it: it is written
# past them, which saves reading it first.
STREAMED_BYTES = 16 * 2**20
_CACHE_LINE = 64
LEAST_ALIGNED = 32 * 1024


def empty(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """An array whose vectors do not lie across cache lines, unless it is small."""
    size = math.prod(shape) * dtype.itemsize
    if size < LEAST_ALIGNED:
        return np.empty(shape, dtype)
    space = np.empty(size + _CACHE_LINE, np.uint8)
    begin = -space.ctypes.data % _CACHE_LINE
    return space[begin : begin + size].view(dtype).reshape(shape)
