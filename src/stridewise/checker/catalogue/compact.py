"""The compact variant's functions: the course's recipes with other arguments, and padded pooling.

Its ``forward`` is three recipes, one a mode: what is wrong in one says nothing about the others.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.checker.catalogue.convolution import CONV_BACKWARD, CONV_FORWARD
from stridewise.checker.catalogue.cropping import CROPPING, CROPS
from stridewise.checker.catalogue.padding import PADDING, padded
from stridewise.checker.catalogue.pooling import (
    POOL_BACKWARD,
    POOL_FORWARD,
    pooled,
    spread,
    to_all_of_square,
)
from stridewise.checker.catalogue.recipe import Deviation, Recipe, Step
from stridewise.checker.catalogue.sharing import DISTRIBUTE, MASK
from stridewise.checker.catalogue.single_step import SINGLE_STEP
from stridewise.checker.catalogue.windows import PADDED_SIZES, UNPADDED_SIZES

__all__ = ["COMPACT"]

Cache = tuple[Array, Array, Array, int, int, int]

# The bias may be a number, so that a result with its axes is none of its mistakes.
CONV_SLICE = replace(
    SINGLE_STEP,
    name="conv_slice",
    mistakes=tuple(each for each in SINGLE_STEP.mistakes if each.id != "bias-not-scalar"),
)


def _cached(X: Array, W: Array, b: Array, hparameters: dict[str, int], _X_pad: Array) -> Cache:
    return X, W, b, hparameters["pad"], hparameters["stride"], W.shape[0]


_CACHE: dict[str, Step] = {"cache": _cached}
_CACHE_PADDED = Deviation(
    "cache-padded", {"cache": lambda _X, W, b, hp, X_pad: _cached(X_pad, W, b, hp, X_pad)}
)


def _convolved(
    steps: Any, X: Array, W: Array, b: Array, pad: int, stride: int, f: int, mode: str
) -> Any:
    return CONV_FORWARD.run(steps, X, W, b, {"stride": stride, "pad": pad})


CONVOLUTION = replace(
    CONV_FORWARD,
    name="forward",
    run=_convolved,
    steps={**CONV_FORWARD.steps, **_CACHE},
    mistakes=(
        *(each for each in CONV_FORWARD.mistakes if each.id != _CACHE_PADDED.id),
        _CACHE_PADDED,
    ),
)


def _backward(steps: Any, dZ: Array, cache: Cache) -> Any:
    X, W, b, pad, stride, _ = cache
    return CONV_BACKWARD.run(steps, dZ, (X, W, b, {"stride": stride, "pad": pad}))


BACKWARD = replace(CONV_BACKWARD, name="backward", results=("dX", "dW", "db"), run=_backward)


def _frame(of_max: float, of_average: float) -> dict[str, Step]:
    return {"frame": lambda X, pad, mode: padded(X, pad, of_max if mode == "max" else of_average)}


_UNPADDED: dict[str, Step] = {"frame": POOL_FORWARD.steps["frame"]}
_ZERO_IN_MAX = Deviation("pads-zero-in-max", _frame(0, 0))


def _always(mode: str) -> tuple[Deviation, Deviation]:
    """The padding may ask for the mode where the rest does not."""
    steps: dict[str, Step] = {"mode": lambda _mode: mode}
    fill = -np.inf if mode == "max" else 0
    return Deviation("mode-ignored", steps), Deviation("mode-ignored", steps | _frame(fill, fill))


def _pooled(
    steps: Any, X: Array, W: Array, b: Array, pad: int, stride: int, f: int, mode: str
) -> tuple[Array, Cache]:
    Z, X_pad = pooled(steps, X, f, stride, pad, {"maxpool": "max", "avepool": "average"}[mode])
    return Z, steps.cache(X, W, b, {"stride": stride, "pad": pad}, X_pad)


def _pooling(*own: Deviation) -> Recipe:
    """Pooling in one mode, with the mistakes that only this mode shows."""
    shared = [each for each in POOL_FORWARD.mistakes if not each.steps.keys() & _BY_MODE]
    return replace(
        POOL_FORWARD,
        name="forward",
        results=("Z", "cache"),
        run=_pooled,
        steps={**POOL_FORWARD.steps, **_CACHE, **_frame(-np.inf, 0)},
        mistakes=(
            *shared,
            *own,
            *PADDED_SIZES,
            _CACHE_PADDED,
            Deviation("pad-ignored", _UNPADDED),
            Deviation("pad-ignored", _UNPADDED | UNPADDED_SIZES),
        ),
    )


_BY_MODE = {"mode", "largest", "mean"}
_OF_MAX, _OF_MEAN = (
    [each for each in POOL_FORWARD.mistakes if step in each.steps] for step in ("largest", "mean")
)
MAX_POOLING = _pooling(*_OF_MAX, *_always("average"), _ZERO_IN_MAX)
AVERAGE_POOLING = _pooling(
    *_OF_MEAN,
    *_always("max"),
    Deviation("pads-with-other-value", _frame(-np.inf, -np.inf)),
    Deviation("padding-not-counted", _frame(-np.inf, np.nan) | {"mean": np.nanmean}),
)


def _spread(steps: Any, dA: Array, cache: Cache, mode: str) -> Array:
    X, _, _, pad, stride, f = cache
    return spread(steps, dA, X, f, stride, pad, mode)


def _to_all_inside(steps: Any, window: Array, da: Any, f: int) -> Any:
    return np.full(window.shape, da / np.sum(~np.isnan(window)))


def _to_all_by_square(steps: Any, window: Array, da: Any, f: int) -> Any:
    return da / f**2


# Windows are cut off at the edge; to write to one as if it were whole fails.
_ROOM_UNPADDED = {name: POOL_BACKWARD.steps[name] for name in ("room", "crop")}
_ALL_UNPADDED = _UNPADDED | _ROOM_UNPADDED
_SQUARE: dict[str, Step] = {"to_all": to_all_of_square}
_BY_SQUARE: dict[str, Step] = {"to_all": _to_all_by_square}
_EMPTY_LEFT_OUT: dict[str, Step] = {"mask": lambda x: x == np.max(x, initial=-np.inf)}
_CUT_OFF = (
    *(_ALL_UNPADDED | to_all for to_all in ({}, _SQUARE, _BY_SQUARE)),
    *(_ALL_UNPADDED | to_all | _EMPTY_LEFT_OUT for to_all in ({}, _BY_SQUARE)),
    *(_ROOM_UNPADDED | to_all for to_all in ({}, _BY_SQUARE)),
    *(_UNPADDED | to_all for to_all in ({}, _SQUARE)),
)

POOLING_BACKWARD = replace(
    POOL_BACKWARD,
    results=("dX",),
    run=_spread,
    steps={
        **POOL_BACKWARD.steps,
        **CROPPING,
        **_frame(-np.inf, 0),
        "room": lambda _X, X_pad: np.zeros(X_pad.shape),
    },
    mistakes=(
        *POOL_BACKWARD.mistakes,
        *CROPS,
        _ZERO_IN_MAX,
        _always("max")[1],
        _always("average")[1],
        Deviation("mask-of-minimum", {"mask": lambda x: x == np.min(x)} | _frame(np.inf, 0)),
        Deviation("padding-not-counted", _frame(-np.inf, np.nan) | {"to_all": _to_all_inside}),
        *(Deviation("padded-index-on-unpadded", steps) for steps in _CUT_OFF),
    ),
)

COMPACT: dict[str, tuple[Recipe, ...]] = {
    "padding": (PADDING,),
    "conv_slice": (CONV_SLICE,),
    "forward": (CONVOLUTION, MAX_POOLING, AVERAGE_POOLING),
    "backward": (BACKWARD,),
    "max_mask": (MASK,),
    "distribute_value": (DISTRIBUTE,),
    "pool_backward": (POOLING_BACKWARD,),
}
