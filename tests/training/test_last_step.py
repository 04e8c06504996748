"""A network that the last step breaks is not saved as if nothing had happened."""

import json

import numpy as np
import pytest

from stridewise.datasets import Dataset
from stridewise.errors import CheckpointError, DataError, DivergedError, RunError
from stridewise.layers import Activation, Dense, Flatten
from stridewise.networks import Sequential
from stridewise.training import (
    SGD,
    Checkpoint,
    RunOptions,
    constant,
    evaluate,
    fit,
    load_checkpoint,
    save_checkpoint,
    train_run,
)


@pytest.fixture
def pets():
    pixels = np.random.default_rng(0).random((6, 3, 4, 1)).astype(np.float32)
    return Dataset(pixels, np.array([0, 1] * 3), ("cat", "dog"))


def classifier(shape=(3, 4, 1), classes=2, *more):
    return Sequential([Flatten(), Dense(classes), *more], shape)


def test_parameters_that_the_only_step_made_infinite(pets):
    with pytest.raises(DivergedError, match=r"(?s)the loss is not a finite number.*loss=inf"):
        fit(classifier(), pets, epochs=1, batch_size=6, optimizer=SGD(), schedule=3e38)


def test_nothing_is_left_of_such_a_run(tmp_path):
    options = RunOptions(optimizer="sgd", learning_rate=1e38, epochs=1, batch_size=5000)
    with pytest.raises(DivergedError):
        train_run(options, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_network_that_ends_in_a_softmax_is_refused(pets):
    with pytest.raises(DataError, match="ends in a softmax"):
        fit(classifier((3, 4, 1), 2, Activation("softmax")), pets, epochs=1)


@pytest.mark.parametrize("network", [classifier(classes=3), classifier((4, 3, 1))])
def test_a_network_of_another_shape_is_refused_before_it_runs(pets, network):
    with pytest.raises(DataError, match="evaluate: the network does not fit"):
        evaluate(network, pets)
    with pytest.raises(DataError, match="fit: the network does not fit"):
        fit(network, pets, epochs=1)


def test_a_validation_set_of_another_kind_is_refused_before_training(pets):
    network = classifier()
    before = network.parameters["dense_1/weight"].copy()
    other = Dataset(pets.images, pets.labels, ("cat", "dog", "fox"))
    with pytest.raises(DataError, match="the network does not fit the data"):
        fit(network, pets, epochs=1, validation=other)
    assert (network.parameters["dense_1/weight"] == before).all()


def test_data_that_is_no_dataset(pets):
    with pytest.raises(DataError, match="the data is not a dataset"):
        fit(classifier(), (pets.images, pets.labels), epochs=1)


@pytest.mark.parametrize("rate", [np.float32(0.1), np.int64(1), 0.5])
def test_a_rate_may_be_any_number(pets, rate):
    history = fit(classifier(), pets, epochs=1, schedule=rate)
    assert history.epochs[0].learning_rate == rate
    assert constant(rate)(5) == rate


@pytest.mark.parametrize("folder", [".", "/", "x" * 300, "a\0b"])
def test_folders_that_cannot_be_made(tmp_path, monkeypatch, folder):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RunError, match="the run folder"):
        train_run(RunOptions(epochs=1), folder)
    assert not list(tmp_path.iterdir())


def saved(folder, pets):
    from stridewise.datasets import Normalisation

    save_checkpoint(folder, Checkpoint(classifier(), pets.classes, Normalisation.of(pets.images)))
    return json.loads((folder / "model.json").read_text())


@pytest.mark.parametrize("which", ["mean", "std"])
def test_numbers_beyond_any_float_in_a_description(tmp_path, pets, which):
    description = saved(tmp_path, pets)
    description["normalisation"][which] = [10**400]
    (tmp_path / "model.json").write_text(json.dumps(description))
    with pytest.raises(CheckpointError, match="damaged"):
        load_checkpoint(tmp_path)


@pytest.mark.parametrize("dtype", ["complex64", "int64", "bool"])
def test_arrays_that_are_not_floats(tmp_path, pets, dtype):
    from safetensors.numpy import save

    saved(tmp_path, pets)
    arrays = {n: a.astype(dtype) for n, a in classifier().parameters.items()}
    (tmp_path / "model.safetensors").write_bytes(save(arrays))
    with pytest.raises(CheckpointError, match="not floats"):
        load_checkpoint(tmp_path)
