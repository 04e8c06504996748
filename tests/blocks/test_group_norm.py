"""Group normalisation: by hand, against loops, its two ends, and its gradients."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.blocks.group_norm import group_norm, group_norm_backward
from stridewise.blocks.instance_norm import instance_norm
from stridewise.blocks.layer_norm import layer_norm
from stridewise.testing import check_gradients

CASES = [((2, 5, 6), 3), ((2, 4, 5, 6), 2), ((3, 1, 2, 4, 6), 6), ((4, 6), 2), ((2, 5, 6), 1)]


def test_by_hand():
    # channels 0 and 1: 1, 5, 3, 3, mean 3, variance 2 + 2 = 4; channels 2 and 3: mean 0, 7 + 2
    x = [[[1.0, 5.0, -1.0, 1.0], [3.0, 3.0, 5.0, -5.0]]]
    y = group_norm(x, [2.0, 4.0, 1.0, 1.0], [0.0, 1.0, 0.0, 0.0], groups=2, epsilon=2.0)
    assert_allclose(y[0, :, :2], [[-2, 5], [0, 1]], rtol=1e-15)
    assert_allclose(y[0, :, 2:] * 15**0.5, [[-1, 1], [5, -5]], rtol=1e-14)


@pytest.mark.parametrize(("shape", "groups"), CASES)
@pytest.mark.parametrize("epsilon", [1e-5, 0.3])
def test_against_loops(rng, shape, groups, epsilon):
    x, (weight, bias) = 3 + rng.standard_normal(shape), rng.standard_normal((2, 6))
    wanted = np.empty(shape)
    each = 6 // groups
    for n in range(shape[0]):
        for first in range(0, 6, each):
            values = x[n, ..., first : first + each].ravel().tolist()
            mean = sum(values) / len(values)
            variance = sum((v - mean) ** 2 for v in values) / len(values)
            for c in range(first, first + each):
                normal = (x[n, ..., c] - mean) / (variance + epsilon) ** 0.5
                wanted[n, ..., c] = weight[c] * normal + bias[c]
    y = group_norm(x, weight, bias, groups=groups, epsilon=epsilon)
    assert_allclose(y, wanted, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(("shape", "groups"), CASES)
def test_gradients(rng, shape, groups):
    check_gradients(
        lambda x, weight, bias: group_norm(x, weight, bias, groups=groups),
        lambda g, x, weight, bias: tuple(group_norm_backward(g, x, weight, groups=groups)),
        [rng.standard_normal(shape), rng.standard_normal(6), rng.standard_normal(6)],
        atol=1e-7,
    )


def test_one_group_and_one_a_channel(rng):
    x, ones, zeros = rng.standard_normal((2, 4, 5, 6)), np.ones(6), np.zeros(6)
    whole = layer_norm(x, np.ones((4, 5, 6)), np.zeros((4, 5, 6)), axis=1)
    assert_allclose(group_norm(x, ones, zeros, groups=1), whole, rtol=1e-12)
    each = instance_norm(x, ones, zeros)
    assert_allclose(group_norm(x, ones, zeros, groups=np.int64(6)), each, rtol=1e-12)


@pytest.mark.parametrize(
    ("shape", "groups", "kind", "message"),
    [
        ((2, 5, 6), 4, ValueError, r"do not fall into groups(.|\n)*groups=4"),
        ((2, 5, 6), 7, ValueError, "groups that divide C"),
        ((6,), 2, ValueError, "do not fall into groups"),
        ((2, 5, 6), 0, ValueError, "`groups` is out of range"),
        ((2, 5, 6), 2.0, TypeError, "`groups` is not an integer"),
        ((2, 0, 6), 2, ValueError, "there is nothing to average"),
    ],
)
def test_errors(shape, groups, kind, message):
    x, ones = np.ones(shape), np.ones(shape[-1])
    with pytest.raises(kind, match=message):
        group_norm(x, ones, ones, groups=groups)
    with pytest.raises(kind, match=message):
        group_norm_backward(x, x, ones, groups=groups)


def test_the_incoming_gradient_of_the_groups_laid_out_anew(rng):
    x, grad_y = rng.standard_normal((2, 2, 3, 4, 6))
    moved = np.moveaxis(np.moveaxis(grad_y, -1, 1).copy(), 1, -1)
    for got, wanted in zip(
        group_norm_backward(moved, np.asfortranarray(x), np.ones(6), groups=3),
        group_norm_backward(grad_y, x, np.ones(6), groups=3),
        strict=True,
    ):
        assert_allclose(got, wanted, rtol=1e-12, atol=1e-14)
    assert_array_equal(moved, grad_y)


@pytest.mark.parametrize("groups", [2, 3])  # 3 does not divide what stands last
def test_channels_first(groups):
    x, ones = np.ones((2, 6, 5, 4)), np.ones(6)
    with pytest.raises(ValueError, match=r"np.moveaxis\(x, 1, -1\): this `x` looks channels-first"):
        group_norm(x, ones, ones, groups=groups)
