"""Statistics and arithmetic of each channel, and of each element alone, in plain loops."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.loops.convolution import channel_sums
from stridewise.engines.quietly import quietly

__all__ = [
    "add",
    "channel_moments",
    "channel_products",
    "normalise",
    "normalise_grad",
    "relu",
    "relu_grad",
]


@quietly
def channel_moments(x: Array) -> tuple[Array, Array]:
    """Mean, and then the mean of the squared deviations from it."""
    count = x.size // x.shape[-1]
    mean = channel_sums(x) / count
    squares = np.zeros(x.shape[-1], np.float64)
    for pixel in np.ndindex(*x.shape[:-1]):
        squares += (x[pixel] - mean) ** 2
    return mean, squares / count


@quietly
def channel_products(grad_y: Array, x: Array, centre: Array) -> tuple[Array, Array]:
    """Add up the gradients of every channel, times how far each element is from the centre."""
    products = np.zeros(x.shape[-1], np.float64)
    for pixel in np.ndindex(*x.shape[:-1]):
        products += grad_y[pixel] * (x[pixel] - centre.astype(np.float64))
    return channel_sums(grad_y), products


@quietly
def normalise(x: Array, centre: Array, scale: Array, shift: Array) -> Array:
    """Centre, scale and shift every pixel."""
    y = np.zeros_like(x)
    for pixel in np.ndindex(*x.shape[:-1]):
        y[pixel] = scale * (x[pixel] - centre) + shift
    return y


@quietly
def normalise_grad(
    grad_y: Array, x: Array, centre: Array, scale: Array, slope: Array, shift: Array
) -> Array:
    """Correct and scale the gradient of every pixel."""
    grad_x = np.zeros_like(x)
    for pixel in np.ndindex(*x.shape[:-1]):
        grad_x[pixel] = scale * (grad_y[pixel] + slope * (x[pixel] - centre) + shift)
    return grad_x


def relu(x: Array) -> Array:
    """Whatever is below 0 becomes 0."""
    y = x.copy()
    for place in np.ndindex(*x.shape):
        if x[place] <= 0:
            y[place] = 0
    return y


def relu_grad(grad_y: Array, x: Array) -> Array:
    """What became 0, or was, passes no gradient."""
    grad_x = np.zeros_like(grad_y)
    for place in np.ndindex(*x.shape):
        if x[place] > 0:
            grad_x[place] = grad_y[place]
    return grad_x


@quietly
def add(a: Array, b: Array) -> Array:
    """Two numbers at a time."""
    total = np.zeros_like(a)
    for place in np.ndindex(*a.shape):
        total[place] = a[place] + b[place]
    return total
