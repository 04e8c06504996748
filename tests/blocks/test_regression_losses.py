"""mse_loss and huber_loss: by hand, against loops, their gradients, and what is not finite."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.blocks.regression_losses import (
    huber_loss,
    huber_loss_backward,
    mse_loss,
    mse_loss_backward,
)
from stridewise.testing import check_gradients

inf, nan = np.inf, np.nan
PAIRS = [(mse_loss, mse_loss_backward), (huber_loss, huber_loss_backward)]
both = pytest.mark.parametrize(("forward", "backward"), PAIRS, ids=["mse", "huber"])
Y = np.array([[1.0, 5.0], [-2.0, 0.5]])
TARGET = np.array([[1.0, 2.0], [2.0, 0.0]])  # differences 0, 3, −4, 1/2


def test_mse_by_hand():
    loss = mse_loss(Y, TARGET)
    assert (loss, loss.shape) == ((9 + 16 + 0.25) / 4, ())
    assert_array_equal(mse_loss_backward(2.0, Y, TARGET), [[0, 3], [-4, 0.5]])


@pytest.mark.parametrize(
    ("options", "loss", "grad"),
    [
        ({}, (2.5 + 3.5 + 0.125) / 4, [[0, 1], [-1, 0.5]]),
        ({"delta": 3}, (4.5 + 3 * 2.5 + 0.125) / 4, [[0, 3], [-3, 0.5]]),
        (
            {"delta": np.float32(0.25)},
            (0.25 * (2.875 + 3.875 + 0.375)) / 4,
            [[0, 0.25], [-0.25, 0.25]],
        ),
        ({"delta": 100}, (9 + 16 + 0.25) / 8, [[0, 3], [-4, 0.5]]),
    ],
)
def test_huber_by_hand(options, loss, grad):
    assert_allclose(huber_loss(Y, TARGET, **options), loss, rtol=1e-15)
    assert_array_equal(huber_loss_backward(4.0, Y, TARGET, **options), grad)


@pytest.mark.parametrize("shape", [(), (1,), (5,), (2, 3, 4)])
@both
def test_against_loops_and_gradients(rng, forward, backward, shape):
    y, target = 2 * rng.standard_normal((2, *shape))
    loss = 0.0
    for index in np.ndindex(*shape):
        d = abs(y[index] - target[index])
        loss += d * d if forward is mse_loss else d * d / 2 if d <= 1 else d - 0.5
    assert_allclose(forward(y, target), loss / y.size, rtol=1e-13)
    check_gradients(
        lambda y: forward(y, target), lambda g, y: backward(g, y, target), [y], grad_y=-1.5
    )


@both
def test_dtypes(forward, backward):
    for left, right in (("f2", "f2"), ("f4", "f4"), ("f4", "f8"), ("i4", "?"), ("f2", "f4")):
        y, target = np.array([3, 1], left), np.array([1, 1], right)
        result = np.result_type(left, right)
        result = result if result.kind == "f" else np.float64
        assert forward(y, target).dtype == result
        assert backward(np.float64(1), y, target).dtype == result  # the loss does not widen


@both
def test_means_add_up_in_float64(forward, backward):
    y = np.ones(2**20 + 1, "f4")
    y[0] = 2.0**12
    loss = forward(y, np.zeros_like(y))
    wanted = 2.0**24 + 2**20 if forward is mse_loss else 2.0**12 - 0.5 + 2**19
    assert_allclose(loss, wanted / y.size, rtol=1e-7)


def test_what_is_not_finite():
    largest = np.finfo("f8").max
    assert mse_loss([largest], [-largest]) == inf
    assert huber_loss([largest], [-largest], 10.0) == inf
    assert mse_loss_backward(1.0, [largest], [-largest]) == inf
    assert huber_loss_backward(1.0, [largest], [-largest], 10.0) == 10
    for forward, backward in PAIRS:
        assert np.isnan(forward([inf, 0], [inf, 0]))
        assert_array_equal(backward(2.0, [inf, nan, 0.0], [inf, 0.0, 0.0]), [nan, nan, 0])
    assert_array_equal(huber_loss_backward(2.0, [inf, 0], [0, inf]), [1, -1])
    assert mse_loss(np.float32([1e30]), np.float32([0])) == inf


@both
def test_strange_memory_gives_the_same_and_is_not_written_to(rng, forward, backward):
    y, target = rng.standard_normal((2, 4, 3, 5))
    strange, other = np.asfortranarray(y), np.repeat(target, 2, 1)[:, ::2]
    strange.flags.writeable = other.flags.writeable = False
    assert_allclose(forward(strange, other), forward(y, target), rtol=1e-14)
    assert_array_equal(backward(1.0, strange, other), backward(1.0, y, target))


@both
def test_errors(forward, backward):
    for call in (forward, lambda *pair: backward(1.0, *pair)):
        with pytest.raises(ValueError, match=r"`y` and `target` do not fit(.|\n)*y.shape=\(2, 1\)"):
            call([[1.0], [2.0]], [1.0, 2.0])
        with pytest.raises(ValueError, match="at least one element"):
            call(np.ones((0, 3)), np.ones((0, 3)))
        with pytest.raises(TypeError, match="`target` does not hold real numbers"):
            call([1.0], ["a"])
    with pytest.raises(ValueError, match="_backward: `grad_y` has the wrong shape"):
        backward([1.0], [1.0], [2.0])


@pytest.mark.parametrize("delta", [0, -1.0, nan, inf])
def test_a_delta_that_makes_no_sense(delta):
    with pytest.raises(ValueError, match=r"huber_loss: `delta` is out of range(.|\n)*number > 0"):
        huber_loss([1.0], [1.0], delta)
    with pytest.raises(ValueError, match="huber_loss_backward: `delta` is out of range"):
        huber_loss_backward(1.0, [1.0], [1.0], delta)
    with pytest.raises(TypeError, match="`delta` is not a number"):
        huber_loss([1.0], [1.0], "1")
