"""Layer normalisation: by hand, against loops, along every axis, and its gradients."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.blocks.layer_norm import layer_norm, layer_norm_backward
from stridewise.testing import check_gradients


def test_by_hand():
    # means 3 and 4, variances 4 + 5 = 9 and 0 + 5
    x = [[1.0, 5.0], [4.0, 4.0]]
    y = layer_norm(x, [3.0, 6.0], [10.0, 20.0], epsilon=5.0)
    assert_allclose(y, [[8, 24], [10, 20]], rtol=1e-15)


def test_backward_by_hand():
    # x̂ = −2/3, 2/3; g = 9, 0; ⟨g⟩ = 9/2, ⟨g·x̂⟩ = −3
    g = layer_norm_backward([[3.0, 0.0]], [[1.0, 5.0]], [3.0, 6.0], epsilon=5.0)
    assert_allclose(g.x, [[(9 - 4.5 - 2) / 3, (0 - 4.5 + 2) / 3]], rtol=1e-14)
    assert_allclose(g.weight, [-2, 0], atol=1e-15)
    assert_array_equal(g.bias, [3, 0])


AXES = [((6,), -1), ((5, 3), -1), ((2, 5, 3), -1), ((2, 5, 3), 1), ((2, 4, 5, 3), -2), ((2, 3), 0)]


@pytest.mark.parametrize(("shape", "axis"), AXES)
@pytest.mark.parametrize("epsilon", [0.0, 0.3])
def test_against_loops(rng, shape, axis, epsilon):
    part = shape[axis:]
    x = 3 + 2 * rng.standard_normal(shape)
    weight, bias = rng.standard_normal((2, *part))
    wanted = np.empty(shape)
    for index in np.ndindex(*shape[: len(shape) - len(part)]):
        values = x[index].ravel().tolist()
        mean = sum(values) / len(values)
        variance = sum((v - mean) ** 2 for v in values) / len(values)
        for place in np.ndindex(*part):
            normal = (x[index][place] - mean) / (variance + epsilon) ** 0.5
            wanted[index + place] = weight[place] * normal + bias[place]
    y = layer_norm(x, weight, bias, axis=axis, epsilon=epsilon)
    assert_allclose(y, wanted, rtol=1e-11, atol=1e-13)
    other = axis % len(shape) - (len(shape) if axis >= 0 else 0)
    assert_array_equal(layer_norm(x, weight, bias, axis=other, epsilon=epsilon), y)


@pytest.mark.parametrize(("shape", "axis"), AXES)
def test_gradients(rng, shape, axis):
    part = shape[axis:]
    check_gradients(
        lambda x, weight, bias: layer_norm(x, weight, bias, axis=axis),
        lambda g, x, weight, bias: tuple(layer_norm_backward(g, x, weight, axis=axis)),
        [rng.standard_normal(shape), rng.standard_normal(part), rng.standard_normal(part)],
        atol=1e-7,
    )


def test_mean_and_variance_of_the_output(rng):
    y = layer_norm(7 + 5 * rng.standard_normal((4, 6, 50)), np.ones(50), np.zeros(50))
    assert_allclose(y.mean(axis=-1), 0, atol=1e-14)
    assert_allclose(y.var(axis=-1), 1, rtol=1e-5)


@pytest.mark.parametrize("backward", [False, True])
def test_errors(backward):
    def call(x, weight, **options):
        if backward:
            return layer_norm_backward(x, x, weight, **options)
        return layer_norm(x, weight, weight, **options)

    x = np.ones((2, 5, 3))
    with pytest.raises(ValueError, match="`axis` is not an axis of `x`"):
        call(x, np.ones(3), axis=3)
    with pytest.raises(TypeError, match="`axis` is not an axis of `x`"):
        call(x, np.ones(3), axis=(1, 2))
    with pytest.raises(ValueError, match="at least one axis"):
        call(1.0, 1.0)
    with pytest.raises(ValueError, match=r"`weight` has the wrong shape(.|\n)*\(5, 3\)"):
        call(x, np.ones(3), axis=1)
