"""Sizes beyond reason, as a slip or a hostile file asks for them: refused, and nothing is made."""

import tracemalloc

import numpy as np
import pytest

from stridewise.errors import ShapeError
from stridewise.glue.function import MOST_NUMBERS, bounded, number_dtype
from stridewise.layers import Operation
from stridewise.layers.functions import FUNCTIONS

HUGE = 2**40
ONES = np.ones((2, 2), np.float32)
WORDS = "unreasonable size"

CASES = [
    ("expand", [ONES[None], np.array([HUGE, 1, 1])], {}, WORDS),
    ("expand", [ONES], {"shape": [2**14, 2**14, 1, 1]}, WORDS),
    ("tile", [ONES, np.array([HUGE, HUGE])], {}, WORDS),
    ("tile", [ONES], {"repeats": [2**14, 2**14]}, WORDS),
    ("tile", [ONES], {"repeats": [-1, 1]}, WORDS),
    ("pad_axes", [ONES, np.array([0, HUGE, 0, 0])], {}, WORDS),
    ("pad_axes", [ONES], {"widths": [2**14] * 4, "mode": "edge"}, WORDS),
    ("center", [ONES], {"size": [HUGE, 1]}, WORDS),
    # No axis is long, but all of them together.
    ("center", [ONES], {"size": [2**20, 2**20]}, WORDS),
    ("constant_of_shape", [np.array([HUGE, HUGE])], {}, WORDS),
    ("constant_of_shape", [np.array([-1])], {}, WORDS),
    ("range", [np.array(0), np.array(HUGE), np.array(1)], {}, WORDS),
    ("range", [np.float32(0), np.float32(1), np.float32(1e-12)], {}, WORDS),
    ("range", [np.array(0), np.array(1), np.array(0)], {}, WORDS),
    ("range", [np.float32(0), np.float32(np.inf), np.float32(1)], {}, "do not fit|unreasonable"),
    ("range", [np.float32(0), np.float32(np.nan), np.float32(1)], {}, "do not fit"),
    ("eye_like", [np.broadcast_to(np.int8(1), (2**20, 2**20))], {}, WORDS),
    ("one_hot", [np.arange(3), np.array(HUGE), np.array([0, 1])], {}, WORDS),
    ("one_hot", [np.arange(3), np.array(-1), np.array([0, 1])], {}, WORDS),
    ("gather", [np.broadcast_to(np.int8(1), (2, 2**20)), np.zeros(2**12, int)], {}, WORDS),
    ("einsum", [np.ones(2**15), np.ones(2**15)], {"equation": "a,b->ab"}, WORDS),
    ("einsum", [np.ones(2**15), np.ones(2**15)], {"equation": "b,a"}, WORDS),
    ("einsum", [np.ones((2**15, 1)), np.ones(2**15)], {"equation": "...,..."}, WORDS),
    ("cast", [ONES], {"dtype": "U100000000"}, "no dtype of real numbers"),
    ("constant_of_shape", [np.array([1])], {"dtype": "S1000000000"}, "no dtype of real numbers"),
    ("eye_like", [ONES], {"dtype": "V1000000000"}, "no dtype of real numbers"),
    ("resize", [ONES[None, ..., None]], {"axes": [1], "sizes": [HUGE]}, WORDS),
    ("resize", [ONES[None, ..., None]], {"axes": [1, 2], "scales": [1e5, 1e5]}, WORDS),
    (
        "resize",
        [ONES[None, ..., None], np.float32([1e30])],
        {"axes": [1], "given": ["scales"]},
        "unreasonable size|do not fit",
    ),
    ("resize", [ONES[None]], {"axes": [1], "scales": [float("inf")]}, "do not fit"),
    (
        "max_unpool_places",
        [np.ones((1, 2, 2, 1)), np.zeros((1, 2, 2, 1), int), np.array([1, 1, HUGE, HUGE])],
        {"kernel_size": [2, 2], "stride": [2, 2], "padding": [[0, 0], [0, 0]]},
        WORDS,
    ),
    ("fold_first", [np.ones((1, 4, 4))], {"size": [HUGE, HUGE], "kernel": [2, 2]}, WORDS),
]  # fmt: skip
IDS = [f"{name} {n}" for n, (name, *_) in enumerate(CASES)]


@pytest.mark.parametrize(("name", "arrays", "settings", "words"), CASES, ids=IDS)
def test_nothing_large_is_made(name, arrays, settings, words):
    arrays = [np.asarray(array) for array in arrays]
    layer = Operation(name, settings)
    tracemalloc.start()
    try:
        with pytest.raises((ValueError, TypeError), match=words):
            layer.forward(*arrays)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * 2**20


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"constants_at": {"1": ["U1000000000", "a"]}}, "no arguments of a function"),
        ({"parameters_at": {"1": [-1]}}, "no arguments of a function"),
    ],
)
def test_arguments_of_the_layer_itself(options, words):
    tracemalloc.start()
    try:
        with pytest.raises((ValueError, TypeError), match=words):
            Operation("add", **options)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**20


@pytest.mark.parametrize(
    ("name", "settings", "shape", "wanted"),
    [
        ("expand", {"shape": [2**12, 2**12]}, (2**12, 1), (2**12, 2**12)),
        ("expand", {"shape": [HUGE, 1, 1]}, (2, 2), None),
        ("tile", {"repeats": [1, HUGE]}, (2, 2), (2, 2 * HUGE)),
        ("reshape", {"shape": [2**70]}, (2, 2), None),
        ("resize", {"axes": [1], "scales": [float("inf")]}, (2, 2, 3), None),
    ],
)
def test_shapes_are_said_without_making_anything(name, settings, shape, wanted):
    tracemalloc.start()
    try:
        try:
            found = FUNCTIONS[name].shape(shape, **settings)
        except (ValueError, ArithmeticError):
            found = None
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == wanted
    assert peak < 2**20


def test_a_constant_of_any_shape_is_one_number_in_memory():
    tracemalloc.start()
    try:
        y, _ = Operation("constant_of_shape").forward(np.array([2**14, 2**14]))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (y.shape, y.strides) == ((2**14, 2**14), (0, 0))
    assert peak < 2**20


def test_the_bound_itself():
    assert bounded([MOST_NUMBERS, 1, 1]) == (MOST_NUMBERS, 1, 1)
    assert bounded([]) == ()
    assert bounded([0, HUGE]) == (0, HUGE)
    with pytest.raises(ShapeError, match=r"at most 10 numbers(.|\n)*shape \(11,\)"):
        bounded([11], most=10)
    with pytest.raises(ShapeError, match=WORDS):
        bounded([-1, -1])


@pytest.mark.parametrize("name", ["float16", "<f4", ">i2", "bool", np.float64, np.dtype("uint8")])
def test_dtypes_of_numbers(name):
    assert number_dtype(name) == np.dtype(name)
