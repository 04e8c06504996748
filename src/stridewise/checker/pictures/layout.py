"""Where the elements of a window lie in the input, and which numbers stand there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from stridewise.arrays import Array
from stridewise.checker.results import Read

__all__ = ["fits", "start_of", "values_of", "with_channels"]


def fits(read: Read, x: Array) -> bool:
    """Whether a window can be one of this input: a file of results may say anything."""
    count = math.prod(read.shape)
    return (
        2 <= len(read.shape) <= 3
        and min(read.shape) > 0
        and count == len(read.places)
        and len(read.weights) in (0, count)
        and all(-1 <= place < x.size for place in read.places)
    )


def with_channels(read: Read) -> Read:
    """The same window with an axis for channels, also if it is of one."""
    return replace(read, shape=(*read.shape, 1)[:3])


def values_of(read: Read, x: Array) -> Array:
    """The window's numbers, in its shape; nan for padding that is left out."""
    places = np.array(read.places).reshape(read.shape)
    padding = math.nan if read.padding is None else read.padding
    found: Array = np.where(places >= 0, x.ravel()[places], padding)
    return found


def start_of(places: Array, shape: Sequence[int], axis: int) -> int | None:
    """The row of the input in which a window begins; None if its rows are not one after another.

    Parameters
    ----------
    places : array
        Flat indices into the input, row by row; -1 for padding, whose row follows from the others.
    shape : sequence of int
        Of the input.
    axis : int
        Of the input: that of its rows, or of what else ``places`` goes along first.

    Examples
    --------
    >>> start_of(np.array([[-1, -1], [-1, 0]]), (1, 4, 5, 1), 1)
    -1
    """
    starts = set()
    for before, line in enumerate(places):
        numbers = np.unravel_index(line[line >= 0], shape)[axis]
        starts |= {int(number) - before for number in numbers}
    return starts.pop() if len(starts) == 1 else None
