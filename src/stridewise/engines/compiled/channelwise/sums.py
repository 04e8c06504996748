"""Sums over examples and positions, in float64: of numbers, their squares, and products.

Each block of rows has its own sums, which are added in the order of the blocks: how many threads
there are changes nothing.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from llvmlite import ir

from stridewise.arrays import Array
from stridewise.engines.compiled.channelwise.rows import (
    BLOCK,
    Part,
    Rows,
    Vector,
    each_group,
    row_plan,
)
from stridewise.engines.compiled.code.addresses import address_of
from stridewise.engines.compiled.code.compiler import SIGNATURE
from stridewise.engines.compiled.code.language import Kernel, Module, Pointer, Value
from stridewise.engines.compiled.running.plan import Plan
from stridewise.engines.quietly import quietly

__all__ = ["channel_moments", "channel_products", "channel_sums"]

_SUMS, _SQUARES, _PRODUCTS = range(3)
_DOUBLE = ir.DoubleType()
# Elements of an item: nothing is written but its sums, which should be few.
_SUMMED_BLOCK = 2 * BLOCK


@quietly
def channel_sums(x: Array) -> Array:
    """Sum over examples and positions."""
    sums: Array = _added(_SUMS, x, None, None)[0]
    return sums


@quietly
def channel_products(grad_y: Array, x: Array, centre: Array) -> tuple[Array, Array]:
    """The sums of ``grad_y`` and of ``grad_y · (x − centre)``."""
    sums, products = _added(_PRODUCTS, x, grad_y, centre)
    return sums, products


@quietly
def channel_moments(x: Array) -> tuple[Array, Array]:
    """Mean and variance, from differences to the first pixel.

    With n numbers that loses no more than n times the rounding error of float64: the first pixel
    is one of them, and cannot be further from the mean than √n standard deviations. For float32
    this is nothing; float64 wants its own digits, and takes differences to the mean itself.
    """
    x = np.ascontiguousarray(x)
    count = x.size // x.shape[-1]
    reference = x.reshape(-1, x.shape[-1])[0]
    sums, squares = _added(_SQUARES, x, None, reference)
    mean = reference + sums / count
    if x.dtype == np.float64:
        sums, squares = _added(_SQUARES, x, None, mean)
    variance = (squares - sums * (sums / count)) / count
    if not np.isfinite(mean).all():  # an infinity minus an infinity
        mean = channel_sums(x) / count
    return mean, np.maximum(variance, 0)


def _added(kind: int, x: Array, grad_y: Array | None, centre: Array | None) -> Array:
    """One or two sums for each channel: (sums, C)."""
    C, sums = x.shape[-1], 1 if kind == _SUMS else 2
    if not x.size:
        return np.zeros((sums, C))
    rows, items, plan = _plan(x.shape, x.dtype.char, kind)
    parts = np.empty((items, sums, rows.pixels, C))
    x = np.ascontiguousarray(x)
    if grad_y is not None:
        grad_y = np.ascontiguousarray(grad_y)
    repeated = None
    if centre is not None:
        repeated = np.empty((rows.pixels, C), x.dtype)
        repeated[:] = centre
    plan.run(address_of(x), address_of(grad_y), address_of(repeated), address_of(parts))
    added: Array = parts.sum(axis=(0, 2))
    return added


@lru_cache(1024)
def _plan(shape: tuple[int, ...], character: str, kind: int) -> tuple[Rows, int, Plan]:
    dtype = np.dtype(character)
    rows = Rows.of(shape, dtype.itemsize)
    plan = row_plan(build_sums, rows, dtype, rows.block(_SUMMED_BLOCK), kind)
    return rows, plan.items, plan


def build_sums(module: Module, lanes: int, vectors: int, masked: int, kind: int) -> None:
    """Write the kernel of one kind of sums; its items are blocks of rows."""
    with module.function(module.symbol, SIGNATURE) as (k, parameters, x, grad_y, centres, *rest):
        parts = rest[0].seen_as(_DOUBLE)

        def visit(part: Part, group: list[Vector]) -> None:
            kinds = 1 if kind == _SUMS else 2
            zero = k.converted(k.reals(0.0, lanes), _DOUBLE)
            sums = [[k.variable(zero) for _ in range(kinds)] for _ in group]
            if kind != _SUMS:
                known = [_in_double(k, centres + v.begin, lanes, v) for v in group]
            with k.loop(part.begin, part.end, part.width) as row:
                for at, v in enumerate(group):
                    place = row + v.begin
                    value = _in_double(k, x + place, lanes, v)
                    if kind != _SUMS:
                        difference = value - known[at]
                        # What a mask leaves out is 0, and so is its centre.
                        value = difference
                        if kind == _PRODUCTS:
                            value = _in_double(k, grad_y + place, lanes, v)
                        squares = sums[at][1]
                        squares.set(k.multiply_add(value, difference, squares.get()))
                    sums[at][0].set(sums[at][0].get() + value)
            begin = part.item * part.width * kinds
            for at, v in enumerate(group):
                for number, total in enumerate(sums[at]):
                    to = parts + (begin + number * part.width + v.begin)
                    to.store(total.get(), v.mask)

        each_group(k, parameters, (rest[-2], rest[-1]), (lanes, vectors, masked), visit)


def _in_double(k: Kernel, place: Pointer, lanes: int, vector: Vector) -> Value:
    return k.converted(place.load(lanes, vector.mask), _DOUBLE)
