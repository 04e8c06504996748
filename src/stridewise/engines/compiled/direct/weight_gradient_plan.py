"""Choose the tiles and blocks of a gradient by the weights."""

from __future__ import annotations

import math

from stridewise.engines.compiled.code.compiler import kernel
from stridewise.engines.compiled.code.target import host
from stridewise.engines.compiled.direct.weight_gradient import PARAMETERS, build_weight_gradient
from stridewise.engines.compiled.planning.axis_problem import POINT, AxisProblem
from stridewise.engines.compiled.planning.planner import Problem
from stridewise.engines.compiled.running.plan import SERIAL_WORK, Plan, axis_values, element_steps
from stridewise.engines.compiled.tile.shape import split, tile_lanes, tile_shape

__all__ = ["weight_gradient_plan"]

# What stays in a thread's L2 cache while the tiles of a panel pass.
_BLOCK_BYTES = 256 * 1024
_CACHE_LINE = 64
_MOST_TAPS = 64
# With fewer input channels, a tile's rows are channels and columns of the kernel together.
_FEW_CHANNELS = 8


def weight_gradient_plan(problem: Problem) -> Plan:
    """Plan one gradient by the weights; the axes are those of the convolution."""
    dtype, N, axes, C_in, C_out, groups = problem
    axes = (POINT,) * (3 - len(axes)) + axes
    D, H, W = axes
    C_in_group, C_out_group = C_in // groups, C_out // groups
    framed = groups == 1 and W.taps > 1 and C_in < _FEW_CHANNELS and _is_dense(axes)

    target = host()
    lanes = tile_lanes(target, dtype, C_out_group)
    count = W.taps * C_in if framed else C_in_group
    rows, vectors, _ = tile_shape(count, C_out_group, lanes, target.vector_registers)
    width = vectors * lanes
    group_panels = -(-C_out_group // width)
    left = C_out_group - (group_panels - 1) * width
    last_vectors = -(-left // lanes)
    row_tiles, long_tiles = split(count, rows)

    # As many columns, then rows, then examples as fit: of each pixel a panel of gradients, and the
    # cache line with the inputs of a tile.
    fitting = max(1, _BLOCK_BYTES // (width * dtype.itemsize + _CACHE_LINE))
    block_columns = min(W.positions, fitting)
    block_rows = max(1, min(H.positions, fitting // W.positions))
    whole = block_rows == H.positions and not framed
    block_examples = max(1, min(N, fitting // (H.positions * W.positions))) if whole else 1

    frame_row = ((block_columns - 1) * W.stride + (W.taps - 1) * W.step + 1) * C_in
    frame_rows = (block_rows - 1) * H.stride + (H.taps - 1) * H.step + 1
    x_size, y_size = (tuple(axis.size for axis in axes), tuple(axis.positions for axis in axes))
    x_steps, y_steps = element_steps(x_size, C_in), element_steps(y_size, C_out)
    values = {
        "N": N,
        "example_x": x_steps[0] * x_size[0],
        "example_y": y_steps[0] * y_size[0],
        "C_in": C_in,
        "C_in_group": C_in_group,
        "C_out": C_out,
        "C_out_group": C_out_group,
        "block_examples": block_examples,
        "block_rows": block_rows,
        "block_columns": block_columns,
        "row_tiles": row_tiles,
        "long_tiles": long_tiles,
        "group_panels": group_panels,
        "frame_row": frame_row,
        "frame_plane": frame_rows * frame_row,
    } | axis_values(axes, x_steps, y_steps)
    taps = D.taps * H.taps * (1 if framed else W.taps)
    native = kernel(
        build_weight_gradient,
        dtype.name,
        *(rows, vectors, last_vectors, lanes, int(left % lanes != 0), int(framed)),
    )
    work = N * math.prod(y_size) * C_out * C_in_group * D.taps * H.taps * W.taps
    return Plan.of(
        native,
        PARAMETERS,
        values,
        groups * group_panels * taps * row_tiles,
        D.taps * frame_rows * frame_row * dtype.itemsize if framed else 0,
        work > SERIAL_WORK,
    )


def _is_dense(axes: tuple[AxisProblem, ...]) -> bool:
    """Whether windows leave out little of the image that they slide over, and are not huge."""
    return all(
        axis.step == 1 and axis.stride <= 2 * axis.taps and axis.taps <= _MOST_TAPS for axis in axes
    )
