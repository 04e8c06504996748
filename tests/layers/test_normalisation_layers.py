"""The layers that normalise each example alone: shapes, parameters, gradients, options."""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.blocks.group_norm import group_norm
from stridewise.blocks.instance_norm import instance_norm
from stridewise.blocks.layer_norm import layer_norm
from stridewise.blocks.local_response_norm import local_response_norm
from stridewise.blocks.rms_norm import rms_norm
from stridewise.errors import NetworkError, OptionError, OptionTypeError, StridewiseError
from stridewise.layers.group_norm import GroupNorm
from stridewise.layers.instance_norm import InstanceNorm
from stridewise.layers.layer_norm import LayerNorm
from stridewise.layers.local_response_norm import LocalResponseNorm
from stridewise.layers.rms_norm import RMSNorm
from stridewise.testing import numerical_gradient

# a layer, its block, the shape of an example and those of the parameters
CASES = [
    (LayerNorm(), layer_norm, (4, 5, 6), {"weight": (6,), "bias": (6,)}),
    (LayerNorm(-3, epsilon=0.2), layer_norm, (4, 5, 6), {"weight": (4, 5, 6), "bias": (4, 5, 6)}),
    (LayerNorm(np.int64(-2)), layer_norm, (4, 6), {"weight": (4, 6), "bias": (4, 6)}),
    (GroupNorm(3), group_norm, (4, 5, 6), {"weight": (6,), "bias": (6,)}),
    (GroupNorm(2, epsilon=0.2), group_norm, (6,), {"weight": (6,), "bias": (6,)}),
    (InstanceNorm(), instance_norm, (4, 6), {"weight": (6,), "bias": (6,)}),
    (InstanceNorm(epsilon=0.2), instance_norm, (2, 3, 4, 6), {"weight": (6,), "bias": (6,)}),
    (RMSNorm(), rms_norm, (4, 6), {"weight": (6,)}),
    (RMSNorm(axis=-2, epsilon=0.2), rms_norm, (4, 6), {"weight": (4, 6)}),
    (LocalResponseNorm(3), local_response_norm, (4, 6), {}),
    (LocalResponseNorm(4, 0.5, 0.6, 2.0), local_response_norm, (4, 5, 6), {}),
]
every = pytest.mark.parametrize(
    ("layer", "block", "shape", "parameters"), CASES, ids=[f"{c[0]!r} of {c[2]}" for c in CASES]
)


def filled(layer, shape, dtype="f8"):
    layer = type(layer)(**layer.options)
    layer.fill((shape,), np.random.default_rng(1), dtype)
    return layer


@every
def test_shapes_and_the_first_parameters(layer, block, shape, parameters):
    layer = filled(layer, shape, "f4")
    assert layer.output_shape(shape) == shape
    assert layer.parameter_shapes(shape) == parameters
    assert {name: array.shape for name, array in layer.parameters.items()} == parameters
    assert layer.state_shapes(shape) == {}
    for name, array in layer.parameters.items():
        assert (array == (name == "weight")).all()
        assert array.dtype == np.float32


@every
def test_it_is_the_block_in_training_and_inference(rng, layer, block, shape, parameters):
    layer, x = filled(layer, shape), rng.standard_normal((2, *shape))
    for array in layer.parameters.values():
        array[...] = rng.standard_normal(array.shape)
    wanted = block(x, *layer.parameters.values(), **layer.options)
    assert_array_equal(layer.forward(x)[0], wanted)
    assert_array_equal(layer.forward(x, training=True)[0], wanted)


@every
def test_gradients(rng, layer, block, shape, parameters):
    layer = filled(layer, shape)
    x, grad_y = rng.standard_normal((2, 2, *shape))
    _, cache = layer.forward(x, training=True)
    gradients = layer.backward(grad_y, cache)
    assert set(gradients.parameters) == set(parameters)
    wanted = numerical_gradient(lambda x: layer.forward(x)[0], x, grad_y)
    assert_allclose(gradients.inputs[0], wanted, rtol=1e-5, atol=1e-7)
    for name, array in layer.parameters.items():

        def with_parameter(value, name=name):
            layer.parameters[name] = value
            return layer.forward(x)[0]

        wanted = numerical_gradient(with_parameter, array, grad_y)
        layer.parameters[name] = array
        assert_allclose(gradients.parameters[name], wanted, rtol=1e-5, atol=1e-7)


