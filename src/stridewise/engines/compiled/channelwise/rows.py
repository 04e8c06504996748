"""Rows of several pixels, and how kernels go through them.

An array (N, *spatial, C) is rows of C channels. Few channels do not fill vectors, so that several
pixels are seen as one longer row, in which the numbers of the channels repeat::

    C = 6, vectors of 16:   |r g b a d n|r g b a d n|r g … |   8 pixels are 3 vectors

A kernel takes a few vectors of a row at a time, all rows of a block, before the next ones: what it
knows or adds up of their channels stays in registers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from stridewise.engines.compiled.code.compiler import Builder, kernel
from stridewise.engines.compiled.code.language import Kernel, Pointer, Value
from stridewise.engines.compiled.code.target import host
from stridewise.engines.compiled.running.outputs import STREAMED_BYTES
from stridewise.engines.compiled.running.plan import Plan

__all__ = [
    "BLOCK",
    "SERIAL_SIZE",
    "Part",
    "Rows",
    "Vector",
    "each_group",
    "is_streamed",
    "row_plan",
    "write",
]

# Elements of an item: many vectors, and its arrays fit into the L2 cache.
BLOCK = 16 * 1024
# Up to so many elements a second thread costs more than it brings.
SERIAL_SIZE = 16 * 1024

_PARAMETERS = ("rows", "width", "block")
# Registers for each vector that is worked on: what is known of its channels, and sums in float64.
_REGISTERS = 8
# Rows of several pixels are not longer than this.
_WIDEST = 1024
_FEWEST_ROWS = 8


class Rows(NamedTuple):
    """An array as rows of ``pixels`` pixels, in groups of so many vectors.

    ``masked`` says that vectors are left over, of which the last has lanes beyond the row.
    """

    rows: int
    pixels: int
    width: int
    lanes: int
    vectors: int
    masked: int

    @classmethod
    def of(cls, shape: tuple[int, ...], itemsize: int) -> Rows:
        """Join pixels until they fill vectors, as far as their number can be halved."""
        positions, C = math.prod(shape[:-1]), shape[-1]
        lanes = host().vector_bytes // itemsize
        most = host().vector_registers // _REGISTERS
        pixels = 1
        while positions % (2 * pixels) == 0 and 2 * pixels * C <= _WIDEST:
            if pixels * C % (2 * lanes) == 0 and 2 * pixels * C > most * lanes:
                break
            pixels *= 2
        width = pixels * C
        whole, left = divmod(width, lanes)
        if left:
            vectors = max(1, min(whole, most))
        else:
            vectors = max(count for count in range(1, most + 1) if whole % count == 0)
        return cls(positions // pixels, pixels, width, lanes, vectors, int(left > 0))

    def block(self, elements: int) -> int:
        """Rows of about so many elements; not too few for what is done once a block."""
        return max(_FEWEST_ROWS, elements // self.width)


def is_streamed(size: int, dtype: np.dtype[Any]) -> bool:
    """Whether a result of so many elements is written past the caches."""
    return size * dtype.itemsize >= STREAMED_BYTES


def write(place: Pointer, value: Value, mask: Value | None, streamed: int) -> None:
    """Write a vector; streamed, if whole vectors are where the processor wants them for that."""
    if streamed and mask is None:
        place.stream(value)
    else:
        place.store(value, mask)


class Part(NamedTuple):
    """A block of rows: its number, the elements where it begins and ends, the length of a row."""

    item: Value
    begin: Value
    end: Value
    width: Value


class Vector(NamedTuple):
    """A vector of a row: where it begins, and which of its lanes are in the row."""

    begin: Value
    mask: Value | None


def row_plan(build: Builder, rows: Rows, dtype: np.dtype[Any], block: int, *sizes: int) -> Plan:
    """Plan a kernel whose items are blocks of so many rows."""
    native = kernel(build, dtype.name, rows.lanes, rows.vectors, rows.masked, *sizes)
    values = {"rows": rows.rows, "width": rows.width, "block": block}
    parallel = rows.rows * rows.width > SERIAL_SIZE
    return Plan.of(native, _PARAMETERS, values, -(-rows.rows // block), 0, parallel)


def each_group(
    k: Kernel,
    parameters: Pointer,
    items: tuple[Value, Value],
    shape: tuple[int, int, int],
    visit: Callable[[Part, list[Vector]], None],
) -> None:
    """Visit every group of vectors of each block.

    ``shape`` is lanes, vectors, and whether vectors are left over: those come one by one.
    """
    lanes, vectors, masked = shape
    p = k.named(parameters, _PARAMETERS)
    with k.loop(*items) as item:
        begin = item * p.block
        end = k.least(begin + p.block, p.rows)
        part = Part(item, begin * p.width, end * p.width, p.width)
        whole = p.width - p.width % (vectors * lanes)
        with k.loop(0, whole, vectors * lanes) as at:
            visit(part, [Vector(at + vector * lanes, None) for vector in range(vectors)])
        if masked:
            with k.loop(whole, p.width, lanes) as at:
                visit(part, [Vector(at, k.lanes_below(p.width - at, lanes))])
