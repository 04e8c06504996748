"""How windows are counted and placed, and what goes wrong with that; shared by four recipes.

Steps: ``sizes(H, W, f, pad, stride)`` gives the output's rows and columns, ``starts(h, w, stride,
f)`` a window's first row and column, ``take(a, top, left, f)`` its elements; ``put(Z, h, w, c,
value)`` stores what comes of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from stridewise.arrays import Array
from stridewise.checker.catalogue.recipe import Deviation, Step

__all__ = ["PADDED_SIZES", "PLACES", "SIZES", "UNPADDED_SIZES", "WINDOWS"]


def _sizes(formula: Callable[[int, int, int, int], int]) -> Step:
    def sizes(H: int, W: int, f: int, pad: int, stride: int) -> tuple[int, int]:
        return max(0, formula(H, f, pad, stride)), max(0, formula(W, f, pad, stride))

    return sizes


def right_size(n: int, f: int, pad: int, stride: int) -> int:
    """The floor of (n − f + 2p) / s, plus 1."""
    return (n - f + 2 * pad) // stride + 1


def _take(a: Array, top: int, left: int, f: int) -> Array:
    return a[top : top + f, left : left + f]


def _put(Z: Array, h: int, w: int, c: int, value: Any) -> None:
    Z[h, w, c] = value


WINDOWS: dict[str, Step] = {
    "sizes": _sizes(right_size),
    "starts": lambda h, w, stride, _f: (h * stride, w * stride),
    "take": _take,
    "put": _put,
}

_FORMULAS: tuple[Callable[[int, int, int, int], int], ...] = (
    lambda n, f, pad, stride: math.ceil((n - f + 2 * pad) / stride) + 1,
    lambda n, f, pad, stride: round((n - f + 2 * pad) / stride) + 1,
    lambda n, f, pad, stride: (n - f + 2 * pad) // stride,
    lambda n, f, pad, stride: n - f + 2 * pad + 1,
    lambda n, f, pad, stride: (n - f + 2 * pad + 1) // stride,
    lambda n, f, pad, stride: (n + 2 * pad) // stride,
    lambda n, f, pad, stride: math.ceil((n - f + 2 * pad) / stride),
    lambda n, _f, _pad, _stride: n,
)


# Those in which one axis is often forgotten: rounding up, and the first window.
_OF_ONE_AXIS = (_FORMULAS[0], _FORMULAS[2], _FORMULAS[4])


def unpadded_size(n: int, f: int, _pad: int, stride: int) -> int:
    """As it would be without padding."""
    return (n - f) // stride + 1


_FORMULAS_OF_PADDING: tuple[Callable[[int, int, int, int], int], ...] = (
    lambda n, f, pad, stride: (n - f + pad) // stride + 1,
    unpadded_size,
    lambda n, f, _pad, stride: math.ceil((n - f) / stride),
)


def _swapped_sizes(H: int, W: int, f: int, pad: int, stride: int) -> tuple[int, int]:
    return right_size(W, f, pad, stride), right_size(H, f, pad, stride)


def _square(H: int, W: int, f: int, pad: int, stride: int) -> tuple[int, int]:
    return (right_size(H, f, pad, stride),) * 2


def _square_columns(H: int, W: int, f: int, pad: int, stride: int) -> tuple[int, int]:
    return (right_size(W, f, pad, stride),) * 2


def _one_right(axis: int, formula: Callable[[int, int, int, int], int]) -> Step:
    def sizes(H: int, W: int, f: int, pad: int, stride: int) -> tuple[int, ...]:
        wrong = _sizes(formula)(H, W, f, pad, stride)
        right = _sizes(right_size)(H, W, f, pad, stride)
        return tuple(right[at] if at == axis else wrong[at] for at in (0, 1))

    return sizes


def _unstrided(n: int, f: int, pad: int, _stride: int) -> int:
    return n - f + 2 * pad + 1


# Windows that overlap more than they should, and so are more.
_ONE_STRIDE: tuple[dict[str, Step], ...] = (
    {"sizes": _one_right(0, _unstrided), "starts": lambda h, w, stride, _f: (h * stride, w)},
    {"sizes": _one_right(1, _unstrided), "starts": lambda h, w, stride, _f: (h, w * stride)},
)

SIZES: tuple[Deviation, ...] = (
    *(Deviation("size-formula", {"sizes": _sizes(formula)}) for formula in _FORMULAS),
    *(
        Deviation("size-formula", {"sizes": _one_right(axis, formula)})
        for formula in _OF_ONE_AXIS
        for axis in (0, 1)
    ),
    *(Deviation("stride-one-axis", steps) for steps in _ONE_STRIDE),
    Deviation("axes-swapped", {"sizes": _swapped_sizes}),
    Deviation("axes-swapped", {"sizes": _square}),
    Deviation("axes-swapped", {"sizes": _square_columns}),
    Deviation("axes-swapped", {"put": lambda Z, h, w, c, value: _put(Z, w, h, c, value)}),
)

# Where there is padding, it can be forgotten as well.
UNPADDED_SIZES: dict[str, Step] = {"sizes": _sizes(unpadded_size)}
PADDED_SIZES = tuple(
    Deviation("size-formula", {"sizes": _sizes(formula)}) for formula in _FORMULAS_OF_PADDING
)


def _starts(start: Callable[[int, int, int, int], tuple[int, int]]) -> dict[str, Step]:
    return {"starts": start}


def _taken_sideways(a: Array, top: int, left: int, f: int) -> Any:
    return a[left : left + f, top : top + f]


PLACES: tuple[Deviation, ...] = (
    Deviation("stride-ignored", _starts(lambda h, w, _stride, _f: (h, w))),
    Deviation("stride-one-axis", _starts(lambda h, w, stride, _f: (h * stride, w))),
    Deviation("stride-one-axis", _starts(lambda h, w, stride, _f: (h, w * stride))),
    Deviation("axes-swapped", {"take": _taken_sideways}),
)
