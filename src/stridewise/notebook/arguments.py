"""The exercise's arguments — ``hparameters``, caches, ``b`` — in the form the blocks take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stridewise.arrays import Array, ArrayLike, as_array, require_rank
from stridewise.errors import OptionError, ShapeError, explain, nearest
from stridewise.geometry import output_size
from stridewise.options import require_integer

__all__ = [
    "bias_vector",
    "images",
    "one_number",
    "option",
    "output_shape",
    "require_mode",
    "unpack",
]

_LARGEST = 2**31 - 1


def option(function: str, hparameters: object, name: str, at_least: int = 1) -> int:
    """Take one entry of ``hparameters``, a number of pixels, or say which it has."""
    if not isinstance(hparameters, Mapping):
        problem, received = "`hparameters` is not a dictionary.", repr(hparameters)
    elif name not in hparameters:
        problem = f"`hparameters` has no {name!r}."
        received = f"the keys {', '.join(map(repr, hparameters)) or '(none)'}"
    else:
        return require_integer(function, name, hparameters[name], at_least, _LARGEST)
    raise OptionError(
        explain(
            function,
            problem,
            needed=f"a dictionary with {name!r}, in pixels",
            received=received,
            hint=f"{{{name!r}: {max(at_least, 1)}, …}}",
        )
    )


def output_shape(
    function: str, A_prev: Array, f: tuple[int, int], n_C: int, stride: int, pad: int = 0
) -> tuple[int, ...]:
    """(m, n_H, n_W, n_C), or say that the window does not fit."""
    m, n_H_prev, n_W_prev, _ = A_prev.shape
    sizes = [
        output_size(n, size, stride, pad, pad)
        for n, size in zip((n_H_prev, n_W_prev), f, strict=True)
    ]
    if min(sizes) < 1:
        raise ShapeError(
            explain(
                function,
                "the window does not fit the padded input.",
                needed="f <= n_H_prev + 2·pad and f <= n_W_prev + 2·pad",
                received=f"windows of {f[0]} × {f[1]}, A_prev.shape={A_prev.shape}, pad={pad}",
                hint="a larger pad or a smaller window",
            )
        )
    return (m, *sizes, n_C)


def images(function: str, name: str, value: ArrayLike) -> Array:
    """Take a batch of images, or say what shape they should have."""
    array = as_array(function, name, value)
    require_rank(function, name, array, ("m", "n_H", "n_W", "n_C"))
    return array


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
