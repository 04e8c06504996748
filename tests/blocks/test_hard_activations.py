"""hard_sigmoid, hard_swish and clip: by hand, at every bend, and their ranges."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.blocks.hard_activations import (
    clip,
    clip_backward,
    hard_sigmoid,
    hard_sigmoid_backward,
    hard_swish,
    hard_swish_backward,
)

inf, nan = np.inf, np.nan
X = np.array([-4.0, -3.0, -1.5, 0.0, 1.5, 3.0, 4.0])
GRAD_Y = np.array([6.0, 6.0, 6.0, 12.0, 6.0, 6.0, 6.0])


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_hard_sigmoid_by_hand(dtype):
    x, grad_y = X.astype(dtype), GRAD_Y.astype(dtype)
    assert_allclose(hard_sigmoid(x), [0, 0, 0.25, 0.5, 0.75, 1, 1], rtol=1e-6)
    assert_allclose(hard_sigmoid_backward(grad_y, x), [0, 0, 1, 2, 1, 0, 0], rtol=1e-3)


def test_hard_sigmoid_with_a_line_of_its_own():
    options = {"alpha": 0.25, "beta": 0.25}
    assert_array_equal(hard_sigmoid(X, **options), [0, 0, 0, 0.25, 0.625, 1, 1])
    grad_x = hard_sigmoid_backward(GRAD_Y, X, **options)
    assert_array_equal(grad_x, [0, 0, 0, 3, 1.5, 0, 0])
    falling = {"alpha": -0.5, "beta": 1}
    assert_array_equal(hard_sigmoid([-1.0, 0.0, 1.0, 2.0, 3.0], **falling), [1, 1, 0.5, 0, 0])
    level = {"alpha": 0, "beta": 0.75}
    assert_array_equal(hard_sigmoid([-inf, 0.0, inf], **level), [0.75] * 3)
    assert_array_equal(hard_sigmoid_backward([1.0] * 3, [-inf, 0.0, inf], **level), [0] * 3)
    assert_array_equal(hard_sigmoid([-1e300, 1e300], alpha=1e300), [0, 1])


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_hard_swish_by_hand(dtype):
    x, grad_y = X.astype(dtype), GRAD_Y.astype(dtype)
    assert_allclose(hard_swish(x), [0, 0, -0.375, 0, 1.125, 3, 4], rtol=1e-6)
    assert_allclose(hard_swish_backward(grad_y, x), [0, 0, 0, 6, 6, 6, 6], rtol=1e-3)


def test_hard_swish_at_infinity():
    assert_array_equal(hard_swish([-inf, inf, nan]), [0, inf, nan])


@pytest.mark.parametrize(
    ("options", "y", "grad_x"),
    [
        ({}, X, GRAD_Y),
        ({"low": -1.5}, [-1.5, -1.5, -1.5, 0, 1.5, 3, 4], [0, 0, 6, 12, 6, 6, 6]),
        ({"high": 3}, [-4, -3, -1.5, 0, 1.5, 3, 3], [6, 6, 6, 12, 6, 6, 0]),
        ({"low": 0, "high": 6}, [0, 0, 0, 0, 1.5, 3, 4], [0, 0, 0, 12, 6, 6, 6]),
        ({"low": 3, "high": 3}, [3] * 7, [0, 0, 0, 0, 0, 6, 0]),
        ({"low": 2, "high": 1}, [1] * 7, [0] * 7),
        ({"low": inf}, [inf] * 7, [0] * 7),
        ({"low": -inf, "high": np.float64(-inf)}, [-inf] * 7, [0] * 7),
    ],
)
def test_clip_by_hand(options, y, grad_x):
    assert_array_equal(clip(X, **options), y)
    assert_array_equal(clip_backward(GRAD_Y, X, **options), grad_x)


def test_clip_and_what_is_not_finite():
    assert_array_equal(clip([nan, -inf, inf], -1, 2), [nan, -1, 2])
    assert_array_equal(clip([nan, -inf, inf]), [nan, -inf, inf])
    assert_array_equal(clip_backward([1.0] * 3, [nan, -inf, inf]), [0, 1, 1])


def test_the_ends_are_rounded_to_the_dtype_in_both_directions():
    x = np.array([0.1, 0.3], "f4")
    assert_array_equal(clip_backward(np.ones(2, "f4"), x, 0.1, 0.3), [1, 1])
    assert_array_equal(clip(x, 0.1, 0.3), x)
