"""Adaptive max pooling: as many windows as are asked for, and its gradient."""

from __future__ import annotations

import itertools

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.blocks.adaptive_pooling import (
    OutputSize,
    adaptive_sizes,
    adaptive_windows,
    even_kernel,
)
from stridewise.blocks.max_pooling import (
    MaxPooled,
    max_pool,
    max_pool_backward,
    max_pool_with_indices,
)
from stridewise.engines import Ties
from stridewise.options import require_choice

__all__ = [
    "adaptive_max_pool",
    "adaptive_max_pool_backward",
    "adaptive_max_pool_with_indices",
]


def adaptive_max_pool(x: ArrayLike, output_size: OutputSize) -> Array:
    """Keep the largest value of windows that divide the image as evenly as they can.

    ``y[n, i, c] = max of x[n, j, c]`` over ``floor(i · size / out) <= j < ceil((i + 1) · size /
    out)``, and so on every axis.

    Parameters
    ----------
    x : array, (N, *spatial, C)
        One to three spatial axes.
    output_size : int, or one int or None an axis
        How many windows there are; None keeps the input's size. It may be larger than the
        input: then windows see the same elements again.

    Returns
    -------
    array, (N, *output_size, C)

    Raises
    ------
    ShapeError
        If ``x`` has no spatial axes, or an empty one.
    OptionError, OptionTypeError
        If ``output_size`` is no positive integer, or has the wrong length.
    DtypeError
        If ``x`` does not hold real numbers.

    Notes
    -----
    A NaN wins over every number. Where the size divides, on every axis, this is max pooling
    with a kernel of ``size / out``.

    References
    ----------
    K. He et al., "Spatial pyramid pooling in deep convolutional networks for visual
    recognition", arXiv:1406.4729, section 2.3. PyTorch: AdaptiveMaxPool2d.

    Examples
    --------
    >>> x = np.array([1.0, 3.0, 9.0, 7.0, 5.0]).reshape(1, 5, 1)
    >>> adaptive_max_pool(x, 3).ravel()  # elements 0 and 1, 1 to 3, 3 and 4
    array([3., 9., 7.])
    """
    (x,), result = prepare("adaptive_max_pool", x=x)
    sizes = adaptive_sizes("adaptive_max_pool", x.shape, output_size)
    kernel = even_kernel(x, sizes)
    if kernel is not None:
        return finish(max_pool(x.ndim - 2, x, kernel), result)
    y = x
    for axis, out in enumerate(sizes, start=1):
        first, *others = adaptive_windows(y.shape[axis], out)[0].T
        largest = y.take(first, axis)
        for elements in others:
            np.maximum(largest, y.take(elements, axis), out=largest)
        y = largest
    return finish(y, result)


def adaptive_max_pool_with_indices(x: ArrayLike, output_size: OutputSize) -> MaxPooled:
    """Keep the largest value of every window, and say where it stands.

    Parameters
    ----------
    x, output_size
        As in :func:`adaptive_max_pool`.

    Returns
    -------
    MaxPooled
        ``y`` and ``indices``, both (N, *output_size, C). An index is int64 and flat in the
        example's spatial positions, ``row · W + col``.

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in :func:`adaptive_max_pool`.

    Notes
    -----
    Among equal values the first in row-major order is taken, and the first NaN before all.

    References
    ----------
    PyTorch: AdaptiveMaxPool2d with ``return_indices``.

    Examples
    --------
    >>> y, indices = adaptive_max_pool_with_indices([[[1.0], [3.0], [9.0], [7.0], [5.0]]], 3)
    >>> indices.ravel()
    array([1, 2, 3])
    """
    operation = "adaptive_max_pool_with_indices"
    (x,), result = prepare(operation, x=x)
    y, indices = _largest(x, adaptive_sizes(operation, x.shape, output_size))
    return MaxPooled(finish(y, result), indices)


