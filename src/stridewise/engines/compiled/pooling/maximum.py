"""Max pooling and its gradient, compiled.

A window's maximum, and if needed its place, stay in registers while the taps pass. The gradient
finds the places again rather than keep them from forward: that costs less than to read them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir

from stridewise.arrays import Array
from stridewise.engines.compiled.code.addresses import address_of
from stridewise.engines.compiled.code.compiler import SIGNATURE
from stridewise.engines.compiled.code.language import Kernel, Module, Pointer, Value
from stridewise.engines.compiled.pooling.plan import (
    Problem,
    backward_plan,
    forward_plan,
    leaves_gaps,
)
from stridewise.engines.compiled.pooling.rows import (
    Block,
    Covering,
    each_row,
    gather,
    header_ints,
    kept_channels,
)
from stridewise.engines.compiled.pooling.windows import (
    PARAMETERS,
    Row,
    Shape,
    Window,
    each_tap,
    each_window,
    tap_places,
)
from stridewise.engines.compiled.pooling.winners import first_winners, window_maximum
from stridewise.engines.compiled.running.outputs import empty
from stridewise.engines.compiled.running.plan import Plan
from stridewise.engines.num_threads import get_num_threads
from stridewise.engines.protocol import Ties
from stridewise.specs import PoolSpec

__all__ = ["max_pool", "max_pool_grad"]

_INT = ir.IntType(64)
# The maximum and its place, and the values that are looked at meanwhile: see pooling_maximum.
_REGISTERS = 8
# A gradient has several columns of the input in registers.
_GRADIENT_REGISTERS = 16


def max_pool(x: Array, spec: PoolSpec, *, indices: bool) -> tuple[Array, Array | None]:
    """Keep the largest value of each window and, if asked, its place."""
    N, C = x.shape[0], x.shape[-1]
    y = np.empty((N, *spec.output_size, C), x.dtype)
    where = np.empty(y.shape, np.int64) if indices else None
    if y.size:
        x = np.ascontiguousarray(x)
        plan = _forward_plan(spec, N, C, x.dtype.char, indices, get_num_threads())
        plan.run(address_of(x), address_of(y), address_of(where), 0)
    return y, where


def max_pool_grad(grad_y: Array, x: Array, spec: PoolSpec, ties: Ties) -> Array:
    """Gather, for each element, the gradients of the windows in which it is the maximum."""
    N, C = x.shape[0], x.shape[-1]
    # Windows that lie apart write only their own elements.
    grad_x = (np.zeros if leaves_gaps(spec) else empty)(x.shape, grad_y.dtype)
    if grad_x.size:
        x, grad_y = np.ascontiguousarray(x), np.ascontiguousarray(grad_y)
        plan = _backward_plan(spec, N, C, x.dtype.char, ties, get_num_threads())
        plan.run(address_of(grad_y), address_of(x), address_of(grad_x), 0)
    return grad_x


@lru_cache(1024)
def _forward_plan(spec: PoolSpec, N: int, C: int, dtype: str, indices: bool, threads: int) -> Plan:
    problem = Problem(spec, N, C, np.dtype(dtype), threads, _REGISTERS)
    bits = problem.number_bits if indices else 0
    return forward_plan(problem, build_max_pool, *problem.unrolled, bits)


@lru_cache(1024)
def _backward_plan(spec: PoolSpec, N: int, C: int, dtype: str, ties: Ties, threads: int) -> Plan:
    problem = Problem(spec, N, C, np.dtype(dtype), threads, _GRADIENT_REGISTERS)
    bits, every = problem.number_bits, ties == "all"
    streamed = int(problem.is_streamed)
    if problem.is_apart:
        problem = problem._replace(may_mask=True)
        flags = (int(every), int(problem.is_masked), streamed)
        return forward_plan(problem, build_max_pool_grad_apart, *problem.unrolled, bits, *flags)
    dilated = every and max(spec.dilation) > 1  # a place that won is that of a tap
    kept_bytes = bits // 8 + (problem.dtype.itemsize if every else 0)
    sizes = (*problem.unrolled, bits, int(every), int(dilated), *problem.block, streamed)
    return backward_plan(problem, build_max_pool_grad, kept_bytes, *sizes)


def build_max_pool(
    module: Module, lanes: int, vectors: int, exact: int, rows: int, columns: int, bits: int
) -> None:
    """Write the forward kernel; with ``bits``, it stores indices."""
    with module.function(module.symbol, SIGNATURE) as (k, parameters, x, y, where, *rest):
        p, shape = k.named(parameters, PARAMETERS), Shape(lanes, vectors, exact)
        indices = where.seen_as(_INT)

        def visit_row(row: Row) -> None:
            number = (row.n * p.d_positions + row.d) * p.h_positions + row.h

            def visit(windows: list[Window]) -> None:
                found = [window_maximum(k, p, x, window, lanes, bits) for window in windows]
                for window, (best, places) in zip(windows, found, strict=True):
                    pixel = (number * p.w_positions + window.w) * p.C
                    for v, c in enumerate(window.channels):
                        (y + (pixel + c)).store(best[v].get())
                        if bits:
                            (indices + (pixel + c)).store(k.converted(places[v].get(), _INT))

            each_window(k, p, row, shape, (rows, columns), visit)

        each_row(k, p, rest[-2], rest[-1], visit_row)


def build_max_pool_grad(
    module: Module,
    lanes: int,
    vectors: int,
    exact: int,
    rows: int,
    columns: int,
    bits: int,
    every: int,
    dilated: int,
    stride: int,
    cells: int,
    streamed: int,
) -> None:
    """Write the backward kernel; ``every`` maximum gets the gradient, or the first one.

    With ``every``, rows of windows keep the maxima, and places only of NaNs.
    """
    with module.function(module.symbol, SIGNATURE) as (k, parameters, grad_y, x, grad_x, *rest):
        *_, scratch, first, last = rest
        p, shape = k.named(parameters, PARAMETERS), Shape(lanes, vectors, exact)
        number = ir.IntType(bits)
        slots = p.kept_d * p.kept_h
        header = scratch.seen_as(_INT)
        kept_places = (header + header_ints(slots)).seen_as(number)
        kept_best = (kept_places + slots * p.kept_row).seen_as(module.real)

        def keep(row: Row, offset: Value) -> None:
            first_channel, count = kept_channels(k, p, row, shape)

            def visit(windows: list[Window]) -> None:
                found = [window_maximum(k, p, x, window, lanes, bits) for window in windows]
                for window, (best, places) in zip(windows, found, strict=True):
                    begin = offset + (window.w - row.w_first) * count - first_channel
                    for v, c in enumerate(window.channels):
                        place = places[v].get()
                        if every:
                            (kept_best + (begin + c)).store(best[v].get())
                            place = k.select(k.is_nan(best[v].get()), place, -1)
                        (kept_places + (begin + c)).store(place)

            each_window(k, p, row, shape, (rows, columns), visit)

        def add(window: Covering) -> None:
            place = k.broadcast(k.converted(window.place, number), lanes)
            for kept, at_y, at_x, total in zip(*window[1:], strict=True):
                won = (kept_places + kept).load(lanes) == place
                if every:
                    won = won | ((kept_best + kept).load(lanes) == (x + at_x).load(lanes))
                more = total.get() + (grad_y + at_y).load(lanes)
                total.set(k.select(won, more, total.get()))

        gather(
            k,
            p,
            grad_x,
            header,
            (first, last),
            shape,
            Block(columns, stride, cells),
            bool(dilated),
            keep,
            add,
            Pointer.stream if streamed else Pointer.store,
        )
        if streamed:
            k.fence()


def build_max_pool_grad_apart(
    module: Module,
    lanes: int,
    vectors: int,
    exact: int,
    rows: int,
    columns: int,
    bits: int,
    every: int,
    masked: int,
    streamed: int,
) -> None:
    """Write the backward kernel for windows that do not overlap: each writes its own elements."""
    with module.function(module.symbol, SIGNATURE) as (k, parameters, grad_y, x, grad_x, *rest):
        p, shape = k.named(parameters, PARAMETERS), Shape(lanes, vectors, exact)
        mask = k.lanes_below(p.C, lanes) if masked else None
        hand_out = _HandOut(k, p, x, grad_x, lanes, bits, mask, bool(every), bool(streamed))

        def visit_row(row: Row) -> None:
            number = (row.n * p.d_positions + row.d) * p.h_positions + row.h

            def visit(windows: list[Window]) -> None:
                for window in windows:
                    pixel = (number * p.w_positions + window.w) * p.C
                    grads = [(grad_y + (pixel + c)).load(lanes, mask) for c in window.channels]
                    hand_out.unrolled(window, grads) if window.kernel else hand_out(window, grads)

            each_window(k, p, row, shape, (rows, columns), visit)

        each_row(k, p, rest[-2], rest[-1], visit_row)
        if streamed:
            k.fence()


class _HandOut(NamedTuple):
    """Write a window's gradients where the maxima are, and zeros elsewhere."""

    k: Kernel
    p: Any
    x: Pointer
    grad_x: Pointer
    lanes: int
    bits: int
    mask: Value | None
    every: bool
    streamed: bool

    def unrolled(self, window: Window, grads: list[Value]) -> None:
        """All taps are compared while they are in registers: no places are worked out."""
        k = self.k
        first = self._offset(window, window.box.place)
        offsets = [first + tap * self.p.C for tap in tap_places(self.p, window)]
        for c, grad in zip(window.channels, grads, strict=True):
            values = [(self.x + (at + c)).load(self.lanes, self.mask) for at in offsets]
            best, winners = first_winners(k, values)
            for at, value, won in zip(offsets, values, winners, strict=True):
                given = won | (value == best) if self.every else won
                self._write(at + c, k.select(given, grad, 0.0))

    def __call__(self, window: Window, grads: list[Value]) -> None:
        """Any number of taps: first the places of the maxima, then all elements."""
        k = self.k
        best, places = window_maximum(k, self.p, self.x, window, self.lanes, self.bits, self.mask)

        def write(place: Value) -> None:
            here = k.broadcast(k.converted(place, ir.IntType(self.bits)), self.lanes)
            at = self._offset(window, place)
            for v, (c, grad) in enumerate(zip(window.channels, grads, strict=True)):
                won = places[v].get() == here
                if self.every:
                    won = won | ((self.x + (at + c)).load(self.lanes, self.mask) == best[v].get())
                self._write(at + c, k.select(won, grad, 0.0))

        each_tap(k, self.p, window, write)

    def _offset(self, window: Window, place: Value) -> Value:
        offset: Value = (window.n * self.p.places + place) * self.p.C
        return offset

    def _write(self, at: Value, value: Value) -> None:
        element = self.grad_x + at
        element.stream(value) if self.streamed else element.store(value, self.mask)
