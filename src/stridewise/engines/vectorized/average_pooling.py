"""Average pooling as running sums along each axis, tap by tap."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.vectorized.taps import resized, views
from stridewise.engines.vectorized.tiles import Tile, tiles
from stridewise.geometry import Axis
from stridewise.specs import PoolSpec

__all__ = ["avg_pool", "avg_pool_grad"]


# Beyond this many summands float32 loses digits when they are added one by one.
_FEW_TAPS = 64


def avg_pool(x: Array, spec: PoolSpec) -> Array:
    """Sum along each axis, then divide by the taps that count."""
    N, C = x.shape[0], x.shape[-1]
    y = np.empty((N, *spec.output_size, C), x.dtype)
    sums = np.dtype(np.float64) if math.prod(spec.kernel_size) > _FEW_TAPS else x.dtype
    for tile in tiles(spec, N, _position_bytes(sums, C, spec)):
        values = x[tile.inputs]
        for number, axis in enumerate(tile.axes, start=1):
            values = _axis_sum(values, number, axis, sums)
        y[tile.outputs] = values / _counts(tile, spec, sums)
    return y


def avg_pool_grad(grad_y: Array, spec: PoolSpec) -> Array:
    """Divide, then spread along each axis."""
    N, C = grad_y.shape[0], grad_y.shape[-1]
    grad_x = np.zeros((N, *spec.input_size, C), grad_y.dtype)
    for tile in tiles(spec, N, _position_bytes(grad_y.dtype, C, spec)):
        shares = grad_y[tile.outputs] / _counts(tile, spec, grad_y.dtype)
        for number, axis in enumerate(tile.axes, start=1):
            shares = _axis_spread(shares, number, axis)
        grad_x[tile.inputs] += shares
    return grad_x


def _position_bytes(dtype: np.dtype[Any], C: int, spec: PoolSpec) -> int:
    return C * math.prod(spec.stride) * dtype.itemsize


def _axis_sum(values: Array, number: int, axis: Axis, dtype: np.dtype[Any]) -> Array:
    if axis.positions == 1:  # a long window in one operation, not in one a tap
        lead = (slice(None),) * number
        total: Array = values[(*lead, axis.window(0))].sum(number, dtype, keepdims=True)
        return total
    total = np.zeros(resized(values, number, axis.positions), dtype)
    for total_here, met in views(axis, number, total, values):
        total_here += met
    return total


def _axis_spread(shares: Array, number: int, axis: Axis) -> Array:
    spread = np.zeros(resized(shares, number, axis.size), shares.dtype)
    if axis.positions == 1:
        lead = (slice(None),) * number
        spread[(*lead, axis.window(0))] = shares
        return spread
    for share_here, met in views(axis, number, shares, spread):
        met += share_here
    return spread


def _counts(tile: Tile, spec: PoolSpec, dtype: np.dtype[Any]) -> Array:
    """The divisor of every position, (*positions, 1); 1 where there is nothing but padding."""
    per_axis = [
        [axis.counted(at, spec.count_include_pad) for at in range(cut.start, cut.stop)]
        for axis, cut in zip(spec.axes, tile.outputs[1:], strict=True)
    ]
    counts: Array = functools.reduce(np.multiply.outer, map(np.array, per_axis))
    return np.maximum(counts, 1)[..., None].astype(dtype)