def adaptive_max_pool_backward(
    grad_y: ArrayLike, x: ArrayLike, output_size: OutputSize, *, ties: Ties = "first"
) -> Array:
    """Hand the gradient of every window to its largest element.

    ``grad_x[n, j, c] += grad_y[n, i, c]`` at the place j of the maximum of window i.

    Parameters
    ----------
    grad_y : array, (N, *output_size, C)
        Gradient of the loss by the output.
    x, output_size
        As they were given to :func:`adaptive_max_pool`.
    ties : "first" or "all"
        As in ``max_pool2d_backward``.

    Returns
    -------
    array, (N, *spatial, C)

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in :func:`adaptive_max_pool`; also if ``grad_y`` has not the shape of the output.

    Notes
    -----
    The gradient of a window with a NaN goes to its first NaN.

    Examples
    --------
    >>> x = np.array([1.0, 3.0, 9.0, 9.0, 5.0]).reshape(1, 5, 1)
    >>> adaptive_max_pool_backward(np.ones((1, 3, 1)), x, 3).ravel()
    array([0., 1., 1., 1., 0.])
    >>> adaptive_max_pool_backward(np.ones((1, 3, 1)), x, 3, ties="all").ravel()
    array([0., 1., 1., 2., 0.])
    """
    operation = "adaptive_max_pool_backward"
    (grad, x), result = prepare(operation, grad_y=grad_y, x=x)
    sizes = adaptive_sizes(operation, x.shape, output_size)
    shape = (x.shape[0], *sizes, x.shape[-1])
    require_shape(operation, "grad_y", grad, shape, "the shape of the output that `x` gives")
    require_choice(operation, "`ties` has an unknown name.", ties, ["first", "all"])
    kernel = even_kernel(x, sizes)
    if kernel is not None:
        return finish(max_pool_backward(x.ndim - 2, grad, x, kernel, ties=ties), result)
    y, indices = _largest(x, sizes)
    grad_x = np.zeros((x.shape[0], int(np.prod(x.shape[1:-1])), x.shape[-1]), x.dtype)
    if ties == "first":
        _add(grad_x, indices, grad, np.ones(indices.shape, bool))
        return finish(grad_x.reshape(x.shape), result)
    flat = np.arange(grad_x.shape[1]).reshape(x.shape[1:-1])
    windows = [adaptive_windows(n, out) for n, out in zip(x.shape[1:-1], sizes, strict=True)]
    everything = [np.arange(x.shape[0]), np.arange(x.shape[-1])]
    for taps in itertools.product(*(range(elements.shape[1]) for elements, _ in windows)):
        picked = list(zip(windows, taps, strict=True))
        places = [elements[:, tap] for (elements, _), tap in picked]
        new = np.meshgrid(*(new[:, tap] for (_, new), tap in picked), indexing="ij")
        values = x[np.ix_(everything[0], *places, everything[1])]
        # An element that stands in for one beyond its window has had its turn already.
        hit = (values == y) & np.logical_and.reduce(new)[..., None]
        _add(grad_x, np.broadcast_to(flat[np.ix_(*places)][..., None], y.shape), grad, hit)
    _add(grad_x, indices, grad, np.isnan(y))
    return finish(grad_x.reshape(x.shape), result)


def _largest(x: Array, sizes: tuple[int, ...]) -> MaxPooled:
    """Values and flat places of the maxima, one axis after the other, the last one first.

    In this order the first of equal values along each axis is the first in row-major order.
    """
    kernel = even_kernel(x, sizes)
    if kernel is not None:
        return max_pool_with_indices(x.ndim - 2, x, kernel)
    flat = np.arange(np.prod(x.shape[1:-1]), dtype=np.int64).reshape(*x.shape[1:-1], 1)
    y, indices = x, np.broadcast_to(flat, x.shape)
    for axis in range(x.ndim - 2, 0, -1):
        first, *others = adaptive_windows(x.shape[axis], sizes[axis - 1])[0].T
        best, at = y.take(first, axis), indices.take(first, axis)
        for elements in others:
            values = y.take(elements, axis)
            better = (values > best) | (np.isnan(values) & ~np.isnan(best))
            np.copyto(best, values, where=better)
            np.copyto(at, indices.take(elements, axis), where=better)
        y, indices = best, at
    return MaxPooled(y, indices)


def _add(grad_x: Array, places: Array, grad: Array, where: Array) -> None:
    """Add what ``where`` picks of a gradient to its places in (N, positions, C)."""
    n, *_, c = picked = np.nonzero(where)
    with np.errstate(over="ignore"):  # beyond the dtype there is infinity
        np.add.at(grad_x, (n, places[picked], c), grad[picked])
