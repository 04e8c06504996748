"""Choose the tiles, blocks and parts of a gradient by the weights with few input channels."""

from __future__ import annotations

import math
from typing import NamedTuple

from stridewise.engines.compiled.code.compiler import kernel
from stridewise.engines.compiled.code.target import host
from stridewise.engines.compiled.direct.framed_gradient import (
    PARAMETERS,
    SUM_PARAMETERS,
    build_framed_gradient,
    build_sum,
)
from stridewise.engines.compiled.planning.axis_problem import POINT, AxisProblem
from stridewise.engines.compiled.planning.planner import Problem
from stridewise.engines.compiled.running.plan import SERIAL_WORK, Plan, axis_values, element_steps
from stridewise.engines.compiled.running.scratch import borrow, give_back
from stridewise.engines.compiled.tile.shape import split, tile_lanes, tile_shape
from stridewise.engines.compiled.tile.tile import rows_that_fit

__all__ = ["PartialSums", "framed_gradient_plan", "is_framed"]

# With more input channels, the channels of one tap fill a tile well enough.
_MOST_CHANNELS = 7
_MOST_TAPS = 64
# A framed block and its gradients stay in a thread's L2 cache while the tiles pass.
_BLOCK_BYTES = 256 * 1024
# For as many threads there is something to do; more parts take longer to add up.
_MOST_PARTS = 16
_MOST_BYTES = 8 * 2**20


class PartialSums(NamedTuple):
    """A plan whose items have sums of their own, and the plan that adds them up."""

    summing: Plan
    adding: Plan
    sums_bytes: int

    def workspace(self, threads: int) -> int:
        """Bytes that a call takes beside its arrays, at most."""
        return self.summing.workspace(threads) + self.sums_bytes

    def run(self, x: int, grad_y: int, bias: int, grad_weight: int) -> None:
        """Write the gradient of arrays at these addresses."""
        sums = borrow("sums", self.sums_bytes)
        self.summing.run(x, grad_y, bias, sums.address)
        self.adding.run(sums.address, 0, 0, grad_weight)
        give_back("sums", sums)


def is_framed(problem: Problem) -> bool:
    """Whether there are few input channels, and windows that leave out little of the image."""
    few = problem.groups == 1 and problem.C_in <= _MOST_CHANNELS and problem.axes[-1].taps > 1
    return few and all(
        axis.step == 1 and axis.stride <= 2 * axis.taps and axis.taps <= _MOST_TAPS
        for axis in problem.axes
    )


def framed_gradient_plan(problem: Problem) -> Plan | PartialSums:
    """Plan one gradient by the weights; the axes are those of the convolution."""
    dtype, N, axes, C_in, C_out, _ = problem
    axes = (POINT,) * (3 - len(axes)) + axes
    D, H, W = axes

    target = host()
    lanes = tile_lanes(target, dtype, C_out)
    run = W.taps * C_in
    rows, vectors, _ = tile_shape(run, C_out, lanes, target.vector_registers)
    lines = _lines(H, run, C_out, lanes)
    if lines > 1:
        rows, vectors = lines * run, 1
    width = vectors * lanes
    panels = -(-C_out // width)
    left = C_out - (panels - 1) * width
    last_vectors = -(-left // lanes)
    row_tiles, long_tiles = (1, 1) if lines > 1 else split(run, rows)

    work = N * math.prod(axis.positions for axis in axes) * problem.taps * C_in * C_out
    fitting = max(1, _BLOCK_BYTES // ((width + C_in) * dtype.itemsize))
    block_columns = min(W.positions, fitting)
    a_part = -(-N * D.positions * H.positions // _MOST_PARTS)
    block_rows = max(1, min(H.positions, fitting // W.positions, a_part))
    h_blocks = -(-H.positions // block_rows)
    blocks = N * D.positions * h_blocks

    size = problem.taps * C_in * C_out
    part_size = size + -size % (64 // dtype.itemsize)
    part_bytes = part_size * dtype.itemsize
    parts = max(1, min(blocks, _MOST_PARTS, _MOST_BYTES // part_bytes))
    if work <= SERIAL_WORK:
        parts = 1

    frame_row = ((block_columns - 1) * W.stride + W.taps) * C_in
    frame_plane = ((block_rows - 1) * H.stride + H.taps) * frame_row
    x_size, y_size = (tuple(axis.size for axis in axes), tuple(axis.positions for axis in axes))
    x_steps, y_steps = element_steps(x_size, C_in), element_steps(y_size, C_out)
    values = {
        "example_x": x_steps[0] * x_size[0],
        "example_y": y_steps[0] * y_size[0],
        "C_in": C_in,
        "C_out": C_out,
        "block_rows": block_rows,
        "block_columns": block_columns,
        "h_blocks": h_blocks,
        "blocks": blocks,
        "parts": parts,
        "size": size,
        "part_size": part_size,
        "row_tiles": row_tiles,
        "long_tiles": long_tiles,
        "panels": panels,
        "frame_row": frame_row,
        "frame_plane": frame_plane,
    } | axis_values(axes, x_steps, y_steps)
    shape = (rows, lines, vectors, last_vectors, lanes, int(left % lanes != 0))
    native = kernel(build_framed_gradient, dtype.name, *shape)
    frame_bytes = D.taps * frame_plane * dtype.itemsize
    plan = Plan.of(native, PARAMETERS, values, parts, frame_bytes, parts > 1)
    if parts == 1:
        return plan
    vectors_of_all = -(-size * dtype.itemsize // target.vector_bytes)
    adding = Plan.of(
        kernel(build_sum, dtype.name), SUM_PARAMETERS, values, vectors_of_all, 0, False
    )
    return PartialSums(plan, adding, parts * part_bytes)


def _lines(H: AxisProblem, run: int, C_out: int, lanes: int) -> int:
    """How many rows of the window a tile takes at once: all, or a whole fraction of them."""
    if C_out > lanes:
        return 1  # several vectors fill the registers with one row
    most = rows_that_fit(host().vector_registers, 1) // run
    return max((lines for lines in range(1, most + 1) if H.taps % lines == 0), default=1)
