"""Direct convolution: register tiles that read the image where it is.

The work is a list of (set of panels, tile of pixels), cut into one part a thread. A thread packs a
set of panels when it comes to the first of its tiles, and they stay in its L2 cache while all
their tiles pass. Taps above and below the image are left out; a tile that reaches over the left or
right border gets a small copy of what it sees, framed with zeros.

Everything is written for three spatial axes; lower ranks have axes of size 1 in front. Gradients
by the input are computed by the same kernel with other weights and steps: see
``planning/axis_problem.py``.

References
----------
E. Georganas et al., SC 2018; J. Zhang, F. Franchetti, T. M. Low, "High Performance Zero-Memory
Overhead Direct Convolutions", ICML 2018.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from stridewise.engines.compiled.code.compiler import SIGNATURE
from stridewise.engines.compiled.code.language import Kernel, Module, Pointer, Value
from stridewise.engines.compiled.tile.ending import BOUNDS
from stridewise.engines.compiled.tile.packing import pack, pack_transposed
from stridewise.engines.compiled.tile.tile import define_tile

__all__ = ["PARAMETERS", "build_direct", "build_panels"]

_AXIS = ("size", "positions", "taps", "stride", "base", "step", "x", "y", "weight")

PARAMETERS = (
    # Of depth, rows and columns: the axis problem, and how far neighbours are apart in memory.
    *(f"{axis}_{name}" for axis in "dhw" for name in _AXIS),
    *("example_x", "example_y", "first_y", "first_weight"),
    # A row of positions is cut into `row_tiles` tiles, `long_tiles` of them one pixel longer.
    *("tiles", "row_tiles", "long_tiles"),
    *("C_in", "C_in_group", "C_out_group"),
    *("panels", "panel_size", "group_panels", "set_panels"),
    # The two inner loops of a tile: columns of the kernel, and channels (or both in one).
    *("columns", "column_x", "run"),
    *("in_weight", "out_weight", "group_weight", "has_bias"),
    # Elements of a panel from tap to tap in depth and in height.
    *("d_panel", "h_panel"),
    # The copy of what a tile at a border sees: as it is in the image, or tap by tap.
    *("patch_size", "patch_by_taps"),
    *BOUNDS,
)


def build_direct(
    module: Module,
    rows: int,
    vectors: int,
    last_vectors: int,
    lanes: int,
    masked: int,
    turned: int,
    packed: int,
    streamed: int,
    *ending: int,
) -> None:
    """Write the kernel for tiles of ``rows`` and ``rows - 1`` pixels.

    Panels have ``vectors`` vectors, the last one of a group ``last_vectors``, not full if
    ``masked``. ``turned`` weights have their reduced channels next to one another in memory;
    ``packed`` ones come as panels already. ``streamed`` outputs are written past the caches;
    ``ending`` are the flags of an :class:`Ending`, whose residual is ``e``.
    """
    width = vectors * lanes
    tiles = {
        (height, last): define_tile(
            module,
            height,
            last_vectors if last else vectors,
            lanes,
            masked=bool(masked and last),
            streamed=bool(streamed),
            ending=ending,
        )
        for height in (rows, max(rows - 1, 1))
        for last in (False, True)
    }
    with module.function(module.symbol, SIGNATURE) as (k, parameters, x, weight, bias, y, *rest):
        residual, patch, first_item, last_item = rest
        p = k.named(parameters, PARAMETERS)
        bounds = parameters + PARAMETERS.index(BOUNDS[0])
        packed_set = k.variable(-1)
        with k.loop(first_item, last_item) as item:
            panel_set = item // p.tiles
            first = panel_set * p.set_panels
            end = k.least(first + p.set_panels, p.panels)
            if packed:
                panels = weight + first * p.panel_size
            else:
                panels = patch + p.patch_size
                with k.when(packed_set.get() != panel_set):
                    packed_set.set(panel_set)
                    with k.loop(first, end) as number:
                        panel = panels + (number - first) * p.panel_size
                        _pack_panel(k, p, panel, number, weight, bias, vectors, lanes, bool(turned))
            seen = _see(k, p, x, item % p.tiles, patch, rows)
            with k.loop(first, end) as number:
                panel = panels + (number - first) * p.panel_size
                group, within = number // p.group_panels, number % p.group_panels
                offset = seen.y + group * p.C_out_group + within * width
                arguments = [
                    seen.x + group * p.C_in_group,
                    panel + width + seen.first_tap,
                    panel,
                    y + offset,
                    *(seen.pixel_x, 0, p.w_y),
                    p.C_out_group - within * width - (last_vectors - 1) * lanes,
                    *(seen.d_taps, seen.d_x, p.d_panel),
                    *(seen.h_taps, seen.h_x, p.h_panel),
                    *(p.columns, seen.column_x, p.run * width),
                    *(p.run, 1, width),
                ]
                if any(ending):
                    arguments += [residual + offset, bounds]
                is_last = k.select(within == p.group_panels - 1, 1, 0)
                for (height, last), tile in tiles.items():
                    with k.when((seen.pixels == height) & (is_last == int(last))):
                        k.call(tile, *arguments)
        if streamed:
            k.fence()


def build_panels(module: Module, vectors: int, lanes: int, turned: int) -> None:
    """Write the kernel that packs panels of weights, one an item, into ``d``."""
    with module.function(module.symbol, SIGNATURE) as (k, parameters, _, weight, bias, to, *rest):
        *_, first, last = rest
        p = k.named(parameters, PARAMETERS)
        with k.loop(first, last) as number:
            panel = to + number * p.panel_size
            _pack_panel(k, p, panel, number, weight, bias, vectors, lanes, bool(turned))


def _pack_panel(
    k: Kernel,
    p: Any,
    panel: Pointer,
    number: Value,
    weight: Pointer,
    bias: Pointer,
    vectors: int,
    lanes: int,
    turned: bool,
) -> None:
    group, within = number // p.group_panels, number % p.group_panels
    channel = within * (vectors * lanes)
    width = k.least(p.C_out_group - channel, vectors * lanes)
    for v in range(vectors):
        (panel + v * lanes).store(k.reals(0.0, lanes))
    with k.when(p.has_bias != 0), k.loop(0, width) as c:
        (panel + c).store(bias[group * p.C_out_group + channel + c])
    begin = weight + p.first_weight + group * p.group_weight + channel * p.out_weight
    target = k.variable(panel + vectors * lanes)
    with k.loop(0, p.d_taps) as d, k.loop(0, p.h_taps) as h, k.loop(0, p.w_taps) as w:
        tap = begin + d * p.d_weight + h * p.h_weight + w * p.w_weight
        if turned:
            pack_transposed(k, target.get(), tap, p.C_in_group, p.out_weight, width, vectors, lanes)
        else:
            pack(k, target.get(), tap, p.C_in_group, p.in_weight, width, vectors, lanes)
        target.set(target.get() + p.C_in_group * (vectors * lanes))


class _Seen(NamedTuple):
    """What one tile of pixels sees, and where it goes."""

    x: Pointer
    y: Value  # elements before it
    pixels: Value
    # Taps that meet the image in depth and height.
    d_taps: Value
    h_taps: Value
    # How far taps, and pixels of the tile, are apart in x.
    d_x: Value
    h_x: Value
    column_x: Value
    pixel_x: Value
    # Elements of a panel before the first of them.
    first_tap: Value


def _see(k: Kernel, p: Any, x: Pointer, tile: Value, patch: Pointer, rows: int) -> _Seen:
    """Find the pixels of a tile and their input; copy the input if it crosses a border."""
    row, in_row = tile // p.row_tiles, tile % p.row_tiles
    h, rest = row % p.h_positions, row // p.h_positions
    d, n = rest % p.d_positions, rest // p.d_positions
    d_begin, d_first, d_taps = _inside(k, d * p.d_stride + p.d_base, p.d_step, p.d_taps, p.d_size)
    h_begin, h_first, h_taps = _inside(k, h * p.h_stride + p.h_base, p.h_step, p.h_taps, p.h_size)
    row_x = x + (n * p.example_x + d_begin * p.d_x + h_begin * p.h_x)

    pixels = k.select(in_row < p.long_tiles, rows, max(rows - 1, 1))
    column = in_row * rows - k.most(in_row - p.long_tiles, 0)
    left = column * p.w_stride + p.w_base
    width = (pixels - 1) * p.w_stride + (p.w_taps - 1) * p.w_step + 1

    steps = (p.d_step * p.d_x, p.h_step * p.h_x, p.column_x, p.w_stride * p.w_x)
    seen_x = [k.variable(value) for value in (row_x + left * p.w_x, *steps)]
    with k.when((left < 0) | (left + width > p.w_size)):
        by_taps = p.patch_by_taps != 0
        row_size = k.select(by_taps, pixels * p.w_taps, width) * p.C_in
        with k.loop(0, d_taps) as i, k.loop(0, h_taps) as j:
            row = row_x + (i * steps[0] + j * steps[1])
            target = patch + (i * h_taps + j) * row_size
            with k.either(by_taps) as (tapwise, whole):
                with tapwise, k.loop(0, pixels) as pixel, k.loop(0, p.w_taps) as tap:
                    begin = left + pixel * p.w_stride + tap * p.w_step
                    _copy_columns(
                        k, p, target + (pixel * p.w_taps + tap) * p.C_in, row, begin, k.integer(1)
                    )
                with whole:
                    _copy_columns(k, p, target, row, left, width)
        column_x = k.select(by_taps, p.C_in, p.column_x)
        pixel_x = k.select(by_taps, p.w_taps, p.w_stride) * p.C_in
        in_patch = (patch, h_taps * row_size, row_size, column_x, pixel_x)
        for variable, value in zip(seen_x, in_patch, strict=True):
            variable.set(value)
    begin, d_x, h_x, column_x, pixel_x = (variable.get() for variable in seen_x)
    offset = p.first_y + n * p.example_y + d * p.d_y + h * p.h_y + column * p.w_y
    first_tap = d_first * p.d_panel + h_first * p.h_panel
    return _Seen(begin, offset, pixels, d_taps, h_taps, d_x, h_x, column_x, pixel_x, first_tap)


def _copy_columns(
    k: Kernel, p: Any, target: Pointer, row: Pointer, left: Value, width: Value
) -> None:
    """Copy columns of a row of the image, with zeros for those beyond its borders."""
    lower = k.least(k.most(0 - left, 0), width)
    upper = k.least(k.most(p.w_size - left, lower), width)
    k.fill(target, lower * p.C_in)
    k.copy(target + lower * p.C_in, row + (left + lower) * p.w_x, (upper - lower) * p.C_in)
    k.fill(target + upper * p.C_in, (width - upper) * p.C_in)


def _inside(
    k: Kernel, begin: Value, step: Value, taps: Value, size: Value
) -> tuple[Value, Value, Value]:
    """Of taps from ``begin`` on: the input of the first in the image, its number, how many."""
    first = k.least((k.most(0 - begin, 0) + step - 1) // step, taps)
    end = k.least((k.most(size - begin, 0) + step - 1) // step, taps)
    return begin + first * step, first, k.most(end - first, 0)
