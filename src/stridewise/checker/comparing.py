"""Whether a learner's result is a given one: whole arrays, shapes and all."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stridewise.checker.results import FirstWrong
from stridewise.checker.sandbox import Other

__all__ = ["EXACT", "SINGLE", "close", "first_difference", "same"]

# Sums in another order differ by less; sums in float32 by less than the other.
EXACT, SINGLE = 1e-9, 1e-4


def same(got: Any, expected: Any, near: float = EXACT) -> bool:
    """Whether two results are alike, but for rounding; a 0-d array is as good as a number.

    >>> same(np.array(2.0), 2.0), same((1.0, {"f": 2}), (1.0, {"f": 3})), same([1.0], np.ones(1))
    (True, False, False)
    """
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and got.keys() == expected.keys()
            and all(same(got[key], expected[key], near) for key in expected)
        )
    if isinstance(expected, tuple | list):
        return (
            isinstance(got, tuple | list)
            and len(got) == len(expected)
            and all(same(mine, right, near) for mine, right in zip(got, expected, strict=True))
        )
    if not (_is_numeric(got) and _is_numeric(expected)):
        return got is None and expected is None
    a, b = np.asarray(got), np.asarray(expected)
    if a.shape != b.shape or (a.dtype.kind == "b") != (b.dtype.kind == "b"):
        return False
    return bool(close(a, b, near).all())


def first_difference(
    words: str, names: tuple[str, ...], got: Any, expected: Any, near: float = EXACT
) -> FirstWrong | None:
    """The first element that differs, of several named results or of one."""
    if len(names) > 1:
        if not (isinstance(got, tuple | list) and len(got) == len(names)):
            whole = f"({', '.join(names)})"
            return FirstWrong(words, whole, None, f"tuple ({len(names)})", _described(got))
        parts = zip(names, got, expected, strict=True)
    else:
        parts = zip(names, (got,), (expected,), strict=True)
    for name, mine, right in parts:
        if same(mine, right, near):
            continue
        if isinstance(right, tuple | list | dict) or not _is_numeric(mine):
            return _within(words, name, mine, right, near)
        a, b = np.asarray(mine), np.asarray(right)
        if a.shape != b.shape or (a.dtype.kind == "b") != (b.dtype.kind == "b"):
            return FirstWrong(words, name, None, _described(right), _described(mine))
        index = tuple(int(at) for at in np.argwhere(~close(a, b, near))[0])
        return FirstWrong(words, name, index, float(b[index]), float(a[index]))
    return None


def _within(words: str, name: str, got: Any, expected: Any, near: float) -> FirstWrong:
    """What is wrong in a cache, or instead of an array."""
    if isinstance(expected, tuple) and isinstance(got, tuple | list) and len(got) == len(expected):
        for at, (mine, right) in enumerate(zip(got, expected, strict=True)):
            if not same(mine, right, near):
                part = f"{name}[{at}]"
                return FirstWrong(words, part, None, _described(right), _described(mine))
    return FirstWrong(words, name, None, _described(expected), _described(got))


def close(a: Any, b: Any, near: float) -> Any:
    """Which elements are alike, but for rounding."""
    if b.dtype.kind == "b":
        return a == b
    if a.dtype.kind == "f" and a.dtype.itemsize < 4:
        near = max(near, 1e-2)
    size = np.abs(b)
    scale = size.max(initial=1)
    if math.isfinite(scale):  # as nearly always, and many times as fast
        return np.abs(a - b) <= near * (scale + size)
    scale = size.max(initial=1, where=np.isfinite(b))
    with np.errstate(invalid="ignore"):
        return np.isclose(a, b, rtol=near, atol=near * scale, equal_nan=True)


def _is_numeric(value: Any) -> bool:
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in "biuf"
    return isinstance(value, bool | int | float)


def _described(value: Any) -> str:
    """What it is, in Python's names, which are the same in all languages."""
    if isinstance(value, np.ndarray):
        kind = {"b": "bool ", "c": "complex "}.get(value.dtype.kind, "")
        return f"{kind}array {value.shape}"
    if isinstance(value, tuple | list):
        return f"{type(value).__name__} ({len(value)})"
    if isinstance(value, Other):
        return value.type
    return "None" if value is None else type(value).__name__
