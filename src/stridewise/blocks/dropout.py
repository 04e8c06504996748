"""Dropout, and its gradient."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.errors import OptionError, explain

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
    OptionError
        If ``rate`` is outside [0, 1), or ``seed`` is not a non-negative integer.

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
    return finish(_scaled_mask("dropout", x, rate, seed) * x, result)


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
    OptionError
        As in :func:`dropout`.

    Examples
    --------
    >>> dropout_backward(np.ones(8), np.ones(8), 0.5, seed=0)
    array([2., 2., 2., 0., 0., 0., 0., 0.])
    """
    (grad_y, x), result = prepare("dropout_backward", grad_y=grad_y, x=x)
    require_shape("dropout_backward", "grad_y", grad_y, x.shape, "the shape of `x`")
    return finish(_scaled_mask("dropout_backward", x, rate, seed) * grad_y, result)


def _scaled_mask(operation: str, x: Array, rate: float, seed: int) -> Array:
    is_rate = isinstance(rate, int | float | np.floating) and 0 <= rate < 1
    is_seed = isinstance(seed, int | np.integer) and not isinstance(seed, bool) and seed >= 0
    if not is_rate or not is_seed:
        raise OptionError(
            explain(
                operation,
                "`rate` or `seed` makes no sense.",
                needed="0 <= rate < 1, and an integer seed >= 0",
                received=f"rate={rate!r}, seed={seed!r}",
                hint="rate=0.5, seed=0",
            )
        )
    kept = np.random.default_rng(seed).random(x.shape, np.float32) >= rate
    mask: Array = kept.astype(x.dtype) / x.dtype.type(1 - rate)
    return mask
