"""Everything that convolution refuses, forward and backward, and what it says."""

import re

import numpy as np
import pytest

from stridewise.blocks.convolution import (
    conv1d,
    conv2d,
    conv2d_backward,
    conv3d,
    conv3d_backward,
)
from stridewise.errors import DtypeError, OptionError, OptionTypeError, ShapeError

X, WEIGHT, GRAD_Y = np.ones((2, 5, 6, 4)), np.ones((2, 3, 4, 8)), np.ones((2, 4, 4, 8))


def forward(x=X, weight=WEIGHT, **options):
    return conv2d(x, weight, **options)


def backward(x=X, weight=WEIGHT, **options):
    return conv2d_backward(GRAD_Y, x, weight, **options)


BOTH = pytest.mark.parametrize(
    ("call", "operation"),
    [(forward, "conv2d"), (backward, "conv2d_backward")],
    ids=["forward", "backward"],
)


def test_the_arrays_above_are_fine():
    assert forward().shape == GRAD_Y.shape
    assert backward().x.shape == X.shape


@BOTH
@pytest.mark.parametrize("name", ["stride", "dilation", "padding"])
@pytest.mark.parametrize(
    ("value", "error", "problem"),
    [
        (-1, OptionError, "is out of range"),
        ((1, -2), OptionError, "is out of range"),
        (1.0, OptionTypeError, "is not an integer"),
        (True, OptionTypeError, "is not an integer"),
        (None, OptionTypeError, "is not an integer"),
        ((1,), OptionError, "has the wrong form"),
        ((1, 1, 1), OptionError, "has the wrong form"),
    ],
    ids=repr,
)
def test_wrong_options(call, operation, name, value, error, problem):
    message = rf"(?s)^{operation}: `{name}` {problem}.*needed: .*received: {name}=.*try: "
    with pytest.raises(error, match=message):
        call(**{name: value})


@BOTH
@pytest.mark.parametrize("name", ["stride", "dilation", "groups"])
def test_zero_is_refused(call, operation, name):
    with pytest.raises(OptionError, match=rf"(?s)^{operation}: `{name}` is out of range.*{name}=0"):
        call(**{name: 0})


@BOTH
def test_an_unknown_padding(call, operation):
    with pytest.raises(OptionError, match=rf"(?s)^{operation}: `padding` has an unknown.*'valid'"):
        call(padding="vaild")


@BOTH
@pytest.mark.parametrize(
    ("options", "received"),
    [
        ({"weight": np.ones((6, 3, 4, 8))}, "kernel_size=(6, 3), padded size=(5, 6)"),
        ({"dilation": (5, 1)}, "kernel_size=(2, 3), dilation=(5, 1), padded size=(5, 6)"),
        ({"x": np.ones((2, 1, 6, 4))}, "padded size=(1, 6)"),
    ],
    ids=["kernel", "dilation", "input"],
)
def test_a_kernel_that_does_not_fit(call, operation, options, received):
    message = (
        rf"(?s)^{operation}: `kernel_size` does not fit.*{re.escape(received)}.*smaller kernel"
    )
    with pytest.raises(ShapeError, match=message):
        call(**options)


@BOTH
@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"weight": np.ones((2, 3, 3, 8))}, r"weight of shape \(2, 3, 4, 8\)"),
        ({"x": np.ones((2, 4, 6, 5))}, r"np\.moveaxis\(x, 1, -1\): this `x` looks channels-first"),
        ({"groups": 3}, "a number of groups that divides the input channels"),
        ({"groups": 2}, r"weight of shape \(2, 3, 2, 8\)"),
        ({"x": np.ones((2, 5, 6, 0)), "weight": np.ones((2, 3, 0, 8))}, "weight of shape"),
    ],
)
def test_channels_that_do_not_match(call, operation, options, hint):
    message = f"(?s)^{operation}: the channels of `x` and `weight` do not match.*try: +{hint}"
    with pytest.raises(ShapeError, match=message):
        call(**options)


@BOTH
@pytest.mark.parametrize(
    ("C_out", "hint"),
    [(7, "6 output channels"), (1, "2 output channels"), (0, "2 output channels")],
)
def test_groups_that_do_not_divide_the_outputs(call, operation, C_out, hint):
    message = f"(?s)^{operation}: `groups` does not divide the output channels.*groups=2.*{hint}"
    with pytest.raises(ShapeError, match=message):
        call(weight=np.ones((2, 3, 2, C_out)), groups=2)


