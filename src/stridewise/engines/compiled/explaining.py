"""Say which algorithms will compute a convolution: what the planner chose, and why."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from stridewise.engines.compiled.code.target import host
from stridewise.engines.compiled.convolution import is_narrow
from stridewise.engines.compiled.convolution_plans import (
    forward_plan,
    grad_weight_plan,
    grad_x_plans,
)
from stridewise.engines.compiled.planning.axis_problem import forward, phases
from stridewise.engines.compiled.planning.planner import Choice, Problem, choose, choose_gradient
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
    spec: ConvSpec, N: int, C_in: int, C_out: int, dtype: np.dtype[Any]
) -> tuple[Step, ...]:
    """The three steps of a convolution of these sizes."""
    threads, precision = get_num_threads(), get_precision()
    axes = tuple(map(forward, spec.axes))
    problem = Problem(dtype, N, axes, C_in, C_out, spec.groups)
    sizes = (N, C_in, C_out, dtype.char)
    names = ("forward", "gradient by x", "gradient by weight")
    if is_narrow(spec, C_in // spec.groups, C_out, dtype):
        reason = "groups narrower than a vector"
        return tuple(
            Step(name, "vectors across groups", reason, problem.multiply_adds, 0, None)
            for name in names
        )
    whole = [
        Problem(dtype, N, of_phase, C_out, C_in, spec.groups)
        for of_phase in itertools.product(*map(phases, spec.axes))
    ]
    chosen: tuple[list[Choice], ...] = (
        [choose(problem, precision)],
        [choose(phase, precision) for phase in whole],
        [choose_gradient(problem, precision)],
    )
    plans: tuple[Callable[[], list[Any]], ...] = (
        lambda: [forward_plan(spec, sizes, True, threads, precision)],
        lambda: list(grad_x_plans(spec, sizes, threads, precision)[0]),
        lambda: [grad_weight_plan(spec, sizes, precision)],
    )
    steps = []
    for name, choices, plan in zip(names, chosen, plans, strict=True):
        first = choices[0] if choices else Choice("direct", "no input meets a tap", 1.0)
        cycles = sum(choice.cost for choice in choices) or 1.0
        lanes = host().vector_bytes // dtype.itemsize
        workspace = max((each.workspace(threads) for each in plan()), default=0)
        phases_of = f", in {len(choices)} phases" if len(choices) > 1 else ""
        steps.append(
            Step(
                name,
                _NAMES[first.algorithm] + phases_of,
                first.reason,
                problem.multiply_adds,
                workspace,
                problem.multiply_adds / lanes / cycles,
            )
        )
    return tuple(steps)
