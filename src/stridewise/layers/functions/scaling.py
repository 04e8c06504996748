"""Blocks of one scale a channel or group, with arrays that a graph computes."""

from __future__ import annotations

import numpy as np

from stridewise import blocks
from stridewise.arrays import Array
from stridewise.glue.function import Gradients, unbroadcast

__all__ = [
    "batch_norm_known",
    "batch_norm_known_backward",
    "group_norm_by_group",
    "layer_norm",
    "layer_norm_backward",
    "prelu",
    "prelu_backward",
    "swish",
]


def batch_norm_known(
    x: Array, weight: Array, bias: Array, mean: Array, variance: Array, epsilon: float
) -> Array:
    """Batch normalisation with statistics that a graph computes."""
    return blocks.batch_norm(x, weight, bias, mean=mean, variance=variance, epsilon=epsilon)


def batch_norm_known_backward(
    grad_y: Array,
    x: Array,
    weight: Array,
    bias: Array,  # noqa: ARG001 - what the forward took
    mean: Array,
    variance: Array,
    epsilon: float,
) -> Gradients:
    """Gradients of :func:`batch_norm_known`; the statistics have none."""
    return blocks.batch_norm_backward(
        grad_y, x, weight, mean=mean, variance=variance, epsilon=epsilon
    )


def group_norm_by_group(x: Array, weight: Array, bias: Array, groups: int, epsilon: float) -> Array:
    """Scale and shift are one number a group, as they were before ONNX's opset 21."""
    size = x.shape[-1] // groups
    scale, shift = np.repeat(weight, size), np.repeat(bias, size)
    return blocks.group_norm(x, scale, shift, groups=groups, epsilon=epsilon)


def layer_norm(
    x: Array, weight: Array, bias: Array, axis: int = -1, epsilon: float = 1e-5
) -> Array:
    """Layer normalisation whose scale and shift broadcast against the axes from ``axis`` on."""
    shape = x.shape[axis:]
    scale, shift = np.broadcast_to(weight, shape), np.broadcast_to(bias, shape)
    return blocks.layer_norm(x, scale, shift, axis=axis, epsilon=epsilon)


def layer_norm_backward(
    grad_y: Array, x: Array, weight: Array, bias: Array, axis: int = -1, epsilon: float = 1e-5
) -> Gradients:
    """Gradients of :func:`layer_norm`."""
    scale = np.broadcast_to(weight, x.shape[axis:])
    found = blocks.layer_norm_backward(grad_y, x, scale, axis=axis, epsilon=epsilon)
    by_weight, by_bias = (
        unbroadcast(found.weight, weight.shape),
        unbroadcast(found.bias, bias.shape),
    )
    return found.x, by_weight, by_bias


def prelu(x: Array, slope: Array) -> Array:
    """Leaky relu whose slopes broadcast against ``x``."""
    return np.where(x < 0, x * slope, x)


def prelu_backward(grad_y: Array, x: Array, slope: Array) -> Gradients:
    """Gradients of :func:`prelu`; either argument may be stretched to the other."""
    by_x = np.where(x < 0, grad_y * slope, grad_y)
    by_slope = np.where(x < 0, grad_y * x, 0).astype(grad_y.dtype)
    return unbroadcast(by_x, x.shape), unbroadcast(by_slope, slope.shape)


def swish(x: Array, alpha: float) -> Array:
    """``x · sigmoid(alpha · x)``."""
    return x * blocks.sigmoid(x * x.dtype.type(alpha))
