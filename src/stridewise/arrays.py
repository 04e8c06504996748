"""Arrays in, arrays out: what the blocks accept, and in which dtype they compute.

float32 and float64 are kept; float16 is computed in float32 and returned as float16;
integers and bools are promoted to float64; mixed inputs follow :func:`numpy.result_type`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from stridewise.errors import DtypeError, ShapeError, explain

__all__ = ["Array", "ArrayLike", "as_array", "finish", "prepare", "require_rank", "require_shape"]

Array = npt.NDArray[Any]
ArrayLike = npt.ArrayLike

_FLOATS = (np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.float64))
_COMPUTED = frozenset(_FLOATS[1:])
_, _FLOAT32, _FLOAT64 = _FLOATS


def as_array(operation: str, name: str, value: ArrayLike) -> Array:
    """Read anything that NumPy can read as real numbers; nothing is copied if it is an array."""
    if type(value) is np.ndarray and value.dtype in _COMPUTED:
        return value
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ShapeError(
            explain(
                operation,
                f"`{name}` is not an array.",
                needed="an array, or nested sequences of equal lengths",
                received=f"{type(value).__name__} ({error})",
                hint=f"np.asarray({name}) must work",
            )
        ) from None
    if array.dtype.kind in "iub" or array.dtype.newbyteorder("=") in _FLOATS:
        return array
    raise DtypeError(
        explain(
            operation,
            f"`{name}` does not hold real numbers that it can compute with.",
            needed="float16, float32, float64, an integer dtype or bool",
            received=f"{name}.dtype={array.dtype}",
            hint=f"{name}.real, if the imaginary parts mean nothing"
            if array.dtype.kind == "c"
            else f"np.asarray({name}, dtype=np.float64), if it holds numbers",
        )
    )


def prepare(operation: str, **values: ArrayLike) -> tuple[list[Array], np.dtype[Any]]:
    """Bring all arguments to the dtype of computation; also say the dtype of the result.

    An array that has the right dtype is not copied.

    Examples
    --------
    >>> (x, weight), result = prepare("demo", x=np.float16([1.5]), weight=np.float16([2.0]))
    >>> x.dtype, result
    (dtype('float32'), dtype('float16'))
    >>> prepare("demo", x=[1, 2])[1]
    dtype('float64')
    """
    shared = _shared_dtype(values)
    if shared is not None:
        return list(values.values()), shared  # type: ignore[arg-type]  # they are arrays
    arrays = [as_array(operation, name, value) for name, value in values.items()]
    result = np.result_type(*(array.dtype for array in arrays))
    if result.kind != "f":
        result = np.dtype(np.float64)
    compute = np.dtype(np.float32) if result == np.float16 else result
    return [array.astype(compute, copy=False) for array in arrays], result


def _shared_dtype(values: dict[str, ArrayLike]) -> np.dtype[Any] | None:
    """The dtype of computation that all values have, if they are arrays; a quick look."""
    shared = None
    for value in values.values():
        if type(value) is not np.ndarray:
            return None
        dtype = value.dtype
        if dtype is not shared:
            if shared is not None or not (dtype is _FLOAT32 or dtype is _FLOAT64):
                return None
            shared = dtype
    return shared


def finish(array: Array, result: np.dtype[Any]) -> Array:
    """Return a computed array in the dtype that :func:`prepare` promised."""
    if type(array) is np.ndarray and array.dtype is result:
        return array
    with np.errstate(over="ignore"):  # beyond float16 there is infinity, as in every cast
        return np.asarray(array, dtype=result)


def require_rank(operation: str, name: str, array: Array, layout: tuple[str, ...]) -> None:
    """Refuse an array whose number of axes is not that of ``layout``."""
    if array.ndim != len(layout):
        raise ShapeError(
            explain(
                operation,
                f"`{name}` has the wrong number of axes.",
                needed=f"{len(layout)} axes ({', '.join(layout)})",
                received=f"{name}.shape={array.shape}",
                hint=_rank_hint(name, array, layout),
            )
        )


def _rank_hint(name: str, array: Array, layout: tuple[str, ...]) -> str:
    if layout[0] in ("N", "m"):
        if array.ndim == len(layout) - 1:
            return f"{name}[None] for one example, or {name}[..., None] for one channel"
        if array.ndim == len(layout) - 2:
            return f"{name}[None, ..., None] for one example of one channel"
    return f"an array of {len(layout)} axes; channels come last"


def require_shape(
    operation: str, name: str, array: Array, shape: tuple[int, ...], because: str
) -> None:
    """Refuse an array whose shape is not the one that the other arguments ask for."""
    if array.shape != shape:
        raise ShapeError(
            explain(
                operation,
                f"`{name}` has the wrong shape.",
                needed=f"{name}.shape={shape}, {because}",
                received=f"{name}.shape={array.shape}",
                hint=f"{name} of shape {shape}",
            )
        )
