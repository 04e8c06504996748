"""How pooling kernels walk: over windows, over the taps of one, over the windows of an element.

Pooling leaves channels alone, so they are the lanes of a vector. Where the channels do not fill
the last vector, it begins earlier and overlaps the one before: what both write is the same, and
nothing needs a mask. Three channels are two overlapping vectors of two lanes.

All axes are taken as three (depth, rows, columns), and an element's *place* is its flat number in
its example's spatial axes. Taps in the padding are left out by clipping ranges; there is no
padded copy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from stridewise.engines.compiled.code.language import Kernel, Value

__all__ = [
    "PARAMETERS",
    "Box",
    "Row",
    "Shape",
    "Window",
    "each_tap",
    "each_window",
    "tap_places",
    "vector_channels",
]

_AXIS = (
    *("size", "positions", "taps", "stride", "before", "step"),
    "reach",  # elements from the first tap to the last, both counted
    "place",  # places from one element to the next
    *("low", "high"),  # taps between these elements count in an average's divisor
)

PARAMETERS = (
    *(f"{axis}_{name}" for axis in "dhw" for name in _AXIS),
    *("C", "places", "outputs"),
    # A row is cut into pieces: of `w_piece` columns and `c_piece` groups of vectors.
    *("pieces", "c_pieces", "w_piece", "c_piece", "groups"),
    # Rows of windows that a gradient keeps: how many, in depth and height, and their elements.
    *("kept_d", "kept_h", "kept_row"),
)


class Row(NamedTuple):
    """A part of a row of windows: which row, and from where to where."""

    n: Value
    d: Value
    h: Value
    w_first: Value
    w_end: Value
    g_first: Value
    g_end: Value


class Box(NamedTuple):
    """The taps of a window that lie inside the image.

    Attributes
    ----------
    place : Value
        Of the first of them.
    counts : tuple of Value
        How many there are, in depth, height and width.
    counted : Value
        How many taps an average divides by.
    """

    place: Value
    counts: tuple[Value, Value, Value]
    counted: Value


class Shape(NamedTuple):
    """The vectors that are worked on together.

    Attributes
    ----------
    lanes, vectors : int
        Channels of a vector, and vectors of a group.
    exact : int
        Whether groups fill the channels; else the last vectors overlap.
    """

    lanes: int
    vectors: int
    exact: int


class Window(NamedTuple):
    """One window for one group of channels."""

    box: Box
    n: Value
    w: Value
    channels: list[Value]  # the first channel of each vector
    kernel: tuple[int, int] | None  # rows and columns, if all are inside and known now


class _Span(NamedTuple):
    first: Value
    taps: Value
    counted: Value


Visit = Callable[[list[Window]], None]
# Vectors of windows that are worked on together.
_TOGETHER = 4


def vector_channels(k: Kernel, p: Any, group: Value, shape: Shape) -> list[Value]:
    """The first channel of each vector of a group."""
    first = group * (shape.vectors * shape.lanes)
    channels = [first + v * shape.lanes for v in range(shape.vectors)]
    return channels if shape.exact else [k.least(c, p.C - shape.lanes) for c in channels]


def each_window(
    k: Kernel, p: Any, row: Row, shape: Shape, kernel: tuple[int, int], visit: Visit
) -> None:
    """Visit the windows of a row; those inside the image with their ``kernel``, if it is small.

    Neighbours inside the image are visited together, so that there is enough to do at once
    where the channels are few. A kernel of (0, 0) is one that is not unrolled.
    """
    d, h = _span(k, p, "d", row.d), _span(k, p, "h", row.h)
    first = d.first * p.d_place + h.first * p.h_place

    def visit_border(w: Value) -> None:
        span = _span(k, p, "w", w)
        counted = k.most(d.counted * h.counted * span.counted, 1)  # nothing but padding: 0 / 1
        box = Box(first + span.first, (d.taps, h.taps, span.taps), counted)
        with k.loop(row.g_first, row.g_end) as group:
            visit([Window(box, row.n, w, vector_channels(k, p, group, shape), None)])

    if kernel == (0, 0):
        with k.loop(row.w_first, row.w_end) as w:
            visit_border(w)
        return

    def visit_inside(w: Value, count: int) -> None:
        with k.loop(row.g_first, row.g_end) as group:
            channels = vector_channels(k, p, group, shape)
            visit([inside(w + number, channels) for number in range(count)])

    def inside(w: Value, channels: list[Value]) -> Window:
        box = Box(first + w * p.w_stride - p.w_before, (d.taps, h.taps, p.w_taps), all_taps)
        return Window(box, row.n, w, channels, kernel)

    all_taps = k.integer(kernel[0] * kernel[1])
    rows_inside = (d.taps == 1) & (h.taps == kernel[0])
    inside_first, inside_end = _inside(k, p, "w")
    inside_end = k.select(rows_inside, k.least(inside_end, row.w_end), 0)
    together = max(1, _TOGETHER // shape.vectors)
    at = k.variable(row.w_first)
    with k.repeat_while() as going_on:
        w = at.get()
        going_on(w < row.w_end)
        with k.either((w >= inside_first) & (w < inside_end)) as (is_inside, at_border):
            with is_inside, k.either(w + together <= inside_end) as (several, one):
                with several:
                    visit_inside(w, together)
                    at.set(w + together)
                with one:
                    visit_inside(w, 1)
                    at.set(w + 1)
            with at_border:
                visit_border(w)
                at.set(w + 1)


def each_tap(k: Kernel, p: Any, window: Window, visit: Callable[[Value], None]) -> None:
    """Visit the places of a window's taps, in row-major order."""
    begin = window.box.place
    if window.kernel:
        for tap in tap_places(p, window):
            visit(begin + tap)
        return
    d_step, h_step = p.d_step * p.d_place, p.h_step * p.h_place
    depth, height, width = window.box.counts
    with k.loop(0, depth) as d, k.loop(0, height) as h, k.loop(0, width) as w:
        visit(begin + d * d_step + h * h_step + w * p.w_step)


