"""What layer, group and instance normalisation share: mean 0 and variance 1 over some axes.

The statistics are float64. The mean is taken off twice, the second time what rounding left of
it: numbers around 10 000 keep in float32 the digits of their differences.
"""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, require_shape
from stridewise.errors import DtypeError, ShapeError, explain

__all__ = [
    "affine",
    "affine_backward",
    "channels_hint",
    "require_channels",
    "require_elements",
    "require_given",
    "standardise",
    "standardise_backward",
]

Axes = tuple[int, ...]


def require_given(operation: str, **values: ArrayLike | None) -> None:
    """Refuse None for scale or shift: others take it for ones and zeros."""
    missing = [name for name, value in values.items() if value is None]
    if missing:
        neutral = {"weight": "np.ones(C)", "bias": "np.zeros(C)"}
        raise DtypeError(
            explain(
                operation,
                f"`{missing[0]}` is None, and is not optional.",
                needed="arrays of numbers for scale and shift",
                received=", ".join(f"{name}=None" for name in missing),
                hint=", ".join(f"{name}={neutral[name]}" for name in missing)
                + f", in the dtype of `x`, for no {' and no '.join(missing)}",
            )
        )


def require_channels(operation: str, name: str, array: Array, x: Array) -> None:
    """Refuse an array that has not one number for each channel of ``x``."""
    hint = channels_hint(x, array)
    if hint is None:
        require_shape(operation, name, array, x.shape[-1:], "one number a channel")
    else:
        raise ShapeError(
            explain(
                operation,
                f"`{name}` has the wrong shape.",
                needed=f"{name}.shape={x.shape[-1:]}, one number a channel; channels come last",
                received=f"{name}.shape={array.shape}, x.shape={x.shape}",
                hint=hint,
            )
        )


def channels_hint(x: Array, array: Array) -> str | None:
    """What to try if one number a channel fits only an ``x`` with its channels first."""
    if x.ndim > 2 and array.shape == x.shape[1:2] != x.shape[-1:]:
        return "np.moveaxis(x, 1, -1): this `x` looks channels-first"
    return None


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
