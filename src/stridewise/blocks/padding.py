"""Padding of the spatial axes, and its gradient."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import numpy as np

from stridewise.arrays import Array, ArrayLike, as_array, finish, prepare, require_shape
from stridewise.axis_options import axis_padding, require_possible
from stridewise.errors import OptionError, ShapeError, explain, nearest

__all__ = ["PadMode", "pad", "pad_backward"]

PadMode: TypeAlias = Literal["constant", "reflect", "edge", "wrap"]
Widths: TypeAlias = object  # an int, one an axis, or a pair an axis; axis_padding checks it


def pad(x: ArrayLike, widths: Widths, mode: PadMode = "constant", value: float = 0.0) -> Array:
    """Put a frame around the spatial axes of ``x``.

    ``y[n, i, j, c] = x[n, i − before_row, j − before_col, c]`` inside; around it ``value``
    (constant), the mirror image without its first line (reflect), the outermost line (edge), or
    the other side (wrap).

    Parameters
    ----------
    x : array, (N, *spatial, C)
        One to three spatial axes, channels last.
    widths : int, one int an axis, or one (before, after) an axis
        Width of the frame, in elements.
    mode : "constant", "reflect", "edge" or "wrap"
        What the frame is made of.
    value : float
        The number that a constant frame is made of.

    Returns
    -------
    array, (N, *(size + before + after), C)

    Raises
    ------
    ShapeError
        If ``x`` has no spatial axes, or an empty one is to be continued.
    OptionError, OptionTypeError
        If ``widths`` is negative, no integer or of the wrong length, or ``mode`` is unknown.

    References
    ----------
    numpy.pad; ONNX: Pad, version 21.

    Examples
    --------
    >>> pad([[[1.0], [2.0], [3.0]]], ((2, 1),)).ravel()
    array([0., 0., 1., 2., 3., 0.])
    >>> pad([[[1.0], [2.0], [3.0]]], ((2, 1),), mode="reflect").ravel()
    array([3., 2., 1., 2., 3., 2.])
    """
    (x,), result = prepare("pad", x=x)
    pairs = _pairs("pad", x, widths, mode)
    full = ((0, 0), *pairs, (0, 0))
    if mode == "constant":
        number = as_array("pad", "value", value)
        require_shape("pad", "value", number, (), "one number")
        with np.errstate(over="ignore"):  # beyond the dtype there is infinity
            return finish(np.pad(x, full, constant_values=number.astype(x.dtype)), result)
    return finish(np.pad(x, full, mode=mode), result)


def pad_backward(
    grad_y: ArrayLike,
    x: ArrayLike,
    widths: Widths,
    mode: PadMode = "constant",
    value: float = 0.0,  # noqa: ARG001 - every backward takes its forward's options
) -> Array:
    """Gradient of :func:`pad` by ``x``: each element of the frame gives back to its source.

    Parameters
    ----------
    grad_y : array, (N, *(size + before + after), C)
        Gradient of the loss by the output.
    x, widths, mode, value
        As they were given to :func:`pad`; of ``x`` only the shape and dtype matter.

    Returns
    -------
    array, (N, *spatial, C)

    Raises
    ------
    ShapeError, OptionError, OptionTypeError
        As in :func:`pad`; also if ``grad_y`` has not the shape of the output.

    Examples
    --------
    >>> x = np.zeros((1, 3, 1))
    >>> pad_backward(np.ones((1, 6, 1)), x, ((2, 1),), mode="edge").ravel()
    array([3., 1., 2.])
    """
    (grad, x), result = prepare("pad_backward", grad_y=grad_y, x=x)
    pairs = _pairs("pad_backward", x, widths, mode)
    sizes = x.shape[1:-1]
    padded = (n + before + after for n, (before, after) in zip(sizes, pairs, strict=True))
    shape = (x.shape[0], *padded, x.shape[-1])
    require_shape("pad_backward", "grad_y", grad, shape, "the shape of the padded `x`")
    for axis, (size, pair) in enumerate(zip(sizes, pairs, strict=True), start=1):
        if mode == "constant":
            grad = grad.take(np.arange(pair[0], pair[0] + size), axis=axis)
        else:
            sources = np.pad(np.arange(size), pair, mode=mode)
            folded = np.zeros((size, *np.delete(grad.shape, axis)), grad.dtype)
            np.add.at(folded, sources, np.moveaxis(grad, axis, 0))
            grad = np.moveaxis(folded, 0, axis)
    return finish(grad, result)


def _pairs(operation: str, x: Array, widths: Widths, mode: PadMode) -> tuple[tuple[int, int], ...]:
    if not isinstance(mode, str) or mode not in get_args(PadMode):
        raise OptionError(
            explain(
                operation,
                "`mode` has an unknown name.",
                needed=" | ".join(map(repr, get_args(PadMode))),
                received=f"mode={mode!r}",
                hint=f"mode={nearest(mode, get_args(PadMode))}",
            )
        )
    if not 3 <= x.ndim <= 5:
        raise ShapeError(
            explain(
                operation,
                "`x` has the wrong number of axes.",
                needed="a batch, one to three spatial axes, and channels",
                received=f"x.shape={x.shape}",
                hint="x[None, ..., None] for one image of one channel",
            )
        )
    pairs = axis_padding(operation, "widths", widths, x.ndim - 2)
    padded = (n + before + after for n, (before, after) in zip(x.shape[1:-1], pairs, strict=True))
    require_possible(operation, padded, f"widths={pairs}", "smaller widths")
    empty = [any(pair) for n, pair in zip(x.shape[1:-1], pairs, strict=True) if n == 0]
    if mode != "constant" and any(empty):
        raise ShapeError(
            explain(
                operation,
                "an empty axis cannot be continued.",
                needed="at least one element on every padded axis",
                received=f"x.shape={x.shape}, mode={mode!r}",
                hint="mode='constant'",
            )
        )
    return pairs
