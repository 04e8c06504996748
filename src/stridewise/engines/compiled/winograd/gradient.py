"""The gradient by the weights by Winograd's filtering, F(3×3, 4×4).

Within a tile, the 3×3 gradient is a correlation of the 6×6 inputs with the 4×4 gradients of the
outputs: 36 products instead of 144. Inputs are transformed as in the forward direction (the points
are the same), gradients by a matrix of their own. A tile of the register is one of channels here,
and its steps go over the image's tiles: it sums 36 matrices, which are transformed when a chunk is
done, and added to the gradient. Each part of the gradient belongs to one thread.
"""

from __future__ import annotations

from typing import Any

from stridewise.engines.compiled.code.compiler import SIGNATURE
from stridewise.engines.compiled.code.language import Kernel, Module, Pointer, Value
from stridewise.engines.compiled.tile.tile import define_tile
from stridewise.engines.compiled.winograd.forward import HEADER_BYTES, note_if_spoilt, place_of
from stridewise.engines.compiled.winograd.matrices import apply_twice, transforms

__all__ = ["PARAMETERS", "build_gradient_products", "build_gradient_transform"]

_TAPS, _OUTPUTS = 3, 4  # F(3×3, 4×4): the gradient is what the filtering gives
_A = _TAPS + _OUTPUTS - 1

PARAMETERS = (
    *("h_positions", "w_positions", "h_tiles", "w_tiles", "C_in", "C_out"),
    # Elements from one product's rows to the next one's: of the inputs, and of a panel.
    *("chunk_plane", "panel_plane", "panel_size"),
    *("row_tiles", "long_tiles"),
)


def build_gradient_transform(module: Module, width: int, lanes: int, masked: int) -> None:
    """``u = G g Gᵀ`` for the tiles of a chunk; ``a`` is grad_y, ``b`` the chunk, ``d`` panels.

    Panels of ``width`` output channels follow one another: (36, tiles, width).
    """
    matrix = transforms(_TAPS, _OUTPUTS).filter
    signature = SIGNATURE.replace(" a:", " grad_y:").replace(" b:", " chunk:")
    with module.function(module.symbol, signature) as (k, parameters, grad_y, chunk, _c, to, *rest):
        *_, first, last = rest
        p = k.named(parameters, PARAMETERS)
        begin = chunk.as_ints()[0]
        y_row = p.w_positions * p.C_out
        with k.loop(first, last) as tile:
            n, row, column = place_of(p, tile + begin, _OUTPUTS)
            source = grad_y + ((n * p.h_positions + row) * y_row + column * p.C_out)
            with k.loop(0, p.C_out, lanes) as c:
                mask = k.lanes_below(p.C_out - c, lanes) if masked else None
                square = [
                    [k.variable(k.reals(0.0, lanes)) for _ in range(_OUTPUTS)]
                    for _ in range(_OUTPUTS)
                ]
                for i in range(_OUTPUTS):
                    for j in range(_OUTPUTS):
                        inside = (row + i < p.h_positions) & (column + j < p.w_positions)
                        with k.when(inside):
                            place = source + y_row * i + p.C_out * j + c
                            square[i][j].set(place.load(lanes, mask))
                            # Of the tile below: rows of tiles are too short for the processor
                            # to see where they lead. Halves the time where grad_y is not cached.
                            (place + y_row * _OUTPUTS).prefetch()
                known = [[variable.get() for variable in line] for line in square]
                target = to + (c // width * p.panel_size + tile * width + c % width)
                for i, line in enumerate(apply_twice(k, matrix, known)):
                    for j, vector in enumerate(line):
                        (target + p.panel_plane * (i * _A + j)).store(vector)


def build_gradient_products(
    module: Module, rows: int, vectors: int, last_vectors: int, lanes: int, masked: int
) -> None:
    """Products and sums; ``a`` is the chunk, ``b`` panels, ``d`` the gradient by the weights."""
    width = vectors * lanes
    heights = (rows, max(rows - 1, 1))
    tiles = {
        (height, last): define_tile(
            module, height, last_vectors if last else vectors, lanes, masked=False
        )
        for height in heights
        for last in (False, True)
    }
    signature = SIGNATURE.replace(" b:", " panels:").replace(" d:", " grad_weight:")
    with module.function(module.symbol, signature) as (
        k,
        parameters,
        chunk,
        panels,
        _c,
        grad,
        *rest,
    ):
        *_, scratch, first, last_item = rest
        p = k.named(parameters, PARAMETERS)
        notes = chunk.as_ints()
        count = notes[1]
        rows_of = chunk + HEADER_BYTES // module.dtype.itemsize
        zeros, sums = scratch, scratch + width
        k.fill(zeros, k.integer(width))
        with k.loop(first, last_item) as item:
            number, row_tile = item // p.row_tiles, item % p.row_tiles
            row = row_tile * rows - k.most(row_tile - p.long_tiles, 0)
            height = k.select(row_tile < p.long_tiles, rows, heights[1])
            channel = number * width
            is_last = k.select(channel + width >= p.C_out, 1, 0)
            with k.loop(0, _A * _A) as product:
                arguments = (
                    rows_of + (product * p.chunk_plane + row),
                    panels + (number * p.panel_size + product * p.panel_plane),
                    zeros,
                    sums + product * (rows * width),
                    *(1, 0, width, lanes),
                    *(1, 0, 0) * 3,
                    *(count, p.C_in, width),
                )
                for (tall, last), tile in tiles.items():
                    with k.when((height == tall) & (is_last == int(last))):
                        k.call(tile, *arguments)
            with k.loop(0, height) as r:
                for v in range(vectors):
                    left = p.C_out - channel - v * lanes
                    with k.when(left > 0):
                        target = grad + ((row + r) * p.C_out + channel + v * lanes)
                        mask = k.lanes_below(left, lanes) if masked else None
                        _add_taps(
                            k,
                            p,
                            sums + r * width + v * lanes,
                            rows * width,
                            target,
                            lanes,
                            mask,
                            notes,
                        )


def _add_taps(
    k: Kernel,
    p: Any,
    sums: Pointer,
    plane: int,
    target: Pointer,
    lanes: int,
    mask: Value | None,
    notes: Pointer,
) -> None:
    """Transform the sums of one input channel and a vector of output channels; add nine taps."""
    square = [[(sums + plane * (i * _A + j)).load(lanes) for j in range(_A)] for i in range(_A)]
    results = []
    for i, line in enumerate(apply_twice(k, transforms(_TAPS, _OUTPUTS).output, square)):
        for j, vector in enumerate(line):
            tap = target + p.C_in * p.C_out * (i * _TAPS + j)
            result = tap.load(lanes, mask) + vector
            tap.store(result, mask)
            results.append(result)
    note_if_spoilt(k, results, notes)
