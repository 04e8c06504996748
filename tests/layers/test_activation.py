"""Activations as layers: every function by name, its settings, and PReLU's learned slopes."""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.blocks.hard_activations import clip, clip_backward
from stridewise.blocks.log_softmax import log_softmax, log_softmax_backward
from stridewise.blocks.rectifiers import leaky_relu, leaky_relu_backward, prelu, prelu_backward
from stridewise.errors import OptionError, OptionTypeError, StridewiseError
from stridewise.layers.activation import Activation
from stridewise.layers.prelu import PReLU
from stridewise.testing import check_gradients

# what each function makes of −1, with its own defaults
AT_MINUS_ONE = {
    "celu": np.exp(-1) - 1,
    "clip": -1,
    "elu": np.exp(-1) - 1,
    "gelu": -0.15865525393145707,
    "hard_sigmoid": 1 / 3,
    "hard_swish": -1 / 3,
    "leaky_relu": -0.01,
    "log_softmax": -2 - np.log1p(np.exp(-2)),
    "mish": -np.tanh(np.log1p(np.exp(-1))),
    "relu": 0,
    "selu": 1.0507009873554805 * 1.6732632423543772 * (np.exp(-1) - 1),
    "sigmoid": 1 / (1 + np.e),
    "silu": -1 / (1 + np.e),
    "softmax": 1 / (1 + np.exp(2)),
    "softplus": np.log1p(np.exp(-1)),
    "softsign": -0.5,
    "tanh": np.tanh(-1),
    "thresholded_relu": 0,
}
SETTINGS = [
    ("leaky_relu", {"slope": 0.2}),
    ("elu", {"alpha": 2}),
    ("selu", {"alpha": 1.5, "gamma": 1.25}),
    ("celu", {"alpha": 0.5}),
    ("thresholded_relu", {"alpha": 0.1}),
    ("gelu", {"approximate": "tanh"}),
    ("hard_sigmoid", {"alpha": 0.2, "beta": 0.4}),
    ("clip", {"low": -0.7, "high": 0.8}),
    ("log_softmax", {"axis": 1}),
    ("softmax", {"axis": -2}),
]


@pytest.mark.parametrize("name", AT_MINUS_ONE)
def test_every_function_by_name(name):
    layer = Activation(name)
    y, _ = layer.forward(np.array([[-1.0, 1.0]]))
    assert_allclose(y[0, 0], AT_MINUS_ONE[name], rtol=1e-14, atol=1e-15)
    assert layer.options == {"function": name, "settings": {}}
    assert layer.output_shape((3, 4, 2)) == (3, 4, 2)


@pytest.mark.parametrize(("name", "settings"), [*((name, {}) for name in AT_MINUS_ONE), *SETTINGS])
def test_gradients_and_a_round_trip(rng, name, settings):
    layer = Activation(name, settings)
    again = Activation(**json.loads(json.dumps(layer.options)))
    assert again.options == layer.options

    def backward(grad_y, x):
        return again.backward(grad_y, layer.forward(x)[1]).inputs[0]

    x = (rng.permutation(24).reshape(2, 4, 3) - 8.5) / 10  # in steps, no kinks
    check_gradients(lambda x: layer.forward(x)[0], backward, [x])
    y, cache = layer.forward(x.astype("f4"))
    assert y.dtype == layer.backward(y, cache).inputs[0].dtype == np.float32
    assert layer.output_shape((4, 3)) == (4, 3)


@pytest.mark.parametrize(
    ("name", "settings", "forward", "backward"),
    [
        ("leaky_relu", {"slope": 0.2}, leaky_relu, leaky_relu_backward),
        ("clip", {"low": -0.5, "high": 0.25}, clip, clip_backward),
        ("log_softmax", {"axis": 1}, log_softmax, log_softmax_backward),
    ],
)
def test_settings_reach_the_block(rng, name, settings, forward, backward):
    x, grad_y = rng.standard_normal((2, 2, 4, 3))
    layer = Activation(name, settings)
    y, cache = layer.forward(x, training=True)
    assert_array_equal(y, forward(x, **settings))
    assert_array_equal(layer.backward(grad_y, cache).inputs[0], backward(grad_y, x, **settings))
    assert np.abs(y - Activation(name).forward(x)[0]).max() > 0.05


