"""Max pooling as running maxima along each axis, tap by tap."""

from __future__ import annotations

import itertools
import math

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.protocol import Ties
from stridewise.engines.vectorized.taps import resized, views
from stridewise.engines.vectorized.tiles import Tile, tiles
from stridewise.specs import PoolSpec

__all__ = ["max_pool", "max_pool_grad"]


def max_pool(x: Array, spec: PoolSpec, *, indices: bool) -> tuple[Array, Array | None]:
    """Running maximum; with ``indices``, the place of the maximum runs along."""
    N, C = x.shape[0], x.shape[-1]
    y = np.empty((N, *spec.output_size, C), x.dtype)
    where = np.empty(y.shape, np.int64) if indices else None
    for tile in tiles(spec, N, _position_bytes(x, spec)):
        if where is None:
            y[tile.outputs] = _tile_max(x, tile)
        else:
            y[tile.outputs], where[tile.outputs] = _tile_max_and_place(x, tile, spec)
    return y, where


def max_pool_grad(grad_y: Array, x: Array, spec: PoolSpec, ties: Ties) -> Array:
    """Scatter by index; with ``ties="all"``, compare every tap with the maximum instead."""
    N, C = x.shape[0], x.shape[-1]
    grad_x = np.zeros((N, *spec.input_size, C), grad_y.dtype)
    for tile in tiles(spec, N, _position_bytes(x, spec)):
        y, where = _tile_max_and_place(x, tile, spec)
        shares = grad_y[tile.outputs]
        chosen = where >= 0
        if ties == "all":
            _add_to_equals(grad_x, x, y, shares, tile)
            chosen &= np.isnan(y)  # NaNs equal nothing, and the first one takes the gradient
        _add_at(grad_x[tile.outputs[0]], where, shares, chosen)
    return grad_x


def _position_bytes(x: Array, spec: PoolSpec) -> int:
    """Workspace of one position: values and indices, before the first axis is pooled."""
    return int(x.shape[-1] * math.prod(spec.stride) * (x.itemsize + np.dtype(np.int64).itemsize))


def _tile_max(x: Array, tile: Tile) -> Array:
    values = x[tile.inputs]
    for number, axis in enumerate(tile.axes, start=1):
        best = np.full(resized(values, number, axis.positions), -np.inf, x.dtype)
        for best_here, met in views(axis, number, best, values):
            np.maximum(best_here, met, out=best_here)
        values = best
    return values


def _tile_max_and_place(x: Array, tile: Tile, spec: PoolSpec) -> tuple[Array, Array]:
    values = x[tile.inputs]
    flat = np.arange(math.prod(spec.input_size)).reshape(spec.input_size)
    places = np.broadcast_to(flat[tile.inputs[1:]][None, ..., None], values.shape)
    # The last axis first: then ties fall to the first in row-major order.
    for number, axis in reversed(list(enumerate(tile.axes, start=1))):
        shape = resized(values, number, axis.positions)
        best, best_place = np.full(shape, -np.inf, x.dtype), np.full(shape, -1)
        best_views = views(axis, number, best, values)
        place_views = views(axis, number, best_place, places)
        for (best_here, met), (place_here, met_place) in zip(best_views, place_views, strict=True):
            # Larger, or the first NaN: `not <=` is true of a NaN, `best == best` false.
            better = ~(met <= best_here) & (best_here == best_here)
            better |= place_here < 0
            np.copyto(best_here, met, where=better)
            np.copyto(place_here, met_place, where=better)
        values, places = best, best_place
    return values, places


def _add_at(grad_x: Array, where: Array, shares: Array, chosen: Array) -> None:
    """Add each chosen share to its place; several windows may choose the same place."""
    N, C = where.shape[0], where.shape[-1]
    example = np.arange(N).reshape(-1, *(1,) * (where.ndim - 1))
    flat = (example * math.prod(grad_x.shape[1:-1]) + where) * C + np.arange(C)
    np.add.at(grad_x.reshape(-1), flat[chosen], shares[chosen])


def _add_to_equals(grad_x: Array, x: Array, y: Array, shares: Array, tile: Tile) -> None:
    grad_tile, x_tile = grad_x[tile.inputs], x[tile.inputs]
    for tap in itertools.product(*(axis.meetings() for axis in tile.axes)):
        positions = (slice(None), *(at for at, _ in tap))
        elements = (slice(None), *(met for _, met in tap))
        equal = x_tile[elements] == y[positions]
        grad_tile[elements] += np.where(equal, shares[positions], 0)
