"""Softmax, and its gradient."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.errors import OptionError, OptionTypeError, explain

__all__ = ["softmax", "softmax_axis", "softmax_backward"]


def softmax(x: ArrayLike, axis: int = -1) -> Array:
    """Turn numbers into probabilities: ``y_i = exp(x_i) / Σ_j exp(x_j)`` along ``axis``.

    Parameters
    ----------
    x : array, any shape
    axis : int
        The axis that is to sum to one; by default the last, the channels.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    OptionError, OptionTypeError
        If ``x`` has no such axis, or ``axis`` is no integer.

    Notes
    -----
    The largest number is taken off first, so that nothing overflows.

    References
    ----------
    ONNX: Softmax, version 13.

    Examples
    --------
    >>> softmax([0.0, np.log(3.0)])
    array([0.25, 0.75])
    """
    (x,), result = prepare("softmax", x=x)
    return finish(_softmax(x, softmax_axis("softmax", x, axis)), result)


def softmax_backward(grad_y: ArrayLike, x: ArrayLike, axis: int = -1) -> Array:
    """Gradient of :func:`softmax`: ``grad_x_i = y_i · (grad_y_i − Σ_j grad_y_j · y_j)``.

    Parameters
    ----------
    grad_y, x : array, any shape, the same
    axis : int
        As it was given to :func:`softmax`.

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
    >>> softmax_backward([1.0, 0.0], [0.0, 0.0])
    array([ 0.25, -0.25])
    """
    (grad_y, x), result = prepare("softmax_backward", grad_y=grad_y, x=x)
    require_shape("softmax_backward", "grad_y", grad_y, x.shape, "the shape of `x`")
    axis = softmax_axis("softmax_backward", x, axis)
    y = _softmax(x, axis)
    with np.errstate(over="ignore", invalid="ignore"):  # infinite gradients give NaN
        return finish(y * (grad_y - (grad_y * y).sum(axis=axis, keepdims=True)), result)


def _softmax(x: Array, axis: int) -> Array:
    if x.size == 0:
        return x.copy()
    # Differences may overflow to −∞, whose power is 0; infinities in `x` give NaN.
    with np.errstate(over="ignore", invalid="ignore"):
        powers = np.exp(x - x.max(axis=axis, keepdims=True))
        y: Array = powers / powers.sum(axis=axis, keepdims=True)
    return y


def softmax_axis(operation: str, x: Array, axis: int) -> int:
    """Return ``axis`` if it is an axis of ``x``, else say what is."""
    if isinstance(axis, bool) or not isinstance(axis, int | np.integer):
        error: type[OptionError | OptionTypeError] = OptionTypeError
    elif not -x.ndim <= axis < x.ndim:
        error = OptionError
    else:
        return int(axis)
    raise error(
        explain(
            operation,
            "`axis` is not an axis of `x`.",
            needed=f"an integer from {-x.ndim} to {x.ndim - 1}" if x.ndim else "at least one axis",
            received=f"axis={axis!r}, x.shape={x.shape}",
            hint="axis=-1",
        )
    )
