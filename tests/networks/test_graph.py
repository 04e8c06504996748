"""A network as a graph: order, dtype, seeds, live arrays, prediction, and memory let go."""

import gc
import weakref

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import stridewise as sw
from stridewise.layers import (
    Activation,
    Add,
    BatchNorm,
    Concatenate,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    LayerGradients,
    MaxPool,
)
from stridewise.networks import Graph, Sequential

pytestmark = pytest.mark.usefixtures("engine")


def small(**options):
    layers = [Conv2D(3, 2), BatchNorm(), Activation("relu"), MaxPool(2), Flatten(), Dense(4)]
    return Sequential(layers, (5, 7, 2), **options)


def test_forward_is_block_after_block(rng):
    network = small(dtype=np.float64, seed=5)
    x = rng.standard_normal((3, 5, 7, 2))
    own = network.parameters
    y = sw.conv2d(x, own["conv2d_1/weight"], own["conv2d_1/bias"])
    y = sw.batch_norm(y, np.ones(3), np.zeros(3), mean=np.zeros(3), variance=np.ones(3))
    y = sw.max_pool2d(sw.relu(y), 2).reshape(3, -1)
    y = sw.linear(y, own["dense_1/weight"], own["dense_1/bias"])
    assert_allclose(network.forward(x)[0], y, rtol=1e-12)


def test_names_and_shapes_of_a_sequence():
    network = Sequential([Dense(5), Activation("relu"), Dense(3)], (4,))
    assert [node.name for node in network.nodes] == ["dense_1", "activation_1", "dense_2"]
    assert [node.inputs for node in network.nodes] == [("input",), ("dense_1",), ("activation_1",)]
    assert network.outputs == ("dense_2",)
    assert network.shapes == {"input": (4,), "dense_1": (5,), "activation_1": (5,), "dense_2": (3,)}
    assert network.inputs == {"input": (4,)}


def test_nodes_in_any_order_give_the_same(rng):
    x = rng.standard_normal((2, 3))
    nodes = [
        ("a", Activation("tanh"), ("x",)),
        ("b", Activation("relu"), ("a",)),
        ("c", Add(), ("a", "b")),
        ("d", Concatenate(), ("c", "x")),
    ]
    wanted = np.concatenate([np.tanh(x) + np.maximum(np.tanh(x), 0), x], axis=1)
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]):
        network = Graph({"x": (3,)}, [nodes[i] for i in order], ["d"], dtype=np.float64)
        assert [node.name for node in network.nodes] == ["a", "b", "c", "d"]
        assert_allclose(network.forward(x)[0], wanted)


def test_several_inputs_go_by_their_order():
    network = Graph({"b": (2,), "a": (3,)}, [("joined", Concatenate(), ("a", "b"))], ["joined"])
    y = network.predict([[1, 2]], [[3, 4, 5]])
    assert_array_equal(y, [[3, 4, 5, 1, 2]])


@pytest.mark.parametrize("dtype", [np.float32, "float64"])
def test_the_dtype_is_that_of_the_network(dtype):
    network = small(dtype=dtype)
    arrays = [*network.parameters.values(), *network.state.values()]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}
    for given in ("f2", "f4", "f8", "i4", "?"):
        assert network.forward(np.ones((1, 5, 7, 2), given))[0].dtype == dtype
        assert network.predict(np.ones((1, 5, 7, 2), given)).dtype == dtype


def test_seeds_repeat():
    one, same, other = (small(seed=seed) for seed in (4, 4, 5))
    assert list(one.parameters) == list(same.parameters) == list(other.parameters)
    for name, array in one.parameters.items():
        assert_array_equal(array, same.parameters[name])
    assert (one.parameters["dense_1/weight"] != other.parameters["dense_1/weight"]).all()
    assert_array_equal(
        small().parameters["dense_1/weight"], small(seed=0).parameters["dense_1/weight"]
    )


def test_seeds_reach_dropout_and_layers_differ():
    def run(seed):
        network = Graph(
            {"x": (50,)},
            [("a", Dropout(0.5), ("x",)), ("b", Dropout(0.5), ("x",))],
            ["a", "b"],
            seed=seed,
        )
        return network.forward(np.ones((2, 50)), training=True)[0]

    assert_array_equal(run(1), run(1))
    assert (run(1)[0] != run(2)[0]).any()
    assert (run(1)[0] != run(1)[1]).any()


