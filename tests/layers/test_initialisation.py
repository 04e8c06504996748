"""Initial weights: the variances of the papers, by fan-in and fan-out."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.layers import BatchNorm, Conv1D, Conv2D, Conv3D, Dense
from stridewise.layers.initialisation import initial_weights

# A layer, its input's shape, how many inputs an output sees, how many outputs an input reaches.
CASES = [
    (Conv1D, (200, 5), {}, (30, 40), 5 * 40, 5 * 200),
    (Conv2D, (60, (3, 4)), {}, (9, 9, 50), 12 * 50, 12 * 60),
    (Conv2D, (80, (3, 2)), {"groups": 4}, (9, 9, 120), 6 * 30, 6 * 20),
    (Conv3D, (40, (2, 3, 1)), {}, (5, 5, 5, 70), 6 * 70, 6 * 40),
    (Dense, (300,), {}, (170,), 170, 300),
]
every = pytest.mark.parametrize(("kind", "sizes", "options", "shape", "fan_in", "fan_out"), CASES)


def weights(kind, sizes, options, shape, name, seed=0):
    layer = kind(*sizes, **options, initialisation=name)
    layer.fill((shape,), np.random.default_rng(seed), np.float64)
    return layer.parameters["weight"]


@every
def test_he_is_normal_with_variance_2_over_fan_in(kind, sizes, options, shape, fan_in, fan_out):
    weight = weights(kind, sizes, options, shape, "he")
    std = np.sqrt(2 / fan_in)
    assert_allclose(weight.var(), 2 / fan_in, rtol=5 * np.sqrt(2 / weight.size))
    assert abs(weight.mean()) < 5 * std / np.sqrt(weight.size)
    assert_allclose((abs(weight) < std).mean(), 0.6827, atol=0.02)  # a uniform one: 0.577
    assert abs(weight).max() > 3 * std


@every
def test_glorot_is_uniform_with_variance_2_over_both(kind, sizes, options, shape, fan_in, fan_out):
    weight = weights(kind, sizes, options, shape, "glorot")
    limit = np.sqrt(6 / (fan_in + fan_out))
    assert_allclose(weight.var(), 2 / (fan_in + fan_out), rtol=5 / np.sqrt(weight.size))
    assert 0.99 * limit < weight.max() <= limit
    assert -limit <= weight.min() < -0.99 * limit


@every
def test_the_defaults(kind, sizes, options, shape, fan_in, fan_out):
    layer = kind(*sizes, **options)
    layer.fill((shape,), np.random.default_rng(4), np.float64)
    name = "glorot" if kind is Dense else "he"
    assert_array_equal(
        layer.parameters["weight"], weights(kind, sizes, options, shape, name, seed=4)
    )
    assert_array_equal(layer.parameters["bias"], np.zeros(sizes[0]))


def test_the_seed_decides():
    draws = [
        initial_weights("he", (3, 2, 4, 5), 1, np.random.default_rng(seed)) for seed in (0, 0, 1)
    ]
    assert_array_equal(draws[0], draws[1])
    assert (draws[0] != draws[2]).all()


def test_batch_norm_begins_as_the_identity():
    layer = BatchNorm(epsilon=0.0)
    layer.fill(((4, 5, 3),), np.random.default_rng(0), np.float64)
    x = np.random.default_rng(1).standard_normal((2, 4, 5, 3))
    assert_array_equal(layer.forward(x)[0], x)


@pytest.mark.parametrize("make", [lambda name: Conv2D(4, 3, initialisation=name)])
@pytest.mark.parametrize(("name", "hint"), [("hee", "'he'"), ("xavier", "'he'"), (None, "'he'")])
def test_an_unknown_name(make, name, hint):
    with pytest.raises(ValueError, match=r"Conv2D: `initialisation` has an unknown name") as caught:
        make(name)
    assert f"try:      initialisation={hint}" in str(caught.value)
    with pytest.raises(ValueError, match=r"Dense: `initialisation` has an unknown name"):
        Dense(4, initialisation=name)
