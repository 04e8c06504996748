"""Backward through whole networks: branches, shared tensors, shared layers, many ends."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.layers import (
    Activation,
    Add,
    AveragePool,
    BatchNorm,
    Concatenate,
    Conv1D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool,
    MaxPool,
)
from stridewise.layers.operation import Operation
from stridewise.networks import Graph, Sequential
from stridewise.testing import numerical_gradient

pytestmark = pytest.mark.usefixtures("engine")

KIND = {"seed": 3, "dtype": np.float64}


def chain_2d():
    return Sequential(
        [
            Conv2D(3, (3, 2), stride=(1, 2), padding="same"),
            Activation("tanh"),
            MaxPool(2, ceil_mode=True),
            Flatten(),
            Dense(4, bias=False),
            Activation("softmax"),
        ],
        (4, 6, 2),
        **KIND,
    )


def chain_1d():
    layers = [Conv1D(3, 2, dilation=2), AveragePool(3, stride=1), GlobalAveragePool(), Dense(2)]
    return Sequential(layers, (7, 2), **KIND)


def branches():
    """One tensor in three places, joined in two ways."""
    return Graph(
        {"x": (4, 3, 2)},
        [
            ("joined", Concatenate(), ("sum", "b", "x")),
            ("sum", Add(), ("a", "x", "x")),
            ("a", Conv2D(2, 3, padding="same"), ("x",)),
            ("b", Activation("sigmoid"), ("a",)),
        ],
        ["joined"],
        **KIND,
    )


def shared_layer():
    """One layer in three nodes, twice in a row: its gradients add up."""
    dense = Dense(3)
    return Graph(
        {"x": (3,)},
        [
            ("one", dense, ("x",)),
            ("bent", Activation("tanh"), ("one",)),
            ("two", dense, ("bent",)),
            ("three", dense, ("x",)),
            ("sum", Add(), ("two", "three")),
        ],
        ["sum"],
        **KIND,
    )


def many_ends():
    """Two inputs, four outputs: an inner tensor, an input, the same tensor twice."""
    return Graph(
        {"image": (3, 4, 1), "vector": (2,)},
        [
            ("conv", Conv2D(2, 2), ("image",)),
            ("pooled", GlobalAveragePool(), ("conv",)),
            ("sum", Add(), ("pooled", "vector")),
            ("head", Dense(5), ("sum",)),
        ],
        ["head", "conv", "vector", "head"],
        **KIND,
    )


def unused_branch():
    return Graph(
        {"x": (4,)},
        [
            ("used", Dense(3), ("x",)),
            ("unused", Dense(2), ("x",)),
            ("more", Dense(5), ("unused",)),
        ],
        ["used"],
        **KIND,
    )


def normalised():
    layers = [Conv2D(3, 2, bias=False), BatchNorm(), Activation("relu"), Flatten(), Dense(2)]
    return Sequential(layers, (3, 4, 2), **KIND)


NETWORKS = [chain_2d, chain_1d, branches, shared_layer, many_ends, unused_branch, normalised]
every = pytest.mark.parametrize("make", NETWORKS)


def example(network, batch=2):
    random = np.random.default_rng(8)
    for array in network.parameters.values():
        array += 0.1 * random.standard_normal(array.shape)
    return [random.standard_normal((batch, *shape)) for shape in network.inputs.values()]


def as_tuple(value):
    return value if isinstance(value, tuple) else (value,)


@every
@pytest.mark.parametrize("training", [False, True])
def test_gradients_by_inputs_and_parameters(make, training):
    network = make()
    inputs = example(network)
    outputs, cache = network.forward(*inputs, training=training)
    random = np.random.default_rng(2)
    weights = tuple(random.standard_normal(y.shape) for y in as_tuple(outputs))
    given = weights if isinstance(outputs, tuple) else weights[0]
    gradients = network.backward(given, cache)

    def loss(*arrays):
        found = as_tuple(network.forward(*arrays, training=training)[0])
        return sum(np.sum(y * w) for y, w in zip(found, weights, strict=True))

    for number, name in enumerate(network.inputs):
        wanted = numerical_gradient(
            lambda x, number=number: loss(*inputs[:number], x, *inputs[number + 1 :]),
            inputs[number],
            1.0,
        )
        assert_allclose(gradients.inputs[name], wanted, rtol=1e-5, atol=1e-7)
    for name, array in network.parameters.items():
        kept = array.copy()

        def with_parameter(value, array=array):
            array[...] = value  # the network's own memory
            return loss(*inputs)

        wanted = numerical_gradient(with_parameter, kept, 1.0)
        array[...] = kept
        found = gradients.parameters.get(name, np.zeros_like(kept))
        assert_allclose(found, wanted, rtol=1e-5, atol=1e-7, err_msg=name)


@every
def test_names_and_shapes_of_the_gradients(make):
    network = make()
    outputs, cache = network.forward(*example(network))
    gradients = network.backward(outputs, cache)
    assert set(gradients.inputs) == set(network.inputs)
    assert set(gradients.parameters) <= set(network.parameters)
    left_out = set(network.parameters) - set(gradients.parameters)
    assert all(name.startswith(("unused/", "more/")) for name in left_out)
    for name, gradient in gradients.parameters.items():
        assert gradient.shape == network.parameters[name].shape


@every
def test_two_forwards_and_the_backward_of_the_first(make):
    network = make()
    inputs = example(network)
    outputs, cache = network.forward(*inputs, training=True)
    alone = network.backward(outputs, cache)
    network.forward(*(x + 1 for x in inputs), training=True)
    again = network.backward(outputs, cache)
    for name, gradient in alone.parameters.items():
        assert_array_equal(again.parameters[name], gradient)
    for name, gradient in alone.inputs.items():
        assert_array_equal(again.inputs[name], gradient)


def test_a_layer_in_two_nodes_gets_the_sum_by_hand():
    dense = Dense(1, bias=False)
    network = Graph(
        {"x": (1,)}, [("one", dense, ("x",)), ("two", dense, ("one",))], ["two"], **KIND
    )
    network.parameters["one/weight"][:] = 3
    assert list(network.parameters) == ["one/weight"]
    y, cache = network.forward([[5.0]])
    assert y.item() == 45  # w²·x
    gradients = network.backward([[1.0]], cache)
    assert gradients.parameters["one/weight"].item() == 30  # 2·w·x
    assert gradients.inputs["x"].item() == 9


def test_an_input_that_is_an_output_too():
    network = Graph({"x": (3,)}, [("twice", Add(), ("x", "x"))], ["x", "twice", "x"], **KIND)
    x = np.array([[1.0, 2.0, 3.0]])
    (first, double, third), cache = network.forward(x)
    assert_array_equal((first, double, third), (x, 2 * x, x))
    gradients = network.backward((x, 10 * x, 100 * x), cache)
    assert_array_equal(gradients.inputs["x"], x + 20 * x + 100 * x)
    assert_array_equal(network.predict(x)[1], 2 * x)


def test_dropout_of_a_network_uses_one_mask_both_ways():
    network = Sequential([Dropout(0.5)], (60,), **KIND)
    x = np.ones((4, 60))
    y, cache = network.forward(x, training=True)
    assert 0 < np.count_nonzero(y) < y.size
    assert_array_equal(network.backward(x, cache).inputs["input"], y)
    assert_array_equal(network.predict(x), x)


def test_gradients_by_the_parameters_alone(rng):
    """The same ones; what only the inputs need is not computed."""
    asked = []

    class Asked(Conv2D):
        def backward(self, grad_y, cache):
            asked.append(self.out_channels)
            return super().backward(grad_y, cache)

    nodes = [
        ("half", Operation("multiply", constants_at={"1": ["float64", 0.5]}), ("x",)),
        ("a", Asked(3, 2), ("half",)),
        ("b", Asked(5, 1), ("x",)),
        ("cut", Asked(4, 2), ("b",)),
        ("c", Asked(4, 1), ("a",)),
        ("sum", Add(), ("c", "cut")),
    ]
    graph = Graph({"x": (4, 5, 2)}, nodes, ["sum", "x"], dtype=np.float64)
    x = rng.standard_normal((3, 4, 5, 2))
    outputs, cache = graph.forward(x)
    grad_y = tuple(rng.standard_normal(y.shape) for y in outputs)
    every = graph.backward(grad_y, cache)
    assert len(asked) == 4
    assert every.inputs["x"].shape == x.shape
    asked.clear()
    few = graph.backward(grad_y, cache, inputs=False)
    assert sorted(asked) == [4, 4]  # a and b begin the network
    assert few.inputs == {}
    assert few.parameters.keys() == every.parameters.keys()
    for name, gradient in every.parameters.items():
        assert_array_equal(few.parameters[name], gradient)


def test_a_network_without_parameters_has_no_such_gradients():
    graph = Graph({"x": (2,)}, [("y", Activation("relu"), ("x",))], ["y"])
    _, cache = graph.forward(np.ones((1, 2)))
    assert graph.backward(np.ones((1, 2)), cache, inputs=False) == ({}, {})
