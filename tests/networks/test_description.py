"""Architecture as plain data: there and back through JSON, and what is refused."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from stridewise.errors import NetworkError, OptionError, ShapeError, StridewiseError
from stridewise.layers import Activation, Add, AveragePool, Conv1D, Conv2D, Dense, MaxPool
from stridewise.networks import ZOO, Graph, Sequential, build, describe, zoo_network

SHAPES = {
    "digits_convnet": (9, 6, 2),
    "lenet5": (17, 22, 3),
    "residual": (7, 5, 2),
    "signs_convnet": (18, 33, 1),
}


def through_json(description):
    return json.loads(json.dumps(description))


@pytest.mark.parametrize("name", ZOO)
def test_every_network_of_the_zoo_comes_back(name, rng):
    network = zoo_network(name, SHAPES[name], 7, seed=3)
    x = rng.standard_normal((2, *SHAPES[name]))
    network.forward(x, training=True)  # statistics that are not the initial ones
    description = through_json(describe(network))
    assert description == describe(network)
    same = build(description, {**network.parameters, **network.state})
    assert describe(same) == description
    assert [node.name for node in same.nodes] == [node.name for node in network.nodes]
    assert_array_equal(same.predict(x), network.predict(x))
    assert same.shapes == network.shapes


def test_arrays_are_drawn_from_the_seed():
    network = zoo_network("residual", (7, 5, 2), 7, seed=3)
    drawn = build(describe(network), seed=3)
    for name, array in network.parameters.items():
        assert_array_equal(drawn.parameters[name], array)
    assert (build(describe(network)).parameters["logits/weight"] != array[0]).any()


def test_options_inputs_outputs_and_dtype_survive():
    shared = Dense(4, bias=False)
    network = Graph(
        {"image": (9, 8, 2), "vector": (6,), "other": (6,)},
        [
            (
                "conv",
                Conv2D(4, (3, 2), stride=(2, 1), padding=((1, 0), (0, 2)), groups=2),
                ["image"],
            ),
            ("pool", AveragePool(2, ceil_mode=True, count_include_pad=False), ["conv"]),
            ("left", shared, ["vector"]),
            ("right", shared, ["other"]),
            ("sum", Add(), ["left", "right"]),
        ],
        ["sum", "pool", "vector", "sum"],
        dtype="float64",
    )
    same = build(through_json(describe(network)), network.parameters)
    inputs = [np.random.default_rng(1).standard_normal((3, *s)) for s in network.inputs.values()]
    for got, wanted in zip(same.predict(*inputs), network.predict(*inputs), strict=True):
        assert got.dtype == np.float64
        assert_array_equal(got, wanted)
    layers = {node.name: node.layer for node in same.nodes}
    assert layers["left"] is layers["right"]
    assert list(same.inputs) == ["image", "vector", "other"]
    assert same.outputs == ("sum", "pool", "vector", "sum")
    assert set(same.parameters) == {"conv/weight", "conv/bias", "left/weight"}


def test_the_text_of_a_small_network():
    network = Sequential([Conv1D(3, 2, padding="same"), MaxPool(2)], (7, 4))
    window = {"stride": 1, "padding": "same", "dilation": 1}
    assert describe(network) == {
        "inputs": {"input": [7, 4]},
        "nodes": [
            {
                "name": "conv1d_1",
                "layer": "Conv1D",
                "inputs": ["input"],
                "options": {"out_channels": 3, "kernel_size": 2, **window}
                | {"groups": 1, "bias": True, "initialisation": "he"},
            },
            {
                "name": "maxpool_1",
                "layer": "MaxPool",
                "inputs": ["conv1d_1"],
                "options": {"kernel_size": 2, "stride": None, "padding": 0, "dilation": 1}
                | {"ceil_mode": False},
            },
        ],
        "outputs": ["maxpool_1"],
        "dtype": "float32",
    }


@st.composite
def graphs(draw):
    """Graphs of layers on vectors of three, given in any order."""
    count = draw(st.integers(1, 7))
    nodes = []
    for index in range(count):
        earlier = ["x", "y", *(f"n{i}" for i in range(index))]
        arity = draw(st.integers(1, 3))
        taken = draw(st.lists(st.sampled_from(earlier), min_size=arity, max_size=arity))
        alone = Activation("tanh") if draw(st.booleans()) else Dense(3)
        nodes.append((f"n{index}", Add() if arity > 1 else alone, tuple(taken)))
    names = draw(st.permutations([f"n{i}" for i in range(count)]))
    outputs = draw(st.lists(st.sampled_from(["x", *names]), min_size=1, max_size=3))
    order = draw(st.permutations(nodes))
    return Graph({"x": (3,), "y": (3,)}, order, outputs, seed=1)


@given(graphs())
def test_any_graph_comes_back_with_its_arrays_under_the_same_names(network):
    inputs = np.random.default_rng(0).standard_normal((2, 4, 3))
    description = through_json(describe(network))
    same = build(description, network.parameters)
    assert set(same.parameters) == set(network.parameters)
    assert same.shapes == network.shapes
    assert_array_equal(same.predict(*inputs), network.predict(*inputs))


def described(**changes):
    node = {"name": "a", "layer": "Dense", "inputs": ["x"], "options": {"out_features": 3}}
    node |= changes.pop("node", {})
    whole = {"inputs": {"x": [4]}, "nodes": [node], "outputs": ["a"], "dtype": "float32"}
    return {key: value for key, value in (whole | changes).items() if value is not ...}


def test_the_description_that_the_errors_begin_from_is_right():
    assert build(described()).predict(np.ones((5, 4))).shape == (5, 3)


@pytest.mark.parametrize(
    ("description", "kind", "message"),
    [
        (described(node={"layer": "Dens"}), NetworkError, "no layer(.|\n)*try:      'Dense'"),
        (described(node={"layer": "Layer"}), NetworkError, "there is no layer of that name"),
        (described(node={"layer": "__init__"}), NetworkError, "there is no layer of that name"),
        (described(node={"layer": "Conv"}), NetworkError, "there is no layer of that name"),
        (described(node={"layer": None}), NetworkError, "there is no layer of that name"),
        (described(node={"options": {"out": 3}}), NetworkError, "which has .*out_features"),
        (described(node={"options": {"parameters": {}}}), NetworkError, "which has .*out_features"),
        (described(node={"options": {}}), NetworkError, r"options \{\} of a Dense"),
        (described(node={"options": [3]}), NetworkError, r"options \[3\] of a Dense"),
        (described(node={"options": None}), NetworkError, "options None of a Dense"),
        (described(node={"options": {"out_features": 0}}), OptionError, "out of range"),
        (
            described(node={"layer": "Activation", "options": {"function": []}}),
            OptionError,
            "there is no activation of that name",
        ),
        (
            described(node={"layer": "Dropout", "options": {"rate": "half"}}),
            NetworkError,
            "of a Dropout",
        ),
        (described(node={"shares": "b"}), NetworkError, "shares the layer of 'b', which is not"),
        (described(node={"shares": "a"}), NetworkError, "shares the layer of 'a', which is not"),
        (described(node={"inputs": ["y"]}), NetworkError, "node 'a' names a tensor"),
        (described(node={"inputs": 3}), NetworkError, "does not describe a network"),
        (described(node={"inputs": ["a"]}), NetworkError, "form a cycle"),
        (described(inputs={"x": [4, 5]}), NetworkError, "node 'a', Dense: the layer cannot take"),
        (described(inputs={"x": [0]}), OptionError, "is out of range"),
        (described(inputs={"x": [-4]}), OptionError, "is out of range"),
        (described(inputs={"x": [2**31]}), OptionError, "is out of range"),
        (described(inputs={"x": []}), NetworkError, "has no axes"),
        (described(inputs={"x": ["four"]}), NetworkError, "ValueError: invalid literal"),
        (described(inputs={"x": [float("inf")]}), NetworkError, "OverflowError"),
        (described(inputs={"x": 4}), NetworkError, "TypeError"),
        (described(inputs={}), NetworkError, "there is no input"),
        (described(inputs=...), NetworkError, "KeyError: 'inputs'"),
        (described(nodes=...), NetworkError, "KeyError: 'nodes'"),
        (described(nodes=[[1, 2]]), NetworkError, "does not describe a network"),
        (described(nodes=[{"name": "a"}]), NetworkError, "KeyError: 'layer'"),
        (described(outputs=...), NetworkError, "KeyError: 'outputs'"),
        (described(outputs=[]), NetworkError, "outputs names a tensor"),
        (described(outputs=["b"]), NetworkError, "outputs names a tensor"),
        (described(dtype=...), NetworkError, "KeyError: 'dtype'"),
        (described(dtype="int32"), NetworkError, "KeyError: 'int32'"),
        (described(dtype="object"), NetworkError, "KeyError: 'object'"),
        (described(dtype=["float32"]), NetworkError, "TypeError: unhashable"),
        (described(nodes=[{}] * 10_001), NetworkError, "does not describe a network"),
        (described(nodes=described()["nodes"] * 10_001), NetworkError, "received: 10001 nodes"),
        (described(nodes=described()["nodes"] * 2), NetworkError, "the names are not unique"),
        (None, NetworkError, "TypeError"),
        ([], NetworkError, "TypeError"),
        ("text", NetworkError, "TypeError"),
        ({}, NetworkError, "KeyError: 'inputs'"),
        (
            described(
                inputs={"x": [5, 4, 1]},
                node={"layer": "MaxPool", "options": {"kernel_size": [6, 2**31 - 1]}},
            ),
            ShapeError,
            "node 'a', MaxPool: `kernel_size` does not fit",
        ),
        (
            described(
                inputs={"x": [5, 4, 1]},
                node={"layer": "MaxPool", "options": {"kernel_size": 2, "stride": 2**31}},
            ),
            OptionError,
            "node 'a', MaxPool: `stride` is out of range",
        ),
    ],
)
def test_descriptions_that_are_refused(description, kind, message):
    with pytest.raises(kind, match=message) as caught:
        build(description)
    assert isinstance(caught.value, StridewiseError)


def test_arrays_decide_the_memory_not_the_description():
    huge = described(node={"options": {"out_features": 2**40}})
    small = {"a/weight": np.zeros((4, 3)), "a/bias": np.zeros(3)}
    with pytest.raises(NetworkError, match="the output of 'a' is too large"):
        build(huge, small)
    with pytest.raises(NetworkError, match="the array `a/weight` does not fit the layer"):
        build(described(), {})
    assert_array_equal(build(described(), small).parameters["a/weight"], np.zeros((4, 3)))
