"""Softmax: by hand, against SciPy, along every axis, at the extremes, and its gradient."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import softmax as scipy_softmax

from stridewise import softmax, softmax_backward
from stridewise.testing import check_gradients

inf, nan = np.inf, np.nan


@pytest.mark.parametrize(
    ("x", "wanted"),
    [
        ([5.0], [1]),
        ([2.0, 2.0, 2.0, 2.0], [0.25] * 4),
        ([0.0, np.log(2), np.log(5)], [0.125, 0.25, 0.625]),
        ([1000.0, 1000 + np.log(3)], [0.25, 0.75]),
        ([-1000.0, 0.0, 1000.0], [0, 0, 1]),
        ([-1000.0, -1000.0], [0.5, 0.5]),
        ([-inf, 0.0, 0.0], [0, 0.5, 0.5]),
    ],
)
def test_by_hand(x, wanted):
    assert_allclose(softmax(x), wanted, rtol=1e-12)


def test_backward_by_hand():
    # y = (1/8, 1/4, 5/8), Σ grad·y = 8/8 + 8/4 + 0 = 3
    grad_x = softmax_backward([8.0, 8.0, 0.0], [0.0, np.log(2), np.log(5)])
    assert_allclose(grad_x, [5 / 8, 5 / 4, -15 / 8], rtol=1e-12)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3, np.int64(1)])
def test_along_every_axis(rng, axis):
    x = 3 * rng.standard_normal((2, 5, 3))
    y = softmax(x, axis)
    assert_allclose(y, scipy_softmax(x, axis=int(axis)), rtol=1e-13)
    assert_allclose(y.sum(axis=axis), 1, rtol=1e-13)
    check_gradients(
        lambda x: softmax(x, axis), lambda grad_y, x: softmax_backward(grad_y, x, axis), [x]
    )


def test_the_default_axis_is_the_last(rng):
    x, grad_y = rng.standard_normal((2, 4, 3, 5))
    assert_array_equal(softmax(x), softmax(x, 2))
    assert_array_equal(softmax_backward(grad_y, x), softmax_backward(grad_y, x, 2))
    assert_allclose(softmax_backward(grad_y, x).sum(axis=2), 0, atol=1e-15)


def test_one_number_added_to_all_changes_nothing(rng):
    x = rng.integers(-9, 10, (4, 6)).astype(float)
    assert_array_equal(softmax(x), softmax(x + 512))


def test_the_extremes_neither_overflow_nor_warn():
    x = np.array([[1000.0, -1000.0, 0.0]])
    assert_array_equal(softmax_backward(np.ones((1, 3)), x), np.zeros((1, 3)))
    half = np.array([65504, -65504, 0], "f2")
    assert_array_equal(softmax(half), [1, 0, 0])
    assert_array_equal(softmax(np.array([1e38, -1e38], "f4")), [1, 0])


def test_nan_passes_in_its_own_row_only():
    y = softmax([[nan, 0.0], [0.0, 0.0]])
    assert_array_equal(y, [[nan, nan], [0.5, 0.5]])
    grad_x = softmax_backward([[1.0, 0.0], [1.0, 0.0]], [[nan, 0.0], [0.0, 0.0]])
    assert_array_equal(grad_x, [[nan, nan], [0.25, -0.25]])


@pytest.mark.parametrize(
    ("dtype", "result", "tolerance"),
    [("f2", "f2", 1e-3), ("f4", "f4", 1e-6), ("f8", "f8", 0), ("u1", "f8", 0), ("?", "f8", 0)],
)
def test_dtypes(dtype, result, tolerance):
    x = np.array([[0, 1, 3], [1, 0, 2]]).astype(dtype)
    exact = x.astype("f8")
    y, grad_x = softmax(x), softmax_backward(x, x)
    assert (y.dtype, grad_x.dtype) == (np.dtype(result), np.dtype(result))
    assert_allclose(y, softmax(exact), rtol=tolerance)
    assert_allclose(grad_x, softmax_backward(exact, exact), rtol=tolerance, atol=tolerance)
    assert softmax_backward(x.astype("f8"), x).dtype == np.float64


def test_strange_memory_gives_the_same_and_is_not_written_to(rng):
    x, grad_y = rng.standard_normal((2, 4, 3, 5))
    strange, strange_grad = np.asfortranarray(x), np.repeat(grad_y, 2, 1)[:, ::2]
    strange.flags.writeable = strange_grad.flags.writeable = False
    assert_array_equal(softmax(strange), softmax(x))
    assert_allclose(softmax_backward(strange_grad, strange), softmax_backward(grad_y, x), 1e-13)


@pytest.mark.parametrize("shape", [(0, 4), (3, 0), (0,)])
def test_nothing(shape):
    x = np.zeros(shape)
    assert softmax(x).shape == softmax_backward(x, x).shape == shape


@pytest.mark.parametrize("call", [softmax, lambda x, axis: softmax_backward(x, x, axis)])
@pytest.mark.parametrize(
    ("x", "axis", "kind", "message"),
    [
        ([[1.0]], 2, ValueError, "needed:   an integer from -2 to 1"),
        ([[1.0]], -3, ValueError, "`axis` is not an axis of `x`"),
        (1.0, -1, ValueError, "at least one axis"),
        ([[1.0]], 1.0, TypeError, "`axis` is not an axis of `x`"),
        ([[1.0]], True, TypeError, "`axis` is not an axis of `x`"),
        ([[1.0]], None, TypeError, "`axis` is not an axis of `x`"),
        ([[1j]], -1, TypeError, "does not hold real numbers"),
    ],
)
def test_errors(call, x, axis, kind, message):
    with pytest.raises(kind, match=message):
        call(x, axis)


def test_grad_y_of_the_wrong_shape():
    with pytest.raises(ValueError, match="softmax_backward: `grad_y` has the wrong shape"):
        softmax_backward([1.0, 2.0], [[1.0, 2.0]])
