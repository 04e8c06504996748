"""Inference: what is fused, what is not, and that the numbers stay the same."""

import gc
import weakref

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.errors import OptionError, ShapeError
from stridewise.layers import Activation, Add, BatchNorm, Conv2D, Dense, Layer, LayerGradients
from stridewise.layers.operation import Operation
from stridewise.networks import Graph, Sequential
from stridewise.networks.fusion import fused

pytestmark = pytest.mark.usefixtures("engine")

SHAPE = (6, 5, 4)
SHORTCUT = [
    ("conv", Conv2D(4, 3, padding="same"), ("x",)),
    ("norm", BatchNorm(), ("conv",)),
    ("sum", Add(), ("norm", "x")),
    ("relu", Activation("relu"), ("sum",)),
    ("last", Conv2D(3, 1), ("relu",)),
]


def steps_of(graph, frozen=False):
    """What is computed at once, by the names of the tensors that come out."""
    return [step.name for step in fused(graph.nodes, graph.outputs, graph.shapes, frozen=frozen)]


def one_by_one(graph, *inputs):
    """The outputs, each node by itself."""
    return graph.forward(*inputs)[0]


def moved(graph, rng):
    """Statistics and scales as after a training."""
    for arrays in (graph.parameters, graph.state):
        for array in arrays.values():
            array += rng.uniform(0.1, 0.5, array.shape)
    return graph


def test_a_convolution_takes_what_follows_it():
    graph = Graph({"x": SHAPE}, SHORTCUT, ["last"])
    assert steps_of(graph) == ["conv", "norm", "sum", "relu", "last"]
    assert steps_of(graph, frozen=True) == ["relu", "last"]
    without_norm = [SHORTCUT[0], ("sum", Add(), ("x", "conv")), *SHORTCUT[3:]]
    assert steps_of(Graph({"x": SHAPE}, without_norm, ["last"])) == ["relu", "last"]


