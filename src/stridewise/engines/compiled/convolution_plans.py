"""The plans of convolutions and their gradients, each worked out once and kept."""

from __future__ import annotations

import itertools
import math
from functools import lru_cache, partial
from typing import TypeAlias

import numpy as np

from stridewise.engines.compiled.direct.convolution_plan import DirectPlan, direct_plan
from stridewise.engines.compiled.direct.framed_gradient_plan import PartialSums
from stridewise.engines.compiled.direct.weight_gradient_plan import weight_gradient_plan
from stridewise.engines.compiled.planning.axis_problem import AxisProblem, forward, phases
from stridewise.engines.compiled.planning.channels import Channels
from stridewise.engines.compiled.planning.planner import Problem, choose, choose_gradient
from stridewise.engines.compiled.running.plan import Plan
from stridewise.engines.compiled.tile.ending import PLAIN, Ending
from stridewise.engines.compiled.winograd.forward_plan import WinogradPlan, winograd_plan
from stridewise.engines.compiled.winograd.gradient_plan import (
    WinogradGradientPlan,
    winograd_gradient_plan,
)
from stridewise.engines.precision import Precision
from stridewise.specs import ConvSpec

__all__ = ["AnyPlan", "Sizes", "forward_plan", "grad_weight_plan", "grad_x_plans"]

AnyPlan: TypeAlias = Plan | PartialSums | DirectPlan | WinogradPlan | WinogradGradientPlan
# Besides the spec: N, C_in, C_out and the dtype's character.
Sizes: TypeAlias = tuple[int, int, int, str]


@lru_cache(1024)
def forward_plan(
    spec: ConvSpec,
    sizes: Sizes,
    has_bias: bool,
    threads: int,
    precision: Precision,
    ending: Ending = PLAIN,
    packed: bool = False,
) -> DirectPlan | WinogradPlan:
    """The plan of a convolution; a direct one takes weights that are ``packed``."""
    _, C_in, C_out, _ = sizes
    axes = tuple(map(forward, spec.axes))
    channels = Channels.forward(C_in, C_out, spec.groups)
    spatial = spec.input_size, spec.output_size
    return _plan(
        spec, sizes, axes, channels, *spatial, has_bias, threads, precision, ending, packed
    )


@lru_cache(1024)
def grad_x_plans(
    spec: ConvSpec, sizes: Sizes, threads: int, precision: Precision
) -> tuple[list[DirectPlan | WinogradPlan], bool]:
    """A plan for each phase, and whether the phases cover all of the input."""
    _, C_in, C_out, _ = sizes
    channels = Channels.backward(C_in, C_out, spec.groups)
    spatial = spec.output_size, spec.input_size
    met = [phases(axis) for axis in spec.axes]
    plans = [
        _plan(spec, sizes, axes, channels, *spatial, False, threads, precision)
        for axes in itertools.product(*met)
    ]
    covered = (sum(phase.positions for phase in of_axis) for of_axis in met)
    return plans, tuple(covered) == spec.input_size


@lru_cache(1024)
def grad_weight_plan(
    spec: ConvSpec, sizes: Sizes, precision: Precision
) -> Plan | PartialSums | WinogradGradientPlan:
    """The plan of a gradient by the weights."""
    N, C_in, C_out, character = sizes
    problem = Problem(
        np.dtype(character), N, tuple(map(forward, spec.axes)), C_in, C_out, spec.groups
    )
    if choose_gradient(problem, precision).algorithm == "winograd":
        return winograd_gradient_plan(problem, directly=partial(weight_gradient_plan, problem))
    return weight_gradient_plan(problem)


def _plan(
    spec: ConvSpec,
    sizes: Sizes,
    axes: tuple[AxisProblem, ...],
    channels: Channels,
    x_size: tuple[int, ...],
    y_size: tuple[int, ...],
    has_bias: bool,
    threads: int,
    precision: Precision,
    ending: Ending = PLAIN,
    packed: bool = False,
) -> DirectPlan | WinogradPlan:
    N, C_in, C_out, character = sizes
    problem = Problem(np.dtype(character), N, axes, channels.C_in, channels.C_out, channels.groups)
    inner = C_in // spec.groups * C_out
    strides = tuple(math.prod(spec.kernel_size[at + 1 :]) * inner for at in range(spec.rank))
    sizes_and_threads = (strides, x_size, y_size, has_bias, threads)
    directly = partial(direct_plan, problem, channels, *sizes_and_threads, ending=ending)
    if choose(problem, precision).algorithm == "winograd":
        return winograd_plan(problem, channels, strides, has_bias, ending, directly)
    return directly(packed=packed)
