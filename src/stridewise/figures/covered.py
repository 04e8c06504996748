"""Which elements of a padded axis a window covers."""

from __future__ import annotations

from stridewise.geometry import Axis

__all__ = ["covered", "padded_size"]


def padded_size(axis: Axis) -> int:
    """Number of elements of an axis with its padding."""
    return axis.before + axis.size + axis.after


def covered(axis: Axis, position: int) -> range:
    """Indices into the padded axis under the window at one position.

    >>> axis = Axis(size=5, kernel=2, stride=2, before=1, after=0, dilation=3, positions=2)
    >>> list(covered(axis, 1))
    [2, 5]
    """
    whole = axis._replace(size=padded_size(axis), before=0, after=0)
    return range(whole.size)[whole.window(position)]