def test_settings_are_the_layers_own():
    settings = {"slope": 0.5}
    layer, other = Activation("leaky_relu", settings), Activation("leaky_relu")
    settings["slope"] = 0.75
    assert layer.settings == {"slope": 0.5}
    assert other.settings == {}
    other.settings["slope"] = 0.75
    assert Activation("leaky_relu").settings == {}


@pytest.mark.parametrize(
    ("function", "settings", "kind", "message"),
    [
        ("leaky_rellu", {}, OptionError, r"no activation of that name(.|\n)*try: +'leaky_relu'"),
        ("erf", {}, OptionError, "no activation of that name"),
        ("leaky_relu", {"slop": 0.2}, OptionError, r"leaky_relu has no option(.|\n)*try: +'slope'"),
        ("leaky_relu", {"x": 1.0}, OptionError, "needed:   'slope'"),
        ("leaky_relu", {1: 0.2}, OptionError, r"settings=\{1: 0.2\}"),
        (
            "relu",
            {"slope": 0.2},
            OptionError,
            r"needed:   no settings(.|\n)*Activation\(\"relu\"\)",
        ),
        ("leaky_relu", 0.2, OptionTypeError, r"`settings` is not a dict(.|\n)*settings=0.2"),
        ("leaky_relu", None, OptionTypeError, "`settings` is not a dict"),
        ("leaky_relu", {"slope": "0.2"}, OptionTypeError, "leaky_relu: `slope` is not a number"),
        ("celu", {"alpha": 0}, OptionError, "celu: `alpha` is out of range"),
        ("gelu", {"approximate": []}, OptionError, "`approximate` has an unknown name"),
        ("clip", {"low": float("nan")}, OptionError, "clip: `low` is out of range"),
        ("hard_sigmoid", {"beta": 10**400}, OptionError, "`beta` is out of range"),
    ],
)
def test_settings_that_are_refused_at_once(function, settings, kind, message):
    with pytest.raises(kind, match=message) as caught:
        Activation(function, settings)
    assert isinstance(caught.value, StridewiseError)


@pytest.mark.parametrize(
    ("axis", "message"),
    [
        (3, "`axis` is not an axis of `x`"),
        ("1", "`axis` is not an axis of `x`"),
        (0, r"softmax would mix the examples(.|\n)*axis=-1"),
        (-3, "softmax would mix the examples"),
    ],
)
def test_an_axis_that_does_not_fit_the_input(axis, message):
    layer = Activation("softmax", {"axis": axis})
    with pytest.raises(StridewiseError, match=message):
        layer.output_shape((10**12, 10**12))  # no array of that size is made


def filled(shape=(4, 3), dtype="f8", **options):
    layer = PReLU(**options)
    layer.fill((shape,), np.random.default_rng(0), dtype)
    return layer


def test_prelu_begins_with_one_slope():
    assert_array_equal(filled().parameters["weight"], [0.25] * 3)
    assert filled(dtype="f4").parameters["weight"].dtype == np.float32
    assert_array_equal(filled((5,), slope=0).parameters["weight"], np.zeros(5))
    assert PReLU().options == {"slope": 0.25}
    assert PReLU().output_shape((4, 3)) == (4, 3)


def test_prelu_is_the_block(rng):
    layer = filled()
    layer.parameters["weight"][:] = [0.5, -1, 2]
    x, grad_y = rng.standard_normal((2, 2, 4, 3))
    y, cache = layer.forward(x, training=True)
    assert_array_equal(y, prelu(x, layer.parameters["weight"]))
    got, wanted = layer.backward(grad_y, cache), prelu_backward(grad_y, x, [0.5, -1, 2])
    assert_array_equal(got.inputs[0], wanted.x)
    assert_array_equal(got.parameters["weight"], wanted.weight)


def test_a_slope_that_is_no_number():
    with pytest.raises(OptionTypeError, match="PReLU: `slope` is not a number"):
        PReLU("0.25")
    with pytest.raises(OptionError, match="PReLU: `slope` is out of range"):
        PReLU(np.inf)
    with pytest.raises(StridewiseError, match="PReLU: the layer cannot take"):
        PReLU().output_shape()
