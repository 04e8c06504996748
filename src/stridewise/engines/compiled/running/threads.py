"""Run one kernel on several threads: each gets a part of the work, always the same part.

The threads are Python's; while they work or wait for more they are in compiled code, without the
GIL (see ``running/workers.py``), and when nothing came for a while they
sleep on a lock. One call at a time uses them: a second thread of the program that calls meanwhile
works alone, and so does the child of a fork until its own workers have started.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
from functools import cache

from stridewise.engines.compiled.code.compiler import Native, kernel
from stridewise.engines.compiled.running.scratch import borrow, give_back
from stridewise.engines.compiled.running.shares import cuts
from stridewise.engines.compiled.running.workers import (
    ASLEEP,
    SLOT_STRIDE,
    build_distribute,
    build_serve,
)
from stridewise.engines.num_threads import MOST_THREADS, get_num_threads

__all__ = ["run"]

# Microseconds, about: longer than what lies between most operations of a network. To be woken from
# sleep takes a thread as long; and a waiting one gives its core to whoever wants it.
_PATIENCE = 500


def run(
    native: Native,
    items: int,
    costs: tuple[int, ...],
    arguments: tuple[int, ...],
    own_bytes: int,
) -> None:
    """Call a kernel for items 0 to ``items``, on several threads if they are free.

    ``costs`` are those of a :class:`Plan`, ``arguments`` the addresses of its parameters and of its
    five arrays; ``own_bytes`` is what each thread needs for itself, whole cache lines.
    """
    threads = min(get_num_threads(), items)
    # Not `acquire(blocking=False)`: an interrupt right after it would leave the lock locked.
    if threads > 1 and not _in_use.locked():
        with _in_use:
            space = borrow("threads", own_bytes * threads)
            parts = cuts(items, costs, threads)
            _workers().run(native.address, arguments, space.address, own_bytes, parts)
    else:
        space = borrow("threads", own_bytes)
        native.call(*arguments, space.address, 0, items)
    give_back("threads", space)


class _Workers:
    """The threads that wait for work, and the memory through which they get it."""

    def __init__(self) -> None:
        self._slots = (ctypes.c_int64 * (MOST_THREADS * SLOT_STRIDE))()
        self._jobs = (ctypes.c_int64 * (MOST_THREADS * SLOT_STRIDE))()
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
        parts: tuple[int, ...],
    ) -> None:
        """Do ``parts[i]`` to ``parts[i + 1]`` on thread ``i``."""
        count = len(parts) - 1
        while len(self._beds) < count - 1:
            self._start()
        for part in range(count):
            begin = part * SLOT_STRIDE
            own = space + part * own_bytes
            for at, field in enumerate((address, *arguments, own, *parts[part : part + 2])):
                self._jobs[begin + at] = field
            if part and self._slots[begin] == ASLEEP:
                with contextlib.suppress(RuntimeError):  # it has been woken already
                    self._beds[part - 1].release()
        self._distribute(*self._addresses, count)

    def _start(self) -> None:
        bed = threading.Lock()
        bed.acquire()
        slot = self._addresses[0] + (len(self._beds) + 1) * SLOT_STRIDE * 8
        live = threading.Thread(target=self._live, args=(slot, bed), name="stridewise", daemon=True)
        with contextlib.suppress(RuntimeError):  # there can be no more: the caller does its part
            live.start()
        self._beds.append(bed)

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
