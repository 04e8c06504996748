"""Transposed convolution with its own weights: shapes, gradients, counts, refusals."""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.blocks.transposed_convolution import conv_transpose
from stridewise.errors import NetworkError, OptionError, OptionTypeError, ShapeError
from stridewise.layers.layer import Window
from stridewise.layers.transposed_conv import ConvTranspose1D, ConvTranspose2D, ConvTranspose3D
from stridewise.testing import numerical_gradient

pytestmark = pytest.mark.usefixtures("engine")

CASES = [
    (lambda: ConvTranspose1D(4, 3), (5, 2), (7, 4)),
    (lambda: ConvTranspose1D(3, 2, dilation=3, output_padding=2, bias=False), (4, 2), (9, 3)),
    (lambda: ConvTranspose2D(3, (4, 3), stride=2, padding="same"), (2, 3, 4), (4, 6, 3)),
    (lambda: ConvTranspose2D(6, 3, stride=(2, 1), padding=1, groups=2), (3, 4, 4), (5, 4, 6)),
    (lambda: ConvTranspose2D(2, 3, 2, [[1, 0], [0, 1]], output_padding=1), (2, 3, 1), (5, 7, 2)),
    (lambda: ConvTranspose3D(2, (1, 2, 2), (1, 2, 2)), (2, 2, 3, 3), (2, 4, 6, 2)),
]
every = pytest.mark.parametrize(("make", "shape", "output"), CASES)


def filled(make, shape, dtype="f8"):
    layer = make()
    layer.fill((shape,), np.random.default_rng(1), dtype)
    for array in layer.parameters.values():  # biases that differ from 0
        array += 0.1
    return layer


@every
def test_shapes(rng, make, shape, output):
    layer = filled(make, shape, "f4")
    assert layer.output_shape(shape) == output
    y, _ = layer.forward(rng.standard_normal((2, *shape), np.float32))
    assert (y.shape, y.dtype) == ((2, *output), np.float32)
    shapes = {name: array.shape for name, array in layer.parameters.items()}
    assert shapes == layer.parameter_shapes(shape)
    assert ("bias" in shapes) == layer.bias


@every
def test_options_make_the_layer_again(make, shape, output):
    layer = make()
    again = type(layer)(**json.loads(json.dumps(layer.options)))
    assert again.output_shape(shape) == output


@every
def test_gradients(rng, make, shape, output):
    layer, x = filled(make, shape), rng.standard_normal((2, *shape))
    y, cache = layer.forward(x)
    grad_y = rng.standard_normal(y.shape)
    gradients = layer.backward(grad_y, cache)
    wanted = numerical_gradient(lambda x: layer.forward(x)[0], x, grad_y)
    assert_allclose(gradients.inputs[0], wanted, rtol=1e-6, atol=1e-7)
    assert set(gradients.parameters) == set(layer.parameters)
    for name, array in list(layer.parameters.items()):

        def with_parameter(value, name=name):
            layer.parameters[name] = value
            return layer.forward(x)[0]

        wanted = numerical_gradient(with_parameter, array, grad_y)
        layer.parameters[name] = array
        assert_allclose(gradients.parameters[name], wanted, rtol=1e-6, atol=1e-7)


def test_it_runs_the_block(rng):
    layer = filled(lambda: ConvTranspose2D(6, 3, 2, 1, groups=2, output_padding=1), (3, 5, 4))
    x = rng.standard_normal((2, 3, 5, 4))
    options = {"stride": 2, "padding": 1, "output_padding": 1, "groups": 2}
    wanted = conv_transpose(2, x, layer.parameters["weight"], layer.parameters["bias"], **options)
    assert_array_equal(layer.forward(x)[0], wanted)


def test_multiply_adds_and_window():
    layer = ConvTranspose2D(6, (4, 3), stride=(2, 1), groups=2, dilation=(1, 3))
    assert layer.multiply_adds((5, 7, 4)) == 5 * 7 * (4 * 3 * 3 * 4)
    # 4 rows of taps on a grid of 2, and 7 elements of columns on a grid of 1
    assert layer.window((5, 7, 4)) == Window((2, 7), (1, 1), (1, 1))


@pytest.mark.parametrize("groups", [1, 4])
def test_the_initial_weights_follow_the_inputs_of_one_output(groups):
    layer = ConvTranspose2D(400, 5, groups=groups)
    layer.fill(((3, 3, 16),), np.random.default_rng(0), "f8")
    fan_in = 5 * 5 * 16 // groups
    assert layer.parameters["weight"].std() == pytest.approx((2 / fan_in) ** 0.5, rel=0.02)
    assert not layer.parameters["bias"].any()


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: ConvTranspose2D(0, 3), OptionError, "ConvTranspose2D: `out_channels` is out"),
        (lambda: ConvTranspose1D(2, (3, 3)), OptionError, "`kernel_size` has the wrong form"),
        (lambda: ConvTranspose2D(2, 3, groups=2.0), OptionTypeError, "`groups` is not an integer"),
        (lambda: ConvTranspose3D(2, 3, initialisation="hee"), OptionError, "unknown name(.|\n)*he"),
    ],
)
def test_options_that_are_refused_at_once(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("make", "shape", "error", "message"),
    [
        (lambda: ConvTranspose2D(2, 3), (5, 4), NetworkError, "cannot take these inputs"),
        (lambda: ConvTranspose2D(2, 3, groups=2), (5, 4, 3), NetworkError, "does not divide"),
        (lambda: ConvTranspose2D(3, 3, groups=2), (5, 4, 4), NetworkError, "does not divide"),
        (lambda: ConvTranspose2D(3, 3, padding=5), (5, 4, 4), ShapeError, "`padding` leaves"),
        (lambda: ConvTranspose2D(3, 3, output_padding=1), (5, 4, 4), OptionError, "too large"),
    ],
)
def test_inputs_that_are_refused(make, shape, error, message):
    with pytest.raises(error, match=message):
        make().output_shape(shape)
