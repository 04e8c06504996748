"""The exercise's own cases with sixteen times the examples: ``numpy`` against ``loops``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

import stridewise as sw
from stridewise.benchmark.timing import medians
from stridewise.notebook import conv_backward, conv_forward, pool_backward, pool_forward

__all__ = ["TimesFaster", "cases", "measure"]


class TimesFaster(NamedTuple):
    """How often ``numpy`` finishes while ``loops`` runs once; ``windows`` is the output's size."""

    name: str
    windows: int
    ratio: float


def cases() -> dict[str, tuple[int, Callable[[], Any]]]:
    """Give the name of each case, its number of windows times channels, and the call."""
    rng = np.random.default_rng(0)
    found: dict[str, tuple[int, Callable[[], Any]]] = {}
    for shape, filters, hparameters in (
        ((160, 4, 4, 3), (2, 2, 3, 8), {"pad": 2, "stride": 2}),
        ((160, 5, 7, 4), (3, 3, 4, 8), {"pad": 1, "stride": 2}),
        ((32, 5, 7, 4), (3, 3, 4, 8), {"pad": 1, "stride": 2}),
    ):
        A_prev, W = rng.standard_normal(shape), rng.standard_normal(filters)
        b = rng.standard_normal((1, 1, 1, filters[-1]))
        name = f"{shape} * {filters}"
        forward = partial(conv_forward, A_prev, W, b, hparameters)
        Z, cache = forward()
        found[f"conv_forward {name}"] = (Z.size, forward)
        found[f"conv_backward {name}"] = (Z.size, partial(conv_backward, Z, cache))
    for shape, f, stride in (((32, 5, 5, 3), 3, 1), ((80, 5, 3, 2), 2, 1)):
        A_prev = rng.standard_normal(shape)
        for mode in ("max", "average"):
            name = f"{mode} {shape}, f {f}"
            forward = partial(pool_forward, A_prev, {"f": f, "stride": stride}, mode)
            A, cache = forward()
            found[f"pool_forward {name}"] = (A.size, forward)
            found[f"pool_backward {name}"] = (A.size, partial(pool_backward, A, cache, mode))
    return found


def measure(name: str, windows: int, call: Callable[[], Any]) -> TimesFaster:
    """Time one case on both engines, in turn."""

    def on(engine: str) -> Callable[[], Any]:
        def run() -> Any:
            with sw.use_engine(engine):
                return call()

        return run

    slow, fast = medians([on("loops"), on("numpy")], rounds=5)
    return TimesFaster(name, windows, slow / fast)
