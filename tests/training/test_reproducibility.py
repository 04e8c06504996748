"""The same seed gives the same numbers, bit for bit."""

import dataclasses
import functools

import numpy as np
import pytest

from stridewise.datasets import pipeline, random_rotation, random_shift, split
from stridewise.networks import digits_convnet
from stridewise.training import Adam, RunOptions, cosine, fit, train_run

AUGMENTATION = pipeline(
    functools.partial(random_rotation, degrees=10.0), functools.partial(random_shift, pixels=1)
)


def numbers_of(network, history):
    """All arrays as bytes, and the history without the clock's numbers."""
    arrays = {name: a.tobytes() for name, a in (network.parameters | network.state).items()}
    epochs = [dataclasses.replace(epoch, seconds=0.0) for epoch in history.epochs]
    return arrays, epochs


def trained(data, network, seed, augmentation):
    train, validation = split(data, (0.8, 0.2), seed=0)
    history = fit(
        network,
        train,
        epochs=2,
        batch_size=32,
        optimizer=Adam(),
        schedule=cosine(0.003, 10),
        seed=seed,
        validation=validation,
        augmentation=augmentation,
    )
    return numbers_of(network, history)


@pytest.mark.parametrize("augmentation", [None, AUGMENTATION], ids=["plain", "augmented"])
def test_same_seed_same_numbers_with_dropout(few_digits, augmentation):
    first, second = (trained(few_digits, digits_convnet(seed=3), 7, augmentation) for _ in range(2))
    assert first == second


def test_same_seed_same_numbers_with_batch_norm(stripes, small_network):
    first, second = (trained(stripes, small_network(seed=3), 7, None) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(("network_seed", "seed"), [(4, 7), (3, 8)], ids=["network", "training"])
def test_another_seed_gives_other_numbers(stripes, small_network, network_seed, seed):
    arrays, epochs = trained(stripes, small_network(seed=3), 7, None)
    others, other_epochs = trained(stripes, small_network(seed=network_seed), seed, None)
    changed = [name for name in arrays if arrays[name] != others[name]]
    assert changed == list(arrays)
    assert epochs != other_epochs


def test_dropout_comes_from_the_networks_seed(stripes, small_network):
    x = np.ones((4, 6, 5, 1))
    first, second, other = (
        small_network(seed=seed, dropout=0.5).forward(x, training=True)[1]["dropout_1"][1]
        for seed in (1, 1, 2)
    )
    assert first == second
    assert first != other


def test_a_run_leaves_numpys_global_generator_alone(few_digits_file, tmp_path):
    before = np.random.get_state()[1].tobytes()
    train_run(RunOptions(data=str(few_digits_file), epochs=1), tmp_path / "run")
    assert np.random.get_state()[1].tobytes() == before


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_whole_runs_repeat_to_the_byte(few_digits_file, tmp_path, optimizer):
    def run(name, seed):
        options = RunOptions(str(few_digits_file), epochs=1, optimizer=optimizer, seed=seed)
        outcome = train_run(options, tmp_path / name)
        saved = (outcome.folder / "model.safetensors").read_bytes()
        return saved, *numbers_of(outcome.checkpoint.network, outcome.history)

    first, second, other = run("first", 0), run("second", 0), run("other", 1)
    assert first == second
    assert first[0] != other[0]
    assert first[2] != other[2]
