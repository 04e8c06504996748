"""Binary cross-entropy: by hand, against SciPy and softmax, far from 0, and its gradient."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit, log_expit

from stridewise.blocks.binary_cross_entropy import (
    binary_cross_entropy_with_logits as bce,
)
from stridewise.blocks.binary_cross_entropy import (
    binary_cross_entropy_with_logits_backward as bce_backward,
)
from stridewise.blocks.cross_entropy import cross_entropy
from stridewise.testing import check_gradients

inf, nan = np.inf, np.nan
L3 = np.log(3)


def test_by_hand():
    # p = 3/4, 3/4, 1/4, 1/2
    logits, targets = [L3, L3, -L3, 0.0], [1, 0, 0.5, 0.25]
    costs = [np.log(4 / 3), np.log(4), (np.log(4) + np.log(4 / 3)) / 2, np.log(2)]
    loss = bce(logits, targets)
    assert loss.shape == ()
    assert_allclose(loss, np.mean(costs), rtol=1e-14)
    grad = bce_backward(4.0, logits, targets)
    assert_allclose(grad, [-0.25, 0.75, -0.25, 0.25], rtol=1e-14)


@pytest.mark.parametrize("shape", [(), (5,), (2, 3, 4)])
def test_formula_and_gradients(rng, shape):
    x, t = 5 * rng.standard_normal(shape), rng.uniform(0, 1, shape)
    wanted = np.mean(-t * log_expit(x) - (1 - t) * log_expit(-x))
    assert_allclose(bce(x, t), wanted, rtol=1e-13)
    assert_allclose(bce_backward(3.0, x, t), 3 * (expit(x) - t) / x.size, rtol=1e-12, atol=1e-16)
    check_gradients(lambda x: bce(x, t), lambda g, x: bce_backward(g, x, t), [x], grad_y=-1.5)


def test_two_classes_of_softmax_are_the_same(rng):
    x, labels = rng.standard_normal(9), rng.integers(0, 2, 9)
    logits = np.stack([np.zeros(9), x], axis=-1)
    assert_allclose(bce(x, labels), cross_entropy(logits, labels), rtol=1e-13)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_far_from_0(dtype):
    largest = np.finfo(dtype).max
    x = np.array([inf, largest, 1000, -1000, -largest, -inf], dtype)
    right = np.array([1, 1, 1, 0, 0, 0], dtype)
    assert bce(x, right) == 0
    assert_array_equal(bce_backward(1.0, x, right), np.zeros(6))
    assert bce(x[2:4], 1 - right[2:4]) == 1000
    assert_array_equal(bce_backward(2.0, x[2:4], 1 - right[2:4]), [1, -1])
    assert bce(x[:1], [0]) == bce(x[-1:], [1]) == inf
    assert bce(x[:1], [0.5]) == inf


@pytest.mark.parametrize("x", [40.0, 300.0, 700.0])
def test_the_gradient_keeps_its_digits(x):
    assert bce_backward(1.0, x, 1.0) == pytest.approx(-math.exp(-x), rel=1e-14, abs=0)
    assert bce_backward(1.0, -x, 0.0) == pytest.approx(math.exp(-x), rel=1e-14, abs=0)
    assert bce(x, 1.0) == pytest.approx(math.exp(-x), rel=1e-14, abs=0)


def test_nan_passes():
    assert np.isnan(bce([nan, 0.0], [1.0, 0.0]))
    assert_array_equal(bce_backward(2.0, [nan, 0.0], [1.0, 0.0]), [nan, 0.5])


def test_dtypes():
    for left, right in (("f2", "f2"), ("f4", "?"), ("f4", "f4"), ("i4", "u1"), ("f4", "f8")):
        x, t = np.array([3, -1], left), np.array([1, 0], right)
        result = np.result_type(left, right)
        result = result if result.kind == "f" else np.float64
        assert bce(x, t).dtype == result
        assert bce_backward(np.float64(1), x, t).dtype == result
        assert_allclose(bce(x, t), bce(x.astype("f8"), t), rtol=1e-3)


def test_strange_memory_gives_the_same_and_is_not_written_to(rng):
    x, t = rng.standard_normal((4, 3, 5)), rng.uniform(0, 1, (4, 3, 5))
    strange, other = np.asfortranarray(x), np.repeat(t, 2, 1)[:, ::2]
    strange.flags.writeable = other.flags.writeable = False
    assert_allclose(bce(strange, other), bce(x, t), rtol=1e-14)
    assert_allclose(bce_backward(1.0, strange, other), bce_backward(1.0, x, t), rtol=1e-14)


@pytest.mark.parametrize("call", [bce, lambda *pair: bce_backward(1.0, *pair)])
@pytest.mark.parametrize(
    ("logits", "targets", "message"),
    [
        ([0.0, 1.0], [1.0, -1.0], r"a target is no probability(.|\n)*target -1"),
        ([0.0, 1.0], [1.5, 1.0], "target 1.5"),
        ([0.0], [nan], "target nan"),
        ([0.0, 1.0], [[0.0, 1.0]], "`logits` and `targets` do not fit"),
        ([], [], "at least one element"),
    ],
)
def test_errors(call, logits, targets, message):
    with pytest.raises(ValueError, match=message):
        call(logits, targets)


def test_a_gradient_that_is_not_one_number():
    with pytest.raises(ValueError, match="`grad_y` has the wrong shape"):
        bce_backward([1.0, 1.0], [0.0, 0.0], [0.0, 0.0])
