"""Average pooling and its gradient, compiled.

The sums stay in registers while the taps pass, and are divided once. The gradient divides first,
a row of windows at a time, and every element of the input adds up its windows' shares.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from llvmlite import ir

from stridewise.arrays import Array
from stridewise.engines.compiled.code.addresses import address_of
from stridewise.engines.compiled.code.compiler import SIGNATURE
from stridewise.engines.compiled.code.language import Module, Value
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
)
from stridewise.engines.compiled.running.outputs import empty
from stridewise.engines.compiled.running.plan import Plan
from stridewise.engines.num_threads import get_num_threads
from stridewise.specs import PoolSpec

__all__ = ["avg_pool", "avg_pool_grad"]

# Beyond this many summands float32 loses digits when they are added one by one.
_FEW_TAPS = 64
# The sum, in float64 two of them, and a value.
_REGISTERS = 3


def avg_pool(x: Array, spec: PoolSpec) -> Array:
    """Mean of each window, divided by the taps that count."""
    N, C = x.shape[0], x.shape[-1]
    y = np.empty((N, *spec.output_size, C), x.dtype)
    if y.size:
        x = np.ascontiguousarray(x)
        plan = _forward_plan(spec, N, C, x.dtype.char, get_num_threads())
        plan.run(address_of(x), address_of(y), 0, 0)
    return y


def avg_pool_grad(grad_y: Array, spec: PoolSpec) -> Array:
    """Gather, for each element, the shares of the windows that averaged it."""
    N, C = grad_y.shape[0], grad_y.shape[-1]
    # Windows that lie apart write only their own elements.
    make = np.zeros if leaves_gaps(spec) else empty
    grad_x = make((N, *spec.input_size, C), grad_y.dtype)
    if grad_x.size:
        grad_y = np.ascontiguousarray(grad_y)
        plan = _backward_plan(spec, N, C, grad_y.dtype.char, get_num_threads())
        plan.run(address_of(grad_y), address_of(grad_x), 0, 0)
    return grad_x


@lru_cache(1024)
def _forward_plan(spec: PoolSpec, N: int, C: int, dtype: str, threads: int) -> Plan:
    problem = Problem(spec, N, C, np.dtype(dtype), threads, _REGISTERS)
    in_double = math.prod(spec.kernel_size) > _FEW_TAPS
    return forward_plan(problem, build_avg_pool, *problem.unrolled, int(in_double))


@lru_cache(1024)
def _backward_plan(spec: PoolSpec, N: int, C: int, dtype: str, threads: int) -> Plan:
    problem = Problem(spec, N, C, np.dtype(dtype), threads, _REGISTERS)
    if problem.is_apart:
        return forward_plan(problem, build_avg_pool_grad_apart, *problem.unrolled)
    dilated = int(max(spec.dilation) > 1)
    return backward_plan(
        problem,
        build_avg_pool_grad,
        problem.dtype.itemsize,
        problem.unrolled[1],
        dilated,
        *problem.block,
    )


def build_avg_pool(
    module: Module,
    lanes: int,
    vectors: int,
    exact: int,
    rows: int,
    columns: int,
    in_double: int,
) -> None:
    """Write the forward kernel; with ``in_double`` it adds in float64."""
    with module.function(module.symbol, SIGNATURE) as (k, parameters, x, y, *rest):
        p, shape = k.named(parameters, PARAMETERS), Shape(lanes, vectors, exact)
        precise = ir.DoubleType() if in_double else module.real

        def visit_row(row: Row) -> None:
            number = (row.n * p.d_positions + row.d) * p.h_positions + row.h
            example = x + row.n * p.places * p.C

            def visit(windows: list[Window]) -> None:
                for window in windows:
                    mean(window)

            def mean(window: Window) -> None:
                zero = k.converted(k.reals(0.0, lanes), precise)
                sums = [k.variable(zero) for _ in window.channels]

                def add(place: Value) -> None:
                    pixel = example + place * p.C
                    for c, total in zip(window.channels, sums, strict=True):
                        value = (pixel + c).load(lanes)
                        total.set(total.get() + k.converted(value, precise))

                each_tap(k, p, window, add)
                count = k.broadcast(k.converted(window.box.counted, precise), lanes)
                pixel = (number * p.w_positions + window.w) * p.C
                for c, total in zip(window.channels, sums, strict=True):
                    (y + (pixel + c)).store(k.converted(total.get() / count, module.real))

            each_window(k, p, row, shape, (rows, columns), visit)

        each_row(k, p, rest[-2], rest[-1], visit_row)


def build_avg_pool_grad(
    module: Module,
    lanes: int,
    vectors: int,
    exact: int,
    columns: int,
    dilated: int,
    stride: int,
    cells: int,
) -> None:
    """Write the backward kernel."""
    with module.function(module.symbol, SIGNATURE) as (k, parameters, grad_y, grad_x, *rest):
        *_, scratch, first, last = rest
        p, shape = k.named(parameters, PARAMETERS), Shape(lanes, vectors, exact)
        header = scratch.seen_as(ir.IntType(64))
        shares = (header + header_ints(p.kept_d * p.kept_h)).seen_as(module.real)

        def keep(row: Row, offset: Value) -> None:
            first_channel, count = kept_channels(k, p, row, shape)
            number = (row.n * p.d_positions + row.d) * p.h_positions + row.h

            def visit(windows: list[Window]) -> None:
                (window,) = windows
                begin = offset + (window.w - row.w_first) * count - first_channel
                pixel = (number * p.w_positions + window.w) * p.C
                taps = k.broadcast(k.converted(window.box.counted, module.real), lanes)
                for c in window.channels:
                    (shares + (begin + c)).store((grad_y + (pixel + c)).load(lanes) / taps)

            each_window(k, p, row, shape, (0, 0), visit)

        def add(window: Covering) -> None:
            for kept, total in zip(window.kept, window.sums, strict=True):
                total.set(total.get() + (shares + kept).load(lanes))

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
        )


def build_avg_pool_grad_apart(
    module: Module, lanes: int, vectors: int, exact: int, rows: int, columns: int
) -> None:
    """Write the backward kernel for windows that do not overlap: each writes its own elements."""
    with module.function(module.symbol, SIGNATURE) as (k, parameters, grad_y, grad_x, *rest):
        p, shape = k.named(parameters, PARAMETERS), Shape(lanes, vectors, exact)

        def visit_row(row: Row) -> None:
            number = (row.n * p.d_positions + row.d) * p.h_positions + row.h

            def visit(windows: list[Window]) -> None:
                for window in windows:
                    share(window)

            def share(window: Window) -> None:
                taps = k.broadcast(k.converted(window.box.counted, module.real), lanes)
                pixel = (number * p.w_positions + window.w) * p.C
                shares = [(grad_y + (pixel + c)).load(lanes) / taps for c in window.channels]

                def write(place: Value) -> None:
                    at = (window.n * p.places + place) * p.C
                    for c, share in zip(window.channels, shares, strict=True):
                        (grad_x + (at + c)).store(share)

                each_tap(k, p, window, write)

            each_window(k, p, row, shape, (rows, columns), visit)

        each_row(k, p, rest[-2], rest[-1], visit_row)
