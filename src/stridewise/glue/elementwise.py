"""Functions of each number alone, or of numbers that broadcasting brings together.

Every entry is a forward beside its derivatives: ``y = f(a)`` with ``dy/da`` as a function of
``a``, ``y = f(a, b)`` with ``dy/da`` and ``dy/db`` as functions of ``a`` and ``b``. Arrays keep
their dtype: integers stay integers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.glue.function import (
    Function,
    Gradients,
    broadcast_shape,
    number_dtype,
    same_shape,
    unbroadcast,
)

__all__ = ["ELEMENTWISE"]

Derivative = Callable[..., Any]


def _unary(forward: Callable[..., Any], derivative: Derivative | None = None) -> Function:
    def backward(grad_y: Array, a: Array) -> Gradients:
        return (grad_y * derivative(a),) if derivative else (None,)

    def alone(a: Array) -> Array:  # a ufunc would write to a second argument
        y: Array = forward(a)
        return y

    return Function(alone, backward if derivative else None, lambda shape: shape)


def _binary(forward: Callable[..., Any], *derivatives: Derivative) -> Function:
    def backward(grad_y: Array, a: Array, b: Array) -> Gradients:
        found = (grad_y * derivative(a, b) for derivative in derivatives)
        return tuple(
            unbroadcast(each, array.shape).astype(array.dtype) if array.dtype.kind == "f" else None
            for each, array in zip(found, (a, b), strict=True)
        )

    def both(a: Array, b: Array) -> Array:  # a ufunc would write to a third argument
        y: Array = forward(a, b)
        return y

    return Function(both, backward if derivatives else None, lambda a, b: broadcast_shape(a, b))


def _many(pairwise: np.ufunc, backward: Callable[..., Gradients]) -> Function:
    """Join any number of arrays, two by two."""

    def forward(*arrays: Array) -> Array:
        joined: Array = functools.reduce(pairwise, arrays)
        return joined

    return Function(forward, backward, broadcast_shape)


def _to_all(grad_y: Array, *arrays: Array) -> Gradients:
    return tuple(unbroadcast(grad_y, array.shape) for array in arrays)


def _to_winner(pairwise: np.ufunc) -> Callable[..., Gradients]:
    """The first array that holds the extreme takes the gradient."""

    def backward(grad_y: Array, *arrays: Array) -> Gradients:
        best = functools.reduce(pairwise, arrays)
        free = np.ones(best.shape, bool)
        gradients = []
        for array in arrays:
            won = free & (array == best)
            free &= ~won
            gradients.append(unbroadcast(np.where(won, grad_y, 0).astype(array.dtype), array.shape))
        return tuple(gradients)

    return backward


def _divide(a: Array, b: Array) -> Array:
    """Divide; integers towards zero, as in C."""
    if np.result_type(a, b).kind not in "iu":
        return np.true_divide(a, b)
    quotient = np.floor_divide(np.abs(a), np.abs(b))
    signed: Array = np.where((a < 0) != (b < 0), -quotient, quotient)
    return signed.astype(np.result_type(a, b))


def _power(a: Array, b: Array) -> Array:
    if a.dtype.kind in "iu" and b.dtype.kind == "f":
        return np.asarray(np.power(a.astype(np.float64), b).astype(a.dtype))
    return np.asarray(np.power(a, b), a.dtype)


def _mean(*arrays: Array) -> Array:
    total: Array = functools.reduce(np.add, arrays)
    return np.asarray(total / total.dtype.type(len(arrays)))


def _mean_backward(grad_y: Array, *arrays: Array) -> Gradients:
    return _to_all(grad_y / grad_y.dtype.type(len(arrays)), *arrays)


def _where(condition: Array, a: Array, b: Array) -> Array:
    return np.where(condition.astype(bool), a, b)


def _where_backward(grad_y: Array, condition: Array, a: Array, b: Array) -> Gradients:
    zero = np.zeros((), grad_y.dtype)
    chosen = condition.astype(bool)
    by_a, by_b = np.where(chosen, grad_y, zero), np.where(chosen, zero, grad_y)
    return None, unbroadcast(by_a, a.shape), unbroadcast(by_b, b.shape)


def _cast(x: Array, dtype: str) -> Array:
    return x.astype(number_dtype(dtype))


def _cast_backward(grad_y: Array, x: Array, dtype: str) -> Gradients:
    return _as_cast(grad_y, x, number_dtype(dtype))


def _as_cast(grad_y: Array, x: Array, dtype: np.dtype[Any]) -> Gradients:
    """From floats to floats a cast is the identity; to integers it is a staircase."""
    return (grad_y.astype(x.dtype) if x.dtype.kind == dtype.kind == "f" else None,)


def _cast_like(x: Array, like: Array) -> Array:
    return x.astype(like.dtype)


def _cast_like_backward(grad_y: Array, x: Array, like: Array) -> Gradients:
    return _as_cast(grad_y, x, like.dtype)


def _clip(x: Array, *bounds: Array, given: tuple[bool, bool]) -> Array:
    """Between bounds that other nodes compute; ``given`` says which of the two there are."""
    coming = iter(bounds)
    low, high = (next(coming) if one else None for one in given)
    y = x if low is None else np.maximum(x, low)
    return y if high is None else np.minimum(y, high)


def _clip_known(x: Array, low: float | None = None, high: float | None = None) -> Array:
    bounds = [None if bound is None else x.dtype.type(bound) for bound in (low, high)]
    return _clip(
        x, *(b for b in bounds if b is not None), given=(low is not None, high is not None)
    )


def _clip_known_backward(
    grad_y: Array, x: Array, low: float | None = None, high: float | None = None
) -> Gradients:
    inside = np.ones(x.shape, bool)
    inside &= True if low is None else x >= low
    inside &= True if high is None else x <= high
    return (np.where(inside, grad_y, np.zeros((), grad_y.dtype)),)


def _shift(a: Array, b: Array, direction: str) -> Array:
    shifted: Array = np.left_shift(a, b) if direction == "LEFT" else np.right_shift(a, b)
    return shifted


def _is_inf(x: Array, negative: bool = True, positive: bool = True) -> Array:
    found: Array = (np.isposinf(x) & positive) | (np.isneginf(x) & negative)
    return found


def _shrink(x: Array, threshold: float, bias: float) -> Array:
    shrunk = np.where(x < -threshold, x + bias, np.where(x > threshold, x - bias, 0))
    return shrunk.astype(x.dtype)


def _zero(a: Array) -> float:
    return 0.0


def _slope_of_power(a: Array, b: Array) -> Array:
    """``d(a^b)/da = b · a^(b−1)``; a^0 is 1 everywhere, even at 0."""
    slope: Array = b * np.power(a, np.where(b == 0, 1, b - 1))
    return slope


def _positive(a: Array, b: Array) -> Array:
    """``d(a^b)/db = a^b · ln a``; 0 where ``a^b`` does not depend on b smoothly."""
    base = np.where(a > 0, a, 1)
    return np.asarray(np.power(base, b) * np.log(base))


_ENTRIES: dict[str, Function] = {
    "identity": _unary(lambda a: a, lambda a: np.ones((), a.dtype)),
    "abs": _unary(np.abs, np.sign),
    "negative": _unary(np.negative, lambda a: -np.ones((), a.dtype)),
    "exp": _unary(np.exp, np.exp),
    "log": _unary(np.log, np.reciprocal),
    "sqrt": _unary(np.sqrt, lambda a: 0.5 / np.sqrt(a)),
    "reciprocal": _unary(np.reciprocal, lambda a: -1 / a**2),
    "sin": _unary(np.sin, np.cos),
    "cos": _unary(np.cos, lambda a: -np.sin(a)),
    "tan": _unary(np.tan, lambda a: 1 + np.tan(a) ** 2),
    "asin": _unary(np.arcsin, lambda a: 1 / np.sqrt(1 - a**2)),
    "acos": _unary(np.arccos, lambda a: -1 / np.sqrt(1 - a**2)),
    "atan": _unary(np.arctan, lambda a: 1 / (1 + a**2)),
    "sinh": _unary(np.sinh, np.cosh),
    "cosh": _unary(np.cosh, np.sinh),
    "asinh": _unary(np.arcsinh, lambda a: 1 / np.sqrt(1 + a**2)),
    "acosh": _unary(np.arccosh, lambda a: 1 / np.sqrt(a**2 - 1)),
    "atanh": _unary(np.arctanh, lambda a: 1 / (1 - a**2)),
    "floor": _unary(np.floor, _zero),
    "ceil": _unary(np.ceil, _zero),
    "round": _unary(np.rint, _zero),
    "sign": _unary(np.sign, _zero),
    "is_nan": _unary(np.isnan),
    "is_inf": Function(_is_inf, None, same_shape),
    "logical_not": _unary(np.logical_not),
    "bitwise_not": _unary(np.bitwise_not),
    "shrink": Function(_shrink, None, same_shape),
    "clip": Function(_clip_known, _clip_known_backward, same_shape),
    "clip_between": Function(_clip, None, same_shape),
    "cast_like": Function(_cast_like, _cast_like_backward, same_shape),
    "cast": Function(_cast, _cast_backward, same_shape),
    "add": _many(np.add, _to_all),
    "maximum": _many(np.maximum, _to_winner(np.maximum)),
    "minimum": _many(np.minimum, _to_winner(np.minimum)),
    "mean": Function(_mean, _mean_backward, broadcast_shape),
    "subtract": _binary(np.subtract, lambda a, b: 1, lambda a, b: -1),
    "multiply": _binary(np.multiply, lambda a, b: b, lambda a, b: a),
    "divide": _binary(_divide, lambda a, b: 1 / b, lambda a, b: -a / b**2),
    "power": _binary(_power, _slope_of_power, _positive),
    "mod": _binary(np.mod),
    "fmod": _binary(np.fmod),
    "bit_shift": Function(_shift, None, broadcast_shape),
    "bitwise_and": _binary(np.bitwise_and),
    "bitwise_or": _binary(np.bitwise_or),
    "bitwise_xor": _binary(np.bitwise_xor),
    "logical_and": _binary(np.logical_and),
    "logical_or": _binary(np.logical_or),
    "logical_xor": _binary(np.logical_xor),
    "equal": _binary(np.equal),
    "less": _binary(np.less),
    "less_or_equal": _binary(np.less_equal),
    "greater": _binary(np.greater),
    "greater_or_equal": _binary(np.greater_equal),
    "where": Function(_where, _where_backward, broadcast_shape),
}

ELEMENTWISE = {name: function._replace(local=True) for name, function in _ENTRIES.items()}