def tap_places(p: Any, window: Window) -> list[Value]:
    """Places of a small window's taps, counted from its first one: the same in all windows."""
    rows, columns = window.kernel or (0, 0)
    h_step = p.h_step * p.h_place
    return [h_step * row + p.w_step * column for row in range(rows) for column in range(columns)]


def _inside(k: Kernel, p: Any, axis: str) -> tuple[Value, Value]:
    """The first window with no tap before the image; the one after the last with none behind."""
    size, stride, before, reach = (
        getattr(p, f"{axis}_{name}") for name in ("size", "stride", "before", "reach")
    )
    room = size + before - reach
    first: Value = (before + stride - 1) // stride
    return first, k.select(room < 0, 0, k.most(room, 0) // stride + 1)


def _span(k: Kernel, p: Any, axis: str, position: Value) -> _Span:
    """What a window meets on one axis."""
    size, taps, stride, before, step, reach, low, high = (
        getattr(p, f"{axis}_{name}")
        for name in ("size", "taps", "stride", "before", "step", "reach", "low", "high")
    )
    start = position * stride - before
    first, met, counted = k.variable(start), k.variable(taps), k.variable(taps)
    with k.when((start < 0) | (start + reach > size)):  # else no division is needed
        begin, end = _between(k, start, step, taps, k.integer(0), size)
        first.set(start + begin * step)
        met.set(end - begin)
        begin, end = _between(k, start, step, taps, low, high)
        counted.set(end - begin)
    return _Span(first.get(), met.get(), counted.get())


def _between(
    k: Kernel, start: Value, step: Value, taps: Value, low: Value, high: Value
) -> tuple[Value, Value]:
    """The taps that lie from ``low`` to ``high``: the first, and the one after the last."""
    first = k.least((k.most(low - start, 0) + step - 1) // step, taps)
    end = k.least((k.most(high - start, 0) + step - 1) // step, taps)
    return first, k.most(end, first)
