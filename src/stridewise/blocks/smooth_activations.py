"""Activations without a kink: silu, mish, softplus and softsign, and their gradients."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare
from stridewise.blocks.elementwise import bounded, chain, logistic, pair

__all__ = [
    "mish",
    "mish_backward",
    "silu",
    "silu_backward",
    "softplus",
    "softplus_backward",
    "softsign",
    "softsign_backward",
]


def silu(x: ArrayLike) -> Array:
    """Sigmoid linear unit, or swish: ``y = x · sigmoid(x)``.

    Parameters
    ----------
    x : array, any shape

    Returns
    -------
    array, of the same shape

    Notes
    -----
    At −∞ it is 0, its limit.

    References
    ----------
    S. Elfwing et al., arXiv:1702.03118. ONNX: Swish, version 24, with ``alpha=1``.

    Examples
    --------
    >>> silu([-100.0, 0.0, 100.0]).round(9)
    array([ -0.,   0., 100.])
    """
    (x,), result = prepare("silu", x=x)
    return finish(_from_the_left(x) * logistic(x), result)


def silu_backward(grad_y: ArrayLike, x: ArrayLike) -> Array:
    """Gradient of :func:`silu`: ``grad_y · (s + x · s · (1 − s))`` with ``s = sigmoid(x)``.

    Parameters
    ----------
    grad_y, x : array, any shape, the same

    Returns
    -------
    array, of the same shape

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> silu_backward([1.0, 1.0, 1.0], [-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    """
    grad_y, x, result = pair("silu_backward", grad_y, x)
    decay = np.exp(-np.abs(x))
    return chain(grad_y, logistic(x) + bounded(x) * decay / (1 + decay) ** 2, result)


def mish(x: ArrayLike) -> Array:
    """Mish: ``y = x · tanh(softplus(x))``.

    Parameters
    ----------
    x : array, any shape

    Returns
    -------
    array, of the same shape

    Notes
    -----
    At −∞ it is 0, its limit.

    References
    ----------
    D. Misra, arXiv:1908.08681. ONNX: Mish, version 22.

    Examples
    --------
    >>> mish([-1000.0, 0.0, 1000.0])  # tanh(log 2) = 3/5
    array([  -0.,    0., 1000.])
    """
    (x,), result = prepare("mish", x=x)
    return finish(_from_the_left(x) * _tanh_of_softplus(x)[0], result)


def mish_backward(grad_y: ArrayLike, x: ArrayLike) -> Array:
    """Gradient of :func:`mish`.

    ``grad_x = grad_y · (t + x · (1 − t²) · sigmoid(x))`` with ``t = tanh(softplus(x))``.

    Parameters
    ----------
    grad_y, x : array, any shape, the same

    Returns
    -------
    array, of the same shape

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> mish_backward([1.0, 1.0, 1.0], [-1000.0, 0.0, 1000.0])
    array([0. , 0.6, 1. ])
    """
    grad_y, x, result = pair("mish_backward", grad_y, x)
    t, rest = _tanh_of_softplus(x)
    return chain(grad_y, t + bounded(x) * (rest * (1 + t) * logistic(x)), result)


def softplus(x: ArrayLike) -> Array:
    """Smooth relu: ``y = log(1 + exp(x))``.

    Parameters
    ----------
    x : array, any shape

    Returns
    -------
    array, of the same shape

    Notes
    -----
    Computed as ``max(x, 0) + log(1 + exp(−|x|))``, which overflows nowhere.

    References
    ----------
    X. Glorot et al., "Deep Sparse Rectifier Neural Networks", 2011. ONNX: Softplus, version 22.

    Examples
    --------
    >>> softplus([-1000.0, 0.0, 1000.0])
    array([0.00000000e+00, 6.93147181e-01, 1.00000000e+03])
    """
    (x,), result = prepare("softplus", x=x)
    return finish(np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))), result)


def softplus_backward(grad_y: ArrayLike, x: ArrayLike) -> Array:
    """Gradient of :func:`softplus`: ``grad_y · sigmoid(x)``.

    Parameters
    ----------
    grad_y, x : array, any shape, the same

    Returns
    -------
    array, of the same shape

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> softplus_backward([1.0, 1.0, 1.0], [-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    """
    grad_y, x, result = pair("softplus_backward", grad_y, x)
    return chain(grad_y, logistic(x), result)


def softsign(x: ArrayLike) -> Array:
    """Squash into (−1, 1), more slowly than tanh: ``y = x / (1 + |x|)``.

    Parameters
    ----------
    x : array, any shape

    Returns
    -------
    array, of the same shape

    References
    ----------
    X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural
    networks", 2010, section 3. ONNX: Softsign, version 22.

    Examples
    --------
    >>> softsign([-np.inf, -1.0, 3.0])
    array([-1.  , -0.5 ,  0.75])
    """
    (x,), result = prepare("softsign", x=x)
    x = bounded(x)
    return finish(x / (1 + np.abs(x)), result)


def softsign_backward(grad_y: ArrayLike, x: ArrayLike) -> Array:
    """Gradient of :func:`softsign`: ``grad_y / (1 + |x|)²``.

    Parameters
    ----------
    grad_y, x : array, any shape, the same

    Returns
    -------
    array, of the same shape

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> softsign_backward([1.0, 1.0, 1.0], [-np.inf, -1.0, 0.0])
    array([0.  , 0.25, 1.  ])
    """
    grad_y, x, result = pair("softsign_backward", grad_y, x)
    return chain(grad_y, (1 / (1 + np.abs(x))) ** 2, result)


def _from_the_left(x: Array) -> Array:
    """``x``, with the lowest number for −∞: times 0 it is 0, not NaN."""
    y: Array = np.maximum(x, np.finfo(x.dtype).min)
    return y


def _tanh_of_softplus(x: Array) -> tuple[Array, Array]:
    """``t = tanh(log(1 + exp(x)))`` and ``1 − t``, neither as a difference of near numbers.

    With ``w = exp(x)``, ``t = (w² + 2w) / (w² + 2w + 2)``; for positive x divided by w².
    """
    decay = np.exp(-np.abs(x))
    right = x > 0
    over = np.where(right, 1 + 2 * decay, decay * (decay + 2))
    rest = np.where(right, 2 * decay**2, 2)
    return over / (over + rest), rest / (over + rest)
