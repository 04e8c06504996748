"""Resizing along any axes of an array of any layout, and its gradient."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from stridewise.arrays import Array, ArrayLike, as_array, finish, prepare, require_shape
from stridewise.blocks.interpolation import Interpolation, Taps, taps
from stridewise.blocks.tap_mixing import give_back, mix
from stridewise.errors import OptionError, OptionTypeError, explain
from stridewise.options import require_integer, require_number

__all__ = [
    "Roi",
    "resize_axes",
    "resize_axes_backward",
]

Roi: TypeAlias = Sequence[Sequence[float]]

_MOST_ELEMENTS = 2**40
_LARGEST_SIZE = 2**31 - 1
_DEFAULT = Interpolation()


def resize_axes(
    x: ArrayLike,
    axes: Sequence[int],
    sizes: Sequence[int],
    scales: Sequence[float] | None = None,
    how: Interpolation = _DEFAULT,
    *,
    roi: Roi | None = None,
    operation: str = "resize_axes",
) -> Array:
    """Resize any axes of an array of any layout.

    ``y[…, i, …] = Σ_k weights[i, k] · x[…, indices[i, k], …]``, one axis after the other.

    Parameters
    ----------
    x : array
        Of any number of axes.
    axes : sequence of int
        The axes to resize, each once; a negative one counts from the last.
    sizes : sequence of int
        The output's size on each of these axes; 0 gives an empty array.
    scales : sequence of float, optional
        The scale of each, where it is not size by size: ``floor(5 · 0.7) = 3`` is not 0.6 of 5.
    how : Interpolation
        How new elements are made of old ones.
    roi : sequence of (start, end), optional
        The part of each axis to look at, from 0 (the first element) to 1 (the last). Only
        "tf_crop_and_resize" looks at it, and without it sees all.
    operation : str
        The name in error messages, where a block stands in front.

    Returns
    -------
    array
        A new one, with ``sizes`` on ``axes``.

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        If an axis to enlarge is empty, or an argument does not fit the others.

    Notes
    -----
    With ``mode="nearest"`` every dtype is kept and values are copied; elsewhere integers give
    float64. An axis whose size and scale do not change is left alone. A weight of 0 takes
    nothing: an infinite element spoils only what it is mixed into.

    References
    ----------
    ONNX: Resize, version 19.

    Examples
    --------
    >>> resize_axes([[1, 2], [3, 4]], [1], [4])
    array([[1, 1, 2, 2],
           [3, 3, 4, 4]])
    """
    if how.mode == "nearest":
        x = as_array(operation, "x", x)
        result = x.dtype
    else:
        (x,), result = prepare(operation, x=x)
    value = np.asarray(how.extrapolation_value)
    with np.errstate(over="ignore", invalid="ignore"):  # beyond the dtype: checked just below
        fill = value.astype(x.dtype)
    tables = _tables(operation, x.shape, axes, sizes, scales, how, roi)
    for axis, table in tables:
        outside = table.outside.any()
        if outside and x.dtype.kind != "f" and fill != value:
            raise OptionError(
                explain(
                    operation,
                    "`extrapolation_value` does not fit the dtype of `x`.",
                    needed=f"a value of dtype {x.dtype}",
                    received=f"extrapolation_value={how.extrapolation_value!r}",
                    hint="x.astype(np.float64)",
                )
            )
        x = x.take(table.indices[:, 0], axis) if how.mode == "nearest" else mix(x, axis, table)
        if outside:
            np.moveaxis(x, axis, 0)[table.outside] = fill
    return finish(x if tables else x.copy(), result)


def resize_axes_backward(
    grad_y: ArrayLike,
    x: ArrayLike,
    axes: Sequence[int],
    sizes: Sequence[int],
    scales: Sequence[float] | None = None,
    how: Interpolation = _DEFAULT,
    *,
    roi: Roi | None = None,
    operation: str = "resize_axes_backward",
) -> Array:
    """Gradient of :func:`resize_axes` by ``x``: each new element gives back to what it mixed.

    ``grad_x[…, indices[i, k], …] += weights[i, k] · grad_y[…, i, …]``, one axis after the other.

    Parameters
    ----------
    grad_y : array, of the output's shape
        Gradient of the loss by the output.
    x, axes, sizes, scales, how, roi
        As they were given to :func:`resize_axes`; of ``x`` only the shape and dtype matter.
    operation : str
        As in :func:`resize_axes`.

    Returns
    -------
    array, of the shape of x

    Raises
    ------
    ShapeError, OptionError, OptionTypeError, DtypeError
        As in :func:`resize_axes`; also if ``grad_y`` has not the shape of the output.

    Examples
    --------
    >>> resize_axes_backward([[1.0, 2.0, 3.0, 4.0]], [[0.0, 0.0]], [1], [4])
    array([[3., 7.]])
    """
    (grad, x), result = prepare(operation, grad_y=grad_y, x=x)
    tables = _tables(operation, x.shape, axes, sizes, scales, how, roi)
    shape = list(x.shape)
    for axis, table in tables:
        shape[axis] = len(table.indices)
    because = "the shape of the output that `x` gives"
    require_shape(operation, "grad_y", grad, tuple(shape), because)
    for axis, table in reversed(tables):
        grad = give_back(grad, axis, x.shape[axis], table)
    return finish(grad if tables else grad.copy(), result)


def _tables(
    operation: str,
    shape: tuple[int, ...],
    axes: Sequence[int],
    sizes: Sequence[int],
    scales: Sequence[float] | None,
    how: Interpolation,
    roi: Roi | None,
) -> list[tuple[int, Taps]]:
    """The table of each axis that changes, the axis that shrinks most first: less to do after."""
    _require_one_each(operation, "axes", axes)
    _require_one_each(operation, "sizes", sizes, len(axes))
    if scales is not None:
        _require_one_each(operation, "scales", scales, len(axes))
    parts = _parts(operation, roi, len(axes), how)
    resized = list(shape)
    problems: dict[int, tuple[int, int, float | None, tuple[float, float]]] = {}
    for number, part in enumerate(parts):
        axis = require_integer(
            operation, "axes", axes[number], -len(shape), len(shape) - 1, axes
        ) % len(shape)
        out = require_integer(operation, "sizes", sizes[number], 0, _LARGEST_SIZE, sizes)
        scale = None if scales is None else require_number(operation, "scales", scales[number])
        size = resized[axis]
        _require(operation, axis not in problems, "axes", axes, "each axis only once")
        _require(operation, size > 0 or out == 0, "sizes", sizes, "0 for an axis that is empty")
        small = scale is not None and out > 0 and 2 * scale * size < 1
        _require(operation, not small, "scales", scales, "at least half an element on each axis")
        resized[axis] = out
        problems[axis] = (size, out, scale, part)
    large = math.prod(resized) > _MOST_ELEMENTS
    _require(operation, not large, "sizes", sizes, f"{_MOST_ELEMENTS:,} elements at most")
    tables = [
        (axis, taps(size, out, scale, part, how))
        for axis, (size, out, scale, part) in problems.items()
        if size != out or scale not in (None, 1) or part != (0, 1)
    ]
    return sorted(tables, key=lambda each: len(each[1].indices) / max(shape[each[0]], 1))


def _parts(
    operation: str, roi: Roi | None, count: int, how: Interpolation
) -> list[tuple[float, float]]:
    """The part of each axis to look at: all of it, unless the coordinates are of a crop."""
    if roi is None or how.coordinates != "tf_crop_and_resize":
        return [(0.0, 1.0)] * count
    parts = as_array(operation, "roi", roi).astype(np.float64)
    require_shape(operation, "roi", parts, (count, 2), "one (start, end) an axis")
    fits = bool((np.abs(parts) <= _LARGEST_SIZE).all())
    _require(operation, fits, "roi", roi, "finite numbers, 0 for the first element, 1 for the last")
    return [(start, end) for start, end in parts.tolist()]


def _require(operation: str, fits: bool, name: str, value: object, needed: str) -> None:
    if not fits:
        raise OptionError(
            explain(
                operation,
                f"`{name}` cannot be used.",
                needed=needed,
                received=f"{name}={value!r}",
                hint=f"other {name}",
            )
        )


def _require_one_each(operation: str, name: str, value: object, count: int | None = None) -> None:
    if isinstance(value, Sequence | np.ndarray) and count in (None, len(value)):
        return
    raise OptionTypeError(
        explain(
            operation,
            f"`{name}` does not go with the axes.",
            needed=f"a sequence of {'integers' if count is None else count}",
            received=f"{name}={value!r}",
            hint=f"one of the {name} for each axis",
        )
    )
