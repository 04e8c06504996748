"""Normalisation by the root of the mean square, and its gradients."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.blocks.softmax import softmax_axis
from stridewise.blocks.standardising import affine_backward, require_elements, require_given
from stridewise.options import require_number

__all__ = ["RMSNormGradients", "rms_norm", "rms_norm_backward"]


class RMSNormGradients(NamedTuple):
    """Gradients of :func:`rms_norm`, each of its array's shape."""

    x: Array
    weight: Array


def rms_norm(x: ArrayLike, weight: ArrayLike, *, axis: int = -1, epsilon: float = 1e-5) -> Array:
    """Bring the last axes of ``x`` to a mean square of 1; then scale each element.

    ``y = weight · x / √(⟨x²⟩ + epsilon)``, with an average for each position on the axes
    before ``axis``. It is layer normalisation without the mean and the shift.

    Parameters
    ----------
    x : array, any shape
    weight : array, of shape ``x.shape[axis:]``
        Scale.
    axis : int
        The first axis to normalise over; all that follow belong to it.
    epsilon : float
        Added to the mean square, so that zeros can be divided.

    Returns
    -------
    array, of the shape of ``x``

    Raises
    ------
    ShapeError
        If ``weight`` does not fit, or there is nothing to average.
    OptionError, OptionTypeError
        If ``x`` has no such axis, or epsilon is negative.

    References
    ----------
    B. Zhang, R. Sennrich, arXiv:1910.07467, equation 4. ONNX: RMSNormalization, version 23.

    Examples
    --------
    >>> rms_norm([1.0, 7.0], [5.0, 10.0], epsilon=0.0)  # √((1 + 49) / 2) = 5
    array([ 1., 14.])
    """
    require_given("rms_norm", weight=weight)
    (x, weight), result = prepare("rms_norm", x=x, weight=weight)
    normal, _ = _normalise("rms_norm", x, weight, _axes("rms_norm", x, axis), epsilon)
    with np.errstate(over="ignore", invalid="ignore"):
        return finish(normal * weight, result)


def rms_norm_backward(
    grad_y: ArrayLike, x: ArrayLike, weight: ArrayLike, *, axis: int = -1, epsilon: float = 1e-5
) -> RMSNormGradients:
    """Gradients of :func:`rms_norm` by its input and scale.

    With ``r = √(⟨x²⟩ + epsilon)``, ``x̂ = x / r`` and ``g = weight · grad_y``:
    ``grad_x = (g − x̂ · ⟨g · x̂⟩) / r``, averages over the normalised axes, and
    ``grad_weight = Σ grad_y · x̂`` over the axes before ``axis``.

    Parameters
    ----------
    grad_y : array, of the shape of ``x``
    x, weight, axis, epsilon
        As they were given to :func:`rms_norm`.

    Returns
    -------
    RMSNormGradients

    Raises
    ------
    ShapeError, OptionError, OptionTypeError
        As in :func:`rms_norm`; also if ``grad_y`` has not the shape of ``x``.

    Examples
    --------
    >>> g = rms_norm_backward([50.0, 0.0], [1.0, 7.0], [5.0, 10.0], epsilon=0.0)
    >>> g.x, g.weight
    (array([49., -7.]), array([10.,  0.]))
    """
    operation = "rms_norm_backward"
    require_given(operation, weight=weight)
    (grad_y, x, weight), result = prepare(operation, grad_y=grad_y, x=x, weight=weight)
    axes = _axes(operation, x, axis)
    normal, root = _normalise(operation, x, weight, axes, epsilon)
    require_shape(operation, "grad_y", grad_y, x.shape, "the shape of `x`")
    grad, grad_weight, _ = affine_backward(grad_y, normal, weight, result)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        along = (grad * normal).mean(axis=axes, keepdims=True, dtype=np.float64)
        grad_x = (grad - normal * along.astype(x.dtype)) / root
    return RMSNormGradients(finish(grad_x, result), grad_weight)


def _axes(operation: str, x: Array, axis: int) -> tuple[int, ...]:
    return tuple(range(softmax_axis(operation, x, axis) % x.ndim, x.ndim))


def _normalise(
    operation: str, x: Array, weight: Array, axes: tuple[int, ...], epsilon: float
) -> tuple[Array, Array]:
    """``x / r`` and ``r``."""
    require_number(operation, "epsilon", epsilon)
    normalised = x.shape[axes[0] :]
    require_elements(operation, x, normalised)
    require_shape(operation, "weight", weight, normalised, "the shape of x.shape[axis:]")
    # Infinities give NaN, and so do zeros with an epsilon of 0.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        square = np.square(x, dtype=np.float64).mean(axis=axes, keepdims=True)
        root = np.sqrt(square + epsilon).astype(x.dtype)
        return x / root, root
