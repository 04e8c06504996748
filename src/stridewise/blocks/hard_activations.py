"""Activations made of straight lines: hard_sigmoid, hard_swish and clip, and their gradients."""

from __future__ import annotations

import math

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare
from stridewise.blocks.elementwise import bounded, chain, pair, real_option

__all__ = [
    "clip",
    "clip_backward",
    "hard_sigmoid",
    "hard_sigmoid_backward",
    "hard_swish",
    "hard_swish_backward",
]


def hard_sigmoid(x: ArrayLike, alpha: float = 1 / 6, beta: float = 0.5) -> Array:
    """Sigmoid of straight lines: ``y = max(0, min(1, alpha · x + beta))``.

    Parameters
    ----------
    x : array, any shape
    alpha, beta : float
        Slope and height of the middle part.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    OptionError, OptionTypeError
        If ``alpha`` or ``beta`` is not a finite number.

    Notes
    -----
    ``alpha`` is 1/6 by default, as in PyTorch; in ONNX it is 0.2.

    References
    ----------
    M. Courbariaux et al., arXiv:1511.00363, equation 3, with ``alpha=1/2``.
    ONNX: HardSigmoid, version 22.

    Examples
    --------
    >>> hard_sigmoid([-4.0, 0.0, 1.5, 4.0])
    array([0.  , 0.5 , 0.75, 1.  ])
    """
    (x,), result = prepare("hard_sigmoid", x=x)
    return finish(np.clip(_line("hard_sigmoid", x, alpha, beta)[0], 0, 1), result)


def hard_sigmoid_backward(
    grad_y: ArrayLike, x: ArrayLike, alpha: float = 1 / 6, beta: float = 0.5
) -> Array:
    """Gradient of :func:`hard_sigmoid`: ``alpha · grad_y`` where ``0 < alpha · x + beta < 1``.

    Parameters
    ----------
    grad_y, x : array, any shape, the same
    alpha, beta : float
        As they were given to :func:`hard_sigmoid`.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    ShapeError, OptionError, OptionTypeError
        If the shapes differ, or ``alpha`` or ``beta`` is not a finite number.

    Notes
    -----
    The gradient at both bends is 0, as in PyTorch.

    Examples
    --------
    >>> hard_sigmoid_backward([6.0, 6.0, 6.0], [-3.0, 0.0, 4.0])
    array([0., 1., 0.])
    """
    grad_y, x, result = pair("hard_sigmoid_backward", grad_y, x)
    line, alpha = _line("hard_sigmoid_backward", x, alpha, beta)
    inside = (line > 0) & (line < 1)
    return chain(grad_y, np.where(inside, alpha, np.zeros((), x.dtype)), result)


def _line(operation: str, x: Array, alpha: float, beta: float) -> tuple[Array, float]:
    """``alpha · x + beta``, and ``alpha`` in the dtype of ``x``."""
    alpha = real_option(operation, "alpha", alpha, x)
    beta = real_option(operation, "beta", beta, x)
    with np.errstate(over="ignore"):
        return alpha * bounded(x) + beta, alpha


def hard_swish(x: ArrayLike) -> Array:
    """Swish of straight lines and a parabola: ``y = x · max(0, min(1, x/6 + 1/2))``.

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
    A. Howard et al., arXiv:1905.02244, section 5.2. ONNX: HardSwish, version 22.

    Examples
    --------
    >>> hard_swish([-3.0, -1.5, 0.0, 1.5, 4.0])
    array([-0.   , -0.375,  0.   ,  1.125,  4.   ])
    """
    (x,), result = prepare("hard_swish", x=x)
    share = np.clip(x / 6 + 0.5, 0, 1)
    return finish(np.maximum(x, np.finfo(x.dtype).min) * share, result)


def hard_swish_backward(grad_y: ArrayLike, x: ArrayLike) -> Array:
    """Gradient of :func:`hard_swish`: ``grad_y · (x/3 + 1/2)`` where ``−3 < x < 3``.

    It is 0 to the left, and ``grad_y`` to the right.

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

    Notes
    -----
    The gradient at −3 is 0 and at 3 it is 1, those of the straight sides, as in PyTorch.

    Examples
    --------
    >>> hard_swish_backward([1.0, 1.0, 1.0, 1.0], [-3.0, 0.0, 1.5, 3.0])
    array([0. , 0.5, 1. , 1. ])
    """
    grad_y, x, result = pair("hard_swish_backward", grad_y, x)
    slope = np.where(x >= 3, 1, np.where(x <= -3, 0, x / 3 + 0.5))
    return chain(grad_y, slope.astype(x.dtype, copy=False), result)


def clip(x: ArrayLike, low: float = -math.inf, high: float = math.inf) -> Array:
    """Bring numbers into a range: ``y = min(max(x, low), high)``.

    Parameters
    ----------
    x : array, any shape
    low, high : float
        The ends of the range; infinite where there is none. ReLU6 is ``clip(x, 0, 6)``.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    OptionTypeError, OptionError
        If ``low`` or ``high`` is not a number, or NaN.

    Notes
    -----
    If ``low`` is above ``high``, every number becomes ``high``. NaN stays NaN.

    References
    ----------
    ONNX: Clip, version 13.

    Examples
    --------
    >>> clip([-1.0, 3.0, 7.0], 0, 6)
    array([0., 3., 6.])
    """
    (x,), result = prepare("clip", x=x)
    low, high = _range("clip", x, low, high)
    return finish(np.minimum(np.maximum(x, low), high), result)


def clip_backward(
    grad_y: ArrayLike, x: ArrayLike, low: float = -math.inf, high: float = math.inf
) -> Array:
    """Gradient of :func:`clip`: ``grad_y`` where ``low ≤ x ≤ high``, else 0.

    Parameters
    ----------
    grad_y, x : array, any shape, the same
    low, high : float
        As they were given to :func:`clip`.

    Returns
    -------
    array, of the same shape

    Raises
    ------
    ShapeError, OptionTypeError, OptionError
        If the shapes differ, or ``low`` or ``high`` is not a number, or NaN.

    Notes
    -----
    The gradient at both ends is that of the inside, as in PyTorch.

    Examples
    --------
    >>> clip_backward([2.0, 2.0, 2.0], [-1.0, 6.0, 7.0], 0, 6)
    array([0., 2., 0.])
    """
    grad_y, x, result = pair("clip_backward", grad_y, x)
    low, high = _range("clip_backward", x, low, high)
    return finish(np.where((low <= x) & (x <= high), grad_y, np.zeros((), x.dtype)), result)


def _range(operation: str, x: Array, low: object, high: object) -> tuple[float, float]:
    ends = []
    for name, value in (("low", low), ("high", high)):
        if isinstance(value, float) and math.isinf(value):
            ends.append(x.dtype.type(value))
        else:
            ends.append(real_option(operation, name, value, x))
    return ends[0], ends[1]
