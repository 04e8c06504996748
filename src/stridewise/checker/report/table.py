"""The results of a class as CSV: a row a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from stridewise.checker.plain import line
from stridewise.checker.results import FileResult, FunctionResult

__all__ = ["as_csv"]

# A spreadsheet takes a cell that begins so for a formula, and runs it.
_FORMULA = tuple("=+-@＝＋－＠")


def as_csv(results: Sequence[FileResult], lang: str = "en", hints: int = 0) -> str:  # noqa: ARG001
    """Give a row a file: its score, and the ids of the mistakes in each function."""
    names = list(dict.fromkeys(name for result in results for name in result.functions))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["file", "score", "passed", "failed", "problem", *map(_cell, names)])
    for result in results:
        summary, functions = result.summary, result.functions
        writer.writerow(
            [
                _cell(result.file),
                round(summary["score"], 4),
                summary["passed"],
                summary["failed"],
                _cell(result.problem or ""),
                *(_found(functions[name]) if name in functions else "" for name in names),
            ]
        )
    return out.getvalue()


def _found(result: FunctionResult) -> str:
    """Ids of mistakes, or else what became of the function."""
    ids = "; ".join(mistake.id for mistake in result.mistakes)
    return _cell(ids or result.status)


def _cell(text: str) -> str:
    shown = line(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
