"""Which rows an item of a pooling kernel works on, and the gradients' way through them.

Forward, an item is a piece of a row of windows. Backward, it is a piece of a row of *input*, and
it gathers: an element of the input adds up what it gets from every window that covers it, in
the windows' order, and is written once. So no two threads write the same element, whatever they
share, and nothing has to be filled with zeros first.

What a window has to give (the place of its maximum, its share) is computed once for a row of
windows and kept while the input rows under it pass.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from stridewise.engines.compiled.code.language import Kernel, Pointer, Value, Variable
from stridewise.engines.compiled.pooling.windows import Row, Shape, vector_channels

__all__ = ["Block", "Covering", "each_row", "gather", "header_ints"]

# Before the rows that are kept: for each, its number, and while it is read, two offsets.
_HEADER_INTS = 3
_LINE_INTS = 8


Visit = Callable[[Value, int], None]  # a window, and a column that it covers


def header_ints(slots: Value | int) -> Any:
    """Integers before the kept rows, whose vectors shall not lie across cache lines."""
    return (slots * _HEADER_INTS + (_LINE_INTS - 1)) // _LINE_INTS * _LINE_INTS


class Covering(NamedTuple):
    """A window that covers an element of the input.

    Attributes
    ----------
    place : Value
        The element's, in its example.
    kept, grad_y : list of Value
        For each vector of channels, the window's offset in the kept rows and in ``grad_y``.
    x : list of Value
        The element's offset in ``x``.
    sums : list of Variable
        What the element has got.
    """

    place: Value
    kept: list[Value]
    grad_y: list[Value]
    x: list[Value]
    sums: list[Variable]


class Block(NamedTuple):
    """Columns of the input that are summed up together: some cells, each of a window's stride.

    Attributes
    ----------
    taps, stride : int
        The columns of a window, and from one to the next.
    cells : int
        How many; 0 if columns are taken one by one.
    """

    taps: int
    stride: int
    cells: int

    @property
    def columns(self) -> int:
        """How many columns of the input."""
        return self.cells * self.stride

    @property
    def overlap(self) -> int:
        """How many windows reach into a cell from before it."""
        return (self.taps - 1) // self.stride

    def cover(self, cell: Value, visit: Visit) -> None:
        """Visit each window with each column that it covers; the first ones begin earlier."""
        for window in range(-self.overlap, self.cells):
            begin = window * self.stride
            for column in range(max(begin, 0), min(begin + self.taps, self.columns)):
                visit(cell + window, column)


def each_row(
    k: Kernel, p: Any, first_item: Value, last_item: Value, visit: Callable[[Row], None]
) -> None:
    """Visit pieces of rows of windows."""
    with k.loop(first_item, last_item) as item:
        piece, row = item % p.pieces, item // p.pieces
        h, rest = row % p.h_positions, row // p.h_positions
        d, n = rest % p.d_positions, rest // p.d_positions
        visit(Row(n, d, h, *_piece(k, p, piece, p.w_positions)))


def _piece(k: Kernel, p: Any, piece: Value, columns: Value) -> tuple[Value, Value, Value, Value]:
    w_first, g_first = piece // p.c_pieces * p.w_piece, piece % p.c_pieces * p.c_piece
    w_end, g_end = k.least(w_first + p.w_piece, columns), k.least(g_first + p.c_piece, p.groups)
    return w_first, w_end, g_first, g_end


def gather(
    k: Kernel,
    p: Any,
    grad_x: Pointer,
    header: Pointer,
    items: tuple[Value, Value],
    shape: Shape,
    block: Block,
    dilated: bool,
    keep: Callable[[Row, Value], None],
    add: Callable[[Covering], None],
    write: Callable[[Pointer, Value], None] = Pointer.store,
) -> None:
    """Write a gradient by the input.

    ``keep(row, offset)`` computes a row of windows; ``add`` adds what one of them gives. With
    ``dilated``, windows are left out that cover an element but do not have a tap there. Columns
    are summed up in blocks where all their windows exist, and ``write`` stores the sums.
    """
    numbers, offsets = header, header + p.kept_d * p.kept_h
    with k.loop(0, p.kept_d * p.kept_h) as slot:
        (numbers + slot).store(k.integer(-1))
    with k.loop(*items) as item:
        h, rest = item % p.h_size, item // p.h_size  # rows follow one another within a piece
        d, rest = rest % p.d_size, rest // p.d_size
        piece, n = rest % p.pieces, rest // p.pieces
        part = Row(n, d, h, *_piece(k, p, piece, p.w_size))
        first_window = _first_covering(k, p, "w", part.w_first)
        end_window = _end_covering(k, p, "w", part.w_end - 1)
        met = k.variable(0)
        with (
            k.loop(_first_covering(k, p, "d", d), _end_covering(k, p, "d", d)) as window_d,
            k.loop(_first_covering(k, p, "h", h), _end_covering(k, p, "h", h)) as window_h,
        ):
            row = part._replace(d=window_d, h=window_h, w_first=first_window, w_end=end_window)
            number = (rest * p.d_positions + window_d) * p.h_positions + window_h
            slot = window_d % p.kept_d * p.kept_h + window_h % p.kept_h
            with k.when(numbers[slot] != number):
                (numbers + slot).store(number)
                keep(row, slot * p.kept_row)
            with k.when(_has_tap(k, p, "d", d, window_d, dilated)):  # noqa: SIM117 in this order
                with k.when(_has_tap(k, p, "h", h, window_h, dilated)):
                    (offsets + met.get() * 2).store(slot * p.kept_row)
                    row_number = (n * p.d_positions + window_d) * p.h_positions + window_h
                    (offsets + met.get() * 2 + 1).store(row_number * p.w_positions)
                    met.set(met.get() + 1)
        _gather_row(
            k, p, grad_x, part, offsets, met.get(), first_window, shape, block, dilated, add, write
        )


def _gather_row(
    k: Kernel,
    p: Any,
    grad_x: Pointer,
    row: Row,
    offsets: Pointer,
    met: Value,
    first_window: Value,
    shape: Shape,
    block: Block,
    dilated: bool,
    add: Callable[[Covering], None],
    put: Callable[[Pointer, Value], None],
) -> None:
    part_first, part_channels = kept_channels(k, p, row, shape)
    row_place = row.d * p.d_place + row.h * p.h_place

    def write(w: Value, columns: int, cover: Callable[[Visit], None]) -> None:
        """Sum up what columns get from the windows that ``cover`` visits."""
        places = [row_place + w + column for column in range(columns)]
        pixels = [(row.n * p.places + place) * p.C for place in places]
        with k.loop(row.g_first, row.g_end) as group:
            channels = vector_channels(k, p, group, shape)
            sums = [[k.variable(k.reals(0.0, shape.lanes)) for _ in channels] for _ in pixels]
            with k.loop(0, met) as number:
                kept_row, grad_row = offsets[number * 2], offsets[number * 2 + 1]

                def visit(window: Value, column: int) -> None:
                    begin = kept_row + (window - first_window) * part_channels - part_first
                    pixel = (grad_row + window) * p.C
                    add(
                        Covering(
                            places[column],
                            [begin + c for c in channels],
                            [pixel + c for c in channels],
                            [pixels[column] + c for c in channels],
                            sums[column],
                        )
                    )

                cover(visit)
            for pixel, totals in zip(pixels, sums, strict=True):
                for c, total in zip(channels, totals, strict=True):
                    put(grad_x + (pixel + c), total.get())

    def write_one(w: Value) -> None:
        first, end = _first_covering(k, p, "w", w), _end_covering(k, p, "w", w)

        def cover(visit: Visit) -> None:
            with k.loop(first, end) as window, _has_tap_when(k, p, w, window, dilated):
                visit(window, 0)

        write(w, 1, cover)

    if not block.cells:
        with k.loop(row.w_first, row.w_end) as w:
            write_one(w)
        return

    at = k.variable(row.w_first)
    with k.repeat_while() as going_on:
        w = at.get()
        going_on(w < row.w_end)
        cell = (w + p.w_before) // block.stride
        begins = (cell * block.stride == w + p.w_before) & (cell >= block.overlap)

        def fits(tried: Block) -> Value:
            inside = (cell + tried.cells <= p.w_positions) & (w + tried.columns <= row.w_end)
            fitting: Value = begins & inside
            return fitting

        def write_block(tried: Block) -> None:
            write(w, tried.columns, functools.partial(tried.cover, cell))
            at.set(w + tried.columns)

        single = block._replace(cells=1)
        with k.either(fits(single)) as (is_inside, at_border):
            with is_inside, k.either(fits(block)) as (several, one):
                with several:
                    write_block(block)
                with one:
                    write_block(single)
            with at_border:
                write_one(w)
                at.set(w + 1)


def kept_channels(k: Kernel, p: Any, row: Row, shape: Shape) -> tuple[Value, Value]:
    """The first channel of a kept row, and how many channels it has."""
    width = shape.vectors * shape.lanes
    first = k.least(row.g_first * width, p.C - shape.lanes)
    return first, k.least(row.g_end * width, p.C) - first


def _first_covering(k: Kernel, p: Any, axis: str, at: Value) -> Value:
    """The first window on an axis that reaches over an element."""
    stride, before, reach = (getattr(p, f"{axis}_{name}") for name in ("stride", "before", "reach"))
    first: Value = (k.most(at + before - reach + 1, 0) + stride - 1) // stride
    return first


def _end_covering(k: Kernel, p: Any, axis: str, at: Value) -> Value:
    """The window after the last one that begins at or before an element."""
    stride, before = getattr(p, f"{axis}_stride"), getattr(p, f"{axis}_before")
    return k.least((at + before) // stride + 1, getattr(p, f"{axis}_positions"))


def _has_tap(k: Kernel, p: Any, axis: str, at: Value, window: Value, dilated: bool) -> Value:
    """Whether one of the window's taps is at the element, and not only between two of them."""
    if not dilated:
        return k.integer(0) == 0
    stride, before, step = (getattr(p, f"{axis}_{name}") for name in ("stride", "before", "step"))
    has_tap: Value = (at + before - window * stride) % step == 0
    return has_tap


def _has_tap_when(k: Kernel, p: Any, at: Value, window: Value, dilated: bool) -> Any:
    return k.when(_has_tap(k, p, "w", at, window, dilated))
