"""Memory that each thread of the program keeps from call to call, so as not to ask the system."""

from __future__ import annotations

import threading

import numpy as np

from stridewise.arrays import Array

__all__ = ["scratch"]

_CACHE_LINE = 64
_KEPT_BYTES = 16 * 2**20


class _Own(threading.local):
    def __init__(self) -> None:
        self.spaces: dict[str, Array] = {}


_own = _Own()


def scratch(purpose: str, size: int) -> tuple[int, Array | None]:
    """The address of ``size`` bytes at the begin of a cache line, and what keeps them there.

    What was written there lasts until the thread asks for the same purpose again.

    Raises
    ------
    MemoryError
        If there is not so much, with the number of bytes.
    """
    if not size:
        return 0, None
    space = _own.spaces.get(purpose)
    if space is None or space.nbytes < size + _CACHE_LINE:
        space = np.empty(size + _CACHE_LINE, np.uint8)
        if size <= _KEPT_BYTES:
            _own.spaces[purpose] = space
    address = int(space.ctypes.data)
    return address + -address % _CACHE_LINE, space
