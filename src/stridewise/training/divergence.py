"""Where a network went wrong: the first layer whose output is not finite."""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array
from stridewise.blocks import cross_entropy
from stridewise.errors import DivergedError, explain
from stridewise.networks import Graph

__all__ = ["diverged", "first_not_finite", "require_finite_loss"]


def require_finite_loss(network: Graph, x: Array, labels: Array, epoch: int, rate: float) -> None:
    """Stop a training whose last step has broken the network."""
    with np.errstate(over="ignore", invalid="ignore"):
        loss = float(cross_entropy(network.predict(x), labels))
    if not np.isfinite(loss):
        raise diverged(network, x, loss, epoch, rate)


def first_not_finite(network: Graph, x: Array) -> str:
    """Name the first tensor with a NaN or an infinity, running the network on ``x``.

    Examples
    --------
    >>> from stridewise.layers import Dense
    >>> from stridewise.networks import Sequential
    >>> network = Sequential([Dense(2), Dense(2)], input_shape=(3,))
    >>> network.parameters["dense_2/bias"][0] = np.nan
    >>> first_not_finite(network, np.ones((1, 3)))
    "the output of layer 'dense_2' (Dense)"
    """
    if not np.isfinite(x).all():
        return "the input"
    with np.errstate(over="ignore", invalid="ignore"):
        for node, y, _ in network.steps(x):
            if not np.isfinite(y).all():
                return f"the output of layer {node.name!r} ({node.layer.kind})"
    return "the loss alone: every layer's output is finite"


def diverged(network: Graph, x: Array, loss: float, epoch: int, rate: float) -> DivergedError:
    """Build the error that stops a training."""
    return DivergedError(
        explain(
            "training",
            f"the loss is not a finite number, in epoch {epoch}.",
            needed="a finite loss",
            received=f"loss={loss}; first not finite: {first_not_finite(network, x)}",
            hint=f"a lower learning rate (it was {rate:g} at this step), or data without NaN",
        )
    )
