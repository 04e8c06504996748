"""Batch normalisation, and its gradients."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_shape
from stridewise.blocks.standardising import require_channels, require_given
from stridewise.engines import current_engine
from stridewise.errors import OptionError, ShapeError, explain
from stridewise.options import require_number

__all__ = [
    "BatchNormGradients",
    "batch_norm",
    "batch_norm_backward",
    "batch_norm_gradients",
    "batch_statistics",
]


class BatchNormGradients(NamedTuple):
    """Gradients of a batch normalisation, each of its array's shape."""

    x: Array
    weight: Array
    bias: Array


def batch_statistics(x: ArrayLike) -> tuple[Array, Array]:
    """Mean and variance of each channel over all other axes, in float64.

    The variance is the mean squared deviation, with no correction for the sample's size.

    Parameters
    ----------
    x : array, (N, …, C)

    Returns
    -------
    (C,) array, (C,) array

    Raises
    ------
    ShapeError
        If there is nothing to average.

    Examples
    --------
    >>> batch_statistics([[1.0, 4.0], [3.0, 4.0]])
    (array([2., 4.]), array([1., 0.]))
    """
    (x,), _ = prepare("batch_statistics", x=x)
    if x.ndim < 2 or 0 in x.shape:
        raise ShapeError(
            explain(
                "batch_norm",
                "there is nothing to average.",
                needed="x of shape (N, …, C) with no empty axis",
                received=f"x.shape={x.shape}",
                hint="mean= and variance=, to normalise with known statistics",
            )
        )
    return current_engine().channel_moments(x)


def batch_norm(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike,
    *,
    mean: ArrayLike | None = None,
    variance: ArrayLike | None = None,
    epsilon: float = 1e-5,
) -> Array:
    """Bring every channel to mean 0 and variance 1; then scale and shift it.

    ``y = weight · (x − mean) / √(variance + epsilon) + bias``, channel by channel. In training
    the statistics are those of ``x``; in inference they are given.

    Parameters
    ----------
    x : array, (N, …, C)
    weight, bias : array, (C,)
        Scale and shift: γ and β in the paper.
    mean, variance : array, (C,), optional
        Known statistics, for inference; both or neither.
    epsilon : float
        Added to the variance, so that a constant channel can be divided.

    Returns
    -------
    array, of the shape of ``x``

    Raises
    ------
    ShapeError
        If an array does not fit the channels, or there is nothing to average.
    OptionError
        If only one of mean and variance is given, or epsilon is negative.

    References
    ----------
    S. Ioffe, C. Szegedy, arXiv:1502.03167, algorithm 1. ONNX: BatchNormalization, version 15.

    Examples
    --------
    >>> batch_norm([[1.0], [3.0]], [2.0], [5.0], epsilon=0.0).ravel()
    array([3., 7.])
    """
    require_given("batch_norm", weight=weight, bias=bias)
    (x, weight, bias), result = prepare("batch_norm", x=x, weight=weight, bias=bias)
    known = _statistics("batch_norm", x, weight, mean, variance, epsilon)
    require_shape("batch_norm", "bias", bias, x.shape[-1:], "one number a channel")
    # With an epsilon of 0 a constant channel gives NaN, as infinities do.
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        scale = (weight / known.deviation).astype(x.dtype)
        # Where the scale is infinite there are no digits to keep.
        shift = bias - np.where(np.isfinite(scale), scale * known.rest, 0)
        y = current_engine().normalise(x, known.centre, scale, shift.astype(x.dtype))
    return finish(y, result)


