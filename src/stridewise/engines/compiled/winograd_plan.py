"""Lay out a Winograd convolution: tiles, chunks and buffers."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from stridewise.engines.compiled.axis_problem import AxisProblem
from stridewise.engines.compiled.channels import Channels
from stridewise.engines.compiled.compiler import kernel
from stridewise.engines.compiled.plan import Plan
from stridewise.engines.compiled.scratch import scratch
from stridewise.engines.compiled.target import host
from stridewise.engines.compiled.tile_shape import split, tile_lanes, tile_shape
from stridewise.engines.compiled.winograd import (
    HEADER_BYTES,
    PARAMETERS,
    build_input_transform,
    build_products,
)

__all__ = ["WinogradPlan", "winograd_plan"]

# Transformed inputs of one chunk: small enough for the L3 cache, and so large that transforming
# the weights anew for each chunk costs little.
CHUNK_BYTES = 8 * 2**20
# Products of one part of a chunk stay in the L2 cache until they are transformed.
_PART_BYTES = 256 * 1024


class WinogradPlan(NamedTuple):
    """The two kernels, the chunks, and what to do when outputs are not finite."""

    inputs: Plan
    products: Plan
    chunk_bytes: int
    chunks: tuple[tuple[int, int], ...]  # first tile, number of tiles
    directly: Callable[[], Plan]

    def run(self, x: int, weight: int, bias: int, y: int) -> None:
        """Convolve arrays at these addresses."""
        chunk, _keep = scratch("chunk", self.chunk_bytes)
        notes = (ctypes.c_int64 * 3).from_address(chunk)
        for first, count in self.chunks:
            notes[:] = (first, count, 0)
            self.inputs._replace(items=count).run(x, 0, 0, chunk)
            self.products.run(chunk, weight, bias, y)
            if notes[2]:
                self.directly().run(x, weight, bias, y)
                return


def winograd_plan(
    dtype: np.dtype[Any],
    N: int,
    axes: tuple[AxisProblem, AxisProblem],
    channels: Channels,
    weight_strides: tuple[int, int],
    has_bias: bool,
    m: int,
    directly: Callable[[], Plan],
) -> WinogradPlan:
    """Plan one convolution with kernels of 3×3 and stride 1."""
    C_in, C_out = channels.C_in, channels.C_out
    H, W = axes
    a, itemsize = m + 2, dtype.itemsize
    h_tiles, w_tiles = -(-H.positions // m), -(-W.positions // m)
    tiles = N * h_tiles * w_tiles
    number = max(1, -(-tiles * a * a * C_in * itemsize // CHUNK_BYTES))
    # Chunks of two sizes that differ by one, so that one shape of register tile serves both.
    cuts = [tiles * at // number for at in range(number + 1)]
    chunks = tuple((low, high - low) for low, high in zip(cuts, cuts[1:], strict=False))
    most = max(count for _, count in chunks)

    target = host()
    lanes = tile_lanes(target, dtype, C_out)
    rows, vectors = tile_shape(most, C_out, lanes, target.vector_registers)
    width = vectors * lanes
    panels = -(-C_out // width)
    left = C_out - (panels - 1) * width
    row_tiles, _ = split(most, rows)
    part_row_tiles = max(1, _PART_BYTES // (a * a * rows * width * itemsize))
    parts = -(-row_tiles // part_row_tiles)
    part_row_tiles = -(-row_tiles // parts)

    # One cache line more, so that the rows of the products do not fall into the same cache set.
    chunk_plane = most * C_in + 64 // itemsize
    raw_size = 9 * C_in * width + lanes * width
    panel_size = (2 + a * a * C_in) * width
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
        "first_weight": sum(
            axis.first_weight * step for axis, step in zip(axes, weight_strides, strict=True)
        ),
        "h_weight": H.weight_step * weight_strides[0],
        "w_weight": W.weight_step * weight_strides[1],
        "in_weight": channels.in_weight,
        "out_weight": channels.out_weight,
        "has_bias": int(has_bias),
        "raw_size": raw_size,
        "panel_size": panel_size,
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
            *(m, rows, vectors, lanes, -(-left // lanes), int(left % lanes != 0), int(channels.turned)),
        ),
        PARAMETERS,
        values,
        panels * parts,
        (raw_size + panel_size + a * a * part_row_tiles * rows * width) * itemsize,
        True,
    )
    chunk_bytes = HEADER_BYTES + a * a * chunk_plane * itemsize
    return WinogradPlan(inputs, products, chunk_bytes, chunks, directly)
