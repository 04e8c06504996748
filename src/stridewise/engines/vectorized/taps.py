"""Pooling tap by tap: along one axis, the positions and the elements that meet are two slices.

A sum or a maximum over a window is a sum or maximum along each axis in turn, so pooling works
on one axis at a time: k_row + k_col array operations in place of k_row · k_col. Taps in the
padding are left out by slicing: there is no padded copy, and no padding value that could win.
"""

from __future__ import annotations

from collections.abc import Iterator

from stridewise.arrays import Array
from stridewise.geometry import Axis

__all__ = ["resized", "views"]


def views(
    axis: Axis, number: int, at_positions: Array, at_elements: Array
) -> Iterator[tuple[Array, Array]]:
    """For each tap: the parts of two arrays that meet along array axis ``number``."""
    lead = (slice(None),) * number
    for _, positions, elements in axis.meetings():
        yield at_positions[(*lead, positions)], at_elements[(*lead, elements)]


def resized(array: Array, number: int, size: int) -> tuple[int, ...]:
    """Give the shape of ``array`` with ``size`` elements along axis ``number``."""
    return (*array.shape[:number], size, *array.shape[number + 1 :])
