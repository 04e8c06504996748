"""The compact variant of the exercise: one ``forward`` for convolution and both poolings.

Its pooling honours ``pad`` too: with −∞ for the maximum, so that padding never wins, and with
zeros that count for the mean.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stridewise.arrays import Array, ArrayLike, as_array, prepare, require_rank, require_shape
from stridewise.axis_options import axis_ints, axis_padding
from stridewise.blocks import (
    avg_pool2d,
    avg_pool2d_backward,
    conv2d,
    conv2d_backward,
    max_pool2d,
    max_pool2d_backward,
)
from stridewise.errors import OptionError, explain
from stridewise.notebook.arguments import bias_vector, require_mode, unpack
from stridewise.notebook.convolution import conv_single_step
from stridewise.notebook.pooling import create_mask_from_window, distribute_value

__all__ = [
    "backward",
    "conv_slice",
    "distribute_value",
    "forward",
    "max_mask",
    "padding",
    "pool_backward",
]

_CACHE = ("X", "W", "b", "pad", "stride", "f")
_AXES = {
    1: ("length",),
    2: ("n_H", "n_W"),
    3: ("n_H", "n_W", "n_C"),
    4: ("m", "n_H", "n_W", "n_C"),
}


def padding(X: ArrayLike, pad: int = 1, dims: int = 3, const: float = 0) -> Array:
    """Put a frame of ``const`` around a vector, a matrix, an image or a batch of images.

    Parameters
    ----------
    X : array, (n,), (n_H, n_W), (n_H, n_W, n_C) or (m, n_H, n_W, n_C)
    pad : int
        Width of the frame, in elements.
    dims : 1, 2, 3 or 4
        Which of the four ``X`` is.
    const : float
        What the frame is made of.

    Returns
    -------
    array, with 2·``pad`` more elements on every spatial axis

    Examples
    --------
    >>> padding([1.0, 2.0], pad=1, dims=1, const=9)
    array([9., 1., 2., 9.])
    >>> padding(np.ones((5, 7, 3)), pad=2).shape
    (9, 11, 3)
    """
    if dims not in _AXES:
        raise OptionError(
            explain(
                "padding",
                "`dims` is not a number of axes that it knows.",
                needed="1 (vector), 2 (matrix), 3 (image) or 4 (batch of images)",
                received=f"dims={dims!r}",
                hint="dims=np.ndim(X)",
            )
        )
    (X,), _ = prepare("padding", X=X)
    require_rank("padding", "X", X, _AXES[dims])
    widths = axis_padding("padding", "pad", pad, rank=min(dims, 2))
    frame = ((0, 0),) * (dims == 4) + widths + ((0, 0),) * (dims >= 3)
    return np.pad(X, frame, constant_values=const)


def conv_slice(X_slice: ArrayLike, W: ArrayLike, b: ArrayLike) -> Any:
    """Apply one filter to one slice: ``Σ X_slice · W + b``.

    Parameters
    ----------
    X_slice, W : array, of the same shape
    b : number, or array of one element

    Returns
    -------
    float

    Examples
    --------
    >>> float(conv_slice([[0, 1], [2, 4]], [[0, 1], [0.5, 0.25]], 1))
    4.0
    """
    return conv_single_step(X_slice, W, b)


def forward(
    X: ArrayLike,
    W: ArrayLike | None,
    b: ArrayLike | None,
    pad: int,
    stride: int,
    f: int,
    mode: str = "conv",
) -> tuple[Array, tuple[Any, ...]]:
    """Convolve or pool a batch of images.

    Parameters
    ----------
    X : array, (m, n_H_prev, n_W_prev, n_C_prev)
    W : array, (f, f, n_C_prev, n_C)
        Filters; pooling does not look at them.
    b : array, (1, 1, 1, n_C)
        Biases; pooling does not look at them.
    pad, stride, f : int
        Padding, stride and the window's size, in pixels.
    mode : "conv", "maxpool" or "avepool"

    Returns
    -------
    Z : array, (m, n_H, n_W, n_C)
        ``n_H = floor((n_H_prev − f + 2·pad) / stride) + 1``, and ``n_W`` alike.
    cache : tuple
        ``(X, W, b, pad, stride, f)``.

    Examples
    --------
    >>> Z, cache = forward(np.ones((2, 4, 5, 3)), None, None, 0, 2, 2, mode="maxpool")
    >>> Z.shape
    (2, 2, 2, 3)
    """
    require_mode("forward", mode, ("conv", "maxpool", "avepool"))
    cache = (X, W, b, pad, stride, f)
    if mode == "maxpool":
        return max_pool2d(X, f, stride=stride, padding=pad), cache
    if mode == "avepool":
        return avg_pool2d(X, f, stride=stride, padding=pad), cache
    weights = as_array("forward", "W", np.nan if W is None else W)
    require_rank("forward", "W", weights, ("f", "f", "n_C_prev", "n_C"))
    size = axis_ints("forward", "f", f, rank=2, least=1)
    require_shape("forward", "W", weights, (*size, *weights.shape[2:]), "as `f` says")
    bias = None if b is None else bias_vector("forward", b, weights.shape[-1])
    return conv2d(X, weights, bias, stride=stride, padding=pad), cache


def backward(dZ: ArrayLike, cache: tuple[Any, ...]) -> tuple[Array, Array, Array]:
    """Gradients of :func:`forward` in its mode "conv".

    Parameters
    ----------
    dZ : array, (m, n_H, n_W, n_C)
    cache : tuple
        What :func:`forward` returned beside ``Z``.

    Returns
    -------
    dX : array, (m, n_H_prev, n_W_prev, n_C_prev)
    dW : array, (f, f, n_C_prev, n_C)
    db : array, (1, 1, 1, n_C)

    Examples
    --------
    >>> W, b = np.ones((2, 2, 3, 6)), np.zeros((1, 1, 1, 6))
    >>> Z, cache = forward(np.ones((2, 4, 5, 3)), W, b, 1, 2, 2)
    >>> [gradient.shape for gradient in backward(np.ones_like(Z), cache)]
    [(2, 4, 5, 3), (2, 2, 3, 6), (1, 1, 1, 6)]
    """
    X, W, _, pad, stride, _ = unpack("backward", cache, _CACHE)
    gradients = conv2d_backward(dZ, X, W, stride=stride, padding=pad)
    return gradients.x, gradients.weight, gradients.bias.reshape(1, 1, 1, -1)


def max_mask(x: ArrayLike) -> Array:
    """Mark the maximum of a window; equal maxima are all marked.

    Parameters
    ----------
    x : array, any shape

    Returns
    -------
    array of bool, of the same shape

    Examples
    --------
    >>> max_mask([[1, 3], [0, 2]])
    array([[False,  True],
           [False, False]])
    """
    return create_mask_from_window(x)


def pool_backward(dA: ArrayLike, cache: tuple[Any, ...], mode: str = "max") -> Array:
    """Gradient of :func:`forward` in its modes "maxpool" and "avepool".

    Parameters
    ----------
    dA : array, (m, n_H, n_W, n_C)
    cache : tuple
        What :func:`forward` returned beside ``A``.
    mode : "max" or "average"

    Returns
    -------
    dX : array, (m, n_H_prev, n_W_prev, n_C)

    Examples
    --------
    >>> A, cache = forward(np.arange(4.0).reshape(1, 2, 2, 1), None, None, 0, 1, 2, "avepool")
    >>> pool_backward([[[[2.0]]]], cache, mode="average").ravel()
    array([0.5, 0.5, 0.5, 0.5])
    """
    require_mode("pool_backward", mode, ("max", "average"))
    X, _, _, pad, stride, f = unpack("pool_backward", cache, _CACHE)
    if mode == "max":
        return max_pool2d_backward(dA, X, f, stride=stride, padding=pad, ties="all")
    return avg_pool2d_backward(dA, X, f, stride=stride, padding=pad)
