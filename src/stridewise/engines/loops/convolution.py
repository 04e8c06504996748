"""Convolution as the exercise writes it: four nested loops and one multiply-and-add.

The loops over row and column are one, over ``np.ndindex``, so that the same lines serve
one, two and three spatial axes.
"""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.epilogue import Epilogue, Kept
from stridewise.engines.loops.windows import crop, pad, window
from stridewise.engines.quietly import quietly
from stridewise.specs import ConvSpec

__all__ = ["channel_sums", "conv", "conv_grad_weight", "conv_grad_x"]


@quietly
def conv(
    x: Array,
    weight: Array,
    bias: Array | None,
    spec: ConvSpec,
    epilogue: Epilogue | None = None,
    kept: Kept | None = None,  # noqa: ARG001 - this engine takes weights as they are
) -> Array:
    """Slide, multiply, add."""
    x_padded = pad(x, spec)
    N, C_out = x.shape[0], weight.shape[-1]
    y = np.zeros((N, *spec.output_size, C_out), x.dtype)
    for n in range(N):
        for position in np.ndindex(*spec.output_size):  # row and column
            for c_out in range(C_out):
                channels = _group(c_out, weight, spec)
                a_slice = x_padded[window(n, position, channels, spec)]
                y[(n, *position, c_out)] = np.sum(a_slice * weight[..., c_out])
                if bias is not None:
                    y[(n, *position, c_out)] += bias[c_out]
    return y if epilogue is None else epilogue.after(y)


@quietly
def conv_grad_x(grad_y: Array, weight: Array, spec: ConvSpec) -> Array:
    """Add each gradient, times its filter, onto the window that it came from."""
    N, C_in = grad_y.shape[0], weight.shape[-2] * spec.groups
    grad_x_padded = pad(np.zeros((N, *spec.input_size, C_in), grad_y.dtype), spec)
    for n in range(N):
        for position in np.ndindex(*spec.output_size):
            for c_out in range(weight.shape[-1]):
                channels = _group(c_out, weight, spec)
                grad_x_padded[window(n, position, channels, spec)] += (
                    weight[..., c_out] * grad_y[(n, *position, c_out)]
                )
    return crop(grad_x_padded, spec)


@quietly
def conv_grad_weight(grad_y: Array, x: Array, spec: ConvSpec) -> Array:
    """Add each window, times its gradient, onto the filter that it met."""
    x_padded = pad(x, spec)
    N, C_in, C_out = x.shape[0], x.shape[-1], grad_y.shape[-1]
    grad_weight = np.zeros((*spec.kernel_size, C_in // spec.groups, C_out), x.dtype)
    for n in range(N):
        for position in np.ndindex(*spec.output_size):
            for c_out in range(C_out):
                channels = _group(c_out, grad_weight, spec)
                a_slice = x_padded[window(n, position, channels, spec)]
                grad_weight[..., c_out] += a_slice * grad_y[(n, *position, c_out)]
    return grad_weight


@quietly
def channel_sums(x: Array) -> Array:
    """Add up the numbers of every channel."""
    sums = np.zeros(x.shape[-1], np.float64)
    for n in range(x.shape[0]):
        for position in np.ndindex(*x.shape[1:-1]):
            sums += x[(n, *position)]
    return sums


def _group(c_out: int, weight: Array, spec: ConvSpec) -> slice:
    """Input channels that output channel ``c_out`` sees."""
    C_in_group, C_out = weight.shape[-2:]
    group = c_out // (C_out // spec.groups)
    return slice(group * C_in_group, (group + 1) * C_in_group)
