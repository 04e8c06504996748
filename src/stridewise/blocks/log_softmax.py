"""The logarithm of softmax, and its gradient."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.blocks.softmax import softmax_axis

__all__ = ["log_softmax", "log_softmax_backward", "shifted_log_softmax"]


def log_softmax(x: ArrayLike, axis: int = -1) -> Array:
    """Turn numbers into log-probabilities: ``y_i = x_i − log Σ_j exp(x_j)`` along ``axis``.

    Parameters
    ----------
    x : array, any shape
    axis : int
        The axis whose probabilities sum to one; by default the last, the channels.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    OptionError, OptionTypeError
        If ``x`` has no such axis, or ``axis`` is no integer.

    Notes
    -----
    The largest number is taken off first: nothing overflows, and no probability is rounded to
    0 before its logarithm is taken.

    References
    ----------
    ONNX: LogSoftmax, version 13.

    Examples
    --------
    >>> log_softmax([1000.0, 0.0])
    array([    0., -1000.])
    """
    (x,), result = prepare("log_softmax", x=x)
    return finish(shifted_log_softmax(x, softmax_axis("log_softmax", x, axis)), result)


def log_softmax_backward(grad_y: ArrayLike, x: ArrayLike, axis: int = -1) -> Array:
    """Gradient of :func:`log_softmax`: ``grad_x_i = grad_y_i − softmax(x)_i · Σ_j grad_y_j``.

    Parameters
    ----------
    grad_y, x : array, any shape, the same
    axis : int
        As it was given to :func:`log_softmax`.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    ShapeError
        If the shapes differ.
    OptionError, OptionTypeError
        If ``x`` has no such axis, or ``axis`` is no integer.

    Examples
    --------
    >>> log_softmax_backward([1.0, 0.0], [0.0, 0.0])
    array([ 0.5, -0.5])
    """
    operation = "log_softmax_backward"
    (grad_y, x), result = prepare(operation, grad_y=grad_y, x=x)
    require_shape(operation, "grad_y", grad_y, x.shape, "the shape of `x`")
    axis = softmax_axis(operation, x, axis)
    y = np.exp(shifted_log_softmax(x, axis))
    with np.errstate(over="ignore", invalid="ignore"):  # infinite gradients give NaN
        return finish(grad_y - y * grad_y.sum(axis=axis, keepdims=True), result)


def shifted_log_softmax(x: Array, axis: int) -> Array:
    """Compute log_softmax of a prepared array."""
    if x.size == 0:
        return x.copy()
    # Differences may overflow to −∞, whose power is 0; infinities in `x` give NaN.
    with np.errstate(over="ignore", invalid="ignore"):
        shifted = x - x.max(axis=axis, keepdims=True)
        y: Array = shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
    return y
