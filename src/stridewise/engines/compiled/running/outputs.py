"""Arrays for results: aligned, and made of memory that other results have left.

A large array that dies gives its pages back to the system, and a new one has to fault them in,
page by page, which takes as long as a pass over the array. So each thread of the program keeps the
memory of results that have died, for the next ones.
"""

from __future__ import annotations

import math
import threading
import weakref
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.compiled.code.addresses import address_of

__all__ = ["LEAST_ALIGNED", "STREAMED_BYTES", "empty"]

# Of an output this large, little is in the caches any more when somebody reads it: it is written
# past them, which saves reading it first.
STREAMED_BYTES = 16 * 2**20
_CACHE_LINE = 64
LEAST_ALIGNED = 32 * 1024
# Smaller arrays come from the heap of the process, which keeps its pages.
_LEAST_KEPT = 128 * 1024
_MOST_KEPT = 128 * 2**20


def empty(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """An array whose vectors do not lie across cache lines, unless it is small."""
    size = math.prod(shape) * dtype.itemsize
    if size < LEAST_ALIGNED:
        return np.empty(shape, dtype)
    space = _lend(size + _CACHE_LINE) if size >= _LEAST_KEPT else np.empty(size + _CACHE_LINE, "u1")
    return np.ndarray(shape, dtype, space, -address_of(space) % _CACHE_LINE)


class _Kept(threading.local):
    """What a thread keeps, by size; the size that came back last is the last.

    A result may die at any moment, in the middle of these lines too. So a list is never replaced by
    a copy: what has been taken from it is in no other list.
    """

    def __init__(self) -> None:
        self.spaces: dict[int, list[memoryview]] = {}
        self.bytes = 0

    def take(self, size: int) -> memoryview | None:
        try:
            space = self.spaces[size].pop()
        except (KeyError, IndexError):
            return None
        self.bytes -= size
        return space

    def put(self, space: memoryview) -> None:
        size = space.nbytes
        spaces = self.spaces.pop(size, [])
        spaces.append(space)
        self.spaces[size] = spaces
        self.bytes += size
        while self.bytes > _MOST_KEPT and self.spaces:
            oldest = next(iter(self.spaces))
            self.bytes -= oldest * len(self.spaces.pop(oldest))


_kept = _Kept()
# Each reference with the memory of what it refers to; by number, for arrays have no hash.
_lent: dict[int, tuple[weakref.ref[Any], memoryview]] = {}


def _lend(size: int) -> Array:
    """Bytes that come back when the last array on them is gone."""
    space = _kept.take(size) or np.empty(size, np.uint8).data
    # The base of every array that is made of it, and of every view of them.
    lease = np.frombuffer(space, np.uint8)
    reference = weakref.ref(lease, _come_back)
    _lent[id(reference)] = reference, space
    return lease


def _come_back(reference: weakref.ref[Any]) -> None:
    _, space = _lent.pop(id(reference))
    _kept.put(space)
