"""The exercise's arguments — ``hparameters``, caches, ``b`` — in the form the blocks take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stridewise.arrays import Array, ArrayLike, as_array
from stridewise.errors import OptionError, ShapeError, explain, nearest

__all__ = ["bias_vector", "one_number", "option", "require_mode", "unpack"]


def option(function: str, hparameters: Mapping[str, Any], name: str) -> Any:
    """Take one entry of ``hparameters``, or say which it has."""
    if isinstance(hparameters, Mapping) and name in hparameters:
        return hparameters[name]
    received = sorted(hparameters) if isinstance(hparameters, Mapping) else repr(hparameters)
    raise OptionError(
        explain(
            function,
            f"`hparameters` has no {name!r}.",
            needed=f"a dictionary with {name!r}",
            received=f"hparameters with {received}",
            hint=f"hparameters[{name!r}] = 1",
        )
    )


def unpack(function: str, cache: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    """Take a cache apart, or say what a forward function puts into it."""
    if isinstance(cache, tuple) and len(cache) == len(names):
        return cache
    kind = f"{type(cache).__name__} of {len(cache)}" if isinstance(cache, tuple | list) else cache
    raise OptionError(
        explain(
            function,
            "`cache` is not the one of its forward function.",
            needed=f"the tuple ({', '.join(names)})",
            received=str(kind),
            hint="the second value that the forward function returned",
        )
    )


def one_number(function: str, name: str, value: ArrayLike) -> Any:
    """Take the single element of a scalar or of an array like (1, 1, 1).

    ``float(array)`` would fail on NumPy 2.4 and later unless the array has no axes.
    """
    array = as_array(function, name, value)
    if array.size != 1:
        raise ShapeError(
            explain(
                function,
                f"`{name}` is not one number.",
                needed="a number, or an array of one element such as (1, 1, 1)",
                received=f"{name}.shape={array.shape}",
                hint=f"{name}[..., c], for one filter c",
            )
        )
    return array.reshape(-1)[0]


def bias_vector(function: str, b: ArrayLike, n_C: int) -> Array:
    """Bring ``b`` of shape (1, 1, 1, n_C) to (n_C,)."""
    array = as_array(function, "b", b)
    if array.size != n_C:
        raise ShapeError(
            explain(
                function,
                "`b` does not fit the filters of `W`.",
                needed=f"b of shape (1, 1, 1, {n_C}), one number a filter",
                received=f"b.shape={array.shape}",
                hint=f"np.zeros((1, 1, 1, {n_C}))",
            )
        )
    return array.reshape(n_C)


def require_mode(function: str, mode: str, known: tuple[str, ...]) -> None:
    """Refuse a mode that is not among the known ones."""
    if mode not in known:
        raise OptionError(
            explain(
                function,
                "`mode` has an unknown name.",
                needed=" or ".join(map(repr, known)),
                received=f"mode={mode!r}",
                hint=f"mode={nearest(mode, known)}",
            )
        )
