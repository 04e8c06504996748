"""What the activations share: their arrays, their options, and limits at infinity."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.errors import OptionError, OptionTypeError, explain

__all__ = ["bounded", "chain", "logistic", "pair", "real_option"]


def pair(
    operation: str, grad_y: ArrayLike, x: ArrayLike
) -> tuple[Array, Array, np.dtype[np.generic]]:
    """Prepare what the backward of an activation takes: two arrays of one shape."""
    (grad, values), result = prepare(operation, grad_y=grad_y, x=x)
    require_shape(operation, "grad_y", grad, values.shape, "the shape of `x`")
    return grad, values, result


def real_option(operation: str, name: str, value: object, x: Array, positive: bool = False) -> Any:
    """Return an option as a number of the dtype of ``x``, which it does not widen.

    Examples
    --------
    >>> real_option("demo", "slope", 0.5, np.zeros(3, np.float32))
    np.float32(0.5)
    """
    number = math.nan
    is_number = isinstance(value, int | float | np.integer | np.floating)
    if is_number and not isinstance(value, bool):
        try:
            with np.errstate(over="ignore"):
                number = x.dtype.type(value)
        except OverflowError:  # an int that no float can hold
            number = math.inf
        if math.isfinite(number) and (number > 0 or not positive):
            return number
        error: type[OptionError | OptionTypeError] = OptionError
    else:
        error = OptionTypeError
    raise error(
        explain(
            operation,
            f"`{name}` is {'out of range' if error is OptionError else 'not a number'}.",
            needed=f"a finite number{' > 0' if positive else ''} in {x.dtype}",
            received=f"{name}={value!r}",
            hint=f"{name}=1.0",
        )
    )


def chain(grad_y: Array, slope: Array, result: np.dtype[np.generic]) -> Array:
    """Multiply the incoming gradient by the slope; only what is infinite can go wrong."""
    with np.errstate(over="ignore", invalid="ignore"):
        return finish(grad_y * slope, result)


def bounded(x: Array) -> Array:
    """Bring ±∞ to the largest numbers: these times a slope of 0 are 0, its limit, not NaN."""
    largest = np.finfo(x.dtype).max
    y: Array = np.clip(x, -largest, largest)
    return y


def logistic(x: Array) -> Array:
    """``1 / (1 + exp(−x))`` from ``exp(−|x|)``, which cannot overflow."""
    decay = np.exp(-np.abs(x))
    y: Array = np.where(x >= 0, 1, decay) / (1 + decay)
    return y