@every
def test_float32_stays_float32_and_options_make_the_layer_again(layer, block, shape, parameters):
    options = {k: v.item() if isinstance(v, np.generic) else v for k, v in layer.options.items()}
    again = type(layer)(**json.loads(json.dumps(options)))
    assert again.options == layer.options
    layer = filled(again, shape, "f4")
    y, cache = layer.forward(np.ones((2, *shape), "f4"))
    gradients = layer.backward(y, cache)
    arrays = [y, *gradients.inputs, *gradients.parameters.values()]
    assert {array.dtype.name for array in arrays} == {"float32"}


@every
def test_each_example_is_normalised_alone(rng, layer, block, shape, parameters):
    layer, x = filled(layer, shape), rng.standard_normal((3, *shape))
    y, _ = layer.forward(x)
    assert_allclose(layer.forward(x[1:2])[0][0], y[1], rtol=1e-12)
    assert layer.forward(x[:0])[0].shape == (0, *shape)


@every
def test_a_wrong_number_of_inputs(layer, block, shape, parameters):
    for given in ([], [shape, shape]):
        with pytest.raises(NetworkError, match=f"{layer.kind}: the layer cannot take"):
            layer.output_shape(*given)


nan = float("nan")


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: LayerNorm(0), OptionError, "LayerNorm: `axis` does not count from the channels"),
        (lambda: LayerNorm(-1.0), OptionTypeError, r"`axis` does not count(.|\n)*axis=-1.0"),
        (lambda: LayerNorm(True), OptionTypeError, "axis=True"),
        (lambda: RMSNorm(2), OptionError, "RMSNorm: `axis` does not count from the channels"),
        (lambda: RMSNorm([-1]), OptionTypeError, "`axis` does not count"),
        (lambda: LayerNorm(epsilon=-1e-9), OptionError, "LayerNorm: `epsilon` is out of range"),
        (lambda: RMSNorm(epsilon=nan), OptionError, "RMSNorm: `epsilon` is out of range"),
        (lambda: InstanceNorm(1), OptionError, "InstanceNorm: `epsilon` is out of range"),
        (lambda: InstanceNorm("a"), OptionTypeError, "`epsilon` is not a number"),
        (lambda: GroupNorm(2, 10**400), OptionError, "GroupNorm: `epsilon` is out of range"),
        (lambda: GroupNorm(0), OptionError, "GroupNorm: `groups` is out of range"),
        (lambda: GroupNorm(2.0), OptionTypeError, "GroupNorm: `groups` is not an integer"),
        (lambda: LocalResponseNorm(0), OptionError, "`size` is out of range"),
        (lambda: LocalResponseNorm(3, alpha=-1.0), OptionError, "`alpha` is out of range"),
        (lambda: LocalResponseNorm(3, beta=nan), OptionError, "`beta` is out of range"),
        (lambda: LocalResponseNorm(3, k=0), OptionError, "`k` is out of range"),
    ],
)
def test_options_that_are_refused_at_once(make, kind, message):
    with pytest.raises(kind, match=message) as caught:
        make()
    assert isinstance(caught.value, StridewiseError)


@pytest.mark.parametrize(
    ("layer", "shape", "kind", "message"),
    [
        (LayerNorm(-3), (4, 6), OptionError, r"LayerNorm: `axis` is not an axis of the input"),
        (RMSNorm(-(10**30)), (4, 6), OptionError, "needed:   -1 to -2"),
        (LayerNorm(), (), OptionError, "an input with channels"),
        (
            GroupNorm(4),
            (5, 6),
            NetworkError,
            r"`groups` does not divide the channels(.|\n)*groups=4",
        ),
        (GroupNorm(4), (), NetworkError, "`groups` does not divide the channels"),
        (InstanceNorm(), (6,), NetworkError, "InstanceNorm: the layer cannot take"),
    ],
)
def test_what_does_not_fit_the_input(layer, shape, kind, message):
    with pytest.raises(kind, match=message):
        layer.output_shape(shape)
