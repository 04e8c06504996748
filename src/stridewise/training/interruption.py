"""Ctrl-C that asks a training to stop, in place of cutting it off."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["stop_on_interrupt"]


@contextmanager
def stop_on_interrupt(
    announce: Callable[[], None] = lambda: None,
) -> Iterator[Callable[[], bool]]:
    """Give a function that says whether Ctrl-C came; a second Ctrl-C cuts off at once.

    ``announce`` is called when the first one comes.

    Examples
    --------
    >>> with stop_on_interrupt() as should_stop:
    ...     should_stop()
    False
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set  # only the main thread gets signals
        return

    def ask(*_: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        announce()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
