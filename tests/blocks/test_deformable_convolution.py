"""Deformable convolution by hand, sample by sample, and against the convolution it bends."""

import inspect
import itertools
import math
import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.blocks import deformable_convolution, deformed_windows
from stridewise.blocks.convolution import conv, conv2d
from stridewise.blocks.deformable_convolution import (
    deform_conv,
    deform_conv1d,
    deform_conv1d_backward,
    deform_conv2d,
    deform_conv2d_backward,
    deform_conv_backward,
)
from stridewise.errors import DtypeError, OptionError, OptionTypeError, ShapeError
from stridewise.specs import ConvSpec
from stridewise.testing import check_gradients

nan, inf = np.nan, np.inf


def row(*values):
    return np.array(values, dtype=float).reshape(1, -1, 1)


@pytest.mark.parametrize(
    ("moves", "wanted"),
    [
        ([0, 0, 0, 0], [8, 4, 16, 32]),
        ([1, 1, 1, 1], [4, 16, 32, 0]),
        ([0.5, 0.25, 0.5, 0.75], [6, 7, 24, 8]),
        ([-0.5, -0.25, -1.5, -3], [4, 5, 6, 8]),
        # beyond the end and the beginning: between an element and 0, then 0
        ([3.5, 3, -2.5, -3.5], [16, 0, 4, 4]),
        ([-1, -2, -3, 1], [0, 0, 0, 0]),
        ([-1e9, 1e30, -inf, inf], [0, 0, 0, 0]),
        ([nan, 0, 0, 0], [nan, 4, 16, 32]),
    ],
)
def test_one_tap_by_hand(engine, moves, wanted):
    y = deform_conv1d(row(8, 4, 16, 32), row(*moves), [[[1.0]]])
    assert_array_equal(y.ravel(), wanted)


def test_two_axes_by_hand(engine):
    x = np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]]).reshape(1, 2, 3, 1)
    # a kernel of one row and two columns: per position row and column of tap 0, then of tap 1
    offset = np.array([[0.5, 0, 0, 0.5], [0.5, 0.5, -0.5, 0], [0, 0, 0, 0], [1, 0, -1, 0.75]])
    weight = np.array([1.0, 100.0]).reshape(1, 2, 1, 1)
    y = deform_conv2d(x, offset.reshape(1, 2, 2, 4), weight)
    upper = [4.5 + 300, 13.5 + 200]
    lower = [8 + 1600, 0 + 100]
    assert y[0, :, :, 0].tolist() == [upper, lower]
    mask = np.array([[1, 0], [2, 0.5], [0, 1], [1, 1.0]]).reshape(1, 2, 2, 2)
    y = deform_conv2d(x, offset.reshape(1, 2, 2, 4), weight, [0.5], mask)
    assert y[0, :, :, 0].tolist() == [[4.5 + 0.5, 27 + 100 + 0.5], [1600.5, 100.5]]


def test_gradients_by_hand(engine):
    x, offset, mask = row(8, 4, 16, 32), row(0.5, 0.25, 1, -4.5), row(1, 2, 3, 4)
    g = deform_conv1d_backward(row(1, 10, 100, 1000), x, offset, [[[2.0]]], mask)
    assert g.weight.item() == 6 + 10 * 2 * 7 + 100 * 3 * 32 + 0
    assert g.mask.ravel().tolist() == [12, 140, 6400, 0]
    assert g.x.ravel().tolist() == [1, 1 + 30, 10, 600]
    # between elements their difference; at 32 itself that to its right, which is 0 − 32
    assert g.offset.ravel().tolist() == [-8, 10 * 4 * 12, 600 * -32, 0]
    assert g.bias.tolist() == [1111]


