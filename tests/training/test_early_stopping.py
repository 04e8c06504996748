import math

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from stridewise.datasets import split
from stridewise.errors import DataError, OptionError, OptionTypeError
from stridewise.training import SGD, EarlyStopping, constant, evaluate, fit


def arrays_of(network):
    return {name: a.copy() for name, a in (network.parameters | network.state).items()}


def fill(network, number):
    for array in (network.parameters | network.state).values():
        array[...] = number


@pytest.mark.parametrize(
    ("patience", "losses", "stops_at"),
    [
        (1, [1.0, 0.9, 0.95], 2),
        (1, [1.0, 1.0], 1),
        (3, [1.0, 1.1, 1.2, 0.9, 1.0, 1.0, 1.0], 6),
        (2, [1.0, math.nan, math.nan], 2),
        (2, [5.0, 4.0, 3.0, 2.0], None),
    ],
)
def test_stops_after_so_many_epochs_without_a_gain(small_network, patience, losses, stops_at):
    stopping, network = EarlyStopping(patience), small_network()
    answers = [stopping.should_stop(loss, network) for loss in losses]
    assert answers == [at == stops_at for at in range(len(losses))]


def test_a_gain_below_the_least_gain_does_not_count(small_network):
    stopping, network = EarlyStopping(patience=2, least_gain=0.1), small_network()
    assert [stopping.should_stop(loss, network) for loss in (1.0, 0.95, 0.91)] == [
        False,
        False,
        True,
    ]


def test_restores_parameters_and_state_of_the_best_epoch(small_network):
    stopping, network = EarlyStopping(patience=9), small_network()
    assert network.state  # the running statistics of a BatchNorm
    held = network.parameters | network.state
    for number, loss in ((1.0, 0.5), (2.0, 0.3), (3.0, 0.4)):
        fill(network, number)
        stopping.should_stop(loss, network)
    stopping.restore(network)
    for name, array in (network.parameters | network.state).items():
        assert_array_equal(array, np.full_like(array, 2.0))
        assert array is held[name]


def test_restoring_before_anything_was_seen_changes_nothing(small_network):
    network = small_network()
    before = arrays_of(network)
    EarlyStopping(patience=1).restore(network)
    for name, array in arrays_of(network).items():
        assert_array_equal(array, before[name])


@pytest.mark.parametrize("patience", [0, -1])
def test_patience_out_of_range(patience):
    with pytest.raises(OptionError, match="`patience` is out of range"):
        EarlyStopping(patience)


@pytest.mark.parametrize("patience", [1.0, True, "2", None])
def test_patience_is_an_integer(patience):
    with pytest.raises(OptionTypeError, match="`patience` is not an integer"):
        EarlyStopping(patience)


@pytest.mark.parametrize(("patience", "ended"), [(2, "early"), (50, "finished")])
def test_a_training_ends_with_its_best_network(stripes, small_network, patience, ended):
    """The rate grows until training gets worse: the best epoch is in the middle."""
    train, validation = split(stripes, (0.5, 0.5), seed=1)
    network = small_network()
    history = fit(
        network,
        train,
        epochs=12,
        batch_size=8,
        optimizer=SGD(),
        schedule=lambda step: 0.01 if step < 9 else 3.0,
        validation=validation,
        early_stopping=EarlyStopping(patience),
    )
    assert history.ended == ended
    losses = [epoch.validation_loss for epoch in history.epochs]
    best = int(np.argmin(losses))
    assert 0 < best < len(losses) - 1
    assert len(losses) == (best + 1 + patience if ended == "early" else 12)
    assert evaluate(network, validation).loss == losses[best]


def test_needs_a_validation_set(stripes, small_network):
    network = small_network()
    before = arrays_of(network)
    with pytest.raises(DataError, match="early stopping has nothing to watch"):
        fit(
            network,
            stripes,
            epochs=2,
            batch_size=8,
            optimizer=SGD(),
            schedule=constant(0.1, 1),
            early_stopping=EarlyStopping(1),
        )
    for name, array in arrays_of(network).items():
        assert_array_equal(array, before[name])
