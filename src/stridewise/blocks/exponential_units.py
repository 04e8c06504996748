"""Rectifiers whose left side is an exponential that levels off, and their gradients."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare
from stridewise.blocks.elementwise import chain, pair, real_option

__all__ = ["celu", "celu_backward", "elu", "elu_backward", "selu", "selu_backward"]

# The fixed point of the paper: mean 0 and variance 1 stay so from layer to layer.
_SELU_ALPHA = 1.6732632423543772
_SELU_GAMMA = 1.0507009873554805


def elu(x: ArrayLike, alpha: float = 1.0) -> Array:
    """Exponential linear unit: ``y = x`` where ``x > 0``, else ``alpha · (exp(x) − 1)``.

    Parameters
    ----------
    x : array, any shape
    alpha : float
        Far to the left, ``y`` is ``−alpha``.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    OptionError, OptionTypeError
        If ``alpha`` is not a finite number.

    References
    ----------
    D. Clevert et al., arXiv:1511.07289, section 3. ONNX: Elu, version 22.

    Examples
    --------
    >>> elu([-np.log(2.0), 0.0, 3.0])
    array([-0.5,  0. ,  3. ])
    """
    (x,), result = prepare("elu", x=x)
    alpha = real_option("elu", "alpha", alpha, x)
    return finish(np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))), result)


def elu_backward(grad_y: ArrayLike, x: ArrayLike, alpha: float = 1.0) -> Array:
    """Gradient of :func:`elu`: ``grad_y`` where ``x > 0``, else ``grad_y · alpha · exp(x)``.

    Parameters
    ----------
    grad_y, x : array, any shape, the same
    alpha : float
        As it was given to :func:`elu`.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    ShapeError, OptionError, OptionTypeError
        If the shapes differ, or ``alpha`` is not a finite number.

    Notes
    -----
    The gradient at 0 is that of the left side, ``alpha``, as in PyTorch.

    Examples
    --------
    >>> elu_backward([1.0, 1.0], [-np.log(2.0), 3.0])
    array([0.5, 1. ])
    """
    grad_y, x, result = pair("elu_backward", grad_y, x)
    alpha = real_option("elu_backward", "alpha", alpha, x)
    slope = np.where(x > 0, np.ones((), x.dtype), alpha * np.exp(np.minimum(x, 0)))
    return chain(grad_y, slope, result)


def selu(x: ArrayLike, alpha: float = _SELU_ALPHA, gamma: float = _SELU_GAMMA) -> Array:
    """Scaled exponential linear unit: ``y = gamma · elu(x, alpha)``.

    Parameters
    ----------
    x : array, any shape
    alpha, gamma : float
        By default those that keep normalised signals normalised.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    OptionError, OptionTypeError
        If ``alpha`` or ``gamma`` is not a finite number.

    References
    ----------
    G. Klambauer et al., arXiv:1706.02515, equation 2. ONNX: Selu, version 22.

    Examples
    --------
    >>> selu([-np.log(2.0), 0.0, 3.0], alpha=2.0, gamma=10.0)
    array([-10.,   0.,  30.])
    """
    (x,), result = prepare("selu", x=x)
    alpha = real_option("selu", "alpha", alpha, x)
    gamma = real_option("selu", "gamma", gamma, x)
    with np.errstate(over="ignore", invalid="ignore"):  # a scale of 0 times ∞ is NaN
        y = gamma * np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
    return finish(y, result)


def selu_backward(
    grad_y: ArrayLike, x: ArrayLike, alpha: float = _SELU_ALPHA, gamma: float = _SELU_GAMMA
) -> Array:
    """Gradient of :func:`selu`: ``gamma`` times that of :func:`elu`.

    Parameters
    ----------
    grad_y, x : array, any shape, the same
    alpha, gamma : float
        As they were given to :func:`selu`.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    ShapeError, OptionError, OptionTypeError
        If the shapes differ, or ``alpha`` or ``gamma`` is not a finite number.

    Notes
    -----
    The gradient at 0 is that of the left side, as in PyTorch.

    Examples
    --------
    >>> selu_backward([1.0, 1.0], [-np.log(2.0), 3.0], alpha=2.0, gamma=10.0)
    array([10., 10.])
    """
    grad_y, x, result = pair("selu_backward", grad_y, x)
    alpha = real_option("selu_backward", "alpha", alpha, x)
    gamma = real_option("selu_backward", "gamma", gamma, x)
    with np.errstate(over="ignore"):
        slope = gamma * np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0)))
    return chain(grad_y, slope, result)


def celu(x: ArrayLike, alpha: float = 1.0) -> Array:
    """ELU without a kink: ``y = x`` where ``x > 0``, else ``alpha · (exp(x / alpha) − 1)``.

    Parameters
    ----------
    x : array, any shape
    alpha : float
        Far to the left, ``y`` is ``−alpha``. More than 0.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    OptionError, OptionTypeError
        If ``alpha`` is not a finite number above 0.

    References
    ----------
    J. Barron, arXiv:1704.07483. ONNX: Celu, version 12.

    Examples
    --------
    >>> celu([-2 * np.log(2.0), 0.0, 3.0], 2.0)
    array([-1.,  0.,  3.])
    """
    (x,), result = prepare("celu", x=x)
    alpha = real_option("celu", "alpha", alpha, x, positive=True)
    with np.errstate(over="ignore"):  # to −∞, whose power is 0
        left = np.minimum(x, 0) / alpha
    return finish(np.where(x > 0, x, alpha * np.expm1(left)), result)


def celu_backward(grad_y: ArrayLike, x: ArrayLike, alpha: float = 1.0) -> Array:
    """Gradient of :func:`celu`: ``grad_y`` where ``x > 0``, else ``grad_y · exp(x / alpha)``.

    Parameters
    ----------
    grad_y, x : array, any shape, the same
    alpha : float
        As it was given to :func:`celu`.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    ShapeError, OptionError, OptionTypeError
        If the shapes differ, or ``alpha`` is not a finite number above 0.

    Examples
    --------
    >>> celu_backward([1.0, 1.0], [-2 * np.log(2.0), 3.0], 2.0)
    array([0.5, 1. ])
    """
    grad_y, x, result = pair("celu_backward", grad_y, x)
    alpha = real_option("celu_backward", "alpha", alpha, x, positive=True)
    with np.errstate(over="ignore"):  # to −∞, whose power is 0
        return chain(grad_y, np.exp(np.minimum(x, 0) / alpha), result)
