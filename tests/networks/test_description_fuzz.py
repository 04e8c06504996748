"""Whatever plain data comes in, build gives a network or a StridewiseError, and soon."""

import copy
import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stridewise import layers
from stridewise.errors import StridewiseError
from stridewise.networks import Graph, build, describe, zoo_network

# Small enough that no network of them fills the memory.
NUMBERS = st.integers(-3, 6) | st.sampled_from([0.5, -0.0, float("nan"), float("inf"), 10**400])
TEXTS = st.text(max_size=5) | st.sampled_from(
    ["x", "a", "input", "same", "relu", "he", "float32", *layers.__all__]
)
PLAIN = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)

RIGHT = [
    describe(zoo_network("digits_convnet", (3, 4, 2), 3)),
    describe(zoo_network("signs_convnet", (5, 4, 2), 3)),
    describe(zoo_network("residual", (3, 2, 1), 2)),
    {
        "inputs": {"x": [4], "y": [4]},
        "nodes": [
            {"name": "a", "layer": "Dense", "inputs": ["x"], "options": {"out_features": 4}},
            {"name": "b", "layer": "Dense", "inputs": ["y"], "shares": "a"},
            {"name": "c", "layer": "Concatenate", "inputs": ["a", "b"], "options": {}},
        ],
        "outputs": ["c", "x"],
        "dtype": "float64",
    },
]


def try_to_build(description):
    """Build, or be refused; anything else comes out as an error. Says which it was."""
    before = copy.deepcopy(description)
    began = time.perf_counter()
    try:
        network = build(description)
    except StridewiseError as error:
        network, message = None, str(error)
    else:
        message = "  needed:   "
    assert "  needed:   " in message
    assert time.perf_counter() - began < 5
    assert repr(description) == repr(before)  # a NaN is not equal to itself
    return network


def places(data, path=()):
    """The path to every value inside plain data."""
    yield path
    if isinstance(data, dict):
        for key, value in data.items():
            yield from places(value, (*path, key))
    elif isinstance(data, list):
        for key, value in enumerate(data):
            yield from places(value, (*path, key))


def replaced(data, path, value):
    changed = copy.deepcopy(data)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return changed


@given(PLAIN)
@example({})
@example({"inputs": {}, "nodes": {}, "outputs": "", "dtype": "float32"})
def test_any_plain_data_is_refused(data):
    # Hypothesis hardly finds a whole network by itself.
    assert try_to_build(data) is None


@given(st.dictionaries(st.sampled_from(["inputs", "nodes", "outputs", "dtype"]), PLAIN))
def test_the_right_keys_with_any_data(data):
    if try_to_build(data) is not None:
        assert set(data) == {"inputs", "nodes", "outputs", "dtype"}


@given(st.data())
def test_a_right_description_with_one_or_two_values_changed(data):
    description = data.draw(st.sampled_from(RIGHT))
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from([p for p in places(description) if p]))
        value = data.draw(PLAIN | st.just(...))
        description = replaced(description, path, value)
    network = try_to_build(description)
    if network is not None:
        assert isinstance(network, Graph)
        assert set(network.shapes) == {*network.inputs, *(node.name for node in network.nodes)}


@given(
    st.sampled_from([name for name in layers.__all__ if name not in ("Layer", "LayerGradients")]),
    st.lists(st.integers(1, 5), max_size=6),
    st.integers(0, 3),
    st.data(),
)
def test_any_layer_with_any_options_on_any_shape(kind, shape, count, data):
    names = ["rate", "momentum", "epsilon", "function", "out_features", "out_channels"]
    names += ["kernel_size", "stride", "padding", "dilation", "groups", "bias", "initialisation"]
    known = [name for name in names if name in getattr(layers, kind).__dataclass_fields__]
    options = {name: data.draw(NUMBERS | PLAIN) for name in known}
    node = {"name": "a", "layer": kind, "inputs": ["x"] * count, "options": options}
    try_to_build({"inputs": {"x": shape}, "nodes": [node], "outputs": ["a"], "dtype": "float32"})


@pytest.mark.parametrize("description", RIGHT)
def test_the_descriptions_that_are_changed_are_right(description):
    network = build(description)
    assert describe(build(json.loads(json.dumps(describe(network))))) == describe(network)


@pytest.mark.parametrize("description", RIGHT)
def test_leaving_out_any_one_value(description):
    outcomes = {
        path: try_to_build(replaced(description, path, ...)) for path in places(description) if path
    }
    assert all(outcomes[(key,)] is None for key in ("inputs", "nodes", "outputs", "dtype"))
    for path, network in outcomes.items():
        if path[0] == "nodes" and path[-1] in ("name", "layer", "inputs"):
            assert network is None


def test_a_long_chain_and_a_long_cycle_are_done_soon():
    chain = [
        {"name": f"n{i}", "layer": "Activation", "inputs": [f"n{i - 1}"]}
        | {"options": {"function": "relu"}}
        for i in range(3000)
    ]
    whole = {"inputs": {"n-1": [2]}, "nodes": chain[::-1], "outputs": ["n2999"], "dtype": "float32"}
    network = try_to_build(whole)
    assert [node.name for node in network.nodes[:3]] == ["n0", "n1", "n2"]
    cycle = replaced(whole, ("nodes", 2999, "inputs"), ["n2999"])
    assert try_to_build(cycle) is None
    assert try_to_build(replaced(whole, ("outputs",), ["n" * 10**6])) is None
