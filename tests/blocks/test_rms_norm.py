"""Normalisation by the root of the mean square: by hand, against loops, its gradients."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from stridewise.blocks.rms_norm import rms_norm, rms_norm_backward
from stridewise.testing import check_gradients

AXES = [((6,), -1), ((5, 3), -1), ((2, 5, 3), 1), ((2, 4, 5, 3), -2), ((2, 3), 0)]


def test_by_hand():
    # (1 + 9) / 2 + 4 = 9
    assert_allclose(rms_norm([[1.0, 3.0]], [6.0, 2.0], epsilon=4.0), [[2, 2]], rtol=1e-15)


def test_backward_by_hand():
    # x̂ = 1/3, 1; g = 6, 2; ⟨g·x̂⟩ = 2; (6 − 2/3) / 3, (2 − 2) / 3
    g = rms_norm_backward([[1.0, 1.0]], [[1.0, 3.0]], [6.0, 2.0], epsilon=4.0)
    assert_allclose(g.x, [[16 / 9, 0]], atol=1e-15)
    assert_allclose(g.weight, [1 / 3, 1], rtol=1e-15)


@pytest.mark.parametrize(("shape", "axis"), AXES)
@pytest.mark.parametrize("epsilon", [0.0, 0.3])
def test_against_loops(rng, shape, axis, epsilon):
    part = shape[axis:]
    x, weight = 1 + rng.standard_normal(shape), rng.standard_normal(part)
    wanted = np.empty(shape)
    for index in np.ndindex(*shape[: len(shape) - len(part)]):
        square = sum(v * v for v in x[index].ravel().tolist()) / x[index].size
        for place in np.ndindex(*part):
            wanted[index + place] = weight[place] * x[index][place] / (square + epsilon) ** 0.5
    y = rms_norm(x, weight, axis=axis, epsilon=epsilon)
    assert_allclose(y, wanted, rtol=1e-12)


@pytest.mark.parametrize(("shape", "axis"), AXES)
def test_gradients(rng, shape, axis):
    check_gradients(
        lambda x, weight: rms_norm(x, weight, axis=axis),
        lambda g, x, weight: tuple(rms_norm_backward(g, x, weight, axis=axis)),
        [rng.standard_normal(shape), rng.standard_normal(shape[axis:])],
        atol=1e-7,
    )


def test_errors():
    x = np.ones((2, 5, 3))
    with pytest.raises(ValueError, match="rms_norm: `axis` is not an axis of `x`"):
        rms_norm(x, np.ones(3), axis=3)
    with pytest.raises(TypeError, match="rms_norm_backward: `axis` is not an axis of `x`"):
        rms_norm_backward(x, x, np.ones(3), axis=None)
    with pytest.raises(ValueError, match=r"`weight` has the wrong shape(.|\n)*\(5, 3\)"):
        rms_norm(x, np.ones(3), axis=1)
