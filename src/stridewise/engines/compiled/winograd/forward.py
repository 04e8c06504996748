"""Winograd convolution, F(m×m, 3×3): fewer products for kernels of 3×3 at stride 1.

Images fall into tiles of ``m × m`` outputs, which see ``a × a`` inputs, ``a = m + 2``. Two kernels
work on a *chunk* of tiles. The first transforms the inputs: for each of the ``a²`` products of a
tile one row of channels. The second takes one panel of output channels after the other: it packs
and transforms the panel's weights, then, for a few rows of tiles at a time, computes ``a²``
matrix products with the register tile and transforms them into outputs. The transformed weights,
``a²/9`` times as large as the weights, never exist as a whole.

Numbers that are not finite would spread over their tile; so the second kernel takes note of
outputs that are not finite, and the caller computes such a convolution directly.
"""

from __future__ import annotations

from typing import Any

from stridewise.engines.compiled.code.compiler import SIGNATURE
from stridewise.engines.compiled.code.language import Kernel, Module, Pointer, Value
from stridewise.engines.compiled.tile.ending import BOUNDS, Finish
from stridewise.engines.compiled.tile.packing import pack, pack_transposed
from stridewise.engines.compiled.tile.tile import define_tile
from stridewise.engines.compiled.winograd.matrices import apply_twice, transforms

__all__ = [
    "HEADER_BYTES",
    "PARAMETERS",
    "build_input_transform",
    "build_products",
    "note_if_spoilt",
    "place_of",
]

# A buffer of transformed inputs begins with integers: the number of the first tile of the chunk,
# how many there are, and whether an output was not finite.
HEADER_BYTES = 64

PARAMETERS = (
    *("h_size", "w_size", "h_positions", "w_positions", "h_before", "w_before"),
    *("h_tiles", "w_tiles", "C_in", "C_out"),
    "chunk_plane",  # elements from one product's rows of channels to the next one's
    *("row_tiles", "part_row_tiles", "parts"),
    *("first_weight", "h_weight", "w_weight", "in_weight", "out_weight", "has_bias"),
    *("raw_size", "panel_size"),
    "matrix",  # elements from one matrix of a panel to the next one
    *BOUNDS,
)


def place_of(p: Any, tile: Value, m: int) -> tuple[Value, Value, Value]:
    """Example, row and column of the first output of a tile."""
    in_image, n = tile % (p.h_tiles * p.w_tiles), tile // (p.h_tiles * p.w_tiles)
    return n, in_image // p.w_tiles * m, in_image % p.w_tiles * m


def build_input_transform(module: Module, m: int, lanes: int, masked: int) -> None:
    """``v = Bᵀ d B`` for tiles ``first`` to ``last`` of a chunk; ``a`` is x, ``d`` the chunk."""
    a = m + 2
    matrix = transforms(m, 3).input
    signature = SIGNATURE.replace(" a:", " x:").replace(" d:", " chunk:")
    with module.function(module.symbol, signature) as (k, parameters, x, _b, _c, chunk, *rest):
        *_, patch, first, last = rest
        p = k.named(parameters, PARAMETERS)
        begin = chunk.as_ints()[0]
        rows_of = chunk + HEADER_BYTES // module.dtype.itemsize
        row_step = p.w_size * p.C_in
        with k.loop(first, last) as tile:
            n, row, column = place_of(p, tile + begin, m)
            top, left = row - p.h_before, column - p.w_before
            image = x + n * p.h_size * row_step
            seen = k.variable(image + (top * row_step + left * p.C_in))
            seen_row = k.variable(row_step)
            crosses = (top < 0) | (left < 0) | (top + a > p.h_size) | (left + a > p.w_size)
            with k.when(crosses):
                _copy_patch(k, p, patch, image, top, left, a)
                seen.set(patch)
                seen_row.set(p.C_in * a)
            target = rows_of + tile * p.C_in
            whole = p.C_in - p.C_in % lanes

            def transform(c: Value, mask: Value | None) -> None:
                square = [
                    [
                        (seen.get() + seen_row.get() * i + p.C_in * j + c).load(lanes, mask)
                        for j in range(a)
                    ]
                    for i in range(a)
                ]
                # What the tile below is the first to see is on its way meanwhile.
                for i in range(m):
                    for j in range(m):
                        ahead = (row + m + 1 + i) * row_step + (column + j) * p.C_in
                        (image + ahead + c).prefetch()
                for i, line in enumerate(apply_twice(k, matrix, square)):
                    for j, vector in enumerate(line):
                        (target + p.chunk_plane * (i * a + j) + c).store(vector, mask)

            with k.loop(0, whole, lanes) as c:
                transform(c, None)
            if masked:
                transform(whole, k.lanes_below(p.C_in - whole, lanes))


