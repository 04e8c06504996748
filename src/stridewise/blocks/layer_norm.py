"""Layer normalisation, and its gradients."""

from __future__ import annotations

from typing import NamedTuple

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.blocks.softmax import softmax_axis
from stridewise.blocks.standardising import (
    affine,
    affine_backward,
    require_elements,
    require_given,
    standardise,
    standardise_backward,
)
from stridewise.options import require_number

__all__ = ["LayerNormGradients", "layer_norm", "layer_norm_backward"]


class LayerNormGradients(NamedTuple):
    """Gradients of a layer normalisation, each of its array's shape."""

    x: Array
    weight: Array
    bias: Array


def layer_norm(
    x: ArrayLike, weight: ArrayLike, bias: ArrayLike, *, axis: int = -1, epsilon: float = 1e-5
) -> Array:
    """Bring the last axes of ``x`` to mean 0 and variance 1; then scale and shift each element.

    ``y = weight · (x − mean) / √(variance + epsilon) + bias``, with a mean and a variance for
    each position on the axes before ``axis``.

    Parameters
    ----------
    x : array, any shape
    weight, bias : array, of shape ``x.shape[axis:]``
        Scale and shift.
    axis : int
        The first axis to normalise over; all that follow belong to it.
    epsilon : float
        Added to the variance, so that constant numbers can be divided.

    Returns
    -------
    array, of the shape of ``x``

    Raises
    ------
    ShapeError
        If ``weight`` or ``bias`` does not fit, or there is nothing to average.
    OptionError, OptionTypeError
        If ``x`` has no such axis, or epsilon is negative.

    References
    ----------
    J. Ba et al., arXiv:1607.06450, section 3. ONNX: LayerNormalization, version 17.

    Examples
    --------
    >>> layer_norm([[1.0, 3.0], [10.0, 4.0]], [2.0, 2.0], [0.0, 5.0], epsilon=0.0)
    array([[-2.,  7.],
           [ 2.,  3.]])
    """
    require_given("layer_norm", weight=weight, bias=bias)
    (x, weight, bias), result = prepare("layer_norm", x=x, weight=weight, bias=bias)
    axes = _axes("layer_norm", x, weight, axis, epsilon)
    require_shape("layer_norm", "bias", bias, weight.shape, "the shape of x.shape[axis:]")
    return affine(standardise(x, axes, epsilon)[0], weight, bias, result)


def layer_norm_backward(
    grad_y: ArrayLike, x: ArrayLike, weight: ArrayLike, *, axis: int = -1, epsilon: float = 1e-5
) -> LayerNormGradients:
    """Gradients of :func:`layer_norm` by its input, scale and shift.

    With ``x̂ = (x − mean) / √(variance + epsilon)``, ``g = weight · grad_y`` and averages over
    the normalised axes: ``grad_x = (g − ⟨g⟩ − x̂ · ⟨g · x̂⟩) / √(variance + epsilon)``;
    ``grad_weight = Σ grad_y · x̂`` and ``grad_bias = Σ grad_y`` over the axes before ``axis``.

    Parameters
    ----------
    grad_y : array, of the shape of ``x``
    x, weight, axis, epsilon
        As they were given to :func:`layer_norm`.

    Returns
    -------
    LayerNormGradients

    Raises
    ------
    ShapeError, OptionError, OptionTypeError
        As in :func:`layer_norm`; also if ``grad_y`` has not the shape of ``x``.

    Examples
    --------
    >>> g = layer_norm_backward([[1.0, 0.0]], [[1.0, 3.0]], [2.0, 2.0], epsilon=0.0)
    >>> g.x, g.weight, g.bias
    (array([[0., 0.]]), array([-1.,  0.]), array([1., 0.]))
    """
    operation = "layer_norm_backward"
    require_given(operation, weight=weight)
    (grad_y, x, weight), result = prepare(operation, grad_y=grad_y, x=x, weight=weight)
    axes = _axes(operation, x, weight, axis, epsilon)
    require_shape(operation, "grad_y", grad_y, x.shape, "the shape of `x`")
    normal, deviation = standardise(x, axes, epsilon)
    grad, grad_weight, grad_bias = affine_backward(grad_y, normal, weight, result)
    grad_x = standardise_backward(grad, normal, deviation, axes)
    return LayerNormGradients(finish(grad_x, result), grad_weight, grad_bias)


def _axes(operation: str, x: Array, weight: Array, axis: int, epsilon: float) -> tuple[int, ...]:
    require_number(operation, "epsilon", epsilon)
    axes = tuple(range(softmax_axis(operation, x, axis) % x.ndim, x.ndim))
    normalised = x.shape[axes[0] :]
    require_elements(operation, x, normalised)
    require_shape(operation, "weight", weight, normalised, "the shape of x.shape[axis:]")
    return axes
