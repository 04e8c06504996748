"""What is measured of Stridewise: the public operations, on whichever engine is in use."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from stridewise import blocks
from stridewise.arrays import Array
from stridewise.benchmark.problem import ConvProblem, Direction, Problem
from stridewise.benchmark.timing import Call

__all__ = ["call", "results"]


def call(problem: Problem, direction: Direction) -> Call:
    """The call that solves a problem; backward gives all gradients."""
    arrays = problem.arrays
    suffix = f"{problem.rank}d{'_backward' if direction == 'backward' else ''}"
    if isinstance(problem, ConvProblem):
        operation = getattr(blocks, f"conv{suffix}")
        if direction == "forward":
            given: tuple[Any, ...] = (arrays.x, arrays.weight, arrays.bias)
        else:
            given = (arrays.grad_y, arrays.x, arrays.weight)
        return partial(operation, *given, **problem.options)
    operation = getattr(blocks, f"{'max' if problem.pooling == 'max' else 'avg'}_pool{suffix}")
    given = (arrays.x,) if direction == "forward" else (arrays.grad_y, arrays.x)
    return partial(operation, *given, problem.kernel, **problem.options)


def results(found: object) -> tuple[Array, ...]:
    """The arrays that a call gave."""
    return found if isinstance(found, tuple) else (np.asarray(found),)
