"""Which mistakes explain what a function returned.

A mistake is named only if, with it, the recipe gives the learner's results on every probe. Where
different mistakes explain them equally well, only those are named that all explanations share.
"""

from __future__ import annotations

import copy
import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import numpy as np

from stridewise.checker.catalogue import RECIPES, Deviation, Recipe
from stridewise.checker.comparing import EXACT, SINGLE, first_difference, same
from stridewise.checker.probes import Probe, probes
from stridewise.checker.results import (
    NOT_RECOGNISED,
    FirstWrong,
    FoundMistake,
    FunctionResult,
    Trouble,
)

__all__ = ["Failed", "Outcome", "diagnose", "replayed"]


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


# Exceptions that say by themselves which mistake it is.
_SIGNATURES = (
    (r"TypeError: only (0-dimensional|length-1|size-1) arrays", "bias-not-scalar"),
    (r"ValueError: setting an array element with a sequence", "bias-not-scalar"),
    (r"ValueError: shapes .* not aligned", "dot-not-multiply"),
)
_replaying = Lock()
_SIGNED = ("conv_single_step", "conv_forward")


def diagnose(
    function: str, outcomes: Sequence[Outcome], locate: Callable[[str], int | None]
) -> FunctionResult:
    """Say what is wrong with a function, from what came of its probes.

    Parameters
    ----------
    function : str
    outcomes : sequence of Outcome
        One for each of ``probes(function)``.
    locate : function
        Gives the line of a mistake in the learner's file, or None.

    Examples
    --------
    >>> wrong = [Outcome(np.sum(a * W)) for a, W, b in
    ...          (probe.arguments for probe in probes("conv_single_step"))]
    >>> [each.id for each in diagnose("conv_single_step", wrong, lambda _: None).mistakes]
    ['bias-missing']
    """
    recipe, asked = RECIPES[function], probes(function)
    timed_out = next(
        (o.failed for o in outcomes if o.failed and o.failed.status == "timeout"), None
    )
    if timed_out:
        return FunctionResult("timeout", error=timed_out.trouble)
    conventions = _how_it_returns(function, outcomes)
    for near in (EXACT, SINGLE):
        # Who computes in float32 is as right, and as wrong, as anybody else.
        single = ("float32",) if near == SINGLE else ()
        for chosen in ((), *((each,) for each in recipe.conventions)):
            if _explains(recipe, chosen, outcomes, near):
                found = (*single, *conventions, *(each.id for each in chosen))
                if any(outcome.changed for outcome in outcomes):
                    return FunctionResult("failed", (FoundMistake("writes-to-input"),), found)
                return FunctionResult("passed", (), found)
        ids = _named(recipe, outcomes, near)
        if ids:
            conventions = (*single, *conventions)
            break
    else:
        near = EXACT
        ids = _from_exception(recipe, outcomes) or _from_kind(recipe, outcomes)
    error = next((outcome.failed.trouble for outcome in outcomes if outcome.failed), None)
    wrong = _first_wrong(recipe, asked, outcomes, near)
    if not ids and any(outcome.failed is None for outcome in outcomes):
        ids = {NOT_RECOGNISED}
    mistakes = tuple(FoundMistake(each, locate(each)) for each in sorted(ids))
    explained = ids - {NOT_RECOGNISED} or wrong
    return FunctionResult("failed" if explained else "error", mistakes, conventions, wrong, error)


def _named(recipe: Recipe, outcomes: Sequence[Outcome], near: float) -> set[str]:
    """The mistakes that all of the simplest explanations have in common."""
    if all(outcome.failed for outcome in outcomes):
        return set()  # nothing that could be compared
    choices: tuple[tuple[Deviation, ...], ...] = ((), *((each,) for each in recipe.conventions))
    for explanations in (((each,) for each in recipe.mistakes), recipe.pairs()):
        found = [
            {each.id for each in mistakes}
            for mistakes in explanations
            for chosen in choices
            if not _overlap((*mistakes, *chosen))
            and _explains(recipe, (*mistakes, *chosen), outcomes, near)
        ]
        if found:
            return set.intersection(*found)
    return set()


def _overlap(deviations: Iterable[Deviation]) -> bool:
    steps = [step for each in deviations for step in each.steps]
    return len(steps) != len(set(steps))


def _explains(
    recipe: Recipe,
    deviations: tuple[Deviation, ...],
    outcomes: Sequence[Outcome],
    near: float,
) -> bool:
    for number, outcome in enumerate(outcomes):
        raised, value = replayed(recipe.name, tuple(map(id, deviations)), number)
        if raised is not None:
            if outcome.failed is None or outcome.failed.trouble.type != raised:
                return False
        elif outcome.failed is not None or not same(outcome.value, value, near):
            return False
    return True


@cache
def _deviations(function: str) -> dict[int, Deviation]:
    recipe = RECIPES[function]
    return {id(each): each for each in (*recipe.mistakes, *recipe.conventions)}


@cache
def replayed(function: str, deviations: tuple[int, ...], number: int) -> tuple[str | None, Any]:
    """What a recipe with some deviations does on a probe: an exception's name, and a value."""
    known = _deviations(function)
    probe = copy.deepcopy(probes(function)[number])
    program = RECIPES[function].program(*(known[each] for each in deviations))
    try:
        # Warnings are kept for the whole process, so one at a time.
        with _replaying, np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return None, program(*probe.arguments, **probe.keywords)
    except Exception as error:
        return type(error).__name__, None


def _from_exception(recipe: Recipe, outcomes: Sequence[Outcome]) -> set[str]:
    """What all exceptions say, if nothing that was returned is right."""
    said = {f"{o.failed.trouble.type}: {o.failed.trouble.message}" for o in outcomes if o.failed}
    if recipe.name not in _SIGNED or not said:
        return set()
    for number, outcome in enumerate(outcomes):
        if outcome.failed is None and same(outcome.value, replayed(recipe.name, (), number)[1]):
            return set()
    for pattern, found in _SIGNATURES:
        if all(re.match(pattern, each) for each in said):
            return {found}
    return set()


def _from_kind(recipe: Recipe, outcomes: Sequence[Outcome]) -> set[str]:
    """What is wrong with the results before one looks at their numbers."""
    values = [outcome.value for outcome in outcomes if outcome.failed is None]
    if len(values) < len(outcomes):
        return set()
    if all(value is None for value in values):
        return {"returns-nothing"}
    count = len(recipe.results)
    fits = [isinstance(value, tuple | list) and len(value) == count for value in values]
    return {"wrong-number-of-results"} if count > 1 and not any(fits) else set()


def _how_it_returns(function: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    arrays = any(isinstance(o.value, np.ndarray) and o.value.shape == () for o in outcomes)
    return ("scalar-array",) if function == "conv_single_step" and arrays else ()


def _first_wrong(
    recipe: Recipe, asked: Sequence[Probe], outcomes: Sequence[Outcome], near: float
) -> FirstWrong | None:
    for number, (probe, outcome) in enumerate(zip(asked, outcomes, strict=True)):
        if outcome.failed is None:
            _, right = replayed(recipe.name, (), number)
            found = first_difference(probe.words, recipe.results, outcome.value, right, near)
            if found:
                return found
    return None
