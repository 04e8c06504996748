"""What pictures need of a learner's function: its numbers around an element, the window read."""

from __future__ import annotations

import copy
from collections.abc import Sequence
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
    reads = {window_read(recipe, some, probe, found) for some in explanations}
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
    recipe: Recipe, mistakes: Sequence[Deviation], probe: Probe, found: FirstWrong
) -> Read | None:
    """The window from which the recipe with these mistakes makes an element.

    The recipe is run on an input whose numbers are their own places, from 1 since padding is none
    of these, and is watched while it reads. In place of what comes of a window, its own number is
    put into the result, and so is found wherever the mistakes put it.
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

    def put_number(Z: Array, h: int, w: int, c: int, _value: Any) -> None:
        steps["put"](Z, h, w, c, len(windows))

    watching = {name: watch(steps[name]) for name in watched}
    if "put" in steps:
        watching["put"] = put_number
    x, *others = copy.deepcopy(probe.arguments)
    places = np.arange(1.0, x.size + 1).reshape(x.shape)
    with quietly():
        made = recipe.program(*mistakes, Deviation("", watching))(places, *others, **probe.keywords)
    number = int(_part(recipe, found.result, made)[found.index]) if "put" in steps else 1
    return _as_read(*windows[number - 1], x=x) if number else Read((), ())


def _as_read(step: Any, window: Any, *weights: Array, x: Array) -> Read:
    """A window of places that was given to a step, and what the step makes it meet."""
    window = np.asarray(window, float)
    inside = np.isfinite(window) & (window > 0)
    places = np.where(inside, window, 0).astype(int) - 1
    met = _weights(step, np.where(inside, x.ravel()[places], 0.0), *weights) if weights else ()
    padding = float(window[~inside][0]) if not inside.all() else 0.0
    return Read(
        window.shape, tuple(places.ravel().tolist()), met, None if np.isnan(padding) else padding
    )


def _weights(step: Any, values: Array, weights: Array) -> tuple[float, ...]:
    """What each element is multiplied with, if that is what the step does."""
    met = np.asarray(step(np.ones(values.shape), weights))
    if met.shape != values.shape or not np.allclose(step(values, weights), values * met):
        return ()
    return tuple(map(_rounded, met.flat))


def _rounded(number: Any) -> float:
    """Without the digits that come of rounding in sums."""
    return round(float(number), 12)
