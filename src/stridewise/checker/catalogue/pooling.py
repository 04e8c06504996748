"""``pool_forward`` and ``pool_backward``, right and wrong."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.checker.catalogue.convolution import EXAMPLES, EXAMPLES_WRONG, add, assign
from stridewise.checker.catalogue.recipe import Deviation, Recipe
from stridewise.checker.catalogue.sharing import CONVENTIONS, MASKS, SHARES
from stridewise.checker.catalogue.windows import PLACES, SIZES, WINDOWS

__all__ = ["POOL_BACKWARD", "POOL_FORWARD"]

PoolCache = tuple[Array, dict[str, int]]


def _forward(
    steps: Any, A_prev: Array, hparameters: dict[str, int], mode: str = "max"
) -> tuple[Array, PoolCache]:
    f, stride = hparameters["f"], hparameters["stride"]
    n_H, n_W = steps.sizes(*A_prev.shape[1:3], f, 0, stride)
    A = np.zeros((len(A_prev), n_H, n_W, A_prev.shape[3]))
    reduce = {"max": steps.largest, "average": steps.mean}[steps.mode(mode)]
    for i in range(steps.count(len(A_prev))):
        for h, w, c in np.ndindex(*A.shape[1:]):
            top, left = steps.starts(h, w, stride, f)
            A[i, h, w, c] = reduce(steps.window(steps, A_prev, i, top, left, f, c))
    return A, (A_prev, hparameters)


def _window(steps: Any, A_prev: Array, i: int, top: int, left: int, f: int, c: int) -> Any:
    return steps.take(steps.example(A_prev, i), top, left, f)[..., c]


def _all_channels(steps: Any, A_prev: Array, i: int, top: int, left: int, f: int, c: int) -> Any:
    return steps.take(steps.example(A_prev, i), top, left, f)


def _rows_as_examples(
    steps: Any, A_prev: Array, i: int, top: int, left: int, f: int, c: int
) -> Any:
    return A_prev[top : top + f, left : left + f, c]


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
                "sizes": lambda H, W, f, _pad, _stride: (H // f, W // f),
            },
        ),
        Deviation("window-all-channels", {"window": _all_channels}),
        Deviation("example-axis-dropped", {"window": _rows_as_examples}),
        Deviation("sum-not-mean", {"mean": np.sum}),
        Deviation("max-from-zero", {"largest": lambda window: max(0.0, np.max(window))}),
    ),
)


def _backward(steps: Any, dA: Array, cache: PoolCache, mode: str = "max") -> Array:
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape)
    part = {"max": steps.to_largest, "average": steps.to_all}[steps.mode(mode)]
    for i in range(steps.count(len(A_prev))):
        a, gradient = steps.example(A_prev, i), steps.example(dA, i)
        for h, w, c in np.ndindex(*dA.shape[1:]):
            top, left = steps.starts(h, w, stride, f)
            target = steps.take(dA_prev[i], top, left, f)[..., c]
            window = steps.take(a, top, left, f)[..., c]
            found = part(steps, window, steps.read(gradient, h, w, c, top, left, f))
            {"max": steps.add_largest, "average": steps.add_all}[steps.mode(mode)](target, found)
    return dA_prev


def _to_largest(steps: Any, window: Array, da: Any) -> Any:
    return steps.mask(window) * da


def _to_all(steps: Any, window: Array, da: Any) -> Any:
    return steps.share(da, window.shape)


def _window_of(gradient: Array, h: int, w: int, c: int, top: int, left: int, f: int) -> Any:
    return gradient[top : top + f, left : left + f, c]


_WINDOW_MEANS = tuple(
    Deviation(
        "distribute-mean-of-window",
        {
            "read": lambda g, h, w, c, top, left, f: (
                g[h, w, c],
                _window_of(g, h, w, c, top, left, f),
            ),
            "to_largest": lambda steps, window, both: steps.mask(window) * both[0],
            "to_all": lambda steps, window, both, times=times: steps.share(
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
        Deviation("assigns-not-adds", {"add_largest": assign, "add_all": assign}),
        Deviation("assigns-not-adds", {"add_largest": assign}),
        Deviation("assigns-not-adds", {"add_all": assign}),
        Deviation(
            "da-indexed-by-window", {"read": lambda g, h, w, c, top, left, f: g[top, left, c]}
        ),
        Deviation("mask-times-window", {"read": _window_of}),
    ),
    CONVENTIONS,
)
