"""Layers that pool, resize, shuffle and pad: shapes, gradients, plain options, refusals."""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.blocks import max_pool2d_with_indices, max_unpool
from stridewise.errors import NetworkError, OptionError, OptionTypeError, ShapeError
from stridewise.layers.adaptive_pool import AdaptiveAveragePool, AdaptiveMaxPool
from stridewise.layers.global_max_pool import GlobalMaxPool
from stridewise.layers.lp_pool import LpPool
from stridewise.layers.max_unpool import MaxUnpool
from stridewise.layers.pad import Pad
from stridewise.layers.pixel_shuffle import DepthToSpace, SpaceToDepth
from stridewise.layers.resize import Resize
from stridewise.networks import Graph
from stridewise.testing import numerical_gradient

pytestmark = pytest.mark.usefixtures("engine")

CROP = {"coordinates": "tf_crop_and_resize", "roi": [[0, 1], [0.25, 0.75]]}

# A layer, the shape that it takes, and the shape that it gives: counted by hand.
CASES = [
    (lambda: LpPool(2), (7, 3), (3, 3)),
    (lambda: LpPool((2, 3), stride=1, padding=[[1, 0], [0, 1]], p=3), (4, 5, 2), (4, 4, 2)),
    (lambda: LpPool(2, ceil_mode=True, dilation=2, stride=2, p=1), (5, 6, 1), (2, 3, 1)),
    (lambda: AdaptiveAveragePool(3), (7, 2), (3, 2)),
    (lambda: AdaptiveAveragePool([2, None]), (4, 5, 2), (2, 5, 2)),
    (lambda: AdaptiveMaxPool((3, 2)), (2, 5, 3), (3, 2, 3)),
    (lambda: AdaptiveMaxPool(2), (4, 3, 2, 1), (2, 2, 2, 1)),
    (lambda: GlobalMaxPool(), (7, 3), (3,)),
    (lambda: GlobalMaxPool(), (2, 4, 3, 5), (5,)),
    (lambda: Resize(5), (3, 2), (5, 2)),
    (lambda: Resize(scale=[1.5, 0.7], mode="cubic"), (3, 5, 2), (4, 3, 2)),
    (lambda: Resize((2, 3), mode="linear", **CROP), (4, 3, 1), (2, 3, 1)),
    (lambda: Resize(scale=2, mode="linear"), (1, 2, 3, 2), (2, 4, 6, 2)),
    (lambda: DepthToSpace(2), (3, 4), (6, 2)),
    (lambda: DepthToSpace((1, 3), mode="CRD"), (2, 3, 6), (2, 9, 2)),
    (lambda: SpaceToDepth(2), (4, 6, 3), (2, 3, 12)),
    (lambda: SpaceToDepth([1, 2, 3], mode="CRD"), (1, 2, 3, 2), (1, 1, 1, 12)),
    (lambda: Pad(1), (3, 2), (5, 2)),
    (lambda: Pad([[1, 2], 0], "reflect"), (3, 4, 2), (6, 4, 2)),
    (lambda: Pad((0, 1, 2), value=3.0), (2, 1, 3, 2), (2, 3, 7, 2)),
]
NAMES = [f"{make()!r} of {shape}" for make, shape, _ in CASES]
every = pytest.mark.parametrize(("make", "shape", "output"), CASES, ids=NAMES)


