"""Binary cross-entropy of logits and targets from 0 to 1, and its gradient."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish
from stridewise.blocks.elementwise import chain
from stridewise.blocks.targets import mean_share, prediction_and_target
from stridewise.errors import DataError, explain

__all__ = ["binary_cross_entropy_with_logits", "binary_cross_entropy_with_logits_backward"]


def binary_cross_entropy_with_logits(logits: ArrayLike, targets: ArrayLike) -> Array:
    """Mean negative log-probability of yes-or-no targets, each with a logit of its own.

    ``loss = mean over i of −t_i · log p_i − (1 − t_i) · log (1 − p_i)`` with
    ``p_i = sigmoid(logits_i)``.

    Parameters
    ----------
    logits : array, any shape
    targets : array, of the same shape
        1 for yes, 0 for no, or a probability in between.

    Returns
    -------
    array, ()
        In nats.

    Raises
    ------
    ShapeError
        If the shapes differ, or there is nothing to average over.
    DataError
        If a target is not from 0 to 1.

    Notes
    -----
    Computed from the logits: ``log (1 + exp(−|x|))``, and ``|x|`` for the share of the target
    that the sign of x denies. It overflows nowhere, and a right answer at ±∞ costs nothing.

    Examples
    --------
    >>> binary_cross_entropy_with_logits([0.0, 1000.0], [1.0, 0.0])  # (log 2 + 1000) / 2
    array(500.34657359)
    """
    operation = "binary_cross_entropy_with_logits"
    x, targets, result = _check(operation, logits, targets)
    denied = np.where(x > 0, 1 - targets, targets)
    size = np.abs(x)
    # 0 · ∞, which is not taken; and a sum beyond the dtype is infinite.
    with np.errstate(over="ignore", invalid="ignore"):
        wrong = np.where((denied == 0) & np.isinf(size), 0, denied * size)
        return finish((np.log1p(np.exp(-size)) + wrong).mean(dtype=np.float64), result)


def binary_cross_entropy_with_logits_backward(
    grad_y: ArrayLike, logits: ArrayLike, targets: ArrayLike
) -> Array:
    """Gradient of :func:`binary_cross_entropy_with_logits` by the logits.

    ``grad_logits_i = grad_y · (sigmoid(logits_i) − t_i) / count``.

    Parameters
    ----------
    grad_y : array, ()
        Gradient by the loss: 1 to begin with.
    logits, targets
        As they were given to :func:`binary_cross_entropy_with_logits`. The targets are data
        and have no gradient.

    Returns
    -------
    array, of the shape of ``logits``

    Raises
    ------
    ShapeError, DataError
        As in :func:`binary_cross_entropy_with_logits`; also if ``grad_y`` is not one number.

    Examples
    --------
    >>> binary_cross_entropy_with_logits_backward(1.0, [0.0, 1000.0], [1.0, 0.0])
    array([-0.25,  0.5 ])
    """
    operation = "binary_cross_entropy_with_logits_backward"
    x, targets, result = _check(operation, logits, targets)
    share = mean_share(operation, grad_y, x.size, x.dtype)
    decay = np.exp(-np.abs(x))
    doubt = decay / (1 + decay)  # sigmoid(−|x|)
    return chain(np.where(x > 0, 1 - targets - doubt, doubt - targets), share, result)


def _check(
    operation: str, logits: ArrayLike, targets: ArrayLike
) -> tuple[Array, Array, np.dtype[np.generic]]:
    x, t, result = prediction_and_target(operation, logits=logits, targets=targets)
    outside = ~((t >= 0) & (t <= 1))
    if outside.any():
        raise DataError(
            explain(
                operation,
                "a target is no probability.",
                needed="numbers from 0 to 1",
                received=f"target {t[outside][0]:g}",
                hint="targets of 0 and 1, not −1 and 1",
            )
        )
    return x, t, result
