"""An end to a call that would not come to one, where a process of its own cannot be had."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["TookTooLong", "at_most"]


class TookTooLong(BaseException):
    """A call was stopped; no ``except Exception`` of a learner's keeps it."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Stop what runs within after some time, by the system's alarm.

    Windows has none, and other threads than the main one cannot have it: there a call runs on.

    Examples
    --------
    >>> try:
    ...     with at_most(0.01):
    ...         while True:
    ...             pass
    ... except TookTooLong:
    ...     print("stopped")
    stopped
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() != threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
