"""Run wrong implementations without the warnings of what goes wrong in them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import numpy as np

__all__ = ["quietly"]

_one_at_a_time = Lock()


@contextmanager
def quietly() -> Iterator[None]:
    """Keep NumPy's warnings back; they are kept for the whole process, so one thread at a time.

    >>> with quietly():
    ...     np.zeros(1) / 0
    array([nan])
    """
    with _one_at_a_time, np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
