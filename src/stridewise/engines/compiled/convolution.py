"""Convolution and its gradients: which algorithm, then one call a phase."""

from __future__ import annotations

import itertools
import os
import math
from functools import lru_cache, partial
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.compiled.axis_problem import POINT, AxisProblem, forward, phases
from stridewise.engines.compiled.channels import Channels
from stridewise.engines.compiled.direct_plan import direct_plan
from stridewise.engines.compiled.plan import Plan
from stridewise.engines.compiled.threads import get_num_threads
from stridewise.engines.compiled.weight_gradient_plan import weight_gradient_plan
from stridewise.engines.compiled.winograd_gradient_plan import (
    WinogradGradientPlan,
    winograd_gradient_plan,
)
from stridewise.engines.compiled.winograd_plan import WinogradPlan, winograd_plan
from stridewise.specs import ConvSpec

__all__ = ["conv", "conv_grad_weight", "conv_grad_x"]


def conv(x: Array, weight: Array, bias: Array | None, spec: ConvSpec) -> Array:
    """Multiply each window by each filter, add up, add the bias."""
    N, C_in, C_out = x.shape[0], x.shape[-1], weight.shape[-1]
    plan = _forward_plan(spec, N, C_in, C_out, x.dtype.char, bias is not None, get_num_threads())
    y = np.empty((N, *spec.output_size, C_out), x.dtype)
    x, weight = np.ascontiguousarray(x), np.ascontiguousarray(weight)
    if bias is not None:
        bias = np.ascontiguousarray(bias)
    at_bias = 0 if bias is None else bias.ctypes.data
    arrays = (x.ctypes.data, weight.ctypes.data, at_bias, y.ctypes.data)
    plan.run(*arrays)
    return y


def conv_grad_x(grad_y: Array, weight: Array, spec: ConvSpec) -> Array:
    """Convolve the gradients with the filters turned around, phase by phase."""
    N, C_in, C_out = grad_y.shape[0], weight.shape[-2] * spec.groups, weight.shape[-1]
    plans, cover = _grad_x_plans(spec, N, C_in, C_out, grad_y.dtype.char, get_num_threads())
    grad_x = (np.empty if cover else np.zeros)((N, *spec.input_size, C_in), grad_y.dtype)
    grad_y, weight = np.ascontiguousarray(grad_y), np.ascontiguousarray(weight)
    arrays = (grad_y.ctypes.data, weight.ctypes.data, 0, grad_x.ctypes.data)
    for plan in plans:
        plan.run(*arrays)
    return grad_x


def conv_grad_weight(grad_y: Array, x: Array, spec: ConvSpec) -> Array:
    """Add up what every weight met, times the gradient of what it went into."""
    N, C_in, C_out = x.shape[0], x.shape[-1], grad_y.shape[-1]
    grad_weight = np.zeros((*spec.kernel_size, C_in // spec.groups, C_out), x.dtype)
    grad_y, x = np.ascontiguousarray(grad_y), np.ascontiguousarray(x)
    arrays = (x.ctypes.data, grad_y.ctypes.data, 0, grad_weight.ctypes.data)
    _grad_weight_plan(spec, N, C_in, C_out, x.dtype.char).run(*arrays)
    return grad_weight


def _tap_strides(spec: ConvSpec, C_in: int, C_out: int) -> tuple[int, ...]:
    inner = C_in // spec.groups * C_out
    return tuple(math.prod(spec.kernel_size[at + 1 :]) * inner for at in range(spec.rank))


@lru_cache(1024)
def _forward_plan(
    spec: ConvSpec, N: int, C_in: int, C_out: int, dtype: str, has_bias: bool, threads: int
) -> Plan | WinogradPlan:
    channels = Channels.forward(C_in, C_out, spec.groups)
    axes = tuple(map(forward, spec.axes))
    sizes = spec.input_size, spec.output_size
    strides = _tap_strides(spec, C_in, C_out)
    return _plan(np.dtype(dtype), N, axes, channels, strides, *sizes, has_bias, threads)


@lru_cache(1024)
def _grad_x_plans(
    spec: ConvSpec, N: int, C_in: int, C_out: int, dtype: str, threads: int
) -> tuple[list[Plan | WinogradPlan], bool]:
    """A plan for each phase, and whether the phases cover all of the input."""
    channels = Channels.backward(C_in, C_out, spec.groups)
    sizes = spec.output_size, spec.input_size
    strides = _tap_strides(spec, C_in, C_out)
    met = [phases(axis) for axis in spec.axes]
    plans = [
        _plan(np.dtype(dtype), N, axes, channels, strides, *sizes, False, threads)
        for axes in itertools.product(*met)
    ]
    covered = (sum(phase.positions for phase in of_axis) for of_axis in met)
    return plans, tuple(covered) == spec.input_size


def _plan(
    dtype: np.dtype[Any],
    N: int,
    axes: tuple[AxisProblem, ...],
    channels: Channels,
    weight_strides: tuple[int, ...],
    x_size: tuple[int, ...],
    y_size: tuple[int, ...],
    has_bias: bool,
    threads: int,
) -> Plan | WinogradPlan:
    problem = (dtype, N, axes, channels, weight_strides, x_size, y_size, has_bias, threads)
    if winograd_fits(dtype, axes, channels):
        two = axes[-2], axes[-1]
        strides = weight_strides[-2], weight_strides[-1]
        examples = N * math.prod(axis.size for axis in axes[:-2])
        directly = partial(direct_plan, *problem)
        return winograd_plan(dtype, examples, two, channels, strides, has_bias, 4, directly)
    return direct_plan(*problem)


def winograd_fits(dtype: np.dtype[Any], axes: tuple[AxisProblem, ...], channels: Channels) -> bool:
    """Whether Winograd's tiles can compute it, and have enough channels to be worth it."""
    *others, H, W = (POINT, *axes)
    return (
        dtype == np.float32
        and channels.groups == 1
        and min(channels.C_in, channels.C_out) >= 16
        and all(axis.is_pointwise for axis in others)
        and all((a.taps, a.stride, a.step, a.output_step) == (3, 1, 1, 1) for a in (H, W))
        and os.environ.get("NOWINO") is None
    )


@lru_cache(1024)
def _grad_weight_plan(
    spec: ConvSpec, N: int, C_in: int, C_out: int, dtype: str
) -> Plan | WinogradGradientPlan:
    axes = tuple(map(forward, spec.axes))
    problem = (np.dtype(dtype), N, axes, C_in, C_out, spec.groups)
    if winograd_fits(np.dtype(dtype), axes, Channels.forward(C_in, C_out, spec.groups)):
        examples = N * math.prod(axis.size for axis in axes[:-2])
        directly = partial(weight_gradient_plan, *problem)
        two = axes[-2], axes[-1]
        return winograd_gradient_plan(np.dtype(dtype), examples, two, C_in, C_out, directly)
    return weight_gradient_plan(*problem)
