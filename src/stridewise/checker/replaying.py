"""What the catalogue's right and wrong implementations do on the probes."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cache
from typing import Any

from stridewise.checker.catalogue import Deviation
from stridewise.checker.exercises import Part
from stridewise.checker.quietly import quietly
from stridewise.checker.sandbox.wire import encode

__all__ = ["Replay", "replayed"]


@dataclass(frozen=True, eq=False)
class Replay:
    """What came of a recipe with some deviations: an exception's name, or a value."""

    raised: str | None = None
    value: Any = None


_replays: dict[tuple[Part, int, str | None, bytes], Replay] = {}


@cache
def replayed(part: Part, deviations: tuple[Deviation, ...], number: int) -> Replay:
    """Run a recipe with some deviations on a probe; what is alike there is one object."""
    probe = copy.deepcopy(part.probes[number])
    program = part.recipe.program(*deviations)
    replay = Replay()
    try:
        with quietly():
            replay = Replay(value=program(*probe.arguments, **probe.keywords))
    except Exception as error:
        replay = Replay(type(error).__name__)
    return _replays.setdefault((part, number, replay.raised, encode(replay.value)), replay)
