"""``zero_pad`` and the compact variant's ``padding``, right and wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.checker.catalogue.recipe import Deviation, Recipe, Step

__all__ = ["PADDING", "ZERO_PAD", "padded"]


def padded(X: Array, pad: int, value: float = 0) -> Array:
    """Zeros, or another number, around rows and columns."""
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), constant_values=value)


def _run(steps: Any, X: Array, pad: int) -> Array:
    found: Array = np.pad(X, steps.widths(pad), **steps.border())
    return found


def _axes(*axes: int) -> dict[str, Step]:
    return {"widths": lambda pad: [(pad, pad) if axis in axes else (0, 0) for axis in range(4)]}


def _sides(*sides: tuple[int, int]) -> dict[str, Step]:
    return {
        "widths": lambda pad: [
            (0, 0),
            *((before * pad, after * pad) for before, after in sides),
            (0, 0),
        ]
    }


def _border(**options: Any) -> dict[str, Step]:
    return {"border": lambda: options}


_WRONG_AXES = ((0, 1), (2, 3), (0, 3), (1,), (2,))
_WRONG_OF_IMAGES = ((1, 2), (0, 2), (0,), (1,))
_ONE_SIDE = (
    ((1, 0), (1, 0)),
    ((0, 1), (0, 1)),
    ((1, 0), (0, 1)),
    ((0, 1), (1, 0)),
    ((2, 0), (2, 0)),
    ((0, 2), (0, 2)),
)
_MODES = ("edge", "reflect", "symmetric", "wrap", "mean", "maximum", "minimum", "linear_ramp")

ZERO_PAD = Recipe(
    "zero_pad",
    ("X_pad",),
    _run,
    {**_axes(1, 2), **_border(mode="constant")},
    (
        Deviation("pads-every-axis", _axes(0, 1, 2, 3)),
        Deviation("pads-every-axis", _axes(1, 2, 3)),
        Deviation("pads-every-axis", _axes(0, 1, 2)),
        *(Deviation("pads-wrong-axes", _axes(*axes)) for axes in _WRONG_AXES),
        *(Deviation("pads-one-side", _sides(*sides)) for sides in _ONE_SIDE),
        *(Deviation("pads-with-other-value", _border(mode=mode)) for mode in _MODES),
        Deviation("pads-with-other-value", _border(mode="constant", constant_values=1)),
        Deviation("pads-with-other-value", _border(mode="constant", constant_values=-1)),
        Deviation("pads-with-other-value", _border(mode="constant", constant_values=np.nan)),
    ),
)


# What `dims` stands for: how many axes there are, and which of them are rows and columns.
_KINDS = {"vector": (1, (0,)), "matrix": (2, (0, 1)), "image": (3, (0, 1)), "batch": (4, (1, 2))}


def _run_compact(steps: Any, X: Array, pad: int, dims: int, const: float) -> Array:
    kind = list(_KINDS)[dims - 1]
    found: Array = np.pad(X, getattr(steps, kind)(pad), **steps.frame(const, kind))
    return found


def _around(kind: str, *axes: int, before: int = 1, after: int = 1) -> dict[str, Step]:
    """Pad these axes of one kind of input."""
    count, _ = _KINDS[kind]
    sides = (before, after)

    def widths(pad: int) -> list[tuple[int, int]]:
        return [
            (sides[0] * pad, sides[1] * pad) if axis in axes else (0, 0) for axis in range(count)
        ]

    return {kind: widths}


def _around_all(kinds: Sequence[str], **sides: int) -> dict[str, Step]:
    found: dict[str, Step] = {}
    for kind in kinds:
        found |= _around(kind, *_KINDS[kind][1], **sides)
    return found


def _as(kind: str) -> dict[str, Step]:
    """Pad whatever comes as if it were of one kind."""
    return dict.fromkeys(_KINDS, _around_all([kind])[kind])


def _frame(*kinds: str, **options: Any) -> dict[str, Step]:
    """Fill the frame of some kinds of input otherwise."""

    def frame(const: float, kind: str) -> dict[str, Any]:
        return options if kind in kinds else {"constant_values": const}

    return {"frame": frame}


_SETS = (tuple(_KINDS), *((kind,) for kind in _KINDS))

PADDING = Recipe(
    "padding",
    ("X_pad",),
    _run_compact,
    {**_around_all(tuple(_KINDS)), **_frame()},
    (
        Deviation("pads-every-axis", _around("image", 0, 1, 2)),
        Deviation("pads-every-axis", _around("batch", 0, 1, 2, 3)),
        Deviation("pads-every-axis", _around("image", 0, 1, 2) | _around("batch", 0, 1, 2, 3)),
        Deviation("pads-every-axis", _around("batch", 0, 1, 2)),
        Deviation("pads-every-axis", _around("batch", 1, 2, 3)),
        *(Deviation("pads-wrong-axes", _around("matrix", axis)) for axis in (0, 1)),
        *(Deviation("pads-wrong-axes", _around("image", *axes)) for axes in _WRONG_OF_IMAGES),
        *(Deviation("pads-wrong-axes", _around("batch", *axes)) for axes in _WRONG_AXES),
        Deviation("pads-wrong-axes", _around("image", 1, 2) | _around("batch", 2, 3)),
        *(Deviation("pads-one-side", _around_all(kinds, after=0)) for kinds in _SETS),
        *(Deviation("pads-one-side", _around_all(kinds, before=0)) for kinds in _SETS),
        *(Deviation("const-ignored", _frame(*kinds, constant_values=0)) for kinds in _SETS),
        *(Deviation("pads-with-other-value", _frame(*_KINDS, mode=mode)) for mode in _MODES),
        Deviation("pads-with-other-value", _frame(*_KINDS, constant_values=1)),
        *(Deviation("dims-ignored", _as(kind)) for kind in ("matrix", "image", "batch")),
    ),
)
