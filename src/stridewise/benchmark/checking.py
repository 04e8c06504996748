"""What happens before a rival is timed: does it compute the same."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array
from stridewise.benchmark import ours
from stridewise.benchmark.peers.peer import Rival
from stridewise.benchmark.problem import Direction, Problem
from stridewise.errors import StridewiseError, explain

__all__ = ["DisagreementError", "check_rival", "distance"]

# What float32 explains, for the longest sums and the most daring algorithms of either side.
_TOLERANCE = 1e-4


class DisagreementError(StridewiseError, AssertionError):
    """A peer and Stridewise give different results for the same problem."""


def check_rival(
    name: str, problem: Problem, direction: Direction, mine: object, rival: Rival
) -> None:
    """Compare what a rival computes with what Stridewise does.

    Raises
    ------
    DisagreementError
        If a shape or the numbers differ; names the peer and the row.
    """
    own, theirs = ours.results(mine), rival.read(rival.call())
    for number, (left, right) in enumerate(zip(own, theirs, strict=True)):
        if left.shape != right.shape:
            raise _disagreement(name, problem, direction, f"shape {left.shape}", f"{right.shape}")
        far = distance(left, right)
        if not far <= _TOLERANCE:  # not `>`: a NaN is far away
            wanted = f"array {number} within {_TOLERANCE:g} of Stridewise's, by norms"
            raise _disagreement(name, problem, direction, wanted, f"{far:.3g}")


def distance(mine: Array, theirs: Array) -> float:
    """Norm of the difference, as a share of the norm.

    >>> distance(np.array([3.0, 4.0]), np.array([3.0, 4.5]))
    0.1
    """
    exact = mine.astype(np.float64)
    size = float(np.linalg.norm(exact))
    return float(np.linalg.norm(theirs.astype(np.float64) - exact)) / (size or 1.0)


def _disagreement(
    name: str, problem: Problem, direction: Direction, needed: str, received: str
) -> DisagreementError:
    return DisagreementError(
        explain(
            f"bench, {problem.title}, {direction}",
            f"{name} computes something else.",
            needed=needed,
            received=received,
            hint="the row on `--engine loops`, to see which of the two is wrong",
        )
    )
