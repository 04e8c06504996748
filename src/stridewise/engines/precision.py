"""How exact the compiled engine has to be: whether it may compute with fewer products."""

from __future__ import annotations

from typing import Literal, TypeAlias

from stridewise.errors import EngineError, explain, nearest

__all__ = ["Precision", "get_precision", "set_precision"]

Precision: TypeAlias = Literal["medium", "high"]

_CHOICES = ("medium", "high")
_chosen: Precision = "medium"


def get_precision() -> Precision:
    """The precision that was set last."""
    return _chosen


def set_precision(precision: Precision) -> None:
    """Choose between speed and the last digits, in the whole process.

    With "medium", the default, the compiled engine computes large float32 convolutions of 3×3 at
    stride 1 by Winograd's filtering. Its rounding errors are about twice those of the direct sum
    where neighbouring numbers are of one size; but they are relative to the largest number within
    six pixels, so that next to one that is a million times as large a small one is lost. "high"
    rules that out. float64, and the other engines, always sum directly.

    Parameters
    ----------
    precision : "medium" or "high"
        What to compute with.

    Raises
    ------
    EngineError
        If there is no precision of that name.

    Examples
    --------
    >>> set_precision("high")
    >>> get_precision()
    'high'
    >>> set_precision("medium")
    """
    global _chosen
    if precision not in _CHOICES:
        raise EngineError(
            explain(
                "set_precision",
                "there is no precision of that name.",
                needed=" | ".join(map(repr, _CHOICES)),
                received=repr(precision),
                hint=nearest(precision, _CHOICES),
            )
        )
    _chosen = precision
