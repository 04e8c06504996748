"""What a network says of itself: shapes, parameters, work, receptive fields."""

import textwrap

import pytest

from stridewise.layers import (
    Activation,
    Add,
    AveragePool,
    Concatenate,
    Conv1D,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePool,
    MaxPool,
)
from stridewise.networks import Graph, Sequential, layer_facts, summary


def test_the_text_of_a_small_network():
    layers = [Conv2D(4, (3, 2), padding="same"), MaxPool(2), Flatten(), Dense(10, bias=False)]
    network = Sequential(layers, (12, 10, 1))
    wanted = """\
    layer      kind     output       parameters  multiply-adds  receptive field
    input               12 × 10 × 1
    conv2d_1   Conv2D   12 × 10 × 4          28          2,880            3 × 2
    maxpool_1  MaxPool  6 × 5 × 4             0              0            4 × 3
    flatten_1  Flatten  120                   0              0              all
    dense_1    Dense    10                1,200          1,200              all
    total                                 1,228          4,080"""
    assert summary(network) == network.summary() == textwrap.dedent(wanted)


def test_a_shared_layer_counts_its_parameters_once_and_its_work_twice():
    dense = Dense(3)
    network = Graph({"x": (3,)}, [("a", dense, ("x",)), ("b", dense, ("a",))], ["b"])
    assert [(fact.parameters, fact.multiply_adds) for fact in layer_facts(network)] == [
        (12, 9),
        (0, 9),
    ]
    assert summary(network).splitlines()[-1].split() == ["total", "12", "18"]


def test_two_inputs_have_two_lines():
    network = Graph(
        {"left": (3,), "right": (1234,)}, [("both", Concatenate(), ("left", "right"))], ["both"]
    )
    lines = summary(network).splitlines()
    assert [line.split() for line in lines[1:3]] == [["left", "3"], ["right", "1234"]]
    assert len(lines) == 5


@pytest.mark.parametrize(
    ("layers", "shape", "fields"),
    [
        ([Conv1D(2, 3), Conv1D(2, 3)], (20, 1), [(3,), (5,)]),
        ([Conv1D(2, 3, stride=2), Conv1D(2, 3, stride=2), Conv1D(2, 3)], (40, 1), [3, 7, 15]),
        ([Conv1D(2, 3, dilation=4), Conv1D(2, 2)], (40, 1), [9, 10]),
        ([Conv2D(2, (3, 1)), AveragePool((1, 4))], (9, 8, 1), [(3, 1), (3, 4)]),
        ([MaxPool(2), Activation("relu"), MaxPool(3)], (12, 1), [2, 2, 6]),
        ([Conv1D(2, 3), Flatten(), Dense(4)], (9, 1), [3, None, None]),
        ([Conv1D(2, 3), GlobalAveragePool()], (9, 1), [3, None]),
        ([Dense(4), Activation("relu")], (9,), [None, None]),
    ],
)
def test_receptive_fields(layers, shape, fields):
    found = [fact.receptive_field for fact in layer_facts(Sequential(layers, shape))]
    wanted = [(field,) if isinstance(field, int) else field for field in fields]
    assert found == wanted


def test_the_widest_branch_decides():
    nodes = [
        ("narrow", Conv2D(2, 1), ("x",)),
        ("wide", Conv2D(2, (5, 3), padding="same"), ("x",)),
        ("sum", Add(), ("narrow", "wide")),
        ("after", Conv2D(3, 2), ("sum",)),
    ]
    facts = {fact.name: fact for fact in layer_facts(Graph({"x": (9, 8, 2)}, nodes, ["after"]))}
    assert facts["sum"].receptive_field == (5, 3)
    assert facts["after"].receptive_field == (6, 4)
    assert facts["after"].shape == (8, 7, 3)
