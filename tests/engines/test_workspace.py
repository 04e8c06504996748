"""What an operation needs besides its arguments and its results."""

import tracemalloc

import numpy as np
import pytest

from stridewise import global_avg_pool
from stridewise.blocks.average_pooling import avg_pool1d, avg_pool2d, avg_pool2d_backward
from stridewise.blocks.convolution import conv2d, conv2d_backward
from stridewise.blocks.max_pooling import max_pool2d, max_pool2d_backward, max_pool2d_with_indices
from stridewise.engines import use_engine
from stridewise.engines.vectorized.tiles import TILE_BYTES

MIB = 2**20
POOL = {"kernel_size": 3, "stride": 2, "padding": 1}
CONV = {"padding": 1}


def arrays(N):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((N, 64, 80, 32), np.float32)
    weight = rng.standard_normal((3, 3, 32, 40), np.float32)
    grad_y = rng.standard_normal((N, 64, 80, 40), np.float32)
    grad_pooled = rng.standard_normal((N, 32, 40, 32), np.float32)
    return x, weight, grad_y, grad_pooled


OPERATIONS = {
    "conv2d": lambda x, weight, grad_y, grad_pooled: conv2d(x, weight, **CONV),
    "conv2d_backward": lambda x, weight, grad_y, grad_pooled: conv2d_backward(
        grad_y, x, weight, **CONV
    ),
    "max_pool2d": lambda x, weight, grad_y, grad_pooled: max_pool2d(x, **POOL),
    "max_pool2d_with_indices": lambda x, weight, grad_y, grad_pooled: max_pool2d_with_indices(
        x, **POOL
    ),
    "max_pool2d_backward": lambda x, weight, grad_y, grad_pooled: max_pool2d_backward(
        grad_pooled, x, **POOL
    ),
    "max_pool2d_backward, all ties": lambda x, weight, grad_y, grad_pooled: max_pool2d_backward(
        grad_pooled, x, **POOL, ties="all"
    ),
    "avg_pool2d": lambda x, weight, grad_y, grad_pooled: avg_pool2d(x, **POOL),
    "avg_pool2d_backward": lambda x, weight, grad_y, grad_pooled: avg_pool2d_backward(
        grad_pooled, x, **POOL
    ),
}


def measured(call):
    """Peak of what is allocated during a call, minus its results, in bytes."""
    tracemalloc.start()
    try:
        results = call()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    kept = results if isinstance(results, tuple) else (results,)
    return peak - sum(result.nbytes for result in kept)


def workspace(operation, N):
    given = arrays(N)
    return measured(lambda: OPERATIONS[operation](*given))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_workspace_of_the_numpy_engine_is_bounded_whatever_the_batch(operation):
    with use_engine("numpy"):
        small, large = workspace(operation, 16), workspace(operation, 48)
    assert large < 64 * MIB
    assert large <= small + TILE_BYTES  # one example of `x` has 0.6 MiB, the batch grows by 32


def test_a_cut_is_what_bounds_it(cut_tiles):
    cut_tiles(10**12)  # one tile: all windows of the batch at once
    with use_engine("numpy"):
        assert workspace("conv2d", 32) > 64 * MIB


HARD = {
    "a stride beyond the kernel": (
        conv2d_backward,
        [(4, 64, 64, 8), (4, 512, 512, 64), (1, 1, 64, 8)],
        {"stride": 8},
    ),
    "a dilation far beyond the image": (
        conv2d,
        [(1, 10, 10, 64), (3, 3, 64, 8)],
        {"padding": 500, "dilation": 500},
    ),
    "dilated windows of many channels": (
        conv2d,
        [(1, 65, 65, 1024), (3, 3, 1024, 8)],
        {"padding": 36, "dilation": 36},
    ),
    "an average over a large image": (
        avg_pool2d,
        [(1, 2500, 2500, 1)],
        {"kernel_size": 3, "stride": 1},
    ),
    "places in a large image": (
        max_pool2d_with_indices,
        [(1, 3000, 3000, 1)],
        {"kernel_size": 2},
    ),
}


@pytest.mark.parametrize("case", HARD)
def test_hard_shapes_stay_within_the_bound(case):
    operation, shapes, options = HARD[case]
    given = [np.zeros(shape, np.float32) for shape in shapes]
    with use_engine("numpy"):
        assert measured(lambda: operation(*given, **options)) < 64 * MIB


def test_long_windows_keep_their_digits():
    x = np.full((1, 1_000_000, 1), 0.1, np.float32)
    with use_engine("numpy"):
        assert abs(float(global_avg_pool(x)[0, 0]) - 0.1) < 1e-8
        assert abs(float(avg_pool1d(x, 1000, stride=999)[0, 5, 0]) - 0.1) < 1e-8
