"""Dtypes and shapes that a network accepts, before it has any numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from stridewise.axis_options import axis_ints
from stridewise.errors import NetworkError, OptionError, explain
from stridewise.layers.layer import Shape
from stridewise.networks.node import Node

__all__ = ["float_dtype", "input_shape", "located_shape"]

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


def input_shape(name: str, shape: Shape) -> Shape:
    """Take the shape of an input, without the batch; refuse one without axes."""
    if isinstance(shape, Sequence) and len(shape) > 0:
        return axis_ints("network", "input_shape", shape, rank=len(shape), least=1)
    raise NetworkError(
        explain(
            "network",
            f"the input {name!r} has no axes.",
            needed="a shape with at least the channels, without the batch",
            received=repr(shape),
            hint="(H, W, C) for images",
        )
    )


def located_shape(node: Node, shapes: tuple[Shape, ...]) -> Shape:
    """A node's output shape; an error says which node it is."""
    try:
        shape = node.layer.output_shape(*shapes)
    except (ValueError, TypeError) as error:
        raise type(error)(f"node {node.name!r}, {error}") from None
    if math.prod(shape) > _LARGEST_TENSOR:
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
