"""The gradient of narrow groups by their weights: sums over pixels, in registers.

As in ``grouped/convolution.py``, a vector holds output channels of several
groups. The weights of some taps, for all input channels of a group, are sums in registers; pixel
after pixel, a vector of ``grad_y`` times the vectors of the input that it met are added to them.

An item of the work is a slice of the rows of outputs and a chunk of the channels. It goes through
its rows in blocks that stay in the L2 cache while one vector of channels after the other, and one
set of taps after the other, passes over them. Slices write sums of their own, which the caller
adds in their order: slices depend on sizes alone, so the result does not depend on the threads.
"""

from __future__ import annotations

import itertools
from typing import Any

from stridewise.engines.compiled.code.compiler import SIGNATURE
from stridewise.engines.compiled.code.language import Kernel, Module, Pointer, Value
from stridewise.engines.compiled.grouped.convolution import Shape
from stridewise.engines.compiled.grouped.lane_groups import LaneGroups

__all__ = ["WEIGHT_PARAMETERS", "build_grouped_weight"]

_AXIS = ("size", "positions", "taps", "stride", "base", "step", "x", "y", "weight")

WEIGHT_PARAMETERS = (
    *(f"{axis}_{name}" for axis in "dhw" for name in _AXIS),
    *("rows", "slices", "block_rows", "chunks", "sets", "vectors", "weight_size"),
    *("C_in", "C_out", "example_x", "example_y"),
    # How far ahead the rows of the next block are.
    *("ahead_x", "ahead_y"),
)

_TAPS = (
    "parameters:int* x:real* grad_y:real* sums:real* zeros:real* d_tap:int h_tap:int w_tap:int "
    "first_row:int end_row:int is_first:int inputs_left:int outputs_left:int"
)


