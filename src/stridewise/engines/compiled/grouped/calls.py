"""Convolution of narrow groups, depthwise above all, and its gradients: plans and calls.

Three sums over the same products. Two of them, the convolution and its gradient by the input, are
one kernel (``grouped/convolution.py``), with the roles of input and output
channels exchanged; the gradient by the weights is the other
(``grouped/weight_gradient.py``).
"""

from __future__ import annotations

import itertools
import math
from functools import lru_cache

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.compiled.code.addresses import address_of
from stridewise.engines.compiled.grouped.convolution_plan import grouped_plan
from stridewise.engines.compiled.grouped.weight_gradient_plan import grouped_weight_plan
from stridewise.engines.compiled.planning.axis_problem import forward, phases
from stridewise.engines.compiled.running.outputs import empty
from stridewise.engines.compiled.running.plan import Plan
from stridewise.engines.compiled.tile.ending import PLAIN, Ending
from stridewise.engines.num_threads import get_num_threads
from stridewise.specs import ConvSpec

__all__ = [
    "conv",
    "conv_grad_weight",
    "conv_grad_x",
    "forward_plan",
    "grad_weight_plan",
    "grad_x_plan",
    "is_narrow",
]

# Vectors of one side that a vector of the other side may need.
_MOST_PIECES = 4


def is_narrow(spec: ConvSpec, C_in_group: int, C_out_group: int, lanes: int) -> bool:
    """Whether these groups are computed here: several, with less than a vector of channels each.

    Either one input channel and few outputs each, or powers of two that are not too different.
    """
    if spec.groups == 1:
        return False
    if C_in_group == 1:
        return C_out_group <= min(_MOST_PIECES, lanes)
    low, high = sorted((C_in_group, C_out_group))
    powers = math.gcd(low, lanes) == low and math.gcd(high, lanes) == high
    return powers and low < lanes and high <= _MOST_PIECES * low


def conv(
    x: Array,
    weight: Array,
    bias: Array | None,
    spec: ConvSpec,
    ending: Ending = PLAIN,
    residual: Array | None = None,
) -> Array:
    """Multiply each window by each filter, add up, add the bias."""
    N, C_in, C_out = x.shape[0], x.shape[-1], weight.shape[-1]
    y = empty((N, *spec.output_size, C_out), x.dtype)
    x, weight = np.ascontiguousarray(x), np.ascontiguousarray(weight)
    if bias is not None:
        bias = np.ascontiguousarray(bias)
    sizes = (N, C_in, C_out, x.dtype.char)
    plan = forward_plan(spec, *sizes, bias is not None, get_num_threads(), ending)
    arrays = (x, weight, bias, y, residual)
    plan.run(*map(address_of, arrays))
    return y


def conv_grad_x(grad_y: Array, weight: Array, spec: ConvSpec) -> Array:
    """Convolve the gradients with the filters turned around, all phases in one pass."""
    N, C_in, C_out = grad_y.shape[0], weight.shape[-2] * spec.groups, weight.shape[-1]
    plan, covers = grad_x_plan(spec, N, C_in, C_out, grad_y.dtype.char, get_num_threads())
    grad_x = empty((N, *spec.input_size, C_in), grad_y.dtype)
    if not covers:
        grad_x.fill(0)
    if plan is not None:
        grad_y, weight = np.ascontiguousarray(grad_y), _turned(weight, spec)
        plan.run(address_of(grad_y), address_of(weight), 0, address_of(grad_x))
    return grad_x


def conv_grad_weight(grad_y: Array, x: Array, spec: ConvSpec) -> Array:
    """Add up the products of gradients and inputs, slice by slice."""
    N, C_in, C_out = x.shape[0], x.shape[-1], grad_y.shape[-1]
    plan, slices = grad_weight_plan(spec, N, C_in, C_out, x.dtype.char)
    shape = (*spec.kernel_size, C_in // spec.groups, C_out)
    sums = np.empty((slices, *shape), x.dtype)
    x, grad_y = np.ascontiguousarray(x), np.ascontiguousarray(grad_y)
    plan.run(address_of(x), address_of(grad_y), 0, address_of(sums))
    grad_weight: Array = sums[0] if slices == 1 else np.add.reduce(sums, axis=0)
    return grad_weight


def _turned(weight: Array, spec: ConvSpec) -> Array:
    """Weights of the convolution backwards: ``(*kernel, C_out_group, C_in)``."""
    C_in_group, C_out = weight.shape[-2:]
    C_out_group = C_out // spec.groups
    if C_in_group == C_out_group == 1:
        return np.ascontiguousarray(weight)
    matrices = weight.reshape(-1, C_in_group, spec.groups, C_out_group)
    return np.ascontiguousarray(matrices.transpose(0, 3, 2, 1))


@lru_cache(1024)
def forward_plan(
    spec: ConvSpec,
    N: int,
    C_in: int,
    C_out: int,
    dtype: str,
    has_bias: bool,
    threads: int,
    ending: Ending = PLAIN,
) -> Plan:
    """The plan of a convolution."""
    axes = tuple(map(forward, spec.axes))
    sizes = (spec.kernel_size, spec.input_size, spec.output_size)
    channels = (C_in, C_out, spec.groups)
    return grouped_plan(np.dtype(dtype), N, [axes], channels, *sizes, has_bias, threads, ending)


@lru_cache(1024)
def grad_x_plan(
    spec: ConvSpec, N: int, C_in: int, C_out: int, dtype: str, threads: int
) -> tuple[Plan | None, bool]:
    """The plan for all phases, if there are any, and whether they cover all of the input."""
    met = [phases(axis) for axis in spec.axes]
    axes = list(itertools.product(*met))
    covered = tuple(sum(phase.positions for phase in of_axis) for of_axis in met)
    if not axes:
        return None, False
    sizes = (spec.kernel_size, spec.output_size, spec.input_size)
    channels = (C_out, C_in, spec.groups)
    plan = grouped_plan(np.dtype(dtype), N, axes, channels, *sizes, False, threads)
    return plan, covered == spec.input_size


@lru_cache(1024)
def grad_weight_plan(spec: ConvSpec, N: int, C_in: int, C_out: int, dtype: str) -> tuple[Plan, int]:
    """The plan of a gradient by the weights, and how many partial sums it leaves."""
    axes = tuple(map(forward, spec.axes))
    return grouped_weight_plan(np.dtype(dtype), N, axes, (C_in, C_out, spec.groups))
