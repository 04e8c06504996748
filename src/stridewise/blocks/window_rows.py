"""Windows copied into rows, and rows added back onto their windows: what (un)folding is made of."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.axis_options import AxisInts, Padding, axis_ints
from stridewise.errors import ShapeError, explain
from stridewise.specs import ConvSpec

__all__ = ["added_up", "fold_spec", "rows_of_windows", "unfold_spec"]


def rows_of_windows(x: Array, spec: ConvSpec) -> Array:
    """Copy every window of ``x`` into a row, (N, *output_size, taps · C)."""
    windows = np.zeros((x.shape[0], *spec.output_size, *spec.kernel_size, x.shape[-1]), x.dtype)
    for at_windows, at_elements in _taps(spec):
        windows[at_windows] = x[at_elements]
    taps_and_channels = math.prod(spec.kernel_size) * x.shape[-1]
    return windows.reshape(x.shape[0], *spec.output_size, taps_and_channels)


def added_up(columns: Array, spec: ConvSpec) -> Array:
    """Add every row onto its window, (N, *input_size, C); what falls on padding is dropped."""
    N, C = columns.shape[0], columns.shape[-1] // math.prod(spec.kernel_size)
    windows = columns.reshape(N, *spec.output_size, *spec.kernel_size, C)
    y = np.zeros((N, *spec.input_size, C), columns.dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # infinities give infinity or NaN
        for at_windows, at_elements in _taps(spec):  # within one tap, no two windows overlap
            y[at_elements] += windows[at_windows]
    return y


def _taps(spec: ConvSpec) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """For each tap: its places in an array of windows, and the elements that it meets there."""
    for meetings in itertools.product(*(list(axis.meetings()) for axis in spec.axes)):
        taps, positions, elements = zip(*meetings, strict=True)
        yield (slice(None), *positions, *taps), (slice(None), *elements)


def unfold_spec(
    operation: str,
    name: str,
    array: Array,
    kernel_size: AxisInts,
    stride: AxisInts,
    padding: Padding,
    dilation: AxisInts,
    size: AxisInts | None = None,
) -> ConvSpec:
    """Validate the options for an image of ``size``, by default that of ``array``."""
    if not 3 <= array.ndim <= 5:
        raise ShapeError(
            explain(
                operation,
                f"`{name}` has the wrong number of axes.",
                needed="a batch, one to three spatial axes, and channels",
                received=f"{name}.shape={array.shape}",
                hint=f"{name}[None, ..., None] for one example of one channel",
            )
        )
    rank = array.ndim - 2
    sizes = (
        array.shape[1:-1] if size is None else axis_ints(operation, "output_size", size, rank, 1)
    )
    return ConvSpec.of(
        operation, sizes, kernel_size, stride=stride, padding=padding, dilation=dilation
    )


def fold_spec(
    operation: str,
    columns: Array,
    output_size: AxisInts,
    kernel_size: AxisInts,
    stride: AxisInts,
    padding: Padding,
    dilation: AxisInts,
) -> ConvSpec:
    """Validate the options of folding, and that ``columns`` has a row for every window."""
    spec = unfold_spec(
        operation, "columns", columns, kernel_size, stride, padding, dilation, output_size
    )
    taps = math.prod(spec.kernel_size)
    if columns.shape[1:-1] != spec.output_size or columns.shape[-1] % taps:
        C = max(columns.shape[-1] // taps, 1)
        raise ShapeError(
            explain(
                operation,
                "`columns` does not hold the windows of such an image.",
                needed=f"columns.shape=(N, {', '.join(map(str, spec.output_size))}, {taps} * C)",
                received=f"columns.shape={columns.shape}, output_size={spec.input_size}, "
                f"kernel_size={spec.kernel_size}",
                hint=f"columns of shape {(columns.shape[0], *spec.output_size, taps * C)}",
            )
        )
    return spec
