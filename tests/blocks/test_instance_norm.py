"""Instance normalisation: by hand, against loops, and its gradients."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.blocks.instance_norm import instance_norm, instance_norm_backward
from stridewise.testing import check_gradients

SHAPES = [(2, 5, 3), (2, 4, 5, 3), (3, 1, 2, 4, 3)]


def test_by_hand():
    # channel 0: mean 3, variance 4 + 5 = 9; channel 1: constant
    x = [[[1.0, 7.0], [5.0, 7.0]]]
    y = instance_norm(x, [3.0, 2.0], [10.0, 20.0], epsilon=5.0)
    assert_allclose(y, [[[8, 20], [12, 20]]], rtol=1e-15)


def test_backward_by_hand():
    # x̂ = −2/3, 2/3; g = 9, 0; ⟨g⟩ = 9/2, ⟨g·x̂⟩ = −3
    g = instance_norm_backward([[[3.0], [0.0]]], [[[1.0], [5.0]]], [3.0], epsilon=5.0)
    assert_allclose(g.x.ravel(), [2.5 / 3, -2.5 / 3], rtol=1e-14)
    assert_allclose(g.weight, [-2], rtol=1e-15)
    assert_array_equal(g.bias, [3])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("epsilon", [1e-5, 0.3])
def test_against_loops(rng, shape, epsilon):
    x, (weight, bias) = 3 + rng.standard_normal(shape), rng.standard_normal((2, 3))
    wanted = np.empty(shape)
    for n in range(shape[0]):
        for c in range(3):
            values = x[n, ..., c].ravel().tolist()
            mean = sum(values) / len(values)
            variance = sum((v - mean) ** 2 for v in values) / len(values)
            normal = (x[n, ..., c] - mean) / (variance + epsilon) ** 0.5
            wanted[n, ..., c] = weight[c] * normal + bias[c]
    y = instance_norm(x, weight, bias, epsilon=epsilon)
    assert_allclose(y, wanted, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("shape", SHAPES)
def test_gradients(rng, shape):
    check_gradients(
        instance_norm,
        lambda g, x, weight, bias: tuple(instance_norm_backward(g, x, weight)),
        [rng.standard_normal(shape), rng.standard_normal(3), rng.standard_normal(3)],
        atol=1e-7,
    )


def test_a_single_position_is_its_own_mean():
    y = instance_norm(np.full((2, 1, 1, 3), 8.0), np.ones(3), [1.0, 2.0, 3.0])
    assert_array_equal(y, np.broadcast_to([1.0, 2.0, 3.0], (2, 1, 1, 3)))


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 3), r"no spatial axes to normalise over(.|\n)*layer_norm"),
        ((3,), "no spatial axes"),
        ((2, 0, 3), "there is nothing to average"),
    ],
)
def test_errors(shape, message):
    x = np.ones(shape)
    with pytest.raises(ValueError, match=message):
        instance_norm(x, np.ones(3), np.ones(3))
    with pytest.raises(ValueError, match=message):
        instance_norm_backward(x, x, np.ones(3))


def test_channels_first():
    x, ones = np.ones((2, 6, 5, 4)), np.ones(6)
    with pytest.raises(ValueError, match=r"`weight` has the wrong(.|\n)*np.moveaxis\(x, 1, -1\)"):
        instance_norm(x, ones, ones)
