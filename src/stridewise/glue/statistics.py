"""What normalisations measure, and lengths to divide by."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.glue.function import Function, axes_of, same_shape

__all__ = ["STATISTICS"]


def _running(x: Array, running: Array, statistic: str, momentum: float) -> Array:
    """Move a running mean or variance towards that of every channel of ``x``, channels last."""
    axes = tuple(range(x.ndim - 1))
    batch = x.mean(axes) if statistic == "mean" else x.var(axes)
    moved: Array = running * momentum + batch * (1 - momentum)
    return moved.astype(running.dtype)


def _layer(x: Array, statistic: str, axis: int = -1, epsilon: float = 1e-5) -> Array:
    """Mean, or 1 / √(variance + epsilon), over all axes from ``axis`` on."""
    axes = tuple(range(axis % x.ndim, x.ndim))
    values = x.astype(np.float32) if x.dtype == np.float16 else x
    if statistic == "mean":
        return np.asarray(values.mean(axes, keepdims=True))
    deviation = np.sqrt(values.var(axes, keepdims=True) + values.dtype.type(epsilon))
    return np.asarray(np.reciprocal(deviation))


def _standardise(x: Array, axes: Any) -> Array:
    """Mean 0 and deviation 1; the deviation is that of ONNX, √(⟨x²⟩ − ⟨x⟩²) + 1e-9."""
    along = axes_of(axes, x.ndim)
    centred = x - x.mean(along, keepdims=True)
    deviation = np.sqrt((centred * centred).mean(along, keepdims=True))
    return np.asarray(centred / (deviation + x.dtype.type(1e-9)))


def _lp_normalise(x: Array, p: int, axis: int = -1) -> Array:
    """Divide by the length along an axis; what has no length stays 0."""
    length = (
        np.abs(x).sum(axis, keepdims=True) if p == 1 else np.sqrt((x * x).sum(axis, keepdims=True))
    )
    return np.where(length == 0, x.dtype.type(0), x / np.where(length == 0, 1, length))


def _hardmax(x: Array, axis: int = -1) -> Array:
    """1 at the first maximum, 0 elsewhere."""
    first = np.expand_dims(x.argmax(axis), axis)
    y = np.zeros_like(x)
    np.put_along_axis(y, first, 1, axis)
    return y


def _hardmax_from(x: Array, axis: int) -> Array:
    """Over all axes from ``axis`` on, as one."""
    rows = x.reshape(*x.shape[: axis % x.ndim], -1)
    return _hardmax(rows).reshape(x.shape)


STATISTICS: dict[str, Function] = {
    "running_statistic": Function(_running),
    "layer_statistic": Function(_layer),
    "standardise": Function(_standardise, None, same_shape),
    "lp_normalise": Function(_lp_normalise, None, same_shape),
    "hardmax": Function(_hardmax, None, same_shape),
    "hardmax_from": Function(_hardmax_from, None, same_shape),
}
