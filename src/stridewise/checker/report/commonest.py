"""Which mistakes a class makes most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from stridewise.checker.results import FileResult

__all__ = ["commonest"]


def commonest(results: Sequence[FileResult]) -> list[tuple[str, int]]:
    """Count in how many files each mistake was found; the commonest first, then by name.

    Examples
    --------
    >>> from stridewise.checker.results import FoundMistake, FunctionResult
    >>> failed = FunctionResult("failed", (FoundMistake("bias-missing"),))
    >>> commonest([FileResult("a.py", {"conv_single_step": failed, "conv_forward": failed})])
    [('bias-missing', 1)]
    """
    counts = Counter(
        id
        for result in results
        for id in {m.id for each in result.functions.values() for m in each.mistakes}
    )
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
