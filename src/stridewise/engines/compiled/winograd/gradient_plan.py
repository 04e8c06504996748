"""Lay out a gradient by the weights by Winograd's filtering."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import NamedTuple

from stridewise.engines.compiled.code.compiler import kernel
from stridewise.engines.compiled.code.target import host
from stridewise.engines.compiled.direct.framed_gradient_plan import PartialSums
from stridewise.engines.compiled.planning.planner import GRADIENT_CHUNK_BYTES, OUTPUTS, Problem
from stridewise.engines.compiled.running.plan import Plan
from stridewise.engines.compiled.running.scratch import borrow, give_back
from stridewise.engines.compiled.running.shares import panel_costs
from stridewise.engines.compiled.tile.shape import split, tile_lanes, tile_shape
from stridewise.engines.compiled.winograd.chunks import chunks
from stridewise.engines.compiled.winograd.forward import HEADER_BYTES, build_input_transform
from stridewise.engines.compiled.winograd.forward import PARAMETERS as INPUT_PARAMETERS
from stridewise.engines.compiled.winograd.gradient import (
    PARAMETERS,
    build_gradient_products,
    build_gradient_transform,
)

__all__ = ["WinogradGradientPlan", "winograd_gradient_plan"]

_A = 6


class WinogradGradientPlan(NamedTuple):
    """The three kernels, the chunks, and what to do when a gradient is not finite."""

    inputs: Plan
    gradients: Plan
    products: Plan
    chunk_bytes: int
    panels_bytes: int
    weight_bytes: int
    chunks: tuple[tuple[int, int], ...]
    directly: Callable[[], Plan | PartialSums]

    def workspace(self, threads: int) -> int:
        """Bytes that a call takes beside its arrays, at most."""
        own = max(plan.workspace(threads) for plan in (self.inputs, self.products))
        return self.chunk_bytes + self.panels_bytes + own

    def run(self, x: int, grad_y: int, bias: int, grad_weight: int) -> None:
        """Add the gradient to the array at ``grad_weight``, which holds zeros."""
        chunk, panels = borrow("chunk", self.chunk_bytes), borrow("panels", self.panels_bytes)
        notes = (ctypes.c_int64 * 3).from_address(chunk.address)
        for first, count in self.chunks:
            notes[:] = [first, count, 0]
            self.inputs._replace(items=count).run(x, 0, 0, chunk.address)
            self.gradients._replace(items=count).run(grad_y, chunk.address, 0, panels.address)
            self.products.run(chunk.address, panels.address, bias, grad_weight)
            if notes[2]:
                ctypes.memset(grad_weight, 0, self.weight_bytes)
                self.directly().run(x, grad_y, bias, grad_weight)
                break
        give_back("chunk", chunk)
        give_back("panels", panels)


def winograd_gradient_plan(
    problem: Problem, directly: Callable[[], Plan | PartialSums]
) -> WinogradGradientPlan:
    """Plan the gradient by weights of 3×3 at stride 1; axes are those of the convolution."""
    dtype, C_in, C_out = problem.dtype, problem.C_in, problem.C_out
    H, W = problem.axes[-2:]
    itemsize = dtype.itemsize
    tile_bytes = _A * _A * (C_in + C_out) * itemsize
    h_tiles, w_tiles, parts_of = cut = chunks(problem, tile_bytes, GRADIENT_CHUNK_BYTES)
    most = cut.most

    target = host()
    lanes = tile_lanes(target, dtype, C_out)
    rows, vectors, _ = tile_shape(C_in, C_out, lanes, target.vector_registers)
    width = vectors * lanes
    panels = -(-C_out // width)
    last_vectors = -(-(C_out - (panels - 1) * width) // lanes)
    row_tiles, long_tiles = split(C_in, rows)
    chunk_plane = most * C_in + 64 // itemsize
    panel_plane = most * width + 64 // itemsize
    values = dict.fromkeys(INPUT_PARAMETERS, 0) | {
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
        "panel_plane": panel_plane,
        "panel_size": _A * _A * panel_plane,
        "row_tiles": row_tiles,
        "long_tiles": long_tiles,
    }
    in_lanes = tile_lanes(target, dtype, C_in)
    inputs = Plan.of(
        kernel(build_input_transform, dtype.name, OUTPUTS, in_lanes, int(C_in % in_lanes != 0)),
        INPUT_PARAMETERS,
        values,
        most,
        _A * _A * C_in * itemsize,
        True,
    )
    masked = int(C_out % lanes != 0)
    gradients = Plan.of(
        kernel(build_gradient_transform, dtype.name, width, lanes, masked),
        PARAMETERS,
        values,
        most,
        0,
        True,
    )
    products = Plan.of(
        kernel(build_gradient_products, dtype.name, rows, vectors, last_vectors, lanes, masked),
        PARAMETERS,
        values,
        panels * row_tiles,
        (width + _A * _A * rows * width) * itemsize,
        True,
        panel_costs(1, panels, vectors, last_vectors),
    )
    return WinogradGradientPlan(
        inputs,
        gradients,
        products,
        HEADER_BYTES + _A * _A * chunk_plane * itemsize,
        panels * _A * _A * panel_plane * itemsize,
        9 * C_in * C_out * itemsize,
        parts_of,
        directly,
    )
