"""Between PyTorch's arrays and ours: channels first or last, with a batch or without.

An adapter has the signature of the PyTorch function and gives an ``Answer``: what we compute, in
PyTorch's layout. It raises ``OutOfScope`` for what we do not have, and says why.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch


class OutOfScope(Exception):  # noqa: N818 - not an error
    """A sample that asks for something that we deliberately do not have."""


class Answer(NamedTuple):
    """One result, laid out as PyTorch's.

    ``backward`` takes the gradient by ``y`` and gives pairs of a tensor of the sample and our
    gradient by it. ``ungiven`` are tensors by which we have no gradient, with the reason.
    """

    y: np.ndarray
    backward: Callable[[np.ndarray], list[tuple[torch.Tensor, np.ndarray]]]
    indices: np.ndarray | None = None
    ungiven: tuple[tuple[torch.Tensor, str], ...] = ()


def refuse(condition: object, reason: str) -> None:
    if condition:
        raise OutOfScope(reason)


def array(value: Any) -> Any:
    """A tensor as an array; anything else as it is."""
    return value.detach().numpy() if isinstance(value, torch.Tensor) else value


def last(values: np.ndarray) -> np.ndarray:
    """(N, C, …) to (N, …, C)."""
    return np.moveaxis(values, 1, -1) if values.ndim > 1 else values


def first(values: np.ndarray) -> np.ndarray:
    """(N, …, C) to (N, C, …)."""
    return np.moveaxis(values, -1, 1) if values.ndim > 1 else values


class Images:
    """Images of a rank as we want them, and our results as PyTorch wants them.

    PyTorch also takes one image without a batch; then a batch of one is put around it, and taken
    away from the results.
    """

    def __init__(self, tensor: torch.Tensor, rank: int) -> None:
        self.single = tensor.ndim == rank + 1
        self.x = self.ours(array(tensor))

    def ours(self, values: np.ndarray) -> np.ndarray:
        return last(values[None] if self.single else values)

    def theirs(self, values: np.ndarray) -> np.ndarray:
        return first(values)[0] if self.single else first(values)


def one(value: Any) -> Any:
    """PyTorch reads ``(3,)`` as ``3`` on every axis."""
    several = isinstance(value, tuple | list)
    return value[0] if several and len(value) == 1 else value


def filters_last(weight: np.ndarray) -> np.ndarray:
    """(A, B, *kernel) to (*kernel, B, A)."""
    return np.moveaxis(weight, (0, 1), (-1, -2))


def filters_first(weight: np.ndarray) -> np.ndarray:
    """(*kernel, B, A) to (A, B, *kernel)."""
    return np.moveaxis(weight, (-1, -2), (0, 1))
