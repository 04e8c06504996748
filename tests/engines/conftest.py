"""The problems on which engines must agree; test_suite_bites runs them on broken engines too."""

import math
from functools import partial
from typing import NamedTuple

import numpy as np
import pytest

from stridewise.blocks.activations import relu, relu_backward
from stridewise.blocks.average_pooling import avg_pool, avg_pool_backward
from stridewise.blocks.batch_norm import batch_norm, batch_norm_backward
from stridewise.blocks.convolution import conv, conv_backward
from stridewise.blocks.fused_convolution import fused_conv
from stridewise.blocks.max_pooling import max_pool, max_pool_backward, max_pool_with_indices
from stridewise.engines.vectorized.tiles import tiles
from stridewise.layers import Add
from stridewise.specs import ConvSpec, PoolSpec


class Convolution(NamedTuple):
    """Sizes that all differ: N, C_in, C_out, the spatial ones; and the options."""

    N: int
    size: tuple[int, ...]
    C_in: int
    C_out: int
    kernel: tuple[int, ...]
    options: dict
    bias: bool = True


class Pooling(NamedTuple):
    N: int
    size: tuple[int, ...]
    C: int
    kernel: tuple[int, ...]
    options: dict


UNEVEN = {"stride": (2, 3), "padding": ((0, 2), (3, 1)), "dilation": (3, 2)}
CONVOLUTIONS = {
    "plain": Convolution(2, (5, 7), 3, 4, (2, 3), {}),
    "no bias": Convolution(2, (5, 7), 3, 4, (2, 3), {}, bias=False),
    "one by one": Convolution(2, (3, 4), 5, 7, (1, 1), {}),
    "stride": Convolution(2, (6, 9), 3, 4, (2, 3), {"stride": (3, 2)}),
    "stride beyond the kernel": Convolution(2, (8, 9), 1, 3, (1, 2), {"stride": (3, 4)}),
    "padding": Convolution(3, (4, 5), 2, 1, (3, 2), {"padding": ((1, 0), (2, 3))}),
    "padding beyond the kernel": Convolution(
        1, (2, 3), 2, 3, (2, 1), {"padding": ((4, 3), (2, 5))}
    ),
    "same": Convolution(2, (5, 8), 3, 4, (2, 4), {"stride": (2, 3), "padding": "same"}),
    "same_lower": Convolution(2, (5, 8), 3, 4, (2, 4), {"stride": (2, 3), "padding": "same_lower"}),
    "dilation": Convolution(2, (7, 9), 3, 4, (3, 2), {"dilation": (2, 5)}),
    "groups": Convolution(2, (4, 5), 6, 9, (2, 3), {"groups": 3}),
    "depthwise": Convolution(3, (4, 5), 4, 8, (3, 2), {"groups": 4, "padding": 1}),
    "all of it": Convolution(3, (8, 10), 4, 6, (2, 3), {**UNEVEN, "groups": 2}),
    "rank 1": Convolution(3, (11,), 4, 6, (3,), {"stride": 2, "padding": ((2, 1),), "groups": 2}),
    "rank 3": Convolution(
        2, (4, 5, 6), 4, 2, (2, 3, 1), {"stride": (1, 2, 3), "padding": (1, 0, 2), "groups": 2}
    ),
    "rank 3 dilated": Convolution(1, (5, 4, 6), 2, 3, (2, 1, 3), {"dilation": (3, 2, 1)}),
}
POOLINGS = {
    "plain": Pooling(2, (5, 7), 3, (2, 3), {}),
    "overlap": Pooling(2, (5, 7), 3, (3, 2), {"stride": 1}),
    "gaps": Pooling(2, (7, 8), 3, (2, 1), {"stride": (3, 2)}),
    "padding": Pooling(2, (4, 5), 3, (3, 4), {"stride": 2, "padding": ((2, 0), (1, 3))}),
    "same": Pooling(2, (5, 8), 3, (2, 4), {"stride": (2, 3), "padding": "same"}),
    "same_lower": Pooling(2, (5, 8), 3, (2, 4), {"stride": (2, 3), "padding": "same_lower"}),
    "dilation": Pooling(2, (7, 8), 3, (3, 2), {"stride": (1, 2), "dilation": (2, 3)}),
    "only padding": Pooling(2, (2, 3), 3, (2, 2), {"stride": 1, "padding": 3, "dilation": (5, 4)}),
    "ceil": Pooling(2, (6, 8), 3, (3, 2), {"stride": (2, 3), "ceil_mode": True}),
    "ceil and padding": Pooling(
        2, (6, 7), 3, (3, 4), {"stride": (2, 3), "padding": ((1, 2), (3, 1)), "ceil_mode": True}
    ),
    "all of it": Pooling(
        3, (8, 9), 2, (2, 3), {**UNEVEN, "padding": ((0, 2), (3, 1)), "ceil_mode": True}
    ),
    "rank 1": Pooling(3, (11,), 2, (4,), {"stride": 3, "padding": 1, "ceil_mode": True}),
    "rank 3": Pooling(2, (4, 5, 6), 3, (2, 3, 1), {"stride": (1, 2, 3), "padding": (1, 2, 0)}),
}


