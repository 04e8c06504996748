"""Which inputs and outputs have channels last: all of four and five axes, some of three."""

import numpy as np
import pytest
from onnx import TensorProto, helper

from stridewise.exchange.onnx import StridewiseBackend, load


def model(nodes, **inputs):
    given = [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in inputs.items()]
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    return helper.make_model(helper.make_graph(nodes, "g", given, [y]))


@pytest.mark.parametrize(
    "operator", ["Relu", "Tanh", "Sigmoid", "LeakyRelu", "Exp", "Floor", "Ceil", "Identity"]
)
@pytest.mark.parametrize("windowed", [True, False])
def test_an_image_has_channels_last_whatever_comes_first(operator, windowed, rng):
    nodes = [helper.make_node(operator, ["x"], ["a" if windowed else "y"])]
    if windowed:
        nodes.append(helper.make_node("MaxPool", ["a"], ["y"], kernel_shape=[2, 2]))
    network = load(model(nodes, x=["N", 3, None, None]))
    assert network.inputs == {"x": (None, None, 3)}
    assert network.predict(rng.standard_normal((2, 6, 5, 3))).shape[-1] == 3


def test_two_images_of_different_channels(rng):
    nodes = [helper.make_node("Mul", ["x", "mask"], ["y"])]
    made = model(nodes, x=[1, 3, 4, 5], mask=[1, 1, 4, 5])
    network = load(made)
    assert network.inputs == {"x": (4, 5, 3), "mask": (4, 5, 1)}
    x, mask = rng.standard_normal((1, 4, 5, 3)), rng.standard_normal((1, 4, 5, 1))
    np.testing.assert_allclose(network.predict(x, mask), x * mask, rtol=1e-6)
    first = [np.moveaxis(a, -1, 1).astype(np.float32) for a in (x, mask)]
    (y,) = StridewiseBackend.prepare(made).run(first)
    np.testing.assert_allclose(y, first[0] * first[1])


def test_three_axes_are_images_only_under_a_window(rng):
    tokens = load(model([helper.make_node("Relu", ["x"], ["y"])], x=["N", 7, 16]))
    assert tokens.inputs == {"x": (7, 16)}
    pool = helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[2])
    assert load(model([pool], x=["N", 7, 16])).inputs == {"x": (16, 7)}


def test_what_becomes_an_image_again_leaves_with_channels_last(rng):
    shape = helper.make_tensor("shape", TensorProto.INT64, [4], [0, 3, 4, 5])
    made = model([helper.make_node("Reshape", ["x", "shape"], ["y"])], x=["N", 60])
    made.graph.initializer.append(shape)
    x = rng.standard_normal((2, 60)).astype(np.float32)
    y = load(made).predict(x)
    np.testing.assert_array_equal(y, np.moveaxis(x.reshape(2, 3, 4, 5), 1, -1))
    np.testing.assert_array_equal(
        StridewiseBackend.prepare(made).run([x])[0], x.reshape(2, 3, 4, 5)
    )


def test_two_batches_are_told_apart_by_their_names(rng):
    product = helper.make_node("MatMul", ["x", "other"], ["y"])
    both = load(model([product], x=["N", 4], other=["K", 5]))
    x, other = rng.standard_normal((3, 4)), rng.standard_normal((4, 5))
    np.testing.assert_allclose(both.predict(x, other), x @ other, rtol=1e-6)
