"""Losses between numbers, mean squared error and Huber's, and their gradients."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish
from stridewise.blocks.elementwise import chain, real_option
from stridewise.blocks.targets import mean_share, prediction_and_target

__all__ = ["huber_loss", "huber_loss_backward", "mse_loss", "mse_loss_backward"]


def mse_loss(y: ArrayLike, target: ArrayLike) -> Array:
    """Mean squared error: ``loss = mean over i of (y_i − target_i)²``.

    Parameters
    ----------
    y : array, any shape
        The prediction.
    target : array, of the same shape
        What it should have been.

    Returns
    -------
    array, ()

    Raises
    ------
    ShapeError
        If the shapes differ, or there is nothing to average over.

    Examples
    --------
    >>> mse_loss([1.0, 2.0], [1.0, 5.0])
    array(4.5)
    """
    y, target, result = prediction_and_target("mse_loss", y=y, target=target)
    with np.errstate(over="ignore", invalid="ignore"):  # infinities give infinity or NaN
        return finish(np.square(y - target, dtype=np.float64).mean(), result)


def mse_loss_backward(grad_y: ArrayLike, y: ArrayLike, target: ArrayLike) -> Array:
    """Gradient of :func:`mse_loss`: ``grad_y · 2 · (y_i − target_i) / count``.

    Parameters
    ----------
    grad_y : array, ()
        Gradient by the loss: 1 to begin with.
    y, target
        As they were given to :func:`mse_loss`. The target is data and has no gradient.

    Returns
    -------
    array, of the shape of ``y``

    Raises
    ------
    ShapeError
        As in :func:`mse_loss`; also if ``grad_y`` is not one number.

    Examples
    --------
    >>> mse_loss_backward(1.0, [1.0, 2.0], [1.0, 5.0])
    array([ 0., -3.])
    """
    operation = "mse_loss_backward"
    y, target, result = prediction_and_target(operation, y=y, target=target)
    share = mean_share(operation, grad_y, y.size / 2, y.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        return chain(y - target, share, result)


def huber_loss(y: ArrayLike, target: ArrayLike, delta: float = 1.0) -> Array:
    """Huber's loss, which is a parabola near the target and a line far from it.

    ``loss = mean over i of d²/2`` where ``d = |y_i − target_i| ≤ delta``, else
    ``delta · (d − delta/2)``.

    Parameters
    ----------
    y : array, any shape
        The prediction.
    target : array, of the same shape
        What it should have been.
    delta : float
        Where the parabola goes over into the line. More than 0.

    Returns
    -------
    array, ()

    Raises
    ------
    ShapeError
        If the shapes differ, or there is nothing to average over.
    OptionError, OptionTypeError
        If ``delta`` is not a finite number above 0.

    References
    ----------
    P. Huber, "Robust Estimation of a Location Parameter", 1964.

    Examples
    --------
    >>> huber_loss([1.0, 2.0], [0.5, 5.0])  # (0.125 + 2.5) / 2
    array(1.3125)
    """
    y, target, result = prediction_and_target("huber_loss", y=y, target=target)
    delta = real_option("huber_loss", "delta", delta, y, positive=True)
    with np.errstate(over="ignore", invalid="ignore"):  # infinities give infinity or NaN
        distance = np.abs(y - target)
        bent = np.minimum(distance, delta)
        return finish((bent * (distance - bent / 2)).mean(dtype=np.float64), result)


def huber_loss_backward(
    grad_y: ArrayLike, y: ArrayLike, target: ArrayLike, delta: float = 1.0
) -> Array:
    """Gradient of :func:`huber_loss`: ``grad_y · d_i / count``, with d between ±delta.

    ``d_i = min(max(y_i − target_i, −delta), delta)``.

    Parameters
    ----------
    grad_y : array, ()
        Gradient by the loss: 1 to begin with.
    y, target, delta
        As they were given to :func:`huber_loss`. The target is data and has no gradient.

    Returns
    -------
    array, of the shape of ``y``

    Raises
    ------
    ShapeError, OptionError, OptionTypeError
        As in :func:`huber_loss`; also if ``grad_y`` is not one number.

    Examples
    --------
    >>> huber_loss_backward(2.0, [1.0, 2.0], [0.5, 5.0])
    array([ 0.5, -1. ])
    """
    operation = "huber_loss_backward"
    y, target, result = prediction_and_target(operation, y=y, target=target)
    delta = real_option(operation, "delta", delta, y, positive=True)
    share = mean_share(operation, grad_y, y.size, y.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        return chain(np.clip(y - target, -delta, delta), share, result)
