"""A trained network on disk: ``model.safetensors`` and its description ``model.json``.

Both are hostile until parsed: safetensors and JSON hold nothing that runs, and the description
is compared with the arrays before a layer is made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.blocks import softmax
from stridewise.datasets import Normalisation
from stridewise.errors import CheckpointError, RunError, StridewiseError, explain, missing_extra
from stridewise.networks import Graph, build, describe
from stridewise.training.atomic_file import write_together

__all__ = ["Checkpoint", "load_checkpoint", "save_checkpoint"]

_ARRAYS, _DESCRIPTION = "model.safetensors", "model.json"
_FORMAT = 1
_LARGEST_DESCRIPTION, _LARGEST_ARRAYS = 16 * 2**20, 4 * 2**30


@dataclass(frozen=True)
class Checkpoint:
    """A network with all it takes to use it on an image.

    Attributes
    ----------
    network : Graph
        One image in, one logit a class out.
    classes : tuple of str
    normalisation : Normalisation
        What is done to pixels in [0, 1] before the network sees them.

    Raises
    ------
    CheckpointError
        If the three do not belong together.
    """

    network: Graph
    classes: tuple[str, ...]
    normalisation: Normalisation

    def __post_init__(self) -> None:
        (shape, *others), K = self.network.inputs.values(), len(self.classes)
        logits = [self.network.shapes[name] for name in self.network.outputs]
        if others or shape is None or len(shape) != 3 or logits != [(K,)]:
            raise _no_classifier(
                needed=f"one image (H, W, C) in, and one output of shape ({K},): a logit a class",
                received=f"{K} classes, but outputs of shapes {logits} "
                f"from inputs of shapes {[*self.network.inputs.values()]}",
                hint="the names of all classes, and Dense with as many features at the end",
            )
        if len(self.normalisation.mean) != shape[-1]:
            raise _no_classifier(
                needed="a mean and a deviation for each channel of the network's images",
                received=f"{len(self.normalisation.mean)} means for {shape[-1]} channels",
                hint="Normalisation.of(images), with the images of the training",
            )

    @property
    def image_shape(self) -> tuple[tuple[int, int] | None, int]:
        """Size and channels of the images that the network takes; None if any size will do."""
        (shape,) = self.network.inputs.values()
        H, W, C = shape or (None, None, None)
        return (None if H is None or W is None else (H, W)), C or len(self.normalisation.mean)

    def probabilities(self, images: Array) -> Array:
        """The network's answer, (N, K), to images with pixels in [0, 1]."""
        return softmax(self.network.predict(self.normalisation(images)))


def save_checkpoint(folder: str | Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint into a folder: both files are written before one is moved.

    A folder that does not exist is made.

    Raises
    ------
    RunError
        If the folder cannot be made, or a file not be written; an older checkpoint is unharmed.
    """
    try:
        from safetensors.numpy import save
    except ImportError:
        raise missing_extra("checkpoint", "safetensors", "train") from None
    network = checkpoint.network
    arrays = {
        name: np.ascontiguousarray(array)
        for name, array in (network.parameters | network.state).items()
    }
    description = {
        "format": _FORMAT,
        "network": describe(network),
        "classes": list(checkpoint.classes),
        "normalisation": {
            "mean": list(checkpoint.normalisation.mean),
            "std": list(checkpoint.normalisation.std),
        },
    }
    folder = Path(folder)
    _make_folder(folder)
    write_together(
        {
            folder / _ARRAYS: save(arrays),
            folder / _DESCRIPTION: json.dumps(description, indent=2).encode(),
        }
    )


def load_checkpoint(folder: str | Path) -> Checkpoint:
    """Read a checkpoint.

    Raises
    ------
    CheckpointError
        If there is none, or it is damaged, or its two files do not belong together.
    """
    try:
        from safetensors import SafetensorError
        from safetensors.numpy import load
    except ImportError:
        raise missing_extra("checkpoint", "safetensors", "train") from None
    folder = Path(folder)
    description = _read_json(folder / _DESCRIPTION)
    data = _read(folder / _ARRAYS, _LARGEST_ARRAYS)
    try:
        arrays = load(data)
    except (SafetensorError, KeyError, ValueError, TypeError, OverflowError) as error:
        raise _damaged(folder / _ARRAYS, error) from None
    try:
        return _checkpoint(description, arrays)
    except (
        StridewiseError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        OverflowError,
    ) as error:
        raise _damaged(folder / _DESCRIPTION, error) from None


def _checkpoint(description: Mapping[str, Any], arrays: Mapping[str, Array]) -> Checkpoint:
    if description["format"] != _FORMAT:
        raise ValueError(f"format {description['format']!r}, where {_FORMAT} is known")
    strange = [name for name, array in arrays.items() if array.dtype.kind != "f"]
    if strange:
        raise TypeError(f"{strange[0]} holds {arrays[strange[0]].dtype}, not floats")
    network = build(description["network"], arrays)
    unused = set(arrays) - set(network.parameters) - set(network.state)
    if unused:
        raise ValueError(f"no layer takes the array {min(unused)!r}")
    classes = tuple(str(name) for name in description["classes"])
    normalisation = Normalisation(
        tuple(description["normalisation"]["mean"]), tuple(description["normalisation"]["std"])
    )
    return Checkpoint(network, classes, normalisation)


def _no_classifier(needed: str, received: str, hint: str) -> CheckpointError:
    problem = "network, classes and normalisation do not belong together."
    return CheckpointError(
        explain("checkpoint", problem, needed=needed, received=received, hint=hint)
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        raise RunError(
            explain(
                "checkpoint",
                "the folder cannot be made.",
                needed="a folder, or a place where folders can be made",
                received=f"{str(folder)[:200]!r}: {getattr(error, 'strerror', None) or error}",
                hint="another folder",
            )
        ) from None


def _read(path: Path, most: int) -> bytes:
    try:
        if not path.is_file() and path.exists():  # a pipe or a device would never end
            raise OSError("not an ordinary file")
        if path.stat().st_size > most:
            raise OSError(f"{path.stat().st_size:,} bytes, where {most:,} are the most")
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        raise CheckpointError(
            explain(
                "checkpoint",
                f"{path.name} cannot be read.",
                needed=f"a run folder with {_DESCRIPTION} and {_ARRAYS}",
                received=f"{str(path)!r}: {getattr(error, 'strerror', None) or error}",
                hint="the folder that `stridewise train` made, such as runs/demo",
            )
        ) from None


def _read_json(path: Path) -> Mapping[str, Any]:
    data = _read(path, _LARGEST_DESCRIPTION)
    try:
        description = json.loads(data)
        if not isinstance(description, dict):
            raise TypeError(f"a {type(description).__name__}, where an object is needed")
    except (ValueError, TypeError, RecursionError) as error:
        raise _damaged(path, error) from None
    return description


def _damaged(path: Path, error: Exception) -> CheckpointError:
    detail = str(error).splitlines()
    return CheckpointError(
        explain(
            "checkpoint",
            f"{path.name} is damaged, or not of this network.",
            needed=f"{_DESCRIPTION} and {_ARRAYS} as one `save_checkpoint` wrote them",
            received=f"{type(error).__name__}: {' '.join(part.strip() for part in detail)[:500]}",
            hint="another checkpoint, or train again",
        )
    )
