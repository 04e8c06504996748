"""Traces hold the numbers of the blocks, all of them, as plain data."""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import stridewise as sw
from stridewise.errors import OptionError, ShapeError
from stridewise.layers import Activation, Add, Conv2D, Dense, Flatten, MaxPool
from stridewise.networks import ZOO, Graph, Sequential, lenet5
from stridewise.networks.zoo import zoo_network
from stridewise.traces import SCHEMA, record_conv2d, record_network, record_pool2d

pytestmark = pytest.mark.usefixtures("engine")

SPECS = [
    {},
    {"stride": (2, 3), "padding": ((0, 2), (1, 0))},
    {"padding": "same", "dilation": (2, 1)},
    {"groups": 2, "stride": 2, "padding": 1},
]


@pytest.mark.parametrize("options", SPECS)
def test_a_convolution_as_the_blocks_compute_it(rng, options):
    x, bias = rng.standard_normal((1, 7, 8, 4)), rng.standard_normal(6)
    weight = rng.standard_normal((3, 2, 4 // options.get("groups", 1), 6))
    y = sw.conv2d(x, weight, bias, **options)
    grad_y = rng.standard_normal(y.shape)
    trace = record_conv2d(x, weight, bias, grad_y=grad_y, **options)
    wanted = sw.conv2d_backward(grad_y, x, weight, **options)
    for name, array in {
        "y/x": x[0],
        "y/conv2d": y[0],
        "grad/conv2d": grad_y[0],
        "grad/x": wanted.x[0],
        "weight/conv2d/weight": weight,
        "weight/conv2d/bias": bias,
        "grad_weight/conv2d/weight": wanted.weight,
        "grad_weight/conv2d/bias": wanted.bias,
    }.items():
        assert_array_equal(trace.arrays[name], array)
    assert len(trace.arrays) == 8


@pytest.mark.parametrize("kind", ["max", "average"])
def test_a_pooling_as_the_blocks_compute_it(rng, kind):
    x = rng.standard_normal((1, 6, 7, 3)).astype(np.float32)
    options = {"stride": 2, "padding": 1, "ceil_mode": True}
    trace = record_pool2d(x, (3, 2), kind=kind, **options)
    forward, backward = {
        "max": (sw.max_pool2d, sw.max_pool2d_backward),
        "average": (sw.avg_pool2d, sw.avg_pool2d_backward),
    }[kind]
    y = forward(x, (3, 2), **options)
    (node,) = trace.document["nodes"]
    assert node["window"]["type"] == kind
    assert_array_equal(trace.arrays[f"y/{node['name']}"], y[0])
    assert_array_equal(trace.arrays["grad/x"], backward(np.ones_like(y), x, (3, 2), **options)[0])
    assert trace.arrays["grad/x"].dtype == np.float32


@pytest.mark.parametrize("name", ["digits_convnet", "lenet5"])
def test_a_classifier(rng, name):
    network = zoo_network(name, (16, 16, 1), 4)
    x = rng.standard_normal((1, 16, 16, 1)).astype(np.float32)
    trace = record_network(network, x, title="demo", element=2, labels="abcd")
    document = json.loads(json.dumps(trace.document))
    assert document["schema"] == SCHEMA == 1
    assert (document["title"], document["labels"]) == ("demo", ["a", "b", "c", "d"])
    assert [node["name"] for node in document["nodes"]] == [node.name for node in network.nodes]
    for node, y, _ in network.steps(x):
        assert document["tensors"][node.name] == list(y.shape[1:])
        assert_array_equal(trace.arrays[f"y/{node.name}"], y[0])
        assert trace.arrays[f"grad/{node.name}"].shape == y.shape[1:]
    logits, cache = network.forward(x)
    wanted = network.backward(sw.cross_entropy_backward(1.0, logits, np.array([2])), cache)
    assert document["loss"]["kind"] == "cross-entropy"
    assert_allclose(document["loss"]["value"], sw.cross_entropy(logits, np.array([2])))
    for parameter, gradient in wanted.parameters.items():
        assert_array_equal(trace.arrays[f"grad_weight/{parameter}"], gradient)
    assert_array_equal(trace.arrays["grad/input"], wanted.inputs["input"][0])


def test_every_network_of_the_zoo_has_windows_and_gradients():
    with sw.use_engine("numpy"):
        for name in ZOO:
            network = zoo_network(name, (32, 32, 3), 5)
            trace = record_network(network, np.ones((1, 32, 32, 3)))
            for node in trace.document["nodes"]:
                has_kernel = node["kind"] in ("Conv2D", "MaxPool", "GlobalAveragePool")
                assert (node["window"] is not None) == has_kernel
                assert f"grad/{node['name']}" in trace.arrays


def test_probabilities_of_a_softmax_and_the_largest_by_default(rng):
    layers = [Flatten(), Dense(3)]
    x = rng.standard_normal((1, 2, 2, 1))
    logits = Sequential(layers, (2, 2, 1), dtype=np.float64)
    both = Sequential([*layers, Activation("softmax")], (2, 2, 1), dtype=np.float64)
    one, other = record_network(logits, x), record_network(both, x)
    assert other.document["loss"]["kind"] == "cross-entropy of probabilities"
    assert one.document["loss"]["element"] == int(np.argmax(one.arrays["y/dense_1"]))
    assert_allclose(one.document["loss"]["value"], other.document["loss"]["value"])
    assert_allclose(one.arrays["grad/input"], other.arrays["grad/input"], atol=1e-12)


def test_of_an_image_the_element_itself(rng):
    graph = Graph(
        {"a": (4, 5, 2), "b": (4, 5, 2)},
        [("sum", Add(), ("a", "b")), ("pool", MaxPool(2), ("sum",)), ("c", Conv2D(1, 1), ("b",))],
        ["pool", "c"],
        dtype=np.float64,
    )
    a, b = rng.standard_normal((2, 1, 4, 5, 2))
    trace = record_network(graph, a, b, element=1)
    assert trace.document["loss"] == {
        "output": "pool",
        "element": 1,
        "of": "loss",
        "kind": "element",
        "value": trace.arrays["y/pool"].flat[1],
    }
    assert trace.arrays["grad/a"].sum() == 1
    assert_array_equal(trace.arrays["grad_weight/c/weight"], 0)
    assert_array_equal(trace.arrays["grad/b"], trace.arrays["grad/a"])


@pytest.mark.parametrize("element", [4, 10**9, -1])
def test_an_element_that_is_not_there(element):
    network = zoo_network("digits_convnet", (8, 8, 1), 4)
    with pytest.raises(OptionError, match="element"):
        record_network(network, np.zeros((1, 8, 8, 1)), element=element)


def test_more_than_one_example():
    network = zoo_network("digits_convnet", (8, 8, 1), 4)
    with pytest.raises(ShapeError, match=r"needed: +input.shape=\(1, 8, 8, 1\), one example"):
        record_network(network, np.zeros((2, 8, 8, 1)))


def test_arrays_that_are_no_image(rng):
    with pytest.raises(ShapeError, match="`x` has the wrong number of axes"):
        record_conv2d(np.ones((4, 4, 1)), np.ones((2, 2, 1, 1)))
    with pytest.raises(ShapeError, match="one image: a page shows one"):
        record_pool2d(np.ones((2, 4, 4, 1)), 2)
    with pytest.raises(ShapeError, match="`weight` has the wrong number of axes"):
        record_conv2d(np.ones((1, 4, 4, 1)), np.ones((2, 2, 1)))
    with pytest.raises(ShapeError, match="`grad_y` has the wrong shape"):
        record_pool2d(np.ones((1, 4, 4, 1)), 2, grad_y=np.ones((1, 3, 2, 1)))
    with pytest.raises(OptionError, match="no pooling of that name"):
        record_pool2d(np.ones((1, 4, 4, 1)), 2, kind="median")


def test_a_score_sends_one_back_whatever_the_loss(rng):
    x = rng.standard_normal((1, 28, 28, 1), np.float32)
    trace = record_network(lenet5(), x, element=3, of="score")
    output = trace.document["outputs"][0]
    assert_array_equal(trace.arrays[f"grad/{output}"], np.eye(10)[3])
    assert trace.document["loss"]["kind"] == "element"
    assert trace.document["loss"]["value"] == trace.arrays[f"y/{output}"][3]
    with pytest.raises(OptionError, match="starts from something else"):
        record_network(lenet5(), x, of="class")


def test_scales_are_the_largest_finite_magnitudes():
    x = np.array([[1.0, -np.inf, -3.0], [np.nan, 2.0, 0.0]])[None, ..., None]
    trace = record_pool2d(x, 1, grad_y=np.zeros(x.shape))
    assert trace.document["scales"] == {
        "y/x": 3.0,
        "y/max_pool2d": 3.0,
        "grad/x": 1.0,
        "grad/max_pool2d": 1.0,
    }


def test_a_loss_that_is_not_finite_has_no_value():
    network = Sequential([Flatten()], (2,))
    with np.errstate(invalid="ignore"):
        trace = record_network(network, np.array([[np.inf, 1.0]]))
    assert trace.document["loss"]["value"] is None
    json.dumps(trace.document, allow_nan=False)
