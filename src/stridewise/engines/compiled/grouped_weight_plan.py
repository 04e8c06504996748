"""Choose the taps and slices of a gradient of narrow groups by their weights."""

from __future__ import annotations

import ctypes
import math
from typing import Any

import numpy as np

from stridewise.engines.compiled.axis_problem import POINT, AxisProblem
from stridewise.engines.compiled.compiler import kernel
from stridewise.engines.compiled.grouped_plan import (
    SERIAL_WORK,
    GroupedPlan,
    axis_values,
    lane_groups,
    steps,
    unrolled,
)
from stridewise.engines.compiled.grouped_weight import WEIGHT_PARAMETERS, build_grouped_weight
from stridewise.engines.compiled.target import host

__all__ = ["grouped_weight_plan"]

# Pixels whose columns are shared where no tap is outside the image.
_PIXELS = 4
# What a thread keeps in its L2 cache while channels and taps pass.
_BLOCK_BYTES = 256 * 1024
# Parts of the work, so that several threads get the same share of it.
_ITEMS = 16
# A slice has at least so many pixels: its sums are written once and read once.
_SLICE_PIXELS = 1024


def grouped_weight_plan(
    dtype: np.dtype[Any], N: int, axes: tuple[AxisProblem, ...], C_in: int, C_out: int, groups: int
) -> tuple[GroupedPlan, int]:
    """Plan the gradient by the weights; gives the number of slices too."""
    axes = (POINT,) * (3 - len(axes)) + axes
    D, H, W = axes
    target = host()
    least_lanes = 16 // dtype.itemsize
    used = lane_groups(C_in, C_out, groups, target.vector_bytes // dtype.itemsize, least_lanes)
    vectors = -(-C_out // used.outputs)
    h_taps, row = _taps(H, W, used.C_in_group, target.vector_registers)

    rows = N * D.positions * H.positions
    slices = 1
    if vectors < _ITEMS:
        slices = max(1, min(rows, rows * W.positions // _SLICE_PIXELS, _ITEMS))
    chunks = min(vectors, max(1, _ITEMS // slices))
    row_bytes = (W.size * C_in * H.stride + W.positions * C_out) * dtype.itemsize
    weight_steps = steps(tuple(axis.taps for axis in axes), C_in // groups * C_out)
    x_steps = steps(tuple(axis.size for axis in axes), C_in)
    y_steps = steps(tuple(axis.positions for axis in axes), C_out)
    taps = math.prod(axis.taps for axis in axes)
    values = {
        "rows": rows,
        "slices": slices,
        "block_rows": max(1, _BLOCK_BYTES * chunks // row_bytes),
        "chunks": chunks,
        "vectors": vectors,
        "weight_size": taps * C_in // groups * C_out,
        "C_in": C_in,
        "C_out": C_out,
        "example_x": x_steps[0] * D.size,
        "example_y": y_steps[0] * D.positions,
        **axis_values(axes, x_steps, y_steps, weight_steps),
    }
    parameters = (ctypes.c_int64 * len(values))(*(values[name] for name in WEIGHT_PARAMETERS))
    masked = int(C_out % used.outputs != 0)
    plan = GroupedPlan(
        kernel(build_grouped_weight, dtype.name, *used, _PIXELS, h_taps, *row, masked),
        parameters,
        ctypes.addressof(parameters),
        slices * chunks,
        used.pieces * used.lanes * dtype.itemsize,
        rows * W.positions * C_out * used.C_in_group * taps > SERIAL_WORK,
    )
    return plan, slices


def _taps(
    H: AxisProblem, W: AxisProblem, C_in_group: int, registers: int
) -> tuple[int, tuple[int, int, int]]:
    """Rows of taps, and taps of a row with their stride and step, whose sums fit the registers."""
    most = registers - _PIXELS - 2
    row = unrolled(W)
    if row[0] * C_in_group > most:
        row = (1, 1, 1)
    fits = H.taps * row[0] * C_in_group <= most and row[0] == W.taps
    return (H.taps if fits else 1), row
