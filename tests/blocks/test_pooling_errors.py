"""Everything that max and average pooling refuse, forward and backward, and what they say."""

import numpy as np
import pytest

import stridewise as sw
from stridewise.errors import DtypeError, OptionError, OptionTypeError, ShapeError

X, GRAD_Y = np.ones((2, 5, 6, 4)), np.ones((2, 2, 3, 4))
FACES = [name for name in sw.__all__ if name.startswith(("max_pool2d", "avg_pool2d"))]

EVERY = pytest.mark.parametrize("name", FACES)


def call(name, x=X, kernel_size=2, **options):
    before = (GRAD_Y,) if name.endswith("_backward") else ()
    return getattr(sw, name)(*before, x, kernel_size, **options)


@EVERY
def test_the_arrays_above_are_fine(name):
    result = call(name)
    assert np.shape(result[0] if isinstance(result, tuple) else result)[0] == 2


@EVERY
@pytest.mark.parametrize("option", ["kernel_size", "stride", "dilation", "padding"])
@pytest.mark.parametrize(
    ("value", "error", "problem"),
    [
        (-1, OptionError, "is out of range"),
        ((1, -2), OptionError, "is out of range"),
        (1.0, OptionTypeError, "is not an integer"),
        (True, OptionTypeError, "is not an integer"),
        ((1,), OptionError, "has the wrong form"),
        ((1, 1, 1), OptionError, "has the wrong form"),
    ],
    ids=repr,
)
def test_wrong_options(name, option, value, error, problem):
    with pytest.raises(error, match=rf"(?s)^{name}: `{option}` {problem}.*{option}=.*try: "):
        call(name, **{option: value})


@EVERY
@pytest.mark.parametrize("option", ["kernel_size", "stride", "dilation"])
def test_zero_is_refused(name, option):
    with pytest.raises(OptionError, match=rf"(?s)^{name}: `{option}` is out of range.*{option}=0"):
        call(name, **{option: 0})


@EVERY
@pytest.mark.parametrize("option", ["kernel_size", "dilation", "padding"])
def test_none_is_only_for_the_stride(name, option):
    with pytest.raises(OptionTypeError, match=rf"^{name}: `{option}` is not an integer"):
        call(name, **{option: None})


@EVERY
def test_an_unknown_padding(name):
    with pytest.raises(OptionError, match=rf"(?s)^{name}: `padding` has an unknown.*'same_lower'"):
        call(name, padding="same_lowr")


@EVERY
@pytest.mark.parametrize(
    ("options", "received"),
    [
        ({"kernel_size": (6, 2)}, r"kernel_size=\(6, 2\), padded size=\(5, 6\)"),
        ({"kernel_size": 2, "dilation": (1, 6)}, r"dilation=\(1, 6\), padded size=\(5, 6\)"),
        ({"kernel_size": (8, 2), "stride": 1, "ceil_mode": True}, r"kernel_size=\(8, 2\)"),
    ],
)
def test_a_window_larger_than_the_padded_input(name, options, received):
    with pytest.raises(ShapeError, match=rf"(?s)^{name}: `kernel_size` does not fit.*{received}"):
        call(name, **options)


@EVERY
@pytest.mark.parametrize("padding", [2, (0, 2), ((0, 0), (0, 3))])
def test_padding_as_large_as_the_window(name, padding):
    with pytest.raises(OptionError, match=rf"(?s)^{name}: `padding` leaves a window nothing.*try"):
        call(name, padding=padding)


@EVERY
@pytest.mark.parametrize("flag", ["no", 2, None, np.array([True, False])])
def test_flags_are_true_or_false(name, flag):
    with pytest.raises(OptionTypeError, match=rf"^{name}: `ceil_mode` is neither true nor false"):
        call(name, ceil_mode=flag)


@EVERY
@pytest.mark.parametrize("shape", [(5, 6, 4), (), (2, 3, 5, 6, 4)])
def test_wrong_ranks(name, shape):
    message = rf"(?s)^{name}: `x` has the wrong number of axes.*4 axes \(N, H, W, C\)"
    with pytest.raises(ShapeError, match=message):
        call(name, np.ones(shape))


@EVERY
@pytest.mark.parametrize("shape", [(2, 0, 6, 4), (2, 5, 0, 4)])
def test_empty_spatial_axes(name, shape):
    with pytest.raises(ShapeError, match=rf"^{name}: the input has an empty spatial axis"):
        call(name, np.ones(shape))


@EVERY
@pytest.mark.parametrize(
    ("x", "error"),
    [
        (X.astype(object), DtypeError),
        (X * 1j, DtypeError),
        (X.astype(str), DtypeError),
        ([[[[1.0]], [[1.0], [2.0]]]], ShapeError),
        (None, DtypeError),
    ],
    ids=["object", "complex", "text", "ragged", "none"],
)
def test_wrong_contents(name, x, error):
    with pytest.raises(error, match=rf"^{name}: `x` "):
        call(name, x)


@pytest.mark.parametrize("name", ["max_pool2d_backward", "avg_pool2d_backward"])
@pytest.mark.parametrize("shape", [(2, 2, 3, 1), (1, 2, 3, 4), (2, 5, 6, 4), (2, 3, 4), ()])
def test_wrong_grad_y_shapes(name, shape):
    message = rf"(?s)^{name}: `grad_y` has the wrong shape.*grad_y\.shape=\(2, 2, 3, 4\)"
    with pytest.raises(ShapeError, match=message):
        getattr(sw, name)(np.ones(shape), X, 2)


@pytest.mark.parametrize(
    ("ties", "hint"),
    [("frist", "'first'"), ("al", "'all'"), (None, "'first' or 'all'"), (1, "'first' or 'all'")],
)
def test_unknown_ties(ties, hint):
    message = rf"(?s)^max_pool2d_backward: `ties` has an unknown name.*try:      ties={hint}$"
    with pytest.raises(OptionError, match=message):
        call("max_pool2d_backward", ties=ties)
