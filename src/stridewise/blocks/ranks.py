"""One implementation for one, two and three spatial axes; three names for it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

__all__ = ["LAYOUTS", "by_rank"]

P = ParamSpec("P")
R = TypeVar("R")

LAYOUTS = {1: ("N", "L", "C"), 2: ("N", "H", "W", "C"), 3: ("N", "D", "H", "W", "C")}


def by_rank(
    operation: Callable[Concatenate[int, P], R],
) -> tuple[Callable[P, R], Callable[P, R], Callable[P, R]]:
    """Fix the leading ``rank`` of an operation to 1, 2 and 3.

    The names follow: ``conv`` gives conv1d, ``max_pool_backward`` gives max_pool1d_backward.

    Examples
    --------
    >>> def pool_size(rank: int, size: int) -> int:
    ...     return size**rank
    >>> pool1d, pool2d, pool3d = by_rank(pool_size)
    >>> pool2d(5), pool3d.__name__
    (25, 'pool_size3d')
    """

    def fixed(rank: int) -> Callable[P, R]:
        signature = inspect.signature(operation)
        signature = signature.replace(parameters=list(signature.parameters.values())[1:])
        name = _name(operation.__name__, rank)

        @functools.wraps(operation)
        def face(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return operation(rank, *args, **kwargs)
            except TypeError:
                _require_fit(name, signature, args, kwargs)
                raise

        face.__name__ = face.__qualname__ = name
        vars(face)["__signature__"] = signature
        del vars(face)["__wrapped__"]  # or introspection finds `rank` again
        return face

    return fixed(1), fixed(2), fixed(3)


def _require_fit(
    name: str, signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    """Refuse arguments that do not fit, in the caller's words: without the hidden rank."""
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(f"{name}{signature}: {error}") from None


def _name(name: str, rank: int) -> str:
    for suffix in ("_with_indices", "_backward"):
        if name.endswith(suffix):
            return f"{name.removesuffix(suffix)}{rank}d{suffix}"
    return f"{name}{rank}d"
