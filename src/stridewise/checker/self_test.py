"""The checker's own score: every wrong implementation of the catalogue, singly and in pairs."""

from __future__ import annotations

from dataclasses import dataclass

from stridewise.checker.catalogue import Deviation
from stridewise.checker.diagnosis import Failed, Outcome, diagnose
from stridewise.checker.exercises import EXERCISES, Exercise, Part
from stridewise.checker.replaying import Replay, replayed
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
    hidden : int
        Pairs that do what one of the two does alone, so that nobody could name both.
    """

    singles: int
    pairs: int
    detected: int
    named: int
    misnamed: tuple[str, ...]
    hidden: int

    @property
    def total(self) -> int:
        """Singles and pairs."""
        return self.singles + self.pairs


def self_test() -> SelfTest:
    """Diagnose the whole catalogue."""
    singles = pairs = detected = named = hidden = 0
    misnamed: list[str] = []
    for part in _parts():
        recipe = part.recipe
        tried = [*((each,) for each in recipe.mistakes), *recipe.pairs()]
        singles += len(recipe.mistakes)
        pairs += len(tried) - len(recipe.mistakes)
        alone = {_replays(part, (each,)) for each in recipe.mistakes}
        hidden += sum(_replays(part, both) in alone for both in recipe.pairs())
        for mistakes in tried:
            status, found = _found(part, mistakes)
            wanted = {each.id for each in mistakes}
            detected += status != "passed"
            named += found == wanted
            if found - wanted:
                misnamed.append(f"{recipe.name}: {sorted(wanted)} as {sorted(found)}")
    return SelfTest(singles, pairs, detected, named, tuple(misnamed), hidden)


def _parts() -> list[Part]:
    """Each recipe once: the exercises have some in common."""
    functions = [parts for each in EXERCISES.values() for parts in each.functions.values()]
    return list({part.recipe: part for parts in functions for part in parts}.values())


def _replays(part: Part, mistakes: tuple[Deviation, ...]) -> tuple[Replay, ...]:
    return tuple(replayed(part, mistakes, number) for number in range(len(part.probes)))


def _found(part: Part, mistakes: tuple[Deviation, ...]) -> tuple[str, set[str]]:
    outcomes = []
    for replay in _replays(part, mistakes):
        failed = Failed("error", Trouble(replay.raised, "")) if replay.raised else None
        outcomes.append(Outcome(replay.value, failed=failed))
    alone = Exercise("alone", {part.recipe.name: (part,)}, {})
    result = diagnose(part.recipe.name, outcomes, lambda _: None, alone)
    return result.status, {each.id for each in result.mistakes} - {NOT_RECOGNISED}
