"""Instance normalisation, and its gradients."""

from __future__ import annotations

from typing import NamedTuple

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.blocks.standardising import (
    affine,
    affine_backward,
    require_channels,
    require_elements,
    require_given,
    standardise,
    standardise_backward,
)
from stridewise.errors import ShapeError, explain
from stridewise.options import require_number

__all__ = ["InstanceNormGradients", "instance_norm", "instance_norm_backward"]


class InstanceNormGradients(NamedTuple):
    """Gradients of an instance normalisation, each of its array's shape."""

    x: Array
    weight: Array
    bias: Array


def instance_norm(
    x: ArrayLike, weight: ArrayLike, bias: ArrayLike, *, epsilon: float = 1e-5
) -> Array:
    """Bring each channel of each example to mean 0 and variance 1; then scale and shift it.

    ``y[n, …, c] = weight[c] · (x[n, …, c] − mean[n, c]) / √(variance[n, c] + epsilon) +
    bias[c]``; the statistics are over space.

    Parameters
    ----------
    x : array, (N, *spatial, C)
        At least one spatial axis.
    weight, bias : array, (C,)
        Scale and shift.
    epsilon : float
        Added to the variance, so that a constant channel can be divided.

    Returns
    -------
    array, of the shape of ``x``

    Raises
    ------
    ShapeError
        If an array does not fit the channels, or there is nothing to average.
    OptionError, OptionTypeError
        If epsilon is negative, or no number.

    References
    ----------
    D. Ulyanov et al., arXiv:1607.08022. ONNX: InstanceNormalization, version 22.

    Examples
    --------
    >>> instance_norm([[[1.0, 5.0], [3.0, 1.0]]], [1.0, 2.0], [0.0, 7.0], epsilon=0.0)
    array([[[-1.,  9.],
            [ 1.,  5.]]])
    """
    require_given("instance_norm", weight=weight, bias=bias)
    (x, weight, bias), result = prepare("instance_norm", x=x, weight=weight, bias=bias)
    space = _space("instance_norm", x, weight, epsilon)
    require_shape("instance_norm", "bias", bias, x.shape[-1:], "one number a channel")
    return affine(standardise(x, space, epsilon)[0], weight, bias, result)


def instance_norm_backward(
    grad_y: ArrayLike, x: ArrayLike, weight: ArrayLike, *, epsilon: float = 1e-5
) -> InstanceNormGradients:
    """Gradients of :func:`instance_norm` by its input, scale and shift.

    With ``x̂ = (x − mean) / √(variance + epsilon)``, ``g = weight · grad_y`` and averages over
    space: ``grad_x = (g − ⟨g⟩ − x̂ · ⟨g · x̂⟩) / √(variance + epsilon)``;
    ``grad_weight = Σ grad_y · x̂`` and ``grad_bias = Σ grad_y`` over the batch and space.

    Parameters
    ----------
    grad_y : array, of the shape of ``x``
    x, weight, epsilon
        As they were given to :func:`instance_norm`.

    Returns
    -------
    InstanceNormGradients

    Raises
    ------
    ShapeError, OptionError, OptionTypeError
        As in :func:`instance_norm`; also if ``grad_y`` has not the shape of ``x``.

    Examples
    --------
    >>> g = instance_norm_backward([[[1.0], [0.0]]], [[[1.0], [3.0]]], [2.0], epsilon=0.0)
    >>> g.x.ravel(), g.weight, g.bias
    (array([0., 0.]), array([-1.]), array([1.]))
    """
    operation = "instance_norm_backward"
    require_given(operation, weight=weight)
    (grad_y, x, weight), result = prepare(operation, grad_y=grad_y, x=x, weight=weight)
    space = _space(operation, x, weight, epsilon)
    require_shape(operation, "grad_y", grad_y, x.shape, "the shape of `x`")
    normal, deviation = standardise(x, space, epsilon)
    grad, grad_weight, grad_bias = affine_backward(grad_y, normal, weight, result)
    grad_x = standardise_backward(grad, normal, deviation, space)
    return InstanceNormGradients(finish(grad_x, result), grad_weight, grad_bias)


def _space(operation: str, x: Array, weight: Array, epsilon: float) -> tuple[int, ...]:
    require_number(operation, "epsilon", epsilon)
    if x.ndim < 3:
        raise ShapeError(
            explain(
                operation,
                "`x` has no spatial axes to normalise over.",
                needed="x of shape (N, *spatial, C)",
                received=f"x.shape={x.shape}",
                hint="x[None] for one example, or layer_norm over the channels",
            )
        )
    require_elements(operation, x, x.shape[1:])
    require_channels(operation, "weight", weight, x)
    return tuple(range(1, x.ndim - 1))
