"""Attributes and inputs that no operator has: refused with the node's name, or never run."""

import math

import numpy as np
import pytest
from onnx import AttributeProto, helper

from stridewise.errors import StridewiseError
from stridewise.exchange.onnx import load
from tests.exchange.models import model

ARRAYS = {
    "w": np.ones((4, 3, 3, 3), np.float32),
    "wt": np.ones((3, 4, 3, 3), np.float32),
    "v": np.ones(3, np.float32),
    "i": np.array([1]),
    "k": np.array([10**9]),
}
X = np.ones((1, 3, 8, 6), np.float32)
WRONG = "is not as ONNX defines it"


def one(call, **attributes):
    """A model of one node, written as its operator and its inputs."""
    operator, *given = call.split()
    outputs = attributes.pop("outputs", ["y"])
    return model([helper.make_node(operator, given, outputs, **attributes)], arrays=ARRAYS)


def with_attribute(operator, name, kind, **fields):
    """One whose attribute has any type, and any values."""
    broken = one(f"{operator} x")
    attribute = broken.graph.node[0].attribute.add()
    attribute.name, attribute.type = name, kind
    for field, value in fields.items():
        if isinstance(value, list):
            getattr(attribute, field).extend(value)
        else:
            setattr(attribute, field, value)
    return broken


WINDOWS = ["Conv x w", "ConvTranspose x wt", "MaxPool x", "AveragePool x", "LpPool x"]
HUGE = [0, -1, 2**62, -(2**62), 2**31]


@pytest.mark.parametrize("number", HUGE)
@pytest.mark.parametrize("option", ["strides", "dilations", "kernel_shape"])
@pytest.mark.parametrize("call", WINDOWS)
def test_windows_of_strange_sizes(refused, call, option, number):
    options = {"kernel_shape": [2, 2]} if "w" not in call else {}
    message = refused(one(call, **options | {option: [number] * 2}), "range|not the weight's|size")
    assert "node 'y'" in message


@pytest.mark.parametrize("number", HUGE[1:])
@pytest.mark.parametrize("call", WINDOWS)
def test_strange_pads(refused, call, number):
    options = {"kernel_shape": [2, 2]} if "w" not in call else {}
    refused(one(call, **options, pads=[number] * 4), "node 'y'")


@pytest.mark.parametrize(
    ("call", "attributes", "match"),
    [
        *[("Conv x w", {"group": n}, "group") for n in HUGE],
        *[("ConvTranspose x wt", {"group": n}, "group") for n in HUGE],
        ("Conv x w", {"strides": [1, 1, 1]}, "stride"),
        ("Conv x w", {"pads": [1, 1, 1]}, "is broken|padding"),
        ("Conv x w", {"auto_pad": "FOO"}, "pads in an unknown way"),
        ("Conv x w", {"kernel_shape": [3, 2]}, "(?s)is not the weight's.*kernel_shape=.3, 3."),
        ("Conv x v", {}, "Conv over -1 axes is not supported"),
        ("Conv x w w", {}, "does not fit the layer"),
        ("MaxPool x", {"kernel_shape": [2] * 1000}, "node 'y'"),
        ("MaxPool x", {"kernel_shape": [2] * 100_000}, "at most 1,024 numbers in kernel_shape"),
        ("MaxPool x", {}, "(?s)every required attribute.*no kernel_shape"),
        ("Transpose x", {"perm": [0, 1, 1, 2]}, "(?s)`perm` is no order.*perm=.0, 1, 1, 2."),
        ("Transpose x", {"perm": [0, 1]}, "`perm` is no order of the axes"),
        ("Transpose x", {"perm": [10**9] * 4}, "`perm` is no order of the axes"),
        ("Split x", {"axis": 1, "num_outputs": 10**9}, "not the number of outputs"),
        ("Split x", {"axis": 1, "num_outputs": 0}, "not the number of outputs"),
        ("Cast x", {"to": 8}, "casts to a type that is not supported"),
        ("Cast x", {"to": 10**9}, "casts to a type that is not supported"),
        ("Cast x", {}, "no to"),
        ("LRN x", {"size": 0}, "size"),
        ("LRN x", {"size": 3, "alpha": math.nan}, "alpha"),
        ("DepthToSpace x", {"blocksize": 0}, "range"),
        ("SpaceToDepth x", {"blocksize": -(2**62)}, "range"),
        ("DepthToSpace x", {"blocksize": 1, "mode": "X"}, "mode"),
        ("GlobalLpPool x", {"p": -1}, "`p`"),
        ("LeakyRelu x", {"alpha": math.nan}, "slope"),
        ("Elu x", {"alpha": math.inf}, "alpha"),
        ("HardSigmoid x", {"beta": math.nan}, "beta"),
        ("BatchNormalization x v v v v", {"epsilon": math.nan}, "epsilon"),
        ("BatchNormalization x v v v v", {"momentum": math.inf}, "momentum"),
        ("BatchNormalization x v v v i", {}, "does not fit the layer"),
        ("InstanceNormalization x v v", {"epsilon": -1.0}, "epsilon"),
        ("Pad x i", {"mode": "foo"}, "pads in an unknown mode"),
        ("Dropout x v", {}, "is broken"),
        ("Clip x v v", {}, "is broken"),
        ("Resize x i w", {}, "(?s)`scales` does not fit the axes.*108"),
        ("TopK x i", {"axis": 10**9, "outputs": ["y", "z"]}, "there is no such axis"),
        ("LpNormalization x", {"p": 3}, "knows two norms"),
        ("Constant", {}, "no array|not an array"),
        ("Constant", {"value_string": "a"}, "not an array of numbers"),
        ("Constant", {"value_int": 1, "value_float": 1.0}, "not an array of numbers"),
    ],
)
def test_strange_values(refused, call, attributes, match):
    message = refused(one(call, **attributes), match)
    assert "node 'y'" in message or "array `y/" in message


