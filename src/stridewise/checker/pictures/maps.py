"""The learner's numbers around a wrong element, beside the right ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from stridewise.arrays import Array
from stridewise.checker.comparing import SINGLE, close
from stridewise.checker.evidence import plane, rows_and_columns
from stridewise.checker.labels import label
from stridewise.checker.pictures.tables import Cell, Section, Table, number, table
from stridewise.checker.results import MOST_SHOWN, FirstWrong

__all__ = ["map_section"]


def map_section(found: FirstWrong, right: Array, lang: str) -> Section | None:
    """Draw both maps and their difference; of results that differ in shape, both alone.

    Wrong is what differs by more than float32 rounds off. None if there are no maps, or if they do
    not show what is wrong.
    """
    around = plane(right, found.result, found.index)
    widths = {len(row) for row in found.numbers}
    if around is None or len(widths) != 1 or max(len(found.numbers), *widths) > MOST_SHOWN:
        return None
    expected = around[:MOST_SHOWN, :MOST_SHOWN].astype(float)
    got = np.array(found.numbers)
    title = label("map of", lang, place=_said(found, right.ndim))
    if found.index is None:
        if got.shape == expected.shape and close(got, expected, SINGLE).all():
            return None
        both = (_map("right", expected, lang), _map("yours", got, lang))
        return Section(title, (both,), (label("other shape", lang),))
    if got.shape != expected.shape:
        return None
    wrong = ~close(got, expected, SINGLE)
    if not wrong.any():
        return None
    axes = rows_and_columns(found.result, right.ndim)
    first = tuple(found.index[axis] for axis in axes)

    def marked(row: int, column: int) -> tuple[str, ...]:
        is_first = (row, column) == first
        return ("wrong",) * bool(wrong[row, column]) + ("first",) * is_first

    with np.errstate(invalid="ignore"):
        difference = np.where(wrong, got - expected, 0.0)
    tables = (
        _map("right", expected, lang),
        _map("yours", got, lang, marked),
        _map("difference", difference, lang, marked),
    )
    return Section(title, (tables,), (label("wrong of", lang, wrong=wrong.sum(), all=wrong.size),))


def _map(
    whose: str,
    values: Array,
    lang: str,
    marks: Callable[[int, int], tuple[str, ...]] = lambda _row, _column: (),
) -> Table:
    rows, columns = map(range, values.shape)

    def cell(row: int, column: int) -> Cell:
        return Cell(number(float(values[row, column])), marks(row, column))

    return table(label(whose, lang), rows, columns, cell)


def _said(found: FirstWrong, axes: int) -> str:
    """The part of the result that is shown, as NumPy writes it."""
    if axes != 4:
        return found.result
    index = found.index or (0,) * axes
    shown = rows_and_columns(found.result, axes)
    parts = [":" if axis in shown else str(at) for axis, at in enumerate(index)]
    return f"{found.result}[{', '.join(parts)}]"
