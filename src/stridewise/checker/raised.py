"""What exceptions say about a mistake."""

from __future__ import annotations

import re
from collections.abc import Collection

from stridewise.checker.results import Trouble

__all__ = ["is_raised_alike", "said_by_all"]

# Exceptions that say by themselves which mistake it is.
_SIGNATURES = (
    (r"TypeError: only (0-dimensional|length-1|size-1) arrays", "array-not-number"),
    (r"ValueError: setting an array element with a sequence", "array-not-number"),
    (r"ValueError: can only convert an array of size 1 to", "array-not-number"),
    # A window and its filter; what was flattened has another shape than its weights.
    (r"ValueError: shapes (\(.*\)) and \1 not aligned", "dot-not-multiply"),
)
_BIAS = re.compile(r"\bb\b")
# The bias by one index an axis, or by a method: a number.
_ELEMENT = re.compile(r"\bb(\[\s*[^\[\]:.,]+(,\s*[^\[\]:.,]+){2,3}\]|\.(item|squeeze|sum)\()")
# What a ValueError speaks of if arrays do not fit; others have causes that no replay has.
_DOES_NOT_FIT = re.compile("shape|broadcast|aligned|zero-size|empty|dimension|^$")


def is_raised_alike(trouble: Trouble, name: str) -> bool:
    """Whether an exception is of a type, and speaks of what a replay raises it for.

    >>> is_raised_alike(Trouble("ValueError", "operands could not be broadcast"), "ValueError")
    True
    >>> is_raised_alike(Trouble("ValueError", "stride must be 1"), "ValueError")
    False
    """
    fits = name != "ValueError" or _DOES_NOT_FIT.search(trouble.message) is not None
    return trouble.type == name and fits


def said_by_all(troubles: Collection[Trouble]) -> str | None:
    """The mistake that every exception names.

    >>> said_by_all([Trouble("ValueError", "shapes (2,2,3) and (2,2,3) not aligned")])
    'dot-not-multiply'
    >>> said_by_all([Trouble("TypeError", "only 0-dimensional arrays", ((7, "Z += float(b)"),))])
    'bias-not-scalar'
    """
    said = {f"{each.type}: {each.message}" for each in troubles}
    for pattern, found in _SIGNATURES:
        if said and all(re.match(pattern, each) for each in said):
            is_bias = found == "array-not-number" and all(map(_has_whole_bias, troubles))
            return "bias-not-scalar" if is_bias else found
    return None


def _has_whole_bias(trouble: Trouble) -> bool:
    """Whether the line that failed has the bias in it, and not an element of it."""
    line = trouble.lines[-1][1] if trouble.lines else ""
    return _BIAS.search(_ELEMENT.sub("", line)) is not None
