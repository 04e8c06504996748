"""The same numbers in another arrangement: views, and what repeats them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.glue.framing import FRAMING
from stridewise.glue.function import (
    Full,
    Function,
    Gradients,
    axes_of,
    bounded,
    integers,
    unbroadcast,
)

__all__ = ["SHAPING"]


def _reshape(x: Array, shape: Any, allow_zero: bool = False) -> Array:
    """A 0 keeps the size of the same axis, unless ``allow_zero``; a −1 takes what is left."""
    sizes = integers(shape)
    if not allow_zero:
        sizes = [x.shape[axis] if size == 0 else size for axis, size in enumerate(sizes)]
    return x.reshape(sizes)


def _transpose(x: Array, axes: Any = None) -> Array:
    return x.transpose(None if axes is None else integers(axes))


def _transpose_backward(grad_y: Array, x: Array, axes: Any = None) -> Gradients:
    order = range(x.ndim)[::-1] if axes is None else axes_of(axes, x.ndim)
    return (grad_y.transpose(np.argsort(order)),)


def _move_axis(x: Array, source: int, target: int) -> Array:
    """The border between layouts: ``move_axis(x, 1, -1)`` brings channels last."""
    return np.moveaxis(x, source, target)


def _squeeze(x: Array, axes: Any = None) -> Array:
    return x.squeeze() if axes is None else x.squeeze(axes_of(axes, x.ndim))


def _unsqueeze(x: Array, axes: Any) -> Array:
    rank = x.ndim + len(integers(axes))
    return np.expand_dims(x, axes_of(axes, rank))


def _flatten(x: Array, axis: int = 1) -> Array:
    if not -x.ndim <= axis <= x.ndim:
        raise ValueError(f"axis {axis} does not lie among {x.ndim} axes")
    axis = axis + x.ndim if axis < 0 else axis
    return x.reshape(math.prod(x.shape[:axis]), math.prod(x.shape[axis:]))


def _back_to_shape(grad_y: Array, x: Array, *_: Any, **__: Any) -> Gradients:
    return (grad_y.reshape(x.shape),)


def _expand(x: Array, shape: Any) -> Array:
    """Broadcast in both directions: a 1 in ``shape`` keeps the array's own size."""
    return np.broadcast_to(x, bounded(np.broadcast_shapes(x.shape, tuple(integers(shape)))))


def _expand_backward(grad_y: Array, x: Array, *_: Any, **__: Any) -> Gradients:
    return (unbroadcast(grad_y, x.shape),)


def _tile(x: Array, repeats: Any) -> Array:
    counts = integers(repeats)
    bounded([size * count for size, count in zip(x.shape, counts, strict=True)])
    return np.tile(x, counts)


def _tile_backward(grad_y: Array, x: Array, repeats: Any) -> Gradients:
    counts = integers(repeats)
    split = [n for pair in zip(counts, x.shape, strict=True) for n in pair]
    return (grad_y.reshape(split).sum(axis=tuple(range(0, 2 * x.ndim, 2))),)


def _concat(*arrays: Array, axis: int) -> Array:
    return np.concatenate(arrays, axis)


def _concat_backward(grad_y: Array, *arrays: Array, axis: int) -> Gradients:
    ends = np.cumsum([array.shape[axis] for array in arrays])[:-1]
    return tuple(np.split(grad_y, ends, axis))


def _concat_shape(*shapes: Full, axis: int) -> Full:
    (along,) = axes_of(axis, len(shapes[0]))
    others = {(*shape[:along], *shape[along + 1 :]) for shape in shapes}
    if len(others) > 1 or len({len(shape) for shape in shapes}) > 1:
        raise ValueError(f"arrays of shapes {shapes} cannot be joined on axis {axis}")
    total = sum(shape[along] for shape in shapes)
    return (*shapes[0][:along], total, *shapes[0][along + 1 :])


