"""Choose the tiles of a convolution of narrow groups, and lay its integers out for the kernel."""

from __future__ import annotations

import ctypes
import math
from typing import Any, NamedTuple

import numpy as np

from stridewise.engines.compiled.axis_problem import POINT, AxisProblem
from stridewise.engines.compiled.compiler import Native, kernel
from stridewise.engines.compiled.grouped import PARAMETERS, PHASE_PARAMETERS, build_grouped
from stridewise.engines.compiled.lane_groups import LaneGroups
from stridewise.engines.compiled.target import host

__all__ = ["GroupedPlan", "axis_values", "grouped_plan", "lane_groups", "steps", "unrolled"]

# Below this many multiply-adds a second thread costs more than it brings.
SERIAL_WORK = 200_000
# An output of this size is not in the caches any more when somebody reads it.
STREAMED_BYTES = 8 * 2**20
# Rows of this many taps are unrolled; longer ones loop.
_MOST_UNROLLED = 7
# Multiply-adds in the code of one tile for one row of taps: more would crowd the code cache.
_MOST_CODE = 512


class GroupedPlan(NamedTuple):
    """All that a call needs besides arrays."""

    native: Native
    parameters: Any
    address: int
    items: int
    scratch: int
    parallel: bool


def lane_groups(C_in: int, C_out: int, groups: int, lanes: int, least: int) -> LaneGroups:
    """Vectors for these channels: shorter ones if there are few channels in all."""
    C_out_group = C_out // groups
    while lanes > least and C_out <= lanes // 2:
        lanes //= 2
    return LaneGroups(lanes, C_in // groups, C_out_group)


def steps(size: tuple[int, ...], channels: int) -> tuple[int, ...]:
    """Elements from neighbour to neighbour along each spatial axis."""
    return tuple(math.prod(size[at + 1 :]) * channels for at in range(len(size)))


def grouped_plan(
    dtype: np.dtype[Any],
    N: int,
    phases: list[tuple[AxisProblem, ...]],
    C_in: int,
    C_out: int,
    groups: int,
    kernel_size: tuple[int, ...],
    x_size: tuple[int, ...],
    y_size: tuple[int, ...],
    has_bias: bool,
    threads: int,
) -> GroupedPlan:
    """Plan a convolution, or all phases of a gradient by the input; sizes are spatial."""
    missing = 3 - len(x_size)
    phases = [(POINT,) * missing + axes for axes in phases]
    x_size, y_size = (1,) * missing + x_size, (1,) * missing + y_size
    target = host()
    least_lanes = 16 // dtype.itemsize
    used = lane_groups(C_in, C_out, groups, target.vector_bytes // dtype.itemsize, least_lanes)
    pixels, *row = _tile(phases, used, target.vector_registers)
    vectors = -(-C_out // used.outputs)

    d_rows, h_rows, columns = (max(axes[at].positions for axes in phases) for at in range(3))
    rows = N * d_rows * h_rows
    tiles = -(-columns // pixels)
    segments = min(tiles, -(-4 * threads // max(rows, 1)))
    segment_tiles = -(-tiles // segments)
    chunks = min(vectors, max(1, -(-8 * threads // max(rows * segments, 1))))

    x_steps, y_steps = steps(x_size, C_in), steps(y_size, C_out)
    weight_steps = steps((1,) * missing + kernel_size, C_in // groups * C_out)
    values = {
        "phases": len(phases),
        "rows": rows,
        "d_rows": d_rows,
        "h_rows": h_rows,
        "segments": segments,
        "segment_columns": segment_tiles * pixels,
        "chunks": chunks,
        "vectors": vectors,
        "C_in": C_in,
        "C_out": C_out,
        "example_x": x_steps[0] * x_size[0],
        "example_y": y_steps[0] * y_size[0],
        "has_bias": int(has_bias),
    }
    numbers = [values[name] for name in PARAMETERS]
    for axes in phases:
        numbers += _phase_numbers(axes, x_steps, y_steps, weight_steps)
    parameters = (ctypes.c_int64 * len(numbers))(*numbers)
    masked = int(C_out % used.outputs != 0)
    y_bytes = N * math.prod(y_size) * C_out * dtype.itemsize
    streamed = int(y_bytes >= STREAMED_BYTES and used.outputs == used.lanes and not masked)
    work = rows * columns * C_out * used.C_in_group * math.prod(kernel_size)
    return GroupedPlan(
        kernel(build_grouped, dtype.name, *used, pixels, *row, masked, streamed),
        parameters,
        ctypes.addressof(parameters),
        rows * segments * chunks,
        used.pieces * used.lanes * dtype.itemsize,
        work > SERIAL_WORK,
    )


def _tile(
    phases: list[tuple[AxisProblem, ...]], used: LaneGroups, registers: int
) -> tuple[int, int, int, int]:
    """Pixels of a tile; taps that are unrolled, their stride and step."""
    taps, stride, step = unrolled(phases[0][2]) if len(phases) == 1 else (1, 1, 1)
    most = (registers - 4) // 2
    most = max(1, min(most, _MOST_CODE // (taps * used.C_in_group * used.pieces)))
    positions = min(axes[2].positions for axes in phases)
    return -(-positions // -(-positions // most)), taps, stride, step


def unrolled(column: AxisProblem) -> tuple[int, int, int]:
    """Taps of a row that are unrolled, their stride and step: all of them if it is worth it."""
    if 1 < column.taps <= _MOST_UNROLLED and column.step * column.stride <= 2:
        return column.taps, column.stride, column.step
    return 1, 1, 1


def _phase_numbers(
    axes: tuple[AxisProblem, ...],
    x_steps: tuple[int, ...],
    y_steps: tuple[int, ...],
    weight_steps: tuple[int, ...],
) -> list[int]:
    values = {
        "first_y": sum(axis.first_output * step for axis, step in zip(axes, y_steps, strict=True)),
        "first_weight": sum(
            axis.first_weight * step for axis, step in zip(axes, weight_steps, strict=True)
        ),
    }
    values |= axis_values(axes, x_steps, y_steps, weight_steps)
    return [values[name] for name in PHASE_PARAMETERS]


def axis_values(
    axes: tuple[AxisProblem, ...],
    x_steps: tuple[int, ...],
    y_steps: tuple[int, ...],
    weight_steps: tuple[int, ...],
) -> dict[str, int]:
    """The integers of each axis, by their names in the kernel."""
    values: dict[str, int] = {}
    for name, axis, x_step, y_step, weight_step in zip(
        "dhw", axes, x_steps, y_steps, weight_steps, strict=True
    ):
        values |= {
            f"{name}_size": axis.size,
            f"{name}_positions": axis.positions,
            f"{name}_taps": axis.taps,
            f"{name}_stride": axis.stride,
            f"{name}_base": axis.base,
            f"{name}_step": axis.step,
            f"{name}_x": x_step,
            f"{name}_y": y_step * axis.output_step,
            f"{name}_weight": weight_step * axis.weight_step,
        }
    return values
