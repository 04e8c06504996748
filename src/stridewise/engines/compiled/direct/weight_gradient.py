"""The gradient by the weights: the register tile, turned.

``grad_weight[tap, c, o] = Σ x[pixel + tap, c] · grad_y[pixel, o]``: here the rows of a tile are
input channels, its vectors output channels, and its steps go over pixels. A tile of the gradient
belongs to one thread, which adds up all pixels in one order: the result is the same, to the last
bit, whatever the number of threads.

Pixels come in blocks that stay in the L2 cache while all tiles pass. For few input channels there
is another kernel, in ``direct/framed_gradient.py``.

References
----------
E. Georganas et al., SC 2018, section II.J (weight gradient update).
"""

from __future__ import annotations

from stridewise.engines.compiled.code.compiler import SIGNATURE
from stridewise.engines.compiled.code.language import Kernel, Module, Value
from stridewise.engines.compiled.tile.tile import define_tile

__all__ = ["PARAMETERS", "build_weight_gradient"]

_AXIS = ("size", "positions", "taps", "stride", "base", "step", "x", "y")

PARAMETERS = (
    *(f"{axis}_{name}" for axis in "dhw" for name in _AXIS),
    *("N", "example_x", "example_y", "C_in", "C_in_group", "C_out", "C_out_group"),
    # A block: so many examples, so many rows and columns of positions of each.
    *("block_examples", "block_rows", "block_columns"),
    # The input channels of one tap, cut into tiles.
    *("row_tiles", "long_tiles", "group_panels"),
)


def build_weight_gradient(
    module: Module, rows: int, vectors: int, last_vectors: int, lanes: int, masked: int
) -> None:
    """Write the kernel for tiles of ``rows`` and ``rows - 1`` input channels.

    Panels of output channels have ``vectors`` vectors, the last of a group ``last_vectors``, not
    full if ``masked``.
    """
    tiles = {
        (height, last): define_tile(
            module,
            height,
            last_vectors if last else vectors,
            lanes,
            masked=bool(masked and last),
            w_masked=bool(masked and last),
        )
        for height in (rows, max(rows - 1, 1))
        for last in (False, True)
    }
    signature = SIGNATURE.replace(" b:", " grad_y:").replace(" d:", " grad_weight:")
    with module.function(module.symbol, signature) as (k, parameters, x, grad_y, _, grad, *rest):
        *_, first_item, last_item = rest
        p = k.named(parameters, PARAMETERS)
        with (
            k.loop(0, p.N, p.block_examples) as n,
            k.loop(0, p.d_positions) as d,
            k.loop(0, p.h_positions, p.block_rows) as h,
            k.loop(0, p.w_positions, p.block_columns) as w,
        ):
            examples = k.least(p.N - n, p.block_examples)
            h_end = k.least(h + p.block_rows, p.h_positions)
            w_end = k.least(w + p.block_columns, p.w_positions)
            with k.loop(first_item, last_item) as item:
                row_tile, rest_ = item % p.row_tiles, item // p.row_tiles
                w_tap, rest_ = rest_ % p.w_taps, rest_ // p.w_taps
                h_tap, rest_ = rest_ % p.h_taps, rest_ // p.h_taps
                d_tap, panel = rest_ % p.d_taps, rest_ // p.d_taps
                group, within = panel // p.group_panels, panel % p.group_panels
                row = row_tile * rows - k.most(row_tile - p.long_tiles, 0)
                channel = group * p.C_out_group + within * (vectors * lanes)

                d_input = d * p.d_stride + p.d_base + d_tap * p.d_step
                met = (d_input >= 0) & (d_input < p.d_size)
                h_offset = p.h_base + h_tap * p.h_step
                w_offset = p.w_base + w_tap * p.w_step
                h_from, h_to = _meeting(k, h_offset, p.h_stride, p.h_size, h, h_end)
                w_from, w_to = _meeting(k, w_offset, p.w_stride, p.w_size, w, w_end)
                x_here = x + (
                    n * p.example_x
                    + d_input * p.d_x
                    + (h_from * p.h_stride + h_offset) * p.h_x
                    + (w_from * p.w_stride + w_offset) * p.w_x
                    + (group * p.C_in_group + row)
                )
                tap = (d_tap * p.h_taps + h_tap) * p.w_taps + w_tap
                y_offset = n * p.example_y + d * p.d_y + h_from * p.h_y + w_from * p.w_y
                target = grad + ((tap * p.C_in_group + row) * p.C_out + channel)
                arguments = (
                    *(x_here, grad_y + (y_offset + channel), target, target),
                    *(1, p.C_out, p.C_out),
                    p.C_out_group - within * (vectors * lanes) - (last_vectors - 1) * lanes,
                    *(1, 0, 0),
                    *(examples, p.example_x, p.example_y),
                    *(h_to - h_from, p.h_stride * p.h_x, p.h_y),
                    *(w_to - w_from, p.w_stride * p.w_x, p.w_y),
                )
                is_long = k.select(row_tile < p.long_tiles, 1, 0)
                is_last = k.select(within == p.group_panels - 1, 1, 0)
                with k.when(met):
                    for (height, last), tile in tiles.items():
                        is_this = (is_long == int(height == rows)) & (is_last == int(last))
                        with k.when(is_this):
                            k.call(tile, *arguments)


def _meeting(
    k: Kernel, offset: Value, stride: Value, size: Value, low: Value, high: Value
) -> tuple[Value, Value]:
    """The positions from ``low`` to ``high`` at which a tap meets the image."""
    first = (k.most(0 - offset, 0) + stride - 1) // stride
    end = (k.most(size - offset, 0) + stride - 1) // stride
    begin = k.most(first, low)
    return begin, k.most(k.least(end, high), begin)
