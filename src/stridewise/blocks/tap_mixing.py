"""Applying a table of taps along one axis, and the transpose of that linear map."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from stridewise.arrays import Array
from stridewise.blocks.interpolation import Taps

__all__ = ["give_back", "mix"]


def mix(x: Array, axis: int, table: Taps) -> Array:
    """``y[…, i, …] = Σ_k weights[i, k] · x[…, indices[i, k], …]``; a weight of 0 takes nothing.

    >>> mix(np.array([2.0, 4.0]), 0, Taps(np.array([[0, 1]]), np.array([[0.5, 0.25]]), np.zeros(1)))
    array([2.])
    """
    rows, count = table.weights.shape
    y = np.zeros((*x.shape[:axis], rows, *x.shape[axis + 1 :]), x.dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # infinity and NaN come as they must
        if count > rows:
            for row, places, weights in _by_row(table):
                part = x.take(places, axis) * _along(axis, weights, x)
                y[_at(axis, row)] = part.sum(axis)
            return y
        for indices, weights in zip(table.indices.T, table.weights.T, strict=True):
            used = np.flatnonzero(weights)
            part = x.take(indices[used], axis) * _along(axis, weights[used], x)
            y[_at(axis, slice(None) if used.size == rows else used)] += part
    return y


def give_back(grad: Array, axis: int, size: int, table: Taps) -> Array:
    """``grad_x[…, indices[i, k], …] += weights[i, k] · grad[…, i, …]``, for ``size`` elements.

    >>> table = Taps(np.array([[0, 1]]), np.array([[0.5, 0.25]]), np.zeros(1))
    >>> give_back(np.array([8.0]), 0, 2, table)
    array([4., 2.])
    """
    rows, count = table.weights.shape
    grad_x = np.zeros((*grad.shape[:axis], size, *grad.shape[axis + 1 :]), grad.dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # as in `mix`
        if count > rows:
            for row, places, weights in _by_row(table):
                part = grad.take([row], axis) * _along(axis, weights, grad)
                grad_x[_at(axis, places)] += part
            return grad_x
        for indices, weights in zip(table.indices.T, table.weights.T, strict=True):
            used = np.flatnonzero(weights)
            if used.size == 0:
                continue
            # Sorted by place, what belongs to one place is one stretch that is added up.
            used = used[np.argsort(indices[used], kind="stable")]
            places, first = np.unique(indices[used], return_index=True)
            part = grad.take(used, axis) * _along(axis, weights[used], grad)
            grad_x[_at(axis, places)] += np.add.reduceat(part, first, axis=axis)
    return grad_x


def _by_row(table: Taps) -> Iterator[tuple[int, Array, Array]]:
    """Each row's places, every place once, and their weights."""
    for row, (indices, weights) in enumerate(zip(table.indices, table.weights, strict=True)):
        places, number = np.unique(indices, return_inverse=True)
        total = np.bincount(number, weights)
        yield row, places[total != 0], total[total != 0]


def _at(axis: int, where: Array | slice | int) -> tuple[Array | slice | int, ...]:
    return (*(slice(None),) * axis, where)


def _along(axis: int, weights: Array, like: Array) -> Array:
    """Weights in the shape and dtype to multiply an array by, along one of its axes."""
    return weights.astype(like.dtype).reshape(-1, *(1,) * (like.ndim - axis - 1))
