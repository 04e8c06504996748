"""Both windows where they lie in the input."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array
from stridewise.checker.labels import label
from stridewise.checker.pictures.layout import start_of
from stridewise.checker.pictures.recording import Spot
from stridewise.checker.pictures.tables import Cell, Table, number, table
from stridewise.checker.results import Read

__all__ = ["overview"]


def overview(right: Read, yours: Read | None, x: Array, spot: Spot, lang: str) -> Table | None:
    """Draw a channel of the padded input, with both windows marked in it.

    None if the input is the window, or if both windows are not in one image.
    """
    places = np.array(right.places)
    if x.ndim != 4 or not (places >= 0).any():
        return None
    example, _, _, channel = _first(places, x)
    marked = {"right": set(_cells(right, x))}
    if yours is not None:
        read = np.array(yours.places)
        if (read >= 0).any() and _first(read, x)[0] != example:
            return None
        marked["your"] = set(_cells(yours, x))
    (top, bottom), (left, side) = spot.node["window"]["padding"]
    H, W = x.shape[1:3]
    rows, columns = range(-top, H + bottom), range(-left, W + side)

    def cell(row: int, column: int) -> Cell:
        at = rows[row], columns[column]
        inside = 0 <= at[0] < H and 0 <= at[1] < W
        marks = () if inside else ("padding",)
        value = x[example, *at, channel] if inside else right.padding or 0.0
        return Cell(
            number(float(value)), marks + tuple(name for name in marked if at in marked[name])
        )

    words = "both windows" if yours is not None else "the right window"
    name = f"{spot.images}[{example}, :, :, {channel}]"
    return table(f"{name}: {label(words, lang)}", rows, columns, cell)


def _first(places: Array, x: Array) -> tuple[int, ...]:
    """The place in the input of the first element that is not padding."""
    return tuple(int(at) for at in np.unravel_index(places[places >= 0][0], x.shape))


def _cells(read: Read, x: Array) -> list[tuple[int, int]]:
    """The rows and columns of a window, if they are one after another."""
    places = np.array(read.places).reshape(read.shape)[..., 0]
    top, left = start_of(places, x.shape, 1), start_of(places.T, x.shape, 2)
    if top is None or left is None:
        return []
    rows, columns = places.shape
    return [(top + row, left + column) for row in range(rows) for column in range(columns)]
