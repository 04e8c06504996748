"""Group normalisation, and its gradients."""

from __future__ import annotations

from typing import NamedTuple

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.blocks.standardising import (
    affine,
    affine_backward,
    channels_hint,
    require_channels,
    require_elements,
    require_given,
    standardise,
    standardise_backward,
)
from stridewise.errors import ShapeError, explain
from stridewise.options import require_integer, require_number

__all__ = ["GroupNormGradients", "group_norm", "group_norm_backward"]


class GroupNormGradients(NamedTuple):
    """Gradients of a group normalisation, each of its array's shape."""

    x: Array
    weight: Array
    bias: Array


def group_norm(
    x: ArrayLike, weight: ArrayLike, bias: ArrayLike, *, groups: int, epsilon: float = 1e-5
) -> Array:
    """Bring each group of channels of each example to mean 0 and variance 1; scale and shift.

    ``y[n, …, c] = weight[c] · (x[n, …, c] − mean[n, g]) / √(variance[n, g] + epsilon) +
    bias[c]`` with ``g = c // (C // groups)``; the statistics are over space and the channels
    of the group.

    Parameters
    ----------
    x : array, (N, *spatial, C)
    weight, bias : array, (C,)
        Scale and shift.
    groups : int
        How many groups the channels fall into; it divides C. 1 is layer normalisation over
        space and channels, C is instance normalisation.
    epsilon : float
        Added to the variance, so that a constant group can be divided.

    Returns
    -------
    array, of the shape of ``x``

    Raises
    ------
    ShapeError
        If an array does not fit the channels, ``groups`` does not divide them, or there is
        nothing to average.
    OptionError, OptionTypeError
        If ``groups`` is no positive integer, or epsilon is negative.

    References
    ----------
    Y. Wu, K. He, arXiv:1803.08494, section 3.1. ONNX: GroupNormalization, version 21.

    Examples
    --------
    >>> x = [[[1.0, 3.0, 5.0, 5.0]], [[2.0, 4.0, 1.0, 9.0]]]
    >>> group_norm(x, [1, 1, 1, 1], [0, 0, 7, 7], groups=2, epsilon=1e-12).round(6)[:, 0]
    array([[-1.,  1.,  7.,  7.],
           [-1.,  1.,  6.,  8.]])
    """
    require_given("group_norm", weight=weight, bias=bias)
    (x, weight, bias), result = prepare("group_norm", x=x, weight=weight, bias=bias)
    parts = _parts("group_norm", x, weight, groups, epsilon)
    require_shape("group_norm", "bias", bias, x.shape[-1:], "one number a channel")
    normal, _ = standardise(parts, _axes(x), epsilon)
    return affine(normal.reshape(x.shape), weight, bias, result)


def group_norm_backward(
    grad_y: ArrayLike, x: ArrayLike, weight: ArrayLike, *, groups: int, epsilon: float = 1e-5
) -> GroupNormGradients:
    """Gradients of :func:`group_norm` by its input, scale and shift.

    With ``x̂ = (x − mean) / √(variance + epsilon)``, ``g = weight · grad_y`` and averages over
    each group of each example: ``grad_x = (g − ⟨g⟩ − x̂ · ⟨g · x̂⟩) / √(variance + epsilon)``;
    ``grad_weight = Σ grad_y · x̂`` and ``grad_bias = Σ grad_y`` over the batch and space.

    Parameters
    ----------
    grad_y : array, of the shape of ``x``
    x, weight, groups, epsilon
        As they were given to :func:`group_norm`.

    Returns
    -------
    GroupNormGradients

    Raises
    ------
    ShapeError, OptionError, OptionTypeError
        As in :func:`group_norm`; also if ``grad_y`` has not the shape of ``x``.

    Examples
    --------
    >>> g = group_norm_backward([[1.0, 0.0]], [[1.0, 3.0]], [2.0, 2.0], groups=1, epsilon=0.0)
    >>> g.x, g.weight, g.bias
    (array([[0., 0.]]), array([-1.,  0.]), array([1., 0.]))
    """
    operation = "group_norm_backward"
    require_given(operation, weight=weight)
    (grad_y, x, weight), result = prepare(operation, grad_y=grad_y, x=x, weight=weight)
    parts = _parts(operation, x, weight, groups, epsilon)
    require_shape(operation, "grad_y", grad_y, x.shape, "the shape of `x`")
    normal, deviation = standardise(parts, _axes(x), epsilon)
    grad, grad_weight, grad_bias = affine_backward(grad_y, normal.reshape(x.shape), weight, result)
    grad_x = standardise_backward(grad.reshape(parts.shape), normal, deviation, _axes(x))
    return GroupNormGradients(finish(grad_x.reshape(x.shape), result), grad_weight, grad_bias)


def _axes(x: Array) -> tuple[int, ...]:
    """Space, and the channels of a group, of (N, *spatial, groups, channels)."""
    return (*range(1, x.ndim - 1), x.ndim)


def _parts(operation: str, x: Array, weight: Array, groups: int, epsilon: float) -> Array:
    """``x`` as (N, *spatial, groups, channels of a group)."""
    require_number(operation, "epsilon", epsilon)
    groups = require_integer(operation, "groups", groups, at_least=1)
    if x.ndim < 2 or x.shape[-1] % groups:
        raise ShapeError(
            explain(
                operation,
                "the channels of `x` do not fall into groups.",
                needed="x of shape (N, *spatial, C), and groups that divide C",
                received=f"x.shape={x.shape}, groups={groups}",
                hint=channels_hint(x, weight) or "groups=1",
            )
        )
    require_elements(operation, x, x.shape[1:])
    require_channels(operation, "weight", weight, x)
    return x.reshape(*x.shape[:-1], groups, x.shape[-1] // groups)
