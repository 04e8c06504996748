"""Graphs that cannot be: cycles, names, opsets, inputs, functions that call themselves."""

import itertools

import numpy as np
import pytest
from onnx import FunctionProto, TensorProto, helper

from stridewise.exchange.onnx import load
from stridewise.exchange.onnx.functions import MOST_NODES
from tests.exchange.models import IMAGE, RELU, call, function, model

IDENTITY = "the model's own functions cannot be put in place"


def node(operator, given, gives="y", **attributes):
    return helper.make_node(operator, given.split(), gives.split(), **attributes)


def chain(count):
    names = ["x", *(f"t{n}" for n in range(1, count)), "y"]
    return model([node("Relu", a, b) for a, b in itertools.pairwise(names)])


@pytest.mark.parametrize(
    ("nodes", "match"),
    [
        ([node("Relu", "a"), node("Tanh", "y", "a")], "a cycle: "),
        ([node("Relu", "y")], "a cycle: y → y"),
        ([node("Add", "x none")], r"node 'y' \(Add\) takes 'none', which nothing gives"),
        ([node("Relu", "x", "z")], "the output 'y', which nothing gives"),
        ([RELU, node("Tanh", "x")], "two nodes give 'y'"),
        ([RELU, node("Tanh", "x", "x")], "two nodes give 'x'"),
        ([], "the output 'y', which nothing gives"),
    ],
)
def test_nodes_that_do_not_fit_together(refused, nodes, match):
    assert "onnx: the graph is broken." in refused(model(nodes), match)


def test_names(refused):
    refused(model([RELU], outputs=()), "depend on no input")
    refused(model([RELU], outputs=("",)), "the output '', which nothing gives")
    refused(model([RELU], inputs={"x": IMAGE, "": IMAGE}), "'' among its inputs")
    twice = model([RELU])
    twice.graph.input.append(twice.graph.input[0])
    refused(twice, "'x' among its inputs")
    twice = model([node("Add", "x a")], arrays={"a": np.float32(1)})
    twice.graph.initializer.append(twice.graph.initializer[0])
    refused(twice, "'a' among its initialisers")
    content = model([node("Relu", "x", "y", name="name")]).SerializeToString()
    refused(content.replace(b"name", b"\xff\xfe\xfd\xfc"), "(?s)names in UTF-8.*fe")
    refused(model([node("Relu", "x", name="n" * 10**6, unknown=1)]), "is not as ONNX defines it")


@pytest.mark.parametrize(
    ("opset", "match"),
    [
        (0, "the model's opset is too old"),
        (-3, "the model's opset is too old"),
        (None, "(?s)the model's opset is too old.*opset 1"),
        (10**9, "(?s)the model's opset is too new.*opset 1000000000"),
        (2**62, "the model's opset is too new"),
    ],
)
def test_opsets(refused, opset, match):
    refused(model([RELU], opset=opset), match)


def test_every_operator_that_is_not_supported_is_listed(refused):
    nodes = [node("NonMaxSuppression", "x x", f"n{n}", name=f"box{n}") for n in range(49)]
    nodes += [helper.make_node("Fused", ["x"], ["z"], domain="com.example"), RELU]
    opsets = model(nodes, opset=17)
    opsets.opset_import.append(helper.make_opsetid("com.example", 3))
    message = refused(opsets, "50 nodes of operators that are not supported")
    for n in range(49):
        assert f"NonMaxSuppression (opset 17) in node 'box{n}'" in message
    assert "Fused (com.example 3) in node 'z'" in message
    many = [node("Strange", "x", f"n{n}") for n in range(70)]
    refused(model([*many, RELU]), "(?s)70 nodes.*and 20 more")


def test_graphs_within_nodes(refused):
    inner = helper.make_graph([RELU], "inner", [], [helper.make_empty_tensor_value_info("y")])
    for depth in range(20):
        other = inner if depth == 0 else helper.make_graph([], "none", [], [])
        branch = node("If", "x", then_branch=inner, else_branch=other)
        inner = helper.make_graph([branch], "g", [], [helper.make_empty_tensor_value_info("y")])
    refused(model(inner.node), r"(?s)1 node of operators.*If \(opset 20\) in node 'y'")


