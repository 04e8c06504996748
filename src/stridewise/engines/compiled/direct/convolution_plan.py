"""Choose the tiles of a direct convolution, and lay its integers out for the kernel."""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

from stridewise.arrays import Array
from stridewise.engines.compiled.code.addresses import address_of
from stridewise.engines.compiled.code.compiler import kernel
from stridewise.engines.compiled.code.target import host
from stridewise.engines.compiled.direct.convolution import (
    PARAMETERS,
    build_direct,
    build_panels,
)
from stridewise.engines.compiled.planning.axis_problem import POINT, AxisProblem
from stridewise.engines.compiled.planning.channels import Channels
from stridewise.engines.compiled.planning.planner import Problem
from stridewise.engines.compiled.running.outputs import STREAMED_BYTES, empty
from stridewise.engines.compiled.running.plan import SERIAL_WORK, Plan, axis_values, element_steps
from stridewise.engines.compiled.running.shares import panel_costs
from stridewise.engines.compiled.tile.ending import PLAIN, Ending
from stridewise.engines.compiled.tile.shape import split, tile_lanes, tile_shape

__all__ = ["DirectPlan", "Layout", "direct_plan"]

# Vectors of a panel, lanes of a vector, and whether the weights are turned.
Layout: TypeAlias = tuple[int, int, int]

# What a thread keeps in its L2 cache while pixels pass.
PACKED_BYTES = 640 * 1024


class DirectPlan(NamedTuple):
    """The kernel, and in which order it wants weights that come packed."""

    plan: Plan
    panels: int
    panel_size: int
    layout: Layout

    def workspace(self, threads: int) -> int:
        """Bytes that a call takes beside its arrays, at most."""
        return self.plan.workspace(threads)

    def run(self, x: int, weight: int, bias: int, y: int, residual: int = 0) -> None:
        """Convolve arrays at these addresses."""
        self.plan.run(x, weight, bias, y, residual)

    def pack(self, weight: Array, bias: Array | None) -> Array:
        """Weights and biases as panels: what a plan for packed weights takes instead of both."""
        panels = empty((self.panels * self.panel_size,), weight.dtype)
        packing = self.plan._replace(
            native=kernel(build_panels, weight.dtype.name, *self.layout),
            items=self.panels,
            scratch=0,
            costs=(1,),
        )
        packing.run(0, address_of(weight), address_of(bias), address_of(panels))
        return panels


def direct_plan(
    problem: Problem,
    channels: Channels,
    weight_strides: tuple[int, ...],
    x_size: tuple[int, ...],
    y_size: tuple[int, ...],
    has_bias: bool,
    threads: int,
    y_channels: int | None = None,
    ending: Ending = PLAIN,
    packed: bool = False,
) -> DirectPlan:
    """Plan one direct convolution; sizes are spatial, weight strides in elements, an axis each.

    ``y_channels`` are those of one pixel of the output, if the problem's C_out spans several.
    With ``packed``, the weights are packed once for many calls.
    """
    dtype, N, axes, C_in, C_out, groups = problem
    y_pixel = y_channels or C_out
    if all(axis.is_pointwise for axis in axes):
        pixels = N * math.prod(x_size)
        N, x_size, y_size = 1, (pixels,), (pixels,)
        axes, weight_strides = (AxisProblem(pixels, pixels, 1),), weight_strides[:1]
    missing = 3 - len(axes)
    axes = (POINT,) * missing + axes
    x_size, y_size = (1,) * missing + x_size, (1,) * missing + y_size
    weight_strides = (0,) * missing + weight_strides
    D, H, W = axes
    C_in_group, C_out_group = C_in // groups, C_out // groups

    target = host()
    lanes = tile_lanes(target, dtype, C_out_group)
    rows, vectors, _ = tile_shape(W.positions, C_out_group, lanes, target.vector_registers)
    width = vectors * lanes
    group_panels = -(-C_out_group // width)
    left = C_out_group - (group_panels - 1) * width
    last_vectors = -(-left // lanes)
    row_tiles, long_tiles = split(W.positions, rows)
    tiles = N * D.positions * H.positions * row_tiles

    taps = D.taps * H.taps * W.taps
    slack = lanes * width if channels.turned else 0
    panel_size = width * (1 + taps * C_in_group) + slack
    panels = groups * group_panels
    set_panels = max(1, min(panels, PACKED_BYTES // (panel_size * dtype.itemsize)))
    if tiles < 8 * threads:  # few pixels: let the threads share the panels
        set_panels = min(set_panels, -(-panels // threads))
    sets = -(-panels // set_panels)
    of_panels = panel_costs(groups, group_panels, vectors, last_vectors)
    costs = tuple(sum(of_panels[at : at + set_panels]) for at in range(0, panels, set_panels))

    one_run = groups == 1 and W.step == 1
    columns, run = (1, W.taps * C_in) if one_run else (W.taps, C_in_group)
    patch_width = (rows - 1) * W.stride + max(W.taps - 1, 0) * W.step + 1
    by_taps = rows * W.taps < patch_width  # far apart: between them is more than in them
    patch_width = min(patch_width, max(rows * W.taps, 1))
    # Whole cache lines, so that the panels behind it begin with one.
    patch_size = D.taps * H.taps * patch_width * C_in
    patch_size += -patch_size % 16
    x_steps, y_steps = element_steps(x_size, C_in), element_steps(y_size, y_pixel)
    values: dict[str, int] = {
        "example_x": x_steps[0] * x_size[0],
        "example_y": y_steps[0] * y_size[0],
        "first_y": sum(axis.first_output * step for axis, step in zip(axes, y_steps, strict=True)),
        "first_weight": sum(
            axis.first_weight * step for axis, step in zip(axes, weight_strides, strict=True)
        ),
        "tiles": tiles,
        "row_tiles": row_tiles,
        "long_tiles": long_tiles,
        "C_in": C_in,
        "C_in_group": C_in_group,
        "C_out_group": C_out_group,
        "panels": panels,
        "panel_size": panel_size,
        "group_panels": group_panels,
        "set_panels": set_panels,
        "columns": columns,
        "column_x": W.step * C_in,
        "run": run,
        "in_weight": channels.in_weight,
        "out_weight": channels.out_weight,
        "group_weight": channels.group_weight,
        "has_bias": int(has_bias),
        "d_panel": H.taps * W.taps * C_in_group * width,
        "h_panel": W.taps * C_in_group * width,
        "patch_size": patch_size,
        "patch_by_taps": int(by_taps),
        **ending.values(dtype),
    }
    values |= axis_values(axes, x_steps, y_steps)
    values |= {
        f"{name}_weight": step * axis.weight_step
        for name, axis, step in zip("dhw", axes, weight_strides, strict=True)
    }
    y_bytes = N * math.prod(y_size) * y_pixel * dtype.itemsize
    whole_lines = y_pixel * dtype.itemsize % 64 == C_out_group % lanes == 0
    streamed = y_bytes >= STREAMED_BYTES and whole_lines
    turned = int(channels.turned)
    code = (rows, vectors, last_vectors, lanes, int(left % lanes != 0), turned)
    scratch = patch_size if packed else patch_size + set_panels * panel_size
    work = tiles * rows * C_out * taps * C_in_group
    plan = Plan.of(
        kernel(build_direct, dtype.name, *code, int(packed), int(streamed), *ending.flags),
        PARAMETERS,
        values,
        tiles * sets,
        scratch * dtype.itemsize,
        work > SERIAL_WORK,
        costs,
    )
    return DirectPlan(plan, panels, panel_size, (vectors, lanes, turned))
