"""Every written gradient of the glue, against central differences in float64."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from stridewise.glue import FUNCTIONS
from stridewise.testing import check_gradients

RANDOM = np.random.default_rng(11)


def spread(*shape, low=-2.0, high=2.0):
    """Numbers far from each other, in any order: no ties, no kinks, none at 0 or at an integer."""
    count = int(np.prod(shape))
    places = (np.arange(count) + 0.37) / max(count, 1)
    return (low + (high - low) * RANDOM.permutation(places)).reshape(shape)


def above(low, high):
    return lambda *shape: spread(*shape, low=low, high=high)


UNARY = {
    **dict.fromkeys(["identity", "negative", "exp", "sin", "cos", "atan"], spread),
    **dict.fromkeys(["sinh", "cosh", "asinh"], spread),
    **dict.fromkeys(["asin", "acos", "atanh"], above(-0.9, 0.9)),
    **dict.fromkeys(["log", "sqrt"], above(0.3, 3.0)),
    "acosh": above(1.2, 3.0),
    "tan": above(-1.2, 1.2),
    # Away from the kinks at 0, and from the steps at the integers and halves.
    "abs": lambda *shape: np.sign(spread(*shape)) * spread(*shape, low=0.2, high=3),
    "reciprocal": lambda *shape: np.sign(spread(*shape)) * spread(*shape, low=0.4, high=3),
    **dict.fromkeys(
        ["floor", "ceil", "round", "sign"],
        lambda *shape: np.rint(spread(*shape, low=-4, high=4)) + 0.2,
    ),
}
PAIRS = [((3, 4), (3, 4)), ((2, 3), (3,)), ((3,), (2, 1)), ((2, 1, 3), (4, 1)), ((), (2, 3))]
THREE = [((2, 3),), ((2, 3), (3,), (2, 1)), ((), (4, 1), (2, 1, 3))]
AXES = [
    {},
    {"axes": [1]},
    {"axes": [-1, 0], "keepdims": False},
    {"axes": []},
    {"axes": [], "empty_is_none": True},
    {"axes": [0, 1, 2], "keepdims": False},
]
KEPT = np.array([[1, 0, 1]], bool)


def cases():
    for name, numbers in UNARY.items():
        for shape in ((), (5,), (2, 3, 2)):
            yield name, [numbers(*shape)], {}
    for name in ("add", "maximum", "minimum", "mean"):
        for shapes in THREE:
            # Of one set, shared out, so that no two arrays hold the same number.
            numbers = np.split(
                spread(sum(int(np.prod(s)) for s in shapes)),
                np.cumsum([int(np.prod(s)) for s in shapes])[:-1],
            )
            yield name, [n.reshape(s) for n, s in zip(numbers, shapes, strict=True)], {}
    for a, b in PAIRS:
        for name in ("subtract", "multiply"):
            yield name, [spread(*a), spread(*b)], {}
        yield "divide", [spread(*a), spread(*b, low=0.5)], {}
        yield "power", [spread(*a, low=0.3, high=2), spread(*b)], {}
        yield "where", [spread(*a) > 0, spread(*b), spread(*a)], {}
    yield "where", [KEPT, spread(2, 1), spread(4, 2, 3)], {}
    for settings in ({"low": -0.5, "high": 1.0}, {"low": 0.1}, {"high": 0.1}, {}):
        yield "clip", [spread(3, 4)], settings
    yield "cast", [spread(3, 2)], {"dtype": "float64"}
    yield "cast_like", [spread(3, 2), np.float64(0)], {}
    for settings in ({"shape": [4, -1]}, {"shape": [0, 6]}, {"shape": [-1], "allow_zero": True}):
        yield "reshape", [spread(2, 3, 2)], settings
    yield "reshape", [spread(2, 3), np.array([3, 2])], {}
    for settings in ({}, {"axes": [1, 2, 0]}, {"axes": [-1, 0, 1]}):
        yield "transpose", [spread(2, 3, 4)], settings
    for source, target in ((1, -1), (-1, 1), (0, 2)):
        yield "move_axis", [spread(2, 3, 4, 1)], {"source": source, "target": target}
    for settings in ({}, {"axes": [1]}, {"axes": [-1]}, {"axes": []}):
        yield "squeeze", [spread(2, 1, 3, 1)], settings
    for axes in ([0], [-1, 1], [0, 1, 4]):
        yield "unsqueeze", [spread(2, 3)], {"axes": axes}
    for axis in (0, 1, 2, -1, 3):
        yield "flatten", [spread(2, 3, 2)], {"axis": axis}
    for shape in ([2, 3], [4, 1, 1], [1], [2, 1, 3]):
        yield "expand", [spread(2, 1)], {"shape": shape}
    for repeats in ([1, 3], [2, 2], [0, 1]):
        yield "tile", [spread(2, 3)], {"repeats": repeats}
    for axis in (0, -1):
        yield "concat", [spread(2, 3), spread(2, 3), spread(2, 3)], {"axis": axis}
    yield "concat", [spread(2, 3), spread(2, 0), spread(2, 1)], {"axis": 1}
    for index in range(3):
        yield "split", [spread(2, 7)], {"index": index, "axis": -1, "parts": 3}
        yield "split", [spread(6, 2)], {"index": index, "sizes": [1, 0, 5]}
    for starts, ends, others in (
        ([1], [-1], {}),
        ([-1, 0], [-9, 2], {"axes": [-1, 0], "steps": [-2, 1]}),
        ([0], [99], {"axes": [1], "steps": [2]}),
        ([3], [1], {}),
    ):
        yield "slice", [spread(3, 5)], {"starts": starts, "ends": ends, **others}
    for mode in ("constant", "reflect", "edge", "wrap"):
        yield "pad_axes", [spread(3, 4)], {"widths": [1, 2, 0, 3], "mode": mode}
        yield "pad_axes", [spread(3, 4)], {"widths": [-1, 2, 2, -3], "mode": mode}
        yield "pad_axes", [spread(4, 2)], {"widths": [5, 4], "axes": [-2], "mode": mode}
    yield "pad_axes", [spread(3, 2), np.array([2, 1]), np.float64(7), np.array([1])], {}
    for settings in AXES:
        for name in ("sum", "mean", "max", "min", "prod", "l1", "l2", "sum_square", "log_sum_exp"):
            yield f"reduce_{name}", [spread(2, 3, 2)], settings
        yield "reduce_log_sum", [spread(2, 3, 2, low=0.4, high=2)], settings
    yield "reduce_sum", [spread(2, 3), np.array([-1])], {}
    yield "reduce_prod", [np.array([[0.0, 2, 3], [0, 0, 3], [1, 2, 4]])], {"axes": [1]}
    for axis, indices in ((0, [2, 0, 2, -1]), (-1, [[1, 0], [-1, 1]]), (1, 2)):
        yield "gather", [spread(3, 3, 2), np.array(indices)], {"axis": axis}
    yield "gather", [spread(3, 2)], {"indices": [1, 1]}
    yield "gather_elements", [spread(3, 2), np.array([[0, -1], [2, 0]])], {}
    yield "gather_elements", [spread(2, 3), np.array([[0, 2, 2, -3], [1, 1, 0, 0]])], {"axis": -1}
    yield "gather_nd", [spread(2, 3, 2), np.array([[1, -1], [0, 2], [1, -1]])], {}
    yield "gather_nd", [spread(2, 3, 2), np.array([[[2]], [[0]]])], {"batch_dims": 1}
    yield "gather_nd", [spread(2, 3, 2), np.array([[[0], [1], [0]]] * 2)], {"batch_dims": 2}
    for a, b in (
        ((2, 3), (3, 4)),
        ((3,), (3,)),
        ((3,), (3, 2)),
        ((2, 3), (3,)),
        ((3,), (2, 3, 4)),
        ((2, 4, 3), (3,)),
        ((2, 1, 3, 2), (4, 2, 1)),
        ((4, 2), (3, 2, 2)),
    ):
        yield "matmul", [spread(*a), spread(*b)], {}
    for transpose_a in (False, True):
        for transpose_b in (False, True):
            arrays = [spread(*((3, 2) if transpose_a else (2, 3)))]
            arrays += [spread(*((4, 3) if transpose_b else (3, 4)))]
            turned = {"transpose_a": transpose_a, "transpose_b": transpose_b}
            yield "gemm", arrays, {**turned, "alpha": 0.5}
            for c in ((4,), (2, 1), ()):
                yield "gemm", [*arrays, spread(*c)], {**turned, "beta": -2.0}
    for settings in ({}, {"k": 1}, {"k": -1, "upper": False}):
        yield "trilu", [spread(2, 3, 4)], settings
    yield "trilu", [spread(3, 3), np.array([-1])], {"upper": True}


CASES = list(cases())


@pytest.mark.parametrize("name", sorted({name for name, _, _ in CASES}))
def test_gradients_are_those_of_central_differences(name):
    function = FUNCTIONS[name]
    for arrays, settings in (case[1:] for case in CASES if case[0] == name):
        moving = [n for n, array in enumerate(arrays) if np.asarray(array).dtype.kind == "f"]

        def around(points, arrays=arrays, moving=moving):
            full = list(arrays)
            for place, point in zip(moving, points, strict=True):
                full[place] = point
            return full

        def forward(*points, around=around, settings=settings):
            return function.forward(*around(points), **settings)

        def backward(grad_y, *points, around=around, settings=settings, moving=moving):
            full = around(points)
            found = function.backward(grad_y, *full, **settings)
            assert len(found) <= len(full)
            for place, gradient in enumerate(found):
                assert place in moving or gradient is None
            return tuple(found[place] if place < len(found) else None for place in moving)

        points = [arrays[place] for place in moving]
        check_gradients(forward, backward, points, rtol=1e-5, atol=1e-7)


def test_no_function_with_a_gradient_is_left_out():
    assert {name for name, _, _ in CASES} == {n for n, f in FUNCTIONS.items() if f.backward}


@pytest.mark.parametrize("name", sorted({name for name, _, _ in CASES}))
def test_float32_stays_float32_and_nothing_is_written_to(name):
    function = FUNCTIONS[name]
    for given, settings in (case[1:] for case in CASES if case[0] == name):
        if name == "cast":
            settings = {"dtype": "float32"}
        arrays = [np.array(a, "f4" if np.asarray(a).dtype.kind == "f" else None) for a in given]
        kept = [array.copy() for array in arrays]
        y = np.asarray(function.forward(*arrays, **settings))
        assert y.dtype == np.float32
        grad_y = np.ones(y.shape, np.float32)
        for array in (*arrays, grad_y):
            array.flags.writeable = False
        found = function.backward(grad_y, *arrays, **settings)
        for gradient, array in zip(found, arrays, strict=False):
            assert gradient is None or (gradient.dtype, gradient.shape) == ("float32", array.shape)
        for array, before in zip(arrays, kept, strict=True):
            assert_array_equal(array, before)


def gradient(name, grad_y, *arrays, **settings):
    arrays = [np.asarray(array) for array in arrays]
    with np.errstate(all="ignore"):
        return FUNCTIONS[name].backward(np.asarray(grad_y), *arrays, **settings)


def test_the_first_of_equal_extremes_takes_the_gradient():
    by_a, by_b = gradient("maximum", [1.0, 2.0, 3.0], [1.0, 5.0, 4.0], [1.0, 2.0, 4.0])
    assert_array_equal(by_a, [1, 2, 3])
    assert_array_equal(by_b, [0, 0, 0])
    by_a, by_b = gradient("minimum", [1.0, 2.0, 3.0], [1.0, 5.0, 4.0], [1.0, 2.0, 4.0])
    assert_array_equal(by_a, [1, 0, 3])
    assert_array_equal(by_b, [0, 2, 0])


@pytest.mark.parametrize("name", ["reduce_max", "reduce_min"])
def test_equal_extremes_of_a_reduction_share_the_gradient(name):
    (by_x,) = gradient(name, [[6.0]], [[2.0, 2.0, 2.0]], axes=[1])
    assert_array_equal(by_x, [[2, 2, 2]])


def test_a_length_of_zero_has_gradient_zero():
    assert_array_equal(gradient("reduce_l2", [[5.0]], [[0.0, 0.0]], axes=[1])[0], [[0, 0]])
    assert_array_equal(gradient("reduce_l1", [[5.0]], [[0.0, -2.0]], axes=[1])[0], [[0, -5]])


def test_powers_at_zero():
    """0^2, 0^1 and 0^0: by the base 0, 1 and 0; by the exponent 0."""
    by_base, by_exponent = gradient("power", [1.0] * 3, [0.0] * 3, [2.0, 1.0, 0.0])
    assert_array_equal(by_base, [0, 1, 0])
    assert_array_equal(by_exponent, [0, 0, 0])
    by_base, by_exponent = gradient("power", [1.0, 1.0], [-3.0, -3.0], [2.0, 3.0])
    assert_array_equal(by_base, [-6, 27])
    assert_array_equal(by_exponent, [0, 0])


def test_integers_have_no_gradient():
    by_base, by_exponent = gradient("power", np.float32([1, 1]), np.float32([2, 3]), [3, 2])
    assert by_base.dtype == np.float32
    assert_array_equal(by_base, [12, 6])
    assert by_exponent is None
    assert gradient("cast", [1.0], [3], dtype="float64") == (None,)
    assert gradient("cast", [1], [3.5], dtype="int64") == (None,)
    assert gradient("cast_like", [1], [3.5], np.int32(0)) == (None,)


def test_a_cast_gives_the_gradient_in_the_dtype_that_came():
    (by_x,) = gradient("cast", np.float32([1.5]), np.float64([3]), dtype="float32")
    assert by_x.dtype == np.float64


def test_places_taken_twice_get_the_sum():
    (by_x,) = gradient("gather", [1.0, 2.0, 4.0], [9.0, 9.0, 9.0], [1, -1, 1])
    assert_array_equal(by_x, [0, 5, 2])