@pytest.mark.parametrize("axis", [10**9, -(10**9), 2**62, -(2**62), 6])
@pytest.mark.parametrize(
    "call",
    [
        *("Softmax x", "LogSoftmax x", "Hardmax x", "Flatten x", "ArgMax x", "LpNormalization x"),
        *("LayerNormalization x v", "Concat x x", "Gather x i", "Split x"),
        *("OneHot i i v", "GatherElements x i", "Compress x i", "ScatterElements x i x"),
    ],
)
def test_axes_that_are_not_there(refused, call, axis):
    message = refused(one(call, axis=axis), "there is no such axis")
    assert f"received: {axis}" in message
    assert "node 'y'" in message


@pytest.mark.parametrize("axes", [[10**9], [-9], [0] * 100_000])
def test_lists_of_axes_that_are_not_there(refused, axes):
    refused(one("MeanVarianceNormalization x", axes=axes), "no such axis|at most 1,024")


@pytest.mark.parametrize(
    "call", ["Slice p one one axis", "Pad p one none axis", "ReduceMean p axis", "Resize p none n"]
)
def test_axes_of_an_image_whose_channels_are_last(call):
    operator, *given = call.split()
    options = {"axes": [10**9]} if operator == "Resize" else {}
    names = ["" if name == "none" else name for name in given]
    nodes = [
        helper.make_node("GlobalMaxPool", ["x"], ["p"]),
        helper.make_node(operator, names, ["y"], **options),
    ]
    arrays = {"one": np.array([1]), "axis": np.array([10**9]), "n": np.float32([2])}
    with pytest.raises(StridewiseError, match=r"no such axis|no axes of"):
        load(model(nodes, arrays=arrays).SerializeToString()).predict(np.ones((1, 8, 6, 3)))


@pytest.mark.parametrize(
    ("broken", "match"),
    [
        (
            lambda: one("Conv x w", strides=3),
            "(?s)strides of the type INTS.*'strides' of the type INT$",
        ),
        (lambda: one("Conv x w", group=[1]), "(?s)group of the type INT$.*type INTS"),
        (lambda: one("Softmax x", axis=1.5), "(?s)axis of the type INT$.*FLOAT"),
        (lambda: one("LeakyRelu x", alpha="a"), "(?s)alpha of the type FLOAT$.*STRING"),
        (lambda: one("Softmax x", axis=helper.make_graph([], "g", [], [])), "GRAPH"),
        (lambda: one("Relu x", other=1), "(?s)no attributes.*'other' of the type INT"),
        (lambda: one("Softmax x", shift=1), "(?s)needed:   axis.*'shift'"),
        (lambda: with_attribute("Softmax", "axis", AttributeProto.UNDEFINED, i=1), "UNDEFINED"),
        (lambda: with_attribute("Softmax", "axis", 2, ref_attr_name="a"), "by reference"),
        (lambda: with_attribute("Softmax", "a" * 10**6, 2), "INT"),
    ],
)
def test_attributes_of_another_type(refused, broken, match):
    assert WRONG in refused(broken(), match.replace("$", r"\n"))


def test_one_attribute_twice(refused):
    broken = one("Softmax x", axis=1)
    broken.graph.node[0].attribute.append(broken.graph.node[0].attribute[0])
    refused(broken, "(?s)is not as ONNX defines it.*twice")


@pytest.mark.parametrize(
    ("call", "outputs", "needed"),
    [
        ("Relu", ["y"], "1 to 1 inputs"),
        ("Relu x x", ["y"], "1 to 1 inputs"),
        ("Conv x", ["y"], "2 to 3 inputs"),
        ("Concat", ["y"], "1 to 2147483647 inputs"),
        ("Relu x", ["y", "z"], "1 to 1 outputs"),
        ("Relu x", [], "1 to 1 outputs"),
        ("Relu x", [""], "one output"),
    ],
)
def test_numbers_of_inputs_and_outputs(refused, call, outputs, needed):
    assert WRONG in refused(one(call, outputs=outputs), needed)


@pytest.mark.parametrize("given", [["", ""], ["x", ""], ["", "x"]])
def test_inputs_that_may_not_be_left_out(refused, given):
    broken = model([helper.make_node("Add", given, ["y"])])
    refused(broken, f"(?s){WRONG}.*none for input {given.index('')}")


@pytest.mark.parametrize(
    ("call", "attributes"),
    [
        ("Resize x v v", {"mode": "foo"}),
        ("ScatterElements x i x", {"reduction": "foo"}),
        ("Einsum x", {"equation": "i,,-->->zz"}),
        ("Gemm x w", {"alpha": math.nan}),
        ("GroupNormalization x v v", {"num_groups": 0}),
        ("MaxUnpool x x", {"kernel_shape": [2**31, 2**31]}),
        ("ConvTranspose x wt", {"output_shape": [2**40, 2**40]}),
        ("DeformConv x w x", {"offset_group": 2**62}),
        ("ReverseSequence x i", {"batch_axis": 9}),
        ("TopK x k", {"outputs": ["y", "z"]}),
        ("Reshape x i", {}),
        ("Reshape x k", {}),
        ("Expand x w", {}),
        ("Unsqueeze x w", {}),
        ("Where x x w", {}),
        ("PRelu x w", {}),
        ("MatMul x v", {}),
    ],
)
def test_what_only_a_run_can_tell(call, attributes):
    content = one(call, **attributes).SerializeToString()
    with pytest.raises(StridewiseError, match="  needed:   "):
        load(content).predict(X)
