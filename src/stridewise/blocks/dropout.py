"""Dropout, and its gradient."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.options import require_integer, require_number

__all__ = ["dropout", "dropout_backward"]


def dropout(x: ArrayLike, rate: float = 0.5, *, seed: int) -> Array:
    """Set each number to zero with probability ``rate``; scale the others up to make up for it.

    ``y = x · mask / (1 − rate)``, where the mask is drawn from ``seed`` alone, so that the
    backward direction can draw the same.

    Parameters
    ----------
    x : array, any shape
    rate : float
        Probability of dropping, from 0 up to but not including 1.
    seed : int
        A new one for every step of training.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    OptionError, OptionTypeError
        If ``rate`` is not in [0, 1), or ``seed`` is not a non-negative integer.

    References
    ----------
    N. Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
    2014, section 10 (inverted scaling). ONNX: Dropout, version 22, in training mode.

    Examples
    --------
    >>> dropout(np.ones(8), 0.5, seed=0)
    array([2., 2., 2., 0., 0., 0., 0., 0.])
    """
    (x,), result = prepare("dropout", x=x)
    return finish(_drop("dropout", x, x, rate, seed), result)


def dropout_backward(grad_y: ArrayLike, x: ArrayLike, rate: float = 0.5, *, seed: int) -> Array:
    """Gradient of :func:`dropout`: ``grad_y · mask / (1 − rate)``, with the same mask.

    Parameters
    ----------
    grad_y : array, of the shape of ``x``
    x, rate, seed
        As they were given to :func:`dropout`.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    ShapeError
        If the shapes differ.
    OptionError, OptionTypeError
        As in :func:`dropout`.

    Examples
    --------
    >>> dropout_backward(np.ones(8), np.ones(8), 0.5, seed=0)
    array([2., 2., 2., 0., 0., 0., 0., 0.])
    """
    (grad_y, x), result = prepare("dropout_backward", grad_y=grad_y, x=x)
    require_shape("dropout_backward", "grad_y", grad_y, x.shape, "the shape of `x`")
    return finish(_drop("dropout_backward", x, grad_y, rate, seed), result)


def _drop(operation: str, x: Array, values: Array, rate: float, seed: int) -> Array:
    require_number(operation, "rate", rate, below=1)
    seed = require_integer(operation, "seed", seed, at_least=0)
    kept = np.random.default_rng(seed).random(x.shape, np.float32) >= rate
    # Not a product with the mask: what is dropped is 0 even if it was infinite or NaN.
    with np.errstate(over="ignore"):  # beyond the dtype there is infinity
        y: Array = np.where(kept, values / x.dtype.type(1 - rate), x.dtype.type(0))
    return y
