"""The gradient of narrow groups by their weights: sums over pixels, in registers.

As in :mod:`~stridewise.engines.compiled.grouped`, a vector holds output channels of several
groups. The weights of some taps, for all input channels of a group, are sums in registers; pixel
after pixel, a vector of ``grad_y`` times the vectors of the input that it met are added to them.

An item of the work is a slice of the rows of outputs and a chunk of the channels. It goes through
its rows in blocks that stay in the L2 cache while one vector of channels after the other, and one
set of taps after the other, passes over them. Slices write sums of their own, which the caller
adds in their order: slices depend on sizes alone, so the result does not depend on the threads.
"""

from __future__ import annotations

from typing import Any

from stridewise.engines.compiled.compiler import SIGNATURE
from stridewise.engines.compiled.grouped import Shape
from stridewise.engines.compiled.lane_groups import LaneGroups
from stridewise.engines.compiled.language import Kernel, Module, Pointer, Value

__all__ = ["WEIGHT_PARAMETERS", "build_grouped_weight"]

_AXIS = ("size", "positions", "taps", "stride", "base", "step", "x", "y", "weight")

WEIGHT_PARAMETERS = (
    *(f"{axis}_{name}" for axis in "dhw" for name in _AXIS),
    *("rows", "slices", "block_rows", "chunks", "vectors", "weight_size"),
    *("C_in", "C_out", "example_x", "example_y"),
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
    pixels: int,
    h_taps: int,
    taps: int,
    stride: int,
    step: int,
    masked: int,
) -> None:
    """Write the kernel for ``h_taps × taps`` taps at a time, and ``pixels`` where all are inside.

    If ``masked``, the channels end within a vector.
    """
    groups = LaneGroups(lanes, C_in_group, C_out_group)
    shape = Shape(pixels, taps, stride, step)
    masks = (True,) if groups.outputs < lanes else (False, True) if masked else (False,)
    functions = {mask: _define_taps(module, groups, shape, h_taps, mask) for mask in masks}
    with module.function(module.symbol, SIGNATURE) as (k, parameters, x, grad_y, _, sums, *rest):
        zeros, first_item, last_item = rest
        p = k.named(parameters, WEIGHT_PARAMETERS)
        k.fill(zeros, k.int(groups.pieces * lanes))
        with k.loop(first_item, last_item) as item:
            chunk, number = item % p.chunks, item // p.chunks
            first, end = (n * p.rows // p.slices for n in (number, number + 1))
            target = sums + number * p.weight_size
            v_first, v_end = (n * p.vectors // p.chunks for n in (chunk, chunk + 1))
            with (
                # One block even if there are no rows: its sums are zeros.
                k.loop(first, k.most(end, first + 1), p.block_rows) as begin,
                k.loop(v_first, v_end) as vector,
                k.loop(0, p.d_taps) as d,
                k.loop(0, p.h_taps, h_taps) as h,
                k.loop(0, p.w_taps, taps) as w,
            ):
                at_taps = d * p.d_weight + h * p.h_weight + w * p.w_weight
                in_lanes, out_lanes = vector * groups.inputs, vector * groups.outputs
                outputs_left = p.C_out - out_lanes
                arguments = (
                    *(parameters, x + in_lanes, grad_y + out_lanes),
                    *(target + at_taps + out_lanes, zeros, d, h, w),
                    *(begin, k.least(begin + p.block_rows, end)),
                    *(k.select(begin == first, 1, 0), p.C_in - in_lanes, outputs_left),
                )
                if len(masks) == 1:
                    k.call(functions[masks[0]], *arguments)
                else:
                    with k.either(outputs_left < groups.outputs) as (then, otherwise):
                        with then:
                            k.call(functions[True], *arguments)
                        with otherwise:
                            k.call(functions[False], *arguments)


def _define_taps(
    module: Module, groups: LaneGroups, shape: Shape, h_taps: int, masked: bool
) -> Any:
    """Write the sums of one vector of channels, for some taps, over rows of outputs."""
    name = "taps_masked" if masked else "taps"
    with module.function(name, _TAPS, internal=True) as (k, parameters, x, grad_y, target, *rest):
        zeros, d_tap, h_tap, w_tap, first_row, end_row, is_first, inputs_left, outputs_left = rest
        p = k.named(parameters, WEIGHT_PARAMETERS)
        inner = _Inner(k, p, groups, shape, zeros)
        if masked:
            inner.x_masks = groups.masks(k, inputs_left)
            count = k.least(outputs_left, groups.outputs)
            inner.mask = k.lanes_below(count, groups.lanes)

        targets = {}
        for i in range(h_taps):
            for tap in range(shape.taps):
                for j in range(groups.C_in_group):
                    place = target + (p.h_weight * i + p.w_weight * tap + p.C_out * j)
                    before = k.variable(k.reals(0.0, groups.lanes))
                    with k.when(is_first == 0):
                        before.set(place.load(groups.lanes, inner.mask))
                    targets[i, tap, j] = place
                    inner.sums[i, tap, j] = before

        with k.loop(first_row, end_row) as row:
            h, rest_rows = row % p.h_positions, row // p.h_positions
            d, n = rest_rows % p.d_positions, rest_rows // p.d_positions
            at_d = d * p.d_stride + p.d_base + d_tap * p.d_step
            with k.when((at_d >= 0) & (at_d < p.d_size)):
                image = x + (n * p.example_x + at_d * p.d_x)
                grad_row = grad_y + (n * p.example_y + d * p.d_y + h * p.h_y)
                inner.rows = []
                for i in range(h_taps):
                    at_h = h * p.h_stride + p.h_base + (h_tap + i) * p.h_step
                    inside = (at_h >= 0) & (at_h < p.h_size)
                    begin = _choose(k, inside, image + at_h * p.h_x, zeros)
                    inner.rows.append((begin, k.select(inside, p.w_x, 0)))
                inner.add_row(grad_row, p.w_base + w_tap * p.w_step)

        for key, place in targets.items():
            place.store(inner.sums[key].get(), inner.mask)
    return k.function


def _choose(k: Kernel, condition: Value, a: Pointer, b: Pointer) -> Pointer:
    return Pointer(k, k.select(condition, a, b).ir, a.element)


class _Inner:
    """What the code of the innermost loops refers to."""

    def __init__(
        self, k: Kernel, p: Any, groups: LaneGroups, shape: Shape, zeros: Pointer
    ) -> None:
        self.k, self.p = k, p
        self.groups, self.shape, self.zeros = groups, shape, zeros
        self.x_masks: list[Value] | None = None
        self.mask: Value | None = None
        # By row of taps, tap in it, and input channel of the group.
        self.sums: dict[tuple[int, int, int], Any] = {}
        # For each row of taps, where its row of the image begins, and the step to the next column:
        # zeros and 0 outside of the image.
        self.rows: list[tuple[Pointer, Value]] = []

    def add_row(self, grad_row: Pointer, left: Value) -> None:
        """Add one row of outputs, the first of which meets column ``left`` at the first tap."""
        k, p, shape = self.k, self.p, self.shape
        reach = (shape.taps - 1) * shape.step
        first = (k.most(0 - left, 0) + p.w_stride - 1) // p.w_stride
        end = (k.most(p.w_size - reach - left, 0) + p.w_stride - 1) // p.w_stride
        end = k.least(end, p.w_positions)
        pixel = k.variable(0)
        with k.repeat_while() as going_on:
            here = pixel.get()
            going_on(here < p.w_positions)
            many = (here >= first) & (here + shape.pixels <= end)
            column, grad = left + here * p.w_stride, grad_row + here * p.w_y
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
        one_step = p.w_stride if shape.taps == 1 else 1
        grads = [
            (grad + p.w_y * pixel).load(groups.lanes, self.mask) for pixel in range(shape.pixels)
        ]
        for i, (row, row_step) in enumerate(self.rows):
            for number, meetings in shape.meetings().items():
                place = column + k.int(one_step) * number
                x = row + place * row_step
                if border:
                    x = _choose(k, (place >= 0) & (place < p.w_size), x, self.zeros)
                pieces = groups.load(x, self.x_masks)
                for j in range(groups.C_in_group):
                    spread = groups.spread(k, pieces, j)
                    for pixel, tap in meetings:
                        total = self.sums[i, tap, j]
                        total.set(k.multiply_add(spread, grads[pixel], total.get()))
