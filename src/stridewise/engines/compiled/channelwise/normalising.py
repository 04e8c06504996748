"""A product and a sum with numbers of each channel, and the gradient of a normalisation."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.compiled.channelwise.rows import (
    BLOCK,
    Part,
    Rows,
    Vector,
    each_group,
    is_streamed,
    row_plan,
    write,
)
from stridewise.engines.compiled.code.addresses import address_of
from stridewise.engines.compiled.code.compiler import SIGNATURE
from stridewise.engines.compiled.code.language import Module
from stridewise.engines.compiled.running.outputs import empty
from stridewise.engines.compiled.running.plan import Plan

__all__ = ["normalise", "normalise_grad"]


def normalise(x: Array, centre: Array, scale: Array, shift: Array) -> Array:
    """``scale · (x − centre) + shift``."""
    y = empty(x.shape, x.dtype)
    if x.size:
        x = np.ascontiguousarray(x)
        pixels, plan = _plan(x.shape, x.dtype.char, False)
        numbers = _repeated(pixels, x, centre, scale, shift)
        plan.run(address_of(x), 0, address_of(numbers), address_of(y))
    return y


def normalise_grad(
    grad_y: Array, x: Array, centre: Array, scale: Array, slope: Array, shift: Array
) -> Array:
    """``scale · (grad_y + slope · (x − centre) + shift)``."""
    grad_x = empty(x.shape, x.dtype)
    if x.size:
        grad_y, x = np.ascontiguousarray(grad_y), np.ascontiguousarray(x)
        pixels, plan = _plan(x.shape, x.dtype.char, True)
        numbers = _repeated(pixels, x, centre, scale, shift, slope)
        plan.run(address_of(x), address_of(grad_y), address_of(numbers), address_of(grad_x))
    return grad_x


def _repeated(pixels: int, x: Array, *numbers: Array) -> Array:
    """Numbers of the channels, as often as a row has pixels; one row for each."""
    repeated = np.empty((len(numbers), pixels, x.shape[-1]), x.dtype)
    for row, of_channels in zip(repeated, numbers, strict=True):
        row[:] = of_channels
    return repeated


@lru_cache(1024)
def _plan(shape: tuple[int, ...], character: str, is_gradient: bool) -> tuple[int, Plan]:
    dtype = np.dtype(character)
    rows = Rows.of(shape, dtype.itemsize)
    block = rows.block(BLOCK)
    # Left-over lanes mean that rows do not begin where a vector may be streamed to.
    streamed = is_streamed(math.prod(shape), dtype) and not rows.masked
    flags = (int(is_gradient), int(streamed))
    return rows.pixels, row_plan(build_normalise, rows, dtype, block, *flags)


def build_normalise(
    module: Module, lanes: int, vectors: int, masked: int, is_gradient: int, streamed: int
) -> None:
    """Write the kernel; its items are blocks of rows."""
    with module.function(module.symbol, SIGNATURE) as (k, parameters, x, grad_y, numbers, y, *rest):

        def visit(part: Part, group: list[Vector]) -> None:
            kinds = 4 if is_gradient else 3
            known = [
                [
                    (numbers + (kind * part.width + v.begin)).load(lanes, v.mask)
                    for kind in range(kinds)
                ]
                for v in group
            ]
            with k.loop(part.begin, part.end, part.width) as row:
                loaded = [(x + (row + v.begin)).load(lanes, v.mask) for v in group]
                if is_gradient:
                    gradients = [(grad_y + (row + v.begin)).load(lanes, v.mask) for v in group]
                for at, v in enumerate(group):
                    centre, scale, shift, *slope = known[at]
                    if is_gradient:
                        shifted = gradients[at] + shift
                        value = scale * k.multiply_add(slope[0], loaded[at] - centre, shifted)
                    else:
                        value = k.multiply_add(scale, loaded[at] - centre, shift)
                    write(y + (row + v.begin), value, v.mask, streamed)

        each_group(k, parameters, (rest[-2], rest[-1]), (lanes, vectors, masked), visit)
        if streamed:
            k.fence()
