"""One training from data to files: load, split, train, test, write."""

from __future__ import annotations

import dataclasses
import functools
import json
import platform
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import stridewise
from stridewise.datasets import (
    Dataset,
    Normalisation,
    load,
    pipeline,
    random_rotation,
    random_shift,
    read_hdf5,
    split,
)
from stridewise.engines import engine_info
from stridewise.errors import DataError, RunError, explain
from stridewise.networks import zoo_network
from stridewise.options import require_integer
from stridewise.training.atomic_file import write_atomically
from stridewise.training.checkpoint import Checkpoint, save_checkpoint
from stridewise.training.early_stopping import EarlyStopping
from stridewise.training.evaluation import Evaluation, evaluate
from stridewise.training.loop import EpochResult, History, Progress, fit
from stridewise.training.optimizers import make_optimizer
from stridewise.training.schedules import make_schedule

__all__ = ["Outcome", "RunOptions", "train_run"]

# Of data that brings no test set: what is never trained on, and what only guides the training.
_TEST, _VALIDATION = 0.2, 0.1


_AUGMENTATION = pipeline(
    functools.partial(random_rotation, degrees=10.0), functools.partial(random_shift, pixels=1)
)


@dataclass(frozen=True)
class RunOptions:
    """What a training is made of; the defaults are those of the demo.

    Attributes
    ----------
    data : str
        "digits", a folder of images, .npz, .h5 or .hdf5.
    test_data : str, optional
        Where the test set is, if not a part of ``data``.
    size : (int, int), optional
        Rows and columns that images of a folder are brought to.
    network, optimizer, schedule : str
        Names in the zoo, in ``OPTIMIZERS``, in ``SCHEDULES``.
    epochs, batch_size, seed : int
    learning_rate, weight_decay : float
    augment : bool
        Whether training images are shifted and rotated a little.
    patience : int, optional
        Stop early after so many epochs without a better validation loss.
    """

    data: str = "digits"
    test_data: str | None = None
    size: tuple[int, int] | None = None
    network: str = "digits_convnet"
    epochs: int = 30
    batch_size: int = 32
    optimizer: str = "adamw"
    learning_rate: float = 0.003
    weight_decay: float = 0.01
    schedule: str = "cosine"
    augment: bool = True
    patience: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class Outcome:
    """What a training came to.

    Attributes
    ----------
    folder : Path
        With ``metrics.json`` and the checkpoint.
    checkpoint : Checkpoint
    history : History
    test : Dataset
        As it was read, pixels in [0, 1].
    evaluation : Evaluation
        On the test set, which training never saw.
    train_seconds : float
    """

    folder: Path
    checkpoint: Checkpoint
    history: History
    test: Dataset
    evaluation: Evaluation
    train_seconds: float


