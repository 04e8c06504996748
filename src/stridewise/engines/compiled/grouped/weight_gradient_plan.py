"""Choose the taps and slices of a gradient of narrow groups by their weights."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stridewise.engines.compiled.code.compiler import kernel
from stridewise.engines.compiled.code.target import host
from stridewise.engines.compiled.grouped.convolution import Shape
from stridewise.engines.compiled.grouped.convolution_plan import lane_groups, unrolled
from stridewise.engines.compiled.grouped.weight_gradient import (
    WEIGHT_PARAMETERS,
    build_grouped_weight,
)
from stridewise.engines.compiled.planning.axis_problem import POINT, AxisProblem
from stridewise.engines.compiled.running.plan import SERIAL_WORK, Plan, axis_values, element_steps

__all__ = ["grouped_weight_plan"]

# Most pixels whose columns are shared where no tap is outside the image.
_PIXELS = 5
# The same for two vectors at a time, and from how many bytes a pixel it is two.
_PAIR_PIXELS = 3
_FAR_APART = 2048
# What a thread keeps in its L2 cache while channels and taps pass.
_BLOCK_BYTES = 128 * 1024
# Parts of the work, so that several threads get the same share of it.
_ITEMS = 8
# A slice has at least so many pixels: its sums are written once and read once.
_SLICE_PIXELS = 1024


def grouped_weight_plan(
    dtype: np.dtype[Any],
    N: int,
    axes: tuple[AxisProblem, ...],
    channels: tuple[int, int, int],
) -> tuple[Plan, int]:
    """Plan the gradient by the weights; gives the number of slices too."""
    C_in, C_out, _ = channels
    axes = (POINT,) * (3 - len(axes)) + axes
    D, H, W = axes
    used = lane_groups(*channels, dtype)
    vectors = -(-C_out // used.outputs)
    h_taps, shape = _taps(H, W, used.C_in_group, C_out // used.outputs, C_out * dtype.itemsize)
    sets = -(-vectors // shape.vectors)

    rows = N * D.positions * H.positions
    slices = _ITEMS
    while slices > max(1, min(rows, rows * W.positions // _SLICE_PIXELS)):
        slices //= 2
    chunks = min(sets, _ITEMS // slices)
    row_bytes = (W.size * C_in * H.stride + W.positions * C_out) * dtype.itemsize
    block_rows = max(1, _BLOCK_BYTES * chunks // row_bytes)
    taps = tuple(axis.taps for axis in axes)
    x_steps = element_steps(tuple(axis.size for axis in axes), C_in)
    y_steps = element_steps(tuple(axis.positions for axis in axes), C_out)
    weight_steps = element_steps(taps, used.C_in_group * C_out)
    values = {
        "rows": rows,
        "slices": slices,
        "block_rows": block_rows,
        "chunks": chunks,
        "sets": sets,
        "vectors": vectors,
        "weight_size": math.prod(taps) * used.C_in_group * C_out,
        "C_in": C_in,
        "C_out": C_out,
        "example_x": x_steps[0] * D.size,
        "example_y": y_steps[0] * D.positions,
        "ahead_x": block_rows * H.stride * x_steps[1],
        "ahead_y": block_rows * y_steps[1],
        **axis_values(axes, x_steps, y_steps),
        **{f"{name}_weight": step for name, step in zip("dhw", weight_steps, strict=True)},
    }
    whole = used.outputs == used.lanes
    has_rest = not whole or C_out % (used.outputs * shape.vectors) != 0
    plan = Plan.of(
        kernel(build_grouped_weight, dtype.name, *used, h_taps, *shape, int(has_rest)),
        WEIGHT_PARAMETERS,
        values,
        slices * chunks,
        shape.vectors * used.pieces * used.lanes * dtype.itemsize,
        rows * W.positions * C_out * used.C_in_group * math.prod(taps) > SERIAL_WORK,
    )
    return plan, slices


def _taps(
    H: AxisProblem, W: AxisProblem, C_in_group: int, vectors: int, pixel_bytes: int
) -> tuple[int, Shape]:
    """Rows of taps, taps of a row, vectors and pixels: their sums and inputs fit the registers."""
    registers = host().vector_registers
    most = registers - _PIXELS - 1
    row = unrolled(W)
    if row[0] * C_in_group > most:
        row = (1, 1, 1)
    sums = row[0] * C_in_group
    h_taps = H.taps if H.taps * sums <= most and row[0] == W.taps else 1
    # Where pixels are far apart, neighbouring vectors share the cache lines that both lie in.
    pair = vectors > 1 and pixel_bytes >= _FAR_APART
    if pair and 2 * (h_taps * sums + _PAIR_PIXELS) + 2 <= registers:
        return h_taps, Shape(2, _PAIR_PIXELS, *row)
    return h_taps, Shape(1, _pixels(W), *row)


def _pixels(W: AxisProblem) -> int:
    """How many pixels at a time leave few to be done one by one."""
    inside = max(0, W.positions - (W.taps - 1) * W.step // W.stride)

    def cost(pixels: int) -> int:
        return inside // pixels * (pixels + 1) + inside % pixels * 2

    return min(range(_PIXELS, 2, -1), key=cost)
