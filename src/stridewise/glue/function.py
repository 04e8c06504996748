"""What an entry of the table of functions is: forward, backward, and the shape rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from stridewise.arrays import Array
from stridewise.errors import DtypeError, ShapeError, explain

__all__ = [
    "MOST_NUMBERS",
    "Full",
    "Function",
    "Gradients",
    "at_most",
    "axes_of",
    "bounded",
    "broadcast_shape",
    "integers",
    "number_dtype",
    "same_shape",
    "unbroadcast",
]

Full: TypeAlias = tuple[int, ...]
Gradients: TypeAlias = tuple[Array | None, ...]

# Beyond this, a size is a slip or means harm: 1 GiB in float32.
MOST_NUMBERS = 2**28
_MOST_IN_LIST = 2**20
_MOST_AXES = 64  # NumPy has no more
_most: ContextVar[int] = ContextVar("most", default=MOST_NUMBERS)


class Function(NamedTuple):
    """A function on whole arrays, the batch's axis among them.

    Attributes
    ----------
    forward : callable
        ``forward(*arrays, **settings)``; the settings are plain numbers, names and lists.
    backward : callable, optional
        ``backward(grad_y, *arrays, **settings)``: a gradient for each of the first arrays, None for
        one that has none, such as a condition. Without it, training cannot pass.
    shape : callable, optional
        ``shape(*shapes, **settings)``: the result's shape, where it follows from shapes alone.
    local : bool
        Whether a number depends on no other position's.
    """

    forward: Callable[..., Array]
    backward: Callable[..., Gradients] | None = None
    shape: Callable[..., Full] | None = None
    local: bool = False


def same_shape(shape: Full, *_: Full, **__: Any) -> Full:
    """Most functions: the result has the shape of the first array."""
    return shape


def broadcast_shape(*shapes: Full, **_: Any) -> Full:
    """Arithmetic: the result has the shape that all arrays stretch to."""
    return np.broadcast_shapes(*shapes)


def unbroadcast(gradient: Array, shape: Full) -> Array:
    """Sum a gradient over the axes that broadcasting had stretched.

    >>> unbroadcast(np.ones((2, 3)), (3,))
    array([2., 2., 2.])
    """
    if gradient.shape == shape:
        return gradient
    surplus = gradient.ndim - len(shape)
    stretched = [axis for axis, size in enumerate(shape, start=surplus) if size == 1]
    summed: Array = gradient.sum(axis=(*range(surplus), *stretched))
    return summed.reshape(shape)


def integers(values: Any) -> list[int]:
    """Read a list of integers that may come as an array, as another node computed it.

    >>> integers(np.array([2, -1])), integers(3)
    ([2, -1], [3])
    """
    bounded((np.size(values),), most=_MOST_IN_LIST)
    return [int(value) for value in np.asarray(values).ravel().tolist()]


def number_dtype(name: Any) -> np.dtype[Any]:
    """Read the name of a dtype; text and objects, whose elements may be any size, are refused.

    >>> number_dtype("int8")
    dtype('int8')
    """
    try:
        dtype: np.dtype[Any] = np.dtype(name)
    except TypeError:
        dtype = np.dtype(object)
    if name is None or dtype.kind not in "iufb":
        raise DtypeError(
            explain(
                "network",
                "this is no dtype of real numbers.",
                needed="a float or integer dtype, or bool",
                received=repr(name)[:80],
                hint='dtype="float32"',
            )
        )
    return dtype


def axes_of(values: Any, rank: int) -> tuple[int, ...]:
    """Bring axes into the range from 0 to ``rank``; none stands for all of them.

    >>> axes_of([-1, 0], 3), axes_of(None, 2)
    ((2, 0), (0, 1))
    """
    if values is None:
        return tuple(range(rank))
    found = integers(values)
    different = rank <= _MOST_AXES and len({axis % max(rank, 1) for axis in found}) == len(found)
    if not different or any(not -rank <= axis < rank for axis in found):
        raise ShapeError(
            explain(
                "network",
                "these are no axes of the array.",
                needed=f"different integers from {-rank} to {rank - 1}",
                received=str(found),
                hint="axes of the array as it runs: channels last",
            )
        )
    return tuple(axis % rank for axis in found)


@contextmanager
def at_most(numbers: int) -> Iterator[None]:
    """Let no function make an array of more numbers than this, here and now.

    >>> with at_most(6):
    ...     bounded((2, 3))
    (2, 3)
    """
    token = _most.set(min(numbers, MOST_NUMBERS))
    try:
        yield
    finally:
        _most.reset(token)


def bounded(shape: Sequence[int], most: int = MOST_NUMBERS) -> Full:
    """Refuse a shape whose array would be larger than any that makes sense."""
    most = min(most, _most.get())
    count = 1
    for size in shape:
        count *= size
    if min(shape, default=0) < 0 or count > most:
        raise ShapeError(
            explain(
                "network",
                "a node would make an array of an unreasonable size.",
                needed=f"sizes >= 0, and at most {most:,} numbers",
                received=f"shape {tuple(shape)}",
                hint="a smaller input",
            )
        )
    return tuple(shape)
