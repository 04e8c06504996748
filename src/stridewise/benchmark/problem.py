"""One row of the benchmark: a convolution or a pooling, its arrays, and what it costs."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from stridewise.arrays import Array
from stridewise.axis_options import Padding
from stridewise.specs import ConvSpec, PoolSpec

__all__ = ["CLASSES", "Arrays", "ConvProblem", "Direction", "PoolProblem", "Problem"]

Direction: TypeAlias = Literal["forward", "backward"]

CLASSES = (
    "3×3, stride 1",
    "1×1",
    "strided, dilated, larger kernels",
    "first layers",
    "depthwise, grouped",
    "tiny",
    "pooling",
    "1-D and 3-D",
)

# Here calling costs more than computing: some microseconds of one core.
_TINY = 1_000_000
_FIRST_LAYER_CHANNELS = 4
_SEED = 20240607


class Arrays(NamedTuple):
    """What a problem computes with, float32, channels last; a pooling has no weights."""

    x: Array
    weight: Array
    bias: Array
    grad_y: Array


@dataclass(frozen=True)
class BaseProblem(ABC):
    """What both kinds of row share; sizes are spatial."""

    set: str
    N: int
    size: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: Padding

    @property
    def rank(self) -> int:
        """Number of spatial axes."""
        return len(self.size)

    @property
    @abstractmethod
    def spec(self) -> ConvSpec | PoolSpec:
        """All its integers, the output's size among them."""

    @property
    @abstractmethod
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of ``x``, ``weight``, ``bias`` and ``grad_y``."""

    @property
    def pads(self) -> tuple[tuple[int, int], ...]:
        """Padding before and after each axis, in elements."""
        return self.spec.padding

    @property
    def pads_alike(self) -> bool:
        """Whether both sides of every axis are padded alike: what some peers can only do."""
        return all(before == after for before, after in self.pads)

    @cached_property
    def arrays(self) -> Arrays:
        """Normal random numbers, the same in every run."""
        rng = np.random.default_rng(_SEED)
        return Arrays(*(rng.standard_normal(s, np.float32) for s in self.shapes))

    @property
    def _pad(self) -> str:
        if not self.pads_alike:
            return f" pad {self.padding}"
        return _option("pad", tuple(before for before, _ in self.pads), 0)

    def operations(self, direction: Direction) -> int:
        """Multiplications and additions; of a pooling, comparisons or additions."""
        _, weight, _, y = self.shapes
        if not self.has_weight:
            return math.prod(y) * math.prod(self.kernel)
        once = 2 * math.prod(y) * math.prod(weight[:-1])
        return 2 * once if direction == "backward" else once

    @property
    def has_weight(self) -> bool:
        """Whether its operations are multiplications with weights."""
        return math.prod(self.shapes[1]) > 0

    def traffic(self, direction: Direction) -> int:
        """Bytes of memory that have to pass at least: each array once."""
        x, weight, bias, y = (4 * math.prod(shape) for shape in self.shapes)
        if direction == "forward":
            return x + weight + bias + y
        # A gradient is as large as what it is the gradient of.
        return y + x + weight + (x + weight + bias)


def _times(sizes: tuple[int, ...]) -> str:
    return "×".join(map(str, sizes))


def _option(name: str, values: tuple[int, ...], usual: int) -> str:
    if set(values) == {usual}:
        return ""
    same = len(set(values)) == 1
    return f" {name} {values[0] if same else _times(values)}"


@dataclass(frozen=True)
class ConvProblem(BaseProblem):
    """A convolution with bias.

    Examples
    --------
    >>> row = ConvProblem("demo", 2, (5, 7), (3, 3), (2, 2), 1, 4, 8, (1, 1), 1)
    >>> row.title, row.spec.output_size, row.group
    ('2 × 5×7, 4 → 8, 3×3 stride 2 pad 1', (3, 4), 'tiny')
    """

    C_in: int
    C_out: int
    dilation: tuple[int, ...]
    groups: int

    @cached_property
    def spec(self) -> ConvSpec:
        """All its integers, the output's size among them."""
        return ConvSpec.of("bench", self.size, self.kernel, **self.options)

    @property
    def options(self) -> dict[str, Any]:
        """What ``conv2d`` takes besides arrays."""
        return {
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
            "groups": self.groups,
        }

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of ``x``, ``weight``, ``bias`` and ``grad_y``."""
        return (
            (self.N, *self.size, self.C_in),
            (*self.kernel, self.C_in // self.groups, self.C_out),
            (self.C_out,),
            (self.N, *self.spec.output_size, self.C_out),
        )

    @property
    def group(self) -> str:
        """Which of ``CLASSES`` it belongs to."""
        single = set(self.kernel) == {1}
        if self.rank != 2:
            found = "1-D and 3-D"
        elif self.operations("forward") < 2 * _TINY:
            found = "tiny"
        elif self.groups > 1:
            found = "depthwise, grouped"
        elif self.C_in <= _FIRST_LAYER_CHANNELS:
            found = "first layers"
        elif single:
            found = "1×1"
        elif self.kernel == (3, 3) and set(self.stride) == set(self.dilation) == {1}:
            found = "3×3, stride 1"
        else:
            found = "strided, dilated, larger kernels"
        return found

    @property
    def title(self) -> str:
        """One line that tells it from all others."""
        return (
            f"{self.N} × {_times(self.size)}, {self.C_in} → {self.C_out}, {_times(self.kernel)}"
            f"{_option('stride', self.stride, 1)}{self._pad}{_option('dilation', self.dilation, 1)}"
            f"{_option('groups', (self.groups,), 1)}"
        )


@dataclass(frozen=True)
class PoolProblem(BaseProblem):
    """A pooling of maxima or of means, which count the padding.

    Examples
    --------
    >>> row = PoolProblem("demo", 2, (6, 6), (2, 2), (2, 2), 0, 3, "max")
    >>> row.title, row.operations("forward")
    ('max pool 2 × 6×6, 3, 2×2 stride 2', 216)
    """

    C: int
    pooling: Literal["max", "average"]

    @cached_property
    def spec(self) -> PoolSpec:
        """All its integers, the output's size among them."""
        return PoolSpec.of("bench", self.size, self.kernel, **self.options)

    @property
    def options(self) -> dict[str, Any]:
        """What the pooling takes besides the array and the kernel's size."""
        return {"stride": self.stride, "padding": self.padding}

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of ``x``, no weights, no bias, and of ``grad_y``."""
        x, y = (self.N, *self.size, self.C), (self.N, *self.spec.output_size, self.C)
        return x, (0,), (0,), y

    @property
    def group(self) -> str:
        """Pooling."""
        return "pooling"

    @property
    def title(self) -> str:
        """One line that tells it from all others."""
        return (
            f"{self.pooling} pool {self.N} × {_times(self.size)}, {self.C}, "
            f"{_times(self.kernel)}{_option('stride', self.stride, 1)}{self._pad}"
        )


Problem: TypeAlias = ConvProblem | PoolProblem
