"""What the checker finds about wrong implementations, for the tests of what is shown of it."""

from functools import cache

import numpy as np

from stridewise.checker.catalogue import RECIPES
from stridewise.checker.diagnosis import Failed, Outcome, diagnose
from stridewise.checker.exercises import COMPACT, COURSE
from stridewise.checker.replaying import replayed
from stridewise.checker.results import Trouble


def diagnosed(function, change):
    """The result of a function whose first result is changed."""
    outcomes = []
    for right in _came(function):
        whole = isinstance(right, tuple)
        first = change(np.array(right[0] if whole else right))
        outcomes.append(Outcome((first, *right[1:]) if whole else first))
    return diagnose(function, outcomes, lambda _: None)


def with_mistake(function, name):
    """The result of the catalogue's first program with a mistake."""
    mistake = next(each for each in RECIPES[function].mistakes if each.id == name)
    outcomes = [Outcome(value) for value in _came(function, mistake)]
    return diagnose(function, outcomes, lambda _: None)


def with_steps(function, mode, name, *steps):
    """The result of a compact function with the mistake, of one mode, in these steps."""
    (found,) = (
        result
        for part, mistake, result in with_every_mistake(COMPACT, function)
        if part is COMPACT.functions[function][mode]
        and mistake.id == name
        and set(mistake.steps) == set(steps)
    )
    return found


@cache
def with_every_mistake(exercise, function):
    """Each mistake of each of a function's recipes, with its result: the others are right."""
    found = []
    parts = exercise.functions[function]
    for wrong in parts:
        for mistake in wrong.recipe.mistakes:
            outcomes = [
                _outcome(replayed(part, (mistake,) if part is wrong else (), number))
                for part in parts
                for number in range(len(part.probes))
            ]
            result = diagnose(function, outcomes, lambda _: None, exercise)
            found.append((wrong, mistake, result))
    return found


def _outcome(replay):
    failed = Failed("error", Trouble(replay.raised, "")) if replay.raised else None
    return Outcome(replay.value, failed=failed)


def _came(function, *deviations):
    (part,) = COURSE.functions[function]
    return [replayed(part, deviations, number).value for number in range(len(part.probes))]
