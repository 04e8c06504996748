"""The checker's own score: every wrong implementation of the catalogue, singly and in pairs."""

from __future__ import annotations

from dataclasses import dataclass

from stridewise.checker.catalogue import RECIPES, Deviation, Recipe
from stridewise.checker.diagnosis import Failed, Outcome, diagnose, replayed
from stridewise.checker.probes import probes
from stridewise.checker.results import NOT_RECOGNISED, Trouble

__all__ = ["SelfTest", "self_test"]


@dataclass(frozen=True)
class SelfTest:
    """How many wrong implementations were tried, and what became of them.

    Attributes
    ----------
    singles, pairs : int
        How many were tried: one mistake, and two at once.
    detected : int
        Did not pass.
    named : int
        Every mistake in it was named, and no other.
    misnamed : tuple of str
        A mistake was named that is not in it.
    """

    singles: int
    pairs: int
    detected: int
    named: int
    misnamed: tuple[str, ...]

    @property
    def total(self) -> int:
        """Singles and pairs."""
        return self.singles + self.pairs


def self_test() -> SelfTest:
    """Diagnose the whole catalogue."""
    singles = pairs = detected = named = 0
    misnamed: list[str] = []
    for recipe in RECIPES.values():
        tried = [*((each,) for each in recipe.mistakes), *recipe.pairs()]
        singles += len(recipe.mistakes)
        pairs += len(tried) - len(recipe.mistakes)
        for mistakes in tried:
            status, found = _found(recipe, mistakes)
            wanted = {each.id for each in mistakes}
            detected += status != "passed"
            named += found == wanted
            if found - wanted:
                misnamed.append(f"{recipe.name}: {sorted(wanted)} as {sorted(found)}")
    return SelfTest(singles, pairs, detected, named, tuple(misnamed))


def _found(recipe: Recipe, mistakes: tuple[Deviation, ...]) -> tuple[str, set[str]]:
    outcomes = []
    for number in range(len(probes(recipe.name))):
        raised, value = replayed(recipe.name, tuple(map(id, mistakes)), number)
        failed = None if raised is None else Failed("error", Trouble(raised, ""))
        outcomes.append(Outcome(value, failed=failed))
    result = diagnose(recipe.name, outcomes, lambda _: None)
    return result.status, {each.id for each in result.mistakes} - {NOT_RECOGNISED}
