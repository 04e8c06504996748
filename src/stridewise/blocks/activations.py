"""Activations that work on each number alone, and their gradients."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare
from stridewise.blocks.elementwise import chain, logistic, pair
from stridewise.engines import current_engine

__all__ = ["relu", "relu_backward", "sigmoid", "sigmoid_backward", "tanh", "tanh_backward"]


def relu(x: ArrayLike) -> Array:
    """Rectify: ``y = max(x, 0)``.

    Parameters
    ----------
    x : array, any shape

    Returns
    -------
    array, of the same shape

    Notes
    -----
    NaN stays NaN.

    References
    ----------
    V. Nair, G. Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", 2010.
    ONNX: Relu, version 14.

    Examples
    --------
    >>> relu([-1.0, 0.0, 2.0])
    array([0., 0., 2.])
    """
    (x,), result = prepare("relu", x=x)
    return finish(current_engine().relu(x), result)


def relu_backward(grad_y: ArrayLike, x: ArrayLike) -> Array:
    """Gradient of :func:`relu`: ``grad_y`` where ``x > 0``, else 0.

    Parameters
    ----------
    grad_y, x : array, any shape, the same

    Returns
    -------
    array, of the same shape

    Raises
    ------
    ShapeError
        If the shapes differ.

    Notes
    -----
    The gradient at 0 is 0, as in every framework.

    Examples
    --------
    >>> relu_backward([1.0, 1.0, 1.0], [-1.0, 0.0, 2.0])
    array([0., 0., 1.])
    """
    grad_y, x, result = pair("relu_backward", grad_y, x)
    return finish(current_engine().relu_grad(grad_y, x), result)


def sigmoid(x: ArrayLike) -> Array:
    """Squash into (0, 1): ``y = 1 / (1 + exp(−x))``.

    Parameters
    ----------
    x : array, any shape

    Returns
    -------
    array, of the same shape

    Notes
    -----
    Computed from ``exp(−|x|)``: it overflows nowhere, and small results keep all their digits.

    References
    ----------
    ONNX: Sigmoid, version 13.

    Examples
    --------
    >>> sigmoid([-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    """
    (x,), result = prepare("sigmoid", x=x)
    return finish(logistic(x), result)


def sigmoid_backward(grad_y: ArrayLike, x: ArrayLike) -> Array:
    """Gradient of :func:`sigmoid`: ``grad_y · y · (1 − y)``.

    Parameters
    ----------
    grad_y, x : array, any shape, the same

    Returns
    -------
    array, of the same shape

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> sigmoid_backward([4.0], [0.0])
    array([1.])
    """
    grad_y, x, result = pair("sigmoid_backward", grad_y, x)
    decay = np.exp(-np.abs(x))
    return chain(grad_y, decay / (1 + decay) ** 2, result)


def tanh(x: ArrayLike) -> Array:
    """Squash into (−1, 1): ``y = tanh(x)``.

    Parameters
    ----------
    x : array, any shape

    Returns
    -------
    array, of the same shape

    References
    ----------
    ONNX: Tanh, version 13.

    Examples
    --------
    >>> tanh([-1000.0, 0.0, 1000.0])
    array([-1.,  0.,  1.])
    """
    (x,), result = prepare("tanh", x=x)
    return finish(np.tanh(x), result)


def tanh_backward(grad_y: ArrayLike, x: ArrayLike) -> Array:
    """Gradient of :func:`tanh`: ``grad_y · (1 − y²)``.

    Parameters
    ----------
    grad_y, x : array, any shape, the same

    Returns
    -------
    array, of the same shape

    Raises
    ------
    ShapeError
        If the shapes differ.

    Examples
    --------
    >>> tanh_backward([3.0], [0.0])
    array([3.])
    """
    grad_y, x, result = pair("tanh_backward", grad_y, x)
    return chain(grad_y, 1 - np.tanh(x) ** 2, result)
