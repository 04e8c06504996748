"""Cross-entropy of logits and labels, and its gradient."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array, ArrayLike, as_array, finish, prepare, require_shape
from stridewise.blocks.softmax import softmax
from stridewise.errors import DataError, DtypeError, ShapeError, explain

__all__ = ["cross_entropy", "cross_entropy_backward"]


def cross_entropy(logits: ArrayLike, labels: ArrayLike) -> Array:
    """Mean negative log-probability that the softmax of ``logits`` gives to the right classes.

    ``loss = mean over n of (log Σ_k exp(logits[n, k]) − logits[n, labels[n]])``.

    Parameters
    ----------
    logits : array, (…, K)
        One unnormalised log-probability a class.
    labels : array of int, (…)
        The right classes, from 0 to K − 1.

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

    References
    ----------
    ONNX: SoftmaxCrossEntropyLoss, version 13, with ``reduction="mean"``.

    Examples
    --------
    >>> cross_entropy([[0.0, 0.0], [0.0, 0.0]], [0, 1])
    array(0.69314718)
    """
    scores, classes, result = _check("cross_entropy", logits, labels)
    # Differences may overflow to −∞, whose power is 0; infinities in the logits give NaN.
    with np.errstate(over="ignore", invalid="ignore"):
        top = scores.max(axis=-1, keepdims=True)
        log_sum = np.log(np.exp(scores - top).sum(axis=-1)) + top[..., 0]
        right = np.take_along_axis(scores, classes[..., None], axis=-1)[..., 0]
        return finish((log_sum - right).mean(dtype=np.float64), result)


def cross_entropy_backward(grad_y: ArrayLike, logits: ArrayLike, labels: ArrayLike) -> Array:
    """Gradient of :func:`cross_entropy` by the logits.

    ``grad_logits[n, k] = grad_y · (softmax(logits)[n, k] − [k = labels[n]]) / count``.

    Parameters
    ----------
    grad_y : array, ()
        Gradient by the loss: 1 to begin with.
    logits, labels
        As they were given to :func:`cross_entropy`.

    Returns
    -------
    array, (…, K)

    Raises
    ------
    ShapeError, DtypeError, DataError
        As in :func:`cross_entropy`.

    Examples
    --------
    >>> cross_entropy_backward(1.0, [[0.0, 0.0]], [1])
    array([[ 0.5, -0.5]])
    """
    operation = "cross_entropy_backward"
    scores, classes, result = _check(operation, logits, labels)
    (scale,), _ = prepare(operation, grad_y=grad_y)
    require_shape(operation, "grad_y", scale, (), "one number, as the loss is")
    grad = softmax(scores)
    right = classes[..., None]
    np.put_along_axis(grad, right, np.take_along_axis(grad, right, axis=-1) - 1, axis=-1)
    return finish(grad * scores.dtype.type(scale / classes.size), result)


def _check(
    operation: str, logits: ArrayLike, labels: ArrayLike
) -> tuple[Array, Array, np.dtype[np.generic]]:
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
    K = scores.shape[-1]
    outside = (classes < 0) | (classes >= K)
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
    return scores, classes, result
