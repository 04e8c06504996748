"""The exercise and its compact variant: functions, how they go wrong, what they are asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from stridewise.checker.catalogue import COMPACT as COMPACT_RECIPES
from stridewise.checker.catalogue import RECIPES, Recipe
from stridewise.checker.compact_probes import COMPACT_HELPERS, compact_probes
from stridewise.checker.probes import HELPERS, Probe, probes

__all__ = ["COMPACT", "COURSE", "EXERCISES", "Exercise", "Part", "exercise_of"]


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
