"""silu, mish, softplus and softsign: by hand, against plain formulas, and far from 0."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.blocks.smooth_activations import (
    mish,
    mish_backward,
    silu,
    silu_backward,
    softplus,
    softplus_backward,
    softsign,
    softsign_backward,
)

L2, L3 = np.log(2), np.log(3)


@pytest.mark.parametrize(
    ("forward", "backward", "x", "y", "slope"),
    [
        (
            silu,
            silu_backward,
            [-L3, 0, L3],
            [-L3 / 4, 0, 0.75 * L3],
            [(4 - 3 * L3) / 16, 0.5, None],
        ),
        # softplus(log 3) = log 4, whose tanh is (16 − 1) / (16 + 1)
        (mish, mish_backward, [0, L3], [0, 15 / 17 * L3], [0.6, 15 / 17 + 48 / 289 * L3]),
        (
            softplus,
            softplus_backward,
            [-L3, 0, L3],
            [np.log(4 / 3), L2, np.log(4)],
            [0.25, 0.5, 0.75],
        ),
        (softsign, softsign_backward, [-3, 0, 1], [-0.75, 0, 0.5], [1 / 16, 1, 0.25]),
    ],
)
def test_by_hand(forward, backward, x, y, slope):
    assert_allclose(forward(x), y, rtol=1e-14)
    for each, wanted in zip(x, slope, strict=True):
        if wanted is not None:
            assert_allclose(backward(2.0, each), 2 * wanted, rtol=1e-14)


@pytest.mark.parametrize(
    ("forward", "formula"),
    [
        (silu, lambda x: x / (1 + math.exp(-x))),
        (mish, lambda x: x * math.tanh(math.log1p(math.exp(x)))),
        (softplus, lambda x: math.log1p(math.exp(x))),
        (softsign, lambda x: x / (1 + abs(x))),
    ],
)
def test_formulas(rng, forward, formula):
    x = np.concatenate([5 * rng.standard_normal(200), [-700.0, -40.0, -20.0, 20.0, 40.0, 700.0]])
    wanted = [formula(value) for value in x]
    assert_allclose(forward(x), wanted, rtol=2e-15)
    # in float32 exp(x) is as good as x is: about |x| roundings
    assert_allclose(forward(x[:200].astype("f4")), wanted[:200], rtol=5e-6)


@pytest.mark.parametrize(
    ("backward", "slope"),
    [
        (silu_backward, lambda x: math.exp(x) * (1 + x)),
        (mish_backward, lambda x: math.exp(x) * (1 + x)),
        (softplus_backward, math.exp),
    ],
)
@pytest.mark.parametrize("x", [-40.0, -80.0, -600.0])
def test_the_slope_keeps_its_digits_on_the_left(backward, slope, x):
    assert backward(1.0, x) == pytest.approx(slope(x), rel=1e-13, abs=0)


def test_the_slope_of_mish_comes_to_1_on_the_right():
    # 1 − t² is about 4·exp(−2x), so the slope is 1 + (4x − 2) · exp(−2x)
    x = 15.0
    assert mish_backward(1.0, x) - 1 == pytest.approx((4 * x - 2) * math.exp(-2 * x), rel=1e-3)


@pytest.mark.parametrize("forward", [silu, mish])
def test_the_limit_at_minus_infinity(forward):
    assert_array_equal(forward([-np.inf, np.inf]), [0, np.inf])
    assert_array_equal(softplus([-np.inf, np.inf]), [0, np.inf])
    assert_array_equal(softsign([-np.inf, np.inf]), [-1, 1])
