"""Average pooling as the exercise writes it: a mean forward, an even share backward."""

from __future__ import annotations

import math

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.loops.windows import crop, pad, window
from stridewise.specs import PoolSpec

__all__ = ["avg_pool", "avg_pool_grad"]


def avg_pool(x: Array, spec: PoolSpec) -> Array:
    """Add the window up and divide by the number of its elements that count."""
    x_padded = pad(x, spec)
    N, C = x.shape[0], x.shape[-1]
    y = np.zeros((N, *spec.output_size, C), x.dtype)
    for n in range(N):
        for position in np.ndindex(*spec.output_size):
            for c in range(C):
                a_slice = x_padded[window(n, position, c, spec)]
                y[(n, *position, c)] = np.sum(a_slice) / _count(position, spec)
    return y


def avg_pool_grad(grad_y: Array, spec: PoolSpec) -> Array:
    """Give every element of the window an equal share of the gradient."""
    N, C = grad_y.shape[0], grad_y.shape[-1]
    grad_x_padded = pad(np.zeros((N, *spec.input_size, C), grad_y.dtype), spec)
    for n in range(N):
        for position in np.ndindex(*spec.output_size):
            for c in range(C):
                share = grad_y[(n, *position, c)] / _count(position, spec)
                grad_x_padded[window(n, position, c, spec)] += share
    return crop(grad_x_padded, spec)


def _count(position: tuple[int, ...], spec: PoolSpec) -> int:
    counts = (
        axis.counted(place, spec.count_include_pad)
        for place, axis in zip(position, spec.axes, strict=True)
    )
    return max(math.prod(counts), 1)  # nothing but padding: 0 / 1
