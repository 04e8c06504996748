"""How many threads an operation may use, in the engines that have threads of their own."""

from __future__ import annotations

import os
from functools import cache

import numpy as np

from stridewise.errors import EngineError, explain

__all__ = ["MOST_THREADS", "get_num_threads", "set_num_threads"]

_VARIABLE = "STRIDEWISE_NUM_THREADS"
MOST_THREADS = 256

_chosen: int | None = None


def get_num_threads() -> int:
    """How many threads an operation of the compiled engine may use."""
    return _chosen or _one_a_core()


def set_num_threads(threads: int | None) -> None:
    """Set how many threads an operation of the compiled engine may use, in the whole process.

    Results do not depend on it, not in their last bit. The matrix products of the ``numpy`` engine
    have threads of their own, which ``threadpoolctl`` or ``OPENBLAS_NUM_THREADS`` limit.

    Parameters
    ----------
    threads : int or None
        From 1 to 256; ``None`` means STRIDEWISE_NUM_THREADS if it is set, else one a core.

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
    global _chosen
    _chosen = None if threads is None else _checked("set_num_threads", threads)


@cache
def _one_a_core() -> int:
    asked = os.environ.get(_VARIABLE)
    if asked:
        return _checked(_VARIABLE, int(asked) if asked.isdecimal() else asked)
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), MOST_THREADS)
    return min(os.cpu_count() or 1, MOST_THREADS)


def _checked(operation: str, threads: object) -> int:
    is_number = isinstance(threads, int | np.integer) and not isinstance(threads, bool)
    if is_number and 1 <= threads <= MOST_THREADS:  # type: ignore[operator] # see above
        return int(threads)  # type: ignore[call-overload,no-any-return] # see above
    raise EngineError(
        explain(
            operation,
            "this is no number of threads.",
            needed=f"an integer from 1 to {MOST_THREADS}, or None for one a core",
            received=repr(threads),
            hint="2",
        )
    )
