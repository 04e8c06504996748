"""Transposed convolution by hand, stamp by stamp, and as the adjoint of convolution."""

import inspect

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.blocks import transposed_convolution
from stridewise.blocks.convolution import conv, conv2d
from stridewise.blocks.transposed_convolution import (
    conv_transpose,
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose2d_backward,
    conv_transpose3d,
    conv_transpose_backward,
)
from stridewise.blocks.transposed_spec import transposed_spec
from stridewise.errors import DtypeError, OptionError, OptionTypeError, ShapeError
from stridewise.testing import check_gradients

pytestmark = pytest.mark.usefixtures("engine")


def row(*values):
    return np.array(values, dtype=float).reshape(1, -1, 1)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, [1, 12, 123, 230, 300]),
        ({"stride": 2}, [1, 10, 102, 20, 203, 30, 300]),
        ({"stride": 4}, [1, 10, 100, 0, 2, 20, 200, 0, 3, 30, 300]),
        ({"dilation": 2}, [1, 2, 13, 20, 130, 200, 300]),
        ({"padding": 1}, [12, 123, 230]),
        ({"padding": ((0, 2),)}, [1, 12, 123]),
        ({"padding": ((2, 0),), "stride": 2}, [102, 20, 203, 30, 300]),
        ({"padding": "valid"}, [1, 12, 123, 230, 300]),
        # 3 − 1 + 1 = 2 too many: one at each end
        ({"padding": "same"}, [12, 123, 230]),
        # 3 − 2 = 1 too many: at the end, or at the beginning
        ({"padding": "same", "stride": 2}, [1, 10, 102, 20, 203, 30]),
        ({"padding": "same_lower", "stride": 2}, [10, 102, 20, 203, 30, 300]),
        # one more, so 2 too many
        ({"padding": "same", "stride": 2, "output_padding": 1}, [10, 102, 20, 203, 30, 300]),
        # 3 − 4 = 1 too few: no stamp reaches it
        ({"padding": "same", "stride": 4}, [1, 10, 100, 0, 2, 20, 200, 0, 3, 30, 300, 0]),
        ({"stride": 2, "output_padding": 1}, [1, 10, 102, 20, 203, 30, 300, 0]),
        ({"stride": 2, "output_padding": 1, "padding": 1}, [10, 102, 20, 203, 30, 300]),
        # beyond the stride, which the dilation allows
        ({"dilation": 3, "output_padding": 2}, [1, 2, 3, 10, 20, 30, 100, 200, 300, 0, 0]),
        ({"dilation": 3, "output_padding": 2, "padding": 3}, [10, 20, 30, 100, 200]),
    ],
)
def test_one_row_by_hand(options, wanted):
    x, weight = row(1, 2, 3), np.array([1.0, 10.0, 100.0]).reshape(3, 1, 1)
    assert conv_transpose1d(x, weight, **options).ravel().tolist() == wanted
    biased = conv_transpose1d(x, weight, [0.5], **options)
    assert biased.ravel().tolist() == [value + 0.5 for value in wanted]


def test_an_output_beyond_every_stamp():
    options = {"dilation": 3, "output_padding": 2, "padding": ((5, 0),)}
    y = conv_transpose1d(row(1), np.ones((2, 1, 1)), [7.0], **options)
    assert y.ravel().tolist() == [7]
    g = conv_transpose_backward(1, row(4), row(1), np.ones((2, 1, 1)), **options)
    assert [g.x.tolist(), g.weight.ravel().tolist(), g.bias.tolist()] == [[[[0]]], [0, 0], [4]]


def test_two_axes_by_hand():
    x = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1)
    weight = np.array([[1.0, 10.0, 100.0]]).reshape(1, 3, 1, 1)
    y = conv_transpose2d(x, weight, stride=(2, 1), padding=(0, (1, 0)))
    assert y[0, :, :, 0].tolist() == [[12, 120, 200], [0, 0, 0], [34, 340, 400]]


