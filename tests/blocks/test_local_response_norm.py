"""Local response normalisation: by hand, against loops, at both ends, its gradient."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.blocks.local_response_norm import (
    local_response_norm,
    local_response_norm_backward,
)
from stridewise.testing import check_gradients

X = np.array([1.0, 2.0, 3.0, 4.0])


@pytest.mark.parametrize(
    ("size", "sums"),
    [
        (1, [1, 4, 9, 16]),
        (2, [5, 13, 25, 16]),  # itself and the next
        (3, [5, 14, 29, 25]),
        (4, [14, 30, 29, 25]),  # one before, two after
        (5, [14, 30, 30, 29]),
        (7, [30, 30, 30, 30]),
        (10**9, [30, 30, 30, 30]),
    ],
)
def test_the_window_by_hand(size, sums):
    y = local_response_norm(X, size, alpha=2.0 * size, beta=1.0, k=3.0)
    assert_allclose(y, X / (3 + 2 * np.array(sums)), rtol=1e-14)


def test_the_power_and_the_defaults():
    y = local_response_norm([[3.0, 4.0]], 3, alpha=3 / 25, beta=0.5, k=15.0)
    assert_allclose(y, [[3 / 4, 1]], rtol=1e-15)  # 15 + 25/25
    assert_array_equal(
        local_response_norm(X, 3), local_response_norm(X, 3, alpha=1e-4, beta=0.75, k=1.0)
    )
    assert_allclose(local_response_norm(X, 3, alpha=0, k=16.0), X / 8)
    assert_array_equal(local_response_norm(X, 3, beta=0), X)
    assert_array_equal(
        local_response_norm_backward(X, X, 3),
        local_response_norm_backward(X, X, 3, alpha=1e-4, beta=0.75, k=1.0),
    )


OPTIONS = {"alpha": 0.7, "beta": 0.6, "k": 1.5}
CASES = [((7,), 3), ((2, 7), 4), ((2, 3, 4, 5), 5), ((3, 2, 6), 2), ((2, 3, 2), 9), ((4, 1), 3)]


@pytest.mark.parametrize(("shape", "size"), CASES)
def test_against_loops(rng, shape, size):
    x = 2 * rng.standard_normal(shape)
    wanted = np.empty(shape)
    channels = shape[-1]
    for index in np.ndindex(*shape):
        *place, c = index
        total = 0.0
        for j in range(channels):
            if c - (size - 1) // 2 <= j <= c + size // 2:
                total += x[(*place, j)] ** 2
        wanted[index] = x[index] / (1.5 + 0.7 / size * total) ** 0.6
    assert_allclose(local_response_norm(x, size, **OPTIONS), wanted, rtol=1e-13)


@pytest.mark.parametrize(("shape", "size"), CASES)
def test_gradients(rng, shape, size):
    check_gradients(
        lambda x: local_response_norm(x, size, **OPTIONS),
        lambda grad_y, x: local_response_norm_backward(grad_y, x, size, **OPTIONS),
        [rng.standard_normal(shape)],
    )


@pytest.mark.parametrize(
    ("dtype", "result"), [("f2", "f2"), ("f4", "f4"), ("f8", "f8"), ("i4", "f8")]
)
def test_dtypes(dtype, result):
    x = np.array([[5, 1, 2, 0], [1, 4, 3, 2]], dtype)
    options = {"alpha": np.float64(0.5), "beta": np.float64(0.75), "k": np.float64(2)}
    y, grad_x = (
        local_response_norm(x, 3, **options),
        local_response_norm_backward(x, x, 3, **options),
    )
    assert (y.dtype, grad_x.dtype) == (np.dtype(result),) * 2
    exact = x.astype("f8")
    assert_allclose(y, local_response_norm(exact, 3, **options), rtol=2e-3)
    wanted = local_response_norm_backward(exact, exact, 3, **options)
    assert_allclose(grad_x, wanted, rtol=2e-3, atol=1e-3)


def test_strange_memory_gives_the_same_and_is_not_written_to(rng):
    x, grad_y = rng.standard_normal((2, 4, 3, 6))
    strange, other = np.asfortranarray(x), np.repeat(grad_y, 2, -1)[..., ::2]
    strange.flags.writeable = other.flags.writeable = False
    assert_allclose(local_response_norm(strange, 3), local_response_norm(x, 3), rtol=1e-14)
    assert_allclose(
        local_response_norm_backward(other, strange, 3),
        local_response_norm_backward(grad_y, x, 3),
        rtol=1e-13,
    )


def test_corners():
    for shape in ((0, 5, 3), (2, 5, 0)):
        x = np.zeros(shape)
        assert local_response_norm(x, 3).shape == shape
        assert local_response_norm_backward(x, x, 3).shape == shape
    assert_array_equal(local_response_norm([0.0, 0.0], 3), [0, 0])
    y = local_response_norm([np.nan, 1.0, 1.0, np.inf, 1.0], 3)
    assert_array_equal(np.isnan(y), [True, True, False, True, False])
    assert y[2] == y[4] == 0  # beside infinity
    assert local_response_norm_backward([1.0], [1e200], 1) == 0


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize(
    ("x", "size", "options", "kind", "message"),
    [
        (X, 0, {}, ValueError, "`size` is out of range"),
        (X, 10**400, {}, ValueError, "`size` is out of range"),
        (X, 3, {"alpha": 10**400}, ValueError, "`alpha` is out of range"),
        (X, 3, {"beta": np.inf}, ValueError, "`beta` is out of range"),
        (X, 2.0, {}, TypeError, "`size` is not an integer"),
        (X, 3, {"alpha": -1e-4}, ValueError, "`alpha` is out of range"),
        (X, 3, {"beta": -0.75}, ValueError, "`beta` is out of range"),
        (X, 3, {"k": 0}, ValueError, r"`k` is out of range(.|\n)*number > 0"),
        (X, 3, {"k": None}, TypeError, "`k` is not a number"),
        (1.0, 3, {}, ValueError, "`x` has no channels"),
    ],
)
def test_errors(backward, x, size, options, kind, message):
    arguments = (x, x, size) if backward else (x, size)
    with pytest.raises(kind, match=message):
        (local_response_norm_backward if backward else local_response_norm)(*arguments, **options)


def test_grad_y_of_the_wrong_shape():
    with pytest.raises(ValueError, match="`grad_y` has the wrong shape"):
        local_response_norm_backward(X[:3], X, 3)
