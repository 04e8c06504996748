"""Choose the tiles and blocks of a gradient by the weights."""

from __future__ import annotations

import math

from stridewise.engines.compiled.code.compiler import kernel
from stridewise.engines.compiled.code.target import host
from stridewise.engines.compiled.direct.framed_gradient_plan import (
    PartialSums,
    framed_gradient_plan,
    is_framed,
)
from stridewise.engines.compiled.direct.weight_gradient import PARAMETERS, build_weight_gradient
from stridewise.engines.compiled.planning.axis_problem import POINT
from stridewise.engines.compiled.planning.planner import Problem
from stridewise.engines.compiled.running.plan import SERIAL_WORK, Plan, axis_values, element_steps
from stridewise.engines.compiled.running.shares import panel_costs
from stridewise.engines.compiled.tile.shape import split, tile_lanes, tile_shape

__all__ = ["weight_gradient_plan"]

# What stays in a thread's L2 cache while the tiles of a panel pass.
_BLOCK_BYTES = 256 * 1024
_CACHE_LINE = 64


def weight_gradient_plan(problem: Problem) -> Plan | PartialSums:
    """Plan one gradient by the weights; the axes are those of the convolution."""
    if is_framed(problem):
        return framed_gradient_plan(problem)
    dtype, N, axes, C_in, C_out, groups = problem
    axes = (POINT,) * (3 - len(axes)) + axes
    D, H, W = axes
    C_in_group, C_out_group = C_in // groups, C_out // groups

    target = host()
    lanes = tile_lanes(target, dtype, C_out_group)
    rows, vectors, _ = tile_shape(C_in_group, C_out_group, lanes, target.vector_registers)
    width = vectors * lanes
    group_panels = -(-C_out_group // width)
    left = C_out_group - (group_panels - 1) * width
    last_vectors = -(-left // lanes)
    row_tiles, long_tiles = split(C_in_group, rows)

    # As many columns, then rows, then examples as fit: of each pixel a panel of gradients, and the
    # cache line with the inputs of a tile.
    fitting = max(1, _BLOCK_BYTES // (width * dtype.itemsize + _CACHE_LINE))
    block_columns = min(W.positions, fitting)
    block_rows = max(1, min(H.positions, fitting // W.positions))
    whole = block_rows == H.positions
    block_examples = max(1, min(N, fitting // (H.positions * W.positions))) if whole else 1

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
    } | axis_values(axes, x_steps, y_steps)
    native = kernel(
        build_weight_gradient,
        dtype.name,
        *(rows, vectors, last_vectors, lanes, int(left % lanes != 0)),
    )
    taps = D.taps * H.taps * W.taps
    work = N * math.prod(y_size) * C_out * C_in_group * taps
    return Plan.of(
        native,
        PARAMETERS,
        values,
        groups * group_panels * taps * row_tiles,
        0,
        work > SERIAL_WORK,
        panel_costs(groups, group_panels, vectors, last_vectors),
    )
