"""One call on every engine, compared with the engine that is believed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from stridewise.arrays import Array
from stridewise.engines import engine_info, use_engine
from stridewise.errors import StridewiseError, explain

__all__ = ["EngineMismatchError", "check_engines_agree"]

# What rounding alone explains when the order of summands differs; integers must be equal.
_TOLERANCES = {"float64": (1e-10, 1e-10), "float32": (1e-5, 1e-5), "float16": (2e-3, 1e-3)}


class EngineMismatchError(StridewiseError, AssertionError):
    """Two engines give different arrays for the same call."""


def check_engines_agree(
    call: Callable[[], Array | tuple[Array, ...]],
    reference: str = "loops",
    rtol: float | None = None,
    atol: float | None = None,
) -> None:
    """Run a call on every engine there is, and compare each array with the reference's.

    Parameters
    ----------
    call : callable
        Takes nothing; gives an array or a tuple of arrays.
    reference : str
        The engine that is believed.
    rtol, atol : float, optional
        Allowed difference: ``atol + rtol * |reference|``. By default 1e-10 for float64, 1e-5
        for float32 and about 1e-3 for float16.

    Raises
    ------
    EngineMismatchError
        If the number of arrays, a dtype, a shape or an element differs: names the engine, the
        worst index and both numbers. An ``AssertionError``.
    EngineError
        If there is no engine ``reference``.

    Notes
    -----
    Integers and bools must be equal. A NaN equals a NaN, an infinity its like.

    Examples
    --------
    >>> from stridewise.engines import engine_info
    >>> check_engines_agree(lambda: np.ones(3))
    >>> try:
    ...     check_engines_agree(lambda: np.array([1.0, float(engine_info().in_use == "loops")]))
    ... except EngineMismatchError as error:
    ...     print(str(error).splitlines()[2])
      received: 1 wrong, worst at (1,): 0.0, 'loops' gives 1.0
    """
    with use_engine(reference):
        wanted = _arrays(call())
    for name in engine_info().available:
        if name == reference:
            continue
        with use_engine(name):
            given = _arrays(call())
        if len(given) != len(wanted):
            raise _mismatch(name, reference, f"{len(wanted)} arrays", f"{len(given)} arrays")
        for number, (left, right) in enumerate(zip(given, wanted, strict=True)):
            which = f"array {number}: " if len(wanted) > 1 else ""
            _compare(name, reference, which, left, right, (rtol, atol))


def _arrays(result: Array | tuple[Array, ...]) -> list[Array]:
    # Copied: a call may hand out the same memory again under the next engine.
    return [np.array(array) for array in (result if isinstance(result, tuple) else (result,))]


def _compare(
    name: str,
    reference: str,
    which: str,
    given: Array,
    wanted: Array,
    asked: tuple[float | None, float | None],
) -> None:
    if (given.dtype, given.shape) != (wanted.dtype, wanted.shape):
        raise _mismatch(
            name,
            reference,
            f"{which}{wanted.dtype} of shape {wanted.shape}",
            f"{which}{given.dtype} of shape {given.shape}",
        )
    usual = _TOLERANCES.get(wanted.dtype.name, (0.0, 0.0))
    rtol, atol = (own if own is not None else by for own, by in zip(asked, usual, strict=True))
    with np.errstate(invalid="ignore"):  # infinity minus infinity, which compare equal below
        difference = np.abs(given.astype(np.float64) - wanted.astype(np.float64))
        # `~(<=)` and not `>`: a NaN on one side alone is a difference.
        wrong = ~(difference <= atol + rtol * np.abs(wanted.astype(np.float64)))
    # An infinity would allow any difference; numbers that large must be equal.
    wrong |= ~np.isfinite(wanted)
    wrong &= ~((given == wanted) | ((given != given) & (wanted != wanted)))
    if not wrong.any():
        return
    distance = np.where(wrong, np.where(np.isnan(difference), np.inf, difference), -1.0)
    worst = tuple(map(int, np.unravel_index(np.argmax(distance), distance.shape)))
    raise _mismatch(
        name,
        reference,
        f"{wanted.size} of {wanted.size} elements within "
        f"atol={atol:g} + rtol={rtol:g} of {reference!r}",
        f"{which}{int(wrong.sum())} wrong, worst at {worst}: "
        f"{given[worst]}, {reference!r} gives {wanted[worst]}",
    )


def _mismatch(name: str, reference: str, needed: str, received: str) -> EngineMismatchError:
    return EngineMismatchError(
        explain(
            "check_engines_agree",
            f"{name!r} differs from {reference!r}.",
            needed=needed,
            received=received,
            hint=f"with use_engine({name!r}), this call on fewer elements",
        )
    )
