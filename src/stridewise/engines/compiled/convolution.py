"""Convolution and its gradients: which algorithm, then one call a phase."""

from __future__ import annotations

import itertools
import math
from functools import lru_cache
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.compiled.axis_problem import forward, phases
from stridewise.engines.compiled.direct_plan import Channels, direct_plan
from stridewise.engines.compiled.plan import Plan
from stridewise.engines.compiled.threads import get_num_threads
from stridewise.engines.compiled.weight_gradient_plan import weight_gradient_plan
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
    grad_x = np.empty((N, *spec.input_size, C_in), grad_y.dtype)
    grad_y, weight = np.ascontiguousarray(grad_y), np.ascontiguousarray(weight)
    arrays = (grad_y.ctypes.data, weight.ctypes.data, 0, grad_x.ctypes.data)
    for plan in _grad_x_plans(spec, N, C_in, C_out, grad_y.dtype.char, get_num_threads()):
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
) -> Plan:
    channels = Channels(C_in, C_out, spec.groups, C_out, 1, C_out // spec.groups)
    return direct_plan(
        np.dtype(dtype),
        N,
        tuple(map(forward, spec.axes)),
        channels,
        _tap_strides(spec, C_in, C_out),
        spec.input_size,
        spec.output_size,
        has_bias,
        False,
        threads,
    )


@lru_cache(1024)
def _grad_x_plans(
    spec: ConvSpec, N: int, C_in: int, C_out: int, dtype: str, threads: int
) -> list[Plan]:
    channels = Channels(C_out, C_in, spec.groups, 1, C_out, C_out // spec.groups)
    return [
        direct_plan(
            np.dtype(dtype),
            N,
            axes,
            channels,
            _tap_strides(spec, C_in, C_out),
            spec.output_size,
            spec.input_size,
            False,
            True,
            threads,
        )
        for axes in itertools.product(*map(phases, spec.axes))
    ]


@lru_cache(1024)
def _grad_weight_plan(spec: ConvSpec, N: int, C_in: int, C_out: int, dtype: str) -> Plan:
    axes = tuple(map(forward, spec.axes))
    return weight_gradient_plan(np.dtype(dtype), N, axes, C_in, C_out, spec.groups)