def _split(
    x: Array, sizes: Any = None, *, index: int, axis: int = 0, parts: int | None = None
) -> Array:
    """Take one of the pieces of a split; without ``sizes``, equal ones, the last smaller."""
    size = x.shape[axis]
    if sizes is None:
        step = -(-size // (parts or 1))
        begin, end = index * step, min((index + 1) * step, size)
    else:
        lengths = integers(sizes)
        begin = sum(lengths[:index])
        end = begin + lengths[index]
    return x[(*(slice(None),) * (axis % x.ndim), slice(begin, end))]


def _split_backward(grad_y: Array, x: Array, sizes: Any = None, **settings: Any) -> Gradients:
    grad_x = np.zeros(x.shape, grad_y.dtype)
    _split(grad_x, sizes, **settings)[...] = grad_y
    return (grad_x,)


def _slice(x: Array, starts: Any, ends: Any, axes: Any = None, steps: Any = None) -> Array:
    return x[_ranges(x.shape, starts, ends, axes, steps)]


def _ranges(shape: Full, starts: Any, ends: Any, axes: Any, steps: Any) -> tuple[slice, ...]:
    begins, stops = integers(starts), integers(ends)
    along = axes_of(range(len(begins)) if axes is None else axes, len(shape))
    moves = [1] * len(begins) if steps is None else integers(steps)
    found = [slice(None)] * len(shape)
    for axis, begin, stop, move in zip(along, begins, stops, moves, strict=True):
        # Going backwards, an end before the first element is no index that Python knows, and a
        # start before it is the first element.
        last = None if move < 0 and stop < -shape[axis] else stop
        first = max(begin, -shape[axis]) if move < 0 else begin
        found[axis] = slice(first, last, move)
    return tuple(found)


def _slice_backward(grad_y: Array, x: Array, *others: Any, **settings: Any) -> Gradients:
    grad_x = np.zeros(x.shape, grad_y.dtype)
    _slice(grad_x, *others, **settings)[...] = grad_y
    return (grad_x,)


def _reverse_sequence(x: Array, lengths: Array, batch_axis: int = 1, time_axis: int = 0) -> Array:
    """Turn the first ``lengths[n]`` elements of every sequence round."""
    y = x.copy()
    rows, turned = (np.moveaxis(array, (batch_axis, time_axis), (0, 1)) for array in (x, y))
    for n, length in enumerate(integers(lengths)):
        turned[n, :length] = rows[n, :length][::-1]
    return y


def _by_view(forward: Any) -> Any:
    """The shape that a view has: seen on an array of one number, stretched to the shape."""

    def shape(full: Full, **settings: Any) -> Full:
        result: Full = forward(np.broadcast_to(np.int8(0), full), **settings).shape
        return result

    return shape


def _view(forward: Any, backward: Any) -> Function:
    return Function(forward, backward, _by_view(forward))


def _tiled_shape(full: Full, *, repeats: Any) -> Full:
    counts = integers(repeats)
    if min(counts, default=0) < 0:
        raise ValueError(f"an array cannot be repeated {counts} times")
    return tuple(size * count for size, count in zip(full, counts, strict=True))


def _move_axis_backward(grad_y: Array, x: Array, source: int, target: int) -> Gradients:
    return (np.moveaxis(grad_y, target, source),)


SHAPING: dict[str, Function] = {
    "reshape": _view(_reshape, _back_to_shape),
    "transpose": _view(_transpose, _transpose_backward),
    "move_axis": _view(_move_axis, _move_axis_backward),
    "squeeze": _view(_squeeze, _back_to_shape),
    "unsqueeze": _view(_unsqueeze, _back_to_shape),
    "flatten": _view(_flatten, _back_to_shape),
    "expand": _view(_expand, _expand_backward),
    "tile": Function(_tile, _tile_backward, _tiled_shape),
    "concat": Function(_concat, _concat_backward, _concat_shape)._replace(local=True),
    "split": _view(_split, _split_backward)._replace(local=True),
    "slice": _view(_slice, _slice_backward)._replace(local=True),
    "reverse_sequence": Function(_reverse_sequence, None, lambda shape, *_, **__: shape),
    **FRAMING,
}
