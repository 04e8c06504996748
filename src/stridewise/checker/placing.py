"""From lines of a whole program to the learner's own: within their notebook's cells."""

from __future__ import annotations

from dataclasses import replace

from stridewise.checker.results import FunctionResult
from stridewise.checker.submissions import Source

__all__ = ["placed"]


def placed(result: FunctionResult, source: Source) -> FunctionResult:
    """Say in which cell, and in which line of it, everything is; programs stay as they are."""
    if not source.cells:
        return result
    mistakes = []
    for each in result.mistakes:
        cell, line = (None, None) if each.line is None else source.position(each.line)
        mistakes.append(replace(each, cell=cell, line=line))
    error = result.error
    if error is not None:
        positions = [source.position(number) for number, _ in error.lines]
        lines = tuple(
            (number, code) for (_, number), (_, code) in zip(positions, error.lines, strict=True)
        )
        error = replace(error, lines=lines, cells=tuple(cell or 0 for cell, _ in positions))
    return replace(result, mistakes=tuple(mistakes), error=error)
