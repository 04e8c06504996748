"""What may follow a convolution in the same pass over its output."""

from __future__ import annotations

import math
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from stridewise.arrays import Array

__all__ = ["Epilogue", "Kept"]

# Where an engine keeps the weights of one convolution in an order of its own, from call to call.
Kept: TypeAlias = dict[Any, Array]


class Epilogue(NamedTuple):
    """Add a residual, then keep every number within bounds: ``min(max(y + residual, low), high)``.

    Attributes
    ----------
    residual : array of the output's shape and dtype, or None
    low, high : float
        Infinite if there is no bound. NaN stays NaN.
    """

    residual: Array | None = None
    low: float = -math.inf
    high: float = math.inf

    def after(self, y: Array) -> Array:
        """The same as a pass of its own, which changes ``y``: for engines that do not fuse it."""
        with np.errstate(over="ignore", invalid="ignore"):  # infinities give infinity or NaN
            if self.residual is not None:
                y += self.residual
            if self.low > -math.inf:
                np.maximum(y, self.low, out=y)
            if self.high < math.inf:
                np.minimum(y, self.high, out=y)
        return y
