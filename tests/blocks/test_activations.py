"""relu, sigmoid and tanh: by hand, against SciPy, at the extremes, and their gradients."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit

import stridewise as sw
from stridewise.testing import check_gradients

inf, nan = np.inf, np.nan
PAIRS = {
    "relu": (sw.relu, sw.relu_backward),
    "sigmoid": (sw.sigmoid, sw.sigmoid_backward),
    "tanh": (sw.tanh, sw.tanh_backward),
}
every = pytest.mark.parametrize(("forward", "backward"), PAIRS.values(), ids=PAIRS)


@pytest.mark.parametrize(
    ("name", "x", "y", "slope"),
    [
        ("relu", [-3, -0.5, 0, 0.5, 3], [0, 0, 0, 0.5, 3], [0, 0, 0, 1, 1]),
        # log 3: odds of 3 to 1
        ("sigmoid", [-np.log(3), 0, np.log(3)], [0.25, 0.5, 0.75], [0.1875, 0.25, 0.1875]),
        # tanh(log 2) = (2 − 1/2) / (2 + 1/2)
        ("tanh", [-np.log(2), 0, np.log(2)], [-0.6, 0, 0.6], [0.64, 1, 0.64]),
    ],
)
def test_by_hand(name, x, y, slope):
    forward, backward = PAIRS[name]
    assert_allclose(forward(x), y, atol=1e-15)
    grad_y = np.arange(2.0, 2.0 + len(x))
    assert_allclose(backward(grad_y, x), grad_y * slope, atol=1e-15)


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("relu", lambda x: (x + np.abs(x)) / 2),
        ("sigmoid", expit),
        ("tanh", lambda x: 2 * expit(2 * x) - 1),
    ],
)
def test_formulas(rng, name, formula):
    x = 4 * rng.standard_normal((3, 5, 4, 2))
    assert_allclose(PAIRS[name][0](x), formula(x), atol=1e-15)


@every
def test_gradients(rng, forward, backward):
    check_gradients(forward, backward, [rng.standard_normal((2, 5, 3))])
    check_gradients(forward, backward, [[-30.0, 30.0, 1e-3, -1e-3]])


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
@pytest.mark.parametrize(
    ("name", "low", "high"), [("relu", 0, None), ("sigmoid", 0, 1), ("tanh", -1, 1)]
)
def test_the_extremes_neither_overflow_nor_warn(name, low, high, dtype):
    forward, backward = PAIRS[name]
    largest = np.finfo(dtype).max
    x = np.array([-inf, -largest, -1000, 1000, largest, inf], dtype)
    assert_array_equal(forward(x), [low] * 3 + (list(x[3:]) if high is None else [high] * 3))
    assert_array_equal(backward(np.ones(6, dtype), x), [0] * 3 + [int(high is None)] * 3)


@every
def test_nan_passes(forward, backward):
    y = forward([nan, 1.0])
    assert np.isnan(y[0])
    assert np.isfinite(y[1])
    assert np.isnan(backward([nan], [1.0])).all()


@every
@pytest.mark.parametrize(
    ("dtype", "result", "tolerance"),
    [("f2", "f2", 1e-3), ("f4", "f4", 1e-6), ("f8", "f8", 0), ("i2", "f8", 0), ("?", "f8", 0)],
)
def test_dtypes(forward, backward, dtype, result, tolerance):
    x = np.array([[0, 1, 2], [3, 1, 0]]).astype(dtype)
    exact = x.astype("f8")
    y, grad_x = forward(x), backward(x, x)
    assert (y.dtype, grad_x.dtype) == (np.dtype(result), np.dtype(result))
    assert_allclose(y, forward(exact), rtol=tolerance)
    assert_allclose(grad_x, backward(exact, exact), rtol=tolerance, atol=tolerance)


@every
def test_float16_is_computed_in_float32(rng, forward, backward):
    x, grad_y = rng.standard_normal((2, 400)).astype("f2")
    assert_array_equal(forward(x), forward(x.astype("f4")).astype("f2"))
    wanted = backward(grad_y.astype("f4"), x.astype("f4")).astype("f2")
    assert_array_equal(backward(grad_y, x), wanted)


@every
def test_mixed_dtypes(forward, backward):
    for left, right in (("f2", "f4"), ("f4", "f8"), ("i4", "f4"), ("i4", "?")):
        found = backward(np.ones(3, left), np.ones(3, right)).dtype
        wanted = np.result_type(left, right)
        assert found == (wanted if wanted.kind == "f" else np.float64)


@every
def test_strange_memory_gives_the_same_and_is_not_written_to(rng, forward, backward):
    x, grad_y = rng.standard_normal((2, 4, 3, 5))
    for change in (np.asfortranarray, lambda a: np.repeat(a, 2, 1)[:, ::2], lambda a: a[::-1]):
        strange, strange_grad = change(x), change(grad_y)
        strange.flags.writeable = strange_grad.flags.writeable = False
        assert_array_equal(forward(strange), change(forward(x)))
        assert_array_equal(backward(strange_grad, strange), change(backward(grad_y, x)))


@every
def test_the_result_is_memory_of_its_own(forward, backward):
    x = np.array([1.0, 2.0])
    grad_y = np.array([3.0, 4.0])
    forward(x)[:] = 9
    backward(grad_y, x)[:] = 9
    assert_array_equal(x, [1, 2])
    assert_array_equal(grad_y, [3, 4])


@every
@pytest.mark.parametrize("shape", [(), (0,), (0, 4, 3), (2, 3, 1, 4, 2, 1)])
def test_any_shape(forward, backward, shape):
    x = np.full(shape, 0.5)
    assert forward(x).shape == shape
    assert backward(x, x).shape == shape


@pytest.mark.parametrize("name", PAIRS)
def test_errors(name):
    forward, backward = PAIRS[name]
    with pytest.raises(ValueError, match=rf"{name}_backward: `grad_y` has the wrong shape"):
        backward([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match=rf"{name}_backward: `grad_y` has the wrong shape"):
        backward(1.0, [1.0])  # nothing is broadcast
    with pytest.raises(TypeError, match=rf"{name}: `x` does not hold real numbers"):
        forward([1j])
    with pytest.raises(ValueError, match=rf"{name}: `x` is not an array"):
        forward([[1.0], [1.0, 2.0]])
    with pytest.raises(TypeError, match=rf"{name}_backward: `grad_y` does not hold real numbers"):
        backward(["a"], [1.0])


@pytest.mark.parametrize("x", [-80.0, -40.0, -20.0, -10.0, 20.0, 40.0])
def test_sigmoid_keeps_its_digits_far_from_zero(x):
    exact = math.exp(x) / (1 + math.exp(x)) if x < 0 else 1 / (1 + math.exp(-x))
    assert sw.sigmoid(x) == pytest.approx(exact, rel=1e-15)
    assert sw.sigmoid(np.float32(x)) == pytest.approx(exact, rel=1e-6)
    slope = math.exp(-abs(x)) / (1 + math.exp(-abs(x))) ** 2
    assert sw.sigmoid_backward(1.0, x) == pytest.approx(slope, rel=1e-15)
