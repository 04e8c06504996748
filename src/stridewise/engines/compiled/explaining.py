"""Say which algorithms will compute a convolution: what the planner chose, and why."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from stridewise.engines.compiled.code.target import host
from stridewise.engines.compiled.convolution import is_narrow
from stridewise.engines.compiled.convolution_plans import (
    AnyPlan,
    Sizes,
    forward_plan,
    grad_weight_plan,
    grad_x_plans,
)
from stridewise.engines.compiled.direct.few_channels import pixels_a_vector, shared_plans
from stridewise.engines.compiled.grouped import calls as grouped
from stridewise.engines.compiled.planning.axis_problem import forward, phases
from stridewise.engines.compiled.planning.planner import (
    Choice,
    Problem,
    choose,
    choose_gradient,
)
from stridewise.engines.explanation import Step
from stridewise.engines.num_threads import get_num_threads
from stridewise.engines.precision import get_precision
from stridewise.specs import ConvSpec

__all__ = ["explain"]

_NAMES = {
    "direct": "direct sum in register tiles",
    "winograd": "Winograd's filtering F(4×4, 3×3)",
}


def explain(
    spec: ConvSpec, N: int, C_in: int, C_out: int, dtype: np.dtype[np.floating]
) -> tuple[Step, ...]:
    """The three steps of a convolution of these sizes."""
    problem = Problem(dtype, N, tuple(map(forward, spec.axes)), C_in, C_out, spec.groups)
    if not N:
        names = ("forward", "gradient by x", "gradient by weight")
        return tuple(Step(name, "none", "the batch is empty", 0, 0, None) for name in names)
    if is_narrow(spec, C_in // spec.groups, C_out, dtype):
        return _narrow(spec, problem)
    sizes = (N, C_in, C_out, dtype.char)
    threads, precision = get_num_threads(), get_precision()
    return (
        _step(
            "forward",
            problem,
            [choose(problem, precision)],
            [forward_plan(spec, sizes, True, threads, precision)],
        ),
        _gradient_by_x(spec, problem, sizes, threads),
        _step(
            "gradient by weight",
            problem,
            [choose_gradient(problem, precision)],
            [grad_weight_plan(spec, sizes, precision)],
        ),
    )


def _narrow(spec: ConvSpec, problem: Problem) -> tuple[Step, ...]:
    dtype, N, _, C_in, C_out, _ = problem
    sizes, threads = (N, C_in, C_out, dtype.char), get_num_threads()
    by_x, _ = grouped.grad_x_plan(spec, *sizes, threads)
    by_weight, slices = grouped.grad_weight_plan(spec, *sizes)
    weights = math.prod(spec.kernel_size) * C_in // spec.groups * C_out * dtype.itemsize
    workspaces = {
        "forward": grouped.forward_plan(spec, *sizes, True, threads).workspace(threads),
        # The weights turned around, or one set of sums for each slice of the work.
        "gradient by x": 0 if by_x is None else by_x.workspace(threads) + weights,
        "gradient by weight": by_weight.workspace(threads) + slices * weights,
    }
    said = ("vectors across groups", "groups narrower than a vector")
    return tuple(
        Step(name, *said, problem.multiply_adds, workspace, None)
        for name, workspace in workspaces.items()
    )


def _gradient_by_x(spec: ConvSpec, problem: Problem, sizes: Sizes, threads: int) -> Step:
    dtype, N, _, C_in, C_out, groups = problem
    precision = get_precision()
    pixels = pixels_a_vector(spec, N, C_in, C_out, dtype.itemsize)
    if pixels > 1:
        shared, together, alone = shared_plans(spec, *sizes, threads, pixels)
        filters = math.prod((*spec.kernel_size[:-1], shared.taps, C_out, pixels, C_in))
        return Step(
            "gradient by x",
            _NAMES["direct"],
            f"few channels: {pixels} pixels share a vector",
            problem.multiply_adds,
            _workspace([*together, *alone], threads) + filters * dtype.itemsize,
            None,
        )
    of_phases = [
        choose(Problem(dtype, N, axes, C_out, C_in, groups), precision)
        for axes in itertools.product(*map(phases, spec.axes))
    ]
    plans, _ = grad_x_plans(spec, sizes, threads, precision)
    return _step("gradient by x", problem, of_phases, plans)


def _step(name: str, problem: Problem, choices: Sequence[Choice], plans: Sequence[AnyPlan]) -> Step:
    """What the choices say together: one, or one for each phase of a gradient."""
    first = choices[0] if choices else Choice("direct", "no input meets a tap", 1.0)
    in_phases = f", in {len(choices)} phases" if len(choices) > 1 else ""
    vector_products = problem.multiply_adds * problem.dtype.itemsize / host().vector_bytes
    cost = sum(choice.cost for choice in choices)
    share = vector_products / cost if cost else None  # no input meets a tap, or the batch is empty
    algorithm = _NAMES[first.algorithm] + in_phases
    workspace = _workspace(plans, get_num_threads())
    return Step(name, algorithm, first.reason, problem.multiply_adds, workspace, share)


def _workspace(plans: Sequence[AnyPlan], threads: int) -> int:
    return max((plan.workspace(threads) for plan in plans), default=0)
