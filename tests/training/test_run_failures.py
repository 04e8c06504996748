"""Runs that fail: nothing in the first epoch, the last good checkpoint later."""

import errno
import json
import os

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from stridewise.errors import (
    DataError,
    OptionError,
    OptionTypeError,
    RunError,
    ShapeError,
)
from stridewise.training import Progress, RunOptions, load_checkpoint, train_run


class Breaks(Progress):
    """Raises at a batch, and remembers the parameters at the end of every epoch before."""

    def __init__(self, at, error=RuntimeError):
        self.at, self.error, self.batches, self.ends = at, error, 0, []
        self.folder = None

    def batch(self, epoch, images, loss, accuracy):
        self.batches += 1
        if self.batches == self.at:
            raise self.error("broken")

    def epoch(self, result):
        network = load_checkpoint(self.folder).network
        self.ends.append({name: a.copy() for name, a in network.parameters.items()})


def options_of(path, **changed):
    """140 images for training: 7 batches of 20 an epoch."""
    return RunOptions(**({"data": str(path), "epochs": 3, "batch_size": 20} | changed))


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, MemoryError])
@pytest.mark.parametrize("at", [1, 7])
def test_a_failure_in_the_first_epoch_leaves_nothing(few_digits_file, tmp_path, error, at):
    with pytest.raises(error, match="broken"):
        train_run(options_of(few_digits_file), tmp_path / "run", Breaks(at, error))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize(("at", "finished"), [(8, 1), (14, 1), (15, 2)])
def test_a_later_failure_keeps_the_last_epochs_checkpoint(
    few_digits_file, few_digits, tmp_path, error, at, finished
):
    progress, folder = Breaks(at, error), tmp_path / "run"
    progress.folder = folder
    with pytest.raises(error, match="broken"):
        train_run(options_of(few_digits_file), folder, progress)
    assert sorted(path.name for path in folder.iterdir()) == ["model.json", "model.safetensors"]
    assert len(progress.ends) == finished
    kept = load_checkpoint(folder)
    for name, array in kept.network.parameters.items():
        assert_array_equal(array, progress.ends[-1][name])
    assert kept.probabilities(few_digits.images[:3]).shape == (3, 10)


@pytest.mark.parametrize(("stop_after", "epochs"), [(1, 0), (7, 0), (10, 1)])
def test_an_interrupted_run_is_whole(few_digits_file, tmp_path, stop_after, epochs):
    asked = []

    def should_stop():
        asked.append(True)
        return len(asked) >= stop_after

    folder = tmp_path / "run"
    outcome = train_run(options_of(few_digits_file), folder, should_stop=should_stop)
    metrics = json.loads((folder / "metrics.json").read_text())
    assert outcome.history.ended == metrics["ended"] == "interrupted"
    assert len(outcome.history.epochs) == len(metrics["history"]) == epochs
    assert metrics["test_accuracy"] == outcome.evaluation.accuracy
    back = load_checkpoint(folder)
    assert_array_equal(back.probabilities(outcome.test.images), outcome.evaluation.probabilities)
    for name, array in back.network.parameters.items():
        assert_array_equal(array, outcome.checkpoint.network.parameters[name])


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"epochs": 0}, OptionError, "`epochs` is out of range"),
        ({"epochs": True}, OptionTypeError, "`epochs` is not an integer"),
        ({"batch_size": 0}, OptionError, "`batch_size` is out of range"),
        ({"batch_size": -3}, OptionError, "`batch_size` is out of range"),
        ({"batch_size": 2.5}, OptionTypeError, "`batch_size` is not an integer"),
        ({"seed": -1}, OptionError, "`seed` is out of range"),
        ({"seed": 1.0}, OptionTypeError, "`seed` is not an integer"),
        ({"patience": 0}, OptionError, "`patience` is out of range"),
        ({"learning_rate": 0}, OptionError, "learning rate is not positive"),
        ({"learning_rate": float("nan")}, OptionError, "learning rate is not positive"),
        ({"weight_decay": -0.1}, OptionError, "`weight_decay` is out of range"),
        ({"optimizer": "sgdm"}, OptionError, "(?s)none of that name.*try:      'sgd'"),
        ({"schedule": "cosin"}, OptionError, "(?s)none of that name.*try:      'cosine'"),
        ({"network": "lenet"}, OptionError, "(?s)no network of that name.*try:      'lenet5'"),
        ({"network": "lenet5"}, ShapeError, "node 'conv2d_2'(?s:.)*does not fit"),
        ({"data": "digit"}, DataError, "(?s)no dataset of this name.*try:      'digits'"),
        ({"test_data": "nowhere.npz"}, DataError, "no such file"),
        ({"size": (9, 9)}, DataError, "another size"),
    ],
)
def test_refused_before_anything_is_made(few_digits_file, tmp_path, changed, error, message):
    with pytest.raises(error, match=message):
        train_run(options_of(few_digits_file, **({"epochs": 1} | changed)), tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_too_few_examples_to_split(few_digits, tmp_path):
    np.savez(tmp_path / "two.npz", images=few_digits.images[:2], labels=np.array([0, 1]))
    with pytest.raises(DataError, match="a part would be empty"):
        train_run(options_of(tmp_path / "two.npz"), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_place_below_a_file(few_digits_file, tmp_path):
    (tmp_path / "file").write_text("precious")
    with pytest.raises(RunError, match=r"(?s)run folder cannot be made.*Not a directory.*--run"):
        train_run(options_of(few_digits_file), tmp_path / "file" / "run")
    assert (tmp_path / "file").read_text() == "precious"


def test_a_full_disk_shows_before_the_first_epoch(few_digits_file, tmp_path, recorder, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunError, match=r"(?s)model\.safetensors cannot be written.*No space left"):
        train_run(options_of(few_digits_file), tmp_path / "run", recorder)
    assert recorder.told == []
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_later_keeps_the_first_epoch(few_digits_file, tmp_path, monkeypatch):
    calls, fsync = [], os.fsync

    def fills_up(handle):
        calls.append(handle)
        if len(calls) > 4:  # two files at the start, two after the first epoch
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", fills_up)
    folder = tmp_path / "run"
    with pytest.raises(RunError, match="an older file of that name is unharmed"):
        train_run(options_of(few_digits_file), folder)
    assert sorted(path.name for path in folder.iterdir()) == ["model.json", "model.safetensors"]
    assert load_checkpoint(folder).classes == tuple(map(str, range(10)))
