"""Compositions of operators that were wrong once, each as small as it can be."""

import numpy as np
import pytest
from onnx import helper, numpy_helper

from stridewise.exchange.onnx import StridewiseBackend
from tests.exchange.compositions import disagreement
from tests.exchange.drawing import runtime

node = helper.make_node


def drawn(*shape):
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(np.float32)


def ints(*numbers):
    return np.array(numbers, np.int64)


def agree(nodes, inputs, outputs, arrays=None, *, opset=17, declared=None):
    infos = [
        helper.make_tensor_value_info(
            name, helper.np_dtype_to_tensor_dtype(a.dtype), (declared or {}).get(name, a.shape)
        )
        for name, a in inputs.items()
    ]
    graph = helper.make_graph(
        nodes,
        "graph",
        infos,
        [helper.make_empty_tensor_value_info(name) for name in outputs],
        [numpy_helper.from_array(np.asarray(a), name) for name, a in (arrays or {}).items()],
    )
    opsets = [helper.make_opsetid("", opset)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    theirs = runtime(model).run(None, inputs)
    assert disagreement(theirs, StridewiseBackend.prepare(model).run(inputs)) is None


CONV = node("Conv", ["x", "w"], ["c"])
KERNEL = {"w": drawn(3, 3, 1, 1)}
IMAGE = {"x": drawn(2, 3, 4, 5)}

AFTERWARDS = {
    "transpose": node("Transpose", ["n"], ["y"], perm=[1, 0, 2, 3]),
    "slice": node("Slice", ["n", "one", "three", "one"], ["y"]),
    "split": node("Split", ["n"], ["y", "z"], axis=1),
    "concat": node("Concat", ["n", "n"], ["y"], axis=1),
    "product": node("Mul", ["n", "n"], ["y"]),
    "shape": node("Shape", ["n"], ["y"]),
    "softmax": node("Softmax", ["n"], ["y"], axis=1),
    "mean": node("ReduceMean", ["n"], ["y"], axes=[1], keepdims=0),
    "pad": node("Pad", ["n", "widths"], ["y"]),
    "conv": node("Conv", ["n", "w"], ["y"]),
}


@pytest.mark.parametrize("after", AFTERWARDS)
@pytest.mark.parametrize(
    ("operator", "more", "options"),
    [
        ("BatchNormalization", ["s", "s", "s", "v"], {}),
        ("InstanceNormalization", ["s", "s"], {}),
        ("GlobalAveragePool", [], {}),
        ("LRN", [], {"size": 3}),
    ],
)
def test_channels_last_of_unknown_rank(operator, more, options, after):
    nodes = [
        node("Reshape", ["x", "shape"], ["e"]),
        node(operator, ["e", *more], ["n"], **options),
        AFTERWARDS[after],
    ]
    inputs = {"x": drawn(120), "shape": ints(2, 4, 3, 5)}
    arrays = {"s": drawn(4), "v": abs(drawn(4)), "w": drawn(2, 4, 1, 1)}
    arrays |= {"one": ints(1), "three": ints(3), "widths": ints(0, 1, 0, 0, 0, 0, 0, 0)}
    agree(nodes, inputs, ["y"], arrays)


def test_names_that_the_importer_might_take():
    nodes = [
        node("Conv", ["x:0", "x:filters"], ["x:last"]),
        node("TopK", ["x:last", "k"], ["x:0:last", "x:last:first"], axis=2),
        node("MaxPool", ["x:0"], ["pooled"], kernel_shape=[2, 2]),
        node("Reshape", ["x:last", "b"], ["x:0::first"]),
    ]
    arrays = {"x:filters": drawn(3, 3, 1, 1), "k": ints(2), "b": ints(2, -1)}
    outputs = ["x:0:last", "x:last:first", "x:0::first", "pooled", "x:last"]
    agree(nodes, {"x:0": drawn(2, 3, 4, 5)}, outputs, arrays)


def test_lower_rank_that_is_used_twice():
    nodes = [
        CONV,
        node("Sum", ["c", "s", "s"], ["d"]),
        node("Mul", ["d", "s"], ["e"]),
        node("Relu", ["s"], ["f"]),
    ]
    agree(nodes, IMAGE | {"s": drawn(4, 5)}, ["e", "f"], KERNEL)


def test_computed_weight_that_is_used_twice():
    nodes = [node("Neg", ["v"], ["w"]), CONV, node("Conv", ["c", "w"], ["y"])]
    agree(nodes, IMAGE | {"v": drawn(3, 3, 1, 1)}, ["y"])


@pytest.mark.parametrize("keepdims", [0, 1])
@pytest.mark.parametrize("first", [[], [CONV]], ids=["first", "last"])
def test_reduction_over_no_axes(first, keepdims):
    options = {"noop_with_empty_axes": 1, "keepdims": keepdims}
    nodes = [
        *first,
        node("ReduceMax", ["c" if first else "x"], ["r"], **options),
        node("Transpose", ["r"], ["y"], perm=[1, 2, 3, 0]),
    ]
    agree(nodes, IMAGE, ["y"], KERNEL, opset=18)


def test_rows_that_are_no_batch():
    """(N, T, C) to rows and back, as linear layers are exported."""
    nodes = [
        node("Reshape", ["x", "rows"], ["r"]),
        node("MatMul", ["r", "w"], ["m"]),
        node("Reshape", ["m", "back"], ["y"]),
    ]
    arrays = {"rows": ints(-1, 4), "w": drawn(4, 6), "back": ints(2, 3, -1)}
    agree(nodes, {"x": drawn(2, 3, 4)}, ["y"], arrays)


@pytest.mark.parametrize(
    ("operator", "constant"),
    [("Mul", drawn(5, 1, 1)), ("Add", drawn(5, 3, 4)), ("MatMul", drawn(5, 4, 6))],
)
def test_constant_that_makes_a_batch_of_one_longer(operator, constant):
    nodes = [node(operator, ["x", "k"], ["m"]), node("Reshape", ["m", "flat"], ["y"])]
    agree(nodes, {"x": drawn(1, 3, 4)}, ["y"], {"k": constant, "flat": ints(1, -1)})


@pytest.mark.parametrize(
    "changed",
    [
        node("Split", ["c"], ["a", "b"], axis=-4),
        node("Pad", ["c", "widths"], ["a"]),
        node("Gather", ["c", "three"], ["a"], axis=0),
    ],
    ids=lambda one: one.op_type,
)
def test_batch_that_a_node_changes(changed):
    nodes = [CONV, changed, node("Reshape", ["a", "to"], ["y"])]
    arrays = KERNEL | {"to": ints(2, -1), "widths": ints(2, 0, 0, 0, 0, 0, 0, 0)}
    agree(nodes, IMAGE, ["y"], arrays | {"three": ints(1, 0, 1, 1)})


def test_images_of_different_batches():
    nodes = [node("Add", ["x", "z"], ["a"]), node("Conv", ["a", "w"], ["y"])]
    agree(nodes, IMAGE | {"z": drawn(1, 3, 4, 5)}, ["y"], KERNEL)


@pytest.mark.parametrize(
    ("operator", "arrays", "options"),
    [
        ("Conv", {"w": drawn(6, 1, 1, 1)}, {"group": 3}),
        ("ConvTranspose", {"w": drawn(3, 2, 2, 2)}, {"group": 3}),
        ("GroupNormalization", {"s": drawn(3), "b": drawn(3)}, {"num_groups": 3}),
    ],
)
def test_channels_that_only_the_weights_tell(operator, arrays, options):
    nodes = [node(operator, ["x", *arrays], ["y"], **options)]
    agree(nodes, IMAGE, ["y"], arrays, opset=21, declared={"x": ["N", "C", "H", "W"]})


def test_slice_that_a_small_size_cuts_short():
    """Of an open size, 100 elements are as many as there are."""
    nodes = [
        node("Slice", ["x", "zero", "end", "axis"], ["s"]),
        node("Shape", ["s"], ["q"]),
        node("Gather", ["q", "axis"], ["y"]),
    ]
    arrays = {"zero": ints(0), "end": ints(100), "axis": ints(2)}
    agree(nodes, IMAGE, ["y", "s"], arrays, declared={"x": ["N", 3, "H", "W"]})


@pytest.mark.parametrize("batch", [1, 3])
def test_squeeze_that_a_batch_of_one_changes(batch):
    """Without axes, of one example the batch goes too; of more it stays."""
    nodes = [node("Squeeze", ["x"], ["s"]), node("Shape", ["s"], ["q"])]
    nodes += [node("MaxPool", ["s"], ["y"], kernel_shape=[2] * (1 if batch == 1 else 2))]
    inputs = {"x": drawn(batch, 4, 1, 4, 5)}
    agree(nodes, inputs, ["y", "q"], declared={"x": ["N", 4, 1, 4, 5]})


def test_layer_norm_whose_scale_and_shift_broadcast():
    norm = node("LayerNormalization", ["x", "w", "b"], ["y"], axis=1)
    agree([norm], {"x": drawn(2, 6, 5)}, ["y"], {"w": drawn(6, 1), "b": drawn(1, 5)})


@pytest.mark.parametrize("slope", [(1, 1, 3), (3, 1, 1), (1,)])
def test_prelu_whose_slopes_stretch_its_input(slope):
    agree([node("PRelu", ["x", "s"], ["y"])], {"x": drawn(4, 3)}, ["y"], {"s": drawn(*slope)})
