"""What normalisation and rectifiers need of an engine: exact on whole numbers, right at limits."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.engines import current_engine

pytestmark = pytest.mark.usefixtures("engine")

# Fewer channels than lanes and more; pixels that can be joined to fill vectors, and that cannot.
SHAPES = [(1, 1), (8, 1), (7, 3), (4, 2, 4, 6), (3, 5, 7), (2, 3, 2, 16), (3, 1, 17), (2, 2, 2, 40)]
EVERY_SHAPE = pytest.mark.parametrize("shape", SHAPES)
EVERY_DTYPE = pytest.mark.parametrize("dtype", ["float32", "float64"])


def integers(*shape):
    return np.random.default_rng(math.prod(shape)).integers(-9, 10, shape)


def strange(array):
    """The same numbers, neither contiguous nor to be written to."""
    array = np.repeat(array, 2, axis=0)[::2]
    array.flags.writeable = False
    return array


def summed(array):
    """Over all axes but the last, by hand."""
    return sum(row for row in array.reshape(-1, array.shape[-1]))


@EVERY_DTYPE
@EVERY_SHAPE
def test_sums_products_and_moments(shape, dtype):
    engine, C = current_engine(), shape[-1]
    x, grad_y, centre = integers(*shape), integers(2, *shape)[1], integers(C)
    values, gradients = strange(x.astype(dtype)), strange(grad_y.astype(dtype))
    sums, products = engine.channel_products(gradients, values, centre.astype(dtype))
    assert_array_equal(sums, summed(grad_y))
    assert_array_equal(products, summed(grad_y * (x - centre)))
    assert_array_equal(engine.channel_sums(values), summed(x))
    mean, variance = engine.channel_moments(values)
    count = x.size // C
    assert_allclose(mean, summed(x) / count, rtol=1e-14, atol=1e-14)
    assert_allclose(variance, summed((count * x - summed(x)) ** 2) / count**3, atol=1e-13)
    assert {a.dtype.name for a in (sums, products, mean, variance)} == {"float64"}
    assert {a.shape for a in (sums, products, mean, variance)} == {(C,)}


@EVERY_DTYPE
@EVERY_SHAPE
def test_normalisation_and_its_gradient(shape, dtype):
    engine = current_engine()
    x, grad_y = integers(*shape), integers(2, *shape)[1]
    centre, scale, slope, shift = integers(4, shape[-1])
    values, gradients, *numbers = (
        strange(a.astype(dtype)) for a in (x, grad_y, centre, scale, slope, shift)
    )
    y = engine.normalise(values, numbers[0], numbers[1], numbers[3])
    assert_array_equal(y, scale * (x - centre) + shift)
    grad_x = engine.normalise_grad(gradients, values, *numbers)
    assert_array_equal(grad_x, scale * (grad_y + slope * (x - centre) + shift))
    assert y.dtype == grad_x.dtype == dtype


@EVERY_DTYPE
@pytest.mark.parametrize("shape", [(), (1,), (3, 5), (200,), (2, 3, 4, 5)])
def test_elementwise(shape, dtype):
    engine, x, other = current_engine(), integers(*shape), integers(2, *shape)[1]
    values, others = x.astype(dtype), other.astype(dtype)
    if shape:
        values, others = strange(values), strange(others)
    for result, wanted in (
        (engine.relu(values), x * (x > 0)),
        (engine.relu_grad(others, values), other * (x > 0)),
        (engine.add(values, others), x + other),
    ):
        assert_array_equal(result, wanted)
        assert (result.dtype, result.shape) == (dtype, shape)


@EVERY_DTYPE
def test_many_elements(dtype):
    """Several blocks, and the sums of each."""
    engine, x, grad_y = current_engine(), integers(61, 43, 11), integers(2, 61, 43, 11)[1]
    values, gradients, zero = x.astype(dtype), grad_y.astype(dtype), np.zeros(11, dtype)
    assert_array_equal(engine.channel_sums(values), x.sum((0, 1)))
    products = engine.channel_products(gradients, values, zero)[1]
    assert_array_equal(products, (grad_y * x).sum((0, 1)))
    one = zero + 1
    assert_array_equal(engine.normalise(values, zero, one, one), x + 1)
    assert_array_equal(engine.add(values, gradients), x + grad_y)


@EVERY_DTYPE
def test_relu_at_its_limits(dtype):
    engine = current_engine()
    tiny = np.finfo(dtype).smallest_subnormal
    x = np.array([np.nan, -np.inf, np.inf, -0.0, 0.0, tiny, -tiny], dtype)
    y = engine.relu(x)
    assert_array_equal(y, np.array([np.nan, 0, np.inf, 0, 0, tiny, 0], dtype))
    every_bit = np.array([np.nan, np.inf, -np.inf, -0.0, tiny], dtype)
    passed = engine.relu_grad(every_bit, np.ones(5, dtype))
    assert_array_equal(passed.view(np.uint8), every_bit.view(np.uint8))
    stopped = engine.relu_grad(every_bit, np.array([0, -0.0, -1, np.nan, -np.inf], dtype))
    assert_array_equal(stopped.view(np.uint8), 0)


def test_squares_beyond_float32():
    x = np.float32([[3e30, 1], [-3e30, 3]])
    mean, variance = current_engine().channel_moments(x)
    assert_allclose(mean, [0, 2])
    assert_allclose(variance, [9e60, 1], rtol=1e-6)


@EVERY_DTYPE
def test_digits_of_the_variance_around_a_large_mean(dtype):
    """Also if the first number, which others are compared with, is far from all others."""
    x = 10_000 + np.array([0.25, 0.5, 0.75, 0.5] * 64, dtype)[:, None]
    mean, variance = current_engine().channel_moments(x)
    assert_allclose(mean, 10_000.5, rtol=1e-15)
    assert_allclose(variance, 1 / 32, rtol=1e-9)
    x[0] = 2.0**20
    variance = current_engine().channel_moments(x)[1]
    assert_allclose(
        variance, x.astype(np.float64).var(), rtol=1e-6 if dtype == "float32" else 1e-11
    )


@pytest.mark.parametrize("first", [True, False])
def test_an_infinity_and_a_nan_stay_in_their_channels(first):
    x = np.ones((6, 4), np.float32)
    x[::2] = 3
    x[0 if first else 3, :2] = np.inf, np.nan
    mean, variance = current_engine().channel_moments(x)
    assert_array_equal(mean, [np.inf, np.nan, 2, 2])
    assert_array_equal(variance, [np.nan, np.nan, 1, 1])
    sums, products = current_engine().channel_products(np.ones_like(x), x, np.zeros(4, np.float32))
    assert_array_equal(sums, [6] * 4)
    assert_array_equal(products, [np.inf, np.nan, 12, 12])


@EVERY_DTYPE
@pytest.mark.parametrize("shape", [(0, 4, 3), (2, 0, 3)])
def test_nothing(shape, dtype):
    engine, x, numbers = current_engine(), np.zeros(shape, dtype), np.ones(shape[-1], dtype)
    assert_array_equal(engine.channel_sums(x), np.zeros(shape[-1]))
    assert_array_equal(engine.channel_products(x, x, numbers), np.zeros((2, shape[-1])))
    for result in (
        engine.normalise(x, numbers, numbers, numbers),
        engine.normalise_grad(x, x, numbers, numbers, numbers, numbers),
        engine.relu(x),
        engine.relu_grad(x, x),
        engine.add(x, x),
    ):
        assert (result.shape, result.dtype) == (shape, dtype)
