"""The exercise's convolution: pad, one step, forward, backward."""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array, ArrayLike, as_array, prepare, require_rank, require_shape
from stridewise.blocks import conv2d, conv2d_backward
from stridewise.blocks import pad as pad_block
from stridewise.notebook.arguments import bias_vector, one_number, option, unpack

__all__ = ["conv_backward", "conv_forward", "conv_single_step", "zero_pad"]

_WEIGHTS = ("f", "f", "n_C_prev", "n_C")


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
    X = as_array("zero_pad", "X", X)
    require_rank("zero_pad", "X", X, ("m", "n_H", "n_W", "n_C"))
    return pad_block(X, pad)


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
    weights = as_array("conv_forward", "W", W)
    require_rank("conv_forward", "W", weights, _WEIGHTS)
    Z = conv2d(
        A_prev,
        weights,
        bias_vector("conv_forward", b, weights.shape[-1]),
        stride=option("conv_forward", hparameters, "stride"),
        padding=option("conv_forward", hparameters, "pad"),
    )
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
    gradients = conv2d_backward(
        dZ,
        A_prev,
        W,
        stride=option("conv_backward", hparameters, "stride"),
        padding=option("conv_backward", hparameters, "pad"),
    )
    return gradients.x, gradients.weight, gradients.bias.reshape(1, 1, 1, -1)
