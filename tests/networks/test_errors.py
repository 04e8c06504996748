"""Networks that cannot be, and inputs that do not fit: which name is to blame."""

import numpy as np
import pytest

from stridewise.errors import (
    DataError,
    DivergedError,
    NetworkError,
    OptionError,
    OptionTypeError,
    ShapeError,
)
from stridewise.layers import Activation, Add, Conv2D, Dense, Flatten, MaxPool
from stridewise.networks import Graph, Sequential


def relu():
    return Activation("relu")


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ([("a", relu(), ("a",))], "the nodes form a cycle(.|\n)*a → a"),
        (
            [("a", Add(), ("x", "c")), ("b", relu(), ("a",)), ("c", relu(), ("b",))],
            r"the nodes form a cycle(.|\n)*received: (a → b → c → a|b → c → a → b|c → a → b → c)",
        ),
        ([("a", relu(), ("b",)), ("b", relu(), ("a",)), ("y", relu(), ("x",))], "form a cycle"),
    ],
)
def test_cycles(nodes, message):
    with pytest.raises(NetworkError, match=message):
        Graph({"x": (3,)}, nodes, [nodes[-1][0]])


def test_a_dangling_input_names_the_node_and_the_nearest_tensor():
    nodes = [("conv_one", relu(), ("image",)), ("end", relu(), ("conv_on",))]
    with pytest.raises(NetworkError, match="node 'end' names a tensor that does not") as caught:
        Graph({"image": (3,)}, nodes, ["end"])
    assert "received: 'conv_on'" in str(caught.value)
    assert "try:      'conv_one'" in str(caught.value)
    with pytest.raises(NetworkError, match="try:      'image'"):
        Graph({"image": (3,)}, [("conv_one", relu(), ("imag",))], ["conv_one"])


def test_outputs_that_do_not_exist():
    with pytest.raises(NetworkError, match=r"outputs names a tensor(.|\n)*try: +'dense'"):
        Graph({"x": (3,)}, [("dense", Dense(2), ("x",))], ["dens"])
    with pytest.raises(NetworkError, match=r"outputs names a tensor(.|\n)*received: 'none'"):
        Graph({"x": (3,)}, [("dense", Dense(2), ("x",))], [])


@pytest.mark.parametrize(
    ("nodes", "twice"),
    [
        ([("a", relu(), ("x",)), ("a", relu(), ("x",))], "'a'"),
        ([("x", relu(), ("x",))], "'x'"),
        ([("b", relu(), ("x",)), ("a", relu(), ("x",)), ("b", relu(), ("a",))], "'b'"),
    ],
)
def test_names_that_are_not_unique(nodes, twice):
    with pytest.raises(NetworkError, match="the names are not unique") as caught:
        Graph({"x": (3,)}, nodes, ["x"])
    assert f"received: {twice}" in str(caught.value)


def test_no_inputs_and_no_layers():
    with pytest.raises(NetworkError, match="there is no input"):
        Graph({}, [], [])
    with pytest.raises(NetworkError, match="Sequential: there are no layers"):
        Sequential([], (3,))


@pytest.mark.parametrize(
    ("layers", "kind", "message"),
    [
        (
            [Conv2D(4, 3), MaxPool(2), Conv2D(4, (5, 2))],
            ShapeError,
            r"node 'conv2d_2', Conv2D: `kernel_size` does not fit(.|\n)*padded size=\(3, 2\)",
        ),
        ([Conv2D(4, 3), Dense(3)], NetworkError, "node 'dense_1', Dense: the layer cannot take"),
        ([Flatten(), Conv2D(4, 3)], NetworkError, "node 'conv2d_1', Conv2D: the layer cannot"),
        ([Conv2D(3, 3, groups=3)], NetworkError, "node 'conv2d_1', Conv2D: `groups` does not"),
        ([MaxPool(2), MaxPool(0)], OptionError, "node 'maxpool_2', MaxPool: `kernel_size`"),
        ([Conv2D(3, 2, stride="2")], OptionTypeError, "node 'conv2d_1', Conv2D: `stride`"),
    ],
)
def test_a_layer_that_does_not_fit_names_its_node(layers, kind, message):
    with pytest.raises(kind, match=message):
        Sequential(layers, (8, 7, 2))


def test_branches_that_do_not_fit_together():
    nodes = [("a", Dense(4), ("x",)), ("both", Add(), ("a", "x"))]
    with pytest.raises(NetworkError, match=r"node 'both', Add(.|\n)*shapes \(4,\), \(3,\)"):
        Graph({"x": (3,)}, nodes, ["both"])


