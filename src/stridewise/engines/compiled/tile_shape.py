"""How many rows and vectors a register tile should have for a problem."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stridewise.engines.compiled.target import Target
from stridewise.engines.compiled.tile import rows_that_fit

__all__ = ["split", "tile_lanes", "tile_shape"]

_MOST_VECTORS = 4
# Cycles from the begin of a multiply-add to where its sum can be added to again.
_LATENCY = 4


def tile_lanes(target: Target, dtype: np.dtype[Any], channels: int) -> int:
    """Lanes of the vectors: fewer than the processor has, where channels would leave half empty."""
    lanes = target.vector_bytes // dtype.itemsize
    while lanes > 16 // dtype.itemsize and channels <= lanes // 2:
        lanes //= 2
    return lanes


def split(count: int, rows: int) -> tuple[int, int]:
    """Cut a row into tiles of ``rows`` and ``rows - 1``: how many, and how many long ones.

    >>> split(19, 10), split(28, 14), split(5, 1)
    ((2, 1), (2, 2), (5, 5))
    """
    tiles = -(-count // rows)
    return tiles, tiles if rows == 1 else count - tiles * (rows - 1)


def tile_shape(count: int, channels: int, lanes: int, registers: int) -> tuple[int, int]:
    """Rows and vectors of the tile that needs the fewest cycles for ``count`` rows.

    A step costs as many cycles as it has sums, or as its loads need, but no less than the latency
    of a sum: a number is loaded in half a cycle, a vector in one. Among equals, the one with the
    fewest loads.

    >>> tile_shape(56, 64, lanes=16, registers=32), tile_shape(7, 512, lanes=16, registers=32)
    ((6, 4), (7, 3))
    """
    best = (math.inf, 0.0, 0, 0)
    total = -(-channels // lanes)
    for vectors in range(1, min(total, _MOST_VECTORS) + 1):
        tiles = -(-count // rows_that_fit(registers, vectors))
        rows = -(-count // tiles)
        tiles, long_tiles = split(count, rows)
        cycles = 0.0
        for height, times in ((rows, long_tiles), (rows - 1, tiles - long_tiles)):
            for width, panels in ((vectors, total // vectors), (total % vectors, 1)):
                if width and height:
                    cycles += times * panels * max(height * width, height / 2 + width, _LATENCY)
        best = min(best, (cycles, (rows / 2 + vectors) / (rows * vectors), rows, vectors))
    return best[2], best[3]
