"""``zero_pad``, right and wrong."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.checker.catalogue.recipe import Deviation, Recipe, Step

__all__ = ["ZERO_PAD", "padded"]


def padded(X: Array, pad: int) -> Array:
    """Zeros around rows and columns."""
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def _run(steps: Any, X: Array, pad: int) -> Array:
    found: Array = np.pad(X, steps.widths(pad), **steps.border())
    return found


def _axes(*axes: int, before: bool = True, after: bool = True) -> dict[str, Step]:
    def widths(pad: int) -> list[tuple[int, int]]:
        return [(pad * before, pad * after) if axis in axes else (0, 0) for axis in range(4)]

    return {"widths": widths}


def _border(**options: Any) -> dict[str, Step]:
    return {"border": lambda: options}


_WRONG_AXES = ((0, 1), (2, 3), (0, 3), (1,), (2,))
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
        *(
            Deviation("pads-wrong-axes", _axes(*axes))
            for axes in ((0, 1), (2, 3), (0, 3), (1,), (2,))
        ),
        Deviation("pads-one-side", _axes(1, 2, after=False)),
        Deviation("pads-one-side", _axes(1, 2, before=False)),
        *(
            Deviation("pads-with-other-value", _border(mode=mode))
            for mode in (
                "edge",
                "reflect",
                "symmetric",
                "wrap",
                "mean",
                "maximum",
                "minimum",
                "linear_ramp",
            )
        ),
        Deviation("pads-with-other-value", _border(mode="constant", constant_values=1)),
        Deviation("pads-with-other-value", _border(mode="constant", constant_values=-1)),
        Deviation("pads-with-other-value", _border(mode="constant", constant_values=np.nan)),
    ),
)
