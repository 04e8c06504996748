"""How good a network is, on examples that it has not seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from stridewise.arrays import Array
from stridewise.blocks import cross_entropy, softmax
from stridewise.datasets import Dataset, batches
from stridewise.errors import DataError, explain
from stridewise.networks import Graph
from stridewise.networks.shapes import fits

__all__ = ["Evaluation", "evaluate", "require_classifier"]


class Evaluation(NamedTuple):
    """What :func:`evaluate` finds.

    Attributes
    ----------
    loss : float
        Mean cross-entropy, in nats.
    accuracy : float
        Share of right answers, from 0 to 1.
    probabilities : array, (N, K)
    confusion : array of int, (K, K)
        Row: the right class; column: the network's.
    """

    loss: float
    accuracy: float
    probabilities: Array
    confusion: Array


def evaluate(
    network: Graph,
    dataset: Dataset,
    normalisation: Callable[[Array], Array] = np.asarray,
    batch_size: int = 256,
) -> Evaluation:
    """Run the network on all examples, in inference.

    Examples
    --------
    >>> from stridewise.datasets import digits
    >>> from stridewise.networks import digits_convnet
    >>> evaluate(digits_convnet(), digits().take(range(20))).confusion.sum()
    np.int64(20)
    """
    require_classifier("evaluate", network, dataset)
    # Whether the numbers are finite is for the caller to judge: training stops by its own loss.
    with np.errstate(over="ignore", invalid="ignore"):
        parts = [
            network.predict(normalisation(dataset.images[batch]))
            for batch in batches(len(dataset), batch_size)
        ]
        logits = np.concatenate(parts)
        loss = float(cross_entropy(logits, dataset.labels))
        probabilities = softmax(logits)
    answers = logits.argmax(axis=-1)
    K = len(dataset.classes)
    confusion = np.bincount(dataset.labels * K + answers, minlength=K * K).reshape(K, K)
    accuracy = float(np.mean(answers == dataset.labels))
    return Evaluation(loss, accuracy, probabilities, confusion)


def require_classifier(operation: str, network: Graph, dataset: Dataset) -> None:
    """Refuse a network that does not take these images, or has not one logit a class."""
    inputs = [*network.inputs.values()]
    outputs = [network.shapes[name] for name in network.outputs]
    image, logits = dataset.image_shape, (len(dataset.classes),)
    fit = len(inputs) == len(outputs) == 1 and fits(inputs[0], image) and fits(outputs[0], logits)
    if not fit:
        raise DataError(
            explain(
                operation,
                "the network does not fit the data.",
                needed=f"one input of shape {image}, one output of shape {logits}",
                received=f"inputs {inputs}, outputs {outputs}",
                hint="a network of the images' size with one output a class",
            )
        )
