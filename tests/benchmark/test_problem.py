"""What a row is, and what it costs; by hand."""

import dataclasses

import numpy as np
import pytest

from stridewise.benchmark import ours
from stridewise.benchmark.problem import CLASSES, ConvProblem, PoolProblem
from stridewise.benchmark.shapes import own_shapes

CONV = ConvProblem("demo", 2, (5, 7), (3, 3), (2, 2), (1, 1), 4, 8, (1, 1), 2)
POOL = PoolProblem("demo", 2, (6, 8), (2, 3), (2, 3), (0, 1), 5, "max")


def test_a_convolution_by_hand():
    assert CONV.shapes == ((2, 5, 7, 4), (3, 3, 2, 8), (8,), (2, 3, 4, 8))
    # 192 outputs of 3 · 3 · 2 taps, each a multiplication and an addition.
    assert CONV.operations("forward") == 192 * 18 * 2
    assert CONV.operations("backward") == 2 * CONV.operations("forward")
    x, weight, bias, y = 280, 144, 8, 192
    assert CONV.traffic("forward") == 4 * (x + weight + bias + y)
    assert CONV.traffic("backward") == 4 * (y + x + weight + x + weight + bias)
    assert CONV.title == "2 × 5×7, 4 → 8, 3×3 stride 2 pad 1 groups 2"
    assert CONV.has_weight
    assert CONV.rank == 2


def test_a_pooling_by_hand():
    assert POOL.shapes == ((2, 6, 8, 5), (0,), (0,), (2, 3, 3, 5))
    assert POOL.operations("forward") == POOL.operations("backward") == 90 * 6
    assert POOL.traffic("forward") == 4 * (480 + 90)
    assert POOL.title == "max pool 2 × 6×8, 5, 2×3 stride 2×3 pad 0×1"
    assert not POOL.has_weight
    assert POOL.group == "pooling"


def test_padding_that_is_not_alike():
    same = dataclasses.replace(CONV, kernel=(2, 2), stride=(1, 1), padding="same")
    assert same.pads == ((0, 1), (0, 1))
    assert CONV.pads_alike
    assert not same.pads_alike
    assert same.title.endswith("2×2 pad same groups 2")
    assert dataclasses.replace(POOL, padding="same").title.endswith("stride 2×3 pad same")


def test_arrays_are_the_same_each_time():
    again = dataclasses.replace(CONV)
    for mine, other, shape in zip(CONV.arrays, again.arrays, CONV.shapes, strict=True):
        assert (mine.dtype, mine.shape) == (np.float32, shape)
        np.testing.assert_array_equal(mine, other)


@pytest.mark.parametrize(
    ("changes", "group"),
    [
        ({}, "tiny"),
        ({"N": 600}, "depthwise, grouped"),
        ({"N": 600, "groups": 1}, "first layers"),
        ({"N": 600, "groups": 1, "C_in": 32}, "strided, dilated, larger kernels"),
        ({"N": 600, "groups": 1, "C_in": 32, "stride": (1, 1)}, "3×3, stride 1"),
        (
            {"N": 600, "groups": 1, "C_in": 32, "stride": (1, 1), "dilation": (2, 1)},
            "strided, dilated, larger kernels",
        ),
        ({"N": 900, "groups": 1, "C_in": 32, "kernel": (1, 1)}, "1×1"),
        (
            {"size": (9,), "kernel": (3,), "stride": (1,), "padding": (1,), "dilation": (1,)},
            "1-D and 3-D",
        ),
    ],
)
def test_classes(changes, group):
    assert dataclasses.replace(CONV, **changes).group == group


def test_every_class_has_rows():
    assert {problem.group for problem in own_shapes()} == set(CLASSES)


@pytest.mark.parametrize("problem", [CONV, POOL, dataclasses.replace(POOL, pooling="average")])
def test_our_calls_give_arrays_of_the_right_shapes(problem):
    x, weight, bias, y = problem.shapes
    (forward,) = ours.results(ours.call(problem, "forward")())
    backward = ours.results(ours.call(problem, "backward")())
    assert forward.shape == y
    assert [array.shape for array in backward] == ([x, weight, bias] if weight != (0,) else [x])
    assert all(array.dtype == np.float32 for array in (forward, *backward))
