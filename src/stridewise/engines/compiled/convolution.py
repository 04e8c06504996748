"""Convolution and its gradients: find the plan, give it the addresses of the arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.compiled.channelwise.sums import channel_sums
from stridewise.engines.compiled.code.addresses import address_of
from stridewise.engines.compiled.code.target import host
from stridewise.engines.compiled.convolution_plans import (
    forward_plan,
    grad_weight_plan,
    grad_x_plans,
)
from stridewise.engines.compiled.direct.convolution_plan import DirectPlan
from stridewise.engines.compiled.direct.few_channels import (
    filters_side_by_side,
    pixels_a_vector,
    shared_plans,
)
from stridewise.engines.compiled.grouped import calls as grouped
from stridewise.engines.compiled.running.outputs import empty
from stridewise.engines.compiled.tile.ending import Ending
from stridewise.engines.epilogue import Epilogue, Kept
from stridewise.engines.num_threads import get_num_threads
from stridewise.engines.precision import get_precision
from stridewise.specs import ConvSpec

__all__ = ["conv", "conv_grad_weight", "conv_grad_x", "is_narrow"]


def conv(
    x: Array,
    weight: Array,
    bias: Array | None,
    spec: ConvSpec,
    epilogue: Epilogue | None = None,
    kept: Kept | None = None,
) -> Array:
    """Multiply each window by each filter, add up, add the bias; then what the epilogue says."""
    if not x.size:
        return np.zeros((0, *spec.output_size, weight.shape[-1]), x.dtype)
    ending, residual = Ending.of(epilogue), None
    if epilogue is not None and epilogue.residual is not None:
        residual = np.ascontiguousarray(epilogue.residual)
    if is_narrow(spec, weight.shape[-2], weight.shape[-1], x.dtype):
        return grouped.conv(x, weight, bias, spec, ending, residual)
    N, C_in, C_out = x.shape[0], x.shape[-1], weight.shape[-1]
    sizes, packed = (N, C_in, C_out, x.dtype.char), kept is not None
    threads, precision = get_num_threads(), get_precision()
    plan = forward_plan(spec, sizes, bias is not None, threads, precision, ending, packed)
    y = empty((N, *spec.output_size, C_out), x.dtype)
    x, weight = np.ascontiguousarray(x), np.ascontiguousarray(weight)
    bias = None if bias is None else np.ascontiguousarray(bias)
    if kept is not None and isinstance(plan, DirectPlan):
        order = (x.dtype, plan.layout)
        if order not in kept:
            kept[order] = plan.pack(weight, bias)
        weight = kept[order]
    plan.run(*map(address_of, (x, weight, bias, y, residual)))
    return y


def conv_grad_x(grad_y: Array, weight: Array, spec: ConvSpec) -> Array:
    """Convolve the gradients with the filters turned around, phase by phase."""
    if not grad_y.size:
        return np.zeros((0, *spec.input_size, weight.shape[-2] * spec.groups), grad_y.dtype)
    if is_narrow(spec, weight.shape[-2], weight.shape[-1], grad_y.dtype):
        return grouped.conv_grad_x(grad_y, weight, spec)
    N, C_in, C_out = grad_y.shape[0], weight.shape[-2] * spec.groups, weight.shape[-1]
    pixels = pixels_a_vector(spec, N, C_in, C_out, grad_y.itemsize)
    if pixels > 1:
        grad_x = _conv_grad_few(grad_y, weight, spec, pixels)
        # Or a zero between the taps met an infinity; which a sum in float64 shows, too.
        if np.isfinite(channel_sums(grad_x)).all():
            return grad_x
    sizes = (N, C_in, C_out, grad_y.dtype.char)
    plans, cover = grad_x_plans(spec, sizes, get_num_threads(), get_precision())
    grad_x = empty((N, *spec.input_size, C_in), grad_y.dtype)
    if not cover:
        grad_x.fill(0)
    grad_y, weight = np.ascontiguousarray(grad_y), np.ascontiguousarray(weight)
    for plan in plans:
        plan.run(address_of(grad_y), address_of(weight), 0, address_of(grad_x))
    return grad_x


def _conv_grad_few(grad_y: Array, weight: Array, spec: ConvSpec, pixels: int) -> Array:
    """The gradient by an input of few channels: several pixels share a vector."""
    N, C_in, C_out = grad_y.shape[0], *weight.shape[-2:]
    sizes = (N, C_in, C_out, grad_y.dtype.char)
    shared, together, alone = shared_plans(spec, *sizes, get_num_threads(), pixels)
    grad_x = np.zeros((N, *spec.input_size, C_in), grad_y.dtype)
    grad_y, weight = np.ascontiguousarray(grad_y), np.ascontiguousarray(weight)
    for plans, filters in ((together, filters_side_by_side(weight, shared)), (alone, weight)):
        for plan in plans:
            plan.run(address_of(grad_y), address_of(filters), 0, address_of(grad_x))
    return grad_x


def conv_grad_weight(grad_y: Array, x: Array, spec: ConvSpec) -> Array:
    """Add up what every weight met, times the gradient of what it went into."""
    N, C_in, C_out = x.shape[0], x.shape[-1], grad_y.shape[-1]
    if not N:
        return np.zeros((*spec.kernel_size, C_in // spec.groups, C_out), x.dtype)
    if is_narrow(spec, C_in // spec.groups, C_out, x.dtype):
        return grouped.conv_grad_weight(grad_y, x, spec)
    plan = grad_weight_plan(spec, (N, C_in, C_out, x.dtype.char), get_precision())
    grad_weight = np.zeros((*spec.kernel_size, C_in // spec.groups, C_out), x.dtype)
    grad_y, x = np.ascontiguousarray(grad_y), np.ascontiguousarray(x)
    plan.run(address_of(x), address_of(grad_y), 0, address_of(grad_weight))
    return grad_weight


def is_narrow(spec: ConvSpec, C_in_group: int, C_out: int, dtype: np.dtype[Any]) -> bool:
    """Whether the groups are so narrow that a vector spans several."""
    if spec.groups == 1:
        return False
    lanes = host().vector_bytes // dtype.itemsize
    return grouped.is_narrow(spec, C_in_group, C_out // spec.groups, lanes)
