"""What holds for every layer and option: shapes, gradients, caches of their own, dtypes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise import layers
from stridewise.layers import (
    Activation,
    Add,
    AveragePool,
    BatchNorm,
    Concatenate,
    Conv1D,
    Conv2D,
    Conv3D,
    ConvTranspose1D,
    ConvTranspose2D,
    ConvTranspose3D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool,
    GlobalMaxPool,
    GroupNorm,
    InstanceNorm,
    Layer,
    LayerNorm,
    LocalResponseNorm,
    MaxPool,
    Operation,
    PReLU,
    RMSNorm,
)
from stridewise.testing import numerical_gradient

pytestmark = pytest.mark.usefixtures("engine")

# A layer, the shapes that it takes, and the shape that it gives: counted by hand.
CASES = [
    (lambda: Conv1D(4, 3), [(7, 2)], (5, 4)),
    (lambda: Conv1D(4, 3, stride=2, padding=((2, 0),)), [(7, 2)], (4, 4)),
    (lambda: Conv1D(4, (2,), dilation=3, bias=False), [(7, 3)], (4, 4)),
    (lambda: Conv2D(3, 2), [(4, 5, 1)], (3, 4, 3)),
    (lambda: Conv2D(3, (3, 2), stride=(1, 2), padding="same"), [(4, 5, 2)], (4, 3, 3)),
    (lambda: Conv2D(3, (2, 4), padding="same_lower", bias=False), [(3, 4, 2)], (3, 4, 3)),
    (lambda: Conv2D(6, 2, groups=2, padding=(1, (0, 2))), [(3, 2, 4)], (4, 3, 6)),
    (lambda: Conv2D(2, (3, 1), dilation=(2, 1), padding=[[1, 1], [0, 0]]), [(4, 3, 1)], (2, 3, 2)),
    (lambda: Conv2D(3, 2, padding="valid", initialisation="glorot"), [(3, 4, 2)], (2, 3, 3)),
    (lambda: Conv3D(2, (1, 2, 3), stride=(1, 2, 1)), [(2, 4, 5, 1)], (2, 2, 3, 2)),
    (lambda: Conv3D(3, 2, padding=((0, 1), 0, 1), groups=3), [(2, 3, 2, 3)], (2, 2, 3, 3)),
    (lambda: MaxPool(2), [(7, 3)], (3, 3)),
    (lambda: MaxPool((2, 3), stride=1), [(4, 5, 2)], (3, 3, 2)),
    (lambda: MaxPool(2, ceil_mode=True), [(5, 4, 3)], (3, 2, 3)),
    (lambda: MaxPool(3, stride=2, padding="same"), [(5, 4, 2)], (3, 2, 2)),
    (lambda: MaxPool(2, stride=(1, 2), dilation=(3, 1), padding=(1, 0)), [(4, 6, 1)], (3, 3, 1)),
    (lambda: MaxPool((1, 2, 2)), [(3, 4, 5, 2)], (3, 2, 2, 2)),
    (lambda: AveragePool(3, stride=1), [(6, 2)], (4, 2)),
    (lambda: AveragePool((2, 3), padding=(1, 0)), [(4, 6, 2)], (3, 2, 2)),
    (lambda: AveragePool(3, stride=2, padding=1, count_include_pad=False), [(4, 5, 2)], (2, 3, 2)),
    (lambda: AveragePool(2, ceil_mode=True, dilation=2, stride=2), [(5, 6, 1)], (2, 3, 1)),
    (lambda: AveragePool(2, padding="same", stride=1), [(2, 3, 4, 1)], (2, 3, 4, 1)),
    (lambda: GlobalAveragePool(), [(7, 3)], (3,)),
    (lambda: GlobalAveragePool(), [(4, 5, 3)], (3,)),
    (lambda: GlobalAveragePool(), [(2, 4, 3, 5)], (5,)),
    (lambda: Dense(4), [(7,)], (4,)),
    (lambda: Dense(1, bias=False, initialisation="he"), [(5,)], (1,)),
    (lambda: Flatten(), [(2, 3, 4)], (24,)),
    (lambda: Flatten(), [(5,)], (5,)),
    (lambda: BatchNorm(), [(3, 4, 2)], (3, 4, 2)),
    (lambda: BatchNorm(momentum=0.5, epsilon=0.1), [(5,)], (5,)),
    (lambda: Dropout(0.4), [(3, 4, 2)], (3, 4, 2)),
    (lambda: Dropout(0.0), [(6,)], (6,)),
    (lambda: Activation("relu"), [(3, 4, 2)], (3, 4, 2)),
    (lambda: Activation("sigmoid"), [(5,)], (5,)),
    (lambda: Activation("softmax"), [(2, 3, 4)], (2, 3, 4)),
    (lambda: Activation("tanh"), [(4, 3)], (4, 3)),
    (lambda: Add(), [(3, 4, 2)] * 2, (3, 4, 2)),
    (lambda: Add(), [(5,)] * 3, (5,)),
    (lambda: Concatenate(), [(3, 4, 2), (3, 4, 5)], (3, 4, 7)),
    (lambda: Concatenate(), [(1,), (3,), (2,)], (6,)),
    (lambda: ConvTranspose1D(4, 3), [(5, 2)], (7, 4)),
    (lambda: ConvTranspose2D(6, (2, 3), stride=2, groups=2, bias=False), [(3, 2, 4)], (6, 5, 6)),
    (lambda: ConvTranspose3D(2, (1, 2, 2)), [(2, 1, 3, 1)], (2, 2, 4, 2)),
    (lambda: GlobalMaxPool(), [(4, 5, 3)], (3,)),
    (lambda: GroupNorm(2, epsilon=0.1), [(3, 2, 4)], (3, 2, 4)),
    (lambda: InstanceNorm(), [(3, 4, 2)], (3, 4, 2)),
    (lambda: LayerNorm(), [(3, 4)], (3, 4)),
    (lambda: RMSNorm(), [(3, 4)], (3, 4)),
    (lambda: LocalResponseNorm(3), [(3, 2, 5)], (3, 2, 5)),
    (lambda: PReLU(), [(3, 4, 2)], (3, 4, 2)),
    (lambda: Operation("reduce_mean", {"axes": [2], "keepdims": False}), [(3, 4, 2)], (3, 2)),
    (lambda: Operation("multiply", {}, {"1": [4, 2]}), [(3, 4, 2)], (3, 4, 2)),
]
NAMES = [f"{make()!r} of {shapes}" for make, shapes, _ in CASES]
every = pytest.mark.parametrize(("make", "shapes", "output"), CASES, ids=NAMES)
modes = pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])


def filled(make, shapes, dtype="f8"):
    layer = make()
    layer.fill(tuple(shapes), np.random.default_rng(1), dtype)
    for array in layer.parameters.values():  # biases and scales that differ from 0 and 1
        array += 0.1 * np.arange(array.size).reshape(array.shape)
    return layer


def inputs(shapes, batch=2, seed=5):
    """Numbers in steps of 0.1: no ties, no kinks at 0."""
    random = np.random.default_rng(seed)
    sizes = [(batch, *shape) for shape in shapes]
    return [
        (random.permutation(np.prod(size)) - np.prod(size) // 3 + 0.5).reshape(size) / 10
        for size in sizes
    ]


# Layers of space have the same tests in ``test_spatial_layers``.
SPATIAL = {
    "AdaptiveAveragePool",
    "AdaptiveMaxPool",
    "DepthToSpace",
    "LpPool",
    "MaxUnpool",
    "Pad",
    "Resize",
    "SpaceToDepth",
}


def test_no_layer_is_left_out():
    kinds = {make().kind for make, _, _ in CASES}
    assert kinds | SPATIAL == set(layers.__all__) - {"Layer", "LayerGradients"}


@every
@modes
def test_output_shape_is_that_of_forward(make, shapes, output, training):
    layer = filled(make, shapes)
    assert layer.output_shape(*shapes) == output
    y, _ = layer.forward(*inputs(shapes, batch=3), training=training)
    assert y.shape == (3, *output)


@every
def test_an_empty_batch_in_inference(make, shapes, output):
    layer = filled(make, shapes)
    y, cache = layer.forward(*(np.zeros((0, *shape)) for shape in shapes))
    assert y.shape == (0, *output)
    gradients = layer.backward(y, cache)
    assert [g.shape for g in gradients.inputs] == [(0, *shape) for shape in shapes]
    for name, gradient in gradients.parameters.items():
        assert_array_equal(gradient, np.zeros_like(layer.parameters[name]))


@every
def test_parameters_have_the_shapes_that_were_announced(make, shapes, output):
    layer = filled(make, shapes, "f4")
    for arrays, wanted in (
        (layer.parameters, layer.parameter_shapes(*shapes)),
        (layer.state, layer.state_shapes(*shapes)),
    ):
        assert {name: array.shape for name, array in arrays.items()} == wanted
        assert all(array.dtype == np.float32 for array in arrays.values())
    if hasattr(layer, "bias"):
        assert ("bias" in layer.parameters) == layer.bias


@every
@modes
def test_gradients(make, shapes, output, training):
    layer = filled(make, shapes)
    xs = inputs(shapes)
    y, cache = frozen(layer, xs, training)
    grad_y = np.random.default_rng(9).standard_normal(y.shape)
    gradients = layer.backward(grad_y, cache)
    assert len(gradients.inputs) == len(xs)
    assert set(gradients.parameters) == set(layer.parameters)
    for number, x in enumerate(xs):

        def moved(x, number=number):
            return frozen(layer, [*xs[:number], x, *xs[number + 1 :]], training)[0]

        wanted = numerical_gradient(moved, x, grad_y)
        assert_allclose(gradients.inputs[number], wanted, rtol=1e-5, atol=1e-7)
    for name, array in layer.parameters.items():

        def with_parameter(value, name=name):
            layer.parameters[name] = value
            return frozen(layer, xs, training)[0]

        wanted = numerical_gradient(with_parameter, array, grad_y)
        layer.parameters[name] = array
        assert_allclose(gradients.parameters[name], wanted, rtol=1e-5, atol=1e-7)


def frozen(layer, xs, training):
    """Forward that leaves the layer as it was: the same mask, the same running statistics."""
    if isinstance(layer, Dropout):
        layer._rng = np.random.default_rng(3)
    state = {name: array.copy() for name, array in layer.state.items()}
    y, cache = layer.forward(*xs, training=training)
    for name, array in state.items():
        layer.state[name][:] = array
    return y, cache


@every
@modes
def test_two_forwards_and_the_backward_of_the_first(make, shapes, output, training):
    layer = filled(make, shapes)
    first, second = inputs(shapes, seed=5), inputs(shapes, batch=3, seed=6)
    y, cache = frozen(layer, first, training)
    grad_y = np.random.default_rng(9).standard_normal(y.shape)
    alone = layer.backward(grad_y, cache)
    y, cache = frozen(layer, first, training)
    frozen(layer, second, training)
    after = layer.backward(grad_y, cache)
    for got, wanted in zip(after.inputs, alone.inputs, strict=True):
        assert_array_equal(got, wanted)
    for name, wanted in alone.parameters.items():
        assert_array_equal(after.parameters[name], wanted)


@every
@modes
def test_nothing_is_written_to(make, shapes, output, training):
    layer = filled(make, shapes)
    xs = inputs(shapes)
    for array in (*xs, *layer.parameters.values()):
        array.flags.writeable = False
    y, cache = layer.forward(*xs, training=training)
    y.flags.writeable = False
    layer.backward(y, cache)
    assert_array_equal(layer.forward(*xs)[0], layer.forward(*inputs(shapes))[0])


@every
@modes
def test_float32_stays_float32(make, shapes, output, training):
    layer = filled(make, shapes, "f4")
    y, cache = layer.forward(*(x.astype("f4") for x in inputs(shapes)), training=training)
    gradients = layer.backward(y, cache)
    arrays = (y, *gradients.inputs, *gradients.parameters.values(), *layer.state.values())
    assert {array.dtype.name for array in arrays} == {"float32"}


@every
def test_options_make_the_layer_again(make, shapes, output):
    layer = make()
    again = type(layer)(**layer.options)
    assert isinstance(again, Layer)
    assert again.options == layer.options
    assert again.output_shape(*shapes) == output
    assert again.kind == type(layer).__name__


@every
def test_a_wrong_number_of_inputs(make, shapes, output):
    layer = make()
    too_many = [*shapes, (9, 9)] if len(shapes) > 1 else [*shapes, *shapes]
    for given in ([], too_many):
        if isinstance(layer, Operation):  # its function refuses them, when it runs
            assert layer.output_shape(*given) is None
            continue
        with pytest.raises(ValueError, match=rf"{layer.kind}: the (layer|inputs)"):
            layer.output_shape(*given)
