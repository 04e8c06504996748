"""Whole numbers small enough to be exact in float32: every engine must give the very integers.

The reference adds up int64 in plain loops, from the definition, and has nothing of an engine.
"""

import math
from typing import NamedTuple

import numpy as np
import pytest

from stridewise.blocks.average_pooling import avg_pool, avg_pool_backward
from stridewise.blocks.convolution import conv, conv_backward
from stridewise.blocks.max_pooling import max_pool_backward, max_pool_with_indices
from stridewise.blocks.transposed_convolution import conv_transpose, conv_transpose_backward
from stridewise.blocks.unfold import fold, unfold

pytestmark = pytest.mark.usefixtures("engine")

EVERY_DTYPE = pytest.mark.parametrize("dtype", ["float32", "float64"])


class Problem(NamedTuple):
    """Sizes that all differ, and the window; ``padding`` is a pair an axis."""

    size: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    groups: int = 1

    @property
    def rank(self):
        return len(self.size)

    @property
    def options(self):
        return {"stride": self.stride, "padding": self.padding, "dilation": self.dilation}

    @property
    def output(self):
        axes = zip(self.size, self.kernel, self.stride, self.padding, self.dilation, strict=True)
        return tuple((n + sum(p) - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in axes)

    def as_pooling(self):
        """Without padding that leaves a window nothing else."""
        reach = [d * (k - 1) for k, d in zip(self.kernel, self.dilation, strict=True)]
        pairs = zip(self.padding, reach, strict=True)
        padding = tuple((min(pad[0], most), min(pad[1], most)) for pad, most in pairs)
        return self._replace(padding=padding)

    def meetings(self):
        """Every output position, tap, and the input element that they meet, if there is one."""
        for position in np.ndindex(*self.output):
            for tap in np.ndindex(*self.kernel):
                axes = zip(position, tap, self.stride, self.padding, self.dilation, strict=True)
                place = tuple(p * s - pad[0] + t * d for p, t, s, pad, d in axes)
                if all(0 <= i < n for i, n in zip(place, self.size, strict=True)):
                    yield position, tap, place


PROBLEMS = {
    "rank 1": Problem((9,), (3,), (1,), ((0, 0),), (1,)),
    "rank 1, all of it": Problem((11,), (4,), (2,), ((3, 1),), (2,), groups=2),
    "rank 2": Problem((5, 7), (2, 3), (1, 1), ((0, 0), (0, 0)), (1, 1)),
    "rank 2, padding": Problem((4, 6), (3, 2), (1, 1), ((2, 0), (1, 3)), (1, 1)),
    "rank 2, gaps": Problem((8, 9), (2, 1), (3, 4), ((0, 1), (2, 0)), (1, 1), groups=2),
    "rank 2, depthwise": Problem((6, 5), (3, 3), (1, 2), ((1, 1), (1, 0)), (1, 1), groups=4),
    "rank 2, all of it": Problem((8, 10), (2, 3), (2, 3), ((0, 2), (3, 1)), (3, 2), groups=2),
    "rank 3": Problem((4, 3, 5), (2, 1, 3), (1, 1, 2), ((0, 0),) * 3, (1, 1, 1)),
    "rank 3, all of it": Problem(
        (4, 5, 6), (2, 3, 2), (1, 2, 3), ((1, 0), (0, 2), (2, 1)), (2, 1, 3), groups=2
    ),
}
EVERY_PROBLEM = pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
POOLINGS = {name: problem for name, problem in PROBLEMS.items() if problem.groups < 4}
EVERY_POOLING = pytest.mark.parametrize("problem", POOLINGS.values(), ids=POOLINGS)
N, C_IN, C_OUT = 3, 4, 8


def integers(*shape):
    """From −9 to 9: the largest sums here stay far below 2**24."""
    return np.random.default_rng(math.prod(shape)).integers(-9, 10, shape)


def assert_exact(mine, wanted, dtype):
    assert mine.dtype == dtype
    np.testing.assert_array_equal(mine, wanted)


def conv_arrays(problem):
    x = integers(N, *problem.size, C_IN)
    weight = integers(*problem.kernel, C_IN // problem.groups, C_OUT)
    return x, weight, integers(C_OUT), integers(N, *problem.output, C_OUT)


def group_slices(problem):
    """The input and output channels of each group."""
    wide, deep = C_IN // problem.groups, C_OUT // problem.groups
    for group in range(problem.groups):
        yield slice(group * wide, (group + 1) * wide), slice(group * deep, (group + 1) * deep)


def integer_conv(problem):
    """Value, and gradients by input and weights, in int64."""
    x, weight, bias, grad_y = conv_arrays(problem)
    y = np.zeros(grad_y.shape, np.int64) + bias
    grad_x, grad_weight = np.zeros_like(x), np.zeros_like(weight)
    for position, tap, place in problem.meetings():
        to, at = (slice(None), *position), (slice(None), *place)
        for ins, outs in group_slices(problem):
            y[(*to, outs)] += x[(*at, ins)] @ weight[tap][:, outs]
            grad_x[(*at, ins)] += grad_y[(*to, outs)] @ weight[tap][:, outs].T
            grad_weight[tap][:, outs] += x[(*at, ins)].T @ grad_y[(*to, outs)]
    return y, grad_x, grad_weight


@EVERY_DTYPE
@EVERY_PROBLEM
def test_convolution_and_its_gradients(problem, dtype):
    x, weight, bias, grad_y = (a.astype(dtype) for a in conv_arrays(problem))
    options = {**problem.options, "groups": problem.groups}
    y, grad_x, grad_weight = integer_conv(problem)
    g = conv_backward(problem.rank, grad_y, x, weight, **options)
    assert_exact(conv(problem.rank, x, weight, bias, **options), y, dtype)
    assert_exact(g.x, grad_x, dtype)
    assert_exact(g.weight, grad_weight, dtype)
    assert_exact(g.bias, grad_y.astype(np.int64).sum(tuple(range(problem.rank + 1))), dtype)


@EVERY_DTYPE
@EVERY_PROBLEM
def test_transposed_convolution_and_its_gradients(problem, dtype):
    """It takes what the convolution gives, and gives what the convolution takes."""
    grad, weight, _, x = (a.astype(dtype) for a in conv_arrays(problem))
    options = {**problem.options, "groups": problem.groups}
    axes = zip(problem.size, problem.output, problem.kernel, problem.stride, strict=True)
    spread = zip(problem.padding, problem.dilation, strict=True)
    options["output_padding"] = tuple(
        n - ((out - 1) * s + d * (k - 1) + 1 - sum(pad))
        for (n, out, k, s), (pad, d) in zip(axes, spread, strict=True)
    )
    y, grad_x, grad_weight = integer_conv(problem)
    shift = integers(C_IN)
    mine = conv_transpose(problem.rank, x, weight, shift.astype(dtype), **options)
    assert_exact(mine, grad_x + shift, dtype)
    g = conv_transpose_backward(problem.rank, grad, x, weight, **options)
    assert_exact(g.x, y - integers(C_OUT), dtype)
    assert_exact(g.weight, grad_weight, dtype)


@EVERY_DTYPE
@EVERY_POOLING
@pytest.mark.parametrize("spread", [3, 1000], ids=["ties", "few ties"])
def test_max_pooling_and_its_gradient(problem, spread, dtype):
    problem, rng = problem.as_pooling(), np.random.default_rng(spread)
    x = rng.integers(-spread, 0, (N, *problem.size, C_IN))
    grad_y = integers(N, *problem.output, C_IN)
    least = np.iinfo(np.int64).min
    y, indices = np.full(grad_y.shape, least), np.full(grad_y.shape, -1)
    for position, _, place in problem.meetings():
        to, value = (slice(None), *position), x[(slice(None), *place)]
        better = value > y[to]  # a later equal does not win
        indices[to] = np.where(better, np.ravel_multi_index(place, problem.size), indices[to])
        y[to] = np.where(better, value, y[to])
    grad_x = np.zeros((N, math.prod(problem.size), C_IN), np.int64)
    n, c = np.indices((N, C_IN))
    for position in np.ndindex(*problem.output):
        to = (slice(None), *position)
        np.add.at(grad_x, (n, indices[to], c), np.where(indices[to] < 0, 0, grad_y[to]))
    options = {"kernel_size": problem.kernel, **problem.options}
    values = x.astype(dtype)
    mine = max_pool_with_indices(problem.rank, values, **options)
    assert_exact(mine.y, np.where(y == least, -np.inf, y), dtype)
    assert_exact(mine.indices, indices, "int64")
    grad = max_pool_backward(problem.rank, grad_y.astype(dtype), values, **options)
    assert_exact(grad, grad_x.reshape(x.shape), dtype)


@EVERY_DTYPE
@EVERY_POOLING
def test_average_pooling_and_its_gradient(problem, dtype):
    """All numbers are multiples of the number of taps, so that every share is a whole number."""
    problem = problem._replace(dilation=(1,) * problem.rank).as_pooling()
    taps = math.prod(problem.kernel)
    x = integers(N, *problem.size, C_IN) * taps
    grad_y = integers(N, *problem.output, C_IN) * taps
    y, grad_x = np.zeros_like(grad_y), np.zeros_like(x)
    for position, _, place in problem.meetings():
        to, at = (slice(None), *position), (slice(None), *place)
        y[to] += x[at] // taps
        grad_x[at] += grad_y[to] // taps
    options = {"kernel_size": problem.kernel, "stride": problem.stride, "padding": problem.padding}
    assert_exact(avg_pool(problem.rank, x.astype(dtype), **options), y, dtype)
    grad = avg_pool_backward(problem.rank, grad_y.astype(dtype), x.astype(dtype), **options)
    assert_exact(grad, grad_x, dtype)


@EVERY_DTYPE
@EVERY_POOLING
def test_unfolding_and_folding(problem, dtype):
    x = integers(N, *problem.size, C_IN)
    taps = math.prod(problem.kernel)
    rows = np.zeros((N, *problem.output, taps, C_IN), np.int64)
    columns = integers(*rows.shape)
    folded = np.zeros_like(x)
    for position, tap, place in problem.meetings():
        to = (slice(None), *position, np.ravel_multi_index(tap, problem.kernel))
        rows[to] = x[(slice(None), *place)]
        folded[(slice(None), *place)] += columns[to]
    shape = (*rows.shape[:-2], taps * C_IN)
    mine = unfold(x.astype(dtype), problem.kernel, **problem.options)
    assert_exact(mine, rows.reshape(shape), dtype)
    columns = columns.reshape(shape).astype(dtype)
    mine = fold(columns, problem.size, problem.kernel, **problem.options)
    assert_exact(mine, folded, dtype)
