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
from stridewise.checker.comparing import first_difference, is_single, same
from stridewise.checker.probes import Probe, probes
from stridewise.checker.results import (
    NOT_RECOGNISED,
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
    for chosen in ((), *((each,) for each in recipe.conventions)):
        if _explains(recipe, chosen, asked, outcomes):
            found = (*conventions, *(each.id for each in chosen))
            writes = (FoundMistake("writes-to-input"),) if any(o.changed for o in outcomes) else ()
            return FunctionResult("failed" if writes else "passed", writes, found)
    ids = _named(recipe, asked, outcomes) or _from_exception(function, outcomes)
    error = next((outcome.failed.trouble for outcome in outcomes if outcome.failed), None)
    wrong = _first_wrong(recipe, asked, outcomes)
    nothing = all(outcome.failed is None and outcome.value is None for outcome in outcomes)
    if not ids:
        ids = {"returns-nothing"} if nothing else {NOT_RECOGNISED}
    returned = any(outcome.failed is None for outcome in outcomes)
    status = "error" if error and (not returned or NOT_RECOGNISED in ids) else "failed"
    mistakes = tuple(FoundMistake(each, locate(each)) for each in sorted(ids))
    return FunctionResult(
        "error" if status == "error" else "failed",
        mistakes if NOT_RECOGNISED not in ids or not error else (),
        conventions,
        wrong,
        error,
    )


def _named(recipe: Recipe, asked: Sequence[Probe], outcomes: Sequence[Outcome]) -> set[str]:
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
            and _explains(recipe, (*mistakes, *chosen), asked, outcomes)
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
    asked: Sequence[Probe],
    outcomes: Sequence[Outcome],
) -> bool:
    for number, (_, outcome) in enumerate(zip(asked, outcomes, strict=True)):
        raised, value = replayed(recipe.name, tuple(map(id, deviations)), number)
        if raised is not None:
            if outcome.failed is None or outcome.failed.trouble.type != raised:
                return False
        elif outcome.failed is not None or not same(outcome.value, value):
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


def _from_exception(function: str, outcomes: Sequence[Outcome]) -> set[str]:
    if function not in _SIGNED or not all(outcome.failed for outcome in outcomes):
        return set()
    said = {f"{o.failed.trouble.type}: {o.failed.trouble.message}" for o in outcomes if o.failed}
    for pattern, found in _SIGNATURES:
        if all(re.match(pattern, each) for each in said):
            return {found}
    return set()


def _how_it_returns(function: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    values = [outcome.value for outcome in outcomes if outcome.failed is None]
    found = []
    if any(map(is_single, values)):
        found.append("float32")
    if function == "conv_single_step" and any(
        isinstance(value, np.ndarray) and value.shape == () for value in values
    ):
        found.append("scalar-array")
    return tuple(found)


def _first_wrong(recipe: Recipe, asked: Sequence[Probe], outcomes: Sequence[Outcome]) -> Any:
    for number, (probe, outcome) in enumerate(zip(asked, outcomes, strict=True)):
        if outcome.failed is None:
            _, right = replayed(recipe.name, (), number)
            found = first_difference(probe.words, recipe.results, outcome.value, right)
            if found:
                return found
    return None
