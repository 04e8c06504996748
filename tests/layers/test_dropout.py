"""The dropout layer: active in training only, a new mask each time, the same one backward."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from stridewise.layers import Dropout


def filled(seed, rate=0.5):
    layer = Dropout(rate)
    layer.fill(((6, 7),), np.random.default_rng(seed), np.float64)
    return layer


X = np.random.default_rng(0).standard_normal((5, 6, 7))


@pytest.mark.parametrize("rate", [0.0, 0.3, 0.99])
def test_inactive_in_inference(rate):
    layer = filled(1, rate)
    y, cache = layer.forward(X)
    assert_array_equal(y, X)
    assert_array_equal(layer.backward(2 * X, cache).inputs[0], 2 * X)


def test_active_in_training_with_the_same_mask_backward():
    y, cache = filled(1, 0.75).forward(X, training=True)
    kept = y != 0
    assert 0.1 < kept.mean() < 0.4
    assert_array_equal(y[kept], 4 * X[kept])
    (grad_x,) = filled(1, 0.75).backward(np.ones_like(X), cache).inputs
    assert_array_equal(grad_x, 4.0 * kept)


def test_a_new_mask_at_each_step_and_each_goes_with_its_cache():
    layer = filled(1)
    steps = [layer.forward(X, training=True) for _ in range(3)]
    masks = [y != 0 for y, _ in steps]
    assert (masks[0] != masks[1]).any()
    assert (masks[1] != masks[2]).any()
    for mask, (_, cache) in zip(masks, steps, strict=True):
        assert_array_equal(layer.backward(np.ones_like(X), cache).inputs[0], 2.0 * mask)


def test_the_seed_decides():
    runs = [filled(seed).forward(X, training=True)[0] for seed in (1, 1, 2)]
    assert_array_equal(runs[0], runs[1])
    assert (runs[0] != runs[2]).any()


def test_inference_between_two_steps_changes_nothing():
    plain, mixed = filled(3), filled(3)
    plain.forward(X, training=True)
    mixed.forward(X, training=True)
    mixed.forward(X)
    wanted = plain.forward(X, training=True)[0]
    assert_array_equal(mixed.forward(X, training=True)[0], wanted)
