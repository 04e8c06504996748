"""Choose the tiles of a convolution of narrow groups, and lay its integers out for the kernel."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stridewise.engines.compiled.code.compiler import kernel
from stridewise.engines.compiled.code.target import host
from stridewise.engines.compiled.grouped.convolution import (
    PARAMETERS,
    PHASE_PARAMETERS,
    Shape,
    build_grouped,
)
from stridewise.engines.compiled.grouped.lane_groups import LaneGroups
from stridewise.engines.compiled.planning.axis_problem import POINT, AxisProblem
from stridewise.engines.compiled.running.outputs import LEAST_ALIGNED, STREAMED_BYTES
from stridewise.engines.compiled.running.plan import SERIAL_WORK, Plan, axis_values, element_steps
from stridewise.engines.compiled.tile.ending import PLAIN, Ending

__all__ = ["grouped_plan", "lane_groups", "unrolled"]

# Rows of this many taps are unrolled; longer ones loop.
_MOST_UNROLLED = 7
# Multiply-adds in the code of one tile for one row of taps: more would crowd the code cache.
_MOST_CODE = 512
# From this many bytes a pixel, the pixels of a tile compete for few sets of the L1 cache.
_FAR_APART = 2048
_MOST_PIXELS = 14


def lane_groups(C_in: int, C_out: int, groups: int, dtype: np.dtype[Any]) -> LaneGroups:
    """Vectors for these channels: shorter ones if there are few channels in all."""
    lanes, least = host().vector_bytes // dtype.itemsize, 16 // dtype.itemsize
    while lanes > least and C_out <= lanes // 2:
        lanes //= 2
    return LaneGroups(lanes, C_in // groups, C_out // groups)


def unrolled(column: AxisProblem) -> tuple[int, int, int]:
    """Taps of a row that are unrolled, their stride and step: all of them if it is worth it."""
    if 1 < column.taps <= _MOST_UNROLLED and column.step * column.stride <= 2:
        return column.taps, column.stride, column.step
    return 1, 1, 1


def grouped_plan(
    dtype: np.dtype[Any],
    N: int,
    phases: list[tuple[AxisProblem, ...]],
    channels: tuple[int, int, int],
    kernel_size: tuple[int, ...],
    x_size: tuple[int, ...],
    y_size: tuple[int, ...],
    has_bias: bool,
    threads: int,
    ending: Ending = PLAIN,
) -> Plan:
    """Plan a convolution, or all phases of a gradient by the input; sizes are spatial.

    ``channels`` are C_in, C_out and groups of the problem at hand: C_in are those of ``grad_y``
    for a gradient.
    """
    C_in, C_out, _ = channels
    missing = (1,) * (3 - len(x_size))
    phases = [(POINT,) * len(missing) + axes for axes in phases]
    x_size, y_size, kernel_size = missing + x_size, missing + y_size, missing + kernel_size
    used = lane_groups(*channels, dtype)
    shape = _tile(phases, used, C_out, C_out * dtype.itemsize)
    vectors = -(-C_out // used.outputs)
    sets = -(-vectors // shape.vectors)

    d_rows, h_rows, columns = (max(axes[at].positions for axes in phases) for at in range(3))
    rows = N * d_rows * h_rows
    tiles = -(-columns // shape.pixels)
    segments = min(tiles, -(-4 * threads // max(rows, 1)))
    segment_tiles = -(-tiles // segments)
    chunks = min(sets, max(1, -(-8 * threads // max(rows * segments, 1))))

    x_steps, y_steps = element_steps(x_size, C_in), element_steps(y_size, C_out)
    values = {
        "phases": len(phases),
        "rows": rows,
        "d_rows": d_rows,
        "h_rows": h_rows,
        "segments": segments,
        "segment_columns": segment_tiles * shape.pixels,
        "chunks": chunks,
        "sets": sets,
        "vectors": vectors,
        "C_in": C_in,
        "C_out": C_out,
        "example_x": x_steps[0] * x_size[0],
        "example_y": y_steps[0] * y_size[0],
        "has_bias": int(has_bias),
        **ending.values(dtype),
    }
    names = list(PARAMETERS)
    weight_steps = element_steps(kernel_size, used.C_in_group * C_out)
    for number, axes in enumerate(phases):
        of_phase = _phase_values(axes, x_steps, y_steps, weight_steps)
        values |= {f"{number}_{name}": value for name, value in of_phase.items()}
        names += [f"{number}_{name}" for name in PHASE_PARAMETERS]
    whole = used.outputs == used.lanes
    has_rest = not whole or C_out % (used.outputs * shape.vectors) != 0
    aligned = whole and C_out % used.outputs == 0
    y_bytes = N * math.prod(y_size) * C_out * dtype.itemsize
    touched = N * math.prod(x_size) * C_in * dtype.itemsize + y_bytes
    streamed = aligned and touched >= STREAMED_BYTES and y_bytes >= LEAST_ALIGNED
    return Plan.of(
        kernel(
            build_grouped, dtype.name, *used, *shape, int(has_rest), int(streamed), *ending.flags
        ),
        names,
        values,
        rows * segments * chunks,
        shape.vectors * used.pieces * used.lanes * dtype.itemsize,
        rows * columns * C_out * used.C_in_group * math.prod(kernel_size) > SERIAL_WORK,
    )


def _tile(
    phases: list[tuple[AxisProblem, ...]], used: LaneGroups, C_out: int, pixel_bytes: int
) -> Shape:
    """Choose the tile: its sums take most of the registers.

    Neighbouring vectors are better company than more pixels where pixels are far apart.
    """
    row = unrolled(phases[0][2]) if len(phases) == 1 else (1, 1, 1)
    registers = host().vector_registers
    vectors = 1
    if used.C_in_group == 1 and pixel_bytes >= _FAR_APART:
        vectors = min(4 if registers >= 32 else 2, C_out // used.outputs)
    most = min((registers - 4) // vectors, _MOST_PIXELS)
    if used.C_in_group > 1:  # the columns stay in registers too, from one input to the next
        most = min(most, _MOST_PIXELS // 2)
    most = max(1, min(most, _MOST_CODE // (row[0] * used.C_in_group * used.pieces * vectors)))
    positions = min(axes[2].positions for axes in phases)
    return Shape(vectors, -(-positions // -(-positions // most)), *row)


def _phase_values(
    axes: tuple[AxisProblem, ...],
    x_steps: tuple[int, ...],
    y_steps: tuple[int, ...],
    weight_steps: tuple[int, ...],
) -> dict[str, int]:
    firsts = [(axis.first_output, axis.first_weight) for axis in axes]
    return {
        **axis_values(axes, x_steps, y_steps),
        **{
            f"{name}_weight": step * axis.weight_step
            for name, axis, step in zip("dhw", axes, weight_steps, strict=True)
        },
        "first_y": sum(y * step for (y, _), step in zip(firsts, y_steps, strict=True)),
        "first_weight": sum(w * step for (_, w), step in zip(firsts, weight_steps, strict=True)),
    }
