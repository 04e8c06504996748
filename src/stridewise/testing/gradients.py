"""Gradients by central differences, and a check of written gradients against them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from stridewise.arrays import Array, ArrayLike
from stridewise.errors import StridewiseError, explain

__all__ = ["GradientMismatchError", "check_gradients", "numerical_gradient"]


class GradientMismatchError(StridewiseError, AssertionError):
    """A written gradient differs from the one by central differences."""


def numerical_gradient(
    function: Callable[[Array], Array], x: ArrayLike, grad_y: ArrayLike, step: float = 1e-6
) -> Array:
    """Gradient of ``sum(function(x) * grad_y)`` by ``x``, by central differences.

    ``grad_x[i] = Σ_j (function(x + step·e_i)[j] − function(x − step·e_i)[j]) / (2·step) ·
    grad_y[j]``, in float64.

    Parameters
    ----------
    function : callable
        Takes one float64 array of the shape of ``x``, gives one array.
    x : array
        Where the gradient is taken. It is copied, and never written to.
    grad_y : array
        Gradient of the loss by the output, of the output's shape.
    step : float
        How far each element is moved, to both sides.

    Returns
    -------
    array
        float64, of the shape of ``x``.

    Notes
    -----
    Calls ``function`` twice for each element. The error is about ``step²`` times the third
    derivative, plus the rounding of ``function`` over ``step``. Near a kink, such as a tie in
    max pooling, the result is the mean of both sides.

    References
    ----------
    W. Press et al., "Numerical Recipes", 3rd edition, section 5.7.

    Examples
    --------
    >>> numerical_gradient(lambda x: x**2, [1.0, -3.0], [1.0, 0.5]).round(6)
    array([ 2., -3.])
    """
    point = np.array(x, dtype=np.float64)
    weights = np.asarray(grad_y, dtype=np.float64)
    grad_x = np.empty_like(point)
    for index in np.ndindex(*point.shape):
        sides = []
        for moved in (point[index] + step, point[index] - step):
            there = point.copy()
            there[index] = moved
            sides.append((moved, np.array(function(there), dtype=np.float64)))
        (right, above), (left, below) = sides
        # Subtract before adding up: what does not depend on this element cancels exactly.
        grad_x[index] = np.sum((above - below) * weights) / (right - left)
    return grad_x


def check_gradients(
    function: Callable[..., Array],
    gradients: Callable[..., Array | tuple[Array | None, ...] | None],
    arrays: Sequence[ArrayLike],
    grad_y: ArrayLike | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-8,
) -> None:
    """Compare written gradients with central differences, one array at a time.

    Parameters
    ----------
    function : callable
        The forward direction, ``function(*arrays)``.
    gradients : callable
        The backward direction, ``gradients(grad_y, *arrays)``: an array, or a tuple with one
        entry for each of ``arrays``. ``None`` stands for a gradient that is not looked at.
    arrays : sequence of array
        Where the gradients are compared; read as float64.
    grad_y : array, optional
        Gradient of the loss by the output; by default fixed random numbers.
    rtol, atol : float
        Allowed difference: ``atol + rtol * |numerical gradient|``.

    Raises
    ------
    GradientMismatchError
        If a gradient has the wrong shape, or an element that differs by more than is allowed:
        names the array, the worst index and both numbers. An ``AssertionError``.

    Examples
    --------
    >>> check_gradients(lambda x, y: x * y, lambda g, x, y: (g * y, g * x), [[1.0], [3.0]])
    >>> try:
    ...     check_gradients(lambda x: x**2, lambda g, x: g * x, [[1.0, 2.0]], grad_y=[1.0, 1.0])
    ... except GradientMismatchError as error:
    ...     print(error)
    check_gradients: array 0 has a wrong gradient.
      needed:   2 of 2 elements within atol=1e-08 + rtol=1e-06 of central differences
      received: 2 wrong, worst at (1,): 2.0, by central differences 4.0
      try:      the gradient of this array alone, at this index
    """
    points = [np.array(array, dtype=np.float64) for array in arrays]
    if grad_y is None:
        shape = np.shape(function(*points))
        grad_y = np.random.default_rng(0).standard_normal(shape)
    weights = np.asarray(grad_y, dtype=np.float64)
    written = gradients(weights, *points)
    entries = written if isinstance(written, tuple) else (written,)
    if len(entries) != len(points):
        raise GradientMismatchError(
            explain(
                "check_gradients",
                "the number of gradients is not that of the arrays.",
                needed=f"{len(points)} gradients, or None in their place",
                received=f"{len(entries)} gradients",
                hint="return (grad, None) where one is not looked at",
            )
        )
    for number, entry in enumerate(entries):
        if entry is not None:
            _compare(
                number, np.asarray(entry), _one_of(function, points, number, weights), rtol, atol
            )


def _one_of(
    function: Callable[..., Array], points: list[Array], number: int, weights: Array
) -> Array:
    """The numerical gradient by one of several arrays."""

    def alone(point: Array) -> Array:
        return function(*points[:number], point, *points[number + 1 :])

    return numerical_gradient(alone, points[number], weights)


def _compare(number: int, written: Array, numerical: Array, rtol: float, atol: float) -> None:
    if written.shape != numerical.shape:
        raise GradientMismatchError(
            explain(
                "check_gradients",
                f"the gradient of array {number} has the wrong shape.",
                needed=f"shape {numerical.shape}, that of the array",
                received=f"shape {written.shape}",
                hint="a gradient has the shape of the array whose gradient it is",
            )
        )
    if written.size == 0:
        return
    excess = np.abs(written - numerical) - (atol + rtol * np.abs(numerical))
    excess = np.where(np.isnan(excess), np.inf, excess)
    if not (excess > 0).any():
        return
    worst = tuple(map(int, np.unravel_index(np.argmax(excess), excess.shape)))
    raise GradientMismatchError(
        explain(
            "check_gradients",
            f"array {number} has a wrong gradient.",
            needed=f"{written.size} of {written.size} elements within "
            f"atol={atol:g} + rtol={rtol:g} of central differences",
            received=f"{int((excess > 0).sum())} wrong, worst at {worst}: "
            f"{written[worst]:.9}, by central differences {numerical[worst]:.9}",
            hint="the gradient of this array alone, at this index",
        )
    )
