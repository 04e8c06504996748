"""Convolution of narrow groups: vectors of output channels that span several groups.

A register tile of ``tile/tile.py`` multiplies one number of the input with
a whole vector of output channels. With fewer output channels a group than a vector has lanes, most
lanes would be idle. Here a vector holds neighbouring output channels whatever their group, and
meets a vector of the input: see ``grouped/lane_groups.py``.

A tile is some pixels of a row, their sums in registers; it is computed for one vector of channels
after the other, because these are neighbours in memory. An item of the work is a segment of a row
of outputs: the rows that it sees were just seen by the row before, and are still in the L2 cache.

The gradient by the input is the same sum with the taps reversed, once for each of its phases
(``planning/axis_problem.py``). An item does all phases of its row, so that
``grad_y`` comes from memory once.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from stridewise.engines.compiled.code.compiler import SIGNATURE
from stridewise.engines.compiled.code.language import Kernel, Module, Pointer, Value
from stridewise.engines.compiled.grouped.lane_groups import LaneGroups
from stridewise.engines.compiled.tile.ending import BOUNDS, Finish

__all__ = ["PARAMETERS", "PHASE_PARAMETERS", "build_grouped", "taps_inside"]

# The whole problem. `segments` cut a row, `chunks` the vectors of channels, in sets for a tile.
PARAMETERS = (
    *("phases", "rows", "d_rows", "h_rows", "segments", "segment_columns"),
    *("chunks", "sets", "vectors"),
    *("C_in", "C_out", "example_x", "example_y", "has_bias"),
    *BOUNDS,
)

_AXIS = ("size", "positions", "taps", "stride", "base", "step", "x", "y", "weight")

# Then once for each phase: its axes, and how far neighbours are apart in memory.
PHASE_PARAMETERS = (
    *(f"{axis}_{name}" for axis in "dhw" for name in _AXIS),
    "first_y",
    "first_weight",
)

_TILE = (
    "x:real* w:real* start:real* y:real* zeros:real* sets:int start_step:int "
    "d_taps:int d_x:int d_w:int h_taps:int h_x:int h_w:int w_taps:int w_x:int w_w:int w_step:int "
    "next_x:int left:int size:int column_step:int column_x:int w_input:int y_pixel:int "
    "residual:real* bounds:int* inputs_left:int outputs_left:int"
)


class Shape(NamedTuple):
    """What shapes the code: ``vectors`` and ``pixels`` of a tile, unrolled taps of a row.

    With more than one unrolled tap the stride and the step between taps are fixed too, so that
    pixels share the columns that several of them see. One tap serves any row of taps.
    """

    vectors: int
    pixels: int
    taps: int
    stride: int
    step: int

    def meetings(self) -> dict[int, list[tuple[int, int]]]:
        """For each column of the input, the pixels that see it, and at which tap."""
        found: dict[int, list[tuple[int, int]]] = {}
        for tap in range(self.taps):
            for pixel in range(self.pixels):
                found.setdefault(pixel * self.stride + tap * self.step, []).append((pixel, tap))
        return dict(sorted(found.items()))


def build_grouped(
    module: Module,
    lanes: int,
    C_in_group: int,
    C_out_group: int,
    vectors: int,
    pixels: int,
    taps: int,
    stride: int,
    step: int,
    has_rest: int,
    streamed: int,
    *ending: int,
) -> None:
    """Write the kernel for tiles of this :class:`Shape`.

    If it ``has_rest``, the channels end within a tile: vector by vector, with masks. If
    ``streamed``, vectors of the output are aligned, and so many that they are written past the
    caches. ``ending`` are the flags of an :class:`Ending`, whose residual is ``e``.
    """
    groups = LaneGroups(lanes, C_in_group, C_out_group)
    shape = Shape(vectors, pixels, taps, stride, step)
    kinds = [False] if groups.outputs == lanes else []
    kinds += [True] if has_rest else []
    tiles = {
        (border, rest): _define_tile(module, groups, shape, border, rest, bool(streamed), ending)
        for border in (False, True)
        for rest in kinds
    }
    with module.function(module.symbol, SIGNATURE) as (k, parameters, x, weight, bias, y, *rest):
        residual, zeros, first_item, last_item = rest
        p = k.named(parameters, PARAMETERS)
        bounds = parameters + PARAMETERS.index(BOUNDS[0])
        k.fill(zeros, k.integer(vectors * groups.pieces * lanes))
        start = k.variable(zeros)
        with k.when(p.has_bias != 0):
            start.set(bias)
        with k.loop(first_item, last_item) as item:
            segment, rest = item % p.segments, item // p.segments
            row, chunk = rest % p.rows, rest // p.rows
            first, end = (n * p.sets // p.chunks * vectors for n in (chunk, chunk + 1))
            end = k.least(end, p.vectors)
            in_lanes, out_lanes = first * groups.inputs, first * groups.outputs
            with k.loop(0, p.phases) as number:
                at = parameters + len(PARAMETERS) + number * len(PHASE_PARAMETERS)
                phase = k.named(at, PHASE_PARAMETERS)
                job = _Job(
                    *(p, phase, row, segment, end - first),
                    x + in_lanes,
                    weight + phase.first_weight + out_lanes,
                    start.get() + out_lanes * p.has_bias,
                    y + phase.first_y + out_lanes,
                    residual + phase.first_y + out_lanes,
                    bounds,
                    zeros,
                    *(p.C_in - in_lanes, p.C_out - out_lanes),
                )
                _do_segment(k, job, groups, shape, tiles)
        if streamed:
            k.fence()


class _Job(NamedTuple):
    """A segment of a row of one phase, and where its first channels are."""

    p: Any
    phase: Any
    row: Value
    segment: Value
    vectors: Value
    x: Pointer
    weight: Pointer
    start: Pointer
    y: Pointer
    residual: Pointer
    bounds: Pointer
    zeros: Pointer
    inputs_left: Value
    outputs_left: Value


def _do_segment(k: Kernel, job: _Job, groups: LaneGroups, shape: Shape, tiles: Any) -> None:
    p, phase = job.p, job.phase
    h, rest = job.row % p.h_rows, job.row // p.h_rows
    d, n = rest % p.d_rows, rest // p.d_rows
    left_most = job.segment * p.segment_columns
    right_most = k.least(left_most + p.segment_columns, phase.w_positions)
    there = (d < phase.d_positions) & (h < phase.h_positions) & (left_most < right_most)
    with k.when(there):
        d_begin, d_first, d_taps = taps_inside(k, d * phase.d_stride + phase.d_base, phase, "d")
        h_begin, h_first, h_taps = taps_inside(k, h * phase.h_stride + phase.h_base, phase, "h")
        x = job.x + (n * p.example_x + d_begin * phase.d_x + h_begin * phase.h_x)
        weight = job.weight + (d_first * phase.d_weight + h_first * phase.h_weight)
        offset = n * p.example_y + d * phase.d_y + h * phase.h_y
        unrolled = shape.taps > 1
        reach = (shape.pixels - 1) * phase.w_stride + (phase.w_taps - 1) * phase.w_step + 1
        next_x = ((phase.h_taps - 1) * phase.h_step + phase.h_stride) * phase.h_x
        with k.loop(left_most, right_most, shape.pixels) as begin:
            # The last tile of a row overlaps the one before: the same sums, written twice.
            column = k.least(begin, phase.w_positions - shape.pixels)
            left = column * phase.w_stride + phase.w_base
            arguments = [
                *(x + left * phase.w_x, weight, job.start),
                *(job.y + (offset + column * phase.w_y), job.zeros),
                *(job.vectors, p.has_bias * groups.outputs),
                *(d_taps, phase.d_step * phase.d_x, phase.d_weight),
                *(h_taps, phase.h_step * phase.h_x, phase.h_weight),
                *(1 if unrolled else phase.w_taps, phase.w_step * phase.w_x, phase.w_weight),
                *(phase.w_step, next_x, left, phase.w_size),
                1 if unrolled else phase.w_stride,
                phase.w_x if unrolled else phase.w_x * phase.w_stride,
                *(p.C_out, phase.w_y),
                *(job.residual + (offset + column * phase.w_y), job.bounds),
                *(job.inputs_left, job.outputs_left),
            ]
            beyond = (left < 0) | (left + reach > phase.w_size)
            with k.either(beyond) as (then, otherwise):
                for border, context in ((True, then), (False, otherwise)):
                    with context:
                        _call(k, groups, shape, tiles, border, arguments)


def _call(
    k: Kernel, groups: LaneGroups, shape: Shape, tiles: Any, border: bool, arguments: list[Any]
) -> None:
    """Full tiles without masks, then what is left, vector by vector."""
    x, weight, start, y, zeros, vectors, start_step, *others = arguments
    *others, residual, bounds, inputs_left, outputs_left = others
    done = k.integer(0)
    if (border, False) in tiles:
        sets = k.least(outputs_left // groups.outputs, vectors) // shape.vectors
        ending = (residual, bounds, 0, 0)
        k.call(tiles[border, False], x, weight, start, y, zeros, sets, start_step, *others, *ending)
        done = sets * shape.vectors
    if (border, True) in tiles:
        done_in, done_out = done * groups.inputs, done * groups.outputs
        k.call(
            tiles[border, True],
            *(x + done_in, weight + done_out, start + done * start_step, y + done_out, zeros),
            *(vectors - done, start_step, *others, residual + done_out, bounds),
            *(inputs_left - done_in, outputs_left - done_out),
        )


def _define_tile(
    module: Module,
    groups: LaneGroups,
    shape: Shape,
    border: bool,
    rest: bool,
    streamed: bool,
    ending: tuple[int, ...],
) -> Any:
    """Write the tile: ``y[pixel] = start + Σ x[pixel · stride + tap · step] · w[tap]``.

    A ``border`` tile takes zeros for columns outside the image. While it computes, the row that
    the tile below it will be the first to see comes nearer. The ``rest`` of the channels is one
    masked vector after the other.
    """
    name = f"tile{'_border' if border else ''}{'_rest' if rest else ''}"
    lanes = groups.lanes
    shape = shape._replace(vectors=1) if rest else shape
    with module.function(name, _TILE, internal=True) as (k, *values):
        t = dict(zip((part.split(":")[0] for part in _TILE.split()), values, strict=True))
        with k.loop(0, t["sets"]) as number:
            at = number * shape.vectors
            in_lanes, out_lanes = at * groups.inputs, at * groups.outputs
            x_masks = out_mask = None
            if rest:
                x_masks = groups.masks(k, t["inputs_left"] - in_lanes)
                left = k.least(t["outputs_left"] - out_lanes, groups.outputs)
                out_mask = k.lanes_below(left, lanes)
            start = t["start"] + at * t["start_step"]
            sums: list[list[Any]] = []
            for v in range(shape.vectors):
                first = (start + t["start_step"] * v).load(lanes, out_mask)
                sums.append([k.variable(first) for _ in range(shape.pixels)])
            x_0, w_0 = t["x"] + in_lanes, t["w"] + out_lanes
            if not border:
                _prefetch(t, x_0, groups, shape)
            with k.loop(0, t["d_taps"]) as i:
                x_1, w_1 = x_0 + i * t["d_x"], w_0 + i * t["d_w"]
                with k.loop(0, t["h_taps"]) as j, k.loop(0, t["w_taps"]) as m:
                    x = x_1 + (j * t["h_x"] + m * t["w_x"])
                    w = w_1 + (j * t["h_w"] + m * t["w_w"])
                    columns = _columns(k, t, x, m, shape, border)
                    _add_row(t, columns, w, sums, groups, shape, x_masks, out_mask)
            finish = Finish(ending, (t["residual"], t["bounds"]), lanes)
            for pixel in range(shape.pixels):
                for v in range(shape.vectors):
                    offset = out_lanes + t["y_pixel"] * pixel + v * groups.outputs
                    value = finish(sums[v][pixel].get(), offset, lanes, out_mask)
                    if streamed and not rest:
                        (t["y"] + offset).stream(value)
                    else:
                        (t["y"] + offset).store(value, out_mask)
    return k.function


def _prefetch(t: Any, x: Pointer, groups: LaneGroups, shape: Shape) -> None:
    for column in range(shape.pixels * shape.stride):
        for v in range(shape.vectors):
            (x + (t["next_x"] + t["column_x"] * column) + v * groups.inputs).prefetch()


def _columns(
    k: Kernel, t: Any, x: Pointer, tap: Value, shape: Shape, border: bool
) -> dict[int, Pointer]:
    """Where the columns begin that the unrolled taps see."""
    columns = {number: x + t["column_x"] * number for number in shape.meetings()}
    if border:
        for number, column in columns.items():
            place = t["left"] + tap * t["w_step"] + t["column_step"] * number
            inside = (place >= 0) & (place < t["size"])
            columns[number] = Pointer(k, k.select(inside, column, t["zeros"]).ir, column.element)
    return columns


def _add_row(
    t: Any,
    columns: dict[int, Pointer],
    w: Pointer,
    sums: list[list[Any]],
    groups: LaneGroups,
    shape: Shape,
    x_masks: list[Value] | None,
    out_mask: Value | None,
) -> None:
    """Add the products of the unrolled taps to all sums."""
    k = w.k
    for v in range(shape.vectors):
        for j in range(groups.C_in_group):
            at_input = w + t["w_input"] * j + v * groups.outputs
            weights = [
                (at_input + t["w_w"] * tap).load(groups.lanes, out_mask)
                for tap in range(shape.taps)
            ]
            for number, meetings in shape.meetings().items():
                x = groups.load(columns[number] + v * groups.inputs, x_masks)
                spread = groups.spread(k, x, j)
                for pixel, tap in meetings:
                    total = sums[v][pixel]
                    total.set(k.multiply_add(spread, weights[tap], total.get()))


def taps_inside(k: Kernel, begin: Value, phase: Any, axis: str) -> tuple[Value, Value, Value]:
    """Of taps from ``begin`` on: the input of the first in the image, its number, how many."""
    size, step, taps = (getattr(phase, f"{axis}_{name}") for name in ("size", "step", "taps"))
    first = k.least((k.most(0 - begin, 0) + step - 1) // step, taps)
    end = k.least((k.most(size - begin, 0) + step - 1) // step, taps)
    return begin + first * step, first, k.most(end - first, 0)