def numbers(*shape, dtype=float):
    """Numbers in steps of 0.1: no ties, no kinks at 0."""
    random = np.random.default_rng(5)
    count = int(np.prod(shape))
    return ((random.permutation(count) - count // 3 + 0.5) / 10).reshape(shape).astype(dtype)


@every
def test_output_shape_is_that_of_forward(make, shape, output):
    layer = make()
    assert layer.output_shape(shape) == output
    y, cache = layer.forward(numbers(3, *shape))
    assert y.shape == (3, *output)
    y, cache = layer.forward(np.zeros((0, *shape)))
    assert y.shape == (0, *output)
    assert layer.backward(y, cache).inputs[0].shape == (0, *shape)


@every
def test_gradients(make, shape, output):
    layer, x, grad_y = make(), numbers(2, *shape), numbers(2, *output)
    _, cache = layer.forward(x, training=True)
    gradients = layer.backward(grad_y, cache)
    wanted = numerical_gradient(lambda x: layer.forward(x)[0], x, grad_y)
    assert_allclose(gradients.inputs[0], wanted, rtol=1e-6, atol=1e-7)
    assert (len(gradients.inputs), gradients.parameters) == (1, {})


@every
def test_float32_stays(make, shape, output):
    layer = make()
    y, cache = layer.forward(numbers(2, *shape, dtype="f4"))
    assert y.dtype == np.float32
    assert layer.backward(y, cache).inputs[0].dtype == np.float32


@every
def test_options_are_plain_and_make_the_layer_again(make, shape, output):
    layer = make()
    options = json.loads(json.dumps(layer.options))
    again = type(layer)(**options)
    assert again.output_shape(shape) == output
    x = numbers(2, *shape)
    assert_array_equal(again.forward(x)[0], layer.forward(x)[0])


@pytest.mark.parametrize(
    ("layer", "shape", "wanted"),
    [
        (LpPool(3, stride=2), (7, 9, 1), ((3, 3), (2, 2), (1, 1))),
        (AdaptiveMaxPool(2), (4, 5, 1), ((2, 3), (2, 2), (1, 1))),
        (AdaptiveAveragePool(5), (3, 1), ((2,), (1,), (1,))),
        (GlobalMaxPool(), (7, 9, 1), ((7, 9), (1, 1), (1, 1))),
        (SpaceToDepth((1, 2)), (7, 4, 1), ((1, 2), (1, 2), (1, 1))),
        (Pad(1), (7, 4, 1), None),
    ],
)
def test_windows(layer, shape, wanted):
    assert layer.window(shape) == wanted


def test_unpooling_in_a_network_takes_indices_whose_shape_is_open(rng):
    x = rng.standard_normal((2, 6, 4, 3)).astype(np.float32)
    y, indices = max_pool2d_with_indices(x, 2)
    network = Graph(
        {"y": (3, 2, 3), "at": None}, [("unpool", MaxUnpool(2), ("y", "at"))], ["unpool"]
    )
    assert_array_equal(network.predict(y, indices), max_unpool(y, indices, 2))


def test_unpooling_takes_values_and_indices():
    layer = MaxUnpool(2, output_size=[5])
    x, indices = numbers(2, 2, 3), np.array([[[0] * 3, [3] * 3], [[1] * 3, [4] * 3]])
    assert layer.output_shape((2, 3), (2, 3)) == (5, 3)
    y, cache = layer.forward(x, indices)
    assert y.shape == (2, 5, 3)
    grad_y = numbers(2, 5, 3)
    grad_x, nothing = layer.backward(grad_y, cache).inputs
    assert nothing is None
    wanted = numerical_gradient(lambda x: layer.forward(x, indices)[0], x, grad_y)
    assert_allclose(grad_x, wanted, atol=1e-8)
    options = json.loads(json.dumps(layer.options))
    assert_array_equal(MaxUnpool(**options).forward(x, indices)[0], y)


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: LpPool(2, p=-1), OptionError, "LpPool: `p` is out of range"),
        (lambda: LpPool(2, p=0), OptionError, "LpPool: `p` is 0"),
        (lambda: Resize(2, mode="box"), OptionError, "`mode` has an unknown name"),
        (lambda: Resize(2, cubic_coeff=None), OptionTypeError, "`cubic_coeff` is not a"),
        (lambda: DepthToSpace(2, "dcr"), OptionError, "DepthToSpace: `mode` has an unknown"),
        (lambda: SpaceToDepth(2, None), OptionError, "SpaceToDepth: `mode` has an unknown"),
        (lambda: Pad(1, "mirror"), OptionError, "Pad: `mode` has an unknown name"),
        (lambda: Resize().output_shape((3, 4, 2)), OptionError, "Resize: the options do not go"),
        (lambda: Resize(0).output_shape((3, 4, 2)), OptionError, "Resize: `size` is out of range"),
        (lambda: Pad(-1).output_shape((3, 4, 2)), OptionError, "Pad: `widths` is out of range"),
        (lambda: Pad(1).output_shape((3,)), NetworkError, "1 or 2 or 3 spatial axes"),
        (lambda: GlobalMaxPool().output_shape((3,)), NetworkError, "GlobalMaxPool: the layer"),
        (lambda: DepthToSpace(2).output_shape((3, 4, 2)), ShapeError, "multiple of 4 channels"),
        (lambda: SpaceToDepth(2).output_shape((3, 4, 2)), ShapeError, r"multiples of \(2, 2\)"),
        (lambda: AdaptiveMaxPool(0).output_shape((3, 2)), OptionError, "AdaptiveMaxPool: `outp"),
        (lambda: LpPool(4).output_shape((3, 2)), ShapeError, "LpPool: `kernel_size` does not fit"),
        (lambda: MaxUnpool(2).output_shape((3, 2)), NetworkError, "two inputs of one shape"),
        (lambda: MaxUnpool(2).output_shape((3, 2), (3, 1)), NetworkError, "two inputs of one"),
        (lambda: MaxUnpool(0).output_shape((3, 2), (3, 2)), OptionError, "MaxUnpool: `kernel_s"),
    ],
)
def test_what_is_refused(make, kind, message):
    with pytest.raises(kind, match=message):
        make()
