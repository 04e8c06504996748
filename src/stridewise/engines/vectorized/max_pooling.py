"""Max pooling as running maxima along each axis, tap by tap."""

from __future__ import annotations

import math

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.protocol import Ties
from stridewise.engines.vectorized.taps import resized, views
from stridewise.engines.vectorized.tiles import Tile, tiles
from stridewise.geometry import Axis
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
        if ties == "first":
            _add_to_first(grad_x, x, grad_y, tile, spec, only_nan=False)
        elif _add_to_equals(grad_x, x, grad_y, tile):
            # NaNs equal nothing, and the first one of a window takes the gradient.
            _add_to_first(grad_x, x, grad_y, tile, spec, only_nan=True)
    return grad_x


def _position_bytes(x: Array, spec: PoolSpec) -> int:
    """Workspace of one position: values and indices, before the first axis is pooled."""
    return int(x.shape[-1] * math.prod(spec.stride) * (x.itemsize + np.dtype(np.int64).itemsize))


def _tile_max(x: Array, tile: Tile) -> Array:
    values = x[tile.inputs]
    for number, axis in enumerate(tile.axes, start=1):
        values = _axis_max(values, number, axis)
    return values


def _axis_max(values: Array, number: int, axis: Axis) -> Array:
    if axis.positions == 1:
        elements = (*(slice(None),) * number, axis.window(0))
        largest: Array = values[elements].max(number, keepdims=True, initial=-np.inf)
        return largest
    best = np.full(resized(values, number, axis.positions), -np.inf, values.dtype)
    for best_here, met in views(axis, number, best, values):
        np.maximum(best_here, met, out=best_here)
    return best


def _tile_max_and_place(x: Array, tile: Tile, spec: PoolSpec) -> tuple[Array, Array]:
    values = x[tile.inputs]
    indices = np.ix_(*(np.arange(seen.start, seen.stop) for seen in tile.inputs[1:]))
    flat = np.ravel_multi_index(indices, spec.input_size)
    places = np.broadcast_to(flat[None, ..., None], values.shape)
    # The last axis first: then ties fall to the first in row-major order.
    for number, axis in reversed(list(enumerate(tile.axes, start=1))):
        if axis.positions == 1 and (places >= 0).all():
            values, places = _one_window(values, places, number, axis)
            continue
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


def _one_window(values: Array, places: Array, number: int, axis: Axis) -> tuple[Array, Array]:
    """A long window in one operation, not in one a tap; the first NaN wins, else the first."""
    elements = (*(slice(None),) * number, axis.window(0))
    if values[elements].shape[number] == 0:
        shape = resized(values, number, 1)
        return np.full(shape, -np.inf, values.dtype), np.full(shape, -1)
    winner = np.expand_dims(values[elements].argmax(number), number)
    best = np.take_along_axis(values[elements], winner, number)
    return best, np.take_along_axis(places[elements], winner, number)


def _add_to_first(
    grad_x: Array, x: Array, grad_y: Array, tile: Tile, spec: PoolSpec, *, only_nan: bool
) -> None:
    """Add each gradient at its maximum's place; several windows may choose the same."""
    y, places = _tile_max_and_place(x, tile, spec)
    chosen = np.isnan(y) if only_nan else places >= 0
    examples = grad_x[tile.outputs[0]]
    N, C = examples.shape[0], examples.shape[-1]
    example = np.arange(N).reshape(-1, *(1,) * (places.ndim - 1))
    flat = (example * math.prod(spec.input_size) + places) * C + np.arange(C)
    np.add.at(examples.reshape(-1), flat[chosen], grad_y[tile.outputs][chosen])


def _add_to_equals(grad_x: Array, x: Array, grad_y: Array, tile: Tile) -> bool:
    """Add each gradient at all elements that equal the maximum; say whether some are NaN.

    One axis at a time, as the maximum was found: an element equals its window's maximum if it
    equals its row's, and the row's equals the window's.
    """
    stages = [x[tile.inputs]]
    for number, axis in enumerate(tile.axes, start=1):
        stages.append(_axis_max(stages[-1], number, axis))
    shares = grad_y[tile.outputs]
    for number, axis in reversed(list(enumerate(tile.axes, start=1))):
        values, best = stages[number - 1], stages[number]
        spread = np.zeros(values.shape, grad_y.dtype)
        value_views = views(axis, number, best, values)
        share_views = views(axis, number, shares, spread)
        for (best_here, met), (share, spread_here) in zip(value_views, share_views, strict=True):
            spread_here += np.where(met == best_here, share, 0)
        shares = spread
    grad_x[tile.inputs] += shares
    return bool(np.isnan(stages[-1]).any())