def test_parameters_and_state_are_live(rng):
    network = small()
    x = rng.standard_normal((3, 5, 7, 2))
    network.parameters["dense_1/weight"][:] = 0
    network.parameters["dense_1/bias"][:] = [1, 2, 3, 4]
    assert_array_equal(network.predict(x), [[1, 2, 3, 4]] * 3)
    assert all(network.parameters[name] is network.parameters[name] for name in network.parameters)
    network.forward(x)
    assert_array_equal(network.state["batchnorm_1/mean"], np.zeros(3))
    mean = network.state["batchnorm_1/mean"]
    network.forward(x, training=True)
    assert (mean != 0).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_arrays_that_are_given_are_copied(dtype):
    donor = small(seed=9)
    arrays = {**donor.parameters, **donor.state}
    nodes = [(node.name, node.layer, node.inputs) for node in small(seed=1).nodes]
    network = Graph({"input": (5, 7, 2)}, nodes, ["dense_1"], arrays=arrays, dtype=dtype)
    for name, array in {**network.parameters, **network.state}.items():
        assert_array_equal(array, arrays[name])
        array += 1
        assert (array != arrays[name]).all()
        assert array.dtype == dtype


@pytest.mark.parametrize("batch_size", [1, 2, 3, 5, 7, 256])
def test_predict_is_forward_in_batches(rng, batch_size):
    network = small()
    x = rng.standard_normal((5, 5, 7, 2))
    network.forward(x, training=True)
    y = network.predict(x, batch_size=batch_size)
    assert_allclose(y, network.forward(x)[0], rtol=1e-5, atol=1e-6)
    assert y.shape == (5, 4)


def test_predict_takes_batches_of_the_size_that_was_asked():
    seen = []

    class Watch(Activation):
        def forward(self, *inputs, training=False):
            seen.append((len(inputs[0]), training))
            return super().forward(*inputs, training=training)

    network = Sequential([Watch("relu")], (3,))
    network.predict(np.ones((7, 3)), batch_size=3)
    network.predict(np.ones((300, 3)))
    assert seen == [(3, False), (3, False), (1, False), (256, False), (44, False)]


def test_predict_of_several_outputs_and_of_an_empty_batch():
    network = Graph(
        {"a": (2,), "b": (3,)},
        [("left", Dense(4), ("a",)), ("right", Dense(5), ("b",))],
        ["right", "a", "left"],
    )
    for n in (0, 1, 5):
        right, a, left = network.predict(np.ones((n, 2)), np.ones((n, 3)), batch_size=2)
        assert (right.shape, a.shape, left.shape) == ((n, 5), (n, 2), (n, 4))
    assert small().predict(np.ones((0, 5, 7, 2))).shape == (0, 4)
    assert small().forward(np.ones((0, 5, 7, 2)))[0].shape == (0, 4)


class Shift(Layer):
    """Gives memory of its own and keeps nothing for backward."""

    def output_shape(self, *inputs):
        return self.one_input(inputs)

    def forward(self, *inputs, training=False):
        return inputs[0] + 1, None

    def backward(self, grad_y, cache):
        return LayerGradients((grad_y,), {})


def test_steps_give_every_node_and_let_tensors_go():
    network = Graph(
        {"x": (3,)},
        [
            ("a", Shift(), ("x",)),
            ("b", Shift(), ("a",)),
            ("c", Shift(), ("b",)),
            ("late", Add(), ("c", "b")),
            ("end", Shift(), ("late",)),
        ],
        ["end"],
    )
    alive, names = {}, []
    for node, y, _ in network.steps(np.zeros((2, 3))):
        names.append(node.name)
        alive[node.name] = weakref.ref(y)
        del y
        gc.collect()
        living = {name for name, reference in alive.items() if reference() is not None}
        # what this node takes and gives, and what a later node still needs
        assert (
            living
            <= {
                "a": {"a"},
                "b": {"a", "b"},
                "c": {"b", "c"},
                "late": {"b", "c", "late"},
                "end": {"late", "end"},
            }[node.name]
        )
        assert node.name in living
    assert names == ["a", "b", "c", "late", "end"]
    # the input, and one added by each: c + b = 3 + 2
    assert_array_equal(network.predict(np.zeros((2, 3))), np.full((2, 3), 6.0))


def test_steps_pass_training_on():
    network = Sequential([Dropout(0.9)], (100,))
    ones = np.ones((1, 100))
    ((_, quiet, _),) = network.steps(ones)
    ((_, loud, _),) = network.steps(ones, training=True)
    assert_array_equal(quiet, ones)
    assert (loud == 0).any()


def test_inputs_are_not_written_to(rng):
    network = small()
    x = np.asfortranarray(rng.standard_normal((3, 5, 7, 2)).astype("f4"))
    x.flags.writeable = False
    y, cache = network.forward(x, training=True)
    y.flags.writeable = False
    assert network.backward(y, cache).inputs["input"].shape == x.shape
    assert_allclose(network.predict(x), network.predict(x.copy()), rtol=1e-6)