def _copy_patch(
    k: Kernel, p: Any, patch: Pointer, image: Pointer, top: Value, left: Value, a: int
) -> None:
    """Copy the inputs of a tile that reaches over a border, with zeros beyond it."""
    lower = k.least(k.most(0 - left, 0), a)
    upper = k.least(k.most(p.w_size - left, lower), a)
    with k.loop(0, a) as i:
        target, row = patch + i * a * p.C_in, top + i
        with k.either((row >= 0) & (row < p.h_size)) as (then, otherwise):
            with then:
                source = image + (row * p.w_size + left + lower) * p.C_in
                k.fill(target, lower * p.C_in)
                k.copy(target + lower * p.C_in, source, (upper - lower) * p.C_in)
                k.fill(target + upper * p.C_in, (a - upper) * p.C_in)
            with otherwise:
                k.fill(target, p.C_in * a)


def build_products(
    module: Module,
    m: int,
    rows: int,
    vectors: int,
    lanes: int,
    last_vectors: int,
    masked: int,
    turned: int,
    *ending: int,
) -> None:
    """Weights, products and outputs; ``a`` is the chunk, ``b`` weights, ``c`` bias, ``d`` y.

    ``ending`` are the flags of an :class:`Ending`, whose residual is ``e``.

    An item is a panel of output channels and a part of the chunk's tiles, which are cut into
    rows of the register tile, ``rows`` and ``rows - 1`` tall.
    """
    a, width = m + 2, vectors * lanes
    tiles = {
        (height, last): define_tile(
            module, height, last_vectors if last else vectors, lanes, masked=False
        )
        for height in (rows, max(rows - 1, 1))
        for last in (False, True)
    }
    signature = SIGNATURE
    with module.function(module.symbol, signature) as (
        k,
        parameters,
        chunk,
        weight,
        bias,
        y,
        *rest,
    ):
        residual, space, first, last_item = rest
        p = k.named(parameters, PARAMETERS)
        bounds = parameters + PARAMETERS.index(BOUNDS[0])
        notes = chunk.as_ints()
        begin, count = notes[0], notes[1]
        rows_of = chunk + HEADER_BYTES // module.dtype.itemsize
        long_tiles = count - p.row_tiles * (rows - 1) if rows > 1 else p.row_tiles
        # The panel: zeros (the products' start), the bias, and a² matrices (C_in, width).
        raw, panel = space, space + p.raw_size
        matrices, products = panel + 2 * width, panel + p.panel_size
        part_plane = p.part_row_tiles * (rows * width)
        packed = k.variable(-1)
        with k.loop(first, last_item) as item:
            number, part = item // p.parts, item % p.parts
            channel = number * width
            channels = k.least(p.C_out - channel, width)
            is_last = k.select(channel + width >= p.C_out, 1, 0)
            with k.when(packed.get() != number):
                packed.set(number)
                _pack_panel(
                    k,
                    p,
                    raw,
                    panel,
                    weight,
                    bias + channel,
                    channel,
                    channels,
                    m,
                    vectors,
                    lanes,
                    bool(turned),
                )
            first_row = part * p.part_row_tiles
            end_row = k.least(first_row + p.part_row_tiles, p.row_tiles)
            begin_tile = first_row * rows - k.most(first_row - long_tiles, 0)
            end_tile = end_row * rows - k.most(end_row - long_tiles, 0)
            with k.loop(0, a * a) as product, k.loop(first_row, end_row) as row:
                tile = row * rows - k.most(row - long_tiles, 0)
                arguments = (
                    rows_of + (product * p.chunk_plane + tile * p.C_in),
                    matrices + product * p.matrix,
                    panel,
                    products + (product * part_plane + (tile - begin_tile) * width),
                    *(p.C_in, 0, width, lanes),
                    *(1, 0, 0) * 3,
                    *(p.C_in, 1, width),
                )
                is_long = k.select(row < long_tiles, 1, 0)
                for (height, last), function in tiles.items():
                    wanted = (is_long == int(height == rows)) & (is_last == int(last))
                    with k.when(wanted):
                        k.call(function, *arguments)
            with k.loop(begin_tile, end_tile) as tile:
                place = place_of(p, begin + tile, m)
                source = products + (tile - begin_tile) * width
                for v in range(vectors):
                    with k.when(channels > v * lanes):
                        _transform_output(
                            k,
                            p,
                            source + v * lanes,
                            part_plane,
                            panel + (width + v * lanes),
                            y + (channel + v * lanes),
                            Finish(ending, (residual + (channel + v * lanes), bounds), lanes),
                            place,
                            channels - v * lanes,
                            notes,
                            m,
                            lanes,
                            bool(masked),
                        )


