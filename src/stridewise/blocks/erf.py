"""The error function, its gradient, and the normal distribution that GELU needs."""

from __future__ import annotations

import math

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare
from stridewise.blocks.elementwise import chain, pair

__all__ = ["bell", "erf", "erf_backward", "normal_cdf"]

# Rational approximations of W. J. Cody, highest power first, numerator and denominator:
# erf(x) / x in x², up to 0.46875;
_NEAR = 0.46875
_NEAR_TOP = (
    1.85777706184603153e-1,
    3.16112374387056560,
    1.13864154151050156e2,
    3.77485237685302021e2,
    3.20937758913846947e3,
)
_NEAR_BOTTOM = (
    1.0,
    2.36012909523441209e1,
    2.44024637934444173e2,
    1.28261652607737228e3,
    2.84423683343917062e3,
)
# exp(x²) · erfc(x) in x, up to 4;
_MIDDLE = 4.0
_MIDDLE_TOP = (
    2.15311535474403846e-8,
    5.64188496988670089e-1,
    8.88314979438837594,
    6.61191906371416295e1,
    2.98635138197400131e2,
    8.81952221241769090e2,
    1.71204761263407058e3,
    2.05107837782607147e3,
    1.23033935479799725e3,
)
_MIDDLE_BOTTOM = (
    1.0,
    1.57449261107098347e1,
    1.17693950891312499e2,
    5.37181101862009858e2,
    1.62138957456669019e3,
    3.29079923573345963e3,
    4.36261909014324716e3,
    3.43936767414372164e3,
    1.23033935480374942e3,
)
# x² · (1/√π − x · exp(x²) · erfc(x)) in 1 / x², beyond.
_FAR_TOP = (
    1.63153871373020978e-2,
    3.05326634961232344e-1,
    3.60344899949804439e-1,
    1.25781726111229246e-1,
    1.60837851487422766e-2,
    6.58749161529837803e-4,
)
_FAR_BOTTOM = (
    1.0,
    2.56852019228982242,
    1.87295284992346725,
    5.27905102951428412e-1,
    6.05183413124413191e-2,
    2.33520497626869185e-3,
)
_FURTHEST = 40.0  # exp(−40²/2) is 0 in float64


def erf(x: ArrayLike) -> Array:
    """Error function: ``y = 2/√π · ∫ exp(−t²) dt`` from 0 to x.

    Parameters
    ----------
    x : array, any shape

    Returns
    -------
    array, of the same shape

    Notes
    -----
    Good to about 1e-15 in float64 and 4e-7 in float32, relative to the result.

    References
    ----------
    W. J. Cody, "Rational Chebyshev Approximations for the Error Function", Mathematics of
    Computation 23, 1969. ONNX: Erf, version 13.

    Examples
    --------
    >>> erf([-100.0, 0.0, 0.5])
    array([-1.        ,  0.        ,  0.52049988])
    """
    (x,), result = prepare("erf", x=x)
    flat = x.ravel()
    size = np.minimum(np.abs(flat), _FURTHEST)
    near = size <= _NEAR
    y = np.empty_like(flat)
    y[near] = _erf_near(flat[near])
    far = size[~near]
    y[~near] = np.copysign(1 - _scaled_complement(far) * bell(far, 1.0), flat[~near])
    return finish(y.reshape(x.shape), result)


def erf_backward(grad_y: ArrayLike, x: ArrayLike) -> Array:
    """Gradient of :func:`erf`: ``grad_y · 2/√π · exp(−x²)``.

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
    >>> erf_backward([1.0, 1.0], [0.0, 100.0])
    array([1.12837917, 0.        ])
    """
    grad_y, x, result = pair("erf_backward", grad_y, x)
    return chain(grad_y, bell(x, 1.0) * (2 / math.sqrt(math.pi)), result)


def normal_cdf(x: Array) -> Array:
    """Probability that a standard normal number is below ``x``: ``erfc(−x / √2) / 2``.

    Small results keep their digits, which ``(1 + erf(x / √2)) / 2`` would lose.
    """
    flat = x.ravel()
    size = np.minimum(np.abs(flat), _FURTHEST)
    near = size <= _NEAR
    y = np.empty_like(flat)
    y[near] = 0.5 + 0.5 * _erf_near(flat[near] * math.sqrt(0.5))
    far = size[~near]
    tail = 0.5 * _scaled_complement(far * math.sqrt(0.5)) * bell(far, 0.5)
    y[~near] = np.where(flat[~near] < 0, tail, 1 - tail)
    return y.reshape(x.shape)


def bell(x: Array, scale: float) -> Array:
    """``exp(−scale · x²)``, without the digits that rounding x² would cost.

    With ``h`` a multiple of 1/16 near x, ``x² = h² + (x − h) · (x + h)``, and h² is exact.
    """
    x = np.minimum(np.abs(x), _FURTHEST)
    head = np.trunc(x * 16) / 16
    y: Array = np.exp(-scale * head**2) * np.exp(-scale * (x - head) * (x + head))
    return y


def _erf_near(x: Array) -> Array:
    square = x * x
    return x * (_polynomial(_NEAR_TOP, square) / _polynomial(_NEAR_BOTTOM, square))


def _scaled_complement(x: Array) -> Array:
    """``exp(x²) · erfc(x)``, from 0.33 on."""
    y = np.empty_like(x)
    middle = x <= _MIDDLE
    near, far = x[middle], x[~middle]
    y[middle] = _polynomial(_MIDDLE_TOP, near) / _polynomial(_MIDDLE_BOTTOM, near)
    inverse = 1 / (far * far)
    rest = inverse * (_polynomial(_FAR_TOP, inverse) / _polynomial(_FAR_BOTTOM, inverse))
    y[~middle] = (1 / math.sqrt(math.pi) - rest) / far
    return y


def _polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    y = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        y *= x
        y += coefficient
    return y
