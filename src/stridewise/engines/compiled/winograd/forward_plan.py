"""Lay out a Winograd convolution: tiles, chunks and buffers."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import NamedTuple

from stridewise.engines.compiled.code.compiler import kernel
from stridewise.engines.compiled.code.target import host
from stridewise.engines.compiled.direct.convolution_plan import DirectPlan
from stridewise.engines.compiled.planning.channels import Channels
from stridewise.engines.compiled.planning.planner import CHUNK_BYTES, OUTPUTS, Problem
from stridewise.engines.compiled.running.plan import Plan
from stridewise.engines.compiled.running.scratch import borrow, give_back
from stridewise.engines.compiled.running.shares import panel_costs
from stridewise.engines.compiled.tile.ending import Ending
from stridewise.engines.compiled.tile.shape import split, tile_lanes, tile_shape
from stridewise.engines.compiled.winograd.chunks import chunks
from stridewise.engines.compiled.winograd.forward import (
    HEADER_BYTES,
    PARAMETERS,
    build_input_transform,
    build_products,
)

__all__ = ["WinogradPlan", "winograd_plan"]

# Products of one part of a chunk stay in the L2 cache until they are transformed.
_PART_BYTES = 256 * 1024


class WinogradPlan(NamedTuple):
    """The two kernels, the chunks, and what to do when outputs are not finite."""

    inputs: Plan
    products: Plan
    chunk_bytes: int
    chunks: tuple[tuple[int, int], ...]  # first tile, number of tiles
    directly: Callable[[], DirectPlan]

    def workspace(self, threads: int) -> int:
        """Bytes that a call takes beside its arrays, at most."""
        return self.chunk_bytes + max(
            plan.workspace(threads) for plan in (self.inputs, self.products)
        )

    def run(self, x: int, weight: int, bias: int, y: int, residual: int = 0) -> None:
        """Convolve arrays at these addresses."""
        space = borrow("chunk", self.chunk_bytes)
        notes = (ctypes.c_int64 * 3).from_address(space.address)
        for first, count in self.chunks:
            notes[:] = [first, count, 0]
            self.inputs._replace(items=count).run(x, 0, 0, space.address)
            self.products.run(space.address, weight, bias, y, residual)
            if notes[2]:
                self.directly().run(x, weight, bias, y, residual)
                break
        give_back("chunk", space)


def winograd_plan(
    problem: Problem,
    channels: Channels,
    weight_strides: tuple[int, ...],
    has_bias: bool,
    ending: Ending,
    directly: Callable[[], DirectPlan],
) -> WinogradPlan:
    """Plan one convolution with kernels of 3×3 and stride 1 over the last two axes."""
    dtype, m = problem.dtype, OUTPUTS
    C_in, C_out = problem.C_in, problem.C_out
    H, W = problem.axes[-2:]
    h_weight, w_weight = weight_strides[-2:]
    a, itemsize = m + 2, dtype.itemsize
    h_tiles, w_tiles, parts_of = cut = chunks(problem, a * a * C_in * itemsize, CHUNK_BYTES)
    most = cut.most

    target = host()
    lanes = tile_lanes(target, dtype, C_out)
    rows, vectors, _ = tile_shape(most, C_out, lanes, target.vector_registers)
    width = vectors * lanes
    panels = -(-C_out // width)
    left = C_out - (panels - 1) * width
    row_tiles, _ = split(most, rows)
    part_row_tiles = max(1, _PART_BYTES // (a * a * rows * width * itemsize))
    parts = -(-row_tiles // part_row_tiles)
    part_row_tiles = -(-row_tiles // parts)

    # One cache line more, so that neither the rows of the products nor what the weights are
    # transformed into fall into the same cache set.
    chunk_plane = most * C_in + 64 // itemsize
    matrix = C_in * width + 64 // itemsize
    raw_size = 9 * matrix + lanes * width
    panel_size = 2 * width + a * a * matrix
    values = {
        "h_size": H.size,
        "w_size": W.size,
        "h_positions": H.positions,
        "w_positions": W.positions,
        "h_before": -H.base,
        "w_before": -W.base,
        "h_tiles": h_tiles,
        "w_tiles": w_tiles,
        "C_in": C_in,
        "C_out": C_out,
        "chunk_plane": chunk_plane,
        "row_tiles": row_tiles,
        "part_row_tiles": part_row_tiles,
        "parts": parts,
        "first_weight": H.first_weight * h_weight + W.first_weight * w_weight,
        "h_weight": H.weight_step * h_weight,
        "w_weight": W.weight_step * w_weight,
        "in_weight": channels.in_weight,
        "out_weight": channels.out_weight,
        "has_bias": int(has_bias),
        "raw_size": raw_size,
        "panel_size": panel_size,
        "matrix": matrix,
        **ending.values(dtype),
    }
    in_lanes = tile_lanes(target, dtype, C_in)
    inputs = Plan.of(
        kernel(build_input_transform, dtype.name, m, in_lanes, int(C_in % in_lanes != 0)),
        PARAMETERS,
        values,
        most,
        a * a * C_in * itemsize,
        True,
    )
    products = Plan.of(
        kernel(
            build_products,
            dtype.name,
            *(m, rows, vectors, lanes),
            *(-(-left // lanes), int(left % lanes != 0), int(channels.turned)),
            *ending.flags,
        ),
        PARAMETERS,
        values,
        panels * parts,
        (raw_size + panel_size + a * a * part_row_tiles * rows * width) * itemsize,
        True,
        panel_costs(1, panels, vectors, -(-left // lanes)),
    )
    chunk_bytes = HEADER_BYTES + a * a * chunk_plane * itemsize
    return WinogradPlan(inputs, products, chunk_bytes, parts_of, directly)
