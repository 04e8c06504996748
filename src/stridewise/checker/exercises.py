"""The exercise and its compact variant: functions, how they go wrong, what they are asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from stridewise.checker.catalogue import COMPACT as COMPACT_RECIPES
from stridewise.checker.catalogue import RECIPES, Recipe
from stridewise.checker.compact_probes import COMPACT_HELPERS, compact_probes
from stridewise.checker.probes import HELPERS, Probe, probes
from stridewise.errors import OptionError, explain, nearest
from stridewise.options import require_choice

__all__ = [
    "COMPACT",
    "COURSE",
    "EXERCISES",
    "Exercise",
    "Part",
    "Question",
    "asked",
    "exercise_of",
    "require_functions",
]


@dataclass(frozen=True, eq=False)
class Part:
    """What a function does in some of its modes: how, and the calls that ask for it."""

    recipe: Recipe
    probes: tuple[Probe, ...]


@dataclass(frozen=True, eq=False)
class Exercise:
    """Functions that belong together.

    Attributes
    ----------
    name : str
    functions : mapping of name to tuple of Part
        In the order in which they are written.
    helpers : mapping of name to tuple of str
        Whom a function calls, if it is written as the exercise has it.
    """

    name: str
    functions: Mapping[str, tuple[Part, ...]]
    helpers: Mapping[str, tuple[str, ...]]

    def probes(self, function: str) -> tuple[Probe, ...]:
        """All calls of a function.

        >>> COMPACT.probes("padding")[0].words
        'X (4,), pad = 1, dims = 1, const = 1.5'
        """
        return tuple(probe for part in self.functions[function] for probe in part.probes)


COURSE = Exercise(
    "course",
    {name: (Part(recipe, probes(name)),) for name, recipe in RECIPES.items()},
    HELPERS,
)
COMPACT = Exercise(
    "compact",
    {
        name: tuple(map(Part, recipes, compact_probes(name)))
        for name, recipes in COMPACT_RECIPES.items()
    },
    COMPACT_HELPERS,
)
EXERCISES = {exercise.name: exercise for exercise in (COURSE, COMPACT)}


def exercise_of(written: Collection[str]) -> Exercise:
    """The exercise that somebody who wrote these functions was at.

    It is the compact one if there is a name that only that has, and none that only the course has.
    So a ``forward`` beside a ``conv_forward`` is a function of their own; and ``distribute_value``
    and ``pool_backward``, which both have (the latter with different caches), belong to what is
    around them: alone, to the course.

    Examples
    --------
    >>> exercise_of(["padding", "pool_backward"]).name
    'compact'
    >>> exercise_of(["padding", "pool_backward", "zero_pad"]).name
    'course'
    """
    names = set(written)
    own = names & (COMPACT.functions.keys() - COURSE.functions.keys())
    others = names & (COURSE.functions.keys() - COMPACT.functions.keys())
    return COMPACT if own and not others else COURSE


def require_functions(names: Collection[str], chosen: str | None = None) -> Exercise:
    """Give the exercise that functions with these names are of; refuse names of none, or of both.

    By default the names tell; they must be of the one that was ``chosen`` by its name.

    Raises
    ------
    OptionError
        If there is no such function or exercise, or if no exercise has them all.

    Examples
    --------
    >>> require_functions(["zero_pad", "conv_forward"]).name
    'course'
    """
    if chosen is None:
        exercise = exercise_of(names)
    else:
        problem = "there is no exercise of this name."
        exercise = EXERCISES[require_choice("check", problem, chosen, EXERCISES)]
    unknown = [name for name in names if name not in exercise.functions]
    if unknown or not names:
        raise OptionError(
            explain(
                "check",
                "the exercise has no function of this name.",
                needed=", ".join(exercise.functions),
                received=", ".join(map(repr, unknown)) or "no name",
                hint=nearest(unknown[0] if unknown else "", exercise.functions),
            )
        )
    return exercise


class Question(NamedTuple):
    """One probe among all.

    Attributes
    ----------
    exercise : str
    number : int
        Of the probe, among all of its function.
    part : Part
    within : int
        Of the probe, among those of the part.
    """

    exercise: str
    number: int
    part: Part
    within: int


@cache
def asked(function: str, words: str) -> Question | None:
    """Find the probe that is put in these words; None if there is none.

    Words are what results keep of a probe, so that they can be read by a later version.

    Examples
    --------
    >>> asked("distribute_value", "dz = -3.0, shape = (2, 3)").number
    1
    """
    for exercise in EXERCISES.values():
        parts = exercise.functions.get(function, ())
        places = [(part, within) for part in parts for within in range(len(part.probes))]
        for number, (part, within) in enumerate(places):
            if part.probes[within].words == words:
                return Question(exercise.name, number, part, within)
    return None
