"""Networks whose sizes are known only when they run: None for a size, or for a whole shape."""

import json
import textwrap

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.errors import NetworkError, OptionError, OptionTypeError, ShapeError
from stridewise.layers import (
    Activation,
    Add,
    AveragePool,
    BatchNorm,
    Concatenate,
    Conv2D,
    Dense,
    DepthToSpace,
    Flatten,
    GlobalAveragePool,
    MaxPool,
    Operation,
)
from stridewise.networks import Graph, Sequential, build, describe, layer_facts, summary
from stridewise.testing import numerical_gradient

OPEN = (None, None, 1)


def classifier(shape=OPEN, **options):
    layers = [
        Conv2D(4, 3, padding="same"),
        BatchNorm(),
        Activation("relu"),
        MaxPool(2),
        Conv2D(3, 3),
        GlobalAveragePool(),
        Dense(2),
    ]
    return Sequential(layers, shape, **options)


def images(*shape, seed=1):
    return np.random.default_rng(seed).standard_normal(shape)


# Shapes and summaries.


def test_shapes_are_deduced_as_far_as_they_can_be():
    shapes = list(classifier().shapes.values())
    assert shapes == [
        OPEN,
        *[(None, None, 4)] * 4,
        (None, None, 3),
        (3,),
        (2,),
    ]


def test_one_axis_may_be_open_and_the_other_not():
    network = Sequential([Conv2D(2, 3, stride=2), Conv2D(4, (1, 3))], (None, 11, 3))
    assert list(network.shapes.values()) == [(None, 11, 3), (None, 5, 2), (None, 3, 4)]


def test_a_size_that_any_image_gives_is_known():
    layers = [Operation("reduce_mean", {"axes": [1]}), Operation("flatten")]
    network = Sequential(layers, (None, 5, 3))
    assert list(network.shapes.values()) == [(None, 5, 3), (1, 5, 3), (15,)]


def test_what_is_open_in_any_input_is_open_in_the_sum():
    nodes = [("both", Concatenate(), ("a", "b"))]
    graph = Graph({"a": (None, 4, 1), "b": (None, 4, 2)}, nodes, ["both"])
    assert graph.shapes["both"] == (None, 4, 3)


def test_the_text_says_what_is_open():
    network = Sequential([Conv2D(4, 3), GlobalAveragePool(), Dense(2)], OPEN)
    wanted = """\
    layer                kind               output     parameters  multiply-adds  receptive field
    input                                   ? × ? × 1
    conv2d_1             Conv2D             ? × ? × 4          40              ?            3 × 3
    globalaveragepool_1  GlobalAveragePool  4                   0              0              all
    dense_1              Dense              2                  10              8              all
    total                                                      50              ?"""
    assert network.summary() == textwrap.dedent(wanted)


def test_an_example_fills_in_what_is_open():
    wanted = classifier((12, 9, 1)).summary()
    lines = classifier().summary(images(2, 12, 9, 1)).splitlines()
    assert lines[1].split() == ["input", "?", "×", "?", "×", "1"]
    assert [line.split() for line in lines[2:]] == [
        line.split() for line in wanted.splitlines()[2:]
    ]
    facts = layer_facts(classifier(), images(1, 12, 9, 1))
    assert [fact.shape for fact in facts][-4:] == [(6, 4, 4), (4, 2, 3), (3,), (2,)]
    assert facts[0].multiply_adds == 12 * 9 * 9 * 4


def test_a_whole_shape_that_is_open():
    network = Sequential([Activation("relu"), Operation("flatten")], None)
    assert list(network.shapes.values()) == [None] * 3
    lines = [line.split() for line in summary(network).splitlines()]
    assert lines[1] == ["input", "?"]
    assert lines[2] == ["activation_1", "relu", "?", "0", "?", "all"]
    filled = [line.split() for line in summary(network, images(2, 3, 4)).splitlines()]
    assert filled[3] == ["operation_1", "flatten", "12", "0", "0", "all"]


# Runs.


def test_images_of_different_sizes_are_those_of_networks_of_these_sizes():
    network = classifier(seed=4)
    for height, width in ((8, 8), (13, 6), (9, 20)):
        x = images(3, height, width, 1)
        description = describe(network) | {"inputs": {"input": [height, width, 1]}}
        closed = build(description, {**network.parameters, **network.state})
        assert_array_equal(network.predict(x), closed.predict(x))
        assert_array_equal(network.forward(x)[0], closed.forward(x)[0])


