"""NaN and infinity stop a training, and the first layer that made them is named."""

import re

import numpy as np
import pytest

from stridewise.datasets import Dataset
from stridewise.errors import DivergedError
from stridewise.layers import Dense, Flatten
from stridewise.networks import Sequential, digits_convnet, residual
from stridewise.training import SGD, RunOptions, constant, fit, train_run


def trained(network, data, rate=0.01, **changed):
    options = {"epochs": 3, "batch_size": 20, "optimizer": SGD(), "schedule": constant(rate, 1)}
    return fit(network, data, **(options | changed))


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("conv2d_1/weight", np.nan, "Conv2D"),
        ("conv2d_1/bias", np.inf, "Conv2D"),
        ("conv2d_2/bias", np.nan, "Conv2D"),
        ("conv2d_3/weight", np.nan, "Conv2D"),
        ("dense_1/weight", np.nan, "Dense"),
        ("dense_1/bias", np.inf, "Dense"),
    ],
)
def test_a_parameter_that_is_not_finite(few_digits, name, value, kind):
    network = digits_convnet()
    network.parameters[name].flat[0] = value
    where = re.escape(f"first not finite: the output of layer '{name.split('/')[0]}' ({kind})")
    with pytest.raises(DivergedError, match=rf"(?s)not a finite number, in epoch 1.*{where}"):
        trained(network, few_digits)


def test_the_first_layer_is_named_not_a_later_one(stripes):
    network = Sequential([Flatten(), Dense(3), Dense(4), Dense(2)], (6, 5, 1))
    for name in ("dense_3/bias", "dense_2/bias"):
        network.parameters[name][0] = np.nan
    with pytest.raises(DivergedError, match=r"first not finite: the output of layer 'dense_2'"):
        trained(network, stripes)


@pytest.mark.parametrize("node", ["stem_conv", "stage1_a_norm", "stage3_b_conv"])
def test_nodes_of_a_graph_are_named(node):
    network = residual((8, 8, 1), classes=2)
    network.parameters[f"{node}/weight"].flat[-1] = np.nan
    data = Dataset(np.random.default_rng(0).random((4, 8, 8, 1)), np.array([0, 1] * 2), ("a", "b"))
    with pytest.raises(DivergedError, match=f"the output of layer '{node}'"):
        trained(network, data)


def test_a_huge_learning_rate(few_digits):
    with pytest.raises(
        DivergedError, match=r"(?s)the output of layer '.*a lower learning rate \(it was 1e"
    ):
        trained(digits_convnet(), few_digits, rate=1e20)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_input_that_is_not_finite(stripes, small_network, value):
    def spoil(images):
        images = images.copy()
        images[-1, -1, -1] = value
        return images

    with pytest.raises(DivergedError, match="first not finite: the input"):
        trained(small_network(), stripes, normalisation=spoil)


def test_a_loss_that_overflows_alone(stripes):
    network = Sequential([Flatten(), Dense(2)], (6, 5, 1))
    network.parameters["dense_1/bias"][...] = [3e38, -3e38]
    with pytest.raises(DivergedError, match=r"loss=inf; first not finite: the loss alone"):
        trained(network, stripes)


def test_the_epoch_is_told(stripes, small_network, recorder):
    network = small_network()

    def poison(step):
        if step == 7:  # three batches an epoch
            network.parameters["dense_1/weight"][0, 0] = np.nan
        return 0.01

    with pytest.raises(DivergedError, match="not a finite number, in epoch 3"):
        trained(network, stripes, schedule=poison, progress=recorder)
    assert [event[0] for event in recorder.told].count("epoch") == 2


def test_a_run_that_diverges_at_once_leaves_no_folder(few_digits_file, tmp_path):
    options = RunOptions(
        str(few_digits_file), optimizer="sgd", learning_rate=1e20, epochs=3, schedule="constant"
    )
    with pytest.raises(DivergedError, match="the loss is not a finite number, in epoch 1"):
        train_run(options, tmp_path / "run")
    assert list(tmp_path.iterdir()) == []
