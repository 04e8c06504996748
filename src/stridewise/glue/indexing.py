"""Elements picked by indices, and put back by them."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.glue.function import (
    Full,
    Function,
    Gradients,
    axes_of,
    bounded,
    same_shape,
)

__all__ = ["INDEXING"]

_COMBINE = {"add": np.add, "mul": np.multiply, "max": np.maximum, "min": np.minimum}


def _gather(x: Array, indices: Any, axis: int = 0) -> Array:
    wanted = _indices(indices)
    bounded((*np.delete(x.shape, axis).tolist(), *wanted.shape))
    return np.take(x, wanted, axis)


def _indices(values: Any) -> Array:
    """Indices as an array; an empty list has no dtype of its own."""
    wanted = np.asarray(values)
    return wanted if wanted.size else wanted.astype(np.int64)


def _gather_backward(grad_y: Array, x: Array, indices: Any, axis: int = 0) -> Gradients:
    grad_x = np.zeros(x.shape, grad_y.dtype)
    wanted = _indices(indices)
    axis = axis % x.ndim
    picked = np.moveaxis(grad_y, range(axis, axis + wanted.ndim), range(wanted.ndim))
    np.add.at(np.moveaxis(grad_x, axis, 0), wanted, picked)
    return (grad_x,)


def _gather_shape(shape: Full, *others: Full, axis: int = 0, indices: Any = None) -> Full:
    wanted = others[0] if others else np.shape(indices)
    (axis,) = axes_of(axis, len(shape))
    return (*shape[:axis], *wanted, *shape[axis + 1 :])


def _gather_elements(x: Array, indices: Array, axis: int = 0) -> Array:
    return x[_along(indices, axis, x.shape)]


def _along(indices: Array, axis: int, shape: Full) -> tuple[Array, ...]:
    """Index every axis by its own place, but ``axis`` by the indices."""
    (axis,) = axes_of(axis, len(shape))
    places: list[Array] = list(np.indices(indices.shape, sparse=True))
    if len(places) != len(shape):
        raise IndexError(f"indices have {len(places)} axes, the array has {len(shape)}")
    places[axis] = indices
    return tuple(places)


def _picked_shape(shape: Full, indices: Full, axis: int = 0) -> Full:
    others = [place for place in range(len(shape)) if place not in axes_of(axis, len(shape))]
    if len(indices) != len(shape) or any(indices[place] > shape[place] for place in others):
        raise IndexError(f"indices of shape {indices} do not lie in an array of shape {shape}")
    return indices


def _gather_elements_backward(grad_y: Array, x: Array, indices: Array, axis: int = 0) -> Gradients:
    grad_x = np.zeros(x.shape, grad_y.dtype)
    np.add.at(grad_x, _along(indices, axis, x.shape), grad_y)
    return (grad_x,)


def _gather_nd(x: Array, indices: Array, batch_dims: int = 0) -> Array:
    taken = x.shape[batch_dims + indices.shape[-1] :] if indices.ndim else ()
    bounded((*indices.shape[:-1], *taken))
    return x[_nd_index(indices, batch_dims)]


def _nd_index(indices: Array, batch_dims: int) -> tuple[Array, ...]:
    """The last axis of ``indices`` is an index; the batch's axes go in step with it."""
    rank = indices.ndim - 1
    batch: tuple[Array, ...] = np.indices(indices.shape[:batch_dims], sparse=True)
    steps = [np.reshape(one, (*np.shape(one), *(1,) * (rank - batch_dims))) for one in batch]
    return (*steps, *np.moveaxis(indices, -1, 0))


def _gather_nd_backward(grad_y: Array, x: Array, indices: Array, batch_dims: int = 0) -> Gradients:
    grad_x = np.zeros(x.shape, grad_y.dtype)
    np.add.at(grad_x, _nd_index(indices, batch_dims), grad_y)
    return (grad_x,)


def _scatter(y: Array, index: tuple[Any, ...], updates: Array, reduction: str) -> Array:
    if reduction == "none":
        y[index] = updates
    else:
        _COMBINE[reduction].at(y, index, updates)
    return y


def _scatter_elements(
    x: Array, indices: Array, updates: Array, axis: int = 0, reduction: str = "none"
) -> Array:
    return _scatter(x.copy(), _along(indices, axis, x.shape), updates, reduction)


def _scatter_nd(x: Array, indices: Array, updates: Array, reduction: str = "none") -> Array:
    return _scatter(x.copy(), tuple(np.moveaxis(indices, -1, 0)), updates, reduction)


def _compress(x: Array, condition: Array, axis: int | None = None) -> Array:
    return np.compress(condition.astype(bool), x, axis)


def _top_k(x: Array, k: Any, indices: bool, axis: int = -1, largest: bool = True) -> Array:
    """The k extremes in order, or where they stand; among equals the first."""
    count = int(np.asarray(k).item())
    if not 0 <= count <= x.shape[axis]:
        raise ValueError(f"there are no {count} extremes of {x.shape[axis]} numbers")
    keys = _descending(x, axis) if largest else np.argsort(x, axis, kind="stable")
    places = keys[(*(slice(None),) * (axis % x.ndim), slice(count))]
    return places if indices else np.take_along_axis(x, places, axis)


def _descending(x: Array, axis: int) -> Array:
    # Sorted upwards from the far end, so that turning it round keeps equals in order.
    turned = np.argsort(np.flip(x, axis), axis, kind="stable")
    return np.asarray(x.shape[axis] - 1 - np.flip(turned, axis))


def _nonzero(x: Array) -> Array:
    bounded((x.ndim, x.size))
    return np.stack(np.nonzero(x)).astype(np.int64)


def _one_hot(indices: Array, depth: Any, values: Array, axis: int = -1) -> Array:
    count = int(np.asarray(depth).ravel()[0])
    bounded((*indices.shape, count), most=2**24)
    classes = np.where(indices < 0, indices + count, indices).astype(np.int64)
    hot = classes[..., None] == np.arange(count)
    rows: Array = np.where(hot, values[1], values[0]).astype(values.dtype)
    return np.moveaxis(rows, -1, axis)


INDEXING: dict[str, Function] = {
    "gather": Function(_gather, _gather_backward, _gather_shape),
    "gather_elements": Function(_gather_elements, _gather_elements_backward, _picked_shape),
    "gather_nd": Function(_gather_nd, _gather_nd_backward),
    "scatter_elements": Function(_scatter_elements, None, same_shape),
    "scatter_nd": Function(_scatter_nd, None, same_shape),
    "compress": Function(_compress),
    "top_k": Function(_top_k),
    "nonzero": Function(_nonzero),
    "one_hot": Function(_one_hot),
}
