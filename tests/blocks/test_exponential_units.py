"""elu, selu and celu: by hand, at 0, and where the exponential must keep its digits."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.blocks.exponential_units import (
    celu,
    celu_backward,
    elu,
    elu_backward,
    selu,
    selu_backward,
)

X = np.array([-np.log(4), -np.log(2), 0.0, 1.0, 3.0])
GRAD_Y = np.array([8.0, 4.0, 2.0, 5.0, 6.0])


@pytest.mark.parametrize(
    ("forward", "backward", "options", "y", "grad_x"),
    [
        (elu, elu_backward, {}, [-0.75, -0.5, 0, 1, 3], [2, 2, 2, 5, 6]),
        (elu, elu_backward, {"alpha": 2}, [-1.5, -1, 0, 1, 3], [4, 4, 4, 5, 6]),
        (elu, elu_backward, {"alpha": 0}, [0, 0, 0, 1, 3], [0, 0, 0, 5, 6]),
        (selu, selu_backward, {"alpha": 2, "gamma": 3}, [-4.5, -3, 0, 3, 9], [12, 12, 12, 15, 18]),
        (celu, celu_backward, {}, [-0.75, -0.5, 0, 1, 3], [2, 2, 2, 5, 6]),
        (celu, celu_backward, {"alpha": 0.5}, [-15 / 32, -3 / 8, 0, 1, 3], [0.5, 1, 2, 5, 6]),
    ],
)
def test_by_hand(forward, backward, options, y, grad_x):
    assert_allclose(forward(X, **options), y, rtol=1e-14)
    assert_allclose(backward(GRAD_Y, X, **options), grad_x, rtol=1e-14)


def test_small_numbers_keep_their_digits():
    x = np.array([-1e-12, -1e-20])
    assert_allclose(elu(x), x, rtol=1e-11)
    assert_allclose(celu(x, 0.25), x, rtol=1e-11)


def test_the_defaults_of_selu_keep_mean_and_variance():
    # over a standard normal x, by Gauss and Hermite; the kink at 0 costs digits
    nodes, weights = np.polynomial.hermite_e.hermegauss(180)
    weights /= math.sqrt(2 * math.pi)
    assert_allclose(np.sum(weights * selu(nodes)), 0, atol=2e-3)
    assert_allclose(np.sum(weights * selu(nodes) ** 2), 1, atol=2e-3)
    assert_array_equal(selu([1.0]), [1.0507009873554805])
    assert_allclose(selu([-800.0]), [-1.0507009873554805 * 1.6732632423543772], rtol=1e-15)


def test_infinities_that_meet_a_scale():
    assert np.isnan(selu([np.inf], gamma=0.0)).all()
    assert_array_equal(selu([1e300], gamma=1e300), [np.inf])
    assert_array_equal(selu_backward([1.0], [-1e-300], alpha=1e300, gamma=1e300), [np.inf])
    assert_array_equal(celu([-1e300, -1.0], 1e-300), [-1e-300, -1e-300])
    assert_array_equal(celu_backward([1.0], [-1e300], 1e-300), [0])


@pytest.mark.parametrize("alpha", [0, -1, 0.0])
def test_celu_needs_a_positive_alpha(alpha):
    with pytest.raises(ValueError, match=r"celu: `alpha` is out of range(.|\n)*number > 0"):
        celu([1.0], alpha)
    with pytest.raises(ValueError, match="celu_backward: `alpha` is out of range"):
        celu_backward([1.0], [1.0], alpha)