def test_the_parameters_are_those_of_a_network_of_a_known_size():
    closed = classifier((16, 16, 1), seed=3)
    for name, array in classifier(seed=3).parameters.items():
        assert_array_equal(array, closed.parameters[name], strict=True)


def test_batches_of_prediction():
    network = classifier()
    x = images(5, 8, 7, 1)
    assert_allclose(network.predict(x, batch_size=2), network.predict(x), rtol=1e-5, atol=1e-7)
    assert network.predict(x[:0], batch_size=2).shape == (0, 2)


def test_a_step_of_training_goes_downhill():
    network = classifier(dtype=np.float64)
    x, wanted = images(4, 10, 7, 1), images(4, 2, seed=2)
    losses = []
    for _ in range(3):
        y, cache = network.forward(x, training=True)
        losses.append(float(((y - wanted) ** 2).sum()))
        gradients = network.backward(2 * (y - wanted), cache)
        assert set(gradients.parameters) == set(network.parameters)
        for name, gradient in gradients.parameters.items():
            network.parameters[name] -= 0.005 * gradient
    assert losses[0] > losses[1] > losses[2]


# Descriptions.


@pytest.mark.parametrize("shape", [OPEN, (None, 8, 1), (10, 8, 1)])
def test_a_description_makes_the_network_again(shape):
    network = classifier(shape)
    description = json.loads(json.dumps(describe(network)))
    assert description["inputs"] == {"input": list(shape)}
    again = build(description, {**network.parameters, **network.state})
    assert describe(again) == describe(network)
    assert again.shapes == network.shapes
    x = images(2, 10, 8, 1)
    assert_array_equal(again.predict(x), network.predict(x))


def test_a_description_of_a_whole_shape_that_is_open():
    layer = Operation("gather", {}, {"0": [5, 2]}, {})
    network = Graph({"words": None}, [("vectors", layer, ("words",))], ["vectors"])
    description = json.loads(json.dumps(describe(network)))
    assert description["inputs"] == {"words": None}
    again = build(description, network.parameters)
    assert describe(again) == describe(network)
    assert again.predict(np.array([[1, -1, 0]])).shape == (1, 3, 2)


@pytest.mark.parametrize("shape", [["x", 3], [[3], 3], 5, "abc"])
def test_descriptions_of_shapes_that_are_none(shape):
    description = describe(classifier()) | {"inputs": {"input": shape}}
    with pytest.raises(NetworkError, match="does not describe a network"):
        build(description)


@pytest.mark.parametrize("kind", ["Layer", "LayerGradients", "FUNCTIONS", "require_trailing"])
def test_names_that_are_no_layers(kind):
    node = {"name": "a", "layer": kind, "inputs": ["x"], "options": {}}
    description = {"inputs": {"x": [3]}, "nodes": [node], "outputs": ["a"], "dtype": "float32"}
    with pytest.raises(NetworkError, match="no layer of that name"):
        build(description)


# Errors.


@pytest.mark.parametrize("shape", [OPEN, (None, 8, 1), (8, None, 1)])
def test_dense_after_flatten_says_what_to_do(shape):
    with pytest.raises(
        NetworkError,
        match=r"parameters of 'dense_1' depend on a size(.|\n)*GlobalAveragePool\(\)",
    ):
        Sequential([Conv2D(2, 3), Flatten(), Dense(4)], shape)


def test_channels_that_are_open():
    for shape in [(8, 8, None), (None, None, None)]:
        with pytest.raises(NetworkError, match=r"'conv2d_1' depend on a size(.|\n)*None") as caught:
            Sequential([Conv2D(2, 3)], shape)
        assert "try:      the number of channels" in str(caught.value)
    with pytest.raises(NetworkError, match=r"'conv2d_1' depend on a size"):
        Sequential([Conv2D(2, 3)], None)


def test_channels_that_do_not_fit_are_refused_before_anything_runs():
    with pytest.raises(NetworkError, match="'conv2d_1'"):
        Sequential([Conv2D(4, 3, groups=2)], (None, None, 3))
    arrays = classifier((None, None, 2)).parameters
    with pytest.raises(NetworkError, match=r"conv2d_1/weight` does not fit(.|\n)*\(3, 3, 1, 4\)"):
        build(describe(classifier()), arrays)
    with pytest.raises(ShapeError, match=r"needed:   \(N, any, any, 1\)(.|\n)*\(2, 8, 8, 3\)"):
        classifier().predict(images(2, 8, 8, 3))


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((8, 8, 1), r"input\[None\], for one example"),
        ((2, 8, 8), "channels last"),
        ((2, 8, 8, 1, 1), "channels last"),
        ((), "channels last"),
    ],
)
def test_inputs_that_do_not_fit(shape, words):
    with pytest.raises(ShapeError, match=rf"`input` has the wrong shape(.|\n)*{words}"):
        classifier().forward(np.zeros(shape))


