"""Poolings of every kind, and unpooling."""

import math

import numpy as np
from fuzz.judging import (
    close,
    first,
    last,
    meetings,
    onnx_window,
    runtime,
    runtime_pools,
    same_gradient,
)

from stridewise.blocks.adaptive_max_pooling import (
    adaptive_max_pool_backward,
    adaptive_max_pool_with_indices,
)
from stridewise.blocks.adaptive_pooling import adaptive_avg_pool, adaptive_avg_pool_backward
from stridewise.blocks.average_pooling import avg_pool, avg_pool_backward
from stridewise.blocks.lp_pooling import lp_pool, lp_pool_backward
from stridewise.blocks.max_pooling import max_pool_backward, max_pool_with_indices
from stridewise.blocks.max_unpooling import max_unpool, max_unpool_backward
from stridewise.testing import check_engines_agree

__all__ = [
    "check_adaptive_avg_pool",
    "check_adaptive_max_pool",
    "check_avg_pool",
    "check_lp_pool",
    "check_max_pool",
    "check_max_unpool",
]

ALL = slice(None)


def _channels(problem):
    return problem.groups * problem.wide


def _options(problem):
    return {
        "kernel_size": problem.kernel,
        "stride": problem.stride,
        "padding": problem.padding,
        "dilation": problem.dilation,
        "ceil_mode": problem.ceil_mode,
    }


def _distinct(rng, shape, dtype):
    """No two elements nearer to one another than 1."""
    return rng.permutation(math.prod(shape)).reshape(shape).astype(dtype) - math.prod(shape) / 2


def _largest(problem, x, output):
    y = np.full((problem.N, *output, x.shape[-1]), -np.inf)
    indices = np.full(y.shape, -1)
    for position, _, place, inside, _ in meetings(problem, output):
        if inside:
            to, value = (ALL, *position), x[(ALL, *place)]
            index = np.ravel_multi_index(place, problem.size)
            better = (value > y[to]) | ((value == y[to]) & (indices[to] < 0))
            indices[to] = np.where(better, index, indices[to])
            y[to] = np.where(better, value, y[to])
    return y, indices


def _routed(problem, x, y, grad_y, indices, ties):
    """Each gradient goes to the place of its window's maximum, or to all of them."""
    grad_x = np.zeros(x.shape)
    for position, _, place, inside, _ in meetings(problem, y.shape[1:-1]):
        if inside:
            to, at = (ALL, *position), (ALL, *place)
            index = np.ravel_multi_index(place, problem.size)
            chosen = indices[to] == index if ties == "first" else x[at] == y[to]
            grad_x[at] += np.where(chosen, grad_y[to], 0)
    return grad_x


def check_max_pool(problem):
    rank, options, rng = problem.rank, _options(problem), problem.rng()
    x = problem.values(rng, problem.N, *problem.size, _channels(problem))
    output = problem.output(problem.ceil_mode)
    wanted, places = _largest(problem, x, output)
    mine = max_pool_with_indices(rank, x, **options)
    close(mine.y, wanted, problem.dtype)
    np.testing.assert_array_equal(mine.indices, places)
    grad_y = problem.values(rng, *mine.y.shape)
    for ties in ("first", "all"):
        grad_x = max_pool_backward(rank, grad_y, x, **options, ties=ties)
        close(grad_x, _routed(problem, x, wanted, grad_y, places, ties), problem.dtype)
    check_engines_agree(
        lambda: (
            *max_pool_with_indices(rank, x, **options),
            max_pool_backward(rank, grad_y, x, **options, ties="first"),
            max_pool_backward(rank, grad_y, x, **options, ties="all"),
        ),
        rtol=0 if problem.ties else None,
        atol=0 if problem.ties else None,
    )
    if runtime_pools(problem) and (places >= 0).all():
        y, indices = runtime("MaxPool", first(x), outputs=2, **onnx_window(problem))
        close(mine.y, last(y), problem.dtype)
        starts = np.arange(x.shape[0] * x.shape[-1]).reshape(x.shape[0], x.shape[-1])
        starts = starts.reshape(*starts.shape, *(1,) * rank) * math.prod(problem.size)
        np.testing.assert_array_equal(mine.indices, last(indices - starts))


def check_avg_pool(problem):
    rank, rng = problem.rank, problem.rng()
    options = _options(problem) | {"count_include_pad": problem.flag}
    del options["dilation"]
    x = problem.values(rng, problem.N, *problem.size, _channels(problem))
    output = problem.output(problem.ceil_mode)
    wanted, taps = np.zeros((problem.N, *output, x.shape[-1])), np.zeros(output)
    for position, _, place, inside, padded in meetings(problem, output):
        taps[position] += padded if problem.flag else inside
        if inside:
            wanted[(ALL, *position)] += x[(ALL, *place)]
    wanted /= np.maximum(taps, 1)[..., None]
    y = avg_pool(rank, x, **options)
    close(y, wanted, problem.dtype)
    grad_y = problem.values(rng, *y.shape)
    check_engines_agree(
        lambda: (avg_pool(rank, x, **options), avg_pool_backward(rank, grad_y, x, **options))
    )
    if runtime_pools(problem):
        inputs, counted = first(x).astype(np.float32), int(problem.flag)
        judged = runtime("AveragePool", inputs, count_include_pad=counted, **onnx_window(problem))
        close(y, last(judged), problem.dtype, "float32")
    grad_x = avg_pool_backward(rank, grad_y, x, **options)
    same_gradient(lambda v: avg_pool(rank, v, **options), x, grad_y, grad_x)


