"""Dropout as a graph asks for it: with the mask as a second result."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array
from stridewise.glue.function import Function, same_shape

__all__ = ["RANDOMNESS"]


def _mask(x: Array, ratio: Array, training: Array, seed: int = 0) -> Array:
    """What is kept: by the generator that ONNX's own cases are made with."""
    if not np.any(training) or np.all(ratio == 0):
        return np.ones(x.shape, bool)
    generator = np.random.RandomState(seed)
    return np.asarray(generator.uniform(0, 1, x.shape) >= ratio)


def _drop(x: Array, ratio: Array, training: Array, seed: int = 0) -> Array:
    if not np.any(training) or np.all(ratio == 0):
        return x
    kept = _mask(x, ratio, training, seed)
    return np.asarray(x * kept / (1 - ratio), x.dtype)


RANDOMNESS: dict[str, Function] = {
    "drop": Function(_drop, None, same_shape),
    "drop_mask": Function(_mask, None, same_shape),
}