def train_run(
    options: RunOptions,
    folder: str | Path,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Train a network of the zoo, and write a run folder.

    The checkpoint is written before the first epoch, so that a full disk shows at once, and after
    every epoch; ``metrics.json`` at the end. A run that fails in its first epoch leaves nothing.

    Raises
    ------
    RunError
        If the folder exists already, or cannot be written.
    DataError, OptionError, ShapeError, DivergedError
        If data, options or network make no training, or the loss is not finite any more.
    """
    require_integer("training", "epochs", options.epochs, at_least=1)
    require_integer("training", "batch_size", options.batch_size, at_least=1)
    folder = Path(folder)
    if _is_taken(folder):
        raise RunError(
            explain(
                "training",
                "the run folder exists already, and a run is never overwritten.",
                needed="the path of a folder that does not exist yet",
                received=str(folder),
                hint=f"{_free_name(folder)}",
            )
        )
    train, validation, test = _parts(options)
    normalisation = Normalisation.of(train.images)
    network = zoo_network(options.network, train.image_shape, len(train.classes), seed=options.seed)
    checkpoint = Checkpoint(network, train.classes, normalisation)
    steps = options.epochs * -(-len(train) // options.batch_size)
    schedule = make_schedule(options.schedule, options.learning_rate, steps)
    optimizer = make_optimizer(options.optimizer, weight_decay=options.weight_decay)
    stopping = None if options.patience is None else EarlyStopping(options.patience)
    _make_folder(folder)
    saving = _SavingProgress(progress or Progress(), folder, checkpoint)
    try:
        save_checkpoint(folder, checkpoint)
        began = time.perf_counter()
        history = fit(
            network,
            train,
            epochs=options.epochs,
            batch_size=options.batch_size,
            optimizer=optimizer,
            schedule=schedule,
            seed=options.seed,
            validation=validation,
            augmentation=_AUGMENTATION if options.augment else None,
            normalisation=normalisation,
            early_stopping=stopping,
            progress=saving,
            should_stop=should_stop,
        )
        seconds = time.perf_counter() - began
        save_checkpoint(folder, checkpoint)
    except BaseException:
        if saving.epochs == 0:
            shutil.rmtree(folder)  # made above, and nothing of worth is in it
        raise
    evaluation = evaluate(network, test, normalisation, options.batch_size)
    outcome = Outcome(folder, checkpoint, history, test, evaluation, seconds)
    metrics = json.dumps(_metrics(options, outcome), indent=2)
    write_atomically(folder / "metrics.json", metrics.encode())
    return outcome


class _SavingProgress(Progress):
    """Saves the network after each epoch, so that nothing but the last epoch can be lost."""

    def __init__(self, told: Progress, folder: Path, checkpoint: Checkpoint) -> None:
        self._told, self._folder, self._checkpoint = told, folder, checkpoint
        self.epochs = 0

    def begin(self, images: int) -> None:
        self._told.begin(images)

    def batch(self, epoch: int, images: int, loss: float, accuracy: float) -> None:
        self._told.batch(epoch, images, loss, accuracy)

    def epoch(self, result: EpochResult) -> None:
        save_checkpoint(self._folder, self._checkpoint)
        self.epochs += 1
        self._told.epoch(result)


def _parts(options: RunOptions) -> tuple[Dataset, Dataset, Dataset]:
    """Training, validation and test set, with no example in two of them."""
    data = load(options.data, options.size)
    if options.test_data is None:
        shares = (1 - _TEST - _VALIDATION, _VALIDATION, _TEST)
        train, validation, test = split(data, shares, options.seed)
        return train, validation, test
    is_hdf5 = Path(options.test_data).suffix.lower() in (".h5", ".hdf5")
    test = (
        read_hdf5(options.test_data, "test") if is_hdf5 else load(options.test_data, options.size)
    )
    if (test.image_shape, test.classes) != (data.image_shape, data.classes):
        raise DataError(
            explain(
                "training",
                "the test set is of another kind than the training set.",
                needed=f"images {data.image_shape} of the classes {data.classes}",
                received=f"images {test.image_shape} of the classes {test.classes}",
                hint="the same classes, in the same order, at the same size",
            )
        )
    train, validation = split(data, (1 - _VALIDATION, _VALIDATION), options.seed)
    return train, validation, test


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True)
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or error
        raise RunError(
            explain(
                "training",
                "the run folder cannot be made.",
                needed="a place where folders can be made",
                received=f"{str(folder)[:200]!r}: {detail}",
                hint="another folder, with --run",
            )
        ) from None


def _is_taken(folder: Path) -> bool:
    try:
        return folder.exists()
    except (OSError, ValueError):  # a name that no folder can have; making it will say why
        return False


def _free_name(folder: Path) -> Path:
    folder = Path.cwd() / "runs" / "new" if folder.name == "" else folder
    number = 2
    while folder.with_name(f"{folder.name}-{number}").exists():
        number += 1
    return folder.with_name(f"{folder.name}-{number}")


def _metrics(options: RunOptions, outcome: Outcome) -> dict[str, Any]:
    return {
        "test_accuracy": outcome.evaluation.accuracy,
        "test_loss": outcome.evaluation.loss,
        "test_images": len(outcome.test),
        "train_seconds": outcome.train_seconds,
        "engine": engine_info().in_use,
        "ended": outcome.history.ended,
        "seed": options.seed,
        "options": dataclasses.asdict(options),
        "history": [dataclasses.asdict(epoch) for epoch in outcome.history.epochs],
        "versions": {
            "stridewise": stridewise.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
    }
