"""Learning, stopping, telling, refusing."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from stridewise.datasets import Dataset, Normalisation, split
from stridewise.errors import DataError, OptionError, OptionTypeError
from stridewise.layers import Activation, Dense, Flatten
from stridewise.networks import Graph, Sequential
from stridewise.training import SGD, Adam, History, constant, evaluate, fit, make_optimizer


def trained(network, data, **changed):
    options = {
        "epochs": 2,
        "batch_size": 10,
        "optimizer": SGD(),
        "schedule": constant(0.01, 1),
    }
    return fit(network, data, **(options | changed))


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_a_small_problem_is_learned(stripes, small_network, optimizer):
    train, unseen = split(stripes, (0.75, 0.25), seed=0)
    network = small_network()
    history = trained(network, train, epochs=15, optimizer=make_optimizer(optimizer))
    losses = [epoch.loss for epoch in history.epochs]
    assert losses[-1] < losses[0] / 4
    assert history.ended == "finished"
    assert evaluate(network, unseen).accuracy == 1.0


def test_digits_are_half_learned_by_one_layer(few_digits):
    network = Sequential([Flatten(), Dense(10)], (8, 8, 1))
    before = evaluate(network, few_digits)
    trained(network, few_digits, epochs=5, optimizer=Adam())
    after = evaluate(network, few_digits)
    assert before.accuracy < 0.4
    assert after.accuracy > 0.8
    assert after.loss < before.loss / 2


def test_history_has_one_entry_an_epoch(stripes, small_network):
    train, validation = split(stripes, (0.75, 0.25), seed=0)
    network = small_network()
    rates = {step: 0.1 / (step + 1) for step in range(12)}
    history = trained(network, train, epochs=3, schedule=rates.get, validation=validation)
    assert [epoch.epoch for epoch in history.epochs] == [1, 2, 3]
    assert [epoch.learning_rate for epoch in history.epochs] == [rates[3], rates[7], rates[11]]
    assert all(epoch.seconds > 0 for epoch in history.epochs)
    assert all(0 <= epoch.accuracy <= 1 for epoch in history.epochs)
    last, now = history.epochs[-1], evaluate(network, validation)
    # Matrix products of other batch sizes add up in another order.
    assert last.validation_loss == pytest.approx(now.loss, rel=1e-6)
    assert last.validation_accuracy == now.accuracy


def test_without_validation_there_are_no_validation_numbers(stripes, small_network):
    history = trained(small_network(), stripes, epochs=1)
    assert (history.epochs[0].validation_loss, history.epochs[0].validation_accuracy) == (None,) * 2


def test_progress_is_told_in_order(stripes, small_network, recorder):
    history = trained(small_network(), stripes, epochs=2, batch_size=20, progress=recorder)
    kinds = [event[0] for event in recorder.told]
    assert kinds == ["begin", *["batch"] * 3, "epoch", *["batch"] * 3, "epoch"]
    assert recorder.told[0] == ("begin", 48)
    batches = [event for event in recorder.told if event[0] == "batch"]
    assert [(epoch, images) for _, epoch, images, _, _ in batches] == [
        (1, 20),
        (1, 20),
        (1, 8),
        (2, 20),
        (2, 20),
        (2, 8),
    ]
    assert tuple(event[1] for event in recorder.told if event[0] == "epoch") == history.epochs
    for at, epoch in ((2, history.epochs[0]), (5, history.epochs[1])):
        assert batches[at][3:] == (epoch.loss, epoch.accuracy)


def test_the_loss_told_is_the_mean_over_images(stripes, small_network, recorder):
    """The rate is 0 and nothing drops: the epoch's loss is that of the network as it was."""
    network = Sequential([Flatten(), Dense(2)], (6, 5, 1))
    trained(network, stripes, batch_size=13, schedule=lambda step: 0.0, progress=recorder)
    expected = evaluate(network, stripes)
    for event in recorder.told:
        if event[0] == "epoch":
            assert event[1].loss == pytest.approx(expected.loss, rel=1e-6)
            assert event[1].accuracy == expected.accuracy


def test_every_image_is_seen_once_an_epoch_in_another_order(stripes, small_network):
    seen = []

    def watch(images, rng):
        seen.append(images[:, :, :, 0].sum(axis=(1, 2)))
        return images

    trained(small_network(), stripes, augmentation=watch)
    first, second = np.concatenate(seen[:5]), np.concatenate(seen[5:])
    expected = np.sort(stripes.images.sum(axis=(1, 2, 3)))
    np.testing.assert_allclose(np.sort(first), expected, rtol=1e-6)
    np.testing.assert_allclose(np.sort(second), expected, rtol=1e-6)
    assert not np.array_equal(first, second)


def test_validation_is_normalised_but_not_augmented(stripes, small_network):
    train, validation = split(stripes, (0.75, 0.25), seed=0)
    augmented, normalised = [], []

    def augment(images, rng):
        augmented.append(len(images))
        return images + 1

    normalisation = Normalisation.of(train.images)

    def normalise(images):
        normalised.append((len(images), bool(images.min() >= 1)))
        return normalisation(images)

    trained(
        small_network(),
        train,
        epochs=1,
        batch_size=len(train),
        validation=validation,
        augmentation=augment,
        normalisation=normalise,
    )
    assert augmented == [36]
    assert normalised == [(36, True), (12, False)]


