"""Memory that each thread of the program keeps from call to call, so as not to ask the system."""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np

from stridewise.arrays import Array

__all__ = ["scratch"]

_CACHE_LINE = 64
_KEPT_BYTES = 16 * 2**20


class _Space(NamedTuple):
    """So many bytes from an address on, which live as long as their array."""

    size: int
    address: int
    array: Array | None


class _Own(threading.local):
    def __init__(self) -> None:
        self.spaces: dict[str, _Space] = {}


_own = _Own()
_NOTHING = _Space(0, 0, None)


def scratch(purpose: str, size: int) -> _Space:
    """Memory that begins with a cache line, for as long as the caller keeps what it gets.

    What was written there lasts until the thread asks for the same purpose again.

    Raises
    ------
    MemoryError
        If there is not so much, with the number of bytes.
    """
    space = _own.spaces.get(purpose, _NOTHING)
    if space.size >= size:
        return space
    _own.spaces.pop(purpose, None)
    del space  # before there is the larger one
    array = np.empty(size + _CACHE_LINE, np.uint8)
    address = int(array.ctypes.data)
    space = _Space(size, address + -address % _CACHE_LINE, array)
    if size <= _KEPT_BYTES:
        _own.spaces[purpose] = space
    return space