@pytest.mark.parametrize(
    ("nodes", "outputs", "steps"),
    [
        # Somebody else wants what is in between.
        ([("a", Conv2D(4, 1), ("x",)), ("b", Activation("relu"), ("a",))], ["b", "a"], ["a", "b"]),
        (
            [
                ("a", Conv2D(4, 1), ("x",)),
                ("b", Activation("relu"), ("a",)),
                ("c", Add(), ("a", "b")),
            ],
            ["c"],
            ["a", "b", "c"],
        ),
        # The same tensor twice, three tensors, another shape: no residual.
        ([("a", Conv2D(4, 1), ("x",)), ("b", Add(), ("a", "a"))], ["b"], ["a", "b"]),
        ([("a", Conv2D(4, 1), ("x",)), ("b", Add(), ("a", "x", "x"))], ["b"], ["a", "b"]),
        (
            [("a", Conv2D(1, 1), ("x",)), ("b", Operation("add"), ("a", "x"))],
            ["b"],
            ["a", "b"],
        ),
        # Not after the bounds; a second sum is a step of its own.
        (
            [
                ("a", Conv2D(4, 1), ("x",)),
                ("b", Activation("relu"), ("a",)),
                ("c", Add(), ("b", "x")),
            ],
            ["c"],
            ["b", "c"],
        ),
        (
            [("a", Conv2D(4, 1), ("x",)), ("b", Add(), ("a", "x")), ("c", Add(), ("b", "x"))],
            ["c"],
            ["b", "c"],
        ),
        # Two convolutions meet: one of them takes the sum, after the other is done.
        (
            [
                ("a", Conv2D(4, 1), ("x",)),
                ("b", Conv2D(4, 1), ("x",)),
                ("c", Operation("add"), ("a", "b")),
                ("d", Activation("clip", {"low": 0, "high": 6}), ("c",)),
            ],
            ["d"],
            ["b", "d"],
        ),
        # Other activations stay alone.
        ([("a", Conv2D(4, 1), ("x",)), ("b", Activation("tanh"), ("a",))], ["b"], ["a", "b"]),
    ],
)
def test_what_is_fused(rng, nodes, outputs, steps):
    graph = moved(Graph({"x": SHAPE}, nodes, outputs), rng)
    assert steps_of(graph) == steps
    x = rng.standard_normal((3, *SHAPE))
    wanted = one_by_one(graph, x)
    for y in (graph.predict(x), graph.predict(x, batch_size=2), graph.frozen().predict(x)):
        for one, other in zip(np.atleast_1d(y), np.atleast_1d(wanted), strict=True):
            assert_allclose(one, other, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("settings", [{}, {"low": -0.5}, {"high": 0.25}, {"low": 0, "high": 6}])
def test_bounds_of_a_clip(rng, settings):
    layers = [Conv2D(4, 3), Activation("clip", settings)]
    graph = Sequential(layers, SHAPE)
    assert steps_of(graph) == ["activation_1"]
    x = rng.standard_normal((2, *SHAPE))
    assert_array_equal(graph.predict(x), one_by_one(graph, x))


def test_open_sizes_have_no_residual_but_bounds(rng):
    nodes = [SHORTCUT[0], ("sum", Add(), ("conv", "x")), *SHORTCUT[3:]]
    graph = Graph({"x": (None, None, 4)}, nodes, ["last"])
    assert steps_of(graph) == ["conv", "sum", "relu", "last"]
    x = rng.standard_normal((2, 7, 3, 4))
    assert_allclose(graph.predict(x), one_by_one(graph, x), rtol=1e-5, atol=1e-6)


def test_training_later_changes_the_network_but_not_what_was_frozen(rng):
    graph = moved(Graph({"x": SHAPE}, SHORTCUT, ["last"]), rng)
    x = rng.standard_normal((2, *SHAPE))
    frozen, before = graph.frozen(), graph.predict(x)
    first = frozen.predict(x)
    for array in (*graph.parameters.values(), *graph.state.values()):
        array *= 2
    assert np.abs(graph.predict(x) - before).max() > 0.1
    assert_array_equal(frozen.predict(x), first)
    assert_allclose(first, before, rtol=1e-4, atol=1e-4)


def test_a_layer_in_two_places_is_copied_once(rng):
    shared = Conv2D(4, 1)
    nodes = [("a", shared, ("x",)), ("b", Activation("relu"), ("a",)), ("c", shared, ("b",))]
    graph = moved(Graph({"x": SHAPE}, nodes, ["c"]), rng)
    x = rng.standard_normal((2, *SHAPE))
    assert_allclose(graph.frozen().predict(x), one_by_one(graph, x), rtol=1e-5, atol=1e-6)


def test_a_normalisation_that_cannot_be_folded_stays(rng):
    graph = Sequential([Conv2D(3, 1), BatchNorm(epsilon=0.0)], SHAPE)
    graph.state["batchnorm_1/variance"][:] = 0
    graph.parameters["conv2d_1/weight"][:] = 0
    graph.parameters["conv2d_1/bias"][:] = [1, 0, -1]
    assert steps_of(graph, frozen=True) == ["conv2d_1", "batchnorm_1"]
    x = rng.standard_normal((1, *SHAPE))
    assert_array_equal(graph.frozen().predict(x), one_by_one(graph, x))


def test_frozen_inputs_and_outputs():
    graph = Graph({"x": (3,)}, [("a", Dense(2), ("x",)), ("b", Dense(1), ("a",))], ["b", "a", "x"])
    frozen = graph.frozen()
    assert (frozen.inputs, frozen.outputs) == ({"x": (3,)}, ("b", "a", "x"))
    b, a, x = frozen.predict(np.ones((4, 3)), batch_size=3)
    assert (b.shape, a.shape, x.shape) == ((4, 1), (4, 2), (4, 3))
    with pytest.raises(ShapeError, match="input `x` has the wrong shape"):
        frozen.predict(np.ones((4, 2)))
    with pytest.raises(OptionError, match="batch_size"):
        frozen.predict(np.ones((4, 3)), batch_size=0)


def test_an_error_names_the_node(rng):
    graph = Sequential([Conv2D(3, 1), Activation("relu")], SHAPE)
    graph.nodes[0].layer.parameters["bias"] = np.ones(7, np.float32)
    with pytest.raises(ShapeError, match=r"node 'conv2d_1', conv2d: `bias`"):
        graph.predict(np.ones((1, *SHAPE)))


class Watch(Layer):
    """Counts the tensors that are alive when it runs."""

    def __init__(self, alive):
        super().__init__()
        self.alive, self.found = alive, None

    def output_shape(self, *inputs):
        return inputs[0]

    def forward(self, *inputs, training=False):
        gc.collect()
        self.found = sum(reference() is not None for reference in self.alive)
        y = inputs[0] + 1
        self.alive.append(weakref.ref(y))
        return y, None

    def backward(self, grad_y, cache):
        return LayerGradients((grad_y,), {})


def test_tensors_are_let_go_of():
    alive = []
    chain = [Watch(alive) for _ in range(5)]
    Sequential(chain, (1000,)).predict(np.ones((2, 1000), np.float32))
    assert [watch.found for watch in chain] == [0, 1, 1, 1, 1]
