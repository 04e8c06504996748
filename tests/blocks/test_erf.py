"""The error function against SciPy, on all its ranges, and what GELU takes from it."""

import math
from fractions import Fraction

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special

from stridewise.blocks.erf import bell, erf, erf_backward, normal_cdf

# every range and its ends: 0.46875 and 4, far beyond, and very small
X = np.concatenate(
    [
        np.linspace(-7, 7, 7001),
        np.geomspace(1e-300, 1, 301),
        [0.46875, np.nextafter(0.46875, 1), 4.0, np.nextafter(4.0, 5), 39.0, 41.0, 1e4, 1e300],
    ]
)


def test_a_table():
    # M. Abramowitz, I. Stegun, table 7.1
    wanted = [0.1124629160, 0.5204998778, 0.8427007929, 0.9953222650]
    assert_allclose(erf([0.1, 0.5, 1.0, 2.0]), wanted, atol=6e-11)


def test_against_scipy():
    for x in (X, -X):
        assert_allclose(erf(x), special.erf(x), rtol=1e-15)
        single = x[np.abs(x) < 1e38].astype("f4")
        y = erf(single)
        assert y.dtype == np.float32
        assert_allclose(y, special.erf(single.astype("f8")), rtol=4e-7, atol=1e-37)


def test_against_the_standard_library(rng):
    x = 2 * rng.standard_normal(300)
    assert_allclose(erf(x), [math.erf(value) for value in x], rtol=1e-15)


def test_it_is_odd_and_bounded():
    assert_array_equal(erf(-X), -erf(X))
    assert_array_equal(erf([-np.inf, -6.0, 0.0, 6.0, np.inf]), [-1, -1, 0, 1, 1])
    assert math.copysign(1, erf(-0.0)) == -1


def test_backward_by_hand():
    slope = 2 / math.sqrt(math.pi)
    grad_x = erf_backward([3.0, 3.0, 3.0], [0.0, -1.0, 2.0])
    assert_allclose(grad_x, [3 * slope, 3 * slope / math.e, 3 * slope / math.e**4], rtol=1e-15)


def test_the_normal_distribution():
    for x in (X[np.abs(X) < 5], -X[np.abs(X) < 5]):
        assert_allclose(normal_cdf(x), special.ndtr(x), rtol=2e-14)
    x = np.array([np.nan, -np.inf, np.inf, -1e4, 1e4])
    assert_array_equal(normal_cdf(x), [np.nan, 0, 1, 0, 1])


@pytest.mark.parametrize("scale", [0.5, 1.0])
def test_the_bell_keeps_its_digits(scale):
    for x in (0.1, 5.3, 11.7, 25.9):
        # the square as an exact fraction, and its logarithm's integer part taken out
        exact = scale * math.fsum([x * x, _rest_of_square(x)])
        whole = math.floor(exact)
        rest = scale * _rest_of_square(x) + (scale * x * x - whole)
        wanted = math.exp(-whole) * math.exp(-rest)
        assert bell(np.array([x, -x]), scale) == pytest.approx(wanted, rel=1e-15)


def _rest_of_square(x):
    """What ``x * x`` lost by rounding."""
    return float(Fraction(x) ** 2 - Fraction(x * x))
