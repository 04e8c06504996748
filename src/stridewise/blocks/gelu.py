"""The Gaussian error linear unit, and its gradient."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias, get_args

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare
from stridewise.blocks.elementwise import bounded, chain, logistic, pair
from stridewise.blocks.erf import bell, normal_cdf
from stridewise.options import require_choice

__all__ = ["GeluForm", "gelu", "gelu_backward"]

GeluForm: TypeAlias = Literal["none", "tanh"]

_CUBIC = 0.044715
_BEYOND = 30.0  # on both sides, the form by tanh has reached its limits


def gelu(x: ArrayLike, approximate: GeluForm = "none") -> Array:
    """Weigh a number by the chance that a normal one is below it: ``y = x · Φ(x)``.

    ``Φ(x) = erfc(−x / √2) / 2``, or about ``(1 + tanh(√(2/π) · (x + 0.044715 · x³))) / 2``.

    Parameters
    ----------
    x : array, any shape
    approximate : "none" or "tanh"
        The exact form, or the one by tanh, which differs by up to 5e-4.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    OptionError
        If ``approximate`` is unknown.

    Notes
    -----
    At −∞ it is 0, its limit. Small results left of 0 keep their digits.

    References
    ----------
    D. Hendrycks, K. Gimpel, arXiv:1606.08415, section 2. ONNX: Gelu, version 20.

    Examples
    --------
    >>> gelu([-100.0, -1.0, 1.0, 100.0]).round(6)
    array([ -0.      ,  -0.158655,   0.841345, 100.      ])
    """
    (x,), result = prepare("gelu", x=x)
    chance = _exact(x)[0] if _is_exact("gelu", approximate) else _by_tanh(x)[0]
    return finish(np.maximum(x, np.finfo(x.dtype).min) * chance, result)


def gelu_backward(grad_y: ArrayLike, x: ArrayLike, approximate: GeluForm = "none") -> Array:
    """Gradient of :func:`gelu`: ``grad_y · (Φ(x) + x · Φ′(x))``.

    ``Φ′(x) = exp(−x²/2) / √(2π)``, or the slope of the form by tanh.

    Parameters
    ----------
    grad_y, x : array, any shape, the same
    approximate : "none" or "tanh"
        As it was given to :func:`gelu`.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    ShapeError, OptionError
        If the shapes differ, or ``approximate`` is unknown.

    Examples
    --------
    >>> gelu_backward([1.0, 1.0, 1.0], [-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    """
    grad_y, x, result = pair("gelu_backward", grad_y, x)
    exact = _is_exact("gelu_backward", approximate)
    chance, density = _exact(x) if exact else _by_tanh(x)
    return chain(grad_y, chance + bounded(x) * density, result)


def _is_exact(operation: str, approximate: object) -> bool:
    choices = get_args(GeluForm)
    problem = "`approximate` has an unknown name."
    return require_choice(operation, problem, approximate, choices) == "none"


def _exact(x: Array) -> tuple[Array, Array]:
    """Φ(x) and Φ′(x)."""
    return normal_cdf(x), bell(x, 0.5) * (1 / math.sqrt(2 * math.pi))


def _by_tanh(x: Array) -> tuple[Array, Array]:
    """Φ(x) and Φ′(x) of the form by tanh, with ``(1 + tanh(u)) / 2 = sigmoid(2u)``."""
    x = np.clip(x, -_BEYOND, _BEYOND)
    scale = 2 * math.sqrt(2 / math.pi)
    double = scale * (x + _CUBIC * x**3)
    decay = np.exp(-np.abs(double))
    slope = scale * (1 + 3 * _CUBIC * x**2)
    return logistic(double), slope * decay / (1 + decay) ** 2
