"""How many threads Stridewise, and NumPy's matrix products under it, may use."""

from __future__ import annotations

import importlib
import importlib.util
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any

from stridewise.engines.num_threads import get_num_threads, set_num_threads

__all__ = ["all_threads", "limited_to", "team"]


def all_threads() -> int:
    """One for each core that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def limited_to(threads: int) -> Iterator[None]:
    """Use so many threads in the block.

    NumPy's matrix products are told if ``threadpoolctl`` is installed; only the engine ``numpy``
    lives on them.
    """
    pools = _pools()
    blas = pools.limit(limits=threads, user_api="blas") if pools else None
    before = get_num_threads()
    set_num_threads(threads)
    try:
        yield
    finally:
        set_num_threads(before)
        if blas:
            blas.restore_original_limits()


@cache
def _pools() -> Any:
    """The libraries of matrix products, None without the package that knows them."""
    if importlib.util.find_spec("threadpoolctl") is None:
        return None
    return importlib.import_module("threadpoolctl").ThreadpoolController()


def team(threads: int) -> ThreadPoolExecutor:
    """Threads that are all there: a pool starts them one by one, as it sees need."""
    pool = ThreadPoolExecutor(threads)
    present = threading.Barrier(threads)
    for each in [pool.submit(present.wait) for _ in range(threads)]:
        each.result()
    return pool
