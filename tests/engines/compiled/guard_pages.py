"""Arrays between two pages that no one may touch: reading beyond an array ends the process.

An array ends exactly where the page after it begins, or begins exactly where the one before it
ends. What is left of its pages on the other side holds a pattern that must not change.
"""

import ctypes
import mmap

import numpy as np

PAGE = mmap.PAGESIZE
_PROT_NONE = 0
_PATTERN = 0xA5
_mprotect = ctypes.CDLL(None, use_errno=True).mprotect
_mprotect.argtypes = [ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int]


class Guard:
    """Makes arrays; ``at_end`` says on which side of them the forbidden page is."""

    def __init__(self, at_end):
        self.at_end = at_end
        self._patterns = []

    def space(self, size):
        """So many bytes, all ones: a NaN, if nobody writes them."""
        pages = -(-size // PAGE) * PAGE
        memory = mmap.mmap(-1, pages + 2 * PAGE)
        whole = np.frombuffer(memory, np.uint8)
        for forbidden in (0, PAGE + pages):
            if _mprotect(whole.ctypes.data + forbidden, PAGE, _PROT_NONE):
                raise OSError(ctypes.get_errno(), "mprotect")
        usable = whole[PAGE : PAGE + pages]
        begin = pages - size if self.at_end else 0
        usable[:] = _PATTERN
        array = usable[begin : begin + size]
        array[:] = 0xFF
        self._patterns += [usable[:begin], usable[begin + size :]]
        return array

    def empty(self, shape, dtype=float):
        """As ``np.empty``."""
        dtype = np.dtype(dtype)
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        return self.space(size).view(dtype).reshape(shape)

    def zeros(self, shape, dtype=float):
        """As ``np.zeros``."""
        array = self.empty(shape, dtype)
        array.fill(0)
        return array

    def copy(self, array):
        """The same numbers, guarded and read-only."""
        copied = self.empty(array.shape, array.dtype)
        copied[...] = array
        copied.flags.writeable = False
        return copied

    def ascontiguousarray(self, array, dtype=None):
        """As ``np.ascontiguousarray``: copies only what is not contiguous."""
        there = np.asarray(array, dtype)
        return there if there.flags.c_contiguous else self.copy(there)

    def __getattr__(self, name):
        """Everything else is NumPy's: a guard can stand where a module says ``np``."""
        return getattr(np, name)

    def check(self):
        """Fail if anything was written beside an array; forget all of them."""
        for pattern in self._patterns:
            if not (pattern == _PATTERN).all():
                raise AssertionError("something was written beside an array")
        self._patterns.clear()
