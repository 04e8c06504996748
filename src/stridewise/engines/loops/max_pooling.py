"""Max pooling as the exercise writes it: a mask says which element won."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.loops.windows import crop, pad, window
from stridewise.engines.protocol import Ties
from stridewise.specs import PoolSpec

__all__ = ["max_pool", "max_pool_grad"]


def max_pool(x: Array, spec: PoolSpec, *, indices: bool) -> tuple[Array, Array | None]:
    """Keep the largest of each window."""
    x_padded, place = _padded(x, spec)
    N, C = x.shape[0], x.shape[-1]
    y = np.empty((N, *spec.output_size, C), x.dtype)
    where = np.empty(y.shape, np.int64)
    for n in range(N):
        for position in np.ndindex(*spec.output_size):
            for c in range(C):
                corners = window(n, position, c, spec)
                a_slice, a_place = x_padded[corners], place[corners[1:-1]]
                mask = _mask(a_slice, a_place, "first")
                y[(n, *position, c)] = np.max(a_slice)
                where[(n, *position, c)] = a_place[mask][0] if mask.any() else -1
    return y, (where if indices else None)


def max_pool_grad(grad_y: Array, x: Array, spec: PoolSpec, ties: Ties) -> Array:
    """Hand each gradient to the element that the mask marks."""
    x_padded, place = _padded(x, spec)
    grad_x_padded = np.zeros(x_padded.shape, grad_y.dtype)
    N, C = x.shape[0], x.shape[-1]
    for n in range(N):
        for position in np.ndindex(*spec.output_size):
            for c in range(C):
                corners = window(n, position, c, spec)
                mask = _mask(x_padded[corners], place[corners[1:-1]], ties)
                grad_x_padded[corners][mask] += grad_y[(n, *position, c)]
    return crop(grad_x_padded, spec)


def _padded(x: Array, spec: PoolSpec) -> tuple[Array, Array]:
    """The input in a frame of −∞, and the flat index of each of its positions in one of −1."""
    places = np.arange(np.prod(spec.input_size)).reshape(spec.input_size)
    return pad(x, spec, -np.inf), np.pad(places, spec.padding, constant_values=-1)


def _mask(a_slice: Array, place: Array, ties: Ties) -> Array:
    """Mark the maximum of a window: every equal one, or only the first in row-major order."""
    if np.isnan(a_slice).any():
        return _first(np.isnan(a_slice))
    mask: Array = (a_slice == np.max(a_slice)) & (place >= 0)
    return mask if ties == "all" else _first(mask)


def _first(mask: Array) -> Array:
    first = np.zeros_like(mask)
    if mask.any():
        first[np.unravel_index(np.argmax(mask), mask.shape)] = True
    return first