def batch_norm_backward(
    grad_y: ArrayLike,
    x: ArrayLike,
    weight: ArrayLike,
    *,
    mean: ArrayLike | None = None,
    variance: ArrayLike | None = None,
    epsilon: float = 1e-5,
) -> BatchNormGradients:
    """Gradients of :func:`batch_norm` by its input, scale and shift.

    With ``x̂ = (x − mean) / √(variance + epsilon)`` and averages over the batch and space:
    ``grad_x = weight / √(variance + epsilon) · (grad_y − ⟨grad_y⟩ − x̂ · ⟨grad_y · x̂⟩)`` when the
    statistics are those of ``x``, without the two averages when they were given;
    ``grad_weight = Σ grad_y · x̂``, ``grad_bias = Σ grad_y``.

    Parameters
    ----------
    grad_y : array, of the shape of ``x``
    x, weight, mean, variance, epsilon
        As they were given to :func:`batch_norm`.

    Returns
    -------
    BatchNormGradients

    Raises
    ------
    ShapeError, OptionError
        As in :func:`batch_norm`; also if ``grad_y`` has not the shape of ``x``.

    References
    ----------
    S. Ioffe, C. Szegedy, arXiv:1502.03167, section 3.

    Examples
    --------
    >>> g = batch_norm_backward([[1.0], [0.0]], [[1.0], [3.0]], [1.0], epsilon=0.0)
    >>> g.x.ravel(), g.weight, g.bias
    (array([0., 0.]), array([-1.]), array([1.]))
    """
    return batch_norm_gradients(grad_y, x, weight, mean, variance, epsilon, of_batch=mean is None)


def batch_norm_gradients(
    grad_y: ArrayLike,
    x: ArrayLike,
    weight: ArrayLike,
    mean: ArrayLike | None,
    variance: ArrayLike | None,
    epsilon: float,
    *,
    of_batch: bool,
) -> BatchNormGradients:
    """What :func:`batch_norm_backward` gives; ``of_batch``: the statistics are those of ``x``.

    Who kept them, from the forward, need not have them computed again.
    """
    operation = "batch_norm_backward"
    require_given(operation, weight=weight)
    (grad_y, x, weight), result = prepare(operation, grad_y=grad_y, x=x, weight=weight)
    known = _statistics(operation, x, weight, mean, variance, epsilon)
    require_shape(operation, "grad_y", grad_y, x.shape, "the shape of `x`")
    engine, count = current_engine(), x.size // x.shape[-1]
    # With an epsilon of 0 a constant channel gives NaN, as infinities do.
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        grad_bias, products = engine.channel_products(grad_y, x, known.centre)
        grad_weight = (products - known.rest * grad_bias) / known.deviation
        scale = (weight / known.deviation).astype(x.dtype)
        if of_batch:
            slope = -grad_weight / count / known.deviation
            shift = -grad_bias / count - slope * known.rest
            numbers = scale, slope.astype(x.dtype), shift.astype(x.dtype)
            grad_x = engine.normalise_grad(grad_y, x, known.centre, *numbers)
        else:
            zero = np.zeros_like(scale)
            grad_x = engine.normalise(grad_y, zero, scale, zero)
    return BatchNormGradients(
        finish(grad_x, result), finish(grad_weight, result), finish(grad_bias, result)
    )


class _Statistics(NamedTuple):
    """The mean in the dtype of ``x``, what rounding left of it, and ``√(variance + epsilon)``.

    What rounding left counts where the mean is far larger than the deviations. It is float64, as
    the deviation.
    """

    centre: Array
    rest: Array
    deviation: Array


def _statistics(
    operation: str,
    x: Array,
    weight: Array,
    mean: ArrayLike | None,
    variance: ArrayLike | None,
    epsilon: float,
) -> _Statistics:
    require_number(operation, "epsilon", epsilon)
    if (mean is None) != (variance is None):
        raise OptionError(
            explain(
                operation,
                "the statistics make no sense.",
                needed="`mean` and `variance` both or neither",
                received=f"mean={_said(mean)}, variance={_said(variance)}",
                hint="neither in training, both in inference",
            )
        )
    if mean is None or variance is None:
        mean, variance = batch_statistics(x)
    (mean, variance), _ = prepare(operation, mean=mean, variance=variance)
    for name, array in (("weight", weight), ("mean", mean), ("variance", variance)):
        require_channels(operation, name, array, x)
    with np.errstate(over="ignore", invalid="ignore"):  # infinities in `x` give NaN
        centre = mean.astype(x.dtype)
        rest = mean.astype(np.float64) - centre
        return _Statistics(centre, rest, np.sqrt(variance.astype(np.float64) + epsilon))


def _said(statistic: ArrayLike | None) -> str:
    return "None" if statistic is None else "given"
