"""Convolution with what follows it: dtypes, options, errors."""

import math

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import stridewise as sw
from stridewise.blocks.fused_convolution import fused_conv
from stridewise.errors import ShapeError

pytestmark = pytest.mark.usefixtures("engine")


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_as_block_after_block(rng, dtype):
    x, weight, bias, residual = (
        rng.integers(-3, 4, shape).astype(dtype)
        for shape in ((2, 7, 6, 4), (3, 2, 2, 6), (6,), (2, 4, 5, 6))
    )
    options = {"stride": (2, 1), "padding": ((1, 1), (0, 0)), "groups": 2}
    wanted = sw.conv2d(x, weight, bias, **options) + residual
    y = fused_conv(2, x, weight, bias, residual=residual, low=-2, high=5, **options)
    assert y.dtype == dtype
    assert_array_equal(y, np.clip(wanted, -2, 5))


def test_integers_are_computed_in_double():
    y = fused_conv(1, [[[1], [2]]], [[[3]]], residual=[[[-9], [0]]], low=0)
    assert y.dtype == np.float64
    assert_array_equal(y.ravel(), [0, 6])


@pytest.mark.parametrize("kept", [None, {}])
def test_without_anything_it_is_a_convolution(rng, kept):
    x, weight = rng.standard_normal((1, 5, 4, 3)), rng.standard_normal((2, 2, 3, 5))
    assert_array_equal(fused_conv(2, x, weight, kept=kept), sw.conv2d(x, weight))
    assert_array_equal(
        fused_conv(2, x, weight, low=-math.inf, high=math.inf, kept=kept), sw.conv2d(x, weight)
    )


@pytest.mark.parametrize(
    ("name", "array"), [("bias", np.ones(4)), ("residual", np.ones((1, 4, 3, 1)))]
)
def test_shapes_that_do_not_fit(name, array):
    with pytest.raises(ShapeError, match=f"`{name}` has the wrong shape"):
        fused_conv(2, np.ones((1, 5, 4, 3)), np.ones((2, 2, 3, 5)), **{name: array})
