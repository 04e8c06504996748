"""Which mistakes explain what a function returned.

A mistake is named only if, with it, the recipe gives the learner's results on every probe. Where
different mistakes explain them equally well, only those are named that all explanations share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from stridewise.checker.catalogue import Deviation, Recipe
from stridewise.checker.comparing import EXACT, SINGLE, first_difference, same
from stridewise.checker.evidence import with_evidence
from stridewise.checker.exercises import COURSE, Exercise, Part
from stridewise.checker.raised import is_raised_alike, said_by_all
from stridewise.checker.replaying import Replay, replayed
from stridewise.checker.results import (
    NOT_RECOGNISED,
    FirstWrong,
    FoundMistake,
    FunctionResult,
    Trouble,
)

__all__ = ["Failed", "Outcome", "diagnose"]


@dataclass(frozen=True)
class Failed:
    """A call that gave no result: by an exception, for want of time, or with the process."""

    status: str
    trouble: Trouble


@dataclass(frozen=True)
class Outcome:
    """What came of one probe: a value and whether arguments were written to, or a failure."""

    value: Any = None
    changed: bool = False
    failed: Failed | None = None


# Whose exceptions can say by themselves which mistake it is.
_SIGNED = ("conv_single_step", "conv_forward", "conv_slice", "forward")
_SCALARS = ("conv_single_step", "conv_slice")


@dataclass(frozen=True)
class _Explanation:
    """What explains the results of one part of a function; it is right if there are no ids.

    Different deviations may explain the same; the ids are those that all of them share.
    """

    ids: frozenset[str]
    conventions: tuple[str, ...] = ()
    deviations: tuple[tuple[Deviation, ...], ...] = ()


def diagnose(
    function: str,
    outcomes: Sequence[Outcome],
    locate: Callable[[str], int | None],
    exercise: Exercise = COURSE,
) -> FunctionResult:
    """Say what is wrong with a function, from what came of its probes.

    Parameters
    ----------
    function : str
    outcomes : sequence of Outcome
        One for each of ``exercise.probes(function)``.
    locate : function
        Gives the line of a mistake in the learner's file, or None.
    exercise : Exercise
        That the function belongs to.

    Examples
    --------
    >>> wrong = [Outcome(np.sum(a * W)) for a, W, b in
    ...          (probe.arguments for probe in COURSE.probes("conv_single_step"))]
    >>> [each.id for each in diagnose("conv_single_step", wrong, lambda _: None).mistakes]
    ['bias-missing']
    """
    timed_out = next(
        (o.failed for o in outcomes if o.failed and o.failed.status == "timeout"), None
    )
    if timed_out:
        return FunctionResult("timeout", error=timed_out.trouble)
    parts = exercise.functions[function]
    rest = iter(outcomes)
    came = [[next(rest) for _ in part.probes] for part in parts]
    explanations = list(map(_explanation, parts, came))
    ids = frozenset[str]().union(*(each.ids for each in explanations))
    if NOT_RECOGNISED in ids:
        # What is explained is not all that is wrong; that arguments are written to, is true.
        written = any(outcome.changed for outcome in outcomes)
        ids = frozenset({"writes-to-input" if written else NOT_RECOGNISED})
    said = [each for explanation in explanations for each in explanation.conventions]
    conventions = tuple(dict.fromkeys((*said, *_how_it_returns(function, outcomes))))
    probes = exercise.probes(function)
    failed = [
        replace(outcome.failed.trouble, input=probe.words)
        for probe, outcome in zip(probes, outcomes, strict=True)
        if outcome.failed
    ]
    if not ids and not failed:
        if any(outcome.changed for outcome in outcomes):
            return FunctionResult("failed", (FoundMistake("writes-to-input"),), conventions)
        return FunctionResult("passed", (), conventions)
    firsts = (_first_wrong(*each) for each in zip(parts, came, explanations, strict=True))
    wrong = next((first for first in firsts if first), None)
    if wrong is None and failed:
        ids -= {NOT_RECOGNISED}  # all that came back is right: the exception says the rest
    mistakes = tuple(FoundMistake(each, locate(each)) for each in sorted(ids))
    explained = ids - {NOT_RECOGNISED} or wrong
    error = failed[0] if failed else None
    return FunctionResult("failed" if explained else "error", mistakes, conventions, wrong, error)


def _explanation(part: Part, outcomes: Sequence[Outcome]) -> _Explanation:
    for near in (EXACT, SINGLE):
        # Who computes in float32 is as right, and as wrong, as anybody else.
        single = ("float32",) if near == SINGLE else ()
        explains = _comparison(part, outcomes, near)
        for chosen in _choices(part.recipe):
            if explains(chosen):
                said = (*single, *(each.id for each in chosen))
                return _Explanation(frozenset(), said)
        if all(outcome.failed for outcome in outcomes):
            break  # nothing that could be compared
        found = _simplest(part.recipe, explains)
        ids = frozenset.intersection(*(ids for ids, _ in found)) if found else frozenset()
        if ids:
            return _Explanation(ids, single, tuple(deviations for _, deviations in found))
    ids = _from_exception(part, outcomes) or _from_kind(part.recipe, outcomes)
    if not ids and any(outcome.failed is None for outcome in outcomes):
        ids = frozenset({NOT_RECOGNISED})
    return _Explanation(ids)


def _choices(recipe: Recipe) -> list[tuple[Deviation, ...]]:
    """No convention, or any of them."""
    return [(), *((each,) for each in recipe.conventions)]


_Candidates: TypeAlias = list[tuple[frozenset[str], tuple[Deviation, ...]]]


def _simplest(recipe: Recipe, explains: Callable[[tuple[Deviation, ...]], bool]) -> _Candidates:
    """Whatever explains everything with one mistake; if there is nothing, with two."""
    for candidates in _candidates(recipe):
        found = [each for each in candidates if explains(each[1])]
        if found:
            return found
    return []


@cache
def _candidates(recipe: Recipe) -> tuple[_Candidates, _Candidates]:
    """One mistake, and then two, each with every convention that leaves it its steps."""
    singles: list[tuple[Deviation, ...]] = [(each,) for each in recipe.mistakes]
    one, two = (
        [
            (frozenset(each.id for each in mistakes), (*mistakes, *chosen))
            for mistakes in explanations
            for chosen in _choices(recipe)
            if not _overlap((*mistakes, *chosen))
        ]
        for explanations in (singles, recipe.pairs())
    )
    return one, two


def _overlap(deviations: Iterable[Deviation]) -> bool:
    steps = [step for each in deviations for step in each.steps]
    return len(steps) != len(set(steps))


def _comparison(
    part: Part, outcomes: Sequence[Outcome], near: float
) -> Callable[[tuple[Deviation, ...]], bool]:
    """Whether some deviations explain what came; no replay is compared twice."""
    known: dict[Replay, bool] = {}

    def is_alike(outcome: Outcome, replay: Replay) -> bool:
        if replay.raised is not None:
            return outcome.failed is not None and is_raised_alike(
                outcome.failed.trouble, replay.raised
            )
        return outcome.failed is None and same(outcome.value, replay.value, near)

    def explains(deviations: tuple[Deviation, ...]) -> bool:
        for number, outcome in enumerate(outcomes):
            replay = replayed(part, deviations, number)
            if replay not in known:
                known[replay] = is_alike(outcome, replay)
            if not known[replay]:
                return False
        return True

    return explains


def _from_exception(part: Part, outcomes: Sequence[Outcome]) -> frozenset[str]:
    """What all exceptions say, if nothing that was returned is right."""
    troubles = [outcome.failed.trouble for outcome in outcomes if outcome.failed]
    if part.recipe.name not in _SIGNED or not troubles:
        return frozenset()
    for number, outcome in enumerate(outcomes):
        if outcome.failed is None and same(outcome.value, replayed(part, (), number).value):
            return frozenset()
    found = said_by_all(troubles)
    return frozenset({found} if found else ())


def _from_kind(recipe: Recipe, outcomes: Sequence[Outcome]) -> frozenset[str]:
    """What is wrong with the results before one looks at their numbers."""
    values = [outcome.value for outcome in outcomes if outcome.failed is None]
    if len(values) < len(outcomes):
        return frozenset()
    if all(value is None for value in values):
        return frozenset({"returns-nothing"})
    count = len(recipe.results)
    fits = [isinstance(value, tuple | list) and len(value) == count for value in values]
    return frozenset({"wrong-number-of-results"} if count > 1 and not any(fits) else ())


def _how_it_returns(function: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    arrays = any(isinstance(o.value, np.ndarray) and o.value.shape == () for o in outcomes)
    return ("scalar-array",) if function in _SCALARS and arrays else ()


def _first_wrong(
    part: Part, outcomes: Sequence[Outcome], explanation: _Explanation
) -> FirstWrong | None:
    """What is wrong by more than float32 rounds off: nobody is blamed for that."""
    for number, (probe, outcome) in enumerate(zip(part.probes, outcomes, strict=True)):
        if outcome.failed is None:
            right = replayed(part, (), number).value
            found = first_difference(probe.words, part.recipe.results, outcome.value, right, SINGLE)
            if found:
                return with_evidence(
                    found, part.recipe, probe, outcome.value, explanation.deviations
                )
    return None
