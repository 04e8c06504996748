"""Gradients of max pooling by the compiled engine: blocks of columns, masks, streamed outputs."""

import numpy as np
import pytest

import stridewise as sw
from stridewise.engines import compiled, vectorized
from stridewise.engines.compiled.running import outputs
from stridewise.specs import PoolSpec

# Kernel, stride, padding: cells of 1, 2 and 3 columns, some windows apart, some with gaps.
WINDOWS = [(3, 1, 1), (3, 2, 1), (2, 1, 0), (3, 3, 0), (2, 2, 0), (1, 1, 0), (2, 3, 0)]
# Lanes that masks leave out, part of a vector, several vectors.
CHANNELS = [1, 6, 23, 40]


def drawn(shape, kernel, stride, padding, dtype):
    """A gradient, an input with ties, infinities and NaNs, and the spec."""
    rng = np.random.default_rng(5)
    x = rng.integers(-3, 4, shape).astype(dtype)
    for value in (np.nan, np.inf, -np.inf):
        x[rng.random(shape) < 0.02] = value
    spec = PoolSpec.of("max_pool2d", shape[1:-1], kernel, stride=stride, padding=padding)
    grad_y = rng.integers(-9, 10, (shape[0], *spec.output_size, shape[-1])).astype(dtype)
    return grad_y, x, spec


@pytest.mark.parametrize(("dtype", "ties"), [("float32", "first"), ("float64", "all")])
@pytest.mark.parametrize("window", WINDOWS)
def test_any_width_and_any_channels_agree_with_numpy(window, dtype, ties):
    for C in CHANNELS:
        for width in (5, 14, 19):  # blocks that end at, and before, the last window
            grad_y, x, spec = drawn((2, 7, width, C), *window, dtype)
            np.testing.assert_array_equal(
                compiled.max_pool_grad(grad_y, x, spec, ties),
                vectorized.max_pool_grad(grad_y, x, spec, ties),
            )


@pytest.mark.parametrize("window", [(3, 1, 1), (3, 2, 1), (2, 2, 0)])
def test_a_gradient_written_past_the_caches_is_the_same(window):
    shape = (5, 80, 90, 64)
    grad_y, x, spec = drawn(shape, *window, "float32")
    assert 2 * x.nbytes >= outputs.STREAMED_BYTES
    whole = compiled.max_pool_grad(grad_y, x, spec, "first")
    by_example = [
        compiled.max_pool_grad(grad_y[n : n + 1], x[n : n + 1], spec, "first") for n in range(5)
    ]
    np.testing.assert_array_equal(whole, np.concatenate(by_example))


@pytest.mark.parametrize("window", [(3, 1, 1), (3, 2, 1), (2, 2, 0)])
def test_threads_do_not_change_a_bit(window):
    _, x, spec = drawn((3, 40, 41, 24), *window, "float32")
    rng = np.random.default_rng(6)
    grad_y = rng.standard_normal((3, *spec.output_size, 24)).astype("float32")
    before = sw.get_num_threads()
    found = []
    try:
        for threads in (1, 2, 3):
            sw.set_num_threads(threads)
            found.append(compiled.max_pool_grad(grad_y, x, spec, "first").tobytes())
    finally:
        sw.set_num_threads(before)
    assert found[0] == found[1] == found[2]
