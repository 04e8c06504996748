"""What constant nodes are computed to, in proportion to what the file holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.exchange.onnx.reading import refuse
from stridewise.glue import FUNCTIONS as GLUE
from stridewise.glue.function import at_most
from stridewise.layers import Operation

__all__ = ["Folding", "held"]

# What the bytes of any file may grow to by constant nodes: 64 MiB in float32.
_MOST_GROWN = 2**24
# How many numbers folding may touch: some for every file, and more for what lies in it.
_MOST_TOUCHED = 2**22
_TOUCHED_FOR_EACH = 8
_MOST_LISTED = 2**20

_VIEWS = (
    *("constant_of_shape", "expand", "transpose", "squeeze", "unsqueeze", "identity"),
    *("slice", "split", "shape"),
)
_VIEWS_IF_WHOLE = ("reshape", "flatten")
# Their work grows faster than their arrays: left to the network, which runs if it is asked to.
_PRODUCTS = ("einsum", "matmul", "gemm", "determinant")


class Folding:
    """Computes constants, until a file asks for more than its size can mean.

    Parameters
    ----------
    numbers : int
        How many the file holds.
    """

    def __init__(self, numbers: int) -> None:
        self._may_touch = _MOST_TOUCHED + _TOUCHED_FOR_EACH * numbers
        self._may_grow = _MOST_GROWN

    @staticmethod
    def can(function: str) -> bool:
        """Whether a function of constants is computed at once."""
        return function in GLUE and function not in _PRODUCTS

    def compute(self, layer: Operation, arrays: Sequence[Array]) -> Array:
        """Give the result, and count its cost before it is paid."""
        if _is_view(layer.function, arrays[0]):
            return np.asarray(layer.forward(*arrays)[0])
        # What gathers reads no more than it gives.
        read = arrays[1:] if layer.function in ("gather", "size") else arrays
        self._touch(sum(array.size for array in read))
        told = _numbers_given(layer, arrays)
        self._touch(told or 0)
        with at_most(max(self._may_touch, 1)):  # where shapes do not tell, the function bounds it
            y = np.asarray(layer.forward(*arrays)[0])
        self._touch(y.size if told is None else 0)
        return y

    def own(self, array: Array, dtype: np.dtype[Any]) -> Array:
        """A copy of a constant, for training; a large one that is one number stays one number."""
        if held(array) == 1 and array.size > _MOST_LISTED:
            return np.broadcast_to(array.reshape(-1)[:1].astype(dtype).reshape(()), array.shape)
        if held(array) < array.size:
            self._may_grow -= array.size
            if self._may_grow < 0:
                raise _out_of_proportion(_MOST_GROWN, array)
        # A product takes a matrix as it lies; turning a large one would take seconds.
        return np.array(array, dtype, order="K" if array.ndim == 2 else "C")

    @staticmethod
    def listed(array: Array) -> Any:
        """A constant as nested lists, which take much more memory than arrays."""
        if array.size > _MOST_LISTED:
            raise _out_of_proportion(_MOST_LISTED, array)
        return array.tolist()

    def _touch(self, numbers: int) -> None:
        if numbers > self._may_touch:
            raise refuse(
                "constant nodes compute out of all proportion to the file.",
                needed=f"at most {self._may_touch:,} more numbers",
                received=f"{numbers:,}",
                hint="weights as initialisers",
            )
        self._may_touch -= numbers


def held(array: Array) -> int:
    """How many numbers an array has in memory: broadcast ones are there once.

    >>> held(np.broadcast_to(np.ones((2, 1)), (2, 500)))
    2
    """
    pairs = zip(array.shape, array.strides, strict=True)
    return math.prod(size for size, stride in pairs if stride or not size)


def _is_view(function: str, array: Array) -> bool:
    """Whether a function only looks at its first array in another way."""
    if function in _VIEWS_IF_WHOLE:
        return array.flags.c_contiguous or held(array) <= 1
    return function in _VIEWS


def _numbers_given(layer: Operation, arrays: Sequence[Array]) -> int | None:
    """How many numbers a function gives, if shapes tell."""
    rule = GLUE[layer.function].shape
    if rule is not None:
        with suppress(ValueError, IndexError, TypeError, OverflowError):
            return math.prod(rule(*(array.shape for array in arrays), **layer.settings))
    return None


def _out_of_proportion(most: int, array: Array) -> Exception:
    return refuse(
        "constant nodes make arrays out of all proportion.",
        needed=f"at most {most:,} numbers that are not weights in the file",
        received=f"{array.size:,} of shape {array.shape}",
        hint="weights as initialisers",
    )
