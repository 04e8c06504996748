"""The gradient by an input of few channels, such as an image's: several pixels share a vector.

Three channels fill three lanes of a vector. But ``q`` neighbouring pixels are neighbours in
memory, so they can be seen as one pixel of ``q`` times the channels, at ``q`` times the stride. Its
filters are the filters of the ``q`` pixels side by side, each moved to where its own taps are, with
zeros between: more products, many of them with zero, in much fuller vectors.
"""

from __future__ import annotations

import itertools
import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from stridewise.arrays import Array
from stridewise.engines.compiled.code.target import host
from stridewise.engines.compiled.direct.convolution_plan import DirectPlan, direct_plan
from stridewise.engines.compiled.planning.axis_problem import AxisProblem, phases
from stridewise.engines.compiled.planning.channels import Channels
from stridewise.engines.compiled.planning.planner import Problem
from stridewise.geometry import Axis
from stridewise.specs import ConvSpec

__all__ = ["Shared", "filters_side_by_side", "pixels_a_vector", "shared_plans"]

# Below this many multiply-adds, arranging the filters takes longer than it saves.
_LEAST_WORK = 1_000_000
_MOST_TAPS = 64


class Shared(NamedTuple):
    """How pixels share vectors along the last axis.

    Attributes
    ----------
    pixels : int
        How many share one.
    places : tuple of (int, int, int)
        For each pair of a pixel and a tap that meet: the pixel's number, the tap, and the number
        of the position where they meet, counted from the first of all.
    first : int
        That first position, for the first pixels.
    taps : int
        Positions from the first to the last.
    """

    pixels: int
    places: tuple[tuple[int, int, int], ...]
    first: int
    taps: int


def share(axis: Axis, pixels: int) -> Shared:
    """Find which positions ``pixels`` neighbours meet; a multiple of the stride."""
    met = [
        (pixel, tap, (pixel + axis.before - tap * axis.dilation) // axis.stride)
        for pixel in range(pixels)
        for tap in range(axis.kernel)
        if (pixel + axis.before - tap * axis.dilation) % axis.stride == 0
    ]
    numbers = [position for _, _, position in met]
    first = min(numbers)
    places = tuple((pixel, tap, position - first) for pixel, tap, position in met)
    return Shared(pixels, places, first, max(numbers) - first + 1)


@lru_cache(1024)
def pixels_a_vector(spec: ConvSpec, N: int, C_in: int, C_out: int, itemsize: int) -> int:
    """How many pixels should share a vector; 1 if each should have its own."""
    axis = spec.axes[-1]
    work = N * math.prod(spec.output_size) * math.prod(spec.kernel_size) * C_in * C_out
    most = host().vector_bytes // itemsize // C_in
    if spec.groups > 1 or work < _LEAST_WORK or most < 2 or not 1 < axis.kernel <= _MOST_TAPS:
        return 1
    alone = axis.kernel / axis.stride * _vector_cost(C_in * itemsize)
    best = (alone, 1)
    for pixels in range(axis.stride, min(most, axis.size) + 1, axis.stride):
        cost = share(axis, pixels).taps * _vector_cost(pixels * C_in * itemsize) / pixels
        best = min(best, (cost, pixels))
    return best[1]


def _vector_cost(size: int) -> float:
    """Cycles of a multiply-add: half vectors take half as long, shorter ones no less."""
    return 1.0 if size > host().vector_bytes // 2 else 0.5


def filters_side_by_side(weight: Array, shared: Shared) -> Array:
    """Filters of all pixels of a vector: (*other taps, taps, C_out, pixels, C_in)."""
    *others, _, C_in, C_out = weight.shape
    filters = np.zeros((*others, shared.taps, C_out, shared.pixels, C_in), weight.dtype)
    for pixel, tap, place in shared.places:
        filters[..., place, :, pixel, :] = weight[..., tap, :, :].swapaxes(-1, -2)
    return filters


@lru_cache(1024)
def shared_plans(
    spec: ConvSpec, N: int, C_in: int, C_out: int, character: str, threads: int, pixels: int
) -> tuple[Shared, list[DirectPlan], list[DirectPlan]]:
    """Plans for the pixels that share vectors, and for those that are left at the right border."""
    dtype = np.dtype(character)
    *other_axes, axis = spec.axes
    shared = share(axis, pixels)
    whole = axis.size // pixels
    together = AxisProblem(
        size=axis.positions,
        positions=whole,
        taps=shared.taps,
        stride=pixels // axis.stride,
        base=shared.first,
        output_step=pixels,
    )
    seen_wide = pixels * C_in
    channels = Channels(C_out, seen_wide, 1, seen_wide, 1, seen_wide, turned=False)
    sizes = spec.output_size, spec.input_size
    row = C_out * seen_wide
    strides = _strides((*spec.kernel_size[:-1], shared.taps), row)
    wide = [
        direct_plan(
            Problem(dtype, N, (*others, together), C_out, seen_wide, 1),
            channels,
            strides,
            *sizes,
            False,
            threads,
            y_channels=C_in,
        )
        for others in itertools.product(*map(phases, other_axes))
    ]
    rest = axis._replace(size=axis.size - whole * pixels, before=axis.before + whole * pixels)
    left = phases(rest) if rest.size else []
    strides = _strides(spec.kernel_size, C_in * C_out)
    narrow = [
        direct_plan(
            Problem(
                dtype,
                N,
                (*others, alone._replace(first_output=alone.first_output + whole * pixels)),
                C_out,
                C_in,
                1,
            ),
            Channels.backward(C_in, C_out, 1),
            strides,
            *sizes,
            False,
            threads,
        )
        for *others, alone in itertools.product(*map(phases, other_axes), left)
    ]
    return shared, wide, narrow


def _strides(kernel_size: tuple[int, ...], inner: int) -> tuple[int, ...]:
    return tuple(math.prod(kernel_size[at + 1 :]) * inner for at in range(len(kernel_size)))
