"""A function of the exercise as steps, any of which may be done wrong.

A recipe's ``run`` takes its steps as an object and then the function's own arguments. A mistake is
what stands in the place of some steps; two mistakes are found together wherever they replace
different ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from types import SimpleNamespace
from typing import Any, TypeAlias

__all__ = ["Deviation", "Recipe", "Step"]

Step: TypeAlias = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Deviation:
    """Steps that are not the recipe's: a mistake, or a convention that is no fault."""

    id: str
    steps: Mapping[str, Step]


@dataclass(frozen=True, eq=False)
class Recipe:
    """A function of the exercise, right and in every way that the catalogue knows to be wrong.

    Attributes
    ----------
    name : str
    results : tuple of str
        Names of what it returns.
    run : function
    steps : mapping of name to function
        The right ones.
    mistakes, conventions : tuple of Deviation
    """

    name: str
    results: tuple[str, ...]
    run: Step
    steps: Mapping[str, Step]
    mistakes: tuple[Deviation, ...]
    conventions: tuple[Deviation, ...] = ()

    def __post_init__(self) -> None:
        for each in (*self.mistakes, *self.conventions):
            unknown = each.steps.keys() - self.steps.keys()
            assert not unknown, f"{self.name}, {each.id}: {unknown}"

    def program(self, *deviations: Deviation) -> Step:
        """The function with these deviations; without any, the right one."""
        steps = dict(self.steps)
        for each in deviations:
            steps |= each.steps
        chosen = SimpleNamespace(**steps)
        return lambda *arguments, **keywords: self.run(chosen, *arguments, **keywords)

    def pairs(self) -> list[tuple[Deviation, Deviation]]:
        """Any two mistakes that do not stand in one another's place."""
        return [
            (first, second)
            for first, second in combinations(self.mistakes, 2)
            if first.id != second.id and not first.steps.keys() & second.steps.keys()
        ]
