"""What pictures need of a learner's function: its numbers around an element, the window read."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.checker.catalogue import Deviation, Recipe
from stridewise.checker.probes import Probe
from stridewise.checker.quietly import quietly
from stridewise.checker.results import MOST_SHOWN, FirstWrong, Read

__all__ = ["plane", "rows_and_columns", "window_read", "with_evidence"]

# The axes that are rows and columns, where they are not those of a batch of images.
_ROWS_AND_COLUMNS = {"dW": (0, 1), "db": (2, 3)}

# The steps that are given a window, once for every element of the result.
_READS = ("multiply", "largest", "mean")


def rows_and_columns(result: str, axes: int) -> tuple[int, int]:
    """Which axes of a result with so many are its rows and columns."""
    return _ROWS_AND_COLUMNS.get(result, (1, 2)) if axes == 4 else (0, 1)


def plane(array: Array, result: str, index: Sequence[int] | None) -> Array | None:
    """The rows and columns of a result around an element; None if it has none.

    >>> plane(np.arange(24).reshape(2, 3, 4, 1), "Z", (1, 0, 0, 0)).shape
    (3, 4)
    """
    axes = rows_and_columns(result, array.ndim)
    if array.ndim not in (2, 4) or not array.size:
        return None
    at = index or (0,) * array.ndim
    rest = [slice(None) if axis in axes else at[axis] for axis in range(array.ndim)]
    found: Array = array[tuple(rest)]
    return found


def with_evidence(
    found: FirstWrong,
    recipe: Recipe,
    probe: Probe,
    value: Any,
    explanations: Sequence[Sequence[Deviation]],
) -> FirstWrong:
    """Add what pictures are drawn from; a window only if all explanations read the same."""
    got = _part(recipe, found.result, value)
    reads = {window_read(recipe, some, probe, found, np.shape(got)) for some in explanations}
    return replace(
        found,
        numbers=_numbers_around(found, got),
        read=next(iter(reads)) if len(reads) == 1 else None,
    )


def _part(recipe: Recipe, result: str, value: Any) -> Any:
    """The result of that name among what the learner's function returned."""
    if result not in recipe.results:
        return None
    return value if len(recipe.results) == 1 else value[recipe.results.index(result)]


def _numbers_around(found: FirstWrong, got: Any) -> tuple[tuple[float, ...], ...]:
    """The learner's numbers around the first wrong element, of which only so many are kept."""
    if not isinstance(got, np.ndarray) or got.dtype.kind not in "biuf":
        return ()
    around = plane(np.asarray(got), found.result, found.index)  # a matrix has no rows of numbers
    if around is None:
        return ()
    return tuple(tuple(map(_rounded, row)) for row in around[:MOST_SHOWN, :MOST_SHOWN])


def window_read(
    recipe: Recipe,
    mistakes: Sequence[Deviation],
    probe: Probe,
    found: FirstWrong,
    shape: Sequence[int],
) -> Read | None:
    """The window from which the recipe with these mistakes makes an element.

    The recipe is run on an input whose numbers are their own places, from 1 since padding is 0,
    and is watched while it reads.
    """
    steps = {**recipe.steps, **{name: s for each in mistakes for name, s in each.steps.items()}}
    watched = [name for name in _READS if name in steps]
    if found.result != recipe.results[0] or found.index is None or not watched:
        return None
    windows: list[tuple[Any, ...]] = []

    def watch(step: Any) -> Any:
        def watching(*given: Any) -> Any:
            windows.append((step, *copy.deepcopy(given)))
            return step(*given)

        return watching

    watching = Deviation("", {name: watch(steps[name]) for name in watched})
    x, *others = copy.deepcopy(probe.arguments)
    places = np.arange(1.0, x.size + 1).reshape(x.shape)
    # What was read before it breaks off has been seen.
    with quietly(), suppress(Exception):
        recipe.program(*mistakes, watching)(places, *others, **probe.keywords)
    number = _number_of(found.index, shape)
    if number >= len(windows):
        return Read((), ())
    step, window, *weights = windows[number]
    window = np.nan_to_num(np.asarray(window, float), posinf=0, neginf=0)  # −∞ is padding too
    met = _weights(step, _values(window, x), *weights) if weights else ()
    return Read(window.shape, tuple(int(place) - 1 for place in window.flat), met)


def _number_of(index: Sequence[int], shape: Sequence[int]) -> int:
    """How many elements come before this one."""
    return sum(at * math.prod(shape[axis + 1 :]) for axis, at in enumerate(index))


def _values(window: Array, x: Array) -> Array:
    """The numbers at these places; places count from 1, and padding is 0."""
    found: Array = np.concatenate([[0.0], x.ravel()])[window.astype(int)]
    return found


def _weights(step: Any, values: Array, weights: Array) -> tuple[float, ...]:
    """What each element is multiplied with, if that is what the step does."""
    met = np.asarray(step(np.ones(values.shape), weights))
    if met.shape != values.shape or not np.allclose(step(values, weights), values * met):
        return ()
    return tuple(map(_rounded, met.flat))


def _rounded(number: Any) -> float:
    """Without the digits that come of rounding in sums."""
    return round(float(number), 12)
