"""Average pooling as running sums along each axis, tap by tap."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.vectorized.taps import resized, views
from stridewise.engines.vectorized.tiles import tiles
from stridewise.specs import PoolSpec

__all__ = ["avg_pool", "avg_pool_grad"]


def avg_pool(x: Array, spec: PoolSpec) -> Array:
    """Sum along each axis, then divide by the taps that count."""
    N, C = x.shape[0], x.shape[-1]
    y = np.empty((N, *spec.output_size, C), x.dtype)
    counts = _counts(spec, x.dtype)
    for tile in tiles(spec, N, _position_bytes(x, spec)):
        values = x[tile.inputs]
        for number, axis in enumerate(tile.axes, start=1):
            total = np.zeros(resized(values, number, axis.positions), x.dtype)
            for total_here, met in views(axis, number, total, values):
                total_here += met
            values = total
        y[tile.outputs] = values / counts[tile.outputs[1:]]
    return y


def avg_pool_grad(grad_y: Array, spec: PoolSpec) -> Array:
    """Divide, then spread along each axis."""
    N, C = grad_y.shape[0], grad_y.shape[-1]
    grad_x = np.zeros((N, *spec.input_size, C), grad_y.dtype)
    counts = _counts(spec, grad_y.dtype)
    for tile in tiles(spec, N, _position_bytes(grad_y, spec)):
        shares = grad_y[tile.outputs] / counts[tile.outputs[1:]]
        for number, axis in enumerate(tile.axes, start=1):
            spread = np.zeros(resized(shares, number, axis.size), grad_y.dtype)
            for share_here, met in views(axis, number, shares, spread):
                met += share_here
            shares = spread
        grad_x[tile.inputs] += shares
    return grad_x


def _position_bytes(x: Array, spec: PoolSpec) -> int:
    return int(x.shape[-1] * math.prod(spec.stride) * x.itemsize)


@functools.lru_cache
def _counts(spec: PoolSpec, dtype: np.dtype[Any]) -> Array:
    """The divisor of every position, (*output_size, 1); 1 where there is nothing but padding."""
    per_axis = [
        np.array([axis.counted(at, spec.count_include_pad) for at in range(axis.positions)])
        for axis in spec.axes
    ]
    counts: Array = functools.reduce(np.multiply.outer, per_axis)
    return np.maximum(counts, 1)[..., None].astype(dtype)
