"""The window that was read beside the right one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest

import numpy as np

from stridewise.arrays import Array
from stridewise.checker.labels import label
from stridewise.checker.pictures.arithmetic import arithmetic
from stridewise.checker.pictures.layout import fits, start_of, values_of, with_channels
from stridewise.checker.pictures.overview import overview
from stridewise.checker.pictures.recording import Spot
from stridewise.checker.pictures.tables import Cell, Section, Table, number, table
from stridewise.checker.results import FirstWrong, Read

__all__ = ["window_section"]

_NEAR = 1e-6


def window_section(found: FirstWrong, spot: Spot, x: Array, lang: str) -> Section:
    """Draw both windows.

    Parameters
    ----------
    found : FirstWrong
    spot : Spot
    x : array
        The whole input, with all its examples.
    lang : str
    """
    if x.ndim == 2:
        x = x[..., None]  # a window without channels has one
    read = found.read
    right = with_channels(spot.window())
    said = [label("right is", lang, how=arithmetic(right, x, spot, spot.value, lang))]
    yours = None
    if read is None or (read.places and not fits(read, x)):
        said.append(label("window unknown", lang))
    elif not read.places:
        said.append(label("window never", lang))
    else:
        got = found.got if isinstance(found.got, int | float) else math.nan
        said.append(label("yours is", lang, how=arithmetic(read, x, spot, got, lang)))
        yours = with_channels(read)
    whole = overview(right, yours, x, spot, lang)
    groups = _by_channel(right, yours, x, lang)
    if whole is not None:
        groups = ((whole,), *groups)
    index = f"[{', '.join(map(str, found.index))}]" if found.index else ""
    title = label("window of", lang, place=found.result + index)
    return Section(title, groups, tuple(said))


def _by_channel(
    right: Read, yours: Read | None, x: Array, lang: str
) -> tuple[tuple[Table, ...], ...]:
    """The tables of each channel side by side; one of them, if both windows are the same."""
    if yours is None or _same(yours, right):
        return (tuple(_tables("both" if yours else "right", right, right, x, lang)),)
    beside = zip_longest(
        _tables("right", right, right, x, lang), _tables("yours", yours, right, x, lang)
    )
    return tuple(tuple(filter(None, pair)) for pair in beside)


def _same(read: Read, right: Read) -> bool:
    alike = read.shape == right.shape and len(read.weights) == len(right.weights)
    return alike and not any(_differs(read, right, n) for n in range(len(read.places)))


def _tables(whose: str, read: Read, right: Read, x: Array, lang: str) -> list[Table]:
    """A table for each channel of a window."""
    places = np.array(read.places).reshape(read.shape)
    values = values_of(read, x)
    weights = np.array(read.weights).reshape(read.shape) if read.weights else None
    numbers = np.arange(places.size).reshape(read.shape)

    def drawn(channel: int) -> Table:
        at = places[..., channel]

        def cell(row: int, column: int) -> Cell:
            value = float(values[row, column, channel])
            text = "" if math.isnan(value) else number(value)
            if weights is not None:
                text += f" × {number(weights[row, column, channel])}"
            marks = ("padding",) * bool(at[row, column] < 0)
            if right.shape == read.shape and _differs(read, right, numbers[row, column, channel]):
                marks += ("different",)
            return Cell(text, marks)

        rows, columns = _names(at, x.shape, -3), _names(at.T, x.shape, -2)
        return table(f"{label(whose, lang)}{_part(at, x, lang)}", rows, columns, cell)

    return [drawn(channel) for channel in range(read.shape[2])]


def _differs(read: Read, right: Read, which: int) -> bool:
    """Whether an element lies elsewhere, or is multiplied with something else."""
    place = read.places[which]
    if place != right.places[which] or (place < 0 and read.padding != right.padding):
        return True
    both = read.weights and right.weights
    return bool(both) and abs(read.weights[which] - right.weights[which]) > _NEAR


def _names(places: Array, shape: Sequence[int], axis: int) -> list[str]:
    """The numbers that a window's rows have in the input."""
    start = start_of(places, shape, axis)
    return ["" if start is None else str(start + n) for n in range(len(places))]


def _part(places: Array, x: Array, lang: str) -> str:
    """The example and the channel, as far as there are several and all elements are of one."""
    inside = np.unravel_index(places[places >= 0], x.shape)
    axes = ((0, "of example"), (3, "of channel")) if x.ndim == 4 else ((2, "of channel"),)
    said = []
    for axis, key in axes:
        numbers = set(map(int, inside[axis]))
        if x.shape[axis] > 1 and len(numbers) == 1:
            said.append(label(key, lang, number=numbers.pop()))
    return "".join(said)
