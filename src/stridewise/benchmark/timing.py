"""Timing that can be trusted: warm-up first, medians, and rivals in turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import TypeAlias

__all__ = ["Call", "fastest", "least_seconds", "medians"]

Call: TypeAlias = Callable[[], object]


# Seconds.
_SETTLING = 0.1


def medians(calls: Sequence[Call], rounds: int = 7, least_seconds: float = 0.02) -> list[float]:
    """Measure the seconds that each of several calls takes, in turn: a b c, a b c.

    In turn, so that a machine that slows down slows all of them. A short call is repeated within
    a round until it has taken ``least_seconds``, and before that, unmeasured, for a while: the
    threads of the rival that ran before may keep a core busy for tens of milliseconds.
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
            settled = time.perf_counter() + _SETTLING
            while time.perf_counter() < settled:
                call()
            began = time.perf_counter()
            for _ in range(repeat):
                call()
            taken.append((time.perf_counter() - began) / repeat)
    return [statistics.median(taken) for taken in seconds]


def fastest(calls: Sequence[Call], trials: int = 3) -> int:
    """Say which of several ways to do the same is the fastest, by a few trials of each.

    >>> fastest([lambda: time.sleep(0.01), lambda: None])
    1
    """
    least = []
    for call in calls:
        call()  # what only the first call does
        least.append(least_seconds(call, trials))
    return least.index(min(least))


def least_seconds(call: Call, attempts: int) -> float:
    """Seconds of the fastest attempt."""
    taken = []
    for _ in range(attempts):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return min(taken)