def test_channels_and_groups_by_hand():
    # group 0: inputs 0, 1 and outputs 0, 1, 2; group 1: inputs 2, 3 and outputs 3, 4, 5
    x = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 1, 4)
    weight = np.array([[1, 10, 1, 10], [2, 20, 2, 20], [3, 30, 3, 30.0]]).reshape(1, 3, 4)
    y = conv_transpose1d(x, weight, groups=2)
    assert y.ravel().tolist() == [21, 42, 63, 43, 86, 129]


CASES = {
    "plain": ((2, 3, 5, 4), (2, 3, 1, 4), {}),
    "stride": ((2, 3, 2, 3), (2, 4, 2, 3), {"stride": (3, 2)}),
    "padding": ((2, 3, 4, 2), (3, 2, 3, 2), {"padding": ((1, 0), (2, 1))}),
    "output padding": ((1, 3, 2, 2), (2, 3, 3, 2), {"stride": (2, 3), "output_padding": (1, 2)}),
    "same": ((1, 3, 2, 2), (4, 3, 1, 2), {"stride": (2, 4), "padding": "same"}),
    "dilation": (
        (1, 3, 2, 2),
        (2, 3, 3, 2),
        {"dilation": (3, 4), "stride": (2, 1), "output_padding": (2, 3), "padding": (1, 2)},
    ),
    "groups": ((2, 2, 3, 6), (2, 3, 2, 6), {"groups": 3, "stride": 2}),
    "depthwise": ((2, 2, 3, 4), (2, 3, 1, 4), {"groups": 4, "padding": 1}),
    "rank 1": ((3, 4, 2), (3, 4, 2), {"stride": 2, "padding": "same_lower"}),
    "rank 3": ((1, 2, 3, 2, 2), (2, 1, 3, 3, 2), {"stride": (1, 2, 2), "padding": (0, 0, 1)}),
}
every = pytest.mark.parametrize("name", CASES)


def drawn(rng, name):
    x_shape, weight_shape, options = CASES[name]
    x, weight = rng.standard_normal(x_shape), rng.standard_normal(weight_shape)
    bias = rng.standard_normal(weight_shape[-2] * options.get("groups", 1))
    return len(x_shape) - 2, x, weight, bias, options


def stamped(rank, x, weight, bias, spec):
    """One number, one product, one place at a time; then the padding is cut off."""
    (N, *size, C_in), (*kernel, share, _) = x.shape, weight.shape
    whole = [n + b + a for n, (b, a) in zip(spec.input_size, spec.padding, strict=True)]
    y = np.zeros((N, *whole, share * spec.groups))
    for place in np.ndindex(*size):
        for tap in np.ndindex(*kernel):
            at = tuple(
                p * s + k * d
                for p, s, k, d in zip(place, spec.stride, tap, spec.dilation, strict=True)
            )
            for c in range(C_in):
                for o in range(share):
                    out = c // (C_in // spec.groups) * share + o
                    y[(slice(None), *at, out)] += x[(slice(None), *place, c)] * weight[*tap, o, c]
    inside = (slice(b, b + n) for n, (b, _) in zip(spec.input_size, spec.padding, strict=True))
    return y[(slice(None), *inside)] + bias


@every
def test_against_stamps(rng, name):
    rank, x, weight, bias, options = drawn(rng, name)
    spec = transposed_spec("demo", x.shape[1:-1], weight.shape[:-2], **options)
    wanted = stamped(rank, x, weight, bias, spec)
    y = conv_transpose(rank, x, weight, bias, **options)
    assert y.shape == wanted.shape
    assert_allclose(y, wanted, atol=1e-12)


@every
def test_gradients(rng, name):
    rank, *arrays, options = drawn(rng, name)
    check_gradients(
        lambda x, weight, bias: conv_transpose(rank, x, weight, bias, **options),
        lambda grad_y, x, weight, bias: tuple(
            conv_transpose_backward(rank, grad_y, x, weight, **options)
        ),
        arrays,
    )


