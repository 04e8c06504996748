"""gelu in both forms: by hand, against SciPy, and in its small left tail."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import erfcx, ndtr

from stridewise.blocks.gelu import gelu, gelu_backward


def test_by_hand():
    # Φ(1) = 0.8413447460685429, as in every table
    assert_allclose(gelu([-1.0, 0.0, 1.0]), [-0.15865525393145707, 0, 0.8413447460685429], 1e-15)
    bell = math.exp(-0.5) / math.sqrt(2 * math.pi)
    assert_allclose(
        gelu_backward([2.0, 2.0], [0.0, 1.0]), [1, 2 * (0.8413447460685429 + bell)], 1e-15
    )


def test_against_scipy(rng):
    x = np.concatenate([3 * rng.standard_normal(500), np.linspace(-1, 1, 101)])
    assert_allclose(gelu(x), x * ndtr(x), rtol=1e-13)
    slope = ndtr(x) + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    assert_allclose(gelu_backward(np.ones_like(x), x), slope, rtol=1e-12, atol=1e-15)
    y = gelu(x.astype("f4"))
    exact = x.astype("f4").astype("f8")
    assert y.dtype == np.float32
    assert_allclose(y, exact * ndtr(exact), rtol=1e-6)


def test_the_left_tail_keeps_its_digits():
    x = np.linspace(-37, -4, 300)
    # exp in the head, which squares exactly, and in the rest
    head = np.trunc(16 * x) / 16
    power = np.exp(-(head**2) / 2) * np.exp((head - x) * (head + x) / 2)
    wanted = x / 2 * erfcx(-x / math.sqrt(2)) * power
    assert_allclose(gelu(x), wanted, rtol=1e-14)


def test_the_form_by_tanh(rng):
    x = np.concatenate([3 * rng.standard_normal(200), [-6.0, -20.0, 20.0, 1e3]])
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    y = gelu(x, "tanh")
    assert_allclose(y, x / 2 * (1 + np.tanh(inner)), rtol=1e-12, atol=1e-15)
    # (1 + tanh(u)) / 2 = 1 / (1 + exp(−2u)) has digits where the sum has none
    assert gelu(-6.0, "tanh") == pytest.approx(-6 / (1 + math.exp(-2 * inner[200])), rel=1e-13)
    difference = np.abs(gelu(x) - y).max()
    assert 1e-5 < difference < 5e-4
    assert_array_equal(gelu(x, "none"), gelu(x))
    assert (
        abs(gelu_backward(np.ones_like(x), x, "tanh") - gelu_backward(np.ones_like(x), x)).max()
        < 2e-3
    )


@pytest.mark.parametrize("form", ["tan", None, True, 0])
def test_a_form_that_is_not_known(form):
    with pytest.raises(
        ValueError, match=r"gelu: `approximate` has an unknown name(.|\n)*none \| tanh"
    ):
        gelu([1.0], form)
    with pytest.raises(ValueError, match="gelu_backward: `approximate` has an unknown name"):
        gelu_backward([1.0], [1.0], form)
