"""The fully connected block, and its gradients."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_rank, require_shape
from stridewise.errors import ShapeError, explain

__all__ = ["LinearGradients", "linear", "linear_backward"]


class LinearGradients(NamedTuple):
    """Gradients of a fully connected block, each of its array's shape."""

    x: Array
    weight: Array
    bias: Array


def linear(x: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None) -> Array:
    """Weigh all inputs for every output: ``y[…, o] = bias[o] + Σ_c x[…, c] · weight[c, o]``.

    Parameters
    ----------
    x : array, (…, C_in)
    weight : array, (C_in, C_out)
        Laid out as a convolution's with a kernel of one element.
    bias : array, (C_out,), optional

    Returns
    -------
    array, (…, C_out)

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    References
    ----------
    ONNX: Gemm, version 13, with ``transB=0``.

    Examples
    --------
    >>> linear([[1.0, 2.0]], [[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]], [0.0, 0.0, 0.5])
    array([[1. , 2. , 3.5]])
    """
    optional = {} if bias is None else {"bias": bias}
    (x, weight, *biases), result = prepare("linear", x=x, weight=weight, **optional)
    _check("linear", x, weight)
    for given in biases:
        because = "one number for each output of `weight`"
        require_shape("linear", "bias", given, weight.shape[1:], because)
    with np.errstate(over="ignore", invalid="ignore"):  # infinities give infinity or NaN
        y = x @ weight
        for given in biases:
            y += given
    return finish(y, result)


def linear_backward(grad_y: ArrayLike, x: ArrayLike, weight: ArrayLike) -> LinearGradients:
    """Gradients of :func:`linear`.

    ``grad_x = grad_y · weightᵀ``, ``grad_weight = xᵀ · grad_y``, ``grad_bias = Σ grad_y``, the
    sums over all axes but the last.

    Parameters
    ----------
    grad_y : array, (…, C_out)
    x, weight
        As they were given to :func:`linear`.

    Returns
    -------
    LinearGradients
        ``x``, ``weight`` and ``bias``, each of its array's shape.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    Examples
    --------
    >>> g = linear_backward([[1.0]], [[2.0, 3.0]], [[5.0], [7.0]])
    >>> g.x, g.weight, g.bias
    (array([[5., 7.]]), array([[2.],
           [3.]]), array([1.]))
    """
    (grad_y, x, weight), result = prepare("linear_backward", grad_y=grad_y, x=x, weight=weight)
    _check("linear_backward", x, weight)
    C_in, C_out = weight.shape
    because = "the shape of the output that `x` and `weight` give"
    require_shape("linear_backward", "grad_y", grad_y, (*x.shape[:-1], C_out), because)
    rows, grad_rows = x.reshape(-1, C_in), grad_y.reshape(-1, C_out)
    with np.errstate(over="ignore", invalid="ignore"):  # infinities give infinity or NaN
        return LinearGradients(
            finish(grad_y @ weight.T, result),
            finish(rows.T @ grad_rows, result),
            finish(grad_rows.sum(axis=0, dtype=np.float64), result),
        )


def _check(operation: str, x: Array, weight: Array) -> None:
    require_rank(operation, "weight", weight, ("C_in", "C_out"))
    if x.ndim == 0 or x.shape[-1] != weight.shape[0] or 0 in weight.shape:
        raise ShapeError(
            explain(
                operation,
                "the features of `x` and `weight` do not match.",
                needed="x.shape[-1] = weight.shape[0], and no empty axis in `weight`",
                received=f"x.shape={x.shape}, weight.shape={weight.shape}",
                hint="weight.T, if it came as (C_out, C_in)"
                if x.ndim and x.shape[-1] == weight.shape[1]
                else "x.reshape(len(x), -1), to flatten images",
            )
        )