def test_an_image_that_is_too_small_is_refused_when_it_comes():
    with pytest.raises(ShapeError, match=r"conv2d(.|\n)*kernel"):
        classifier().predict(np.zeros((1, 4, 4, 1)))


@pytest.mark.parametrize("call", ["predict", "summary", "forward"])
@pytest.mark.parametrize("layer", [Add(), Concatenate()])
def test_branches_that_do_not_meet_again_name_the_node(layer, call):
    """Five rows are halved to two, and doubled to four."""
    nodes = [
        ("half", MaxPool(2), ("x",)),
        ("four", Concatenate(), ("half",) * 4),
        ("again", DepthToSpace(2), ("four",)),
        ("both", layer, ("x", "again")),
    ]
    graph = Graph({"x": OPEN}, nodes, ["both"])
    with pytest.raises(ShapeError, match=r"^node 'both', .*do not fit together") as caught:
        getattr(graph, call)(images(2, 5, 4, 1))
    assert "shapes (2, 5, 4, 1), (2, 4, 4, 1)" in str(caught.value)
    assert "sides that are a multiple of the network's total stride" in str(caught.value)
    assert graph.predict(images(2, 6, 4, 1)).shape[:3] == (2, 6, 4)


@pytest.mark.parametrize(
    ("shape", "error", "hint"),
    [
        ((-1, -1, 1), OptionError, "(None, None, 1)"),
        (("?", None, 1), OptionTypeError, "(None, None, 1)"),
        ((None, 6.5, 3), OptionTypeError, "(None, None, 3)"),
        ((8, 6, -1), OptionError, "(8, 6, 1)"),
    ],
)
def test_a_size_that_is_none_asks_for_none(shape, error, hint):
    with pytest.raises(error, match=r"`input_shape` of 'input'(.|\n)*None for what") as caught:
        Sequential([Conv2D(2, 3)], shape)
    assert f"received: {shape!r}\n  try:      {hint}" in str(caught.value)


@pytest.mark.parametrize("shape", [(), 3, "abc", (None, 0), (None, -1), (None, 2.5)])
def test_shapes_that_are_none(shape):
    with pytest.raises((ValueError, TypeError), match=r"has no axes|`input_shape`"):
        Sequential([Activation("relu")], shape)


def test_a_gradient_that_has_not_the_shape_of_an_open_output():
    network = Sequential([AveragePool(2)], (None, 4, 1))
    _, cache = network.forward(np.zeros((1, 6, 4, 1)))
    assert network.backward(np.zeros((1, 3, 2, 1)), cache).inputs["input"].shape == (1, 6, 4, 1)
    with pytest.raises(ShapeError, match=r"`grad_y` has not(.|\n)*\(N, any, 2, 1\)"):
        network.backward(np.zeros((1, 3, 3, 1)), cache)


# Several inputs, one of them taken as it comes.


def picking():
    """Rows of features, picked by indices that are no batch and no floats."""
    nodes = [
        ("scores", Dense(3), ("x",)),
        ("picked", Operation("gather"), ("scores", "which")),
    ]
    return Graph({"x": (4,), "which": None}, nodes, ["picked"], dtype=np.float64)


def test_an_input_that_is_taken_as_it_comes_keeps_its_integers():
    seen = []

    class Spy(Add):
        def forward(self, *inputs, training=False):
            seen.extend(inputs)
            return super().forward(*inputs, training=training)

    graph = Graph({"x": None, "y": (2,)}, [("z", Spy(), ("x", "x"))], ["z"])
    assert graph.predict(np.array([[7]]), np.ones((3, 2))).dtype == np.int64
    assert [array.dtype for array in seen] == ["int64", "int64"]
    assert_array_equal(graph.predict(np.int8(5), np.ones((3, 2))), 10)


def test_its_length_is_no_batch():
    graph, x = picking(), images(5, 4)
    y = graph.predict(x, np.array([4, 0]), batch_size=1)
    assert_array_equal(y, (x @ graph.parameters["scores/weight"])[[4, 0]])


