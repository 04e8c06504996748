"""``pool_forward`` and ``pool_backward``, right and wrong."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.checker.catalogue.convolution import EXAMPLES, EXAMPLES_WRONG, add, assign
from stridewise.checker.catalogue.recipe import Deviation, Recipe, Step
from stridewise.checker.catalogue.sharing import CONVENTIONS, MASKS, SHARES
from stridewise.checker.catalogue.windows import PLACES, SIZES, WINDOWS

__all__ = ["POOL_BACKWARD", "POOL_FORWARD", "pooled", "spread", "to_all_of_square"]

PoolCache = tuple[Array, dict[str, int]]


def _forward(
    steps: Any, A_prev: Array, hparameters: dict[str, int], mode: str = "max"
) -> tuple[Array, PoolCache]:
    A, _ = pooled(steps, A_prev, hparameters["f"], hparameters["stride"], 0, mode)
    return A, (A_prev, hparameters)


def pooled(
    steps: Any, A_prev: Array, f: int, stride: int, pad: int, mode: str
) -> tuple[Array, Array]:
    """What pooling gives, and the input as it was padded for it."""
    n_H, n_W = steps.sizes(*A_prev.shape[1:3], f, pad, stride)
    A = np.zeros((len(A_prev), n_H, n_W, A_prev.shape[3]))
    chosen = steps.mode(mode)
    reduce = {"max": steps.largest, "average": steps.mean}[chosen]
    A_pad = steps.frame(A_prev, pad, mode)
    for i in range(steps.count(len(A_prev))):
        for h, w, c in np.ndindex(*A.shape[1:]):
            top, left = steps.starts(h, w, stride, f)
            window = steps.window(steps, A_pad, i, top, left, f, c)
            steps.put(A[i], h, w, c, reduce(window))
    return A, A_pad


def _window(steps: Any, A_prev: Array, i: int, top: int, left: int, f: int, c: int) -> Any:
    return steps.take(steps.example(A_prev, i), top, left, f)[..., c]


def _all_channels(steps: Any, A_prev: Array, i: int, top: int, left: int, f: int, c: int) -> Any:
    return steps.take(steps.example(A_prev, i), top, left, f)


def _rows_as_examples(
    steps: Any, A_prev: Array, i: int, top: int, left: int, f: int, c: int
) -> Any:
    return A_prev[top : top + f, left : left + f, c]


_UNPADDED: dict[str, Step] = {"frame": lambda A_prev, _pad, _mode: A_prev}
_MODES = (
    Deviation("mode-ignored", {"mode": lambda _mode: "max"}),
    Deviation("mode-ignored", {"mode": lambda _mode: "average"}),
)

POOL_FORWARD = Recipe(
    "pool_forward",
    ("A", "cache"),
    _forward,
    {
        **WINDOWS,
        **EXAMPLES,
        **_UNPADDED,
        "window": _window,
        "mode": lambda mode: mode,
        "largest": np.max,
        "mean": np.mean,
    },
    (
        *SIZES,
        *PLACES,
        *EXAMPLES_WRONG,
        *_MODES,
        Deviation("stride-equals-f", {"starts": lambda h, w, _stride, f: (h * f, w * f)}),
        Deviation(
            "stride-equals-f",
            {
                "starts": lambda h, w, _stride, f: (h * f, w * f),
                "sizes": lambda H, W, f, pad, _stride: ((H + 2 * pad) // f, (W + 2 * pad) // f),
            },
        ),
        Deviation("window-all-channels", {"window": _all_channels}),
        Deviation("example-axis-dropped", {"window": _rows_as_examples}),
        Deviation("sum-not-mean", {"mean": np.sum}),
        Deviation("max-from-zero", {"largest": lambda window: max(0.0, np.max(window))}),
        Deviation("mode-without-branch", {"largest": lambda _window: 0.0}),
        Deviation("mode-without-branch", {"mean": lambda _window: 0.0}),
    ),
)


def _backward(steps: Any, dA: Array, cache: PoolCache, mode: str = "max") -> Array:
    A_prev, hparameters = cache
    return spread(steps, dA, A_prev, hparameters["f"], hparameters["stride"], 0, mode)


def spread(steps: Any, dA: Array, A_prev: Array, f: int, stride: int, pad: int, mode: str) -> Array:
    """Give every window its share of the gradient."""
    chosen = steps.mode(mode)
    part = {"max": steps.to_largest, "average": steps.to_all}[chosen]
    add_part = {"max": steps.add_largest, "average": steps.add_all}[chosen]
    A_pad, dA_prev = steps.frame(A_prev, pad, mode), np.zeros(A_prev.shape)
    dA_pad = steps.room(A_prev, A_pad)
    for i in range(steps.count(len(A_prev))):
        a, gradient = steps.example(A_pad, i), steps.gradient(dA, i)
        for h, w, c in np.ndindex(*dA.shape[1:]):
            top, left = steps.starts(h, w, stride, f)
            window = steps.take(a, top, left, f)[..., c]
            found = part(steps, window, steps.read(gradient, h, w, c, top, left, f), f)
            add_part(steps.take(dA_pad[i], top, left, f)[..., c], found)
        dA_prev[i] = steps.crop(dA_pad[i], pad, *A_prev.shape[1:3])
    whole: Array = steps.whole(dA_prev, dA_pad, pad)
    return whole


def _to_largest(steps: Any, window: Array, da: Any, f: int) -> Any:
    return steps.mask(window) * da


def _to_all(steps: Any, window: Array, da: Any, f: int) -> Any:
    return steps.share(da, window.shape)


def to_all_of_square(steps: Any, window: Array, da: Any, f: int) -> Any:
    """As if no window were cut off at the edge."""
    return steps.share(da, (f, f))


def _window_of(gradient: Array, h: int, w: int, c: int, top: int, left: int, f: int) -> Any:
    return gradient[top : top + f, left : left + f, c]


def _both(gradient: Array, h: int, w: int, c: int, top: int, left: int, f: int) -> Any:
    return gradient[h, w, c], _window_of(gradient, h, w, c, top, left, f)


_WINDOW_MEANS = tuple(
    Deviation(
        "distribute-mean-of-window",
        {
            "read": _both,
            "to_largest": lambda steps, window, both, f: steps.mask(window) * both[0],
            "to_all": lambda steps, window, both, f, times=times: steps.share(
                times * np.mean(both[1]), window.shape
            ),
        },
    )
    for times in (1, 2)
)

POOL_BACKWARD = Recipe(
    "pool_backward",
    ("dA_prev",),
    _backward,
    {
        "starts": WINDOWS["starts"],
        "take": WINDOWS["take"],
        **EXAMPLES,
        **_UNPADDED,
        "room": lambda A_prev, _A_pad: np.zeros(A_prev.shape),
        "crop": lambda dA, _pad, _H, _W: dA,
        "whole": lambda dA_prev, _dA_pad, _pad: dA_prev,
        "gradient": lambda dA, i: dA[i],
        "mode": lambda mode: mode,
        "read": lambda gradient, h, w, c, _top, _left, _f: gradient[h, w, c],
        "to_largest": _to_largest,
        "to_all": _to_all,
        "add_largest": add,
        "add_all": add,
        "mask": lambda window: window == np.max(window),
        "share": lambda da, shape: np.full(shape, da / (shape[0] * shape[1])),
    },
    (
        *PLACES,
        *EXAMPLES_WRONG,
        *_MODES,
        *MASKS,
        *SHARES,
        *_WINDOW_MEANS,
        Deviation(
            "distribute-mean-of-window",
            {"to_all": lambda steps, window, da, f: 2 * steps.share(da, window.shape)},
        ),
        Deviation(
            "first-example-only",
            {"example": lambda a, _i: a[0], "gradient": lambda dA, _i: dA[0]},
        ),
        Deviation("first-example-only", {"gradient": lambda dA, _i: dA[0]}),
        Deviation("axes-swapped", {"take": PLACES[-1].steps["take"], "to_all": to_all_of_square}),
        Deviation("mode-without-branch", {"to_largest": lambda _steps, _window, _da, _f: 0.0}),
        Deviation("mode-without-branch", {"to_all": lambda _steps, _window, _da, _f: 0.0}),
        Deviation("assigns-not-adds", {"add_largest": assign, "add_all": assign}),
        Deviation("assigns-not-adds", {"add_largest": assign}),
        Deviation("assigns-not-adds", {"add_all": assign}),
        Deviation(
            "da-indexed-by-window", {"read": lambda g, h, w, c, top, left, f: g[top, left, c]}
        ),
        Deviation("mask-times-window", {"read": _window_of}),
        Deviation(
            "mask-times-window",
            {
                "read": _both,
                "to_largest": lambda steps, window, both, f: steps.mask(window) * both[1],
                "to_all": lambda steps, window, both, f: steps.share(both[0], window.shape),
            },
        ),
    ),
    CONVENTIONS,
)
