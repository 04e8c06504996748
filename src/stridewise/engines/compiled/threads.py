"""Run one kernel on several threads: each gets a part of the work, always the same part.

The threads are Python's; while they work or wait for more they are in compiled code, without the
GIL (see :mod:`~stridewise.engines.compiled.workers`), and when nothing came for a while they
sleep on a lock. One call at a time uses them: a second thread of the program that calls meanwhile
works alone, and so does the child of a fork until its own workers have started.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
from functools import cache

import numpy as np

from stridewise.engines.compiled.compiler import Native, kernel
from stridewise.engines.compiled.scratch import scratch
from stridewise.engines.compiled.workers import (
    ASLEEP,
    JOB_FIELDS,
    SLOT_STRIDE,
    build_distribute,
    build_serve,
)
from stridewise.errors import EngineError, explain

__all__ = ["get_num_threads", "run", "set_num_threads"]

_VARIABLE = "STRIDEWISE_NUM_THREADS"
_MOST_THREADS = 256
# About 50 µs: longer than what lies between two operations of a network.
_PATIENCE = 1000
_CACHE_LINE = 64

_num_threads: int | None = None


def get_num_threads() -> int:
    """How many threads a compiled operation may use."""
    return _num_threads or _default_threads()


def set_num_threads(threads: int | None) -> None:
    """Set how many threads a compiled operation may use; ``None`` means one for each core.

    Results do not depend on it, not in their last bit.

    Raises
    ------
    EngineError
        If it is no number of threads.

    Examples
    --------
    >>> set_num_threads(1)
    >>> get_num_threads()
    1
    >>> set_num_threads(None)
    """
    global _num_threads
    if threads is not None and (
        isinstance(threads, bool)
        or not isinstance(threads, int | np.integer)
        or not 1 <= threads <= _MOST_THREADS
    ):
        raise EngineError(
            explain(
                "set_num_threads",
                "this is no number of threads.",
                needed=f"an integer from 1 to {_MOST_THREADS}, or None for one a core",
                received=repr(threads),
                hint="set_num_threads(2)",
            )
        )
    _num_threads = None if threads is None else int(threads)


@cache
def _default_threads() -> int:
    asked = os.environ.get(_VARIABLE, "")
    if asked.isdigit() and 1 <= int(asked) <= _MOST_THREADS:
        return int(asked)
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), _MOST_THREADS)
    return min(os.cpu_count() or 1, _MOST_THREADS)


def run(
    native: Native, items: int, arguments: tuple[int, ...], own_bytes: int, parallel: bool
) -> None:
    """Call a kernel for items 0 to ``items``, on several threads if it is worth it.

    ``arguments`` are the addresses of its parameters and of its four arrays; ``own_bytes`` is the
    number of bytes that each thread needs for itself.
    """
    threads = min(get_num_threads(), items) if parallel else 1
    own_bytes += -own_bytes % _CACHE_LINE
    if threads > 1 and _in_use.acquire(blocking=False):
        try:
            address, space = scratch("threads", own_bytes * threads)
            parts = [items * part // threads for part in range(threads + 1)]
            _workers().run(native.address, arguments, address, own_bytes, parts)
        finally:
            _in_use.release()
    else:
        address, space = scratch("threads", own_bytes)
        native.call(*arguments, address, 0, items)
    del space  # it had to live until here


class _Workers:
    """The threads that wait for work, and the memory through which they get it."""

    def __init__(self) -> None:
        self._slots = (ctypes.c_int64 * (_MOST_THREADS * SLOT_STRIDE))()
        self._jobs = (ctypes.c_int64 * (_MOST_THREADS * SLOT_STRIDE))()
        self._addresses = ctypes.addressof(self._slots), ctypes.addressof(self._jobs)
        self._beds: list[threading.Lock] = []
        self._serve = kernel(build_serve, "float32", arguments=2).call
        self._distribute = kernel(build_distribute, "float32", arguments=3).call

    def run(
        self,
        address: int,
        arguments: tuple[int, ...],
        space: int,
        own_bytes: int,
        parts: list[int],
    ) -> None:
        """Do ``parts[i]`` to ``parts[i + 1]`` on thread ``i``."""
        count = len(parts) - 1
        while len(self._beds) < count - 1:
            self._start()
        for part in range(count):
            begin = part * SLOT_STRIDE
            job = (address, *arguments, space + part * own_bytes, parts[part], parts[part + 1])
            self._jobs[begin : begin + JOB_FIELDS] = job
            if part and self._slots[begin] == ASLEEP:
                with contextlib.suppress(RuntimeError):  # it has been woken already
                    self._beds[part - 1].release()
        self._distribute(*self._addresses, count)

    def _start(self) -> None:
        bed = threading.Lock()
        bed.acquire()
        self._beds.append(bed)
        slot = self._addresses[0] + len(self._beds) * SLOT_STRIDE * 8
        live = threading.Thread(target=self._live, args=(slot, bed), name="stridewise", daemon=True)
        live.start()

    def _live(self, slot: int, bed: threading.Lock) -> None:
        while True:
            self._serve(slot, _PATIENCE)
            bed.acquire()


@cache
def _workers() -> _Workers:
    return _Workers()


_in_use = threading.Lock()


def _forget_workers() -> None:
    """In the child of a fork there are no workers, whatever its memory says."""
    global _in_use
    _in_use = threading.Lock()
    _workers.cache_clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_workers)
