"""Rectifiers that are straight on both sides, and their gradients."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.blocks.elementwise import pair, real_option
from stridewise.errors import ShapeError, explain

__all__ = [
    "PReluGradients",
    "leaky_relu",
    "leaky_relu_backward",
    "prelu",
    "prelu_backward",
    "thresholded_relu",
    "thresholded_relu_backward",
]


class PReluGradients(NamedTuple):
    """Gradients of :func:`prelu`, each of its array's shape."""

    x: Array
    weight: Array


def leaky_relu(x: ArrayLike, slope: float = 0.01) -> Array:
    """Rectify, but let a little through: ``y = x`` where ``x > 0``, else ``slope · x``.

    Parameters
    ----------
    x : array, any shape
    slope : float
        The slope of the left side.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    OptionError, OptionTypeError
        If ``slope`` is not a finite number.

    References
    ----------
    A. Maas et al., "Rectifier Nonlinearities Improve Neural Network Acoustic Models", 2013.
    ONNX: LeakyRelu, version 16.

    Examples
    --------
    >>> leaky_relu([-1.0, 0.0, 2.0], 0.5)
    array([-0.5,  0. ,  2. ])
    """
    (x,), result = prepare("leaky_relu", x=x)
    slope = real_option("leaky_relu", "slope", slope, x)
    if slope == 0:  # 0 · ∞ would be NaN
        return finish(np.maximum(x, 0), result)
    with np.errstate(over="ignore"):
        return finish(np.where(x > 0, x, slope * x), result)


def leaky_relu_backward(grad_y: ArrayLike, x: ArrayLike, slope: float = 0.01) -> Array:
    """Gradient of :func:`leaky_relu`: ``grad_y`` where ``x > 0``, else ``slope · grad_y``.

    Parameters
    ----------
    grad_y, x : array, any shape, the same
    slope : float
        As it was given to :func:`leaky_relu`.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    ShapeError, OptionError, OptionTypeError
        If the shapes differ, or ``slope`` is not a finite number.

    Notes
    -----
    The gradient at 0 is that of the left side, as in PyTorch.

    Examples
    --------
    >>> leaky_relu_backward([1.0, 1.0, 1.0], [-1.0, 0.0, 2.0], 0.5)
    array([0.5, 0.5, 1. ])
    """
    grad_y, x, result = pair("leaky_relu_backward", grad_y, x)
    slope = real_option("leaky_relu_backward", "slope", slope, x)
    with np.errstate(over="ignore", invalid="ignore"):  # an infinite gradient times 0 is NaN
        return finish(np.where(x > 0, grad_y, slope * grad_y), result)


def prelu(x: ArrayLike, weight: ArrayLike) -> Array:
    """Rectify with learned slopes: ``y = x`` where ``x > 0``, else ``weight · x``.

    Parameters
    ----------
    x : array, (…, C)
    weight : array, (C,), (1,) or any shape that fits the last axes of ``x``
        The slope of the left side: one a channel, one for all, or others.

    Returns
    -------
    array, of the shape of ``x``

    Raises
    ------
    ShapeError
        If ``weight`` does not fit ``x``.

    Notes
    -----
    −∞ times a slope of 0 is NaN, as a product.

    References
    ----------
    K. He et al., arXiv:1502.01852, equation 1. ONNX: PRelu, version 16.

    Examples
    --------
    >>> prelu([[-1.0, -1.0], [2.0, 3.0]], [0.5, 4.0])
    array([[-0.5, -4. ],
           [ 2. ,  3. ]])
    """
    (x, weight), result = prepare("prelu", x=x, weight=weight)
    _require_fit("prelu", x, weight)
    with np.errstate(over="ignore", invalid="ignore"):  # 0 · ∞ is NaN
        return finish(np.where(x > 0, x, weight * x), result)


