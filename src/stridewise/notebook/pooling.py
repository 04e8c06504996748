"""The exercise's pooling: forward, the mask, the even share, backward."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array, ArrayLike, as_array, prepare, require_shape
from stridewise.axis_options import axis_ints
from stridewise.blocks import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward
from stridewise.errors import ShapeError, explain
from stridewise.notebook.arguments import (
    images,
    one_number,
    option,
    output_shape,
    require_mode,
    unpack,
)

__all__ = ["create_mask_from_window", "distribute_value", "pool_backward", "pool_forward"]

_MODES = ("max", "average")


def pool_forward(
    A_prev: ArrayLike, hparameters: dict[str, Any], mode: str = "max"
) -> tuple[Array, tuple[Any, ...]]:
    """Take the maximum, or the mean, of every window of every channel.

    Parameters
    ----------
    A_prev : array, (m, n_H_prev, n_W_prev, n_C)
    hparameters : dict
        ``"f"``, the window's size, and ``"stride"``, both in pixels.
    mode : "max" or "average"

    Returns
    -------
    A : array, (m, n_H, n_W, n_C)
        ``n_H = floor((n_H_prev − f) / stride) + 1``, and ``n_W`` alike.
    cache : tuple
        ``(A_prev, hparameters)``, for :func:`pool_backward`.

    Examples
    --------
    >>> A_prev = np.arange(4.0).reshape(1, 2, 2, 1)
    >>> pool_forward(A_prev, {"f": 2, "stride": 1}, "average")[0].ravel()
    array([1.5])
    """
    f, stride, _ = _checked("pool_forward", A_prev, hparameters, mode)
    pool = max_pool2d if mode == "max" else avg_pool2d
    return pool(A_prev, f, stride=stride), (A_prev, hparameters)


def create_mask_from_window(x: ArrayLike) -> Array:
    """Mark the maximum of a window; equal maxima are all marked.

    Parameters
    ----------
    x : array, any shape

    Returns
    -------
    mask : array of bool, of the same shape

    Notes
    -----
    In a window with a NaN, the first NaN is marked, as max pooling takes it.

    Examples
    --------
    >>> create_mask_from_window([[1, 3], [3, 2]])
    array([[False,  True],
           [ True, False]])
    """
    (window,), _ = prepare("create_mask_from_window", x=x)
    if window.size == 0:
        raise ShapeError(
            explain(
                "create_mask_from_window",
                "an empty window has no maximum.",
                needed="at least one element",
                received=f"x.shape={window.shape}",
                hint="a window inside the input",
            )
        )
    mask: Array = window == window.max()
    if np.isnan(window).any():
        mask.flat[np.isnan(window).argmax()] = True
    return mask


def distribute_value(dz: ArrayLike, shape: tuple[int, int]) -> Array:
    """Spread one number evenly over a window.

    Parameters
    ----------
    dz : number
    shape : (int, int)
        Rows and columns of the window.

    Returns
    -------
    a : array, of shape ``shape``
        ``dz / (n_H · n_W)`` everywhere.

    Examples
    --------
    >>> distribute_value(2, (2, 2))
    array([[0.5, 0.5],
           [0.5, 0.5]])
    """
    n_H, n_W = axis_ints("distribute_value", "shape", shape, rank=2, least=1)
    share = one_number("distribute_value", "dz", dz) / (n_H * n_W)
    return np.full((n_H, n_W), share)


def pool_backward(dA: ArrayLike, cache: tuple[Any, ...], mode: str = "max") -> Array:
    """Gradient of :func:`pool_forward`.

    Parameters
    ----------
    dA : array, (m, n_H, n_W, n_C)
        Gradient of the cost by ``A``.
    cache : tuple
        What :func:`pool_forward` returned beside ``A``.
    mode : "max" or "average"
        As it was given to :func:`pool_forward`.

    Returns
    -------
    dA_prev : array, (m, n_H_prev, n_W_prev, n_C)

    Notes
    -----
    Equal maxima of a window all get its gradient, as :func:`create_mask_from_window` marks them;
    ``stridewise.max_pool2d_backward`` gives it to the first.

    Examples
    --------
    >>> A, cache = pool_forward(np.array([3.0, 1.0, 3.0, 2.0]).reshape(1, 2, 2, 1),
    ...                         {"f": 2, "stride": 1})
    >>> pool_backward(np.ones_like(A), cache).ravel()
    array([1., 0., 1., 0.])
    """
    A_prev, hparameters = unpack("pool_backward", cache, ("A_prev", "hparameters"))
    f, stride, shape = _checked("pool_backward", A_prev, hparameters, mode)
    dA = as_array("pool_backward", "dA", dA)
    require_shape("pool_backward", "dA", dA, shape, "the shape of A")
    if mode == "max":
        return max_pool2d_backward(dA, A_prev, f, stride=stride, ties="all")
    return avg_pool2d_backward(dA, A_prev, f, stride=stride)


def _checked(
    function: str, A_prev: ArrayLike, hparameters: dict[str, Any], mode: str
) -> tuple[int, int, tuple[int, ...]]:
    """The window's size and stride, and the shape of A; refusals in the exercise's words."""
    require_mode(function, mode, _MODES)
    inputs = images(function, "A_prev", A_prev)
    f = option(function, hparameters, "f")
    stride = option(function, hparameters, "stride")
    return f, stride, output_shape(function, inputs, (f, f), inputs.shape[-1], stride)