@pytest.mark.parametrize(
    ("size", "options"),
    [
        ((6, 8), {"stride": (2, 4), "padding": "same"}),
        ((6, 8), {"stride": (2, 4), "padding": "same_lower"}),
        ((7, 6), {"stride": (2, 1), "padding": ((1, 1), (2, 0)), "dilation": (1, 2)}),
    ],
)
def test_it_is_the_adjoint_of_the_convolution_with_these_options(rng, size, options):
    x = rng.integers(-9, 10, (2, *size, 3)).astype(float)
    weight = rng.integers(-9, 10, (3, 2, 3, 4)).astype(float)
    y = conv2d(x, weight, **options)
    grad_y = rng.integers(-9, 10, y.shape).astype(float)
    back = conv_transpose2d(grad_y, weight, **options)
    assert back.shape == x.shape
    assert np.vdot(y, grad_y) == np.vdot(x, back)


def test_a_transposed_convolution_of_stride_one_is_a_convolution_with_the_kernel_turned(rng):
    x, weight = rng.standard_normal((2, 4, 5, 3)), rng.standard_normal((2, 3, 4, 3))
    turned = weight[::-1, ::-1].swapaxes(-2, -1)
    wanted = conv(2, x, turned, padding=(1, 2))
    assert_allclose(conv_transpose2d(x, weight), wanted, atol=1e-12)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i4", "?", ">f4"])
def test_dtypes(rng, dtype):
    x, weight = rng.integers(0, 2, (2, 3, 4, 2)).astype(dtype), np.ones((2, 2, 3, 2), dtype)
    result = np.dtype({"f2": "f2", "f4": "f4", ">f4": "f4"}.get(dtype, "f8"))
    y = conv_transpose2d(x, weight, np.ones(3, dtype), stride=2)
    assert y.dtype == result
    exact = conv_transpose2d(x.astype(float), weight.astype(float), np.ones(3), stride=2)
    assert_array_equal(y, exact)
    gradients = conv_transpose2d_backward(y, x, weight, stride=2)
    assert {gradient.dtype for gradient in gradients} == {result}


def test_an_empty_batch():
    x, weight = np.zeros((0, 3, 4, 2)), np.ones((2, 2, 3, 2))
    y = conv_transpose2d(x, weight, np.ones(3), dilation=3, output_padding=2)
    assert y.shape == (0, 8, 9, 3)
    gradients = conv_transpose2d_backward(y, x, weight, dilation=3, output_padding=2)
    assert gradients.x.shape == x.shape
    assert not gradients.weight.any()
    assert not gradients.bias.any()


def test_strange_memory_gives_the_same_and_is_not_written_to(rng):
    x, weight, bias = (rng.standard_normal(shape) for shape in ((2, 3, 4, 2), (3, 2, 5, 2), 5))
    options = {"dilation": (1, 3), "output_padding": (0, 2), "padding": 1}
    y = conv_transpose2d(x, weight, bias, **options)
    gradients = conv_transpose2d_backward(y, x, weight, **options)
    strange = [np.asfortranarray(x), weight[::-1].copy()[::-1], bias, np.asfortranarray(y)]
    for array in strange:
        array.flags.writeable = False
    x, weight, bias, grad_y = strange
    assert_allclose(conv_transpose2d(x, weight, bias, **options), y, atol=1e-12)
    again = conv_transpose2d_backward(grad_y, x, weight, **options)
    for one, other in zip(again, gradients, strict=True):
        assert_allclose(one, other, atol=1e-12)


def test_padding_may_come_as_an_array(rng):
    x, weight = rng.standard_normal((2, 3, 5, 4)), rng.standard_normal((2, 3, 6, 4))
    for padding in (np.array([1, 0]), np.array([[1, 0], [0, 1]])):
        y = conv_transpose2d(x, weight, padding=padding)
        assert_array_equal(y, conv_transpose2d(x, weight, padding=padding.tolist()))


X, WEIGHT = np.ones((2, 3, 5, 4)), np.ones((2, 3, 6, 4))


def forward(x=X, weight=WEIGHT, **options):
    return conv_transpose2d(x, weight, **options)


def backward(x=X, weight=WEIGHT, **options):
    return conv_transpose2d_backward(np.ones((2, 4, 7, 6)), x, weight, **options)


