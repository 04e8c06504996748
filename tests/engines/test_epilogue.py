"""What follows a convolution in the same pass: the same numbers as pass after pass."""

import math

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from stridewise.engines import current_engine
from stridewise.engines.epilogue import Epilogue
from stridewise.specs import ConvSpec

pytestmark = pytest.mark.usefixtures("engine")

# N, spatial size, channels in and out, kernel, options: every way in which an engine convolves.
PROBLEMS = {
    "direct": (2, (9, 7), 5, 18, (3, 2), {"stride": (2, 1), "padding": 1}),
    "one by one": (3, (5, 4), 7, 9, (1, 1), {}),
    "winograd": (1, (14, 15), 16, 17, (3, 3), {"padding": 1}),
    "depthwise": (2, (8, 9), 19, 19, (3, 3), {"groups": 19, "padding": 1}),
    "narrow groups": (1, (6, 7), 8, 16, (3, 3), {"groups": 4, "padding": 1}),
    "wide groups": (1, (5, 4), 12, 36, (3, 3), {"groups": 2, "padding": 1}),
    "rank 1": (2, (11,), 3, 4, (3,), {"padding": 2}),
    "rank 3": (1, (3, 4, 5), 2, 6, (2, 1, 3), {}),
}
BOUNDS = {
    "none": (-math.inf, math.inf),
    "relu": (0.0, math.inf),
    "relu 6": (0.0, 6.0),
    "upper": (-math.inf, 1.5),
    "crossed": (3.0, -2.0),
}


def drawn(name, dtype):
    N, size, C_in, C_out, kernel, options = PROBLEMS[name]
    spec = ConvSpec.of("conv", size, kernel, **options)
    rng = np.random.default_rng(0)
    shapes = [
        (N, *size, C_in),
        (*kernel, C_in // spec.groups, C_out),
        (C_out,),
        (N, *spec.output_size, C_out),
    ]
    arrays = [rng.integers(-3, 4, shape).astype(dtype) for shape in shapes]
    for array in arrays:
        array.flags.writeable = False
    return spec, *arrays


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", PROBLEMS)
def test_as_pass_after_pass(name, dtype):
    spec, x, weight, bias, residual = drawn(name, dtype)
    conv = current_engine().conv
    for low, high in BOUNDS.values():
        for given, added in ((None, None), (bias, None), (bias, residual)):
            wanted = conv(x, weight, given, spec)
            wanted = wanted if added is None else wanted + added
            wanted = np.minimum(np.maximum(wanted, low), high)
            y = conv(x, weight, given, spec, Epilogue(added, low, high))
            assert y.dtype == dtype
            assert_array_equal(y, wanted)


@pytest.mark.parametrize("name", ["direct", "winograd", "depthwise"])
def test_nan_stays_and_infinities_are_clipped(name):
    spec, x, weight, bias, residual = drawn(name, "float32")
    residual = residual.copy()
    residual.flat[:3] = np.nan, np.inf, -np.inf
    y = current_engine().conv(x, weight, bias, spec, Epilogue(residual, -1.0, 2.0))
    assert np.isnan(y.flat[0])
    assert_array_equal(y.flat[1:3], [2.0, -1.0])
    assert np.isfinite(y.flat[3:]).all()


@pytest.mark.parametrize("name", PROBLEMS)
def test_weights_that_are_kept_give_the_same(name):
    spec, x, weight, bias, residual = drawn(name, "float32")
    conv, kept = current_engine().conv, {}
    for epilogue in (None, Epilogue(residual, 0.0)):
        wanted = conv(x, weight, bias, spec, epilogue)
        for _ in range(2):
            assert_array_equal(conv(x, weight, bias, spec, epilogue, kept), wanted)
    # Other sizes, batches and dtypes ask for another order of the same weights.
    for dtype in ("float32", "float64"):
        arrays = (np.ones((5, *spec.input_size, x.shape[-1]), dtype), weight.astype(dtype))
        wanted = conv(*arrays, bias.astype(dtype), spec)
        assert_array_equal(conv(*arrays, bias.astype(dtype), spec, None, kept), wanted)


def test_an_empty_batch():
    spec, x, weight, bias, residual = drawn("direct", "float32")
    y = current_engine().conv(x[:0], weight, bias, spec, Epilogue(residual[:0], 0.0), {})
    assert y.shape == (0, *spec.output_size, 18)


def test_arrays_in_any_order_in_memory():
    spec, x, weight, bias, residual = drawn("direct", "float32")
    conv, wanted = current_engine().conv, None
    for order in "CF":
        arrays = [np.asarray(array, order=order) for array in (x, weight, residual)]
        y = conv(arrays[0], arrays[1], bias, spec, Epilogue(arrays[2], 0.0), {})
        assert wanted is None or (y == wanted).all()
        wanted = y