def test_gradients_past_an_input_that_has_none():
    graph, x, which = picking(), images(5, 4), np.array([3, 3, 0])
    _, cache = graph.forward(x, which)
    grad_y = images(3, 3, seed=5)
    gradients = graph.backward(grad_y, cache)
    assert set(gradients.inputs) == {"x"}
    wanted = numerical_gradient(lambda x: graph.forward(x, which)[0], x, grad_y)
    assert_allclose(gradients.inputs["x"], wanted, rtol=1e-6, atol=1e-8)


def test_two_batches_that_differ_beside_an_input_that_is_none():
    nodes = [("sum", Add(), ("a", "b"))]
    graph = Graph({"a": (3,), "b": (3,), "c": None}, nodes, ["sum"])
    with pytest.raises(ShapeError, match="different numbers of examples"):
        graph.predict(np.ones((2, 3)), np.ones((3, 3)), np.ones(7))


# Operations among layers.


def mixed(shape):
    """A convolution, its channels weighed by parameters, a mean, and a product of matrices."""
    nodes = [
        ("conv", Conv2D(3, 2), ("x",)),
        ("weighed", Operation("multiply", {}, {"1": [3]}), ("conv",)),
        ("shifted", Operation("add", {}, {}, {"1": ["float64", [0.5]]}), ("weighed",)),
        ("bounded", Operation("clip", {"low": 0.0}), ("shifted",)),
        ("mean", Operation("reduce_mean", {"axes": [1, 2], "keepdims": False}), ("bounded",)),
        ("scores", Operation("gemm", {}, {"1": [3, 2], "2": [2]}), ("mean",)),
    ]
    graph = Graph({"x": shape}, nodes, ["scores"], dtype=np.float64)
    random = np.random.default_rng(6)
    for array in graph.parameters.values():
        array[...] = random.standard_normal(array.shape)
    return graph


@pytest.mark.parametrize("shape", [(5, 4, 2), (None, None, 2)])
def test_operations_in_a_network_have_the_gradients_of_differences(shape):
    graph, x = mixed(shape), images(2, 5, 4, 2)
    assert graph.shapes["scores"] == (2,)
    assert set(graph.parameters) == {
        "conv/weight",
        "conv/bias",
        "weighed/argument_1",
        "scores/argument_1",
        "scores/argument_2",
    }
    _, cache = graph.forward(x, training=True)
    grad_y = images(2, 2, seed=7)
    gradients = graph.backward(grad_y, cache)
    wanted = numerical_gradient(lambda x: graph.forward(x)[0], x, grad_y)
    assert_allclose(gradients.inputs["x"], wanted, rtol=1e-5, atol=1e-7)
    for name, array in graph.parameters.items():

        def moved(value, array=array):
            kept = array.copy()
            array[...] = value
            y = graph.forward(x)[0]
            array[...] = kept
            return y

        wanted = numerical_gradient(moved, array, grad_y)
        assert_allclose(gradients.parameters[name], wanted, rtol=1e-5, atol=1e-7)


def test_parameters_of_an_operation_on_an_input_that_is_taken_as_it_comes():
    layer = Operation("multiply", {}, {"1": [3]})
    graph = Graph({"x": None}, [("y", layer, ("x",))], ["y"], dtype=np.float64)
    assert_array_equal(graph.parameters["y/argument_1"], np.zeros(3), strict=True)
    graph.parameters["y/argument_1"][:] = [1, 2, 3]
    y, cache = graph.forward(np.ones((4, 3)))
    assert_array_equal(y, [[1, 2, 3]] * 4)
    gradients = graph.backward(np.ones((4, 3)), cache)
    assert_array_equal(gradients.parameters["y/argument_1"], [4, 4, 4])


def test_a_weight_that_the_network_computes():
    """One image is the kernel that slides over the other."""
    nodes = [
        ("turned", Operation("reshape", {"shape": [2, 2, 1, 1]}), ("kernel",)),
        ("y", Operation("conv2d", {"stride": 2}), ("x", "turned")),
    ]
    graph = Graph({"x": (None, None, 1), "kernel": None}, nodes, ["y"], dtype=np.float64)
    x, kernel = images(2, 4, 6, 1), images(4)
    y, cache = graph.forward(x, kernel)
    assert graph.shapes["y"] is None
    blocks = x.reshape(2, 2, 2, 3, 2)
    assert_allclose(y[..., 0], np.einsum("nrikc,ic->nrk", blocks, kernel.reshape(2, 2)))
    grad_y = images(*y.shape, seed=3)
    gradients = graph.backward(grad_y, cache)
    wanted = numerical_gradient(lambda k: graph.forward(x, k)[0], kernel, grad_y)
    assert_allclose(gradients.inputs["kernel"], wanted, rtol=1e-6, atol=1e-8)
