"""What there is to explore: the demo, a training of one's own, somebody else's model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from stridewise.arrays import Array
from stridewise.datasets import Normalisation, digits, read_image
from stridewise.errors import OptionError, explain
from stridewise.exchange.label_file import read_labels
from stridewise.networks import Graph, digits_convnet
from stridewise.traces import Trace, record_network
from stridewise.training import Checkpoint, Outcome, fit, load_checkpoint

__all__ = ["Subject", "demo", "model", "outcome", "run"]

# So many are looked through for one that is worth looking at.
_LOOKED_AT = 300
# Nineteen of twenty digits are recognised then, and nobody has waited.
_EPOCHS = 4


@dataclass(frozen=True)
class Subject:
    """A network and one example for it.

    Attributes
    ----------
    network : Graph
    inputs : tuple of array
        Each a batch of one.
    title : str
    labels : sequence of str, optional
        Of the classes.
    element, of
        Where the gradient starts; see ``traces.record_network``.
    read : function of a path, optional
        Makes an input of an image file.
    """

    network: Graph
    inputs: tuple[Array, ...]
    title: str
    labels: Sequence[str] | None = None
    element: int | None = None
    of: str = "loss"
    read: Callable[[Path], Array] | None = None

    def trace(self) -> Trace:
        """Run it, forward and backward."""
        return record_network(
            self.network,
            *self.inputs,
            title=self.title,
            element=self.element,
            of=self.of,
            labels=self.labels,
        )


def demo(image: Path | None = None) -> Subject:
    """A network that has just been trained on the bundled digits, for some seconds, and a digit.

    Without an image it is the one of which the network is least sure though it is right: of what
    it is sure, all gradients are zero.
    """
    data = digits()
    network = digits_convnet(data.image_shape, len(data.classes))
    normalisation = Normalisation.of(data.images)
    fit(network, data, epochs=_EPOCHS, normalisation=normalisation)
    size, channels = data.image_shape[:2], data.image_shape[2]

    def read(file: Path) -> Array:
        return normalisation(read_image(file, size, channels)[None])

    if image is not None:
        return Subject(network, (read(image),), "digits", data.classes, read=read)
    looked_at = normalisation(data.images[:_LOOKED_AT])
    chosen = _least_sure(network.predict(looked_at), data.labels[:_LOOKED_AT])
    x, label = looked_at[chosen : chosen + 1], int(data.labels[chosen])
    return Subject(network, (x,), "digits", data.classes, label, read=read)


def run(folder: Path, image: Path | None, *, invert: bool = False) -> Subject:
    """The network of a training, at work on an image file; on an empty image if there is none."""
    checkpoint = load_checkpoint(folder)
    size, channels = checkpoint.image_shape
    if image is None and size is None:
        raise _no_image("the network takes images of any size")
    read = _reader(checkpoint, invert)
    empty = np.zeros((1, *(size or (1, 1)), channels), np.float32)
    batch = checkpoint.normalisation(empty) if image is None else read(image)
    return Subject(checkpoint.network, (batch,), folder.name, checkpoint.classes, read=read)


def outcome(trained: Outcome) -> Subject:
    """A training that has just ended, at work on the test image that it only just gets right."""
    checkpoint, test = trained.checkpoint, trained.test
    chosen = _least_sure(trained.evaluation.probabilities, test.labels)
    return Subject(
        checkpoint.network,
        (checkpoint.normalisation(test.images[chosen : chosen + 1]),),
        trained.folder.name,
        checkpoint.classes,
        int(test.labels[chosen]),
        read=_reader(checkpoint, invert=False),
    )


def model(
    file: Path,
    image: Path | None,
    *,
    size: tuple[int, int] | None = None,
    mean: Sequence[float] = (0.0,),
    std: Sequence[float] = (1.0,),
    scale: float = 1.0,
    labels: Path | None = None,
) -> Subject:
    """An ONNX model at work on an image file."""
    from stridewise.exchange.onnx import load
    from stridewise.exchange.pictures import preparation_for, prepare_picture

    network = load(file)
    if image is None:
        raise _no_image(f"{file.name} is a model of somebody else's")
    preparation = preparation_for(network, size=size, mean=mean, std=std, scale=scale)

    def read(path: Path) -> Array:
        return prepare_picture(path, preparation)

    subject = Subject(network, (read(image),), file.name, read=read)
    if labels is None:
        return subject
    y = network.predict(*subject.inputs)
    first = y[0] if isinstance(y, tuple) else y
    named = read_labels(labels, first[0].size)
    return replace(subject, labels=[named.get(n, str(n)) for n in range(first[0].size)])


def _least_sure(scores: Array, labels: Array) -> int:
    """The example whose label has the highest score with the smallest distance to the next."""
    ordered = np.sort(scores, axis=-1)
    distance = ordered[:, -1] - ordered[:, -2] if scores.shape[-1] > 1 else scores[:, 0]
    return int(np.argmin(np.where(scores.argmax(axis=-1) == labels, distance, np.inf)))


def _reader(checkpoint: Checkpoint, invert: bool) -> Callable[[Path], Array]:
    size, channels = checkpoint.image_shape

    def read(file: Path) -> Array:
        pixels = read_image(file, size, channels)
        return checkpoint.normalisation((1 - pixels if invert else pixels)[None])

    return read


def _no_image(because: str) -> OptionError:
    return OptionError(
        explain(
            "explore",
            "there is no image.",
            needed=f"an image to look at: {because}",
            received="none",
            hint="--image photo.jpg",
        )
    )
