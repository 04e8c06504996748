"""What a second thread brings, and what a larger batch costs: on the largest rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from stridewise.benchmark import ours
from stridewise.benchmark.measure import Effort
from stridewise.benchmark.problem import ConvProblem, Direction, Problem
from stridewise.benchmark.threads import limited_to
from stridewise.benchmark.timing import Call, medians
from stridewise.benchmark.workspace import workspace

__all__ = ["BatchScaling", "ThreadScaling", "by_batch", "by_threads", "large_problems"]


@dataclass(frozen=True)
class ThreadScaling:
    """Seconds on one thread and on all."""

    title: str
    direction: Direction
    threads: int
    seconds_1: float
    seconds_all: float

    @property
    def ratio(self) -> float:
        """How many times faster all threads are than one."""
        return self.seconds_1 / self.seconds_all


@dataclass(frozen=True)
class BatchScaling:
    """Seconds for each example, and workspace, for batches of several sizes."""

    title: str
    direction: Direction
    batch: tuple[int, ...]
    seconds_an_example: tuple[float, ...]
    workspace: tuple[int, ...]


def large_problems(problems: Sequence[Problem], most: int = 5) -> list[Problem]:
    """The convolution of each class with the most work, the largest of them first."""
    largest: dict[str, Problem] = {}
    for problem in problems:
        known = largest.get(problem.group)
        if isinstance(problem, ConvProblem) and (known is None or _work(problem) > _work(known)):
            largest[problem.group] = problem
    return sorted(largest.values(), key=_work, reverse=True)[:most]


def by_threads(
    problem: Problem, direction: Direction, threads: int, effort: Effort
) -> ThreadScaling:
    """Time a problem on one thread and on all, in turn."""
    call = ours.call(problem, direction)
    calls = [_on(count, call) for count in (1, threads)]
    seconds = medians(calls, effort.rounds, effort.least_seconds)
    return ThreadScaling(problem.title, direction, threads, *seconds)


def by_batch(
    problem: Problem,
    direction: Direction,
    effort: Effort,
    batch: tuple[int, ...] = (1, 4, 16),
) -> BatchScaling:
    """Time a problem with batches of several sizes, in turn."""
    calls = [ours.call(dataclasses.replace(problem, N=N), direction) for N in batch]
    seconds = medians(calls, effort.rounds, effort.least_seconds)
    return BatchScaling(
        dataclasses.replace(problem, N=1).title.replace("1 ×", "N ×", 1),
        direction,
        batch,
        tuple(taken / N for taken, N in zip(seconds, batch, strict=True)),
        tuple(workspace(call) for call in calls),
    )


def _on(threads: int, call: Call) -> Call:
    def limited() -> None:
        with limited_to(threads):
            call()

    return limited


def _work(problem: Problem) -> int:
    return problem.operations("forward")