CHANNELWISE = [(3, 5), (2, 4, 6, 3), (3, 5, 7, 17), (1, 2, 3, 2, 40), (5, 1, 1)]


def read_only(array):
    """An engine that writes to its input fails at once."""
    array.flags.writeable = False
    return array


def run_convolution(problem, dtype):
    rng = np.random.default_rng(1)
    rank, options = len(problem.size), problem.options
    groups = options.get("groups", 1)
    spec = ConvSpec.of("conv", problem.size, problem.kernel, **options)
    shapes = [
        (problem.N, *problem.size, problem.C_in),
        (*problem.kernel, problem.C_in // groups, problem.C_out),
        (problem.C_out,),
        (problem.N, *spec.output_size, problem.C_out),
    ]
    x, weight, bias, grad_y = (read_only(rng.standard_normal(s).astype(dtype)) for s in shapes)
    bias = bias if problem.bias else None
    y = conv(rank, x, weight, bias, **options)
    fused = fused_conv(rank, x, weight, bias, residual=grad_y, low=-1.5, high=2.5, **options)
    return (y, fused, *conv_backward(rank, grad_y, x, weight, **options))


def pool_arrays(problem, dtype, values):
    rng = np.random.default_rng(2)
    spec = PoolSpec.of("pool", problem.size, problem.kernel, **problem.options)
    shape = (problem.N, *problem.size, problem.C)
    x = {
        "distinct": rng.permutation(math.prod(shape)).reshape(shape) - math.prod(shape),
        "ties": rng.integers(-3, 0, shape),
        "odd": rng.choice(
            [np.nan, -np.inf, np.inf, -1.0, -2.0], shape, p=[0.1, 0.3, 0.1, 0.3, 0.2]
        ),
    }[values]
    grad_y = rng.standard_normal((problem.N, *spec.output_size, problem.C))
    return read_only(x.astype(dtype)), read_only(grad_y.astype(dtype))


def run_max_pooling(problem, dtype, values):
    x, grad_y = pool_arrays(problem, dtype, values)
    rank, options = len(problem.size), {**problem.options, "kernel_size": problem.kernel}
    return (
        max_pool(rank, x, **options),
        *max_pool_with_indices(rank, x, **options),
        max_pool_backward(rank, grad_y, x, **options, ties="first"),
        max_pool_backward(rank, grad_y, x, **options, ties="all"),
    )


def run_average_pooling(problem, dtype, count_include_pad):
    x, grad_y = pool_arrays(problem, dtype, "distinct")
    rank, options = len(problem.size), {**problem.options, "kernel_size": problem.kernel}
    options["count_include_pad"] = count_include_pad
    return avg_pool(rank, x, **options), avg_pool_backward(rank, grad_y, x, **options)


def run_channelwise(shape, dtype):
    """A normalisation in training and in inference, a rectifier, and a shortcut."""
    rng = np.random.default_rng(3)
    x, grad_y = (read_only(rng.standard_normal(shape).astype(dtype)) for _ in range(2))
    weight, bias, mean = rng.standard_normal((3, shape[-1])).astype(dtype)
    known = {"mean": mean, "variance": mean**2}
    return (
        batch_norm(x + 7, weight, bias),
        batch_norm(x, weight, bias, **known),
        *batch_norm_backward(grad_y, x, weight),
        *batch_norm_backward(grad_y, x, weight, **known),
        relu(x),
        relu_backward(grad_y, x),
        Add().forward(x, grad_y)[0],
    )


def all_cases():
    """Every problem as a call, by name."""
    cases = {}
    for dtype in ("float64", "float32"):
        for shape in CHANNELWISE:
            cases[f"channelwise {shape} {dtype}"] = partial(run_channelwise, shape, dtype)
        for name, problem in CONVOLUTIONS.items():
            cases[f"conv {name} {dtype}"] = partial(run_convolution, problem, dtype)
        for name, problem in POOLINGS.items():
            for values in ("distinct", "ties", "odd"):
                call = partial(run_max_pooling, problem, dtype, values)
                cases[f"max_pool {name} {values} {dtype}"] = call
            for included in (True, False):
                call = partial(run_average_pooling, problem, dtype, included)
                cases[f"avg_pool {name} {included} {dtype}"] = call
    return cases


CASES = all_cases()


@pytest.fixture(params=CASES)
def agreement_case(request):
    """One call on which all engines must agree."""
    return CASES[request.param]


@pytest.fixture
def agreement_cases():
    """All of them, by name."""
    return CASES


@pytest.fixture
def cut_tiles(monkeypatch):
    """Cut the numpy engine's work into tiles of so many bytes."""
    return lambda tile_bytes: monkeypatch.setattr(tiles, "__defaults__", (tile_bytes,))
