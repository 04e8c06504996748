"""What happens to a tile's sums on their way to memory: the epilogue, as code."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from stridewise.engines.compiled.code.language import Pointer, Value
from stridewise.engines.epilogue import Epilogue

__all__ = ["BOUNDS", "PLAIN", "Ending", "Finish"]

# The names of two parameters of a kernel, next to one another, which hold reals bit by bit.
BOUNDS = ("low", "high")


class Ending(NamedTuple):
    """An epilogue without its array: what a plan is made for."""

    adds: bool = False
    low: float = -math.inf
    high: float = math.inf

    @classmethod
    def of(cls, epilogue: Epilogue | None) -> Ending:
        """The ending of an epilogue, or of none."""
        if epilogue is None:
            return PLAIN
        return cls(epilogue.residual is not None, epilogue.low, epilogue.high)

    @property
    def flags(self) -> tuple[int, int, int]:
        """What code is written for: whether there is a residual, a lower and an upper bound."""
        return int(self.adds), int(self.low > -math.inf), int(self.high < math.inf)

    def values(self, dtype: np.dtype[Any]) -> dict[str, int]:
        """The bounds as parameters."""
        with np.errstate(over="ignore"):  # a bound beyond float32 is none
            bits = np.array([self.low, self.high], dtype).view(f"i{dtype.itemsize}")
        return dict(zip(BOUNDS, bits.tolist(), strict=True))


PLAIN = Ending()


class Finish:
    """Code for an ending: sums go through it before they are stored.

    ``flags`` are those of the :class:`Ending`; ``places`` are where the tile's first sum is in the
    residual, and where the bounds are. Without an ending there need be none.
    """

    def __init__(self, flags: tuple[int, ...], places: Sequence[Pointer], lanes: int) -> None:
        self._adds, *bounded = flags
        self._places = places
        # Read once: for all that LLVM knows, a store of the tile could change them.
        self._low, self._high = (
            self._bound(places[1] + at, lanes) if there else None
            for at, there in enumerate(bounded)
        )

    @staticmethod
    def _bound(place: Pointer, lanes: int) -> Value:
        k = place.k
        return k.broadcast(place.seen_as(k.module.real).load(), lanes)

    def __call__(
        self, value: Value, offset: Value | int, lanes: int, mask: Value | None = None
    ) -> Value:
        """The vector that is stored ``offset`` elements behind the tile's first."""
        k = value.k
        if self._adds:
            value = value + (self._places[0] + offset).load(lanes, mask)
        # Comparisons with NaN are false: it stays. Of two zeros it is the bound's, as in a ReLU.
        if self._low is not None:
            value = k.select(value <= self._low, self._low, value)
        if self._high is not None:
            value = k.select(value >= self._high, self._high, value)
        return value
