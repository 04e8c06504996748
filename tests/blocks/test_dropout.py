"""Dropout: one mask for both directions, from the seed alone, and a mean that stays."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise import dropout, dropout_backward
from stridewise.errors import StridewiseError
from stridewise.testing import check_gradients


@pytest.mark.parametrize("rate", [0.1, 0.25, 0.5, 0.9])
def test_numbers_are_zero_or_scaled_up_and_the_mean_stays(rate):
    y = dropout(np.ones((50, 40, 30)), rate, seed=7)
    kept = y != 0
    assert_allclose(y[kept], 1 / (1 - rate), rtol=1e-15)
    # Five standard deviations of the mean of a binomial of 60,000.
    slack = 5 * np.sqrt(rate * (1 - rate) / y.size)
    assert abs(kept.mean() - (1 - rate)) < slack
    assert abs(y.mean() - 1) < slack / (1 - rate)


def test_every_axis_is_dropped_by_itself():
    kept = dropout(np.ones((40, 50, 60)), 0.5, seed=3) != 0
    for axis in range(3):
        spread = kept.mean(axis=axis).std()  # 0.5 if a whole line were dropped at once
        assert_allclose(spread, 0.5 / np.sqrt(kept.shape[axis]), rtol=0.1)


def test_the_mask_is_the_same_forward_and_backward(rng):
    x, grad_y = rng.standard_normal((2, 4, 5, 6)) + 10
    y, grad_x = dropout(x, 0.4, seed=5), dropout_backward(grad_y, x, 0.4, seed=5)
    assert_allclose(y / x, grad_x / grad_y, rtol=1e-14)
    assert 0 < np.count_nonzero(y) < y.size
    check_gradients(
        lambda x: dropout(x, 0.4, seed=5), lambda g, x: dropout_backward(g, x, 0.4, seed=5), [x]
    )


def test_the_default_rate_is_one_half():
    x = np.ones((20, 3))
    assert_array_equal(dropout(x, seed=2), dropout(x, 0.5, seed=2))
    assert_array_equal(dropout_backward(x, x, seed=2), dropout(x, 0.5, seed=2))


def test_a_seed_repeats_and_another_differs():
    x = np.ones((4, 30))
    assert_array_equal(dropout(x, 0.5, seed=11), dropout(x, 0.5, seed=11))
    assert_array_equal(dropout(x, 0.5, seed=np.uint8(11)), dropout(x, 0.5, seed=11))
    assert (dropout(x, 0.5, seed=11) != dropout(x, 0.5, seed=12)).any()
    assert dropout(x, 0.5, seed=2**100).shape == (4, 30)


def test_nothing_outside_the_seed_moves_the_mask():
    x = np.ones((4, 30))
    np.random.seed(1)
    one, state = dropout(x, seed=11), np.random.get_state()[1].copy()
    np.random.seed(2)
    assert_array_equal(dropout(x, seed=11), one)
    np.random.seed(1)
    assert_array_equal(np.random.get_state()[1], state)


def test_the_mask_does_not_depend_on_the_dtype():
    masks = [dropout(np.ones((7, 9), dtype), 0.3, seed=4) != 0 for dtype in ("f2", "f4", "f8", "?")]
    for mask in masks[1:]:
        assert_array_equal(mask, masks[0])


@pytest.mark.parametrize("rate", [0, 0.0, np.float32(0)])
def test_rate_zero_is_the_identity(rng, rate):
    x = rng.standard_normal((3, 4))
    y = dropout(x, rate, seed=0)
    assert_array_equal(y, x)
    y[:] = 9
    assert (x != 9).all()
    assert_array_equal(dropout_backward(x, y, rate, seed=0), x)


@pytest.mark.parametrize(
    ("dtype", "result"),
    [("f2", "f2"), ("f4", "f4"), ("f8", "f8"), ("i4", "f8"), ("u1", "f8"), ("?", "f8")],
)
def test_dtypes(dtype, result):
    x = np.ones((3, 5), dtype)
    y = dropout(x, 0.75, seed=1)
    assert y.dtype == dropout_backward(x, x, 0.75, seed=1).dtype == np.dtype(result)
    assert set(y.ravel().tolist()) == {0.0, 4.0}
    assert dropout_backward(np.ones((3, 5)), x, seed=1).dtype == np.float64


def test_strange_memory_gives_the_same_and_is_not_written_to(rng):
    x = rng.standard_normal((4, 3, 5))
    for strange in (np.asfortranarray(x), np.repeat(x, 2, 1)[:, ::2]):
        strange.flags.writeable = False
        assert_array_equal(dropout(strange, seed=6), dropout(x, seed=6))
        assert_array_equal(
            dropout_backward(strange, strange, seed=6), dropout_backward(x, x, seed=6)
        )


@pytest.mark.parametrize("shape", [(), (0,), (0, 4, 3)])
def test_any_shape(shape):
    assert dropout(np.ones(shape), seed=0).shape == shape
    assert dropout_backward(np.ones(shape), np.ones(shape), seed=0).shape == shape


def test_nan_passes_and_large_numbers_stay():
    assert np.isnan(dropout([np.nan], 0.0, seed=0)).all()
    y = dropout(np.full(40, 1e308), 0.25, seed=0)
    assert set(y.tolist()) == {0.0, 1e308 / 0.75}


@pytest.mark.parametrize(
    ("rate", "seed"),
    [(1, 0), (1.5, 0), (-0.1, 0), (np.nan, 0), ("0.5", 0), (None, 0), (True, 0)]
    + [(0.5, seed) for seed in (-1, 1.0, None, True, "1", [1])],
)
def test_errors(rate, seed):
    message = "`(rate|seed)` is (not a number|not an integer|out of range)"
    with pytest.raises(StridewiseError, match="dropout: " + message):
        dropout([1.0], rate, seed=seed)
    with pytest.raises(StridewiseError, match="dropout_backward: " + message):
        dropout_backward([1.0], [1.0], rate, seed=seed)


def test_a_seed_may_be_an_integer_of_numpy():
    x = np.ones(40)
    for seed in (np.int8(3), np.array(3)):
        assert_array_equal(dropout(x, 0.5, seed=seed), dropout(x, 0.5, seed=3))


def test_what_is_dropped_is_zero_even_if_it_was_not_finite():
    y = dropout(np.array([np.inf, np.nan] * 20), 0.5, seed=0)
    kept = dropout(np.ones(40), 0.5, seed=0) != 0
    assert_array_equal(y[~kept], np.zeros((~kept).sum()))
    assert not np.isfinite(y[kept]).any()


def test_a_seed_must_be_given_and_shapes_must_fit():
    with pytest.raises(TypeError, match="seed"):
        dropout([1.0], 0.5)
    with pytest.raises(ValueError, match="dropout_backward: `grad_y` has the wrong shape"):
        dropout_backward([1.0], [1.0, 2.0], seed=0)
    with pytest.raises(TypeError, match="dropout: `x` does not hold real numbers"):
        dropout(["a"], seed=0)
