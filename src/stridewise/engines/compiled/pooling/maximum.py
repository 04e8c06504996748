"""Max pooling and its gradient, compiled.

A window's maximum, and if needed its place, stay in registers while the taps pass. The gradient
finds the places again rather than keep them from forward: that costs less than to read them.
"""

from __future__ import annotations

import functools
import operator
from functools import lru_cache
from typing import Any

import numpy as np
from llvmlite import ir

from stridewise.arrays import Array
from stridewise.engines.compiled.code.addresses import address_of
from stridewise.engines.compiled.code.compiler import SIGNATURE
from stridewise.engines.compiled.code.language import Kernel, Module, Pointer, Value, Variable
from stridewise.engines.compiled.pooling.plan import (
    Problem,
    backward_plan,
    forward_plan,
    leaves_gaps,
)
from stridewise.engines.compiled.pooling.rows import (
    HEADER_INTS,
    Covering,
    each_row,
    gather,
    kept_channels,
)
from stridewise.engines.compiled.pooling.windows import (
    PARAMETERS,
    Row,
    Shape,
    Window,
    each_tap,
    each_window,
)
from stridewise.engines.compiled.pooling.winners import window_maximum
from stridewise.engines.compiled.running.plan import Plan
from stridewise.engines.num_threads import get_num_threads
from stridewise.engines.protocol import Ties
from stridewise.specs import PoolSpec

__all__ = ["max_pool", "max_pool_grad"]

_INT = ir.IntType(64)
# The maximum and its place, and the values that are looked at meanwhile: see pooling_maximum.
_REGISTERS = 8


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
    grad_x = (np.zeros if leaves_gaps(spec) else np.empty)(x.shape, grad_y.dtype)
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
    problem = Problem(spec, N, C, np.dtype(dtype), threads, _REGISTERS)
    if problem.is_apart:
        every = int(ties == "all")
        return forward_plan(problem, build_max_pool_grad_apart, *problem.unrolled, every)
    bits, every = problem.number_bits, ties == "all"
    dilated = every and max(spec.dilation) > 1  # a place that won is that of a tap
    kept_bytes = bits // 8 + (problem.dtype.itemsize if every else 0)
    sizes = (*problem.unrolled, bits, int(every), int(dilated))
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

            def visit(window: Window) -> None:
                best, places = window_maximum(k, p, x, window, lanes, bits)
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
        kept_places = (header + slots * HEADER_INTS).seen_as(number)
        kept_best = (kept_places + slots * p.kept_row).seen_as(module.real)

        def keep(row: Row, offset: Value) -> None:
            first_channel, count = kept_channels(k, p, row, shape)

            def visit(window: Window) -> None:
                best, places = window_maximum(k, p, x, window, lanes, bits)
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

        gather(k, p, grad_x, header, (first, last), shape, bool(dilated), keep, add)


def build_max_pool_grad_apart(
    module: Module, lanes: int, vectors: int, exact: int, rows: int, columns: int, every: int
) -> None:
    """Write the backward kernel for windows that do not overlap: each writes its own elements."""
    with module.function(module.symbol, SIGNATURE) as (k, parameters, grad_y, x, grad_x, *rest):
        p, shape = k.named(parameters, PARAMETERS), Shape(lanes, vectors, exact)

        def visit_row(row: Row) -> None:
            number = (row.n * p.d_positions + row.d) * p.h_positions + row.h

            def visit(window: Window) -> None:
                best, _ = window_maximum(k, p, x, window, lanes, 0)
                pixel = (number * p.w_positions + window.w) * p.C
                grads = [(grad_y + (pixel + c)).load(lanes) for c in window.channels]
                nan = [k.any_nan(largest.get()) for largest in best]
                with k.either(functools.reduce(operator.or_, nan)) as (some, none):
                    for branch, careful in ((some, True), (none, False)):
                        with branch:
                            _hand_out(k, p, x, grad_x, window, best, grads, bool(every), careful)

            each_window(k, p, row, shape, (rows, columns), visit)

        each_row(k, p, rest[-2], rest[-1], visit_row)


def _hand_out(
    k: Kernel,
    p: Any,
    x: Pointer,
    grad_x: Pointer,
    window: Window,
    best: list[Variable],
    grads: list[Value],
    every: bool,
    careful: bool,
) -> None:
    """Write a window's gradients where the maxima are, and zeros elsewhere.

    Only with ``careful`` may there be NaNs: the first one of them wins.
    """
    lanes = grads[0].ir.type.count
    nowhere = k.lanes_below(k.integer(0), lanes)
    found = [k.variable(nowhere) for _ in grads]
    # All that is known now is read before anything is written: for all LLVM knows, x is grad_x.
    known: list[list[Value]] = []
    if window.kernel:
        each_tap(k, p, window, lambda place: known.append(_values(p, x, window, place, lanes)))
    values = iter(known)

    def write(place: Value) -> None:
        at = (window.n * p.places + place) * p.C
        here = next(values) if known else _values(p, x, window, place, lanes)
        for v, (c, value) in enumerate(zip(window.channels, here, strict=True)):
            equal, nan = value == best[v].get(), k.is_nan(value)
            only_once = nowhere if every else equal
            only_once = (only_once | nan) if careful else only_once
            won = only_once & Value(k, k.builder.not_(found[v].get().ir))
            found[v].set(found[v].get() | only_once)
            won = (won | equal) if every else won
            (grad_x + (at + c)).store(k.select(won, grads[v], 0.0))

    each_tap(k, p, window, write)


def _values(p: Any, x: Pointer, window: Window, place: Value, lanes: int) -> list[Value]:
    pixel = x + (window.n * p.places + place) * p.C
    return [(pixel + c).load(lanes) for c in window.channels]