def check_lp_pool(problem):
    rng, p = problem.rng(), problem.groups
    options = _options(problem) | {"p": p}
    size = (problem.N, *problem.size, problem.wide)
    x = problem.values(rng, *size)
    x += np.where(x < 0, -0.5, 0.5).astype(x.dtype)  # a kink at 0 has no derivative
    wanted = np.zeros((problem.N, *problem.output(problem.ceil_mode), problem.wide))
    for position, _, place, inside, _ in meetings(problem, wanted.shape[1:-1]):
        if inside:
            wanted[(ALL, *position)] += np.abs(x[(ALL, *place)].astype(float)) ** p
    wanted **= 1 / p
    y = lp_pool(x, **options)
    close(y, wanted, problem.dtype)
    grad_y = problem.values(rng, *y.shape)
    check_engines_agree(lambda: (lp_pool(x, **options), lp_pool_backward(grad_y, x, **options)))
    if runtime_pools(problem):
        judged = runtime("LpPool", first(x).astype(np.float32), p=p, **onnx_window(problem))
        close(y, last(judged), problem.dtype, "float32")
    grad_x = lp_pool_backward(grad_y, x, **options)
    same_gradient(lambda v: lp_pool(v, **options), x, grad_y, grad_x, linear=False)


def _adaptive_windows(sizes, outputs):
    """Every output position, and the slices of its window."""
    for position in np.ndindex(*outputs):
        ends = zip(position, sizes, outputs, strict=True)
        yield position, tuple(slice(i * n // out, -(-(i + 1) * n // out)) for i, n, out in ends)


def check_adaptive_avg_pool(problem):
    rng, outputs = problem.rng(), problem.options["outputs"]
    x = problem.values(rng, *problem.shape)
    y = adaptive_avg_pool(x, problem.options["asked"])
    wanted = np.zeros((problem.N, *outputs, problem.C))
    for position, window in _adaptive_windows(problem.size, outputs):
        axes = tuple(range(1, len(outputs) + 1))
        wanted[(ALL, *position)] = x[(ALL, *window)].mean(axes, dtype=float)
    close(y, wanted, problem.dtype)
    grad_y = problem.values(rng, *y.shape)
    grad_x = adaptive_avg_pool_backward(grad_y, x, problem.options["asked"])
    same_gradient(lambda v: adaptive_avg_pool(v, outputs), x, grad_y, grad_x)


def check_adaptive_max_pool(problem):
    rng, outputs = problem.rng(), problem.options["outputs"]
    x = _distinct(rng, problem.shape, problem.dtype)
    if problem.options["ties"]:
        x = rng.integers(-2, 2, problem.shape).astype(problem.dtype)
    asked = problem.options["asked"]
    mine = adaptive_max_pool_with_indices(x, asked)
    grad_y = problem.values(rng, *mine.y.shape)
    grad_x = np.zeros(x.shape)
    places = np.arange(math.prod(problem.size)).reshape(problem.size)
    wanted, indices = np.zeros(mine.y.shape), np.zeros(mine.y.shape, int)
    for position, window in _adaptive_windows(problem.size, outputs):
        for n, c in np.ndindex(problem.N, problem.C):
            seen, to = x[(n, *window, c)], (n, *position, c)
            wanted[to], indices[to] = seen.max(), places[window].ravel()[seen.argmax()]
            grad_x[(n, *np.unravel_index(indices[to], problem.size), c)] += grad_y[to]
    close(mine.y, wanted, problem.dtype)
    np.testing.assert_array_equal(mine.indices, indices)
    close(adaptive_max_pool_backward(grad_y, x, asked), grad_x, problem.dtype)


def check_max_unpool(problem):
    """Values of a pooling go back to where they stood; overlapping windows agree on them."""
    rng = problem.rng()
    x = _distinct(rng, (problem.N, *problem.size, _channels(problem)), problem.dtype)
    pooling = {"stride": problem.stride, "padding": problem.pairs}
    y, indices = max_pool_with_indices(problem.rank, x, problem.kernel, **pooling)
    options = pooling | {"kernel_size": problem.kernel, "output_size": problem.size}
    wanted = np.zeros((problem.N, math.prod(problem.size), y.shape[-1]))
    for at in np.ndindex(*y.shape):
        wanted[at[0], indices[at], at[-1]] = y[at]
    mine = max_unpool(y, indices, **options)
    close(mine, wanted.reshape(x.shape), problem.dtype)
    grad_y = problem.values(rng, *x.shape)
    grad = max_unpool_backward(grad_y, y, indices, **options)
    same_gradient(lambda v: max_unpool(v, indices, **options), y, grad_y, grad)
