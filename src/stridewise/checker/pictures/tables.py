"""What a picture is made of: tables of cells, with what marks them in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Cell", "Section", "Table", "number", "table"]


@dataclass(frozen=True)
class Cell:
    """A number, and what there is to say of it, such as "wrong", "first" or "padding"."""

    text: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """Cells under a title, with the numbers of their rows and columns if these are known."""

    title: str
    rows: tuple[tuple[Cell, ...], ...]
    row_names: tuple[str, ...]
    column_names: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """Groups of tables, those of a group side by side, and sentences under them."""

    title: str
    groups: tuple[tuple[Table, ...], ...]
    sentences: tuple[str, ...] = ()


def table(
    title: str,
    rows: Sequence[Any],
    columns: Sequence[Any],
    cell: Callable[[int, int], Cell],
) -> Table:
    """Fill a table; ``rows`` and ``columns`` are the names that they have, from outside.

    >>> table("t", [4, 5], [7], lambda row, column: Cell(f"{row}{column}")).rows[1][0].text
    '10'
    """
    cells = tuple(tuple(cell(r, c) for c in range(len(columns))) for r in range(len(rows)))
    row_names, column_names = (
        tuple(_minus(str(each)) for each in names) for names in (rows, columns)
    )
    return Table(title, cells, row_names, column_names)


def number(value: float) -> str:
    """A number with as many digits as a table has room for.

    >>> number(-0.1980), number(1.0), number(1e9), number(float("-inf"))
    ('−0.198', '1', '1e+09', '−∞')
    """
    value = round(value, 9)
    text = f"{value:.4f}" if 5e-5 <= abs(value) < 1e5 else f"{value:.3g}"
    text = text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
    return _minus(text.replace("inf", "∞"))


def _minus(text: str) -> str:
    """A minus that is read out as one."""
    return f"−{text[1:]}" if text.startswith("-") else text
