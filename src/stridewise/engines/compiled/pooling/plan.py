"""Lay a pooling's integers out for its kernels, and cut it into items."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from stridewise.engines.compiled.code.compiler import Builder, kernel
from stridewise.engines.compiled.code.target import host
from stridewise.engines.compiled.pooling.rows import header_ints
from stridewise.engines.compiled.pooling.windows import PARAMETERS, Shape
from stridewise.engines.compiled.running.outputs import LEAST_ALIGNED, STREAMED_BYTES
from stridewise.engines.compiled.running.plan import Plan
from stridewise.geometry import Axis, effective_kernel
from stridewise.specs import PoolSpec

__all__ = ["Problem", "backward_plan", "forward_plan", "leaves_gaps"]

# Below this many taps a second thread costs more than it brings.
_SERIAL_TAPS = 100_000
# Items for each thread, if the rows are too few: they take unequal times.
_ITEMS_A_THREAD = 4
# What a thread keeps of rows of windows in its L2 cache.
_KEPT_BYTES = 256 * 1024
# Windows of up to this many taps are unrolled.
_MOST_UNROLLED = 9
_POINT = Axis(1, 1, 1, 0, 0, 1, 1)


class Problem(NamedTuple):
    """What a pooling kernel is compiled and called for; it needs some registers for a vector."""

    spec: PoolSpec
    N: int
    C: int
    dtype: np.dtype[Any]
    threads: int
    registers: int
    may_mask: bool = False

    @property
    def is_masked(self) -> bool:
        """Whether a mask leaves out lanes beyond few channels: where masks cost nothing."""
        target = host()
        lanes = target.vector_bytes // self.dtype.itemsize
        odd = lanes > self.C and self.C & (self.C - 1) != 0
        return self.may_mask and target.vector_bytes == 64 and odd

    @property
    def axes(self) -> tuple[Axis, ...]:
        """Depth, rows, columns."""
        return (_POINT,) * (3 - self.spec.rank) + self.spec.axes

    @property
    def number_bits(self) -> int:
        """Bits of a place, so that vectors of places have the lanes of vectors of reals."""
        narrow = self.dtype.itemsize == 4 and math.prod(self.spec.input_size) < 2**31
        return 32 if narrow else 64

    @property
    def is_apart(self) -> bool:
        """Whether no two windows overlap."""
        return _lie_apart(self.spec)

    @property
    def unrolled(self) -> tuple[int, int]:
        """Rows and columns of a small window, (0, 0) for any other."""
        D, H, W = self.axes
        small = D.kernel == 1 and H.kernel * W.kernel <= _MOST_UNROLLED
        return (H.kernel, W.kernel) if small else (0, 0)

    @property
    def block(self) -> tuple[int, int]:
        """The stride of windows, and how many of them a gradient takes at once."""
        stride = self.spec.stride[-1]
        if self.unrolled == (0, 0) or max(self.spec.dilation) > 1 or stride > 4:
            return 0, 0
        return stride, max(1, 4 // stride)

    @property
    def is_streamed(self) -> bool:
        """Whether a gradient is written past the caches: large, and of whole aligned vectors.

        The gradient's input counts too: as it is read, it drives the gradient out.
        """
        size = self.N * math.prod(self.spec.input_size) * self.C * self.dtype.itemsize
        lanes = host().vector_bytes // self.dtype.itemsize
        aligned = not leaves_gaps(self.spec) and self.C % lanes == 0
        return aligned and size >= LEAST_ALIGNED and 2 * size >= STREAMED_BYTES

    @property
    def shape(self) -> Shape:
        """Vectors of channels that are worked on together: the fewest, and little overlap."""
        lanes = host().vector_bytes // self.dtype.itemsize
        if self.is_masked:  # one vector, and some of its lanes are not there
            return Shape(1 << (self.C - 1).bit_length(), 1, 1)
        while lanes > self.C:  # half a vector, and so on, for fewer channels
            lanes //= 2
        total = -(-self.C // lanes)
        most = min(total, host().vector_registers // self.registers)

        def cost(vectors: int) -> float:
            overlap = 1.1 if self.C % (vectors * lanes) else 1.0
            return -(-total // vectors) * (vectors + 0.7) * overlap

        vectors = min(range(1, most + 1), key=cost)
        return Shape(lanes, vectors, int(self.C % (vectors * lanes) == 0))

    @property
    def taps(self) -> int:
        """How many elements are looked at."""
        spec = self.spec
        return self.N * self.C * math.prod(spec.output_size) * math.prod(spec.kernel_size)


@lru_cache(1024)
def leaves_gaps(spec: PoolSpec) -> bool:
    """Whether windows that lie apart do not reach every element of the input."""
    return _lie_apart(spec) and not all(
        axis.stride == axis.kernel and axis.positions * axis.stride - axis.before >= axis.size
        for axis in spec.axes
    )


def _lie_apart(spec: PoolSpec) -> bool:
    return all(axis.stride >= effective_kernel(axis.kernel, axis.dilation) for axis in spec.axes)


def forward_plan(problem: Problem, build: Builder, *sizes: int) -> Plan:
    """Plan a kernel whose items are pieces of rows of windows."""
    D, H, W = problem.axes
    rows = problem.N * D.positions * H.positions
    groups = _groups(problem)
    pieces = -(-_ITEMS_A_THREAD * problem.threads // rows)
    w_piece = -(-W.positions // pieces)
    c_piece = max(1, groups * -(-W.positions // w_piece) // pieces)
    return _plan(problem, build, sizes, rows, W.positions, w_piece, c_piece, (1, 1, 0, 0))


def backward_plan(problem: Problem, build: Builder, kept_bytes: int, *sizes: int) -> Plan:
    """Plan a kernel whose items are pieces of rows of input; it keeps rows of windows."""
    D, H, W = problem.axes
    rows = problem.N * D.size * H.size
    groups, width = _groups(problem), problem.shape.lanes * problem.shape.vectors
    kept_d, kept_h, kept_w = (_covering(axis) for axis in (D, H, W))
    # Wide enough for few windows to be computed twice, at the borders of pieces.
    fitting = max(1, _KEPT_BYTES // (kept_d * kept_h * width * kept_bytes))
    c_piece = max(1, min(groups, fitting // min(W.positions, 8 * kept_w)))
    w_piece = min(W.size, max(4 * kept_w, fitting // c_piece - kept_w) * W.stride)
    fewest = 2 * problem.threads if rows < 2 * problem.threads or H.size == 1 else 1
    for _ in range(8):  # few examples: let the threads share their columns or channels
        if problem.N * -(-W.size // w_piece) * -(-groups // c_piece) >= fewest:
            break
        if c_piece > 1:
            c_piece = -(-c_piece // 2)
        elif w_piece > 4 * kept_w * W.stride:
            w_piece = -(-w_piece // 2)
    windows = min(W.positions, (w_piece + W.stride - 2) // W.stride + kept_w)
    kept_row = windows * min(c_piece * width, problem.C)
    kept = (kept_d, kept_h, kept_row, kept_bytes)
    return _plan(problem, build, sizes, rows, W.size, w_piece, c_piece, kept)


def _groups(problem: Problem) -> int:
    return -(-problem.C // (problem.shape.lanes * problem.shape.vectors))


def _covering(axis: Axis) -> int:
    """The most windows that reach over one element."""
    return min(-(-effective_kernel(axis.kernel, axis.dilation) // axis.stride), axis.positions)


def _plan(
    problem: Problem,
    build: Builder,
    sizes: Sequence[int],
    rows: int,
    columns: int,
    w_piece: int,
    c_piece: int,
    kept: tuple[int, int, int, int],
) -> Plan:
    axes, groups = problem.axes, _groups(problem)
    w_pieces, c_pieces = -(-columns // w_piece), -(-groups // c_piece)
    kept_d, kept_h, kept_row, kept_bytes = kept
    values = {
        "C": problem.C,
        "places": math.prod(axis.size for axis in axes),
        "outputs": math.prod(axis.positions for axis in axes),
        "pieces": w_pieces * c_pieces,
        "c_pieces": c_pieces,
        "w_piece": w_piece,
        "c_piece": c_piece,
        "groups": groups,
        "kept_d": kept_d,
        "kept_h": kept_h,
        "kept_row": kept_row,
    }
    for at, (name, axis) in enumerate(zip("dhw", axes, strict=True)):
        values |= _axis_values(name, axis, problem.spec.count_include_pad)
        values[f"{name}_place"] = math.prod(axis.size for axis in axes[at + 1 :])
    slots = kept_d * kept_h
    scratch = header_ints(slots) * 8 + slots * kept_row * kept_bytes
    native = kernel(build, problem.dtype.name, *problem.shape, *sizes)
    items, parallel = rows * w_pieces * c_pieces, problem.taps > _SERIAL_TAPS
    return Plan.of(native, PARAMETERS, values, items, scratch, parallel)


def _axis_values(name: str, axis: Axis, include_pad: bool) -> dict[str, int]:
    low, high = (-axis.before, axis.size + axis.after) if include_pad else (0, axis.size)
    return {
        f"{name}_size": axis.size,
        f"{name}_positions": axis.positions,
        f"{name}_taps": axis.kernel,
        f"{name}_stride": axis.stride,
        f"{name}_before": axis.before,
        f"{name}_step": axis.dilation,
        f"{name}_reach": effective_kernel(axis.kernel, axis.dilation),
        f"{name}_low": low,
        f"{name}_high": high,
    }
