"""Cross-entropy of logits and labels, and its gradient."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from stridewise.arrays import Array, ArrayLike, as_array, finish, prepare, require_shape
from stridewise.blocks.log_softmax import shifted_log_softmax
from stridewise.blocks.softmax import softmax
from stridewise.blocks.targets import mean_share
from stridewise.errors import DataError, DtypeError, OptionError, ShapeError, explain
from stridewise.options import require_integer, require_number

__all__ = ["cross_entropy", "cross_entropy_backward"]


def cross_entropy(
    logits: ArrayLike,
    labels: ArrayLike,
    *,
    label_smoothing: float = 0.0,
    ignore_label: int | None = None,
    weight: ArrayLike | None = None,
) -> Array:
    """Mean negative log-probability that the softmax of ``logits`` gives to the right classes.

    ``loss = mean over n of (log Σ_k exp(logits[n, k]) − logits[n, labels[n]])``. In general,
    with ``log_p = log_softmax(logits)``, class weights w and smoothing s,
    ``loss = Σ_n Σ_k q[n, k] · −log_p[n, k] / Σ_n w[labels[n]]`` where
    ``q[n, k] = w[k] · ((1 − s) · [k = labels[n]] + s / K)``; n runs over what is not ignored.

    Parameters
    ----------
    logits : array, (…, K)
        One unnormalised log-probability a class.
    labels : array of int, (…)
        The right classes, from 0 to K − 1.
    label_smoothing : float
        The share of each label that is spread over all classes; from 0 to less than 1.
    ignore_label : int, optional
        An example with this label counts nowhere.
    weight : array, (K,), optional
        How much an example of each class counts; 1 if it is not given.

    Returns
    -------
    array, ()
        In nats.

    Raises
    ------
    ShapeError
        If the shapes do not fit, or there is no example to average over.
    DtypeError
        If labels are not integers.
    DataError
        If a label is no class.
    OptionError, OptionTypeError
        If an option is out of range, or of the wrong type.

    Notes
    -----
    If every example is ignored, or counts 0, the loss is 0, and so is its gradient; PyTorch
    gives NaN. The dtype is that of the logits: ``weight`` does not widen it.

    References
    ----------
    ONNX: SoftmaxCrossEntropyLoss, version 13, with ``reduction="mean"``. Smoothing:
    C. Szegedy et al., arXiv:1512.00567, section 7.

    Examples
    --------
    >>> cross_entropy([[0.0, 0.0], [0.0, 0.0]], [0, 1])
    array(0.69314718)
    >>> cross_entropy([[0.0, 9.0], [0.0, 0.0]], [-100, 1], ignore_label=-100)
    array(0.69314718)
    """
    problem = _check("cross_entropy", logits, labels, label_smoothing, ignore_label, weight)
    scores, classes, counts, total = problem[:4]
    if total == 0:
        return finish(np.zeros(()), problem.result)
    surprise = -shifted_log_softmax(scores, -1)
    right = np.take_along_axis(surprise, classes[..., None], axis=-1)[..., 0]
    loss = _weighted_sum(right, counts)
    smoothing = problem.smoothing
    if smoothing > 0:
        spread = problem.kept[..., None] * (problem.weight / scores.shape[-1])
        loss = (1 - smoothing) * loss + smoothing * _weighted_sum(surprise, spread)
    return finish(np.asarray(loss / total), problem.result)


def cross_entropy_backward(
    grad_y: ArrayLike,
    logits: ArrayLike,
    labels: ArrayLike,
    *,
    label_smoothing: float = 0.0,
    ignore_label: int | None = None,
    weight: ArrayLike | None = None,
) -> Array:
    """Gradient of :func:`cross_entropy` by the logits.

    ``grad_logits[n, k] = grad_y · (softmax(logits)[n, k] − [k = labels[n]]) / count``. In
    general, with q as in :func:`cross_entropy`,
    ``grad_y · (softmax(logits)[n, k] · Σ_j q[n, j] − q[n, k]) / Σ_n w[labels[n]]``.

    Parameters
    ----------
    grad_y : array, ()
        Gradient by the loss: 1 to begin with.
    logits, labels, label_smoothing, ignore_label, weight
        As they were given to :func:`cross_entropy`.

    Returns
    -------
    array, (…, K)

    Raises
    ------
    ShapeError, DtypeError, DataError, OptionError, OptionTypeError
        As in :func:`cross_entropy`; also if ``grad_y`` is not one number.

    Examples
    --------
    >>> cross_entropy_backward(1.0, [[0.0, 0.0]], [1])
    array([[ 0.5, -0.5]])
    """
    operation = "cross_entropy_backward"
    problem = _check(operation, logits, labels, label_smoothing, ignore_label, weight)
    scores, classes, counts, total = problem[:4]
    share = mean_share(operation, grad_y, total or 1.0, scores.dtype)
    sure = ((1 - problem.smoothing) * counts)[..., None]
    spread = problem.weight * (problem.smoothing / scores.shape[-1])
    grad = softmax(scores) * (sure + spread.sum()) - spread
    right = classes[..., None]
    np.put_along_axis(grad, right, np.take_along_axis(grad, right, axis=-1) - sure, axis=-1)
    # A product with 0 would let the NaN of an ignored example through.
    grad = np.where(problem.kept[..., None] & (total > 0), grad, 0)
    with np.errstate(over="ignore", invalid="ignore"):
        return finish(grad * share, problem.result)


class _Problem(NamedTuple):
    """``counts`` is how much each example counts, ``kept`` which are not ignored."""

    scores: Array
    classes: Array
    counts: Array
    total: float
    kept: Array
    weight: Array
    smoothing: float
    result: np.dtype[np.generic]


def _weighted_sum(surprise: Array, counts: Array) -> float:
    """Σ counts · surprise, where what counts 0 may be infinite."""
    with np.errstate(invalid="ignore"):
        return float(np.where(counts > 0, counts * surprise, 0).sum(dtype=np.float64))


def _check(
    operation: str,
    logits: ArrayLike,
    labels: ArrayLike,
    label_smoothing: float,
    ignore_label: int | None,
    weight: ArrayLike | None,
) -> _Problem:
    (scores,), result = prepare(operation, logits=logits)
    classes = as_array(operation, "labels", labels)
    if classes.dtype.kind not in "iu":
        raise DtypeError(
            explain(
                operation,
                "`labels` are not integers.",
                needed="the number of the right class, an integer dtype",
                received=f"labels.dtype={classes.dtype}",
                hint="labels.argmax(axis=-1), if they are one-hot",
            )
        )
    if scores.ndim == 0 or scores.shape[:-1] != classes.shape or scores.size == 0:
        raise ShapeError(
            explain(
                operation,
                "the shapes of `logits` and `labels` do not fit.",
                needed="logits (…, K) and labels (…), at least one example and one class",
                received=f"logits.shape={scores.shape}, labels.shape={classes.shape}",
                hint="one label an example, without an axis for the classes",
            )
        )
    smoothing = require_number(operation, "label_smoothing", label_smoothing, below=1)
    kept = np.ones(classes.shape, bool)
    if ignore_label is not None:
        least = -(2**63)
        kept = classes != require_integer(operation, "ignore_label", ignore_label, at_least=least)
    K = scores.shape[-1]
    outside = kept & ((classes < 0) | (classes >= K))
    if outside.any():
        raise DataError(
            explain(
                operation,
                "a label is no class.",
                needed=f"integers from 0 to {K - 1}, one logit a class",
                received=f"label {classes[outside][0]}",
                hint="labels that count from 0",
            )
        )
    classes = np.where(kept, classes, 0).astype(np.intp)
    weights = _class_weights(operation, weight, scores)
    counts = np.where(kept, weights[classes], 0).astype(scores.dtype)
    total = float(counts.sum(dtype=np.float64))
    return _Problem(scores, classes, counts, total, kept, weights, smoothing, result)


def _class_weights(operation: str, weight: ArrayLike | None, scores: Array) -> Array:
    K = scores.shape[-1]
    if weight is None:
        return np.ones(K, scores.dtype)
    (given,), _ = prepare(operation, weight=weight)
    require_shape(operation, "weight", given, (K,), "one number a class")
    with np.errstate(over="ignore"):
        weights = given.astype(scores.dtype)
    if not ((weights >= 0) & np.isfinite(weights)).all():
        raise OptionError(
            explain(
                operation,
                "`weight` is out of range.",
                needed="finite numbers >= 0",
                received=f"weight={given.tolist()}",
                hint="1 / (how often each class occurs)",
            )
        )
    return weights
