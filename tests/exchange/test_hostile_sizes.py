"""A few bytes that ask for gibibytes, through every operator that makes much of little."""

import numpy as np
import pytest
from onnx import helper, numpy_helper

from stridewise.errors import ShapeError
from stridewise.exchange.onnx import load
from stridewise.layers import Operation
from tests.exchange.models import model

LARGE = "unreasonable size|out of all proportion|do not fit|too large"
ONE = np.float32([1])


def i64(*numbers):
    return np.array(numbers, np.int64)


def node(operator, given, gives="c", **attributes):
    return helper.make_node(operator, given.split(), gives.split(), **attributes)


def filled(shape, number=0.0, name="c"):
    value = numpy_helper.from_array(np.array([number]))
    return [node("ConstantOfShape", f"shape_{name}", name, value=value)], {f"shape_{name}": shape}


# Constants that other nodes make, under the name `c`; then they meet the input.
MAKERS = {
    "ConstantOfShape": ([node("ConstantOfShape", "s")], {"s": i64(2**40, 2**40)}),
    "ConstantOfShape negative": ([node("ConstantOfShape", "s")], {"s": i64(-5)}),
    "Expand": ([node("Expand", "a s")], {"a": ONE, "s": i64(2**30)}),
    "Expand overflow": ([node("Expand", "a s")], {"a": ONE, "s": i64(2**40, 2**40)}),
    "Tile": ([node("Tile", "a s")], {"a": ONE, "s": i64(2**28)}),
    "Tile negative": ([node("Tile", "a s")], {"a": ONE, "s": i64(-2)}),
    "Range": ([node("Range", "a b d")], {"a": ONE[0], "b": np.float32(1e30), "d": ONE[0]}),
    "Range without end": (
        [node("Range", "a b d")],
        {"a": ONE[0], "b": np.float32(np.inf), "d": ONE[0]},
    ),
    "Range without step": (
        [node("Range", "a b d")],
        {"a": ONE[0], "b": np.float32(5), "d": ONE[0] * 0},
    ),
    "Pad": ([node("Pad", "a s")], {"a": ONE, "s": i64(2**28, 2**28)}),
    "OneHot": (
        [node("OneHot", "a n v")],
        {"a": i64(0), "n": np.array(2**30), "v": np.float32([0, 1])},
    ),
    "CenterCropPad": ([node("CenterCropPad", "a s")], {"a": ONE, "s": i64(2**28)}),
    "Add": (
        [node("Add", "a b")],
        {"a": np.ones((20_000, 1), np.float32), "b": np.ones((1, 20_000), np.float32)},
    ),
    "Concat of one, often": ([node("Concat", "a " * 9999, axis=0)], {"a": np.ones(10**4)}),
    "Concat, doubling": (
        [node("Concat", f"c{n} c{n}", f"c{n + 1}", axis=0) for n in range(40)]
        + [node("Identity", "c40")],
        {"c0": np.float32([1, 2])},
    ),
    "Range, often": (
        [node("Range", "a b d", f"r{n}") for n in range(100)] + [node("Identity", "r9")],
        {"a": ONE[0], "b": np.float32(2**20), "d": ONE[0]},
    ),
}

# What is done to an array of 2^28 numbers that is one number in memory.
USERS = {
    "nothing": ([], {}),
    "Exp": ([node("Exp", "c", "e")], {}),
    "TopK": ([node("TopK", "c k", "e places")], {"k": i64(2)}),
    "NonZero": ([node("NonZero", "c", "e")], {}),
    "ArgMax": ([node("ArgMax", "c", "e")], {}),
    "CumSum": ([node("CumSum", "c zero", "e")], {"zero": np.array(0)}),
    "Compress": ([node("Greater", "c h", "g"), node("Compress", "c g", "e")], {"h": np.float64(9)}),
    "Relu": ([node("Relu", "c", "e")], {}),
    "Cast": ([node("Cast", "c", "e", to=7)], {}),
    "GatherND": ([node("GatherND", "c i", "e")], {"i": np.zeros((1000, 0), np.int64)}),
    "ScatterND": ([node("ScatterND", "c i u", "e")], {"i": i64([0]), "u": np.float64([1])}),
    "ReduceSum": ([node("ReduceSum", "c", "e")], {}),
    "Trilu": ([node("Reshape", "c s", "m"), node("Trilu", "m", "e")], {"s": i64(2**14, 2**14)}),
    "EyeLike": ([node("Reshape", "c s", "m"), node("EyeLike", "m", "e")], {"s": i64(2**14, 2**14)}),
    "MatMul": ([node("Reshape", "c s", "m"), node("MatMul", "m m", "e")], {"s": i64(2**14, 2**14)}),
}


