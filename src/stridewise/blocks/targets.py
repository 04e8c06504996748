"""What the losses share: a prediction and its target of one shape, and the mean's share."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array, ArrayLike, prepare, require_shape
from stridewise.errors import ShapeError, explain

__all__ = ["mean_share", "prediction_and_target"]


def prediction_and_target(
    operation: str, **named: ArrayLike
) -> tuple[Array, Array, np.dtype[np.generic]]:
    """Prepare two arrays of one shape with at least one element."""
    (y, target), result = prepare(operation, **named)
    if y.shape != target.shape or y.size == 0:
        first, second = named
        raise ShapeError(
            explain(
                operation,
                f"the shapes of `{first}` and `{second}` do not fit.",
                needed="two arrays of one shape, at least one element",
                received=f"{first}.shape={y.shape}, {second}.shape={target.shape}",
                hint=f"{second}.reshape({first}.shape), if both hold the same elements",
            )
        )
    return y, target, result


def mean_share(operation: str, grad_y: ArrayLike, total: float, dtype: np.dtype[Any]) -> Any:
    """``grad_y / total``: what each element gets of the gradient by a mean.

    It is a number of ``dtype``: a loss in float64 does not widen a gradient in float32.
    """
    (scale,), _ = prepare(operation, grad_y=grad_y)
    require_shape(operation, "grad_y", scale, (), "one number, as the loss is")
    with np.errstate(over="ignore"):
        return dtype.type(scale / total)
