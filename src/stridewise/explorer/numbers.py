"""Arrays on their way to the page: float32, little-endian, some channels or all of them."""

from __future__ import annotations

import base64
import json

import numpy as np

from stridewise.arrays import Array
from stridewise.errors import DataError, explain
from stridewise.traces import Trace

__all__ = ["MOST_EMBEDDED", "embedded", "encoded"]

# Of one file that a browser opens without waiting.
MOST_EMBEDDED = 8 * 10**6


def encoded(
    array: Array, first: int = 0, last: int = -1, step: int = 1
) -> tuple[tuple[int, ...], bytes]:
    r"""The shape and the bytes of channels ``first`` to ``last``; of all channels if it is -1.

    With a step, only every so many-th element of the axes before the channels.

    >>> encoded(np.array([[1.0, 2.0], [3.0, 4.0]]), 1, 2)
    ((2, 1), b'\x00\x00\x00@\x00\x00\x80@')
    >>> encoded(np.array([[1.0, 2.0], [3.0, 4.0]]), step=2)[0]
    (1, 2)
    """
    part = array[..., first:last] if array.ndim and last >= 0 else array
    part = part[(slice(None, None, step),) * (array.ndim - 1)]
    with np.errstate(over="ignore"):  # beyond float32 there is infinity
        return part.shape, np.ascontiguousarray(part, "<f4").tobytes()


def embedded(trace: Trace) -> str:
    """All of a trace as JSON that may stand in a page, arrays in base 64.

    Raises
    ------
    DataError
        If that is larger than a page should be.
    """
    size = sum(4 * array.size for array in trace.arrays.values()) * 4 // 3
    if size > MOST_EMBEDDED:
        raise DataError(
            explain(
                "explore",
                "the network is too large for one page.",
                needed=f"at most {MOST_EMBEDDED / 1e6:.0f} MB of numbers",
                received=f"{size / 1e6:.0f} MB",
                hint="explore without --export: then the page loads what it shows",
            )
        )
    arrays = {}
    for name, array in trace.arrays.items():
        shape, content = encoded(array)
        arrays[name] = {"shape": shape, "data": base64.b64encode(content).decode("ascii")}
    text = json.dumps({"trace": trace.document, "arrays": arrays}, separators=(",", ":"))
    return text.replace("<", "\\u003c")  # so that nothing in it ends the script that holds it
