"""The exercise's corners — ``vert_start``, ``vert_end``, … — for any number of axes."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from stridewise.arrays import Array
from stridewise.geometry import effective_kernel
from stridewise.specs import WindowSpec

__all__ = ["crop", "pad", "window"]

Index: TypeAlias = tuple[slice | int, ...]


def pad(x: Array, spec: WindowSpec, value: float = 0.0) -> Array:
    """Put the spec's padding around the spatial axes."""
    return np.pad(x, ((0, 0), *spec.padding, (0, 0)), constant_values=value)


def crop(x_padded: Array, spec: WindowSpec) -> Array:
    """Take the padding off again: not by ``[before:-after]``, which is empty at padding 0."""
    inside = (slice(axis.before, axis.before + axis.size) for axis in spec.axes)
    return x_padded[(slice(None), *inside)]


def window(n: int, position: tuple[int, ...], channels: int | slice, spec: WindowSpec) -> Index:
    """The slice of the padded input under the window at ``position``, in example ``n``.

    On each axis: from ``position * stride`` on, every ``dilation``-th element.
    """
    corners = []
    for place, axis in zip(position, spec.axes, strict=True):
        start = place * axis.stride
        end = start + effective_kernel(axis.kernel, axis.dilation)
        corners.append(slice(start, end, axis.dilation))
    return (n, *corners, channels)
