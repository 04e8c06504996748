"""The gradient by the weights with few input channels: whole rows of windows in a register tile.

With one channel, or three, a tile whose rows are the input channels of one tap would be nearly
empty. But the columns of a window and their channels are neighbours in memory, and so a tile has a
row for each number of a row of the window; for each of several such rows, if registers remain:
all 25 of a window of 5×5 with one channel. The image is copied a block at a time, framed with
zeros, so that every window is whole.

There are few tiles then, too few to share them among threads. So the positions are cut into parts,
which have sums of their own, added up in the end. The parts are the same for any number of
threads: so are the sums, to the last bit.
"""

from __future__ import annotations

from typing import Any

from stridewise.engines.compiled.code.compiler import SIGNATURE
from stridewise.engines.compiled.code.language import Kernel, Module, Pointer, Value

__all__ = ["PARAMETERS", "SUM_PARAMETERS", "build_framed_gradient", "build_sum"]

_AXIS = ("size", "positions", "taps", "stride", "base", "step", "x", "y")

PARAMETERS = (
    *(f"{axis}_{name}" for axis in "dhw" for name in _AXIS),
    *("example_x", "example_y", "C_in", "C_out"),
    # A block: so many rows and columns of positions of one plane.
    *("block_rows", "block_columns", "h_blocks", "blocks"),
    # Elements of the sums: of a part, and from one part to the next.
    *("parts", "size", "part_size"),
    # A row of the window, cut into tiles; output channels, in panels.
    *("row_tiles", "long_tiles", "panels"),
    # Of the framed copy: elements of a row, and of a plane.
    *("frame_row", "frame_plane"),
)
SUM_PARAMETERS = ("parts", "size", "part_size")

_TILE = (
    "x:real* grad_y:real* grad:real* x_line:int grad_row:int last_lanes:int "
    "down:int x_down:int y_down:int right:int x_right:int y_right:int"
)