@pytest.mark.parametrize("maker", MAKERS)
def test_what_makes_much_of_little(refused, maker):
    nodes, arrays = MAKERS[maker]
    message = refused(model([*nodes, node("Add", "x c", "y")], arrays=arrays), LARGE)
    assert "onnx: node '" in message


def used(user):
    nodes, arrays = filled(i64(2**28))
    more, others = USERS[user]
    last = more[-1].output[0] if more else "c"
    nodes = [*nodes, *more, node("Cast", last, "d", to=1), node("Add", "x d", "y")]
    return model(nodes, arrays=arrays | others)


@pytest.mark.parametrize("user", sorted({*USERS} - {"Relu", "MatMul"}))
def test_what_takes_much_as_it_comes(refused, user):
    refused(used(user), LARGE)


@pytest.mark.parametrize("user", ["Relu", "MatMul"])
def test_what_is_left_to_the_run(light, user):
    """These are not folded: the network has the array, which is one number in memory."""
    network = light(used(user))
    assert any(array.strides == (0,) * array.ndim for array in network.parameters.values())


@pytest.mark.parametrize(
    ("operator", "others"), [("Reshape", ()), ("Gather", ()), ("Expand", ()), ("Tile", ())]
)
def test_integers_that_are_2_to_28_and_one_in_memory(refused, operator, others):
    nodes, arrays = filled(i64(2**28), 1)
    refused(model([*nodes, node(operator, "x c", "y")], arrays=arrays), LARGE)


@pytest.mark.parametrize(
    ("given", "shape"),
    [
        ("BatchNormalization x c c c c", (2**27,)),
        ("InstanceNormalization x c c", (2**27,)),
    ],
)
def test_weights_that_are_one_number_and_fit_nothing(refused, given, shape):
    refused(weighted(given, shape), "does not fit the layer|depend on a size|too large")


@pytest.mark.parametrize(
    ("given", "shape"), [("Conv x c", (2**19, 3, 1, 1)), ("Gemm f c", (144, 2**20))]
)
def test_weights_that_are_one_number(light, given, shape):
    (weight,) = light(weighted(given, shape)).parameters.values()
    assert weight.size >= 2**20
    assert set(weight.strides) == {0}


def weighted(given, shape):
    nodes, arrays = filled(i64(*shape), 0.5)
    operator, _, names = given.partition(" ")
    return model([*nodes, node("Flatten", "x", "f"), node(operator, names, "y")], arrays=arrays)


@pytest.mark.parametrize("scales", [(1, 1, 1e5, 1e5), (1, 1, 1e30, 1)])
def test_an_image_that_would_be_too_large(scales):
    arrays = {"roi": np.float32([]), "scales": np.float32(scales)}
    content = model([node("Resize", "x roi scales", "y")], arrays=arrays).SerializeToString()
    with pytest.raises(ValueError, match=LARGE):
        load(content).predict(np.ones((1, 3, 8, 6), np.float32))


def test_what_constant_nodes_may_do():
    nodes, arrays = filled(i64(2**12, 2**10), 0.5)  # 4 Mi numbers, the weights of a layer
    more = [node("Conv", "x c", "a"), node("Reshape", "r s", "b"), node("Add", "a b", "y")]
    arrays = {"shape_c": i64(2**18, 3, 1, 1), "r": np.float32([2]), "s": i64(1, 1, 1, 1)}
    network = load(model([*nodes, *more], arrays=arrays).SerializeToString())
    y = network.predict(np.ones((1, 8, 6, 3), np.float32))
    assert y.shape == (1, 8, 6, 2**18)
    assert y[0, 0, 0, 0] == 3 * 0.5 + 2


def test_functions_say_what_does_not_fit():
    x = np.ones((2, 3), np.float32)
    with pytest.raises(ShapeError, match="axis 5 does not lie among 2 axes"):
        Operation("flatten", {"axis": 5}).forward(x)
    with pytest.raises(ShapeError, match="there are no 4 extremes of 3 numbers"):
        Operation("top_k", {"k": 4, "indices": False}).forward(x)
    with pytest.raises(ShapeError, match="at most 1,048,576 numbers"):
        Operation("reshape", {"shape": np.broadcast_to(1, 2**21)}).forward(x)
