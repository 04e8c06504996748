"""What an operation needs besides its arguments and its results."""

import tracemalloc

import numpy as np
import pytest

from stridewise.blocks.average_pooling import avg_pool2d, avg_pool2d_backward
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


def workspace(operation, N):
    """Peak of what is allocated during the operation, minus its results, in bytes."""
    given = arrays(N)
    tracemalloc.start()
    try:
        results = OPERATIONS[operation](*given)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    kept = results if isinstance(results, tuple) else (results,)
    return peak - sum(result.nbytes for result in kept)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_workspace_of_the_numpy_engine_is_bounded_whatever_the_batch(operation):
    with use_engine("numpy"):
        small, large = workspace(operation, 4), workspace(operation, 32)
    assert large < 64 * MIB
    assert large <= small + TILE_BYTES  # one example of `x` has 0.6 MiB, the batch grows by 28


def test_a_cut_is_what_bounds_it(cut_tiles):
    cut_tiles(10**12)  # one tile: all windows of the batch at once
    with use_engine("numpy"):
        assert workspace("conv2d", 32) > 64 * MIB
