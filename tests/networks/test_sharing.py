"""Orders, shared layers and given arrays: what a network owes to its description."""

import json

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from stridewise.errors import NetworkError, OptionError, OptionTypeError, ShapeError
from stridewise.layers import Add, Conv2D, Dense, Dropout
from stridewise.networks import Graph, Sequential, build, describe, summary


def branching(seed=0):
    shared = Dense(3)
    nodes = [
        ("n5", Add(), ("n2", "y", "x")),
        ("n4", shared, ("n1",)),
        ("n2", shared, ("n0",)),
        ("n0", Add(), ("x", "y")),
        ("n3", shared, ("n1",)),
        ("n1", Add(), ("x", "x")),
    ]
    return Graph({"x": (3,), "y": (3,)}, nodes, ["n5"], seed=seed)


def test_an_order_that_runs_is_kept():
    names = [node.name for node in branching().nodes]
    again = build(json.loads(json.dumps(describe(branching()))))
    assert [node.name for node in again.nodes] == names
    assert names.index("n0") < names.index("n2") < names.index("n5")


def test_a_network_takes_its_own_arrays_back():
    network = branching(seed=4)
    again = build(describe(network), network.parameters)
    assert list(again.parameters) == list(network.parameters)
    for name, array in network.parameters.items():
        assert_array_equal(again.parameters[name], array)


def test_seeds_of_a_description_are_those_of_the_network():
    for name, array in branching(seed=7).parameters.items():
        assert_array_equal(build(describe(branching()), seed=7).parameters[name], array)


def test_dropout_layers_of_a_built_network_do_not_share_a_mask():
    network = Sequential([Dropout(0.5), Dropout(0.5)], (200,))
    again = build(describe(network), {}, seed=3)
    x = np.ones((1, 200))
    masks = [y != 0 for _, y, _ in again.steps(x, training=True)]
    assert masks[1].sum() < masks[0].sum() * 0.7


def test_a_layer_in_two_networks_keeps_its_parameters():
    trunk = Dense(4)
    first = Sequential([trunk, Dense(2)], (5,), seed=0)
    before = trunk.parameters["weight"].copy()
    second = Sequential([trunk, Dense(3)], (5,), seed=1)
    assert_array_equal(trunk.parameters["weight"], before)
    assert first.parameters["dense_1/weight"] is second.parameters["dense_1/weight"]


def test_a_layer_cannot_be_shared_between_shapes_that_differ():
    layer = Dense(2)
    with pytest.raises(NetworkError, match=r"`b/weight` does not fit(.|\n)*shape \(5, 2\)"):
        Graph({"x": (4,), "y": (5,)}, [("a", layer, ("x",)), ("b", layer, ("y",))], ["a", "b"])


@pytest.mark.parametrize("size", [2**31, 2**50, 2**70])
def test_sizes_without_reason_are_refused(size):
    with pytest.raises(NetworkError, match="'dense_1' is too large"):
        Sequential([Dense(size)], (4,))


@pytest.mark.parametrize("dtype", [int, np.float16, "abc", object])
def test_dtypes_that_a_network_does_not_compute_in(dtype):
    with pytest.raises(OptionError, match="`dtype` is not one"):
        Sequential([Dense(2)], (3,), dtype=dtype)


@pytest.mark.parametrize("seed", [-1, 0.5, "a", True])
def test_seeds_that_are_none(seed):
    with pytest.raises((OptionError, OptionTypeError), match="`seed` is"):
        Sequential([Dense(2)], (3,), seed=seed)


@pytest.mark.parametrize("shape", [(), 4])
def test_inputs_without_axes(shape):
    with pytest.raises(NetworkError, match="the input 'input' has no axes"):
        Sequential([Dense(2)], shape)


@pytest.mark.parametrize("batch_size", [0, -1, 2.5])
def test_batch_sizes_that_are_none(batch_size):
    with pytest.raises((OptionError, OptionTypeError), match="`batch_size` is"):
        Sequential([Dense(2)], (3,)).predict(np.ones((4, 3)), batch_size=batch_size)


def test_all_inputs_are_one_batch():
    network = Graph({"a": (4,), "b": (4,)}, [("sum", Add(), ("a", "b"))], ["sum"])
    with pytest.raises(ShapeError, match="different numbers of examples"):
        network.forward(np.ones((1, 4)), np.ones((3, 4)))


@pytest.mark.parametrize("grad_y", [np.ones((9, 9)), (np.ones((1, 4)), np.ones((1, 4)))])
def test_gradients_of_another_shape(grad_y):
    network = Graph({"a": (4,), "b": (4,)}, [("sum", Add(), ("a", "b"))], ["sum"])
    _, cache = network.forward(np.ones((1, 4)), np.ones((1, 4)))
    with pytest.raises(ShapeError, match="`grad_y` has not the shape of the output"):
        network.backward(grad_y, cache)


@pytest.mark.parametrize("wrong", [Dense, "relu", None])
def test_what_is_no_layer(wrong):
    with pytest.raises(NetworkError, match="this is not a layer"):
        Sequential([Dense(3), wrong], (4,))


def test_a_network_without_layers_has_a_summary():
    assert "total" in summary(Graph({"x": (3,)}, [], ["x"]))


def test_numpy_integers_in_options_are_plain_in_a_description():
    network = Sequential([Conv2D(np.int64(3), (np.int8(2), 1))], (4, 5, 1))
    assert describe(build(json.loads(json.dumps(describe(network))))) == describe(network)


def test_a_network_is_a_function_and_says_what_it_is():
    network = Sequential([Dense(2)], (3,))
    x = np.ones((4, 3))
    assert_array_equal(network(x), network.predict(x))
    assert repr(network) == "Sequential(layers: 1, parameters: 8)"