@pytest.mark.parametrize("after", [1, 5, 6])
def test_stops_right_after_the_batch(stripes, small_network, recorder, after):
    asked = []

    def should_stop():
        asked.append(True)
        return len(asked) == after

    history = trained(
        small_network(), stripes, epochs=9, progress=recorder, should_stop=should_stop
    )
    assert history.ended == "interrupted"
    assert len(asked) == after
    assert sum(event[0] == "batch" for event in recorder.told) == after
    assert len(history.epochs) == (1 if after > 5 else 0)


def test_data_are_left_alone(stripes, small_network):
    images, labels = stripes.images.copy(), stripes.labels.copy()
    trained(small_network(), stripes, augmentation=lambda images, rng: images * 0.5)
    assert_array_equal(stripes.images, images)
    assert_array_equal(stripes.labels, labels)


@pytest.mark.parametrize("option", ["epochs", "batch_size"])
@pytest.mark.parametrize("value", [0, -1])
def test_counts_out_of_range(stripes, small_network, option, value):
    with pytest.raises(OptionError, match=rf"(?s)`{option}` is out of range.*{option}={value}"):
        trained(small_network(), stripes, **{option: value})


@pytest.mark.parametrize("option", ["epochs", "batch_size"])
@pytest.mark.parametrize("value", [1.0, True, "8", None])
def test_counts_are_integers(stripes, small_network, option, value):
    with pytest.raises(OptionTypeError, match=rf"`{option}` is not an integer"):
        trained(small_network(), stripes, **{option: value})


def test_a_batch_larger_than_the_data_is_one_batch(stripes, small_network, recorder):
    history = trained(small_network(), stripes, epochs=1, batch_size=10**6, progress=recorder)
    assert isinstance(history, History)
    assert [event[:3] for event in recorder.told if event[0] == "batch"] == [("batch", 1, 48)]


TWO_INPUTS = Graph(
    {"a": (6, 5, 1), "b": (6, 5, 1)}, [("f", Flatten(), ["a"]), ("d", Dense(2), ["f"])], ["d"]
)
TWO_OUTPUTS = Graph(
    {"a": (6, 5, 1)},
    [("f", Flatten(), ["a"]), ("d", Dense(2), ["f"]), ("e", Dense(2), ["f"])],
    ["d", "e"],
)


@pytest.mark.parametrize(
    "network",
    [
        pytest.param(Sequential([Flatten(), Dense(3)], (6, 5, 1)), id="another number of classes"),
        pytest.param(Sequential([Flatten(), Dense(2)], (5, 6, 1)), id="rows for columns"),
        pytest.param(Sequential([Flatten(), Dense(2)], (6, 5, 3)), id="colours for grey"),
        pytest.param(TWO_INPUTS, id="two inputs"),
        pytest.param(TWO_OUTPUTS, id="two outputs"),
    ],
)
def test_a_network_that_does_not_fit_the_data(stripes, network, recorder):
    with pytest.raises(DataError, match=r"(?s)network does not fit the data.*\(6, 5, 1\)"):
        trained(network, stripes, progress=recorder)
    assert recorder.told == []


def test_a_network_that_ends_in_a_softmax(stripes):
    network = Sequential([Flatten(), Dense(2), Activation("softmax")], (6, 5, 1))
    with pytest.raises(DataError, match=r"(?s)ends in a softmax.*leave 'activation_1' out"):
        trained(network, stripes)


def test_data_that_are_no_dataset(stripes, small_network):
    with pytest.raises(DataError, match=r"(?s)not a dataset.*received: tuple"):
        trained(small_network(), (stripes.images, stripes.labels))


def test_defaults_are_adam_at_a_thousandth_and_batches_of_32(stripes, small_network):
    first, second = small_network(), small_network()
    fit(first, stripes, epochs=2)
    trained(second, stripes, batch_size=32, optimizer=Adam(), schedule=lambda step: 0.001)
    for name, array in first.parameters.items():
        assert_array_equal(array, second.parameters[name])


@pytest.mark.parametrize("rate", [0.0, -1.0, np.nan, np.inf, "fast"])
def test_a_rate_that_is_none(stripes, small_network, rate):
    with pytest.raises(OptionError, match="learning rate is not positive"):
        trained(small_network(), stripes, schedule=rate)


def test_evaluation_counts_every_image(few_digits):
    network = Sequential([Flatten(), Dense(10)], (8, 8, 1), seed=4)
    found = evaluate(network, few_digits, batch_size=7)
    assert found.confusion.shape == (10, 10)
    assert_array_equal(found.confusion.sum(axis=1), np.bincount(few_digits.labels, minlength=10))
    assert found.accuracy == np.trace(found.confusion) / len(few_digits)
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, rtol=1e-5)
    picked = found.probabilities[np.arange(200), few_digits.labels]
    assert found.loss == pytest.approx(-np.log(picked).mean(), rel=1e-5)


def test_rows_of_the_confusion_are_the_right_classes():
    data = Dataset(np.zeros((3, 6, 5, 1)), np.array([0, 0, 1]), ("a", "b"))
    network = Sequential([Flatten(), Dense(2)], (6, 5, 1))
    network.parameters["dense_1/bias"][...] = [0, 1]  # all inputs are 0: it says "b" to all
    assert_array_equal(evaluate(network, data).confusion, [[0, 2], [0, 1]])