def _pack_panel(
    k: Kernel,
    p: Any,
    raw: Pointer,
    panel: Pointer,
    weight: Pointer,
    bias: Pointer,
    channel: Value,
    channels: Value,
    m: int,
    vectors: int,
    lanes: int,
    turned: bool,
) -> None:
    """Transform the weights of a panel: ``u = G g Gᵀ`` for every pair of channels."""
    width, a = vectors * lanes, m + 2
    k.fill(panel, k.integer(2 * width))
    with k.when(p.has_bias != 0):
        k.copy(panel + width, bias, channels)
    begin = weight + p.first_weight + channel * p.out_weight
    for h in range(3):
        for w in range(3):
            tap, target = begin + p.h_weight * h + p.w_weight * w, raw + p.matrix * (3 * h + w)
            if turned:
                pack_transposed(k, target, tap, p.C_in, p.out_weight, channels, vectors, lanes)
            else:
                pack(k, target, tap, p.C_in, p.in_weight, channels, vectors, lanes)
    matrix = transforms(m, 3).filter
    with k.loop(0, p.C_in * width, lanes) as at:
        square = [
            [(raw + p.matrix * (3 * h + w) + at).load(lanes) for w in range(3)] for h in range(3)
        ]
        for i, line in enumerate(apply_twice(k, matrix, square)):
            for j, vector in enumerate(line):
                (panel + 2 * width + p.matrix * (i * a + j) + at).store(vector)


def _transform_output(
    k: Kernel,
    p: Any,
    products: Pointer,
    plane: Value,
    bias: Pointer,
    y: Pointer,
    finish: Finish,
    place: tuple[Value, Value, Value],
    channels: Value,
    notes: Pointer,
    m: int,
    lanes: int,
    masked: bool,
) -> None:
    """``y = Aᵀ p A + bias`` of one tile, finished; take note if the sums are not finite."""
    a = m + 2
    n, row, column = place
    square = [[(products + plane * (i * a + j)).load(lanes) for j in range(a)] for i in range(a)]
    outputs = apply_twice(k, transforms(m, 3).output, square)
    start = bias.load(lanes)
    mask = k.lanes_below(channels, lanes) if masked else None
    y_row = p.w_positions * p.C_out
    first = (n * p.h_positions + row) * y_row + column * p.C_out
    results = []
    for i, line in enumerate(outputs):
        for j, vector in enumerate(line):
            result = vector + start
            results.append(result)
            inside = (row + i < p.h_positions) & (column + j < p.w_positions)
            offset = first + y_row * i + p.C_out * j
            if i == j == 0:
                (y + offset).store(finish(result, offset, lanes, mask), mask)
            else:
                with k.when(inside):
                    (y + offset).store(finish(result, offset, lanes, mask), mask)
    note_if_spoilt(k, results, notes)


def note_if_spoilt(k: Kernel, results: list[Value], notes: Pointer) -> None:
    """Take note if any of these vectors is not finite."""
    # 0 · v is 0 for every finite v, and NaN for every other.
    zeros = k.reals(0.0, results[0].ir.type.count)
    spoilt = zeros
    for result in results:
        spoilt = k.multiply_add(result, zeros, spoilt)
    with k.when(k.any_nan(spoilt)):
        (notes + 2).store(k.integer(1))