@pytest.mark.parametrize("call", ["forward", "predict", "steps"])
@pytest.mark.parametrize(
    ("inputs", "kind", "message"),
    [
        ([np.ones((2, 4, 5, 3))], ShapeError, r"number of inputs(.|\n)*2: image, vector"),
        ([np.ones((2, 6))] * 3, ShapeError, "the number of inputs is wrong(.|\n)*received: 3"),
        ([], ShapeError, "the number of inputs is wrong(.|\n)*received: 0"),
        ([np.ones((4, 5, 3)), np.ones((1, 6))], ShapeError, r"image\[None\], for one example"),
        ([np.ones((2, 3, 4, 5)), np.ones((2, 6))], ShapeError, r"needed:   \(N, 4, 5, 3\)"),
        ([np.ones((2, 4, 5, 3)), np.ones((2, 7))], ShapeError, "the input `vector` has the wrong"),
        ([np.ones((2, 4, 5, 3)), 1.0], ShapeError, "the input `vector` has the wrong shape"),
        ([np.ones((2, 4, 5, 3), complex), np.ones((2, 6))], TypeError, "`image` does not hold"),
        ([[[1.0], [2.0, 3.0]], np.ones((2, 6))], ShapeError, "`image` is not an array"),
    ],
)
def test_inputs_that_do_not_fit(call, inputs, kind, message):
    nodes = [("flat", Flatten(), ("image",)), ("dense", Dense(3), ("vector",))]
    network = Graph({"image": (4, 5, 3), "vector": (6,)}, nodes, ["flat", "dense"])
    with pytest.raises(kind, match=message):
        list(getattr(network, call)(*inputs))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({}, r"`dense_1/weight` does not fit(.|\n)*shape \(4, 3\)(.|\n)*received: none"),
        ({"weight": (3, 4), "bias": (3,)}, r"`dense_1/weight`(.|\n)*received: shape \(3, 4\)"),
        ({"weight": (4, 3), "bias": (1,)}, r"`dense_1/bias`(.|\n)*received: shape \(1,\)"),
        ({"weight": (4, 3)}, r"`dense_1/bias` does not fit(.|\n)*received: none"),
    ],
)
def test_arrays_that_do_not_fit(arrays, message):
    given = {f"dense_1/{name}": np.zeros(shape) for name, shape in arrays.items()}
    with pytest.raises(NetworkError, match=message):
        Graph({"x": (4,)}, [("dense_1", Dense(3), ("x",))], ["dense_1"], arrays=given)


@pytest.mark.parametrize(
    ("shape", "kind", "message"),
    [
        ((), NetworkError, "'input' has no axes"),
        ((0, 4), OptionError, "is out of range"),
        ((-1, 4), OptionError, "is out of range"),
        ((2**31, 4), OptionError, "is out of range"),
        ((1.5, 4), OptionTypeError, "is not an integer"),
        ((True, 4), OptionTypeError, "is not an integer"),
    ],
)
def test_shapes_of_inputs_that_make_no_sense(shape, kind, message):
    with pytest.raises(kind, match="network: .*" + message):
        Sequential([relu()], shape)


def failing(when, error):
    """A network whose second node fails when it runs."""

    class Failing(Activation):
        def forward(self, *inputs, training=False):
            if when == "forward":
                raise error
            return super().forward(*inputs, training=training)

        def backward(self, grad_y, cache):
            raise error

    return Graph({"x": (3,)}, [("a", relu(), ("x",)), ("b", Failing("relu"), ("a",))], ["b"])


@pytest.mark.parametrize("when", ["forward", "backward"])
@pytest.mark.parametrize("kind", [ShapeError, OptionTypeError, DataError, ValueError])
def test_an_error_of_a_run_names_the_node(kind, when):
    network = failing(when, kind("Activation: no.\n  needed: yes"))
    with pytest.raises(kind, match=r"^node 'b', Activation: no\.\n  needed: yes$") as caught:
        network.backward(np.ones((1, 3)), network.forward(np.ones((1, 3)))[1])
    assert type(caught.value) is kind


@pytest.mark.parametrize("kind", [KeyboardInterrupt, MemoryError])
def test_what_is_not_the_layers_fault_goes_by_as_it_is(kind):
    with pytest.raises(kind, match=r"^stop$"):
        failing("forward", kind("stop")).predict(np.ones((1, 3)))


def test_an_error_between_two_steps_is_not_a_nodes():
    steps = failing("never", None).steps(np.ones((1, 3)))
    next(steps)
    with pytest.raises(DivergedError, match=r"^no$"):
        steps.throw(DivergedError("no"))