def test_operators_of_another_opset(refused):
    refused(model([node("Gelu", "x")], opset=13), "(?s)'y' .Gelu, opset 13.*does not have")


@pytest.mark.parametrize(
    ("shape", "match"),
    [
        ((1,) * 100, "at most 32 axes"),
        ((2,) * 100_000, "(?s)at most 32 axes.*100,000 for 'x'"),
        ((2**62,) * 4, "too large"),
        ((1, 2**30, 2**30, 2**30), "too large"),
    ],
)
def test_inputs_of_strange_shapes(refused, shape, match):
    refused(model([RELU], inputs={"x": shape}), match)


def test_sizes_that_say_nothing_are_open():
    network = load(model([RELU], inputs={"x": (0, 3, -1, 0)}).SerializeToString())
    assert network.predict(-np.ones((2, 4, 5, 3), np.float32)).sum() == 0


def test_inputs_that_are_no_tensors_of_numbers(refused):
    broken = model([RELU])
    broken.graph.input[0].ClearField("type")
    refused(broken, "the input 'x' is no tensor of numbers")
    broken.graph.input[0].type.sequence_type.elem_type.tensor_type.elem_type = TensorProto.FLOAT
    refused(broken, "the input 'x' is no tensor of numbers")
    broken.graph.input[0].type.tensor_type.elem_type = TensorProto.STRING
    refused(broken, "the input 'x' is no tensor of numbers")


def test_sparse_initialisers(refused):
    broken = model([RELU])
    broken.graph.sparse_initializer.add()
    refused(broken, "sparse tensors are not supported")


def test_too_many_nodes(refused):
    assert "100,000" in refused(chain(100_000), "the model has too many nodes")
    empty = model([RELU])
    for _ in range(MOST_NODES):
        empty.graph.node.add()
    refused(empty, "the model has too many nodes")


def test_many_inputs_of_one_window_are_followed_once():
    inputs = {f"x{n}": IMAGE for n in range(1500)}
    sums = [node("Add", f"{f's{n - 1}' if n > 1 else 'x0'} x{n}", f"s{n}") for n in range(1, 1500)]
    pool = node("GlobalMaxPool", "s1499")
    network = load(model([*sums, pool], inputs=inputs).SerializeToString())
    assert set(network.inputs.values()) == {(8, 6, 3)}


@pytest.mark.parametrize(
    ("functions", "match"),
    [
        ([function("f", call("f", "a", "b"))], "(?s)call themselves.*f → f"),
        ([function("f", call("g", "a", "b")), function("g", call("f", "a", "b"))], "f → g → f"),
        (
            [function("f", call("f0", "a", "b"))]
            + [function(f"f{n}", call(f"f{n + 1}", "a", "b")) for n in range(9000)],
            "no more than 50 deep",
        ),
        (
            [function("f", call("f0", "a", "b")), function("f40", node("Relu", "a", "b"))]
            + [
                function(f"f{n}", call(f"f{n + 1}", "a", "t"), call(f"f{n + 1}", "t", "b"))
                for n in range(40)
            ],
            "at most 20,000 nodes",
        ),
        ([function("f", *[node("Relu", "a", "b")] * 2)] * 2, IDENTITY),
    ],
)
def test_functions_that_grow_without_end(refused, functions, match):
    assert IDENTITY in refused(model([call("f", "x", "y")], functions=functions), match)


def test_functions_that_do_not_fit_their_calls(refused):
    relu = function("f", node("Relu", "a", "b"))
    long = helper.make_node("f", ["x"] * 5, ["y"], domain="own")
    refused(model([long], functions=[relu]), IDENTITY)
    short = helper.make_node("f", [], ["y"], domain="own")
    refused(model([short], functions=[relu]), "is not as ONNX defines it")
    nothing = function("f", node("Relu", "a", "c"))
    refused(model([call("f", "x", "y")], functions=[nothing]), "broken|cannot be put in place")
    refused(model([call("f", "x", "y")], functions=[FunctionProto()]), "not supported|in place")
    name = "z" * 10**6
    body = function("f", node("Relu", "a", name), node("Relu", name, "b"))
    calls = [call("f", f"t{n}" if n else "x", f"t{n + 1}") for n in range(300)]
    refused(model(calls, outputs=("t300",), functions=[body]), IDENTITY)
