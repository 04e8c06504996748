"""Timing that can be trusted: warm-up first, medians, and rivals in turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np

__all__ = ["medians", "sgemm_rate"]


def medians(
    calls: Sequence[Callable[[], object]], rounds: int = 7, least_seconds: float = 0.02
) -> list[float]:
    """Measure the seconds that each of several calls takes, in turn: a b c, a b c.

    In turn, so that a machine that slows down slows all of them. A short call is repeated within
    a round until it has taken ``least_seconds``, and before that, unmeasured, as often again: the
    threads of the rival that ran before may keep a core busy for some milliseconds.
    """
    repeats = []
    for call in calls:
        call()
        began = time.perf_counter()
        call()
        repeats.append(max(1, round(least_seconds / (time.perf_counter() - began))))
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, repeat, taken in zip(calls, repeats, seconds, strict=True):
            for _ in range(repeat):
                call()
            began = time.perf_counter()
            for _ in range(repeat):
                call()
            taken.append((time.perf_counter() - began) / repeat)
    return [statistics.median(taken) for taken in seconds]


def sgemm_rate(size: int = 2048) -> Callable[[], object]:
    """Give a product of two float32 matrices, the machine's yardstick: 2·size³ operations."""
    a = np.random.default_rng(0).standard_normal((size, size)).astype(np.float32)
    out = np.empty_like(a)
    return lambda: np.matmul(a, a, out=out)
