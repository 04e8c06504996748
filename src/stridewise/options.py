"""Options that are not one an axis: choices, flags, counts, sizes and numbers."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable

import numpy as np

from stridewise.errors import OptionError, OptionTypeError, explain, nearest

__all__ = [
    "plain_key",
    "real_number",
    "require_choice",
    "require_flag",
    "require_integer",
    "require_number",
    "require_size",
]


_PLAIN = frozenset([int, str, type(None)])


def require_choice(operation: str, problem: str, name: object, choices: Iterable[str]) -> str:
    """Return ``name`` if it is one of the choices; else name them, and suggest the nearest.

    Examples
    --------
    >>> require_choice("demo", "there is none of that name.", "sgd", ["adam", "sgd"])
    'sgd'
    """
    known = list(choices)
    if isinstance(name, str) and name in known:
        return name
    raise OptionError(
        explain(
            operation,
            problem,
            needed=" | ".join(known),
            received=repr(name),
            hint=nearest(name, known),
        )
    )


def require_integer(
    operation: str,
    name: str,
    value: object,
    at_least: int,
    at_most: int | None = None,
    whole: object = None,
) -> int:
    """Return ``value`` as an int; refuse bools, floats and what is out of range.

    ``whole`` is what the message shows if ``value`` is only one number of an option.

    Examples
    --------
    >>> require_integer("demo", "batch_size", 32, at_least=1)
    32
    """
    try:
        # A bool has an index too, but `stride=True` is always a mistake.
        number = None if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]  # TypeError is caught
    except TypeError:
        number = None
    wanted = f"integers >= {at_least}" if at_most is None else f"integers {at_least} to {at_most}"
    shown = value if whole is None else whole
    if number is None:
        raise OptionTypeError(
            explain(
                operation,
                f"`{name}` is not an integer.",
                needed=f"integers >= {at_least}",
                received=f"{name}={shown!r}",
                hint=f"{name}={_as_integer(value, at_least)}",
            )
        )
    if number < at_least or (at_most is not None and number > at_most):
        raise OptionError(
            explain(
                operation,
                f"`{name}` is out of range.",
                needed=wanted,
                received=f"{name}={shown!r}",
                hint=f"{name}={max(at_least, 1)}",
            )
        )
    return number


def require_flag(operation: str, name: str, value: object) -> bool:
    """Return ``value`` as a bool; refuse what is neither True nor False, nor 1 or 0.

    Examples
    --------
    >>> require_flag("demo", "ceil_mode", 1)
    True
    """
    if isinstance(value, int | np.integer | np.bool_) and value in (0, 1):
        return bool(value)
    raise OptionTypeError(
        explain(
            operation,
            f"`{name}` is neither true nor false.",
            needed="True or False",
            received=f"{name}={value!r}",
            hint=f"{name}=True",
        )
    )


def require_number(
    operation: str, name: str, value: object, at_least: float = 0.0, below: float = math.inf
) -> float:
    """Return ``value`` as a float; refuse what is no finite number in the range.

    Examples
    --------
    >>> require_number("demo", "rate", 0.5, below=1)
    0.5
    """
    number = real_number(value)
    wanted = f"a finite number >= {at_least:g}"
    if below < math.inf:
        wanted = f"a number >= {at_least:g} and < {below:g}"
    problem = "out of range"
    if number is None:
        error: type[OptionError | OptionTypeError] = OptionTypeError
        problem = "not a number"
    elif not at_least <= number < below:
        error = OptionError
    else:
        return number
    meant = _meant(value)
    likely = meant if at_least <= meant < below else max(at_least, min(0.1, below / 2))
    raise error(
        explain(
            operation,
            f"`{name}` is {problem}.",
            needed=wanted,
            received=f"{name}={value!r}",
            hint=f"{name}={likely:g}",
        )
    )


def real_number(value: object) -> float | None:
    """Return ``value`` as a float if it is a real number; None for all else, bools among it.

    Examples
    --------
    >>> real_number(np.float32(0.5)), real_number(10**400), real_number("2")
    (0.5, inf, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return None
    try:
        return float(value)
    except OverflowError:  # an int that no float can hold
        return math.inf if value > 0 else -math.inf


def _meant(value: object) -> float:
    """What was probably meant: 2.0 for "2" and True."""
    try:
        return float(value) if isinstance(value, str | int) else math.nan
    except (ValueError, OverflowError):
        return math.nan


def _as_integer(value: object, at_least: int) -> int:
    """What was probably meant: 2 for 2.0 and "2"."""
    try:
        number = int(value)  # type: ignore[call-overload]  # whatever fails is caught
    except (TypeError, ValueError, OverflowError):
        return max(at_least, 1)
    return number if number == value or str(number) == value else max(at_least, 1)


def require_size(operation: str, size: object) -> tuple[int, int]:
    """Return ``size`` as the pair ``(H, W)`` of positive integers.

    Examples
    --------
    >>> require_size("demo", [48, 64])
    (48, 64)
    """
    if not isinstance(size, tuple | list) or len(size) != 2:
        raise OptionTypeError(
            explain(
                operation,
                "`size` is not a pair.",
                needed="size=(H, W), two positive integers",
                received=f"size={size!r}",
                hint="size=(64, 64)",
            )
        )
    height, width = (require_integer(operation, "size", side, at_least=1) for side in size)
    return height, width


def plain_key(*options: object) -> tuple[object, ...] | None:
    """The options as a key of a dictionary; None if they are not all plain.

    Plain are integers, names, None, and tuples of them: 1.0 and True equal 1 and would share its
    key, but are not accepted where 1 is.

    Examples
    --------
    >>> plain_key(1, (2, 3), "same")
    (1, (2, 3), 'same')
    >>> plain_key(1, (2, 3.0)) is None
    True
    """
    for option in options:
        kind = type(option)
        if kind not in _PLAIN and not (kind is tuple and plain_key(*option) is not None):  # type: ignore[misc] # a tuple
            return None
    return options