def build_grouped_weight(
    module: Module,
    lanes: int,
    C_in_group: int,
    C_out_group: int,
    h_taps: int,
    vectors: int,
    pixels: int,
    taps: int,
    stride: int,
    step: int,
    has_rest: int,
) -> None:
    """Write the kernel for ``h_taps × taps`` taps at a time, and ``pixels`` where all are inside.

    If it ``has_rest``, the channels end within ``vectors``: one by one, with masks.
    """
    groups = LaneGroups(lanes, C_in_group, C_out_group)
    shape = Shape(vectors, pixels, taps, stride, step)
    kinds = [False] if groups.outputs == lanes else []
    kinds += [True] if has_rest else []
    functions = {rest: _define_taps(module, groups, shape, h_taps, rest) for rest in kinds}
    with module.function(module.symbol, SIGNATURE) as (k, parameters, x, grad_y, _, sums, *rest):
        *_, zeros, first_item, last_item = rest
        p = k.named(parameters, WEIGHT_PARAMETERS)
        k.fill(zeros, k.integer(vectors * groups.pieces * lanes))
        with k.loop(first_item, last_item) as item:
            chunk, number = item % p.chunks, item // p.chunks
            first, end = (n * p.rows // p.slices for n in (number, number + 1))
            target = sums + number * p.weight_size
            v_first, v_end = (n * p.sets // p.chunks * vectors for n in (chunk, chunk + 1))
            v_end = k.least(v_end, p.vectors)
            with (
                # One block even if there are no rows: its sums are zeros.
                k.loop(first, k.most(end, first + 1), p.block_rows) as begin,
                k.loop(v_first, v_end, vectors) as vector,
                k.loop(0, p.d_taps) as d,
                k.loop(0, p.h_taps, h_taps) as h,
                k.loop(0, p.w_taps, taps) as w,
            ):
                at_taps = d * p.d_weight + h * p.h_weight + w * p.w_weight
                block = (begin, k.least(begin + p.block_rows, end), k.select(begin == first, 1, 0))

                def arguments(at: Value) -> tuple[Any, ...]:
                    in_lanes, out_lanes = at * groups.inputs, at * groups.outputs
                    arrays = (x + in_lanes, grad_y + out_lanes, target + at_taps + out_lanes)
                    left = (p.C_in - in_lanes, p.C_out - out_lanes)
                    return (parameters, *arrays, zeros, d, h, w, *block, *left)

                whole = vector + vectors <= p.C_out // groups.outputs
                if False in functions:
                    with k.when(whole):
                        k.call(functions[False], *arguments(vector))
                if True in functions:
                    begin_rest = k.select(whole, v_end, vector) if False in functions else vector
                    with k.loop(begin_rest, k.least(vector + vectors, v_end)) as at:
                        k.call(functions[True], *arguments(at))


def _define_taps(module: Module, groups: LaneGroups, shape: Shape, h_taps: int, rest: bool) -> Any:
    """Write the sums of some vectors of channels, for some taps, over rows of outputs.

    The ``rest`` of the channels is one masked vector after the other.
    """
    name = "taps_rest" if rest else "taps"
    shape = shape._replace(vectors=1) if rest else shape
    with module.function(name, _TAPS, internal=True) as (k, parameters, x, grad_y, target, *others):
        zeros, d_tap, h_tap, w_tap, first_row, end_row, is_first, *left = others
        p = k.named(parameters, WEIGHT_PARAMETERS)
        inner = _Inner(k, p, groups, shape, zeros)
        if rest:
            inner.x_masks = groups.masks(k, left[0])
            inner.mask = k.lanes_below(k.least(left[1], groups.outputs), groups.lanes)

        targets = {}
        numbers = (range(n) for n in (h_taps, shape.taps, groups.C_in_group, shape.vectors))
        for i, tap, j, v in itertools.product(*numbers):
            at_tap = target + (p.h_weight * i + p.w_weight * tap + p.C_out * j)
            place = at_tap + v * groups.outputs
            total = k.variable(k.reals(0.0, groups.lanes))
            with k.when(is_first == 0):
                total.set(place.load(groups.lanes, inner.mask))
            targets[i, tap, j, v], inner.sums[i, tap, j, v] = place, total

        inner.see_row(p.w_base + w_tap * p.w_step)
        # Counted on from row to row: divisions would take as long as the sums of a short row.
        h_now = k.variable(first_row % p.h_positions)
        d_now = k.variable(first_row // p.h_positions % p.d_positions)
        n_now = k.variable(first_row // (p.h_positions * p.d_positions))
        with k.loop(first_row, end_row):
            n, d, h = n_now.get(), d_now.get(), h_now.get()
            at_d = d * p.d_stride + p.d_base + d_tap * p.d_step
            with k.when((at_d >= 0) & (at_d < p.d_size)):
                image = x + (n * p.example_x + at_d * p.d_x)
                inner.rows = []
                for i in range(h_taps):
                    at_h = h * p.h_stride + p.h_base + (h_tap + i) * p.h_step
                    inside = (at_h >= 0) & (at_h < p.h_size)
                    begin = _choose(k, inside, image + at_h * p.h_x, zeros)
                    inner.rows.append((begin, k.select(inside, p.w_x, 0)))
                inner.add_row(grad_y + (n * p.example_y + d * p.d_y + h * p.h_y))
            h_now.set(h + 1)
            with k.when(h + 1 == p.h_positions):
                h_now.set(0)
                d_now.set(d + 1)
                with k.when(d + 1 == p.d_positions):
                    d_now.set(0)
                    n_now.set(n + 1)

        for key, place in targets.items():
            place.store(inner.sums[key].get(), inner.mask)
    return k.function


def _choose(k: Kernel, condition: Value, a: Pointer, b: Pointer) -> Pointer:
    return Pointer(k, k.select(condition, a, b).ir, a.element)


class _Inner:
    """What the code of the innermost loops refers to."""

    def __init__(self, k: Kernel, p: Any, groups: LaneGroups, shape: Shape, zeros: Pointer) -> None:
        self.k, self.p = k, p
        self.groups, self.shape, self.zeros = groups, shape, zeros
        self.x_masks: list[Value] | None = None
        self.mask: Value | None = None
        # By row of taps, tap in it, input channel of the group, and vector.
        self.sums: dict[tuple[int, int, int, int], Any] = {}
        # For each row of taps, where its row of the image begins, and the step to the next column:
        # zeros and 0 outside of the image.
        self.rows: list[tuple[Pointer, Value]] = []

    def see_row(self, left: Value) -> None:
        """Note that the first output meets column ``left``: which ones meet only columns inside."""
        k, p, shape = self.k, self.p, self.shape
        reach = (shape.taps - 1) * shape.step
        self.left = left
        self.first = (k.most(0 - left, 0) + p.w_stride - 1) // p.w_stride
        end = (k.most(p.w_size - reach - left, 0) + p.w_stride - 1) // p.w_stride
        self.end = k.least(end, p.w_positions)

    def add_row(self, grad_row: Pointer) -> None:
        """Add one row of outputs."""
        k, p, shape = self.k, self.p, self.shape
        pixel = k.variable(0)
        with k.repeat_while() as going_on:
            here = pixel.get()
            going_on(here < p.w_positions)
            many = (here >= self.first) & (here + shape.pixels <= self.end)
            column, grad = self.left + here * p.w_stride, grad_row + here * p.w_y
            with k.either(many) as (then, otherwise):
                with then:
                    self._add(grad, column, shape, border=False)
                    pixel.set(here + shape.pixels)
                with otherwise:
                    self._add(grad, column, shape._replace(pixels=1), border=True)
                    pixel.set(here + 1)

    def _add(self, grad: Pointer, column: Value, shape: Shape, border: bool) -> None:
        k, p, groups = self.k, self.p, self.groups
        # With one tap the stride is a number of the problem, not of the code.
        one_step = k.integer(p.w_stride if shape.taps == 1 else 1)
        if not border:
            self._prefetch(grad, column, one_step, shape)
        grads = {
            (pixel, v): (grad + p.w_y * pixel + v * groups.outputs).load(groups.lanes, self.mask)
            for pixel in range(shape.pixels)
            for v in range(shape.vectors)
        }
        for i, (row, row_step) in enumerate(self.rows):
            for number, meetings in shape.meetings().items():
                place = column + one_step * number
                x = row + place * row_step
                if border:
                    x = _choose(k, (place >= 0) & (place < p.w_size), x, self.zeros)
                for v in range(shape.vectors):
                    pieces = groups.load(x + v * groups.inputs, self.x_masks)
                    for j in range(groups.C_in_group):
                        spread = groups.spread(k, pieces, j)
                        for pixel, tap in meetings:
                            total = self.sums[i, tap, j, v]
                            total.set(k.multiply_add(spread, grads[pixel, v], total.get()))

    def _prefetch(self, grad: Pointer, column: Value, one_step: Value, shape: Shape) -> None:
        """Bring nearer what stands here in the next block of rows."""
        p, groups = self.p, self.groups
        row, row_step = self.rows[-1]
        for v in range(shape.vectors):
            for pixel in range(shape.pixels):
                (grad + (p.ahead_y + p.w_y * pixel) + v * groups.outputs).prefetch()
            for number in range(shape.pixels * shape.stride):
                place = (column + one_step * number) * row_step + p.ahead_x
                (row + place + v * groups.inputs).prefetch()