CASES = {
    "plain": ((2, 3, 4, 3), (3, 2, 3, 2), {}, False),
    "mask": ((1, 3, 5, 3), (2, 3, 3, 2), {}, True),
    "stride and padding": (
        (1, 5, 6, 2),
        (3, 2, 2, 3),
        {"stride": (2, 3), "padding": ((0, 1), (2, 1))},
        True,
    ),
    "dilation": ((1, 5, 6, 2), (2, 3, 2, 3), {"dilation": (3, 2)}, False),
    "same": ((1, 3, 4, 2), (2, 3, 2, 1), {"padding": "same", "stride": (1, 2)}, False),
    "groups": ((1, 3, 4, 6), (2, 1, 2, 3), {"groups": 3, "offset_groups": 2}, True),
    "depthwise": ((2, 2, 3, 4), (2, 2, 1, 4), {"groups": 4, "offset_groups": 4}, True),
    "offset groups": ((1, 3, 4, 4), (2, 2, 4, 3), {"offset_groups": 2}, False),
    "rank 1": ((3, 7, 4), (3, 4, 2), {"stride": 2, "padding": 1, "offset_groups": 2}, True),
    "rank 3": ((1, 2, 3, 4, 2), (1, 2, 2, 2, 3), {"padding": (0, 1, 0), "stride": 2}, True),
}
every = pytest.mark.parametrize("name", CASES)


def drawn(rng, name):
    """The five arrays, in the order of the forward direction, and the options."""
    x_shape, weight_shape, options, masked = CASES[name]
    rank = len(x_shape) - 2
    window = {key: value for key, value in options.items() if key != "offset_groups"}
    spec = ConvSpec.of("demo", x_shape[1:-1], weight_shape[:rank], **window)
    taps = options.get("offset_groups", 1) * math.prod(spec.kernel_size)
    x, weight = rng.standard_normal(x_shape), rng.standard_normal(weight_shape)
    offset = 1.5 * rng.standard_normal((x_shape[0], *spec.output_size, taps * rank))
    mask = rng.standard_normal((x_shape[0], *spec.output_size, taps)) if masked else None
    bias = rng.standard_normal(weight_shape[-1])
    return rank, spec, (x, offset, weight, bias, mask), options


