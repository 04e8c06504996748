"""Memory that each thread of the program keeps from call to call, so as not to ask the system."""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np

from stridewise.arrays import Array

__all__ = ["Space", "borrow", "give_back"]

_CACHE_LINE = 64
_KEPT_BYTES = 16 * 2**20


class Space(NamedTuple):
    """So many bytes from an address on, which live as long as their array."""

    size: int
    address: int
    array: Array | None


class _Own(threading.local):
    def __init__(self) -> None:
        self.spaces: dict[str, Space] = {}


_own = _Own()
_NOTHING = Space(0, 0, None)


def borrow(purpose: str, size: int) -> Space:
    """Memory that begins with a cache line; nobody else has it until it is given back.

    A call may be interrupted by another one on the same thread, from the handler of a signal.

    Raises
    ------
    MemoryError
        If there is not so much, with the number of bytes.
    """
    space = _own.spaces.pop(purpose, _NOTHING)
    if space.size >= size:
        return space
    space = _NOTHING  # the smaller one goes before the larger one comes
    array = np.empty(size + _CACHE_LINE, np.uint8)
    address = int(array.ctypes.data)
    return Space(size, address + -address % _CACHE_LINE, array)


def give_back(purpose: str, space: Space) -> None:
    """Keep it for the next call, unless it is large."""
    if space.size <= _KEPT_BYTES:
        _own.spaces[purpose] = space
