"""Max pooling in one, two and three dimensions, and its gradient."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.axis_options import AxisInts, Padding
from stridewise.blocks.pool_spec import pool_spec
from stridewise.blocks.ranks import by_rank
from stridewise.engines import Ties, current_engine
from stridewise.errors import OptionError, explain, nearest

__all__ = [
    "MaxPooled",
    "max_pool",
    "max_pool1d",
    "max_pool1d_backward",
    "max_pool1d_with_indices",
    "max_pool2d",
    "max_pool2d_backward",
    "max_pool2d_with_indices",
    "max_pool3d",
    "max_pool3d_backward",
    "max_pool3d_with_indices",
    "max_pool_backward",
    "max_pool_with_indices",
]


class MaxPooled(NamedTuple):
    """The largest values, and where they stand."""

    y: Array
    indices: Array


def max_pool(
    rank: int,
    x: ArrayLike,
    kernel_size: AxisInts,
    *,
    stride: AxisInts | None = None,
    padding: Padding = 0,
    dilation: AxisInts = 1,
    ceil_mode: bool = False,
) -> Array:
    """Keep the largest value of every window.

    ``y[n, row, col, c] = max x_padded[n, row·s + k_row·d, col·s + k_col·d, c]`` over the
    kernel's ``k_row`` and ``k_col``. Written for two spatial axes; one and three are alike.

    Parameters
    ----------
    x : array, (N, *spatial, C)
        Channels last: (N, H, W, C) in ``max_pool2d``.
    kernel_size : int, or one int an axis
        The window's size, in taps.
    stride : int, or one int an axis, optional
        How far the window moves, in elements; by default the kernel's size.
    padding : int, one int an axis, one (before, after) an axis, "valid", "same", "same_lower"
        −∞ around the input, in elements; less than the window's size.
    dilation : int, or one int an axis
        Distance between neighbouring taps, in elements.
    ceil_mode : bool
        Round the number of outputs up: a last window may hang over the padding's end, as long
        as it starts inside the input or the padding before it.

    Returns
    -------
    array, (N, *spatial_out, C)
        On each axis ``floor((size + before + after − d·(k − 1) − 1) / s) + 1`` elements.

    Raises
    ------
    ShapeError
        If ``x`` has the wrong rank, or the kernel does not fit.
    OptionError, OptionTypeError
        If an option is out of range, or no integer.
    DtypeError
        If ``x`` does not hold real numbers.

    Notes
    -----
    A NaN wins over every number. Padding is −∞ and never wins, except that a window that
    dilation lets meet nothing else gives −∞.

    References
    ----------
    V. Dumoulin, F. Visin, arXiv:1603.07285, section 3. ONNX: MaxPool, version 22.

    Examples
    --------
    >>> x = np.array([[1.0, 5.0, 2.0], [4.0, 3.0, 6.0]]).reshape(1, 2, 3, 1)
    >>> max_pool2d(x, 2, stride=1).ravel()
    array([5., 6.])
    """
    operation = f"max_pool{rank}d"
    (x,), result = prepare(operation, x=x)
    spec = pool_spec(operation, rank, x, kernel_size, stride, padding, dilation, ceil_mode)
    return finish(current_engine().max_pool(x, spec, indices=False)[0], result)


def max_pool_with_indices(
    rank: int,
    x: ArrayLike,
    kernel_size: AxisInts,
    *,
    stride: AxisInts | None = None,
    padding: Padding = 0,
    dilation: AxisInts = 1,
    ceil_mode: bool = False,
) -> MaxPooled:
    """Keep the largest value of every window, and say where it stands.

    Parameters
    ----------
    x, kernel_size, stride, padding, dilation, ceil_mode
        As in max pooling without indices.

    Returns
    -------
    MaxPooled
        ``y`` and ``indices``, both (N, *spatial_out, C). An index is int64 and flat in the
        example's spatial positions, ``row · W + col``; −1 where a window met only padding.

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in max pooling without indices.

    Notes
    -----
    Among equal values the first in row-major order is taken, and the first NaN before all.

    References
    ----------
    ONNX: MaxPool, version 22, its second output with ``storage_order=0``, but without the
    offset of batch and channel.

    Examples
    --------
    >>> x = np.array([[1.0, 5.0, 2.0], [4.0, 3.0, 6.0]]).reshape(1, 2, 3, 1)
    >>> y, indices = max_pool2d_with_indices(x, 2, stride=1)
    >>> indices.ravel()
    array([1, 5])
    """
    operation = f"max_pool{rank}d_with_indices"
    (x,), result = prepare(operation, x=x)
    spec = pool_spec(operation, rank, x, kernel_size, stride, padding, dilation, ceil_mode)
    y, indices = current_engine().max_pool(x, spec, indices=True)
    return MaxPooled(finish(y, result), np.asarray(indices))


def max_pool_backward(
    rank: int,
    grad_y: ArrayLike,
    x: ArrayLike,
    kernel_size: AxisInts,
    *,
    stride: AxisInts | None = None,
    padding: Padding = 0,
    dilation: AxisInts = 1,
    ceil_mode: bool = False,
    ties: Ties = "first",
) -> Array:
    """Hand the gradient of every window to its largest element.

    ``grad_x[n, i, j, c] += grad_y[n, row, col, c]`` at the place (i, j) of the maximum of the
    window at (row, col).

    Parameters
    ----------
    grad_y : array, (N, *spatial_out, C)
        Gradient of the loss by the output.
    x, kernel_size, stride, padding, dilation, ceil_mode
        As they were given to max pooling.
    ties : "first" or "all"
        Which of several equal maxima gets the gradient: the first in row-major order, as in
        the frameworks, or every one in full, as the exercise's mask has it.

    Returns
    -------
    array, (N, *spatial, C)

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in max pooling; also if ``grad_y`` has not the shape of the output.

    Notes
    -----
    The gradient of a window with a NaN goes to its first NaN.

    References
    ----------
    ONNX: MaxPool, version 22, whose gradient follows its indices (``ties="first"``).

    Examples
    --------
    >>> x = np.array([[1.0, 5.0, 5.0], [4.0, 3.0, 2.0]]).reshape(1, 2, 3, 1)
    >>> max_pool2d_backward(np.ones((1, 1, 2, 1)), x, 2, stride=1)[0, :, :, 0]
    array([[0., 2., 0.],
           [0., 0., 0.]])
    >>> max_pool2d_backward(np.ones((1, 1, 2, 1)), x, 2, stride=1, ties="all")[0, :, :, 0]
    array([[0., 2., 1.],
           [0., 0., 0.]])
    """
    operation = f"max_pool{rank}d_backward"
    (grad_y, x), result = prepare(operation, grad_y=grad_y, x=x)
    spec = pool_spec(operation, rank, x, kernel_size, stride, padding, dilation, ceil_mode)
    shape = (x.shape[0], *spec.output_size, x.shape[-1])
    require_shape(operation, "grad_y", grad_y, shape, "the shape of the output that `x` gives")
    if not isinstance(ties, str) or ties not in ("first", "all"):
        raise OptionError(
            explain(
                operation,
                "`ties` has an unknown name.",
                needed="'first' or 'all'",
                received=f"ties={ties!r}",
                hint=f"ties={nearest(ties, ['first', 'all'])}",
            )
        )
    with np.errstate(over="ignore", invalid="ignore"):  # infinite gradients add up to NaN
        return finish(current_engine().max_pool_grad(grad_y, x, spec, ties), result)


max_pool1d, max_pool2d, max_pool3d = by_rank(max_pool)
max_pool1d_with_indices, max_pool2d_with_indices, max_pool3d_with_indices = by_rank(
    max_pool_with_indices
)
max_pool1d_backward, max_pool2d_backward, max_pool3d_backward = by_rank(max_pool_backward)