def build_framed_gradient(
    module: Module,
    rows: int,
    lines: int,
    vectors: int,
    last_vectors: int,
    lanes: int,
    masked: int,
) -> None:
    """Write the kernel; an item is a part of the positions, ``d`` the sums of all parts.

    Tiles have ``rows`` and ``rows - 1`` rows, which belong to ``lines`` rows of the window.
    """
    tiles = {
        (height, last): _define_tile(
            module, height, lines, last_vectors if last else vectors, lanes, bool(masked and last)
        )
        for height in ((rows, rows - 1) if lines == 1 and rows > 1 else (rows,))
        for last in (False, True)
    }
    signature = SIGNATURE.replace(" b:", " grad_y:").replace(" d:", " sums:")
    with module.function(module.symbol, signature) as (k, parameters, x, grad_y, _, sums, *rest):
        *_, frame, first_part, last_part = rest
        p = k.named(parameters, PARAMETERS)

        def add_block(n: Value, d: Value, h: Value, w: Value, grad: Pointer) -> None:
            h_end = k.least(h + p.block_rows, p.h_positions)
            w_end = k.least(w + p.block_columns, p.w_positions)
            _copy_framed(k, p, frame, x + n * p.example_x, d, (h, h_end), (w, w_end))
            y_here = grad_y + (n * p.example_y + d * p.d_y + h * p.h_y + w * p.w_y)
            with (
                k.loop(0, p.panels) as panel,
                k.loop(0, p.d_taps) as d_tap,
                k.loop(0, p.h_taps, lines) as h_tap,
                k.loop(0, p.row_tiles) as row_tile,
            ):
                row = row_tile * rows - k.most(row_tile - p.long_tiles, 0)
                channel = panel * (vectors * lanes)
                line = d_tap * p.h_taps + h_tap
                arguments = (
                    frame + (d_tap * p.frame_plane + h_tap * p.frame_row + row),
                    y_here + channel,
                    grad + ((line * p.w_taps * p.C_in + row) * p.C_out + channel),
                    *(p.frame_row, p.C_out),
                    p.C_out - channel - (last_vectors - 1) * lanes,
                    *(h_end - h, p.frame_row * p.h_stride, p.h_y),
                    *(w_end - w, p.w_stride * p.C_in, p.w_y),
                )
                is_long = k.select(row_tile < p.long_tiles, 1, 0)
                is_last = k.select(panel == p.panels - 1, 1, 0)
                for (height, last), tile in tiles.items():
                    is_this = (is_long == int(height == rows)) & (is_last == int(last))
                    with k.when(is_this):
                        k.call(tile, *arguments)

        with k.loop(first_part, last_part) as part:
            grad = sums + part * p.part_size
            k.fill(grad, p.size)
            first, end = (number * p.blocks // p.parts for number in (part, part + 1))
            with k.loop(first, end) as block:
                h_block, plane = block % p.h_blocks, block // p.h_blocks
                d, n = plane % p.d_positions, plane // p.d_positions
                with k.loop(0, p.w_positions, p.block_columns) as w:
                    add_block(n, d, h_block * p.block_rows, w, grad)


def _define_tile(
    module: Module, rows: int, lines: int, vectors: int, lanes: int, masked: bool
) -> Any:
    """Write ``grad[r] += Σ x[r]·grad_y`` for the rows of a tile, summed over a block.

    Rows of one line are neighbours in memory; lines are ``x_line`` apart.
    """
    run = rows // lines
    name = f"window_{rows}x{vectors}{'_masked' * masked}"
    if name in module.ir.globals:
        return module.ir.globals[name]
    with module.function(name, _TILE, internal=True) as (k, x, grad_y, grad, *numbers):
        x_line, grad_row, last_lanes, *steps = numbers
        down, x_down, y_down, right, x_right, y_right = steps
        mask = k.lanes_below(last_lanes, lanes) if masked else None
        masks = [None] * (vectors - 1) + [mask]
        places = [[grad + grad_row * r + v * lanes for v in range(vectors)] for r in range(rows)]
        sums = [
            [k.variable(place.load(lanes, mask)) for place, mask in zip(row, masks, strict=True)]
            for row in places
        ]
        with k.loop(0, down) as i, k.loop(0, right) as j:
            x_here = x + (i * x_down + j * x_right)
            y_here = grad_y + (i * y_down + j * y_right)
            gradients = [(y_here + v * lanes).load(lanes, masks[v]) for v in range(vectors)]
            for r in range(rows):
                number = k.broadcast(x_here[x_line * (r // run) + r % run], lanes)
                for total, gradient in zip(sums[r], gradients, strict=True):
                    total.set(k.multiply_add(number, gradient, total.get()))
        for row, totals in zip(places, sums, strict=True):
            for place, total, mask in zip(row, totals, masks, strict=True):
                place.store(total.get(), mask)
    return k.function


def build_sum(module: Module) -> None:
    """Write the sum over parts: ``a`` are the sums of all, ``d`` the gradient; an item a vector."""
    lanes = module.lanes
    with module.function(module.symbol, SIGNATURE) as (k, parameters, sums, _b, _c, grad, *rest):
        *_, first, last = rest
        p = k.named(parameters, SUM_PARAMETERS)
        with k.loop(first, last) as item:
            at = item * lanes
            total = k.variable(k.reals(0.0, lanes))
            with k.loop(0, p.parts) as part:
                total.set(total.get() + (sums + part * p.part_size + at).load(lanes))
            (grad + at).store(total.get(), k.lanes_below(p.size - at, lanes))


def _copy_framed(
    k: Kernel,
    p: Any,
    frame: Pointer,
    x: Pointer,
    d: Value,
    rows: tuple[Value, Value],
    columns: tuple[Value, Value],
) -> None:
    """Copy the input of a block of positions, with zeros where it reaches over the borders."""
    h, h_end = rows
    w, w_end = columns
    top, left = h * p.h_stride + p.h_base, w * p.w_stride + p.w_base
    height = (h_end - h - 1) * p.h_stride + p.h_taps
    width = (w_end - w - 1) * p.w_stride + p.w_taps
    lower = k.least(k.most(0 - left, 0), width)
    upper = k.least(k.most(p.w_size - left, lower), width)
    with k.loop(0, p.d_taps) as plane, k.loop(0, height) as number:
        target = frame + (plane * p.frame_plane + number * p.frame_row)
        d_input = d * p.d_stride + p.d_base + plane
        h_input = top + number
        met = (d_input >= 0) & (d_input < p.d_size) & (h_input >= 0) & (h_input < p.h_size)
        with k.either(met) as (then, otherwise):
            with then:
                source = x + (d_input * p.d_x + h_input * p.h_x + (left + lower) * p.w_x)
                k.fill(target, lower * p.C_in)
                k.copy(target + lower * p.C_in, source, (upper - lower) * p.C_in)
                k.fill(target + upper * p.C_in, (width - upper) * p.C_in)
            with otherwise:
                k.fill(target, width * p.C_in)
