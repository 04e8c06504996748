"""What there is to explore: the demo, a training of one's own, somebody else's model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from stridewise.arrays import Array
from stridewise.datasets import Normalisation, digits, read_image
from stridewise.errors import OptionError, explain
from stridewise.networks import digits_convnet
from stridewise.traces import Trace, record_network
from stridewise.training import Outcome, fit, load_checkpoint

__all__ = ["demo", "model", "outcome", "run"]

_SHOWN = 0
# Nineteen of twenty digits are recognised then, and nobody has waited.
_EPOCHS = 4


def demo() -> Trace:
    """A network that has just been trained on the bundled digits, for some seconds, and a digit."""
    data = digits()
    network = digits_convnet(data.image_shape, len(data.classes))
    normalisation = Normalisation.of(data.images)
    fit(network, data, epochs=_EPOCHS, normalisation=normalisation)
    image = normalisation(data.images[_SHOWN : _SHOWN + 1])
    return record_network(
        network,
        image,
        title="digits",
        element=int(data.labels[_SHOWN]),
        labels=data.classes,
    )


def run(folder: Path, image: Path | None, *, invert: bool = False) -> Trace:
    """The network of a training, at work on an image file; on an empty image if there is none."""
    checkpoint = load_checkpoint(folder)
    size, channels = checkpoint.image_shape
    if image is None and size is None:
        raise _no_image("the network takes images of any size")
    pixels: Array = np.zeros((*(size or (1, 1)), channels), np.float32)
    if image is not None:
        pixels = read_image(image, size, channels)
    batch = checkpoint.normalisation((1 - pixels if invert else pixels)[None])
    return record_network(checkpoint.network, batch, title=folder.name, labels=checkpoint.classes)


def outcome(trained: Outcome) -> Trace:
    """A training that has just ended, at work on the first test image that it gets right."""
    checkpoint, test = trained.checkpoint, trained.test
    answers = trained.evaluation.probabilities.argmax(axis=-1)
    right = np.flatnonzero(answers == test.labels)
    chosen = int(right[0]) if len(right) else 0
    return record_network(
        checkpoint.network,
        checkpoint.normalisation(test.images[chosen : chosen + 1]),
        title=trained.folder.name,
        element=int(test.labels[chosen]),
        labels=checkpoint.classes,
    )


def model(
    file: Path,
    image: Path | None,
    *,
    size: tuple[int, int] | None = None,
    mean: Sequence[float] = (0.0,),
    std: Sequence[float] = (1.0,),
    scale: float = 1.0,
    labels: Sequence[str] | None = None,
) -> Trace:
    """An ONNX model at work on an image file."""
    from stridewise.exchange.onnx import load
    from stridewise.exchange.pictures import preparation_for, prepare_picture

    network = load(file)
    if image is None:
        raise _no_image(f"{file.name} is a model of somebody else's")
    preparation = preparation_for(network, size=size, mean=mean, std=std, scale=scale)
    return record_network(
        network, prepare_picture(image, preparation), title=file.name, labels=labels
    )


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
