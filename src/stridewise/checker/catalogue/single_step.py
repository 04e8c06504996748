"""``conv_single_step``, right and wrong; its steps are also those of ``conv_forward``'s inside."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.checker.catalogue.recipe import Deviation, Recipe, Step

__all__ = ["SINGLE_STEP", "STEPS", "WITHIN"]


def _sum_and_bias(products: Array, b: Array) -> Any:
    return np.sum(products) + b.ravel()[0]


STEPS: dict[str, Step] = {
    "multiply": lambda a_slice, W: a_slice * W,
    "combine": _sum_and_bias,
}


def _flipped(*axes: int) -> dict[str, Step]:
    return {"multiply": lambda a_slice, W: a_slice * np.flip(W, axes)}


# What goes wrong with a window's products wherever they are summed.
WITHIN: tuple[Deviation, ...] = (
    Deviation("bias-per-element", {"combine": lambda p, b: np.sum(p + b.ravel()[0])}),
    Deviation("bias-missing", {"combine": lambda p, _b: np.sum(p)}),
    Deviation("bias-twice", {"combine": lambda p, b: np.sum(p) + 2 * b.ravel()[0]}),
    Deviation("mean-not-sum", {"combine": lambda p, b: np.mean(p) + b.ravel()[0]}),
    Deviation("kernel-flipped", _flipped(0, 1)),
    Deviation("kernel-flipped", _flipped(0, 1, 2)),
    Deviation("kernel-flipped", _flipped(0)),
    Deviation("kernel-flipped", _flipped(1)),
    Deviation("kernel-transposed", {"multiply": lambda a_slice, W: a_slice * W.swapaxes(0, 1)}),
)


def _run(steps: Any, a_slice_prev: Array, W: Array, b: Array) -> Any:
    return steps.finish(steps.combine(steps.multiply(a_slice_prev, W), b))


SINGLE_STEP = Recipe(
    "conv_single_step",
    ("Z",),
    _run,
    {**STEPS, "finish": float},
    (
        *WITHIN,
        Deviation("dot-not-multiply", {"multiply": np.dot}),
        Deviation("dot-not-multiply", {"multiply": np.matmul}),
        Deviation("bias-not-scalar", {"finish": lambda z: np.full((1, 1, 1), z)}),
        Deviation("bias-not-scalar", {"finish": lambda z: np.full((1, 1), z)}),
        Deviation("bias-not-scalar", {"finish": lambda z: np.full((1,), z)}),
    ),
)
