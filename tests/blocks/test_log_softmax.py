"""log_softmax: by hand, against SciPy, along every axis, and where softmax would be 0."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special

from stridewise.blocks.log_softmax import log_softmax, log_softmax_backward
from stridewise.testing import check_gradients

inf, nan = np.inf, np.nan


@pytest.mark.parametrize(
    ("x", "wanted"),
    [
        ([5.0], [0]),
        ([2.0, 2.0], [-np.log(2)] * 2),
        ([0.0, np.log(3)], [-np.log(4), np.log(3 / 4)]),
        ([-1000.0, 0.0, 1000.0], [-2000, -1000, 0]),
        ([-inf, 0.0, 0.0], [-inf, -np.log(2), -np.log(2)]),
    ],
)
def test_by_hand(x, wanted):
    assert_allclose(log_softmax(x), wanted, rtol=1e-14)


def test_backward_by_hand():
    # softmax is (1/4, 3/4), the gradients add up to 12
    grad_x = log_softmax_backward([8.0, 4.0], [0.0, np.log(3)])
    assert_allclose(grad_x, [8 - 3, 4 - 9], rtol=1e-14)


@pytest.mark.parametrize("axis", [0, 1, -1, -2, np.int64(1)])
def test_along_every_axis(rng, axis):
    x = 3 * rng.standard_normal((2, 5, 3))
    assert_allclose(log_softmax(x, axis), special.log_softmax(x, axis=int(axis)), rtol=1e-13)
    check_gradients(
        lambda x: log_softmax(x, axis), lambda g, x: log_softmax_backward(g, x, axis), [x]
    )


def test_the_default_axis_is_the_last(rng):
    x, grad_y = rng.standard_normal((2, 4, 3, 5))
    assert_array_equal(log_softmax(x), log_softmax(x, 2))
    grad_x = log_softmax_backward(grad_y, x)
    assert_array_equal(grad_x, log_softmax_backward(grad_y, x, 2))
    assert_allclose(grad_x.sum(axis=2), 0, atol=1e-14)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_the_extremes_neither_overflow_nor_warn(dtype):
    largest = np.finfo(dtype).max
    x = np.array([largest, -largest], dtype)
    assert_array_equal(log_softmax(x), [0, -inf])
    assert_array_equal(log_softmax_backward(np.ones(2, dtype), x), [-1, 1])
    assert np.isnan(log_softmax(np.array([inf, 0], dtype))).all()
    assert np.isnan(log_softmax(np.array([-inf, -inf], dtype))).all()


def test_nan_passes_in_its_own_row_only():
    assert_array_equal(log_softmax([[nan, 0.0], [1.0, -inf]]), [[nan, nan], [0, -inf]])


@pytest.mark.parametrize("shape", [(0, 4), (3, 0), (0,)])
def test_nothing(shape):
    x = np.zeros(shape)
    assert log_softmax(x).shape == log_softmax_backward(x, x).shape == shape


@pytest.mark.parametrize("call", [log_softmax, lambda x, axis: log_softmax_backward(x, x, axis)])
@pytest.mark.parametrize(
    ("x", "axis", "kind", "message"),
    [
        ([[1.0]], 2, ValueError, r"log_softmax(.|\n)*an integer from -2 to 1"),
        (1.0, -1, ValueError, "at least one axis"),
        ([[1.0]], 1.0, TypeError, "`axis` is not an axis of `x`"),
        ([[1.0]], True, TypeError, "`axis` is not an axis of `x`"),
    ],
)
def test_errors(call, x, axis, kind, message):
    with pytest.raises(kind, match=message):
        call(x, axis)
