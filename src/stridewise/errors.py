"""Error classes, and the one place that builds their messages.

Every message has the same four lines: what is wrong, what was needed, what
came, and what to try.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

__all__ = [
    "CheckpointError",
    "DataError",
    "DivergedError",
    "DtypeError",
    "EngineError",
    "MissingExtraError",
    "NetworkError",
    "OptionError",
    "OptionTypeError",
    "RunError",
    "ShapeError",
    "StridewiseError",
    "explain",
    "missing_extra",
    "nearest",
]


class StridewiseError(Exception):
    """Base of every error that Stridewise raises on purpose."""


class OptionError(StridewiseError, ValueError):
    """An option (stride, padding, a name …) has a value that makes no sense."""


class OptionTypeError(StridewiseError, TypeError):
    """An option has a type that makes no sense: a float stride, say."""


class ShapeError(StridewiseError, ValueError):
    """An array has the wrong rank or the wrong sizes."""


class DtypeError(StridewiseError, TypeError):
    """An array holds something that is not a real number."""


class EngineError(StridewiseError, ValueError):
    """An engine was asked for that is unknown or not installed."""


class NetworkError(StridewiseError, ValueError):
    """A network's description does not describe a network."""


class DataError(StridewiseError, ValueError):
    """A data file, an image or a label cannot be used."""


class CheckpointError(StridewiseError, ValueError):
    """A saved network cannot be read, or does not match its description."""


class RunError(StridewiseError, ValueError):
    """A run folder cannot be used: it exists, or cannot be written."""


class DivergedError(StridewiseError, ValueError):
    """Training produced a loss that is not a finite number."""


class MissingExtraError(StridewiseError, ImportError):
    """An optional dependency is needed that is not installed."""


def explain(operation: str, problem: str, *, needed: str, received: str, hint: str) -> str:
    """Build the message of an error.

    Examples
    --------
    >>> print(explain("conv2d", "`stride` is not positive.",
    ...               needed="integers >= 1", received="stride=0", hint="stride=1"))
    conv2d: `stride` is not positive.
      needed:   integers >= 1
      received: stride=0
      try:      stride=1
    """
    on_one_line = re.sub(r"\s*\n\s*", " ", received)  # an array's repr may have many
    return (
        f"{operation}: {problem}\n  needed:   {needed}\n"
        f"  received: {on_one_line}\n  try:      {hint}"
    )


def nearest(name: object, choices: Iterable[str]) -> str:
    """Say what to try instead of an unknown name: the nearest choice first.

    Examples
    --------
    >>> nearest("lenet", ["lenet5", "residual"])
    "'lenet5'"
    >>> nearest("x", ["lenet5", "residual"])
    "'lenet5' or 'residual'"
    """
    known = list(choices)
    in_lower_case = {choice.lower(): choice for choice in known}
    close = difflib.get_close_matches(str(name).lower(), in_lower_case, n=1)
    return " or ".join(repr(choice) for choice in ([in_lower_case[close[0]]] if close else known))


def missing_extra(operation: str, package: str, extra: str) -> MissingExtraError:
    """The error for an optional dependency that is not there, with its install command."""
    return MissingExtraError(
        explain(
            operation,
            f"the package `{package}` is not installed.",
            needed=f"{package}, which the extra `{extra}` brings",
            received=f"an installation without `{extra}`",
            hint=f"pip install 'stridewise[{extra}]'",
        )
    )