@BOTH
@pytest.mark.parametrize(
    ("name", "shape", "needed"),
    [
        ("x", (5, 6, 4), r"4 axes \(N, H, W, C\)"),
        ("x", (2, 5, 4), r"4 axes"),
        ("x", (), r"4 axes"),
        ("x", (2, 1, 5, 6, 4), r"4 axes"),
        ("weight", (2, 3, 4), r"4 axes \(kernel, kernel, C_in // groups, C_out\)"),
        ("weight", (1, 2, 3, 4, 8), r"4 axes"),
    ],
)
def test_wrong_ranks(call, operation, name, shape, needed):
    message = rf"(?s)^{operation}: `{name}` has the wrong number of axes.*{needed}"
    with pytest.raises(ShapeError, match=message):
        call(**{name: np.ones(shape)})


@pytest.mark.parametrize(("function", "axes"), [(conv1d, "N, L, C"), (conv3d, "N, D, H, W, C")])
def test_each_rank_names_its_axes(function, axes):
    with pytest.raises(ShapeError, match=rf"(?s)^{function.__name__}: `x`.*\({axes}\)"):
        function(X, WEIGHT)


@BOTH
@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"x": np.ones((2, 0, 6, 4))}, "the input has an empty spatial axis"),
        ({"weight": np.ones((2, 0, 4, 8))}, "`kernel_size` is out of range"),
    ],
)
def test_empty_spatial_axes(call, operation, options, problem):
    with pytest.raises(ValueError, match=rf"(?s)^{operation}: {problem}.*0"):
        call(**options)


WRONG = {
    "object": (X.astype(object), DtypeError, "dtype=object"),
    "complex": (X * 1j, DtypeError, "dtype=complex128"),
    "text": (X.astype(str), DtypeError, "dtype=<U"),
    "date": (X.astype("M8[s]"), DtypeError, "dtype=datetime64"),
    "ragged": ([[[[1.0]], [[1.0], [2.0]]]], ShapeError, "received: list"),
}


@pytest.mark.parametrize("name", ["x", "weight", "bias", "grad_y"])
@pytest.mark.parametrize("kind", WRONG)
def test_wrong_contents(name, kind):
    value, error, received = WRONG[kind]
    operation = "conv2d_backward" if name == "grad_y" else "conv2d"
    arguments = {"x": X, "weight": WEIGHT, name: value}
    function = conv2d_backward if name == "grad_y" else conv2d
    with pytest.raises(error, match=rf"(?s)^{operation}: `{name}` .*{received}"):
        function(**arguments)


@pytest.mark.parametrize("name", ["x", "weight"])
def test_none_is_no_array(name):
    with pytest.raises(TypeError, match=rf"^conv2d: `{name}` does not hold real numbers"):
        conv2d(**{"x": X, "weight": WEIGHT, name: None})


@pytest.mark.parametrize("shape", [(), (1,), (7,), (1, 1, 1, 8), (8, 1)])
def test_wrong_bias_shapes(shape):
    message = r"(?s)^conv2d: `bias` has the wrong shape.*bias\.shape=\(8,\), one number for each"
    with pytest.raises(ShapeError, match=message):
        conv2d(X, WEIGHT, np.ones(shape))


@pytest.mark.parametrize("shape", [(2, 4, 4, 4), (1, 4, 4, 8), (2, 5, 6, 8), (4, 4, 8), (), (1,)])
def test_wrong_grad_y_shapes(shape):
    message = r"(?s)^conv2d_backward: `grad_y` has the wrong shape.*grad_y\.shape=\(2, 4, 4, 8\)"
    with pytest.raises(ShapeError, match=message):
        conv2d_backward(np.ones(shape), X, WEIGHT)


def test_three_axes_backward_says_its_name():
    with pytest.raises(ShapeError, match=r"^conv3d_backward: `x` has the wrong number of axes"):
        conv3d_backward(GRAD_Y, X, WEIGHT)


def test_all_can_be_caught_as_value_or_type_error():
    for error, value in ((ValueError, 0), (TypeError, 0.5)):
        with pytest.raises(error, match="stride"):
            conv2d(X, WEIGHT, stride=value)


def test_arrays_that_both_have_channels_first():
    x, weight = np.ones((1, 4, 7, 6)), np.ones((5, 4, 3, 2))
    with pytest.raises(ShapeError, match=r"weight\.transpose\(2, 3, 1, 0\): these look") as caught:
        conv2d(x, weight)
    assert "np.moveaxis(x, 1, -1)" in str(caught.value)
    assert conv2d(np.moveaxis(x, 1, -1), weight.transpose(2, 3, 1, 0)).shape == (1, 5, 5, 5)
