"""Arithmetic between an array and one number a channel, in long rows.

NumPy works row by row, and with 16 channels a row is over before it is fast. So several positions
are seen as one row, and the numbers are repeated.
"""

from __future__ import annotations

import math

import numpy as np

from stridewise.arrays import Array

__all__ = ["repeated", "wide"]

_LONG_ENOUGH = 1024


def wide(x: Array) -> Array:
    """See (N, …, C) as rows of several positions: (positions / k, k · C), without a copy.

    >>> wide(np.zeros((2, 4, 4, 3))).shape
    (1, 96)
    >>> wide(np.zeros((3, 5, 3))).shape
    (15, 3)
    """
    C = x.shape[-1]
    positions = math.prod(x.shape[:-1])
    together = 1
    while positions and positions % (2 * together) == 0 and 0 < 2 * together * C <= _LONG_ENOUGH:
        together *= 2
    return x.reshape(positions // together, together * C)


def repeated(numbers: Array, rows: Array) -> Array:
    """One number a channel, as often as the channels are in a row.

    >>> repeated(np.array([1.0, 2.0]), np.zeros((3, 6)))
    array([1., 2., 1., 2., 1., 2.])
    """
    return np.tile(numbers, rows.shape[-1] // max(numbers.shape[-1], 1))
