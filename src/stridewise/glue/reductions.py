"""Sums, means, extremes and norms along axes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.glue.function import Full, Function, Gradients, axes_of, same_shape

__all__ = ["REDUCTIONS"]

Reduce = Callable[[Array, tuple[int, ...]], Any]


def _along(x: Array, axes: Any, empty_is_none: bool) -> tuple[int, ...]:
    """Axes to reduce; none at all stand for all of them, unless they are to stand for none."""
    if axes is None or np.size(axes) == 0:
        return () if empty_is_none else tuple(range(x.ndim))
    return axes_of(axes, x.ndim)


def _reduction(reduce: Reduce, derivative: Callable[..., Any]) -> Function:
    """``reduce(x, axes)`` keeps the axes; ``derivative(x, y, axes)`` is dy/dx, broadcast."""

    def forward(
        x: Array, axes: Any = None, keepdims: bool = True, empty_is_none: bool = False
    ) -> Array:
        along = _along(x, axes, empty_is_none)
        y = np.asarray(reduce(x, along)).astype(x.dtype, copy=False)
        return y if keepdims else y.squeeze(along)

    def backward(
        grad_y: Array,
        x: Array,
        axes: Any = None,
        keepdims: bool = True,
        empty_is_none: bool = False,
    ) -> Gradients:
        along = _along(x, axes, empty_is_none)
        grad = grad_y if keepdims else np.expand_dims(grad_y, along)
        slope = derivative(x, np.asarray(reduce(x, along)), along)
        return (np.broadcast_to(grad * slope, x.shape).astype(x.dtype),)

    return Function(forward, backward, _reduced_shape)


def _reduced_shape(
    shape: Full, *, axes: Any = None, keepdims: bool = True, empty_is_none: bool = False
) -> Full:
    along = _along(np.broadcast_to(np.int8(0), shape), axes, empty_is_none)
    if keepdims:
        return tuple(1 if axis in along else size for axis, size in enumerate(shape))
    return tuple(size for axis, size in enumerate(shape) if axis not in along)


def _count(x: Array, axes: tuple[int, ...]) -> int:
    return math.prod(x.shape[axis] for axis in axes)


def _sum(x: Array, axes: tuple[int, ...]) -> Any:
    return x.sum(axis=axes, keepdims=True, dtype=x.dtype)


def _mean(x: Array, axes: tuple[int, ...]) -> Any:
    if x.dtype.kind in "iu":  # as ONNX: the sum divided as integers, towards zero
        total, count = _sum(x, axes), max(_count(x, axes), 1)
        return np.sign(total) * (np.abs(total) // count)
    if _count(x, axes) == 0:  # NumPy would warn
        return _sum(x, axes) + np.nan
    return x.mean(axis=axes, keepdims=True)


def _lowest(dtype: np.dtype[Any]) -> Any:
    if dtype.kind == "f":
        return -np.inf
    return False if dtype.kind == "b" else np.iinfo(dtype).min


def _highest(dtype: np.dtype[Any]) -> Any:
    if dtype.kind == "f":
        return np.inf
    return True if dtype.kind == "b" else np.iinfo(dtype).max


def _max(x: Array, axes: tuple[int, ...]) -> Any:
    return x.max(axis=axes, keepdims=True, initial=_lowest(x.dtype))


def _min(x: Array, axes: tuple[int, ...]) -> Any:
    return x.min(axis=axes, keepdims=True, initial=_highest(x.dtype))


def _shared(x: Array, y: Array, axes: tuple[int, ...]) -> Array:
    """Equal extremes share the gradient evenly."""
    won = x == y
    shares: Array = won / np.maximum(won.sum(axis=axes, keepdims=True), 1)
    return shares


def _prod(x: Array, axes: tuple[int, ...]) -> Any:
    return x.prod(axis=axes, keepdims=True, dtype=x.dtype)


def _others(x: Array, y: Array, axes: tuple[int, ...]) -> Array:
    """The product of all other elements, zeros among them or not."""
    is_zero = x == 0
    zeros = is_zero.sum(axis=axes, keepdims=True)
    rest = np.where(is_zero, 1, x).prod(axis=axes, keepdims=True)
    at_zero = np.where(zeros == 1, rest, 0)
    return np.where(is_zero, at_zero, np.where(zeros == 0, y / np.where(is_zero, 1, x), 0))


def _l2(x: Array, axes: tuple[int, ...]) -> Any:
    return np.sqrt((x * x).sum(axis=axes, keepdims=True))


def _log_sum_exp(x: Array, axes: tuple[int, ...]) -> Any:
    top = np.nan_to_num(_max(x, axes), posinf=0.0, neginf=0.0)
    return np.log(np.exp(x - top).sum(axis=axes, keepdims=True)) + top


def _direction(x: Array, y: Array, axes: tuple[int, ...]) -> Array:
    """The derivative of a length: the unit vector, and 0 at the origin."""
    unit: Array = x / np.where(y == 0, 1, y)
    return unit


def _arg_extreme(
    x: Array, largest: bool, axis: int = 0, keepdims: bool = True, select_last: bool = False
) -> Array:
    find = np.argmax if largest else np.argmin
    if select_last:
        place = x.shape[axis] - 1 - find(np.flip(x, axis), axis=axis, keepdims=keepdims)
    else:
        place = find(x, axis=axis, keepdims=keepdims)
    return np.asarray(place, np.int64)


def _cumulative(
    x: Array, axis: Any, exclusive: bool = False, reverse: bool = False, product: bool = False
) -> Array:
    (along,) = axes_of(axis, x.ndim)
    values = np.flip(x, along) if reverse else x
    if exclusive:
        first = np.full_like(values.take([0], along), 1 if product else 0)
        values = np.concatenate([first, values.take(range(x.shape[along] - 1), along)], along)
    run = (np.cumprod if product else np.cumsum)(values, axis=along, dtype=x.dtype)
    return np.flip(run, along) if reverse else run


REDUCTIONS: dict[str, Function] = {
    "reduce_sum": _reduction(_sum, lambda *_: 1),
    "reduce_mean": _reduction(_mean, lambda x, _, axes: 1 / max(_count(x, axes), 1)),
    "reduce_max": _reduction(_max, _shared),
    "reduce_min": _reduction(_min, _shared),
    "reduce_prod": _reduction(_prod, _others),
    "reduce_l1": _reduction(
        lambda x, axes: np.abs(x).sum(axis=axes, keepdims=True), lambda x, *_: np.sign(x)
    ),
    "reduce_l2": _reduction(_l2, _direction),
    "reduce_sum_square": _reduction(
        lambda x, axes: (x * x).sum(axis=axes, keepdims=True), lambda x, *_: 2 * x
    ),
    "reduce_log_sum": _reduction(
        lambda x, axes: np.log(x.sum(axis=axes, keepdims=True)),
        lambda _, y, __: np.exp(-y),
    ),
    "reduce_log_sum_exp": _reduction(_log_sum_exp, lambda x, y, _: np.exp(x - y)),
    "arg_extreme": Function(_arg_extreme),
    "cumulative": Function(_cumulative, None, same_shape),
}
