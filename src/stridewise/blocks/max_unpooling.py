"""Max unpooling: values go back to where max pooling took them from, and its gradient."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from stridewise.arrays import Array, ArrayLike, as_array, finish, prepare, require_shape
from stridewise.axis_options import AXES, MOST_POSITIONS, AxisInts, axis_ints, axis_padding
from stridewise.errors import DtypeError, OptionError, ShapeError, explain

__all__ = ["max_unpool", "max_unpool_backward", "unpooled_size"]


def max_unpool(
    x: ArrayLike,
    indices: ArrayLike,
    kernel_size: AxisInts,
    *,
    stride: AxisInts | None = None,
    padding: AxisInts | Sequence[Sequence[int]] = 0,
    output_size: AxisInts | None = None,
) -> Array:
    """Put every value back to the place that its index names; all others are 0.

    ``y[n, i, c] = x[n, j, c]`` for the j with ``indices[n, j, c] = i``, where places i are flat
    in the output's spatial positions, ``row · W_out + col``.

    Parameters
    ----------
    x : array, (N, *spatial, C)
        One to three spatial axes.
    indices : int array, of the shape of x
        As max pooling gives them with its values; −1, for a window that met only padding, puts
        nothing anywhere.
    kernel_size : int, or one int an axis
        The window of the max pooling.
    stride : int, or one int an axis, optional
        How far the window moved, in elements; by default the kernel's size.
    padding : int, one int an axis, or one (before, after) an axis
        What was around the input of the pooling, in elements.
    output_size : int, or one int an axis, optional
        The size of the input of the pooling; by default ``(size − 1) · stride − before − after +
        kernel``. Several sizes give one pooled size: only this option tells them apart.

    Returns
    -------
    array, (N, *output_size, C)

    Raises
    ------
    ShapeError
        If ``x`` has no spatial axes, or an empty one, or ``indices`` another shape.
    OptionError, OptionTypeError
        If an option is out of range, or an index beyond the output.
    DtypeError
        If ``indices`` are no integers.

    Notes
    -----
    Where an index comes twice, as overlapping windows make it, the last in row-major order
    wins. An ``output_size`` must be greater than the default minus the stride, PyTorch's lower
    bound; there is no upper one, as dilation or ceil_mode may have left any remainder. ONNX
    counts its indices in the default size and then pads to its ``output_shape``: unpool to the
    default, then pad.

    References
    ----------
    M. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks",
    arXiv:1311.2901, section 2.1. ONNX: MaxUnpool, version 22.

    Examples
    --------
    >>> x = np.array([5.0, 8.0]).reshape(1, 2, 1)
    >>> indices = np.array([1, 2]).reshape(1, 2, 1)
    >>> max_unpool(x, indices, 2).ravel()
    array([0., 5., 8., 0.])
    """
    (x,), result = prepare("max_unpool", x=x)
    size = unpooled_size("max_unpool", x.shape, kernel_size, stride, padding, output_size)
    sources, places = _moves("max_unpool", x.shape, indices, size)
    y = np.zeros((x.shape[0], *size, x.shape[-1]), x.dtype)
    y.reshape(-1)[places] = x.reshape(-1)[sources]
    return finish(y, result)


def max_unpool_backward(
    grad_y: ArrayLike,
    x: ArrayLike,
    indices: ArrayLike,
    kernel_size: AxisInts,
    *,
    stride: AxisInts | None = None,
    padding: AxisInts | Sequence[Sequence[int]] = 0,
    output_size: AxisInts | None = None,
) -> Array:
    """Gradient of :func:`max_unpool` by ``x``: every value takes that of its place.

    ``grad_x[n, j, c] = grad_y[n, indices[n, j, c], c]``; 0 where another value won the place.

    Parameters
    ----------
    grad_y : array, (N, *output_size, C)
        Gradient of the loss by the output.
    x, indices, kernel_size, stride, padding, output_size
        As they were given to :func:`max_unpool`; of ``x`` only the shape and dtype matter.

    Returns
    -------
    array, (N, *spatial, C)
        The indices have no gradient.

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in :func:`max_unpool`; also if ``grad_y`` has not the shape of the output.

    Notes
    -----
    PyTorch gives the gradient to all values that share a place, of which but one was used.

    Examples
    --------
    >>> grad_y = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 4, 1)
    >>> indices = np.array([1, 2]).reshape(1, 2, 1)
    >>> max_unpool_backward(grad_y, np.zeros((1, 2, 1)), indices, 2).ravel()
    array([2., 3.])
    """
    operation = "max_unpool_backward"
    (grad, x), result = prepare(operation, grad_y=grad_y, x=x)
    size = unpooled_size(operation, x.shape, kernel_size, stride, padding, output_size)
    shape = (x.shape[0], *size, x.shape[-1])
    require_shape(operation, "grad_y", grad, shape, "the shape of the output that `x` gives")
    sources, places = _moves(operation, x.shape, indices, size)
    grad_x = np.zeros(x.shape, x.dtype)
    grad_x.reshape(-1)[sources] = grad.reshape(-1)[places]
    return finish(grad_x, result)


def unpooled_size(
    operation: str,
    shape: tuple[int, ...],
    kernel_size: AxisInts,
    stride: AxisInts | None = None,
    padding: AxisInts | Sequence[Sequence[int]] = 0,
    output_size: AxisInts | None = None,
) -> tuple[int, ...]:
    """Spatial size of the output for an ``x`` of this shape, (N, *spatial, C).

    >>> unpooled_size("demo", (1, 3, 3, 1), 3, stride=2, padding=1)
    (5, 5)
    """
    if not 3 <= len(shape) <= 5 or 0 in shape[1:-1]:
        raise ShapeError(
            explain(
                operation,
                "`x` has no image to unpool.",
                needed="a batch, one to three spatial axes that are not empty, and channels",
                received=f"x.shape={shape}",
                hint="x[None, ..., None] for one image of one channel",
            )
        )
    rank = len(shape) - 2
    kernel = axis_ints(operation, "kernel_size", kernel_size, rank, 1)
    step = kernel if stride is None else axis_ints(operation, "stride", stride, rank, 1)
    pads = axis_padding(operation, "padding", padding, rank)
    usual = tuple(
        (n - 1) * s - before - after + k
        for n, s, k, (before, after) in zip(shape[1:-1], step, kernel, pads, strict=True)
    )
    size = (
        usual if output_size is None else axis_ints(operation, "output_size", output_size, rank, 1)
    )
    least = tuple(max(n - s + 1, 1) for n, s in zip(usual, step, strict=True))
    fits = all(n >= low for n, low in zip(size, least, strict=True))
    if not fits or math.prod(size) > MOST_POSITIONS:
        raise OptionError(
            explain(
                operation,
                "the output's size does not go with that of `x`.",
                needed=f"{least} or more in {AXES[rank]}, {MOST_POSITIONS:,} positions at most",
                received=f"output_size={output_size!r}, so {size}; x.shape={shape}, "
                f"kernel_size={kernel}, stride={step}, padding={pads}",
                hint="the spatial size that max pooling was given",
            )
        )
    return size


def _moves(
    operation: str, shape: tuple[int, ...], indices: ArrayLike, size: tuple[int, ...]
) -> tuple[Array, Array]:
    """Flat places in ``x`` of the values that are used, and their flat places in the output."""
    found = as_array(operation, "indices", indices)
    if found.dtype.kind not in "iu":
        raise DtypeError(
            explain(
                operation,
                "`indices` are not integers.",
                needed="an integer dtype",
                received=f"indices.dtype={found.dtype}",
                hint="the indices that max_pool2d_with_indices gives",
            )
        )
    require_shape(operation, "indices", found, shape, "the shape of `x`")
    positions = math.prod(size)
    if found.size and not -1 <= found.min() <= found.max() < positions:
        raise OptionError(
            explain(
                operation,
                "`indices` point beyond the output.",
                needed=f"-1 to {positions - 1}, flat in an output of {size}",
                received=f"indices from {found.min()} to {found.max()}",
                hint="output_size=the spatial size that max pooling was given",
            )
        )
    flat = found.astype(np.int64).reshape(shape[0], math.prod(shape[1:-1]), shape[-1])
    n, _, c = np.ogrid[tuple(map(slice, flat.shape))]
    places = ((n * positions + flat) * shape[-1] + c).reshape(-1)
    used = np.flatnonzero(flat.reshape(-1) >= 0)[::-1]
    # Backwards, so that the first of equal places is the last in row-major order.
    places, first = np.unique(places[used], return_index=True)
    return used[first], places