def test_the_arrays_above_are_fine():
    assert forward().shape == (2, 4, 7, 6)
    assert backward().weight.shape == WEIGHT.shape


@pytest.mark.parametrize("call", [forward, backward])
@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"stride": 0}, OptionError, "`stride` is out of range"),
        ({"stride": 1.0}, OptionTypeError, "`stride` is not an integer"),
        ({"dilation": (1, 0)}, OptionError, "`dilation` is out of range"),
        ({"padding": -1}, OptionError, "`padding` is out of range"),
        ({"padding": (1, 1, 1)}, OptionError, "`padding` has the wrong form"),
        ({"padding": "smae"}, OptionError, "`padding` has an unknown name.*try: +'same'"),
        ({"output_padding": -1}, OptionError, "`output_padding` is out of range"),
        ({"output_padding": (0, 1)}, OptionError, r"`output_padding` is too large.*\(0, 1\)"),
        ({"stride": 3, "output_padding": 3}, OptionError, "`output_padding` is too large"),
        ({"padding": 2}, ShapeError, r"`padding` leaves nothing.*before \+ after < \(4, 7\)"),
        ({"stride": 2**31 - 1}, OptionError, "larger than any memory"),
        ({"x": X[:, :0]}, ShapeError, r"an empty spatial axis.*\(0, 5\)"),
        ({"x": X[0]}, ShapeError, "`x` has the wrong number of axes"),
        ({"weight": WEIGHT[0]}, ShapeError, "`weight` has the wrong number.*C_out // groups, C_in"),
        ({"weight": np.ones((0, 3, 6, 4))}, OptionError, "`kernel_size` is out of range"),
        ({"weight": np.ones((2, 3, 6, 5))}, ShapeError, r"do not match.*weight of.*\(2, 3, 6, 4\)"),
        ({"weight": np.ones((2, 3, 0, 4))}, ShapeError, r"do not match.*weight of.*\(2, 3, 1, 4\)"),
        ({"weight": np.ones((2, 3, 4, 6))}, ShapeError, r"do not match.*weight.swapaxes\(-2, -1\)"),
        ({"x": np.ones((2, 4, 3, 5))}, ShapeError, r"do not match.*np.moveaxis\(x, 1, -1\)"),
        ({"weight": np.ones((4, 6, 2, 2))}, ShapeError, r"weight.transpose\(2, 3, 1, 0\): this"),
        (
            {"x": np.ones((2, 4, 5, 7)), "weight": np.ones((4, 6, 2, 2))},
            ShapeError,
            r"np.moveaxis\(x, 1, -1\) and weight.transpose\(2, 3, 1, 0\)",
        ),
        ({"groups": 3}, ShapeError, "`groups` does not divide the input channels"),
        ({"groups": 0}, OptionError, "`groups` is out of range"),
        ({"x": X.astype(complex)}, DtypeError, "real numbers"),
    ],
)
def test_errors(call, change, error, message):
    with pytest.raises(error, match=f"(?s)^conv_transpose2d(_backward)?: .*{message}"):
        call(**change)


def test_a_bias_or_a_gradient_of_the_wrong_shape():
    with pytest.raises(ShapeError, match=r"(?s)`bias` has the wrong shape.*bias.shape=\(6,\)"):
        conv_transpose2d(X, WEIGHT, np.ones(3))
    needed = r"(?s)`grad_y` has the wrong shape.*grad_y.shape=\(2, 4, 7, 6\)"
    with pytest.raises(ShapeError, match=needed):
        conv_transpose2d_backward(X, X, WEIGHT)


def test_thin_faces():
    faces = [name for name in transposed_convolution.__all__ if name[14:16] in ("1d", "2d", "3d")]
    assert len(faces) == 6
    for name in faces:
        face = getattr(transposed_convolution, name)
        assert face.__name__ == name
        assert "rank" not in inspect.signature(face).parameters
    assert conv_transpose3d(np.ones((1, 1, 2, 1, 1)), np.ones((1, 2, 1, 1, 1))).size == 3
