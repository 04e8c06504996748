"""Adaptive average pooling: as many windows as are asked for, and its gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.axis_options import axis_ints, require_possible
from stridewise.blocks.average_pooling import avg_pool, avg_pool_backward
from stridewise.blocks.interpolation import Taps
from stridewise.blocks.tap_mixing import give_back, mix
from stridewise.errors import ShapeError, explain

__all__ = [
    "OutputSize",
    "adaptive_avg_pool",
    "adaptive_avg_pool_backward",
    "adaptive_sizes",
    "adaptive_windows",
    "even_kernel",
]

OutputSize: TypeAlias = int | Sequence[int | None] | None


def adaptive_avg_pool(x: ArrayLike, output_size: OutputSize) -> Array:
    """Take the mean of windows that divide the image as evenly as they can.

    ``y[n, i, c] = mean of x[n, j, c]`` over ``floor(i · size / out) <= j < ceil((i + 1) · size /
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
    Neighbouring windows share an element where the size does not divide. Where it does, on
    every axis, this is average pooling with a kernel of ``size / out``.

    References
    ----------
    K. He et al., "Spatial pyramid pooling in deep convolutional networks for visual
    recognition", arXiv:1406.4729, section 2.3. PyTorch: AdaptiveAvgPool2d.

    Examples
    --------
    >>> x = np.array([1.0, 3.0, 5.0, 7.0, 9.0]).reshape(1, 5, 1)
    >>> adaptive_avg_pool(x, 3).ravel()  # elements 0 and 1, 1 to 3, 3 and 4
    array([2., 5., 8.])
    """
    (x,), result = prepare("adaptive_avg_pool", x=x)
    sizes = adaptive_sizes("adaptive_avg_pool", x.shape, output_size)
    kernel = even_kernel(x, sizes)
    if kernel is not None:
        return finish(avg_pool(x.ndim - 2, x, kernel), result)
    for axis, out in enumerate(sizes, start=1):
        table = _table(x.shape[axis], out)
        x = mix(x, axis, table)
        x /= _counts(x, axis, table)
    return finish(x, result)


def adaptive_avg_pool_backward(grad_y: ArrayLike, x: ArrayLike, output_size: OutputSize) -> Array:
    """Gradient of :func:`adaptive_avg_pool`: an even share to each element of a window.

    ``grad_x[n, j, c] = Σ grad_y[n, i, c] / (elements of window i)`` over the windows that see j.

    Parameters
    ----------
    grad_y : array, (N, *output_size, C)
        Gradient of the loss by the output.
    x, output_size
        As they were given to :func:`adaptive_avg_pool`; of ``x`` only the shape and dtype
        matter.

    Returns
    -------
    array, (N, *spatial, C)

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in :func:`adaptive_avg_pool`; also if ``grad_y`` has not the shape of the output.

    Examples
    --------
    >>> grad_y = np.array([2.0, 6.0, 4.0]).reshape(1, 3, 1)
    >>> adaptive_avg_pool_backward(grad_y, np.zeros((1, 5, 1)), 3).ravel()
    array([1., 3., 2., 4., 2.])
    """
    operation = "adaptive_avg_pool_backward"
    (grad, x), result = prepare(operation, grad_y=grad_y, x=x)
    sizes = adaptive_sizes(operation, x.shape, output_size)
    shape = (x.shape[0], *sizes, x.shape[-1])
    require_shape(operation, "grad_y", grad, shape, "the shape of the output that `x` gives")
    kernel = even_kernel(x, sizes)
    if kernel is not None:
        return finish(avg_pool_backward(x.ndim - 2, grad, x, kernel), result)
    for axis, out in enumerate(sizes, start=1):
        table = _table(x.shape[axis], out)
        grad = give_back(grad / _counts(grad, axis, table), axis, x.shape[axis], table)
    return finish(grad, result)


def adaptive_sizes(
    operation: str, shape: tuple[int, ...], output_size: OutputSize
) -> tuple[int, ...]:
    """Refuse a shape without an image, and give the output's size on every axis.

    >>> adaptive_sizes("demo", (1, 5, 7, 1), (2, None))
    (2, 7)
    """
    if not 3 <= len(shape) <= 5 or 0 in shape[1:-1]:
        raise ShapeError(
            explain(
                operation,
                "`x` has no image to pool.",
                needed="a batch, one to three spatial axes that are not empty, and channels",
                received=f"x.shape={shape}",
                hint="x[None, ..., None] for one image of one channel",
            )
        )
    size = shape[1:-1]
    wanted: object = size if output_size is None else output_size
    if isinstance(wanted, list | tuple) and len(wanted) == len(size):
        wanted = [n if each is None else each for each, n in zip(wanted, size, strict=True)]
    sizes = axis_ints(operation, "output_size", wanted, len(size), 1)  # type: ignore[arg-type]  # it is checked there
    require_possible(operation, sizes, f"output_size={output_size!r}", "a smaller output_size")
    return sizes


def even_kernel(x: Array, sizes: tuple[int, ...]) -> tuple[int, ...] | None:
    """The kernel of the ordinary pooling that this is, if all windows are alike.

    >>> even_kernel(np.zeros((1, 6, 4, 1)), (3, 1)), even_kernel(np.zeros((1, 5, 1)), (3,))
    ((2, 4), None)
    """
    pairs = list(zip(x.shape[1:-1], sizes, strict=True))
    return None if any(n % out for n, out in pairs) else tuple(n // out for n, out in pairs)


def adaptive_windows(size: int, out: int) -> tuple[Array, Array]:
    """Elements of every window, (out, taps), and which of them are not there twice.

    Short windows repeat their last element, so that all have as many.

    >>> elements, new = adaptive_windows(5, 3)
    >>> elements.tolist(), new[:, 2].tolist()
    ([[0, 1, 1], [1, 2, 3], [3, 4, 4]], [False, True, False])
    """
    window = np.arange(out)
    start = window * size // out
    stop = -(-(window + 1) * size // out)
    elements = start[:, None] + np.arange((stop - start).max())
    return np.minimum(elements, stop[:, None] - 1), elements < stop[:, None]


def _table(size: int, out: int) -> Taps:
    elements, new = adaptive_windows(size, out)
    return Taps(elements, new.astype(np.float64), np.zeros(out, bool))


def _counts(like: Array, axis: int, table: Taps) -> Array:
    counts: Array = table.weights.sum(1).astype(like.dtype)
    return counts.reshape(-1, *(1,) * (like.ndim - axis - 1))
