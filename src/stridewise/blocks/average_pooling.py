"""Average pooling in one, two and three dimensions, and its gradient."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.axis_options import AxisInts, Padding
from stridewise.blocks.pool_spec import pool_spec
from stridewise.blocks.ranks import by_rank
from stridewise.engines import current_engine

__all__ = [
    "avg_pool",
    "avg_pool1d",
    "avg_pool1d_backward",
    "avg_pool2d",
    "avg_pool2d_backward",
    "avg_pool3d",
    "avg_pool3d_backward",
    "avg_pool_backward",
]


def avg_pool(
    rank: int,
    x: ArrayLike,
    kernel_size: AxisInts,
    *,
    stride: AxisInts | None = None,
    padding: Padding = 0,
    dilation: AxisInts = 1,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """Take the mean of every window.

    ``y[n, row, col, c] = Σ x_padded[n, row·s + k_row·d, col·s + k_col·d, c] / count[row, col]``
    over the kernel's ``k_row`` and ``k_col``. Written for two spatial axes; one and three are
    alike.

    Parameters
    ----------
    x : array, (N, *spatial, C)
        Channels last: (N, H, W, C) in ``avg_pool2d``.
    kernel_size : int, or one int an axis
        The window's size, in taps.
    stride : int, or one int an axis, optional
        How far the window moves, in elements; by default the kernel's size.
    padding : int, one int an axis, one (before, after) an axis, "valid", "same", "same_lower"
        Zeros around the input, in elements; less than the window's size.
    dilation : int, or one int an axis
        Distance between neighbouring taps, in elements.
    ceil_mode : bool
        Round the number of outputs up: a last window may hang over the padding's end, as long
        as it starts inside the input or the padding before it.
    count_include_pad : bool
        Whether ``count`` has the taps on padding in it, or only those on the input. What hangs
        over the padding's end is never counted.

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
    A window that dilation lets meet nothing but padding gives 0.

    References
    ----------
    V. Dumoulin, F. Visin, arXiv:1603.07285, section 3. ONNX: AveragePool, version 22.

    Examples
    --------
    >>> x = np.array([[1.0, 5.0, 3.0], [4.0, 2.0, 6.0]]).reshape(1, 2, 3, 1)
    >>> avg_pool2d(x, 2, stride=1).ravel()
    array([3., 4.])
    >>> avg_pool2d(x, (2, 3), padding=(0, 1), stride=1, count_include_pad=False).ravel()
    array([3. , 3.5, 4. ])
    """
    operation = f"avg_pool{rank}d"
    (x,), result = prepare(operation, x=x)
    spec = pool_spec(
        operation, rank, x, kernel_size, stride, padding, dilation, ceil_mode, count_include_pad
    )
    with np.errstate(over="ignore", invalid="ignore"):  # infinities give infinity or NaN
        return finish(current_engine().avg_pool(x, spec), result)


def avg_pool_backward(
    rank: int,
    grad_y: ArrayLike,
    x: ArrayLike,
    kernel_size: AxisInts,
    *,
    stride: AxisInts | None = None,
    padding: Padding = 0,
    dilation: AxisInts = 1,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """Spread the gradient of every window evenly over what it averaged.

    ``grad_x[n, i, j, c] += grad_y[n, row, col, c] / count[row, col]`` at every place (i, j) of
    the window at (row, col).

    Parameters
    ----------
    grad_y : array, (N, *spatial_out, C)
        Gradient of the loss by the output.
    x, kernel_size, stride, padding, dilation, ceil_mode, count_include_pad
        As they were given to average pooling; of ``x`` only the shape and dtype matter.

    Returns
    -------
    array, (N, *spatial, C)

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in average pooling; also if ``grad_y`` has not the shape of the output.

    Notes
    -----
    The share of the padding is dropped.

    References
    ----------
    ONNX: AveragePool, version 22.

    Examples
    --------
    >>> avg_pool2d_backward(np.full((1, 1, 1, 1), 8.0), np.zeros((1, 2, 2, 1)), 2).ravel()
    array([2., 2., 2., 2.])
    """
    operation = f"avg_pool{rank}d_backward"
    (grad_y, x), result = prepare(operation, grad_y=grad_y, x=x)
    spec = pool_spec(
        operation, rank, x, kernel_size, stride, padding, dilation, ceil_mode, count_include_pad
    )
    shape = (x.shape[0], *spec.output_size, x.shape[-1])
    require_shape(operation, "grad_y", grad_y, shape, "the shape of the output that `x` gives")
    with np.errstate(over="ignore", invalid="ignore"):  # infinities give infinity or NaN
        return finish(current_engine().avg_pool_grad(grad_y, spec), result)


avg_pool1d, avg_pool2d, avg_pool3d = by_rank(avg_pool)
avg_pool1d_backward, avg_pool2d_backward, avg_pool3d_backward = by_rank(avg_pool_backward)
