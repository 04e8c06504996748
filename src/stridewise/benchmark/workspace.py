"""Memory that a call takes beside its arguments and its results."""

from __future__ import annotations

import contextvars
import threading
import tracemalloc

from stridewise.benchmark import ours
from stridewise.benchmark.timing import Call

__all__ = ["workspace"]


def workspace(call: Call) -> int:
    """Bytes of NumPy and Python at the highest, less those of the results.

    >>> import numpy as np
    >>> 0.8 <= workspace(lambda: np.ones(10**5) + 1 - np.ones(10**5)) / 10**6 < 1.7
    True
    """
    found: list[int] = []

    def watched() -> None:
        tracemalloc.start()
        try:
            results = ours.results(call())
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        found.append(max(most - sum(array.nbytes for array in results), 0))

    # On a thread of its own: what an engine keeps for a thread, it has to get anew there.
    thread = threading.Thread(target=contextvars.copy_context().run, args=(watched,))
    thread.start()
    thread.join()
    return found[0] if found else 0
