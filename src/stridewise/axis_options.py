"""Options of a window: one value for every axis, or one an axis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

import numpy as np

from stridewise.errors import OptionError, explain
from stridewise.options import require_integer

__all__ = [
    "AXES",
    "MOST_POSITIONS",
    "AxisInts",
    "Padding",
    "Pairs",
    "axis_ints",
    "axis_padding",
    "is_sequence",
    "require_possible",
]

AxisInts: TypeAlias = int | Sequence[int]
Padding: TypeAlias = int | Sequence[int | Sequence[int]] | Literal["valid", "same", "same_lower"]
Pairs: TypeAlias = tuple[tuple[int, int], ...]

# A size beyond this is a mistake, and would overflow the index arithmetic of compiled code.
_LARGEST = 2**31 - 1
# More positions than any memory holds: refused before anything is made of them.
MOST_POSITIONS = 2**40
AXES = {1: "positions", 2: "rows and columns", 3: "depth, rows and columns"}


def axis_ints(operation: str, name: str, value: AxisInts, rank: int, least: int) -> tuple[int, ...]:
    """An integer for every axis, or one integer an axis.

    >>> axis_ints("conv2d", "stride", 2, rank=2, least=1)
    (2, 2)
    """
    if not is_sequence(value):
        return (require_integer(operation, name, value, least, _LARGEST),) * rank
    values = list(value)  # type: ignore[arg-type]  # a sequence, see above
    if len(values) != rank:
        needed = f"an integer, or {rank} of them ({AXES[rank]})"
        raise _wrong_length(operation, name, value, needed, f"{name}={_meant(values, rank, least)}")
    return tuple(require_integer(operation, name, each, least, _LARGEST, value) for each in values)


def axis_padding(operation: str, name: str, value: object, rank: int) -> Pairs:
    """A ``(before, after)`` pair for every axis, from any explicit form.

    >>> axis_padding("pad", "widths", [1, (0, 2)], rank=2)
    ((1, 1), (0, 2))
    """
    if not is_sequence(value):
        each = require_integer(operation, name, value, 0, _LARGEST)
        return ((each, each),) * rank
    entries = list(value)  # type: ignore[call-overload]  # a sequence, see above
    needed = f"an integer, {rank} integers, or {rank} (before, after) pairs ({AXES[rank]})"
    hint = f"{name}={((1, 1),) * rank}"
    if len(entries) != rank:
        raise _wrong_length(operation, name, value, needed, hint)
    pairs = []
    for entry in entries:
        pair = list(entry) if is_sequence(entry) else [entry, entry]
        if len(pair) != 2:
            raise _wrong_length(operation, name, value, needed, hint)
        before, after = (
            require_integer(operation, name, width, 0, _LARGEST, value) for width in pair
        )
        pairs.append((before, after))
    return tuple(pairs)


def require_possible(operation: str, size: Iterable[int], received: str, hint: str) -> None:
    """Refuse an output whose spatial ``size`` is beyond any memory.

    >>> require_possible("demo", (48, 64), "padding=1", "a smaller padding")
    """
    positions = math.prod(size)
    if positions > MOST_POSITIONS:
        raise OptionError(
            explain(
                operation,
                "the output would be larger than any memory.",
                needed=f"at most {MOST_POSITIONS:,} positions",
                received=f"{positions:,}, with {received}",
                hint=hint,
            )
        )


def is_sequence(value: object) -> bool:
    """Whether an option comes as one value an axis; an array of no axes is one number."""
    if isinstance(value, np.ndarray):
        return value.ndim > 0
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _meant(values: Sequence[object], rank: int, least: int) -> tuple[int, ...]:
    """What was probably meant: with the batch and channels there, too, what is between them."""
    inner = values[1:-1] if len(values) == rank + 2 else values[:rank]
    few = [each for each in inner if isinstance(each, int | np.integer)]
    if len(few) == rank and all(least <= each <= _LARGEST for each in few):
        return tuple(int(each) for each in few)
    return (max(least, 1),) * rank


def _wrong_length(operation: str, name: str, value: object, needed: str, hint: str) -> OptionError:
    return OptionError(
        explain(
            operation,
            f"`{name}` has the wrong form.",
            needed=needed,
            received=f"{name}={value!r}",
            hint=hint,
        )
    )
