"""What the checker finds about wrong implementations, for the tests of what is shown of it."""

import numpy as np

from stridewise.checker.catalogue import RECIPES
from stridewise.checker.diagnosis import Outcome, diagnose
from stridewise.checker.exercises import COURSE
from stridewise.checker.replaying import replayed


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


def _came(function, *deviations):
    (part,) = COURSE.functions[function]
    return [replayed(part, deviations, number).value for number in range(len(part.probes))]
