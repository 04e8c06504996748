"""Windows laid out as rows, rows added back onto windows, and the gradients of both.

Unfolding and folding are each other's adjoint, so the gradient of one is the other.
"""

from __future__ import annotations

import math

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.axis_options import AxisInts, Padding
from stridewise.blocks.window_rows import added_up, fold_spec, rows_of_windows, unfold_spec

__all__ = ["fold", "fold_backward", "unfold", "unfold_backward"]


def unfold(
    x: ArrayLike,
    kernel_size: AxisInts,
    *,
    stride: AxisInts = 1,
    padding: Padding = 0,
    dilation: AxisInts = 1,
) -> Array:
    """Lay every window out as a row of numbers.

    ``y[n, row, col, (k_row·K_col + k_col)·C + c] = x_padded[n, row·s + k_row·d, col·s + k_col·d,
    c]``: the taps in row-major order, the channels of each tap together. Written for two spatial
    axes; one and three are alike.

    Parameters
    ----------
    x : array, (N, *spatial, C)
        One to three spatial axes, channels last.
    kernel_size : int, or one int an axis
        Size of the window, in taps.
    stride : int, or one int an axis
        How far the window moves, in elements.
    padding : int, one int an axis, one (before, after) an axis, "valid", "same", "same_lower"
        Zeros around the input, in elements.
    dilation : int, or one int an axis
        Distance between neighbouring taps, in elements.

    Returns
    -------
    array, (N, *spatial_out, taps · C)
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
    ``unfold(x, k) @ weight.reshape(−1, C_out)`` is the convolution with ``weight``. The result is
    about ``taps / stride²`` times as large as the input: that is the price of this way.

    References
    ----------
    K. Chellapilla, S. Puri, P. Simard, "High Performance Convolutional Neural Networks for
    Document Processing", 2006, section 3. Elsewhere "im2col", with the channels first.

    Examples
    --------
    >>> unfold([[[1.0], [2.0], [4.0]]], 2)[0]
    array([[1., 2.],
           [2., 4.]])
    """
    (x,), result = prepare("unfold", x=x)
    spec = unfold_spec("unfold", "x", x, kernel_size, stride, padding, dilation)
    return finish(rows_of_windows(x, spec), result)


def unfold_backward(
    grad_y: ArrayLike,
    x: ArrayLike,
    kernel_size: AxisInts,
    *,
    stride: AxisInts = 1,
    padding: Padding = 0,
    dilation: AxisInts = 1,
) -> Array:
    """Gradient of :func:`unfold` by ``x``: :func:`fold`.

    Parameters
    ----------
    grad_y : array, (N, *spatial_out, taps · C)
        Gradient of the loss by the output.
    x, kernel_size, stride, padding, dilation
        As they were given to :func:`unfold`; of ``x`` only the shape and dtype matter.

    Returns
    -------
    array, (N, *spatial, C)

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in :func:`unfold`; also if ``grad_y`` has not the shape of the output.

    Examples
    --------
    >>> unfold_backward([[[1.0, 2.0], [4.0, 8.0]]], [[[0.0], [0.0], [0.0]]], 2).ravel()
    array([1., 6., 8.])
    """
    (grad_y, x), result = prepare("unfold_backward", grad_y=grad_y, x=x)
    spec = unfold_spec("unfold_backward", "x", x, kernel_size, stride, padding, dilation)
    shape = (x.shape[0], *spec.output_size, math.prod(spec.kernel_size) * x.shape[-1])
    require_shape("unfold_backward", "grad_y", grad_y, shape, "the shape of the unfolded `x`")
    return finish(added_up(grad_y, spec), result)


def fold(
    columns: ArrayLike,
    output_size: AxisInts,
    kernel_size: AxisInts,
    *,
    stride: AxisInts = 1,
    padding: Padding = 0,
    dilation: AxisInts = 1,
) -> Array:
    """Add rows of numbers back onto the windows that they stand for.

    ``y_padded[n, row·s + k_row·d, col·s + k_col·d, c] += columns[n, row, col,
    (k_row·K_col + k_col)·C + c]``; then the padding is cut off. Written for two spatial axes;
    one and three are alike.

    Parameters
    ----------
    columns : array, (N, *positions, taps · C)
        What :func:`unfold` gives for images of ``output_size``.
    output_size : int, or one int an axis
        Size of the images, in elements, without padding.
    kernel_size, stride, padding, dilation
        As in :func:`unfold`.

    Returns
    -------
    array, (N, *output_size, C)

    Raises
    ------
    ShapeError
        If ``columns`` has the wrong rank, or not the positions or taps that the options give.
    OptionError, OptionTypeError
        If an option is out of range, or no integer.
    DtypeError
        If ``columns`` does not hold real numbers.

    Notes
    -----
    Where windows overlap their numbers are added, so folding what was unfolded gives each element
    as many times as windows meet it.

    References
    ----------
    ONNX: Col2Im, version 18, which has ``columns`` as (N, C · taps, positions).

    Examples
    --------
    >>> fold([[[1.0, 2.0], [2.0, 4.0]]], 3, 2).ravel()
    array([1., 4., 4.])
    """
    (columns,), result = prepare("fold", columns=columns)
    spec = fold_spec("fold", columns, output_size, kernel_size, stride, padding, dilation)
    return finish(added_up(columns, spec), result)


def fold_backward(
    grad_y: ArrayLike,
    columns: ArrayLike,
    output_size: AxisInts,
    kernel_size: AxisInts,
    *,
    stride: AxisInts = 1,
    padding: Padding = 0,
    dilation: AxisInts = 1,
) -> Array:
    """Gradient of :func:`fold` by ``columns``: :func:`unfold`.

    Parameters
    ----------
    grad_y : array, (N, *output_size, C)
        Gradient of the loss by the output.
    columns, output_size, kernel_size, stride, padding, dilation
        As they were given to :func:`fold`; of ``columns`` only the shape and dtype matter.

    Returns
    -------
    array, (N, *positions, taps · C)

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in :func:`fold`; also if ``grad_y`` has not the shape of the output.

    Examples
    --------
    >>> fold_backward([[[1.0], [2.0], [4.0]]], [[[0.0, 0.0], [0.0, 0.0]]], 3, 2)[0]
    array([[1., 2.],
           [2., 4.]])
    """
    operation = "fold_backward"
    (grad_y, columns), result = prepare(operation, grad_y=grad_y, columns=columns)
    spec = fold_spec(operation, columns, output_size, kernel_size, stride, padding, dilation)
    C = columns.shape[-1] // math.prod(spec.kernel_size)
    shape = (columns.shape[0], *spec.input_size, C)
    require_shape(operation, "grad_y", grad_y, shape, "the shape of the folded `columns`")
    return finish(rows_of_windows(grad_y, spec), result)
