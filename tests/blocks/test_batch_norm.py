"""Batch normalisation: the paper's formula, in training and inference, and its gradients."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise import batch_norm, batch_norm_backward
from stridewise.blocks import batch_statistics
from stridewise.testing import check_gradients

SHAPES = [(6, 3), (2, 5, 3), (2, 4, 5, 3), (1, 7, 1, 3), (2, 3, 1, 4, 3)]


@pytest.fixture
def known(rng):
    return {"mean": rng.standard_normal(3), "variance": rng.uniform(0.5, 2, 3)}


def test_statistics_by_hand():
    mean, variance = batch_statistics([[[1, 10], [3, 10]], [[5, 10], [7, 10]]])
    assert_array_equal(mean, [4, 10])
    assert_array_equal(variance, [5, 0])  # (9 + 1 + 1 + 9) / 4: no correction


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i4"])
def test_statistics_are_float64_and_add_up_in_it(dtype):
    x = np.ones((2**14, 1), dtype)
    x[::2] = 3
    mean, variance = batch_statistics(x)
    assert mean.dtype == variance.dtype == np.float64
    assert (mean.item(), variance.item()) == (2, 1)


def test_by_hand():
    # channel 0: mean 4, variance 5 + 4 = 9; channel 1: constant
    x = [[[1.0, 10.0], [3.0, 10.0]], [[5.0, 10.0], [7.0, 10.0]]]
    y = batch_norm(x, [3.0, 5.0], [100.0, -1.0], epsilon=4.0)
    assert_allclose(y[..., 0], [[97, 99], [101, 103]])
    assert_allclose(y[..., 1], -1)
    y = batch_norm(x, [3.0, 5.0], [100.0, -1.0], mean=[1, 8], variance=[0, 21], epsilon=4.0)
    assert_allclose(y[..., 0], [[100, 103], [106, 109]])
    assert_allclose(y[..., 1], 1)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("epsilon", [0.0, 1e-5, 0.7])
def test_formula(rng, known, shape, epsilon):
    x, weight, bias = rng.standard_normal(shape), rng.standard_normal(3), rng.standard_normal(3)
    rows = x.reshape(-1, 3)
    own = {"mean": rows.mean(axis=0), "variance": rows.var(axis=0)}
    for options, used in (({}, own), (known, known)):
        wanted = weight * (x - used["mean"]) / np.sqrt(used["variance"] + epsilon) + bias
        y = batch_norm(x, weight, bias, epsilon=epsilon, **options)
        assert_allclose(y, wanted, rtol=1e-12, atol=1e-14)


def test_the_default_epsilon(known, rng):
    x, weight = rng.standard_normal((4, 3)), rng.standard_normal(3)
    y = batch_norm(x, weight, weight, **known)
    assert_array_equal(y, batch_norm(x, weight, weight, epsilon=1e-5, **known))
    assert_allclose(batch_norm([[1.0], [-1.0]], [1], [0]).ravel() ** -2.0, 1 + 1e-5, rtol=1e-12)
    for got, wanted in zip(
        batch_norm_backward(x, x, weight),
        batch_norm_backward(x, x, weight, epsilon=1e-5),
        strict=True,
    ):
        assert_array_equal(got, wanted)


def test_mean_and_variance_of_the_output(rng):
    y = batch_norm(50 + 9 * rng.standard_normal((8, 5, 3)), [2.0, 3.0, 4.0], [1.0, 0.0, -1.0])
    mean, variance = batch_statistics(y)
    assert_allclose(mean, [1, 0, -1], atol=1e-12)
    assert_allclose(variance, [4, 9, 16], rtol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("inference", [False, True])
@pytest.mark.parametrize("epsilon", [1e-5, 0.3])
def test_gradients(rng, known, shape, inference, epsilon):
    options = {"epsilon": epsilon, **(known if inference else {})}
    check_gradients(
        lambda x, weight, bias: batch_norm(x, weight, bias, **options),
        lambda g, x, weight, bias: tuple(batch_norm_backward(g, x, weight, **options)),
        [rng.standard_normal(shape), rng.standard_normal(3), rng.standard_normal(3)],
        atol=1e-7,
    )


def test_backward_by_hand():
    grad_y, x = [[6.0], [2.0]], [[1.0], [3.0]]
    g = batch_norm_backward(grad_y, x, [5.0], mean=[1.0], variance=[3.0], epsilon=1.0)
    assert_array_equal(g.x, [[15], [5]])
    assert_array_equal(g.weight, [2])  # 6·0 + 2·1
    assert_array_equal(g.bias, [8])


@pytest.mark.parametrize(
    ("x", "weight", "bias", "result"),
    [
        ("f2", "f2", "f2", "f2"),
        ("f4", "f4", "f4", "f4"),
        ("f4", "f8", "f4", "f8"),
        ("i4", "i4", "?", "f8"),
        ("f2", "f4", "f4", "f4"),
    ],
)
def test_dtypes(x, weight, bias, result):
    x = np.array([[1, 5], [3, 9], [5, 1]], x)
    weight, bias = np.array([2, 4], weight), np.array([1, 0], bias)
    for options in ({}, {"mean": np.array([1.0, 2.0]), "variance": np.array([4.0, 9.0])}):
        y = batch_norm(x, weight, bias, **options)
        assert y.dtype == result  # known statistics in float64 do not widen it
        wanted = batch_norm(x.astype("f8"), weight.astype("f8"), bias.astype("f8"), **options)
        assert_allclose(y, wanted, rtol=2e-3 if result == "f2" else 1e-6, atol=1e-6)
        assert [a.dtype for a in batch_norm_backward(y, x, weight, **options)] == [result] * 3


@pytest.mark.parametrize(
    ("dtype", "size"), [("f2", 6e4), ("f4", 1e18), ("f8", 1e150), ("f4", 1e30)]
)
def test_large_numbers_do_not_overflow(dtype, size):
    x = np.array([[-size], [size]], dtype)
    one = np.ones(1, dtype)
    assert_allclose(batch_norm(x, one, 0 * one).ravel(), [-1, 1], rtol=1e-3)
    assert_allclose(batch_norm_backward(one[:, None] * [[1], [3]], x, one).x, [[0], [0]], atol=1e-6)


def test_a_large_mean_does_not_spoil_the_variance():
    x = np.float32([[4096.25], [4096.75]])
    assert_allclose(batch_norm(x, [1.0], [0.0], epsilon=0.0).ravel(), [-1, 1])


def test_digits_around_a_large_mean_are_kept(rng):
    """Neither the mean nor the products of the gradient lose what float32 cannot hold of it."""
    x = (10_000 + rng.standard_normal((50, 4))).astype(np.float32)
    grad_y = rng.standard_normal((50, 4)).astype(np.float32)
    one, shift = np.float32([1, -2, 3, 4]), np.float32([0, 1, 2, 3])
    precise = x.astype(np.float64)
    known = {"mean": precise.mean(axis=0), "variance": precise.var(axis=0)}
    for options in ({}, known):
        wanted = batch_norm(precise, one, shift, **options)
        assert_allclose(batch_norm(x, one, shift, **options), wanted, atol=4e-6)
        wanted = batch_norm_backward(grad_y, precise, one, **options)
        for mine, theirs in zip(
            batch_norm_backward(grad_y, x, one, **options), wanted, strict=True
        ):
            assert_allclose(mine, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("size", [1e-25, 1e-15, 1e15, 1e25])
def test_gradients_of_any_size_of_deviations(size, rng):
    """The product of their coefficients would leave float32; the coefficients do not."""
    x, grad_y = rng.standard_normal((2, 40, 3))
    wanted = batch_norm_backward(grad_y, x, np.ones(3), epsilon=0.0)
    x, grad_y = (size * x).astype(np.float32), grad_y.astype(np.float32)
    g = batch_norm_backward(grad_y, x, np.ones(3, np.float32), epsilon=0.0)
    assert_allclose(g.x * size, wanted.x, atol=1e-5)
    assert_allclose(g.weight, wanted.weight, rtol=1e-5)


def test_a_given_variance_of_zero_gives_infinities():
    """0.1 is not a number of float32: what rounding leaves of it must not make NaN of them."""
    x = np.float32([[1.0], [-1.0]])
    y = batch_norm(x, [1], [0], mean=np.array([0.1]), variance=np.zeros(1), epsilon=0.0)
    y32 = batch_norm(x, *np.float32([[1], [0]]), mean=[0.1], variance=[0.0], epsilon=0.0)
    assert_array_equal(y, [[np.inf], [-np.inf]])
    assert_array_equal(y32, [[np.inf], [-np.inf]])


def test_nan_passes_in_its_own_channel_only():
    y = batch_norm([[np.nan, 1.0], [2.0, 3.0]], [1, 1], [0, 0], epsilon=0.0)
    assert_array_equal(y, [[np.nan, -1], [np.nan, 1]])
    g = batch_norm_backward([[1.0, 1.0], [2.0, 4.0]], [[np.nan, 1.0], [2.0, 3.0]], [1, 1])
    assert np.isnan(g.x[:, 0]).all()
    assert np.isfinite(g.x[:, 1]).all()


def test_strange_memory_gives_the_same_and_is_not_written_to(rng, known):
    x, grad_y = rng.standard_normal((2, 4, 5, 3))
    weight, bias = rng.standard_normal((2, 3))
    strange = [np.asfortranarray(x), *(np.repeat(a, 2)[::2] for a in (weight, bias))]
    strange_grad = np.repeat(grad_y, 2, axis=1)[:, ::2]
    for array in (*strange, strange_grad):
        array.flags.writeable = False
    for options in ({}, known):
        assert_allclose(batch_norm(*strange, **options), batch_norm(x, weight, bias, **options))
        for got, wanted in zip(
            batch_norm_backward(strange_grad, *strange[:2], **options),
            batch_norm_backward(grad_y, x, weight, **options),
            strict=True,
        ):
            assert_allclose(got, wanted, rtol=1e-10, atol=1e-12)


def test_an_empty_batch_with_known_statistics(known):
    x, ones = np.zeros((0, 4, 3)), np.ones(3)
    assert batch_norm(x, ones, ones, **known).shape == (0, 4, 3)
    g = batch_norm_backward(x, x, ones, **known)
    assert g.x.shape == (0, 4, 3)
    assert_array_equal((g.weight, g.bias), np.zeros((2, 3)))


X, ONES = np.ones((4, 5, 3)), np.ones(3)


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize(
    ("x", "weight", "options", "message"),
    [
        (X, ONES, {"mean": ONES}, r"mean=given, variance=None"),
        (X, ONES, {"variance": ONES}, r"mean=None, variance=given"),
        (X, ONES, {"epsilon": -1e-9}, "`epsilon` is out of range"),
        (X, ONES, {"epsilon": np.nan}, "`epsilon` is out of range"),
        (X, np.ones(4), {}, "`weight` has the wrong shape"),
        (X, np.ones((1, 3)), {}, "`weight` has the wrong shape"),
        (X, ONES, {"mean": np.ones(5), "variance": ONES}, "`mean` has the wrong shape"),
        (X, ONES, {"mean": ONES, "variance": 1.0}, "`variance` has the wrong shape"),
        (X[:0], ONES, {}, "there is nothing to average"),
        (X[:, :0], ONES, {}, "there is nothing to average"),
        (ONES, ONES, {}, "there is nothing to average"),
    ],
)
def test_errors(backward, x, weight, options, message):
    arguments = (x, x, weight) if backward else (x, weight, ONES)
    with pytest.raises(ValueError, match=message):
        (batch_norm_backward if backward else batch_norm)(*arguments, **options)


def test_shapes_that_only_one_direction_takes():
    with pytest.raises(ValueError, match="batch_norm: `bias` has the wrong shape"):
        batch_norm(X, ONES, np.ones(5))
    with pytest.raises(ValueError, match="batch_norm_backward: `grad_y` has the wrong shape"):
        batch_norm_backward(X[0], X, ONES)
    with pytest.raises(TypeError, match="batch_norm: `mean` does not hold real numbers"):
        batch_norm(X, ONES, ONES, mean=[1j] * 3, variance=ONES)


def test_channels_first():
    x, ones = np.ones((2, 6, 5, 4)), np.ones(6)
    with pytest.raises(ValueError, match=r"`weight` has the wrong(.|\n)*np.moveaxis\(x, 1, -1\)"):
        batch_norm(x, ones, ones)
