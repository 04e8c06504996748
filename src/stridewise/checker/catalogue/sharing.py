"""``create_mask_from_window`` and ``distribute_value``, right and wrong."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.checker.catalogue.recipe import Deviation, Recipe, Step

__all__ = ["CONVENTIONS", "DISTRIBUTE", "MASK", "MASKS", "SHARES"]


def _mask(mask: Step) -> dict[str, Step]:
    return {"mask": mask}


def _first(x: Array) -> Array:
    found = np.zeros(x.shape, bool)
    found[np.unravel_index(np.argmax(x), x.shape)] = True
    return found


def _first_of_rows(x: Array) -> Array:
    found: Array = np.arange(x.shape[1]) == np.argmax(x, axis=1)[:, None]
    return found


def _shared(x: Array) -> Array:
    found: Array = x == np.max(x)
    shared: Array = found / found.sum()
    return shared


def _last(x: Array) -> Array:
    return _first(x[::-1, ::-1])[::-1, ::-1]


# What is done with ties is a choice: the course marks all of them, frameworks the first.
CONVENTIONS = (
    Deviation("ties-first", _mask(_first)),
    Deviation("ties-last", _mask(_last)),
    Deviation("ties-shared", _mask(_shared)),
)

# As they are within ``pool_backward``.
MASKS = (
    Deviation("mask-of-absolute", _mask(lambda x: x == np.max(np.abs(x)))),
    Deviation("mask-of-absolute", _mask(lambda x: np.abs(x) == np.max(np.abs(x)))),
    Deviation("mask-of-minimum", _mask(lambda x: x == np.min(x))),
    Deviation("mask-of-rows", _mask(lambda x: x == np.max(x, axis=0, keepdims=True))),
    Deviation("mask-of-rows", _mask(lambda x: x == np.max(x, axis=1, keepdims=True))),
    Deviation("mask-not-boolean", _mask(lambda x: x * (x == np.max(x)))),
    Deviation("mask-not-boolean", _mask(np.max)),
)

_WHOLE = (
    Deviation("mask-not-boolean", _mask(lambda x: (x == np.max(x)).astype(float))),
    Deviation("mask-not-boolean", _mask(lambda x: (x == np.max(x)).astype(int))),
    Deviation("mask-not-boolean", _mask(lambda x: _first(x).astype(float))),
    Deviation("mask-not-boolean", _mask(lambda x: np.unravel_index(np.argmax(x), x.shape))),
    Deviation("mask-of-rows", _mask(_first_of_rows)),
    Deviation("mask-of-rows", _mask(lambda x: _first_of_rows(x.T).T)),
)


def _run_mask(steps: Any, x: Array) -> Any:
    return steps.mask(x)


MASK = Recipe(
    "create_mask_from_window",
    ("mask",),
    _run_mask,
    _mask(lambda x: x == np.max(x)),
    (*MASKS, *_WHOLE),
    CONVENTIONS,
)


def _count(count: Step) -> dict[str, Step]:
    return {"share": lambda dz, shape: np.full(shape, dz / count(*shape))}


SHARES = (
    Deviation("distribute-forgets-dz", {"share": lambda _dz, s: np.full(s, 1 / (s[0] * s[1]))}),
    Deviation("distribute-undivided", _count(lambda _h, _w: 1)),
    Deviation("distribute-wrong-count", _count(lambda h, _w: h)),
    Deviation("distribute-wrong-count", _count(lambda h, w: h + w)),
)
# Where windows are square, these are one of the above or right.
_OBLONG = (
    Deviation("distribute-wrong-count", _count(lambda _h, w: w)),
    Deviation("distribute-wrong-count", _count(lambda h, _w: h * h)),
    Deviation("distribute-wrong-count", _count(lambda _h, w: w * w)),
    Deviation("distribute-wrong-count", _count(lambda h, w: math.sqrt(h * w))),
    Deviation("distribute-wrong-count", _count(lambda h, w: (h * w) ** 2)),
    Deviation("distribute-wrong-count", _count(lambda _h, _w: 2)),
    Deviation("distribute-wrong-count", _count(lambda h, w: h / w)),
)


def _run_share(steps: Any, dz: float, shape: tuple[int, int]) -> Any:
    return steps.share(dz, shape)


DISTRIBUTE = Recipe(
    "distribute_value",
    ("a",),
    _run_share,
    _count(lambda h, w: h * w),
    (*SHARES, *_OBLONG),
)
