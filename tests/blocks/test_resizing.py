"""Resizing by hand, against a loop over all pairs of elements, and its backward as the adjoint."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from stridewise import StridewiseError
from stridewise.blocks.aspect_ratio import keep_aspect_ratio
from stridewise.blocks.axis_resizing import resize_axes, resize_axes_backward
from stridewise.blocks.interpolation import Interpolation
from stridewise.blocks.resizing import resize, resize_backward
from stridewise.testing import check_gradients

COORDINATES = [
    "half_pixel",
    "half_pixel_symmetric",
    "pytorch_half_pixel",
    "align_corners",
    "asymmetric",
    "tf_half_pixel_for_nn",
    "tf_crop_and_resize",
]
NEAREST = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]
HALF = Fraction(1, 2)
inf, nan = np.inf, np.nan


def row(*values):
    """One example, one channel, one row."""
    return np.array(values, dtype=float).reshape(1, -1, 1)


def place(i, size, out, scale, coordinates, roi=(0, 1)):
    """Where new element ``i`` lies among the old ones."""
    scale = Fraction(scale)
    width = scale * size
    if coordinates == "asymmetric":
        return i / scale
    if coordinates == "tf_half_pixel_for_nn":
        return (i + HALF) / scale
    if coordinates == "align_corners":
        return i * (size - 1) / (width - 1) if out > 1 else 0.0
    if coordinates == "tf_crop_and_resize":
        start, end = (Fraction(side) * (size - 1) for side in roi)
        return start + i * (end - start) / (out - 1) if out > 1 else (start + end) / 2
    if coordinates == "pytorch_half_pixel" and out == 1:
        return 0.0
    moved = (size - size * out / width) / 2 if coordinates == "half_pixel_symmetric" else 0.0
    return moved + (i + HALF) / scale - HALF


def kernel(distance, mode, a):
    d = abs(distance)
    if mode == "linear":
        return max(1 - d, 0)
    if d <= 1:
        return (a + 2) * d**3 - (a + 3) * d**2 + 1
    return a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a if d < 2 else 0


def resized_row(x, out, scale, how, roi=(0, 1)):
    """The same in plain loops: each new element looks at all places, near and far."""
    size = len(x)
    stretch = min(scale, 1) if how.antialias else 1
    crop = how.coordinates == "tf_crop_and_resize" and roi != (0, 1)
    if out == size and scale == 1 and not crop:  # left alone, by tf_half_pixel_for_nn too
        return x
    y = []
    for i in range(out):
        where = place(i, size, out, scale, how.coordinates, roi)
        if how.coordinates == "tf_crop_and_resize" and not 0 <= where <= size - 1:
            y.append(how.extrapolation_value)
            continue
        if how.mode == "nearest":
            down, up = math.floor(where), math.ceil(where)
            at = {
                "floor": down,
                "ceil": up,
                "round_prefer_floor": down if where - down <= 0.5 else up,
                "round_prefer_ceil": down if where - down < 0.5 else up,
            }[how.nearest]
            y.append(x[min(max(at, 0), size - 1)])
            continue
        where = float(where)
        places = range(-4 * size - 9, 5 * size + 9)
        if how.exclude_outside:
            places = range(size)
        weights = [kernel((j - where) * stretch, how.mode, how.cubic_coeff) for j in places]
        values = [x[min(max(j, 0), size - 1)] for j in places]
        y.append(np.dot(weights, values) / sum(weights))
    return np.array(y)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"size": 6}, [8, 8, 16, 16, 24, 24]),
        ({"size": 2}, [8, 24]),
        ({"size": 1}, [16]),
        ({"scale": 0.67, "nearest": "ceil"}, [16, 24]),  # places 0.25 and 1.74
        ({"size": 6, "nearest": "ceil"}, [8, 16, 16, 24, 24, 24]),
        ({"size": 6, "nearest": "floor"}, [8, 8, 8, 16, 16, 24]),
        ({"size": 6, "coordinates": "asymmetric"}, [8, 8, 16, 16, 24, 24]),  # a half goes down
        (
            {"size": 6, "coordinates": "asymmetric", "nearest": "round_prefer_ceil"},
            [8, 16, 16, 24, 24, 24],
        ),
        ({"size": 5, "coordinates": "align_corners"}, [8, 8, 16, 16, 24]),
        (
            {"size": 6, "coordinates": "tf_half_pixel_for_nn", "nearest": "floor"},
            [8] * 2 + [16] * 2 + [24] * 2,
        ),
        ({"size": 6, "mode": "linear"}, [8, 10, 14, 18, 22, 24]),
        ({"size": 5, "mode": "linear", "coordinates": "align_corners"}, [8, 12, 16, 20, 24]),
        ({"size": 6, "mode": "linear", "coordinates": "asymmetric"}, [8, 12, 16, 20, 24, 24]),
        ({"size": 1, "mode": "linear", "coordinates": "half_pixel"}, [16]),
        ({"size": 1, "mode": "linear", "coordinates": "pytorch_half_pixel"}, [8]),
        ({"size": 1, "mode": "linear", "coordinates": "align_corners"}, [8]),
        ({"size": 1, "mode": "linear", "coordinates": "tf_crop_and_resize"}, [16]),
        # scale 0.75 of 3 is 2.25, rounded to 2: the middle of both is the middle
        ({"scale": 0.75, "mode": "linear"}, [8 * 7 / 6, 20]),
        (
            {"scale": 0.75, "mode": "linear", "coordinates": "half_pixel_symmetric"},
            [32 / 3, 64 / 3],
        ),
        (
            {"size": 4, "mode": "linear", "coordinates": "tf_crop_and_resize", "roi": [(0.5, 2)]},
            [16, 24, 0, 0],
        ),
        (
            {
                "size": 3,
                "coordinates": "tf_crop_and_resize",
                "roi": [(1, -0.5)],
                "extrapolation_value": 5,
            },
            [24, 8, 5],
        ),
        ({"size": 3, "mode": "cubic"}, [8, 16, 24]),
        # by the kernel at 1.25, 0.25, 0.75, 1.75: -0.10546875, 0.87890625, 0.26171875, -0.03515625
        (
            {"size": 6, "mode": "cubic"},
            [7.15625, 9.53125, 13.34375, 18.65625, 22.46875, 24.84375],
        ),
        ({"size": 1, "mode": "linear", "antialias": True}, [(8 * 3 + 16 * 3 + 24 * 3) / 9]),
    ],
)
def test_one_row_by_hand(options, wanted):
    assert_allclose(resize(row(8, 16, 24), **options).ravel(), wanted, rtol=1e-12)


@st.composite
def interpolations(draw):
    mode = draw(st.sampled_from(["nearest", "linear", "cubic"]))
    return Interpolation(
        mode,
        draw(st.sampled_from(COORDINATES)),
        draw(st.sampled_from(NEAREST)),
        draw(st.sampled_from([-0.75, -0.5])),
        draw(st.booleans()),
        draw(st.sampled_from([0.0, 2.5])),
        draw(st.booleans()) and mode != "nearest",
    )


@example(Interpolation("nearest", "tf_half_pixel_for_nn", "ceil"), 2, 4, 0)
@given(interpolations(), st.integers(1, 7), st.integers(1, 16), st.integers(0, 2**32))
def test_a_row_against_loops(how, size, scale, seed):
    random = np.random.default_rng(seed)
    x = random.integers(-9, 10, (size, 2)).astype(float)
    out = max(size * scale // 4, 1)  # scales in quarters, so all places are exact, or nearly
    scale = max(scale / 4, 1 / size)
    roi = (0.25, 1.25) if seed % 2 else (0.0, 1.0)
    y = resize_axes(x, [0], [out], [scale], how, roi=[roi])
    wanted = [resized_row(column, out, scale, how, roi) for column in x.T]
    if how.mode == "nearest" and (scale * 4) % 4 not in (0, 2):
        return  # a rounding decides: looked at below, where the scale is a ratio of sizes
    assert_allclose(y, np.transpose(wanted), atol=1e-9)


@given(interpolations(), st.integers(0, 2**32))
def test_backward_is_the_adjoint(how, seed):
    random = np.random.default_rng(seed)
    how = Interpolation(**{**vars(how), "extrapolation_value": 0.0})
    rank = random.integers(1, 4)
    x = random.standard_normal((2, *random.integers(1, 6, rank), 3))
    size = tuple(map(int, random.integers(1, 9, rank)))
    options = dict(vars(how))
    if how.coordinates == "tf_crop_and_resize":
        options["roi"] = random.uniform(-0.2, 1.2, (rank, 2))
    y = resize(x, size, **options)
    grad_y = random.standard_normal(y.shape)
    grad_x = resize_backward(grad_y, x, size, **options)
    assert y.shape == (2, *size, 3)
    assert grad_x.shape == x.shape
    assert_allclose(np.vdot(y, grad_y), np.vdot(x, grad_x), atol=1e-9)


@pytest.mark.parametrize("nearest", NEAREST)
@pytest.mark.parametrize("coordinates", ["half_pixel", "asymmetric", "align_corners"])
def test_places_of_a_ratio_of_sizes_are_not_rounded(nearest, coordinates):
    how = Interpolation("nearest", coordinates, nearest)
    for size, out in itertools.product(range(1, 14), repeat=2):
        x = np.arange(size)
        y = resize_axes(x, [0], [out], how=how)
        assert_array_equal(y, resized_row(x, out, Fraction(out, size), how))


@pytest.mark.parametrize(
    ("shape", "size", "options"),
    [
        ((2, 3, 2), 5, {"mode": "linear"}),
        ((1, 5, 4, 2), (3, 7), {"mode": "cubic", "exclude_outside": True}),
        ((2, 5, 4, 1), (2, 3), {"mode": "linear", "antialias": True}),
        ((1, 2, 3, 2, 2), (3, 2, 4), {"coordinates": "asymmetric"}),
        (
            (1, 3, 4, 2),
            (4, 3),
            {
                "mode": "linear",
                "coordinates": "tf_crop_and_resize",
                "roi": [(0, 1), (0.2, 1.3)],
                "extrapolation_value": 7.0,
            },
        ),
    ],
)
def test_gradients(rng, shape, size, options):
    check_gradients(
        lambda x: resize(x, size, **options),
        lambda grad_y, x: resize_backward(grad_y, x, size, **options),
        [rng.standard_normal(shape)],
    )


def test_axes_are_resized_one_by_one_and_scale_is_one_an_axis(rng):
    x = rng.standard_normal((2, 4, 3, 5))
    y = resize(x, scale=(0.5, 2), mode="linear")
    assert y.shape == (2, 2, 6, 5)
    for n, c in np.ndindex(2, 5):
        rows = np.stack([resize(row(*x[n, i, :, c]), 6, mode="linear").ravel() for i in range(4)])
        both = np.stack([resize(row(*rows[:, j]), 2, mode="linear").ravel() for j in range(6)])
        assert_allclose(y[n, :, :, c], both.T)


@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
def test_the_same_size_is_a_copy(rng, mode):
    x = rng.standard_normal((2, 3, 4, 2))
    y = resize(x, (3, 4), mode=mode)
    grad_x = resize_backward(x, x, scale=1, mode=mode)
    assert_array_equal(y, x)
    assert_array_equal(grad_x, x)
    assert not np.shares_memory(y, x)
    assert not np.shares_memory(grad_x, x)


def test_constants_stay_constants(rng):
    x = np.full((1, 7, 5, 1), 3.0)
    for mode in ("linear", "cubic"):
        for antialias in (False, True):
            y = resize(x, (3, 8), mode=mode, antialias=antialias)
            assert_allclose(y, np.full((1, 3, 8, 1), 3.0))


def test_an_infinite_element_spoils_what_it_is_mixed_into_only():
    x = row(1, inf, 3, 5, nan)
    y = resize(x, 9, mode="linear", coordinates="align_corners").ravel()
    assert_array_equal(y, [1, inf, inf, inf, 3, 4, 5, nan, nan])
    assert_array_equal(
        resize(row(1, inf, -inf), 6, mode="linear").ravel()[2:4],
        [inf, nan],
    )
    grad_x = resize_backward(
        row(inf, 0, -inf), row(1, 2), 3, mode="linear", coordinates="align_corners"
    )
    assert_array_equal(grad_x.ravel(), [inf, -inf])


@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
@pytest.mark.parametrize(
    ("dtype", "result"),
    [("f2", "f2"), ("f4", "f4"), (">f4", "f4"), ("f8", "f8"), ("i4", "f8"), ("?", "f8")],
)
def test_dtypes(mode, dtype, result):
    x = np.array([[0, 1, 1], [1, 0, 1]]).astype(dtype).reshape(1, 2, 3, 1)
    y = resize(x, (3, 2), mode=mode)
    assert y.dtype == result
    assert_allclose(y, resize(x.astype("f8"), (3, 2), mode=mode), atol=1e-3)
    assert resize_backward(y, x, (3, 2), mode=mode).dtype == result


@pytest.mark.parametrize("dtype", ["u1", "i8", "?", "f2", "u8"])
def test_the_nearest_element_is_exact_in_every_dtype(dtype):
    largest = True if dtype == "?" else 255 if dtype == "u1" else 2**53 + 1 if dtype != "f2" else 3
    x = np.array([[0, largest, 1]]).astype(dtype)
    y = resize_axes(x, [-1], [6])
    assert y.dtype == dtype
    assert_array_equal(y, np.repeat(x, 2, axis=1))
    assert resize_axes(x, [0], [1]).dtype == dtype


def test_other_modes_make_floats_of_integers():
    y = resize_axes(np.array([1, 2], np.uint8), [0], [4], how=Interpolation("linear"))
    assert (y.dtype, y.tolist()) == (np.float64, [1, 1.25, 1.75, 2])


def test_any_axes_of_any_layout(rng):
    x = rng.standard_normal((2, 3, 4, 5))
    how = Interpolation("linear")
    y = resize_axes(x, [-1, 2], [7, 6], how=how)
    wanted = np.moveaxis(resize(np.moveaxis(x, 1, -1), (6, 7), mode="linear"), -1, 1)
    assert_allclose(y, wanted)
    assert_allclose(
        resize_axes(x[0, 0, 0], [0], [7], how=how),
        resize(row(*x[0, 0, 0]), 7, mode="linear").ravel(),
    )
    assert_array_equal(resize_axes(x, [], []), x)
    assert_array_equal(resize_axes_backward(x, x, [], []), x)
    assert resize_axes(x, [2], [0]).shape == (2, 3, 0, 5)
    assert_array_equal(resize_axes_backward(np.zeros((2, 3, 0, 5)), x, [2], [0], how=how), 0 * x)
    assert resize_axes(np.zeros((0, 2)), [0, 1], [0, 4]).shape == (0, 4)


def test_a_scale_that_is_not_the_ratio_of_sizes():
    # places at (i + 0.5) / 0.7 − 0.5
    y = resize_axes([0.0, 1, 2, 3, 4], [0], [3], [0.7], Interpolation("linear"))
    assert_allclose(y, [0.5 / 0.7 - 0.5, 1.5 / 0.7 - 0.5, 2.5 / 0.7 - 0.5])
    how = Interpolation("linear", "align_corners")  # one element, twice
    assert_array_equal(resize_axes([1.0, 2], [0], [2], [0.5], how), [1, 1])
    # sizes far beyond the scale: the edge, even if all of its weights are excluded
    how = Interpolation("linear", "asymmetric", exclude_outside=True)
    assert_array_equal(resize_axes([1.0, 2], [0], [5], [1.0], how), [1, 2, 2, 2, 2])


def test_a_crop_of_integers_takes_a_value_that_fits():
    how = Interpolation(coordinates="tf_crop_and_resize", extrapolation_value=9)
    y = resize_axes(np.array([1, 2], np.uint8), [0], [4], how=how, roi=[(0, 3)])
    assert (y.dtype, y.tolist()) == (np.uint8, [1, 2, 9, 9])
    for value in (-1.0, 0.5, 300, nan):
        how = Interpolation(coordinates="tf_crop_and_resize", extrapolation_value=value)
        with pytest.raises(ValueError, match="does not fit the dtype of `x`"):
            resize_axes(np.array([1, 2], np.uint8), [0], [4], how=how, roi=[(0, 3)])


@pytest.mark.parametrize(
    ("policy", "sizes", "wanted"),
    [
        ("stretch", (8, 9), ((8, 9), (2.0, 1.5))),
        ("not_larger", (8, 9), ((6, 9), (1.5, 1.5))),
        ("not_smaller", (8, 9), ((8, 12), (2.0, 2.0))),
        ("not_larger", (3, 2), ((1, 2), (1 / 3, 1 / 3))),
        ("not_smaller", (5, 1), ((5, 8), (1.25, 1.25))),  # 7.5 is rounded up
    ],
)
def test_keep_aspect_ratio(policy, sizes, wanted):
    assert keep_aspect_ratio((4, 6), sizes, policy) == wanted
    assert keep_aspect_ratio((), (), policy) == ((), ())


def test_a_large_axis_needs_small_tables_only():
    x = np.arange(2.0**17).reshape(1, -1, 1)
    y = resize(x, 2**16, mode="cubic")
    assert_allclose(y[0, 1:-1, 0], np.arange(2, 2**17 - 2, 2) + 0.5)
    y = resize(x, 4, mode="linear", antialias=True)  # straight but for the two edges
    assert_allclose(y[0, 1:3, 0], [3 * 2**14 - 0.5, 5 * 2**14 - 0.5])
    # the edge itself is most of what lies beyond it
    grad_x = resize_backward(np.ones((1, 4, 1)), x, 4, mode="linear", antialias=True)
    assert_allclose(grad_x[0, 1:-1, 0].sum() + 2 * grad_x[0, 0, 0], 4)


def test_an_infinite_element_in_a_wide_window():
    x = row(inf, *range(11))
    y = resize(x, 2, mode="cubic", antialias=True).ravel()
    assert y[0] == inf
    assert np.isfinite(resize(x, 3, mode="linear", antialias=True).ravel()[2])


@pytest.mark.parametrize("shape", [(0, 2, 3, 4), (5, 2, 3, 0)])
def test_an_empty_batch_and_no_channels(shape):
    y = resize(np.zeros(shape), (4, 5), mode="linear")
    assert y.shape == (shape[0], 4, 5, shape[-1])
    assert resize_backward(y, np.zeros(shape), (4, 5), mode="linear").shape == shape


def test_strange_memory_gives_the_same_and_is_not_written_to(rng):
    x = rng.standard_normal((3, 5, 4, 2))
    options = {"size": (7, 3), "mode": "cubic"}
    y = resize(x, **options)
    grad_x = resize_backward(y, x, **options)
    for strange in (np.asfortranarray(x), x[:, ::-1].copy()[:, ::-1]):
        strange.flags.writeable = False
        assert_array_equal(resize(strange, **options), y)
        grad_y = np.asfortranarray(y)
        grad_y.flags.writeable = False
        assert_allclose(resize_backward(grad_y, strange, **options), grad_x, rtol=1e-12)


ZEROS = np.zeros((2, 3, 4, 5))
CROP = {"coordinates": "tf_crop_and_resize"}


@pytest.mark.parametrize("call", [resize, lambda x, **options: resize_backward(x, x, **options)])
@pytest.mark.parametrize(
    ("x", "options", "kind", "message"),
    [
        (ZEROS, {"size": 6, "mode": "liner"}, ValueError, "`mode` has an unknown(.|\n)*'linear'"),
        (ZEROS, {"size": 6, "coordinates": None}, ValueError, "`coordinates` has an unknown name"),
        (ZEROS, {"size": 6, "nearest": "up"}, ValueError, "`nearest` has an unknown name"),
        (ZEROS, {"size": 6, "cubic_coeff": inf}, ValueError, "`cubic_coeff` is not a finite"),
        (ZEROS, {"size": 6, "cubic_coeff": 10**400}, ValueError, "`cubic_coeff` is not a finite"),
        (ZEROS, {"size": 6, "extrapolation_value": 10**400}, ValueError, "not a finite number"),
        (ZEROS, {"size": 6, "exclude_outside": "no"}, TypeError, "`exclude_outside` is neither"),
        (ZEROS, {"size": 6, "antialias": np.array([0, 1])}, TypeError, "`antialias` is neither"),
        (ZEROS, {"scale": np.array(2)}, TypeError, "`scale` is not a number"),
        (ZEROS, {"size": 6, "cubic_coeff": "a"}, TypeError, "`cubic_coeff` is not a finite"),
        (ZEROS, {"size": 6, "extrapolation_value": True}, TypeError, "`extrapolation_value` is"),
        (ZEROS, {"size": 6, "antialias": True}, ValueError, "nearest element cannot be smoothed"),
        (ZEROS, {}, ValueError, "either `size` or `scale`"),
        (ZEROS, {"size": 6, "scale": 2}, ValueError, "either `size` or `scale`"),
        (ZEROS, {"size": 0}, ValueError, "`size` is out of range"),
        (ZEROS, {"size": 2.0}, TypeError, "`size` is not an integer"),
        (ZEROS, {"size": (2, 2, 2)}, ValueError, "`size` has the wrong form"),
        (ZEROS, {"scale": 0.3}, ValueError, "1 to 2\\*\\*31 - 1 elements"),
        (ZEROS, {"scale": 1e300}, ValueError, "1 to 2\\*\\*31 - 1 elements"),
        (ZEROS, {"scale": -1}, ValueError, "`scale` is out of range"),
        (ZEROS, {"scale": "2"}, TypeError, "`scale` is not a number"),
        (ZEROS, {"scale": (2, 3, 4)}, ValueError, "one scale, or one an axis"),
        (ZEROS, {"size": 6, "roi": [(0, 1)] * 2}, ValueError, "`roi` only with"),
        (ZEROS, {"scale": 2, "roi": [(0, 1)] * 2, **CROP}, ValueError, "and with `size`"),
        (ZEROS[0, 0], {"size": 6}, ValueError, "`x` has no image"),
        (ZEROS[:, :0], {"size": 6}, ValueError, "`x` has no image"),
        (ZEROS.astype(complex), {"size": 6}, TypeError, "does not hold real numbers"),
    ],
)
def test_errors(call, x, options, kind, message):
    with pytest.raises(kind, match=message) as caught:
        call(x, **options)
    assert isinstance(caught.value, StridewiseError)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 6, "roi": [(0, 1)], **CROP}, "^resize: (.|\n)*one \\(start, end\\) an axis"),
        ({"size": 6, "roi": [(0, inf)] * 2, **CROP}, "^resize: `roi` cannot be used"),
        ({"size": 2**31 - 1}, "larger than any memory"),
    ],
)
def test_errors_of_forward(options, message):
    with pytest.raises(ValueError, match=message):
        resize(ZEROS, **options)


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (([0, 0], [1, 1]), ValueError, "each axis only once"),
        (([2], [1]), ValueError, "`axes` is out of range"),
        (([0], [1, 1]), TypeError, "a sequence of 1"),
        ((0, [1]), TypeError, "a sequence of integers"),
        (([0], [1], [1.0, 1.0]), TypeError, "`scales` does not go with the axes"),
        (([0], [4], [0.1]), ValueError, "at least half an element"),
        (([0], [-1]), ValueError, "`sizes` is out of range"),
        (([1], [1]), ValueError, "0 for an axis that is empty"),
    ],
)
def test_errors_of_any_axes(arguments, kind, message):
    for call in (resize_axes, lambda x, *rest: resize_axes_backward(x, x, *rest)):
        with pytest.raises(kind, match=message):
            call(np.zeros((3, 0)), *arguments)


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (((4, 6), (8, 9), "larger"), ValueError, "`policy` has an unknown name"),
        (((4, 6), (8,)), ValueError, "`sizes` does not go with"),
        (((4, 6), (8, 0)), ValueError, "`sizes` is out of range"),
        (((4, 0), (8, 9)), ValueError, "`input_size` is out of range"),
    ],
)
def test_errors_of_keep_aspect_ratio(arguments, kind, message):
    with pytest.raises(kind, match=message):
        keep_aspect_ratio(*arguments)


def test_grad_y_of_the_wrong_shape():
    with pytest.raises(ValueError, match=r"grad_y.shape=\(2, 6, 6, 5\)"):
        resize_backward(ZEROS, ZEROS, 6)
    with pytest.raises(ValueError, match=r"grad_y.shape=\(2, 6, 4, 5\)"):
        resize_axes_backward(ZEROS, ZEROS, [1], [6])
