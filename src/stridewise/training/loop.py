"""The training loop: batches, gradients, steps, and what is told of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stridewise.arrays import Array
from stridewise.blocks import cross_entropy, cross_entropy_backward
from stridewise.datasets import Dataset, batches
from stridewise.errors import DataError, explain
from stridewise.networks import Graph
from stridewise.options import require_integer
from stridewise.training.divergence import diverged, require_finite_loss
from stridewise.training.early_stopping import EarlyStopping
from stridewise.training.evaluation import evaluate, require_classifier
from stridewise.training.optimizers import Adam, Optimizer
from stridewise.training.schedules import Schedule, constant

__all__ = ["Augmentation", "EpochResult", "History", "Progress", "fit"]

Augmentation = Callable[[Array, np.random.Generator], Array]


@dataclass(frozen=True)
class EpochResult:
    """What one epoch came to; losses in nats, accuracies from 0 to 1, the rate at its end."""

    epoch: int
    loss: float
    accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    learning_rate: float
    seconds: float


@dataclass(frozen=True)
class History:
    """All epochs, and why there were no more: ``finished``, ``early`` or ``interrupted``."""

    epochs: tuple[EpochResult, ...]
    ended: str


class Progress:
    """What a training tells while it runs; this one listens to nothing."""

    def begin(self, images: int) -> None:
        """Before the first batch: how many images an epoch has."""

    def batch(self, epoch: int, images: int, loss: float, accuracy: float) -> None:
        """After each batch: its size, and the epoch's mean loss and accuracy so far."""

    def epoch(self, result: EpochResult) -> None:
        """After each epoch."""


def fit(
    network: Graph,
    train: Dataset,
    *,
    epochs: int,
    batch_size: int = 32,
    optimizer: Optimizer | None = None,
    schedule: Schedule | float = 0.001,
    seed: int = 0,
    validation: Dataset | None = None,
    augmentation: Augmentation | None = None,
    normalisation: Callable[[Array], Array] = np.asarray,
    early_stopping: EarlyStopping | None = None,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> History:
    """Train a classifier by the cross-entropy of its logits.

    Parameters
    ----------
    network : Graph
        One input, one output of one logit a class; its parameters are changed in place.
    train : Dataset
        Shuffled anew in every epoch, by ``seed``.
    epochs, batch_size : int
    optimizer : Optimizer, optional
        By default Adam.
    schedule : float, or function of int to float
        The learning rate, or one for each step, counted from 0 over all epochs.
    seed : int
        Of shuffling and augmentation; the same seed gives the same numbers, bit for bit, on one
        machine.
    validation : Dataset, optional
        Looked at after each epoch, never trained on.
    augmentation : function of (images, rng) to images, optional
        Of training images only.
    normalisation : function of images to images
        Of all images, after augmentation: what the network sees.
    early_stopping : EarlyStopping, optional
        Needs a validation set; the best epoch's parameters are brought back.
    progress : Progress, optional
        Told of every batch and epoch.
    should_stop : function
        Asked after each batch; the network is whole whenever it is asked.

    Returns
    -------
    History

    Raises
    ------
    DivergedError
        If the loss becomes NaN or infinite; it names the first layer whose output was.
    DataError
        If the images or labels do not fit the network.
    """
    require_integer("fit", "epochs", epochs, at_least=1)
    if early_stopping is not None and validation is None:
        raise _refuse("early stopping has nothing to watch.", "a validation set", "none")
    for dataset in (train,) if validation is None else (train, validation):
        _check_fit(network, dataset)
    rate_at = schedule if callable(schedule) else constant(schedule)
    moves = Adam() if optimizer is None else optimizer
    told = progress or Progress()
    told.begin(len(train))
    rng = np.random.default_rng(require_integer("fit", "seed", seed, at_least=0))
    for number, node in enumerate(network.nodes):
        node.layer.seed(np.random.default_rng([seed, number]))
    results: list[EpochResult] = []
    step = 0
    for epoch in range(1, epochs + 1):
        began, seen, loss_sum, right = time.perf_counter(), 0, 0.0, 0
        for chosen in batches(len(train), batch_size, rng):
            x, labels = train.images[chosen], train.labels[chosen]
            if augmentation is not None:
                x = augmentation(x, rng)
            x = normalisation(x)
            rate = rate_at(step)
            loss, correct = _train_step(network, x, labels, moves, epoch, rate)
            step, seen, right = step + 1, seen + len(labels), right + correct
            loss_sum += loss * len(labels)
            told.batch(epoch, len(labels), loss_sum / seen, right / seen)
            if should_stop():
                if early_stopping:
                    early_stopping.restore(network)
                return History(tuple(results), "interrupted")
        # A step's loss is that before it. What the epoch's last step did shows only here.
        require_finite_loss(network, x, labels, epoch, rate)
        checked = (
            None if validation is None else evaluate(network, validation, normalisation, batch_size)
        )
        result = EpochResult(
            epoch,
            loss_sum / seen,
            right / seen,
            None if checked is None else checked.loss,
            None if checked is None else checked.accuracy,
            rate,
            time.perf_counter() - began,
        )
        results.append(result)
        told.epoch(result)
        if early_stopping and checked and early_stopping.should_stop(checked.loss, network):
            early_stopping.restore(network)
            return History(tuple(results), "early")
    if early_stopping:
        early_stopping.restore(network)
    return History(tuple(results), "finished")


def _train_step(
    network: Graph, x: Array, labels: Array, optimizer: Optimizer, epoch: int, rate: float
) -> tuple[float, int]:
    # A diverging run overflows on its way to the NaN that stops it: one clear error is enough.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        logits, cache = network.forward(x, training=True)
        loss = float(cross_entropy(logits, labels))
        if not np.isfinite(loss):
            raise diverged(network, x, loss, epoch, rate)
        grad_logits = cross_entropy_backward(1.0, logits, labels)
        gradients = network.backward(grad_logits, cache, inputs=False)
        optimizer.step(network.parameters, gradients.parameters, rate)
    return loss, int((logits.argmax(axis=-1) == labels).sum())


def _refuse(problem: str, needed: str, received: str, hint: str | None = None) -> DataError:
    hint = hint or "train, validation = datasets.split(data, (0.9, 0.1), seed=0)"
    return DataError(explain("fit", problem, needed=needed, received=received, hint=hint))


def _check_fit(network: Graph, dataset: Dataset) -> None:
    if not isinstance(dataset, Dataset):
        raise _refuse(
            "the data is not a dataset.",
            "a stridewise.datasets.Dataset",
            type(dataset).__name__,
            "Dataset(images, labels, classes)",
        )
    last = next((node for node in network.nodes if node.name in network.outputs), None)
    if last is not None and last.layer.options.get("function") == "softmax":
        raise _refuse(
            "the network ends in a softmax, which the loss has in it already.",
            "logits: one unnormalised number a class",
            f"the output of {last.name!r}",
            f"leave {last.name!r} out; sw.softmax(network(x)) gives probabilities",
        )
    require_classifier("fit", network, dataset)
