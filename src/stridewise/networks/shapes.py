"""Dtypes and shapes that a network accepts, before it has any numbers.

A size may be open: None until the network runs. Layers never see that: they are asked twice, as
if the open sizes were one number and then another, and what differs between the answers is open.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from stridewise.axis_options import is_sequence
from stridewise.errors import NetworkError, OptionError, OptionTypeError, explain
from stridewise.networks.node import Node, located
from stridewise.options import require_integer

__all__ = ["OpenShape", "asked_twice", "fits", "float_dtype", "input_shape", "located_shape"]

# Sizes may be open, and if None stands for all of them, even how many there are.
OpenShape: TypeAlias = tuple[int | None, ...] | None
T = TypeVar("T")

_STAND_INS = (3840, 7680)  # windows fit, and 256, 3 and 5 divide them
_LARGEST_TENSOR = 2**28  # 1 GiB in float32: more is a slip, or a description that means harm


def float_dtype(dtype: npt.DTypeLike) -> np.dtype[Any]:
    """Take float32 or float64; refuse every other dtype."""
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    # `None` first: NumPy takes it for float64.
    if found is not None and found in (np.dtype(np.float32), np.dtype(np.float64)):
        return found
    raise OptionError(
        explain(
            "network",
            "`dtype` is not one that a network computes in.",
            needed="float32 or float64",
            received=f"dtype={dtype!r}",
            hint="dtype=np.float32",
        )
    )


def input_shape(name: str, shape: OpenShape) -> OpenShape:
    """Take the shape of an input, without the batch; refuse one without axes.

    >>> input_shape("image", [None, None, 3])
    (None, None, 3)
    """
    if shape is None:
        return None
    if not is_sequence(shape) or len(shape) == 0:
        raise NetworkError(
            explain(
                "network",
                f"the input {name!r} has no axes.",
                needed="a shape with at least the channels, without the batch",
                received=repr(shape),
                hint="(H, W, C) for images",
            )
        )
    sizes: list[int | None] = []
    wrong: type[OptionError | OptionTypeError] | None = None
    for size in shape:
        try:
            sizes.append(
                None if size is None else require_integer("network", name, size, 1, _LARGEST_TENSOR)
            )
        except (OptionError, OptionTypeError) as error:
            wrong = wrong or type(error)
            sizes.append(None)
    if wrong is not None:
        *spatial, C = sizes
        raise wrong(
            explain(
                "network",
                f"`input_shape` of {name!r} is "
                + ("out of range." if wrong is OptionError else "not an integer."),
                needed=f"integers 1 to {_LARGEST_TENSOR}, or None for what only a run can tell",
                received=repr(shape),
                hint=f"{(*spatial, C or 1)}",
            )
        )
    return tuple(sizes)


def fits(shape: OpenShape, wanted: OpenShape) -> bool:
    """Whether two shapes can be the same, once what is open is known.

    >>> fits((8, 6, 3), (None, None, 3)), fits((8, 6, 3), (None, 3)), fits((8,), None)
    (True, False, True)
    """
    if shape is None or wanted is None:
        return True
    pairs = list(zip(shape, wanted, strict=False))
    return len(shape) == len(wanted) and all(a == b or None in (a, b) for a, b in pairs)


def asked_twice(
    question: Callable[..., T], shapes: Sequence[OpenShape]
) -> tuple[T, T] | tuple[None, None]:
    """Ask about shapes whose open sizes are one number, and then another.

    >>> asked_twice(lambda shape: sum(shape), [(None, 3)])
    (3843, 7683)
    >>> asked_twice(lambda shape: sum(shape), [None])
    (None, None)
    """
    known = [shape for shape in shapes if shape is not None]
    if len(known) < len(shapes):
        return None, None
    is_open = any(None in shape for shape in known)
    answers = []
    for size in _STAND_INS if is_open else _STAND_INS[:1]:
        filled = [tuple(size if each is None else each for each in shape) for shape in known]
        try:
            answers.append(question(*filled))
        except (ValueError, TypeError):
            if is_open:  # the stand-in may be what does not fit
                return None, None
            raise
    return answers[0], answers[-1]


def _smallest(node: Node, shapes: tuple[OpenShape, ...], usual: tuple[int, ...]) -> tuple[int, ...]:
    """A node's output shape where open sizes are 1, if the node takes that."""
    filled = [tuple(1 if each is None else each for each in shape or ()) for shape in shapes]
    try:
        found = node.layer.output_shape(*filled)
    except (ValueError, TypeError):
        return usual
    return found if found is not None and len(found) == len(usual) else usual


def located_shape(node: Node, shapes: tuple[OpenShape, ...]) -> OpenShape:
    """A node's output shape; an error says which node it is."""
    with located(node):
        first, second = asked_twice(node.layer.output_shape, shapes)
    if first is None or second is None or len(first) != len(second):
        return None
    # A part of an open size that is large may be cut short where it is small.
    least = _smallest(node, shapes, first)
    shape = tuple(
        one if one == other == small else None
        for one, other, small in zip(first, second, least, strict=True)
    )
    if math.prod(size or 1 for size in shape) > _LARGEST_TENSOR:
        raise NetworkError(
            explain(
                "network",
                f"the output of {node.name!r} is too large.",
                needed=f"at most {_LARGEST_TENSOR:,} numbers for one example",
                received=f"shape {shape}",
                hint="a smaller input, fewer channels or a larger stride",
            )
        )
    return shape
