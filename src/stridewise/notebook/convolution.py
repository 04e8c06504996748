"""The exercise's convolution: pad, one step, forward, backward."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array, ArrayLike, as_array, prepare, require_rank, require_shape
from stridewise.blocks import conv2d, conv2d_backward
from stridewise.blocks import pad as pad_block
from stridewise.notebook.arguments import (
    bias_vector,
    images,
    one_number,
    option,
    output_shape,
    unpack,
)
from stridewise.options import require_integer

__all__ = ["conv_backward", "conv_forward", "conv_single_step", "zero_pad"]


def zero_pad(X: ArrayLike, pad: int) -> Array:
    """Put ``pad`` rows and columns of zeros around every image.

    Parameters
    ----------
    X : array, (m, n_H, n_W, n_C)
    pad : int
        Width of the frame, in pixels.

    Returns
    -------
    array, (m, n_H + 2·pad, n_W + 2·pad, n_C)

    Examples
    --------
    >>> zero_pad(np.ones((1, 1, 2, 1)), 1)[0, :, :, 0]
    array([[0., 0., 0., 0.],
           [0., 1., 1., 0.],
           [0., 0., 0., 0.]])
    """
    X = images("zero_pad", "X", X)
    return pad_block(X, require_integer("zero_pad", "pad", pad, at_least=0))


def conv_single_step(a_slice_prev: ArrayLike, W: ArrayLike, b: ArrayLike) -> Any:
    """Apply one filter to one slice: ``Σ a_slice_prev · W + b``.

    Parameters
    ----------
    a_slice_prev, W : array, (f, f, n_C_prev)
    b : number, or array of one element, (1, 1, 1)

    Returns
    -------
    Z : float

    Examples
    --------
    >>> float(conv_single_step([[[1.0], [2.0]]], [[[3.0], [4.0]]], np.array([[[0.5]]])))
    11.5
    """
    (a_slice, weights), _ = prepare("conv_single_step", a_slice_prev=a_slice_prev, W=W)
    require_shape("conv_single_step", "W", weights, a_slice.shape, "the shape of `a_slice_prev`")
    return np.sum(a_slice * weights) + one_number("conv_single_step", "b", b)


def conv_forward(
    A_prev: ArrayLike, W: ArrayLike, b: ArrayLike, hparameters: dict[str, Any]
) -> tuple[Array, tuple[Any, ...]]:
    """Convolve a batch of images with all filters.

    Parameters
    ----------
    A_prev : array, (m, n_H_prev, n_W_prev, n_C_prev)
    W : array, (f, f, n_C_prev, n_C)
    b : array, (1, 1, 1, n_C)
    hparameters : dict
        ``"stride"`` and ``"pad"``, both in pixels.

    Returns
    -------
    Z : array, (m, n_H, n_W, n_C)
        ``n_H = floor((n_H_prev − f + 2·pad) / stride) + 1``, and ``n_W`` alike.
    cache : tuple
        ``(A_prev, W, b, hparameters)``, for :func:`conv_backward`.

    Examples
    --------
    >>> A, W = np.ones((2, 5, 7, 4)), np.ones((3, 3, 4, 8))
    >>> Z, cache = conv_forward(A, W, np.zeros((1, 1, 1, 8)), {"stride": 2, "pad": 1})
    >>> Z.shape
    (2, 3, 4, 8)
    """
    weights, stride, pad, _ = _checked("conv_forward", A_prev, W, hparameters)
    bias = bias_vector("conv_forward", b, weights.shape[-1])
    Z = conv2d(A_prev, weights, bias, stride=stride, padding=pad)
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ: ArrayLike, cache: tuple[Any, ...]) -> tuple[Array, Array, Array]:
    """Gradients of :func:`conv_forward`.

    Parameters
    ----------
    dZ : array, (m, n_H, n_W, n_C)
        Gradient of the cost by ``Z``.
    cache : tuple
        What :func:`conv_forward` returned beside ``Z``.

    Returns
    -------
    dA_prev : array, (m, n_H_prev, n_W_prev, n_C_prev)
    dW : array, (f, f, n_C_prev, n_C)
    db : array, (1, 1, 1, n_C)

    Examples
    --------
    >>> A, W = np.ones((2, 5, 7, 4)), np.ones((3, 3, 4, 8))
    >>> Z, cache = conv_forward(A, W, np.zeros((1, 1, 1, 8)), {"stride": 2, "pad": 1})
    >>> [gradient.shape for gradient in conv_backward(np.ones_like(Z), cache)]
    [(2, 5, 7, 4), (3, 3, 4, 8), (1, 1, 1, 8)]
    """
    A_prev, W, _, hparameters = unpack("conv_backward", cache, ("A_prev", "W", "b", "hparameters"))
    weights, stride, pad, shape = _checked("conv_backward", A_prev, W, hparameters)
    dZ = as_array("conv_backward", "dZ", dZ)
    require_shape("conv_backward", "dZ", dZ, shape, "the shape of Z")
    gradients = conv2d_backward(dZ, A_prev, weights, stride=stride, padding=pad)
    return gradients.x, gradients.weight, gradients.bias.reshape(1, 1, 1, -1)


def _checked(
    function: str, A_prev: ArrayLike, W: ArrayLike, hparameters: dict[str, Any]
) -> tuple[Array, int, int, tuple[int, ...]]:
    """The weights, stride and pad, and the shape of Z; refusals in the exercise's words."""
    inputs, weights = images(function, "A_prev", A_prev), as_array(function, "W", W)
    require_rank(function, "W", weights, ("f", "f", "n_C_prev", "n_C"))
    stride = option(function, hparameters, "stride")
    pad = option(function, hparameters, "pad", at_least=0)
    f_rows, f_columns, n_C_prev, n_C = weights.shape
    if n_C_prev != inputs.shape[-1]:
        wanted = (f_rows, f_columns, inputs.shape[-1], n_C)
        require_shape(function, "W", weights, wanted, "n_C_prev being that of `A_prev`")
    shape = output_shape(function, inputs, (f_rows, f_columns), n_C, stride, pad)
    return weights, stride, pad, shape
