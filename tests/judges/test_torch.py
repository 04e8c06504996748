"""PyTorch as a judge: forward, backward, indices, over seeded random problems.

PyTorch pads both sides alike, allows a pool no more padding than half of its kernel, has no
dilated average pooling, and no avg_pool3d of a kernel larger than the unpadded input; the
problems keep within that.
"""

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from stridewise.blocks.average_pooling import avg_pool, avg_pool_backward
from stridewise.blocks.convolution import conv, conv_backward
from stridewise.blocks.max_pooling import max_pool_backward, max_pool_with_indices

pytestmark = [pytest.mark.judge, pytest.mark.usefixtures("engine")]

# With oneDNN, torch 2.13.0 crashes on some of these float32 problems; without, on none.
torch.backends.mkldnn.enabled = False

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
MAX_POOL = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
AVG_POOL = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}
TOLERANCE = {"float64": 1e-10, "float32": 1e-5}

EVERY_PROBLEM = pytest.mark.parametrize("seed", range(40))
EVERY_RANK = pytest.mark.parametrize("rank", [1, 2, 3])
EVERY_DTYPE = pytest.mark.parametrize("dtype", TOLERANCE)


def channels_first(array):
    return torch.tensor(np.ascontiguousarray(np.moveaxis(array, -1, 1)), requires_grad=True)


def channels_last(tensor):
    return np.moveaxis(tensor.detach().numpy(), 1, -1)


def filters_first(weight):
    """(*kernel, C_in // groups, C_out) to (C_out, C_in // groups, *kernel)."""
    return torch.tensor(
        np.ascontiguousarray(np.moveaxis(weight, (-1, -2), (0, 1))), requires_grad=True
    )


def assert_close(mine, theirs, dtype):
    assert (mine.dtype, mine.shape) == (theirs.dtype, theirs.shape)
    scale = TOLERANCE[dtype]
    np.testing.assert_allclose(mine, theirs, rtol=scale, atol=scale)


def some(rng, rank, low, high):
    return tuple(int(n) for n in rng.integers(low, high + 1, rank))