def prelu_backward(grad_y: ArrayLike, x: ArrayLike, weight: ArrayLike) -> PReluGradients:
    """Gradients of :func:`prelu` by its input and its slopes.

    ``grad_x = grad_y`` where ``x > 0``, else ``weight · grad_y``; ``grad_weight = Σ grad_y · x``
    over all elements with ``x ≤ 0`` that share the slope.

    Parameters
    ----------
    grad_y : array, of the shape of ``x``
    x, weight
        As they were given to :func:`prelu`.

    Returns
    -------
    PReluGradients

    Raises
    ------
    ShapeError
        If ``weight`` does not fit ``x``, or ``grad_y`` has not the shape of ``x``.

    Notes
    -----
    The gradient at 0 is that of the left side, as in PyTorch.

    Examples
    --------
    >>> g = prelu_backward([[1.0, 1.0], [1.0, 1.0]], [[-1.0, -2.0], [3.0, -4.0]], [0.5, 4.0])
    >>> g.x
    array([[0.5, 4. ],
           [1. , 4. ]])
    >>> g.weight
    array([-1., -6.])
    """
    operation = "prelu_backward"
    (grad_y, x, weight), result = prepare(operation, grad_y=grad_y, x=x, weight=weight)
    _require_fit(operation, x, weight)
    require_shape(operation, "grad_y", grad_y, x.shape, "the shape of `x`")
    with np.errstate(over="ignore", invalid="ignore"):  # 0 · ∞ is NaN
        grad_x = np.where(x > 0, grad_y, weight * grad_y)
        shares = np.where(x > 0, 0, grad_y * x)
        sizes = (1,) * (x.ndim - weight.ndim) + weight.shape
        shared = tuple(axis for axis, size in enumerate(sizes) if size == 1)
        grad_weight = shares.sum(axis=shared, dtype=np.float64).reshape(weight.shape)
    return PReluGradients(finish(grad_x, result), finish(grad_weight, result))


def _require_fit(operation: str, x: Array, weight: Array) -> None:
    ends = x.shape[x.ndim - weight.ndim :]
    fits = all(size in (1, full) for size, full in zip(weight.shape, ends, strict=False))
    if weight.ndim > x.ndim or not fits:
        raise ShapeError(
            explain(
                operation,
                "`weight` does not fit `x`.",
                needed="the sizes of the last axes of `x`, or 1 in their place",
                received=f"weight.shape={weight.shape}, x.shape={x.shape}",
                hint=f"weight of shape {x.shape[-1:]}, one slope a channel",
            )
        )


def thresholded_relu(x: ArrayLike, alpha: float = 1.0) -> Array:
    """Keep what is above a threshold: ``y = x`` where ``x > alpha``, else 0.

    Parameters
    ----------
    x : array, any shape
    alpha : float
        The threshold.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    OptionError, OptionTypeError
        If ``alpha`` is not a finite number.

    Notes
    -----
    NaN stays NaN.

    References
    ----------
    K. Konda et al., arXiv:1402.3337. ONNX: ThresholdedRelu, version 22.

    Examples
    --------
    >>> thresholded_relu([0.5, 1.0, 1.5])
    array([0. , 0. , 1.5])
    """
    (x,), result = prepare("thresholded_relu", x=x)
    alpha = real_option("thresholded_relu", "alpha", alpha, x)
    return finish(np.where(x <= alpha, np.zeros((), x.dtype), x), result)


def thresholded_relu_backward(grad_y: ArrayLike, x: ArrayLike, alpha: float = 1.0) -> Array:
    """Gradient of :func:`thresholded_relu`: ``grad_y`` where ``x > alpha``, else 0.

    Parameters
    ----------
    grad_y, x : array, any shape, the same
    alpha : float
        As it was given to :func:`thresholded_relu`.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    ShapeError, OptionError, OptionTypeError
        If the shapes differ, or ``alpha`` is not a finite number.

    Notes
    -----
    The gradient at the threshold is 0, as in PyTorch.

    Examples
    --------
    >>> thresholded_relu_backward([3.0, 3.0, 3.0], [0.5, 1.0, 1.5])
    array([0., 0., 3.])
    """
    grad_y, x, result = pair("thresholded_relu_backward", grad_y, x)
    alpha = real_option("thresholded_relu_backward", "alpha", alpha, x)
    return finish(np.where(x > alpha, grad_y, np.zeros((), x.dtype)), result)
