"""The batch normalisation layer: running statistics, and who uses them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise import batch_norm, batch_norm_backward
from stridewise.engines import current_engine
from stridewise.layers import BatchNorm


def filled(dtype="f8", **options):
    layer = BatchNorm(**options)
    layer.fill(((4, 5, 3),), np.random.default_rng(0), dtype)
    return layer


@pytest.fixture
def batches(rng):
    return [m + s * rng.standard_normal((n, 4, 5, 3)) for n, m, s in ((2, 7, 3), (6, -1, 2))]


def test_the_first_step_by_hand():
    layer = BatchNorm(momentum=0.75)
    layer.fill(((1,),), np.random.default_rng(0), np.float64)
    layer.forward(np.array([[4.0], [8.0], [12.0]]), training=True)
    assert_array_equal(layer.state["mean"], [2])  # 0.75·0 + 0.25·8
    # (16 + 0 + 16) / (3 − 1) = 16; 0.75·1 + 0.25·16
    assert_array_equal(layer.state["variance"], [4.75])


@pytest.mark.parametrize("momentum", [0.0, 0.9, 0.99])
def test_running_statistics(batches, momentum):
    layer = filled(momentum=momentum)
    mean, variance = np.zeros(3), np.ones(3)
    for x in batches:
        layer.forward(x, training=True)
        rows = x.reshape(-1, 3)
        mean = momentum * mean + (1 - momentum) * rows.mean(axis=0)
        variance = momentum * variance + (1 - momentum) * rows.var(axis=0, ddof=1)
    assert_allclose(layer.state["mean"], mean, rtol=1e-12)
    assert_allclose(layer.state["variance"], variance, rtol=1e-12)


def test_the_default_momentum_and_epsilon():
    assert BatchNorm().options == {"momentum": 0.9, "epsilon": 1e-5}


@pytest.mark.parametrize("epsilon", [1e-5, 0.5])
def test_training_uses_the_batch_and_inference_the_running_statistics(batches, epsilon):
    layer = filled(epsilon=epsilon)
    layer.parameters["weight"][:] = [2, -3, 4]
    layer.parameters["bias"][:] = [1, 0, -1]
    x = batches[0]
    own = batch_norm(x, *layer.parameters.values(), epsilon=epsilon)
    assert_array_equal(layer.forward(x, training=True)[0], own)
    known = batch_norm(x, *layer.parameters.values(), epsilon=epsilon, **layer.state)
    assert_array_equal(layer.forward(x)[0], known)
    assert abs(known - own).max() > 0.1


def test_inference_changes_no_statistics_and_neither_does_backward(batches):
    layer = filled()
    y, cache = layer.forward(batches[0], training=True)
    before = {name: array.copy() for name, array in layer.state.items()}
    layer.forward(batches[1])
    layer.backward(y, cache)
    for name, array in layer.state.items():
        assert_array_equal(array, before[name])


def test_inference_sees_each_example_alone(batches):
    layer = filled()
    layer.forward(batches[1], training=True)
    y = layer.forward(batches[1])[0]
    for n in range(len(y)):
        assert_array_equal(layer.forward(batches[1][n : n + 1])[0], y[n : n + 1])


def test_many_steps_come_to_the_statistics_of_the_data(rng):
    layer = filled(momentum=0.8)
    for _ in range(60):
        layer.forward([5, -2, 0] + [1, 3, 0.5] * rng.standard_normal((90, 4, 5, 3)), training=True)
    assert_allclose(layer.state["mean"], [5, -2, 0], atol=0.15)
    assert_allclose(layer.state["variance"], [1, 9, 0.25], rtol=0.1)


def test_a_single_number_a_channel_has_no_sample_variance():
    layer = BatchNorm(momentum=0.5)
    layer.fill(((3,),), np.random.default_rng(0), np.float64)
    y, _ = layer.forward(np.array([[1.0, 2.0, 3.0]]), training=True)
    assert_array_equal(y, np.zeros((1, 3)))
    assert_array_equal(layer.state["mean"], [0.5, 1, 1.5])
    assert_array_equal(layer.state["variance"], [0.5] * 3)


def test_the_state_arrays_stay_the_same_arrays(batches):
    layer = filled("f4")
    mean, variance = layer.state["mean"], layer.state["variance"]
    layer.forward(batches[0], training=True)
    assert layer.state["mean"] is mean
    assert layer.state["variance"] is variance
    assert mean.dtype == variance.dtype == np.float32
    assert (mean != 0).all()


def test_a_step_computes_the_statistics_of_its_batch_once(batches, monkeypatch):
    seen, engine = [], current_engine()

    def counting(x, channel_moments=engine.channel_moments):
        seen.append(x)
        return channel_moments(x)

    monkeypatch.setattr(engine, "channel_moments", counting)
    layer = filled()
    layer.parameters["weight"][:] = [2, -3, 4]
    x = batches[0]
    y, cache = layer.forward(x, training=True)
    gradients = layer.backward(y, cache)
    assert len(seen) == 1
    wanted = batch_norm_backward(y, x, layer.parameters["weight"])
    assert_allclose(gradients.inputs[0], wanted.x, atol=1e-12)
    assert_allclose(gradients.parameters["weight"], wanted.weight, rtol=1e-12)
    assert_allclose(gradients.parameters["bias"], wanted.bias, rtol=1e-12)
    assert len(seen) == 2


def test_an_empty_batch_cannot_be_trained_on():
    with pytest.raises(ValueError, match="there is nothing to average"):
        filled().forward(np.zeros((0, 4, 5, 3)), training=True)
