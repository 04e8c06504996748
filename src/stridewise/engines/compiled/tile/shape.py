"""How many rows and vectors a register tile should have for a problem."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from stridewise.engines.compiled.code.target import Target
from stridewise.engines.compiled.tile.tile import rows_that_fit

__all__ = ["TileShape", "split", "tile_lanes", "tile_shape"]

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


class TileShape(NamedTuple):
    """Rows and vectors of a tile, and the cycles that one step takes for all rows."""

    rows: int
    vectors: int
    cycles: float


@cache
def tile_shape(count: int, channels: int, lanes: int, registers: int) -> TileShape:
    """Find the tile that needs the fewest cycles for ``count`` rows.

    A step costs as many cycles as it has sums, or as its loads need, but no less than the latency
    of a sum: a number is loaded in half a cycle, a vector in one. Among equals, the one with the
    fewest loads.

    >>> tile_shape(56, 64, lanes=16, registers=32)
    TileShape(rows=6, vectors=4, cycles=224.0)
    >>> tile_shape(7, 512, lanes=16, registers=32)[:2]
    (7, 3)
    """
    found = []
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
        loads_per_sum = (rows / 2 + vectors) / (rows * vectors)
        found.append((cycles, loads_per_sum, TileShape(rows, vectors, cycles)))
    return min(found)[2]