def sample_by_sample(spec, x, offset, weight, bias, mask, offset_groups=1):
    (N, C_in, C_out), rank = (len(x), x.shape[-1], weight.shape[-1]), spec.rank
    taps = list(np.ndindex(*spec.kernel_size))
    y = np.zeros((N, *spec.output_size, C_out)) + bias
    for n, c_in in itertools.product(range(N), range(C_in)):
        first = c_in // (C_in // spec.groups) * (C_out // spec.groups)
        outputs = range(first, first + C_out // spec.groups)
        offset_group = c_in // (C_in // offset_groups)
        for position in np.ndindex(*spec.output_size):
            for t, tap in enumerate(taps):
                number = offset_group * len(taps) + t
                place = [
                    position[a] * spec.stride[a]
                    - spec.padding[a][0]
                    + tap[a] * spec.dilation[a]
                    + offset[(n, *position, number * rank + a)]
                    for a in range(rank)
                ]
                sample = 0.0
                for element in np.ndindex(*spec.input_size):
                    near = [max(1 - abs(e - p), 0) for e, p in zip(element, place, strict=True)]
                    sample += math.prod(near) * x[(n, *element, c_in)]
                if mask is not None:
                    sample *= mask[(n, *position, number)]
                for o in outputs:
                    weighted = weight[(*tap, c_in % (C_in // spec.groups), o)] * sample
                    y[(n, *position, o)] += weighted
    return y


@every
def test_against_samples(rng, engine, name):
    rank, spec, arrays, options = drawn(rng, name)
    y = deform_conv(rank, *arrays, **options)
    wanted = sample_by_sample(spec, *arrays, options.get("offset_groups", 1))
    assert_allclose(y, wanted, atol=1e-12)


@every
def test_gradients(rng, name):
    rank, _, (*arrays, mask), options = drawn(rng, name)

    def forward(x, offset, weight, bias, *masks):
        return deform_conv(rank, x, offset, weight, bias, *masks, **options)

    def backward(grad_y, x, offset, weight, bias, *masks):
        gradients = deform_conv_backward(rank, grad_y, x, offset, weight, *masks, **options)
        assert (gradients.mask is None) == (not masks)
        return tuple(gradients)[: 4 + len(masks)]

    arrays = arrays if mask is None else [*arrays, mask]
    # small steps, so that no sample crosses an element, where the gradient has a jump
    check_gradients(forward, backward, arrays, rtol=1e-5, atol=1e-7)


@every
def test_without_offsets_it_is_the_convolution(rng, engine, name):
    rank, _, (x, offset, weight, bias, mask), options = drawn(rng, name)
    ones = None if mask is None else np.ones_like(mask)
    y = deform_conv(rank, x, np.zeros_like(offset), weight, bias, ones, **options)
    options = {key: value for key, value in options.items() if key != "offset_groups"}
    assert_allclose(y, conv(rank, x, weight, bias, **options), atol=1e-12)


def test_whole_offsets_read_whole_elements_and_no_others(rng):
    x = rng.standard_normal((1, 4, 5, 2))
    x[0, 2, 3] = nan, inf
    offset, weight = np.zeros((1, 4, 5, 18)), np.ones((3, 3, 2, 1))
    with np.errstate(invalid="ignore"):
        wanted = conv2d(x, weight, padding=1)
    assert_array_equal(
        np.isfinite(deform_conv2d(x, offset, weight, padding=1)), np.isfinite(wanted)
    )


def test_gradients_where_x_is_infinite_warn_of_nothing():
    x, grad_y = row(1, inf, -inf, 2), row(1, 1, 1, 1)
    g = deform_conv1d_backward(grad_y, x, row(0, 0.5, 0, 0), [[[1.0]]], row(1, 1, 1, 1))
    assert g.mask.ravel()[[0, 3]].tolist() == [1, 2]
    assert g.x.ravel().tolist() == [1, 0.5, 1.5, 1]


@pytest.mark.parametrize("tile_bytes", [1, 3000])
@pytest.mark.parametrize("name", ["mask", "groups", "rank 3"])
def test_cuts_change_nothing(rng, monkeypatch, name, tile_bytes):
    rank, _, (x, offset, weight, bias, mask), options = drawn(rng, name)
    y = deform_conv(rank, x, offset, weight, bias, mask, **options)
    gradients = deform_conv_backward(rank, y, x, offset, weight, mask, **options)
    monkeypatch.setattr(deformed_windows, "_TILE_BYTES", tile_bytes)
    again = deform_conv(rank, x, offset, weight, bias, mask, **options)
    assert_allclose(again, y, atol=1e-12)
    after = deform_conv_backward(rank, y, x, offset, weight, mask, **options)
    for one, other in zip(after, gradients, strict=True):
        assert_allclose(one, other, atol=1e-11)


def test_the_workspace_is_bounded():
    x, weight = np.zeros((1, 54, 54, 32), np.float32), np.zeros((3, 3, 1, 32), np.float32)
    offset = np.zeros((1, 52, 52, 32 * 18), np.float32)
    options = {"groups": 32, "offset_groups": 32}
    tracemalloc.start()
    try:
        y = deform_conv2d(x, offset, weight, **options)
        gradients = deform_conv2d_backward(y, x, offset, weight, **options)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # the gradient of the mask, which nobody asked for, is half as large as that of the offset
    results = y.nbytes + sum(g.nbytes for g in gradients[:4]) + gradients.offset.nbytes // 2
    assert peak - results < 16 * 2**20  # in one piece it would be about 100 MiB


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i4", "?", ">f4"])
def test_dtypes(rng, dtype):
    x, offset, mask = (
        rng.integers(0, 2, shape).astype(dtype)
        for shape in ((2, 3, 4, 2), (2, 2, 3, 8), (2, 2, 3, 4))
    )
    weight, bias = np.ones((2, 2, 2, 3), dtype), np.ones(3, dtype)
    arrays = (x, offset, weight, bias, mask)
    result = np.dtype({"f2": "f2", "f4": "f4", ">f4": "f4"}.get(dtype, "f8"))
    y = deform_conv2d(*arrays)
    assert y.dtype == result
    assert_array_equal(y, deform_conv2d(*(array.astype(float) for array in arrays)))
    gradients = deform_conv2d_backward(y, x, offset, weight, mask)
    assert {gradient.dtype for gradient in gradients} == {result}


def test_an_empty_batch():
    x, offset, weight = np.zeros((0, 3, 4, 2)), np.zeros((0, 2, 3, 8)), np.ones((2, 2, 2, 3))
    y = deform_conv2d(x, offset, weight)
    assert y.shape == (0, 2, 3, 3)
    gradients = deform_conv2d_backward(y, x, offset, weight)
    assert (gradients.x.shape, gradients.offset.shape) == (x.shape, offset.shape)
    assert not gradients.weight.any()


def test_strange_memory_gives_the_same_and_is_not_written_to(rng):
    rank, _, arrays, options = drawn(rng, "groups")
    y = deform_conv(rank, *arrays, **options)
    x, offset, weight, _, mask = arrays
    gradients = deform_conv_backward(rank, y, x, offset, weight, mask, **options)
    strange = [np.asfortranarray(array) for array in (*arrays, y)]
    for array in strange:
        array.flags.writeable = False
    *arrays, grad_y = strange
    assert_allclose(deform_conv(rank, *arrays, **options), y, atol=1e-12)
    x, offset, weight, _, mask = arrays
    again = deform_conv_backward(rank, grad_y, x, offset, weight, mask, **options)
    for one, other in zip(again, gradients, strict=True):
        assert_allclose(one, other, atol=1e-12)


GIVEN = {
    "x": np.ones((2, 4, 5, 4)),
    "offset": np.ones((2, 3, 3, 12)),
    "weight": np.ones((2, 3, 4, 6)),
    "mask": np.ones((2, 3, 3, 6)),
}
GRAD_Y = np.ones((2, 3, 3, 6))


def forward(**change):
    return deform_conv2d(**(GIVEN | change))


def backward(grad_y=GRAD_Y, **change):
    return deform_conv2d_backward(grad_y, **(GIVEN | change))


def test_the_arrays_above_are_fine():
    assert forward().shape == (2, 3, 3, 6)
    assert backward().offset.shape == GIVEN["offset"].shape


@pytest.mark.parametrize("call", [forward, backward])
@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"x": GIVEN["x"][0]}, ShapeError, "`x` has the wrong number of axes"),
        ({"x": GIVEN["x"][..., :3]}, ShapeError, "channels of `x` and `weight` do not match"),
        ({"x": GIVEN["x"][:, :1]}, ShapeError, "`kernel_size` does not fit"),
        ({"offset": GIVEN["mask"]}, ShapeError, r"`offset` has the wrong.*=\(2, 3, 3, 12\), at"),
        (
            {"offset": np.moveaxis(GIVEN["offset"], -1, 1)},
            ShapeError,
            r"`offset` has the wrong.*np.moveaxis\(offset, 1, -1\)",
        ),
        (
            {"mask": np.moveaxis(GIVEN["mask"], -1, 1)},
            ShapeError,
            r"`mask` has the wrong.*np.moveaxis\(mask, 1, -1\)",
        ),
        ({"offset": GIVEN["offset"][:1]}, ShapeError, "`offset` has the wrong shape"),
        ({"mask": GIVEN["offset"]}, ShapeError, r"`mask` has the wrong.*=\(2, 3, 3, 6\), at each"),
        ({"offset_groups": 2}, ShapeError, r"`offset` has the wrong shape.*\(2, 3, 3, 24\)"),
        ({"offset_groups": 3}, ShapeError, "`offset_groups` does not divide the input channels"),
        ({"offset_groups": 0}, OptionError, "`offset_groups` is out of range"),
        ({"offset_groups": 1.0}, OptionTypeError, "`offset_groups` is not an integer"),
        ({"stride": 0}, OptionError, "`stride` is out of range"),
        ({"padding": "mirror"}, OptionError, "`padding` has an unknown name"),
        ({"mask": GIVEN["mask"] * 1j}, DtypeError, "`mask` does not hold real numbers"),
    ],
)
def test_errors(call, change, error, message):
    with pytest.raises(error, match=f"(?s)^deform_conv2d(_backward)?: .*{message}"):
        call(**change)


def test_a_bias_or_a_gradient_of_the_wrong_shape():
    with pytest.raises(ShapeError, match=r"(?s)`bias` has the wrong shape.*bias.shape=\(6,\)"):
        forward(bias=np.ones(4))
    with pytest.raises(ShapeError, match=r"(?s)`grad_y` has the wrong.*shape=\(2, 3, 3, 6\)"):
        backward(grad_y=np.ones((2, 3, 3, 4)))


def test_thin_faces():
    faces = [name for name in deformable_convolution.__all__ if name[11:13] in ("1d", "2d", "3d")]
    assert len(faces) == 6
    for name in faces:
        face = getattr(deformable_convolution, name)
        assert face.__name__ == name
        assert "rank" not in inspect.signature(face).parameters