@EVERY_DTYPE
@EVERY_RANK
@EVERY_PROBLEM
def test_convolution(seed, rank, dtype):
    rng = np.random.default_rng([seed, rank])
    kernel, stride, dilation = (some(rng, rank, 1, 3) for _ in range(3))
    padding, groups = some(rng, rank, 0, 3), int(rng.integers(1, 4))
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    least = [max(r - 2 * p, 1) for r, p in zip(reach, padding, strict=True)]
    size = tuple(low + more for low, more in zip(least, some(rng, rank, 0, 4), strict=True))
    C_in, C_out = groups * int(rng.integers(1, 4)), groups * int(rng.integers(1, 4))
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    x = rng.standard_normal((int(rng.integers(1, 4)), *size, C_in)).astype(dtype)
    weight = rng.standard_normal((*kernel, C_in // groups, C_out)).astype(dtype)
    bias = rng.standard_normal(C_out).astype(dtype)

    y = conv(rank, x, weight, bias, **options)
    grad_y = rng.standard_normal(y.shape).astype(dtype)
    g = conv_backward(rank, grad_y, x, weight, **options)

    t_x, t_weight = channels_first(x), filters_first(weight)
    t_bias = torch.tensor(bias, requires_grad=True)
    t_y = CONV[rank](t_x, t_weight, t_bias, **options)
    t_y.backward(channels_first(grad_y).detach())
    assert_close(y, channels_last(t_y), dtype)
    assert_close(g.x, channels_last(t_x.grad), dtype)
    assert_close(g.weight, np.moveaxis(t_weight.grad.numpy(), (0, 1), (-1, -2)), dtype)
    assert_close(g.bias, t_bias.grad.numpy(), dtype)


def pool_problem(rng, rank, dtype, dilated):
    kernel = some(rng, rank, 1, 4)
    padding = tuple(int(rng.integers(0, k // 2 + 1)) for k in kernel)
    dilation = some(rng, rank, 1, 3) if dilated else (1,) * rank
    options = {"stride": some(rng, rank, 1, 4), "padding": padding}
    options |= {"ceil_mode": bool(rng.integers(0, 2))}
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    least = [max(r - 2 * p, 1) for r, p in zip(reach, padding, strict=True)]
    if rank == 3 and not dilated:  # avg_pool3d refuses a kernel larger than the unpadded input
        least = kernel
    size = tuple(low + more for low, more in zip(least, some(rng, rank, 0, 5), strict=True))
    shape = (int(rng.integers(1, 4)), *size, int(rng.integers(1, 4)))
    # Half of the problems are full of ties.
    ties = rng.integers(0, 2)
    x = rng.integers(-2, 2, shape) if ties else rng.permutation(np.prod(shape)).reshape(shape)
    if dilated:
        options["dilation"] = dilation
    return (x - 2.0).astype(dtype), kernel, options


@EVERY_DTYPE
@EVERY_RANK
@EVERY_PROBLEM
def test_max_pooling(seed, rank, dtype):
    rng = np.random.default_rng([seed, rank])
    x, kernel, options = pool_problem(rng, rank, dtype, dilated=True)
    if seed % 5 == 0:
        x[rng.random(x.shape) < 0.1] = np.nan
        x[rng.random(x.shape) < 0.2] = -np.inf
    y, indices = max_pool_with_indices(rank, x, kernel, **options)
    grad_y = rng.standard_normal(y.shape).astype(dtype)
    grad_x = max_pool_backward(rank, grad_y, x, kernel, **options)

    t_x = channels_first(x)
    t_y, t_indices = MAX_POOL[rank](t_x, kernel, **options, return_indices=True)
    judged = indices >= 0  # where a window meets only padding, PyTorch's index is no place
    assert y.shape == tuple(channels_last(t_y).shape)
    np.testing.assert_array_equal(y[judged], channels_last(t_y)[judged])
    if np.isnan(x).any():  # PyTorch leaves open which of several NaNs is taken
        return
    np.testing.assert_array_equal(indices[judged], channels_last(t_indices)[judged])
    if judged.all():  # else its backward writes to that place, outside of the array
        t_y.backward(channels_first(grad_y).detach())
        assert_close(grad_x, channels_last(t_x.grad), dtype)


@EVERY_DTYPE
@EVERY_RANK
@EVERY_PROBLEM
@pytest.mark.parametrize("count_include_pad", [True, False])
def test_average_pooling(seed, rank, dtype, count_include_pad):
    rng = np.random.default_rng([seed, rank])
    x, kernel, options = pool_problem(rng, rank, dtype, dilated=False)
    options["count_include_pad"] = count_include_pad
    y = avg_pool(rank, x, kernel, **options)
    grad_y = rng.standard_normal(y.shape).astype(dtype)
    grad_x = avg_pool_backward(rank, grad_y, x, kernel, **options)

    t_x = channels_first(x)
    t_y = AVG_POOL[rank](t_x, kernel, **options)
    t_y.backward(channels_first(grad_y).detach())
    assert_close(y, channels_last(t_y), dtype)
    assert_close(grad_x, channels_last(t_x.grad), dtype)


@pytest.mark.parametrize("stride", range(1, 6))
@pytest.mark.parametrize("size", range(1, 8))
def test_ceil_mode_gives_as_many_positions(size, stride):
    for kernel in range(1, 6):
        for padding in range(kernel // 2 + 1):
            if size + 2 * padding < kernel:
                continue
            options = {"stride": stride, "padding": padding, "ceil_mode": True}
            mine = avg_pool(1, np.ones((1, size, 1)), kernel, **options)
            theirs = F.avg_pool1d(torch.ones(1, 1, size, dtype=torch.float64), kernel, **options)
            np.testing.assert_allclose(mine.ravel(), theirs.numpy().ravel(), rtol=1e-12)
