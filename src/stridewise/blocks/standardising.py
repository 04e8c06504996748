"""What layer, group and instance normalisation share: mean 0 and variance 1 over some axes.

The statistics are float64. The mean is taken off twice, the second time what rounding left of
it: numbers around 10 000 keep in float32 the digits of their differences.
"""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array, finish
from stridewise.errors import ShapeError, explain

__all__ = ["affine", "affine_backward", "require_elements", "standardise", "standardise_backward"]

Axes = tuple[int, ...]


def require_elements(operation: str, x: Array, shape: tuple[int, ...]) -> None:
    """Refuse an ``x`` of which one normalised part, of this shape, has no element."""
    if 0 in shape:
        raise ShapeError(
            explain(
                operation,
                "there is nothing to average.",
                needed="at least one element on every axis but the batch",
                received=f"x.shape={x.shape}",
                hint="only the batch may be empty",
            )
        )


def standardise(x: Array, axes: Axes, epsilon: float) -> tuple[Array, Array]:
    """``(x − mean) / deviation`` and ``deviation = √(variance + epsilon)``, over these axes."""
    # Infinities give NaN, and so does a constant part with an epsilon of 0.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        normal: Array = x - _mean(x, axes)
        normal -= _mean(normal, axes)
        variance = np.square(normal, dtype=np.float64).mean(axis=axes, keepdims=True)
        deviation: Array = np.sqrt(variance + epsilon).astype(x.dtype)
        normal /= deviation
    return normal, deviation


def standardise_backward(grad: Array, normal: Array, deviation: Array, axes: Axes) -> Array:
    """``(grad − ⟨grad⟩ − normal · ⟨grad · normal⟩) / deviation``, averages over these axes."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        grad_x: Array = grad - _mean(grad, axes)
        grad_x -= normal * _mean(grad * normal, axes)
        grad_x /= deviation
    return grad_x


def _mean(x: Array, axes: Axes) -> Array:
    """Averages, added up in float64, in the dtype of ``x``."""
    mean: Array = x.mean(axis=axes, keepdims=True, dtype=np.float64).astype(x.dtype)
    return mean


def affine(normal: Array, weight: Array, bias: Array, result: np.dtype[np.generic]) -> Array:
    """``weight · normal + bias``, on the last axes."""
    with np.errstate(over="ignore", invalid="ignore"):
        return finish(normal * weight + bias, result)


def affine_backward(
    grad_y: Array, normal: Array, weight: Array, result: np.dtype[np.generic]
) -> tuple[Array, Array, Array]:
    """Gradients by ``normal``, ``weight`` and ``bias``; the first is not finished yet."""
    leading = tuple(range(grad_y.ndim - weight.ndim))
    with np.errstate(over="ignore", invalid="ignore"):
        grad_weight = (grad_y * normal).sum(axis=leading, dtype=np.float64)
        grad_bias = grad_y.sum(axis=leading, dtype=np.float64)
        return grad_y * weight, finish(grad_weight, result), finish(grad_bias, result)
