"""Which algorithm computes a convolution: decided from its sizes, by a small model of its cost.

The unit is one vector multiply-add, of which a core begins about one a cycle. Nothing is timed when
a program runs: the same sizes always give the same choice, on every machine of one vector width.
"""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple

import numpy as np

from stridewise.engines.compiled.code.target import host
from stridewise.engines.compiled.planning.axis_problem import POINT, AxisProblem
from stridewise.engines.compiled.tile.shape import tile_lanes, tile_shape
from stridewise.engines.precision import Precision

__all__ = [
    "CHUNK_BYTES",
    "GRADIENT_CHUNK_BYTES",
    "OUTPUTS",
    "Choice",
    "Problem",
    "choose",
    "choose_gradient",
]

# Measured on Zen 4 with AVX-512, and rounded: loading, transforming and storing what belongs to
# one tile and one vector of channels …
_INPUT_TILE = 250
_OUTPUT_TILE = 250
# … and, once a chunk, the weights of one input channel and one vector of output channels, or the
# sums of their gradient.
_A_PAIR = 350
# Packing the same weights for the direct convolution.
_PACKING = 30
# Fewer channels than this leave the matrix products of Winograd too thin.
_FEWEST_CHANNELS = 16
# Rows and columns of outputs, and of products, of a tile of Winograd's filtering.
OUTPUTS, _A = 4, 6

# Transformed inputs of one chunk of tiles: small enough for the L3 cache, and so large that what
# is done once for each chunk costs little. For the gradient by the weights, gradients too.
CHUNK_BYTES = 6 * 2**20
GRADIENT_CHUNK_BYTES = 8 * 2**20


class Problem(NamedTuple):
    """A convolution, or one phase of its gradient by the input; C_in are the channels it sums."""

    dtype: np.dtype[Any]
    N: int
    axes: tuple[AxisProblem, ...]
    C_in: int
    C_out: int
    groups: int

    @property
    def multiply_adds(self) -> int:
        """Products of the definition."""
        positions = self.N * math.prod(axis.positions for axis in self.axes)
        return positions * self.taps * self.C_in // self.groups * self.C_out

    @property
    def taps(self) -> int:
        """Of one filter."""
        return math.prod(axis.taps for axis in self.axes)

    def vectors(self, channels: int) -> int:
        """How many vectors hold so many channels."""
        return -(-channels // tile_lanes(host(), self.dtype, channels))


class Choice(NamedTuple):
    """An algorithm, why, and what it costs in vector multiply-adds or in what takes as long."""

    algorithm: Literal["direct", "winograd"]
    reason: str
    cost: float


_NOTHING = Choice("direct", "there is nothing to compute", 0.0)


def choose(problem: Problem, precision: Precision) -> Choice:
    """Choose for a convolution, or for one phase of its gradient by the input."""
    pixels = _pixels(problem)
    if not pixels:
        return _NOTHING
    row = pixels if all(axis.is_pointwise for axis in problem.axes) else problem.axes[-1].positions
    channels = problem.C_out // problem.groups
    packing = problem.vectors(channels) * _PACKING
    a_row = _cycles(problem, row, channels)
    direct = problem.taps * problem.C_in * (pixels / row * a_row + packing)
    return _choice(problem, precision, direct, problem.C_in, CHUNK_BYTES)


def choose_gradient(problem: Problem, precision: Precision) -> Choice:
    """Choose for a gradient by the weights; the axes are those of the convolution."""
    C_in, C_out = problem.C_in // problem.groups, problem.C_out // problem.groups
    if not _pixels(problem):
        return _NOTHING
    direct = problem.taps * problem.groups * _pixels(problem) * _cycles(problem, C_in, C_out)
    channels = problem.C_in + problem.C_out
    return _choice(problem, precision, direct, channels, GRADIENT_CHUNK_BYTES)


def _pixels(problem: Problem) -> int:
    return problem.N * math.prod(axis.positions for axis in problem.axes)


def _cycles(problem: Problem, rows: int, channels: int) -> float:
    """What one step takes for so many rows of a register tile and so many output channels."""
    target = host()
    lanes = tile_lanes(target, problem.dtype, channels)
    return tile_shape(rows, channels, lanes, target.vector_registers).cycles


def _choice(
    problem: Problem, precision: Precision, direct: float, channels: int, chunk_bytes: int
) -> Choice:
    """Compare; so many channels of a chunk of tiles are transformed at a time."""
    obstacle = _obstacle(problem, precision)
    if obstacle:
        return Choice("direct", obstacle, direct)
    *others, H, W = problem.axes
    examples = problem.N * math.prod(axis.size for axis in others)
    tiles = examples * -(-H.positions // OUTPUTS) * -(-W.positions // OUTPUTS)
    chunks = -(-tiles * _A * _A * channels * problem.dtype.itemsize // chunk_bytes)
    inputs, outputs = problem.vectors(problem.C_in), problem.vectors(problem.C_out)
    products = _A * _A * problem.C_in * _cycles(problem, -(-tiles // chunks), problem.C_out)
    winograd = chunks * (products + problem.C_in * outputs * _A_PAIR) + tiles * (
        inputs * _INPUT_TILE + outputs * _OUTPUT_TILE
    )
    times = f"{direct / winograd:.2g} times the speed of the direct sum, by the model"
    if winograd < direct:
        return Choice("winograd", f"3×3 at stride 1: {times}", winograd)
    return Choice("direct", f"Winograd's filtering would have {times}", direct)


def _obstacle(problem: Problem, precision: Precision) -> str | None:
    """Why Winograd's filtering is out of the question, or None."""
    *others, H, W = (POINT, *problem.axes)
    filtered = all((a.taps, a.stride, a.step, a.output_step) == (3, 1, 1, 1) for a in (H, W))
    if not (filtered and all(axis.is_pointwise for axis in others)):
        return "not a kernel of 3×3 at stride 1"
    if problem.groups > 1:
        return "several groups"
    if min(problem.C_in, problem.C_out) < _FEWEST_CHANNELS:
        return f"fewer than {_FEWEST_CHANNELS} channels"
    if problem.dtype != np.float32:
        return "float64 is wanted for its digits"
    if precision == "high":
        return 'set_precision("high")'
    return None
