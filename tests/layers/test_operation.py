"""A function as a layer: its arguments, gradients, shapes; and the functions that are blocks."""

import json
import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.errors import NetworkError, OptionError, ShapeError
from stridewise.glue import FUNCTIONS as GLUE
from stridewise.layers import Operation
from stridewise.layers.functions import FUNCTIONS
from stridewise.testing import numerical_gradient

RANDOM = np.random.default_rng(8)


def numbers(*shape, low=-1.0, high=1.0):
    """Numbers far from each other and from 0, in any order."""
    count = math.prod(shape)
    places = (RANDOM.permutation(count) + 0.4) / max(count, 1)
    return (low + (high - low) * places).reshape(shape)


def filled(layer, *shapes):
    layer.fill(shapes, np.random.default_rng(2), np.float64)
    for array in layer.parameters.values():
        array += numbers(*array.shape)
    return layer


def require_gradients(layer, *inputs):
    """Compare the gradients by inputs of floats and by parameters with central differences."""
    inputs = [np.asarray(x) for x in inputs]
    y, cache = layer.forward(*inputs)
    grad_y = np.random.default_rng(3).standard_normal(y.shape)
    gradients = layer.backward(grad_y, cache)
    assert len(gradients.inputs) == len(inputs)
    for place, x in enumerate(inputs):
        if gradients.inputs[place] is None:
            continue

        def moved(x, place=place):
            return layer.forward(*inputs[:place], x, *inputs[place + 1 :])[0]

        wanted = numerical_gradient(moved, x, grad_y)
        assert_allclose(gradients.inputs[place], wanted, rtol=1e-5, atol=1e-7)
    for name, array in layer.parameters.items():

        def with_parameter(value, name=name):
            layer.parameters[name] = value
            return layer.forward(*inputs)[0]

        wanted = numerical_gradient(with_parameter, array, grad_y)
        layer.parameters[name] = array
        assert_allclose(gradients.parameters[name], wanted, rtol=1e-5, atol=1e-7)
    return gradients


# Options and arguments.


@pytest.mark.parametrize(
    "layer",
    [
        Operation("add"),
        Operation("reshape", {"shape": [0, -1]}),
        Operation("gemm", {"alpha": 0.5, "transpose_b": True}, {"1": [3, 4], "2": [3]}),
        Operation("where", {}, {"2": [1]}, {"0": ["bool", [True, False]]}),
        Operation("add", constants_at={"1": ["float32", [math.inf, -0.0, 1e-45]]}),
    ],
)
def test_options_are_plain_and_make_the_layer_again(layer):
    options = json.loads(json.dumps(layer.options))
    again = Operation(**options)
    assert again.options == layer.options
    assert again.parameter_shapes() == layer.parameter_shapes()
    assert (again.kind, again.title) == ("Operation", layer.function)


def test_arguments_stand_in_their_places():
    layer = filled(
        Operation("where", {}, {"1": [2]}, {"0": ["bool", [[True, False], [False, True]]]})
    )
    layer.parameters["argument_1"][:] = [10, 20]
    y, _ = layer.forward(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert_array_equal(y, [[10, 2], [3, 20]])


def test_a_constant_in_front_and_one_behind():
    front = Operation("subtract", constants_at={"0": ["int64", 10]})
    behind = Operation("subtract", constants_at={"1": ["int64", 10]})
    assert_array_equal(front.forward(np.array([1, 12]))[0], [9, -2])
    assert_array_equal(behind.forward(np.array([1, 12]))[0], [-9, 2])


def test_without_inputs():
    layer = Operation("identity", {}, {}, {"0": ["int8", [[1], [2]]]})
    y, _ = layer.forward()
    assert_array_equal(y, np.int8([[1], [2]]), strict=True)
    assert layer.output_shape() is None


def test_parameters_begin_at_zero_in_the_dtype_of_the_network():
    layer = Operation("add", {}, {"1": [2, 3], "2": []})
    layer.fill((), np.random.default_rng(0), np.float32)
    assert layer.parameter_shapes() == {"argument_1": (2, 3), "argument_2": ()}
    for name, shape in layer.parameter_shapes().items():
        assert_array_equal(layer.parameters[name], np.zeros(shape, "f4"), strict=True)


# Gradients.


def test_gradients_of_inputs_and_of_parameters():
    layer = filled(Operation("gemm", {"transpose_b": True, "beta": 2.0}, {"1": [4, 3], "2": [4]}))
    gradients = require_gradients(layer, numbers(2, 3))
    assert set(gradients.parameters) == {"argument_1", "argument_2"}


def test_a_parameter_in_front_of_the_input():
    layer = filled(Operation("subtract", {}, {"0": [3]}))
    require_gradients(layer, numbers(2, 3))


def test_constants_have_no_gradient_and_keep_their_place_out_of_the_inputs():
    constants = {"0": ["bool", [True, False, True]]}
    layer = filled(Operation("where", {}, {"1": [3]}, constants))
    require_gradients(layer, numbers(2, 3))


def test_inputs_of_integers_have_none():
    layer = filled(Operation("gather", {}, {"0": [5, 2]}))
    gradients = require_gradients(layer, np.array([[1, -1], [1, 3]]))
    assert gradients.inputs == (None,)
    assert gradients.parameters["argument_0"].shape == (5, 2)


@pytest.mark.parametrize("name", ["conv2d", "gemm", "conv_transpose2d"])
def test_a_bias_that_is_not_there_has_no_gradient(name):
    """A block has a gradient for it all the same: there must be one an input, no more."""
    x, weight = (numbers(2, 3), numbers(3, 4))
    if name != "gemm":
        x, weight = numbers(2, 3, 4, 2), numbers(2, 2, 2, 2)
    require_gradients(Operation(name), x, weight)
    layer = filled(Operation(name, {}, {"1": list(weight.shape)}))
    assert set(require_gradients(layer, x).parameters) == {"argument_1"}


def test_infinities_are_answers_and_no_warnings():
    layer = Operation("divide")
    y, cache = layer.forward(np.array([1.0, 0.0]), np.array([0.0, 0.0]))
    assert_array_equal(y, [np.inf, np.nan])
    by_a, by_b = layer.backward(np.ones(2), cache).inputs
    assert_array_equal(by_a, [np.inf, np.inf])
    assert_array_equal(by_b, [-np.inf, np.nan])


# Shapes.


@pytest.mark.parametrize(
    ("layer", "shapes", "wanted"),
    [
        (Operation("add"), [(3, 4), (4,)], None),  # the second one's batch would meet the rows
        (Operation("add"), [(3, 4), (1, 4)], (3, 4)),
        (Operation("add", {}, {"1": [4]}), [(3, 4)], (3, 4)),
        (Operation("add", {}, {"1": [5, 1, 4]}), [(3, 4)], None),
        (Operation("transpose", {"axes": [0, 2, 1]}), [(3, 4)], (4, 3)),
        (Operation("transpose", {"axes": [1, 0, 2]}), [(3, 4)], None),  # the batch is not in front
        (Operation("reshape", {"shape": [0, -1]}), [(3, 4)], (12,)),
        (Operation("reshape", {"shape": [-1, 4]}), [(3, 4)], None),  # batch and rows together
        (Operation("reshape", {"shape": [2, -1]}), [(3, 4)], None),  # a batch of 2 only
        (Operation("reshape", {"shape": [2**70]}), [(3, 4)], None),
        (Operation("reshape", {}), [(3, 4)], None),
        (Operation("reduce_mean", {"axes": [1], "keepdims": False}), [(3, 4)], (4,)),
        (Operation("reduce_mean", {"axes": [0]}), [(3, 4)], None),
        (Operation("reduce_sum", {}, {}, {"1": ["int64", [1]]}), [(3, 4)], None),
        (Operation("squeeze", {}, {}, {"1": ["int64", [1]]}), [(1, 1)], None),
        (Operation("reduce_sum", {"axes": [7]}), [(3, 4)], None),
        (Operation("flatten"), [(3, 4)], (12,)),
        (Operation("matmul", {}, {"1": [4, 5]}), [(3, 4)], (3, 5)),
        (Operation("matmul", {}, {"1": [3, 5]}), [(3, 4)], None),
        (Operation("gather", {"axis": 1}, {}, {"1": ["int64", [0, 2]]}), [(3, 4)], (2, 4)),
        (Operation("concat", {"axis": -1}), [(3, 4), (3, 2)], (3, 6)),
        (Operation("concat", {"axis": 0}), [(3,), (3,)], None),
        (Operation("nonzero"), [(3,)], None),  # no one knows before it runs
        (Operation("resize", {"axes": [1, 2], "scales": [2, 0.5]}), [(3, 4, 1)], (6, 2, 1)),
        (
            Operation("resize", {"axes": [1, 2], "sizes": [6, 9], "policy": "not_larger"}),
            [(4, 9, 1)],
            (4, 9, 1),
        ),
        (Operation("resize", {"axes": [1], "scales": [math.inf]}), [(4, 1)], None),
        (Operation("global_avg_pool"), [(3, 4, 5)], (5,)),
        (Operation("global_max_pool", {"keepdims": True}), [(3, 4, 5)], (1, 1, 5)),
        (Operation("global_lp_pool", {"p": 2}), [(3, 4, 5)], (1, 1, 5)),
        (Operation("softmax"), [(3, 4)], (3, 4)),
    ],
)
def test_the_shape_of_one_example(layer, shapes, wanted):
    assert layer.output_shape(*shapes) == wanted
    if wanted is not None:
        filled(layer)
        y, _ = layer.forward(*(numbers(5, *shape) for shape in shapes))
        assert y.shape == (5, *wanted)


@pytest.mark.parametrize(
    ("layer", "shape", "wanted"),
    [
        (Operation("matmul", {}, {"1": [4, 5]}), (3, 4), 60),
        (Operation("matmul", {}, {"1": [4]}), (3, 4), 12),
        (Operation("matmul", {}, {"0": [5, 3]}), (3, 4), 0),
        (Operation("gemm", {}, {"1": [4, 5]}), (4,), 20),
        (Operation("gemm", {"transpose_b": True}, {"1": [5, 4]}), (4,), 20),
        (Operation("add", {}, {"1": [4]}), (3, 4), 0),
    ],
)
def test_multiply_adds(layer, shape, wanted):
    assert layer.multiply_adds(shape) == wanted


@pytest.mark.parametrize(
    ("layer", "window"),
    [
        (Operation("add"), None),
        (Operation("slice", {"starts": [1], "ends": [3], "axes": [1]}), None),
        (Operation("reduce_mean", {"axes": [1, 2]}), ((5, 4), (1, 1), (1, 1))),
        (Operation("resize", {"axes": [1], "scales": [2]}), ((5, 4), (1, 1), (1, 1))),
    ],
)
def test_one_output_sees_one_position_or_all(layer, window):
    assert layer.window((5, 4, 2)) == window
    assert layer.window() is None


# Errors.


def test_an_unknown_function():
    with pytest.raises(OptionError, match=r"no function of that name(.|\n)*'reduce_mean'"):
        Operation("reduce_maen")


@pytest.mark.parametrize(
    "options",
    [
        {"parameters_at": {"one": [2]}},
        {"parameters_at": {"1": 2}},
        {"parameters_at": {"1": [-2]}},
        {"parameters_at": [[2]]},
        {"parameters_at": {"1": [2]}, "constants_at": {"1": ["int8", 1]}},
        {"constants_at": {"1": ["no dtype", 1]}},
        {"constants_at": {"1": ["object", 1]}},
        {"constants_at": {"1": ["U3", "abc"]}},
        {"constants_at": {"1": ["int8", [[1], [1, 2]]]}},
        {"constants_at": {"1": ["int8", 300]}},
        {"constants_at": {"1": 3}},
        {"settings": [1]},
    ],
)
def test_arguments_that_are_none(options):
    with pytest.raises(NetworkError, match="these are no arguments of a function"):
        Operation("add", **options)


@pytest.mark.parametrize(
    ("function", "settings", "words"),
    [
        (
            "reduce_mean",
            {"axis": [1]},
            r"^reduce_mean: there is no setting(.|\n)*'axis'(.|\n)*'axes'",
        ),
        ("reshape", {"form": [5]}, r"needed: +shape, allow_zero"),
        ("conv2d", {"strides": 2}, r"try: +'stride'"),
        ("add", {"axis": 1}, r"no settings at all(.|\n)*try: +without it"),
        ("gather_elements", {"x": 1}, "of the name 'x'"),  # that is its array
        ("add", {"a" * 10_000: 1}, r"'aaa"),
        ("add", {3: 1}, "of the name 3"),
        ("concat", {}, r"^concat: a setting is missing(.|\n)*try: +'axis'"),
        ("resize", {"sizes": [3]}, r"a setting is missing(.|\n)*try: +'axes'"),
        ("swish", {"alfa": 1.0}, r"a setting is missing(.|\n)*try: +'alpha'"),
    ],
)
def test_settings_that_the_function_has_not(function, settings, words):
    with pytest.raises(NetworkError, match=words) as caught:
        Operation(function, settings)
    assert len(str(caught.value)) < 1000


def test_settings_of_blocks_that_a_function_hands_on():
    assert Operation("resize", {"axes": [1], "scales": [2.0], "mode": "linear"}).settings
    assert Operation("max_pool_places", {"kernel_size": [2]}).settings


@pytest.mark.parametrize(
    ("layer", "arrays", "words"),
    [
        (Operation("add"), [np.ones((2, 3)), np.ones((2, 4))], r"add: the arrays do not fit"),
        (Operation("add"), [np.ones(3), np.ones(4)], r"received: \(3,\) float64, \(4,\) float64"),
        (Operation("add"), [], "received: none"),
        (Operation("reshape", {"shape": [5]}), [np.ones(3)],
     r"cannot reshape(.|\n)*'shape': \[5\]"),
        (Operation("reshape"), [np.ones(3)], "missing 1 required positional argument: 'shape'"),
        (Operation("scatter_nd", {"reduction": "sum"}), [np.ones(3), np.ones((1, 1), int),
     np.ones(1)], "'sum'"),
        (Operation("reduce_sum", {"axes": [3]}), [np.ones(3)], "these are no axes"),
        (Operation("conv2d"), [np.ones((1, 4, 4, 2)), np.ones((3, 3, 3, 1))], "conv2d"),
    ],
)  # fmt: skip
def test_arrays_that_do_not_fit(layer, arrays, words):
    with pytest.raises(ShapeError, match=words):
        layer.forward(*arrays)


def test_a_function_without_a_gradient():
    layer = Operation("hardmax")
    y, cache = layer.forward(numbers(2, 3))
    with pytest.raises(NetworkError, match="hardmax: the function has no gradient"):
        layer.backward(y, cache)


# The functions that are blocks.

X = numbers(2, 5, 4, 3)
WEIGHT, BIAS = numbers(2, 3, 3, 2), numbers(2)


def convolved(x, weight, bias, stride, padding):
    x = np.pad(x, ((0, 0), *padding, (0, 0)))
    height = (x.shape[1] - weight.shape[0]) // stride[0] + 1
    width = (x.shape[2] - weight.shape[1]) // stride[1] + 1
    y = np.zeros((len(x), height, width, weight.shape[-1]))
    for row, col in np.ndindex(height, width):
        top, left = row * stride[0], col * stride[1]
        window = x[:, top : top + weight.shape[0], left : left + weight.shape[1]]
        y[:, row, col] = np.tensordot(window, weight, 3) + bias
    return y


def transposed(x, weight, bias, stride, output_size, begin):
    """Every input element paints the kernel; then the frame is cut off, or lacks."""
    full = np.zeros((len(x), *(n + 20 for n in output_size), weight.shape[-2]))
    for row, col in np.ndindex(x.shape[1:-1]):
        top, left = row * stride[0], col * stride[1]
        painted = np.tensordot(x[:, row, col], weight, ([1], [3]))
        full[:, top : top + weight.shape[0], left : left + weight.shape[1]] += painted
    top, left = begin
    return full[:, top : top + output_size[0], left : left + output_size[1]] + bias


def standardised(x, axes, epsilon):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + epsilon)


def softmax_of_rows(x, axis):
    rows = np.exp(x.reshape(*x.shape[:axis], -1))
    return (rows / rows.sum(-1, keepdims=True)).reshape(x.shape)


SCALE, SHIFT, MEAN, VARIANCE = numbers(3), numbers(3), numbers(3), numbers(3, low=0.5, high=2)
SLOPES = numbers(4, 1)
GROUPED = numbers(2, 3, 2, 4)
AFFINE = numbers(4), numbers(4)
KNOWN = (X - MEAN) / np.sqrt(VARIANCE + 0.1) * SCALE + SHIFT
BY_GROUP = standardised(GROUPED.reshape(2, 6, 2, 2), (1, 3), 0.1).reshape(GROUPED.shape)
ZERO_OFFSETS = np.zeros((2, 4, 2, 2 * 2 * 3))
STRIDED = {"stride": [1, 2], "padding": [[0, 1], [1, 0]]}
ERF = np.vectorize(math.erf)
TO_SIZE = {"stride": [2, 2], "dilation": [1, 1], "output_padding": [0, 0], "groups": 1}
SMALL, TURNED = numbers(1, 3, 2, 2), numbers(2, 3, 3, 2)

# Name, arrays, settings, what comes out.
BLOCKS = [
    ("conv2d", [X, WEIGHT, BIAS], STRIDED, convolved(X, WEIGHT, BIAS, (1, 2), ((0, 1), (1, 0)))),
    ("conv2d", [X, WEIGHT], {}, convolved(X, WEIGHT, 0, (1, 1), ((0, 0), (0, 0)))),
    ("conv1d", [X[0], WEIGHT[0]], {},
     convolved(X[0][:, None], WEIGHT[:1], 0, (1, 1), ((0, 0),) * 2)[:, 0]),
    ("conv3d", [X[:, None], WEIGHT[None], BIAS], {},
     convolved(X, WEIGHT, BIAS, (1, 1), ((0, 0),) * 2)[:, None]),
    ("conv_transpose2d", [SMALL, TURNED], {"stride": 2},
     transposed(SMALL, TURNED, 0, (2, 2), (6, 5), (0, 0))),
    ("conv_transpose1d", [SMALL[:, 0], TURNED[0]], {},
     transposed(SMALL[:, :1], TURNED[:1], 0, (1, 1), (1, 4), (0, 0))[:, 0]),
    ("conv_transpose3d", [SMALL[:, None], TURNED[None]], {},
     transposed(SMALL, TURNED, 0, (1, 1), (4, 4), (0, 0))[:, None]),
    ("softmax", [X], {"axis": 1}, np.exp(X) / np.exp(X).sum(1, keepdims=True)),
    ("log_softmax", [X], {"axis": -1}, X - np.log(np.exp(X).sum(-1, keepdims=True))),
    ("softmax_from", [X], {"axis": 2}, softmax_of_rows(X, 2)),
    ("softmax_from", [X], {"axis": -3}, softmax_of_rows(X, 1)),
    ("log_softmax_from", [X], {"axis": 1}, np.log(softmax_of_rows(X, 1))),
    ("erf", [X], {}, ERF(X)),
    ("swish", [X], {"alpha": 1.5}, X / (1 + np.exp(-1.5 * X))),
    ("prelu_broadcast", [X, SCALE], {}, np.maximum(X, 0) + SCALE * np.minimum(X, 0)),
    ("prelu_broadcast", [X, SCALE[0]], {}, np.maximum(X, 0) + SCALE[0] * np.minimum(X, 0)),
    ("prelu_broadcast", [X, SLOPES], {}, np.maximum(X, 0) + SLOPES * np.minimum(X, 0)),
    ("batch_norm", [X, SCALE, SHIFT], {"epsilon": 0.1},
     standardised(X, (0, 1, 2), 0.1) * SCALE + SHIFT),
    ("batch_norm_known", [X, SCALE, SHIFT, MEAN, VARIANCE], {"epsilon": 0.1}, KNOWN),
    ("layer_norm", [X, SCALE, SHIFT], {"epsilon": 0.1}, standardised(X, -1, 0.1) * SCALE + SHIFT),
    ("rms_norm", [X, SCALE], {"epsilon": 0.1},
     X / np.sqrt((X**2).mean(-1, keepdims=True) + 0.1) * SCALE),
    ("group_norm", [GROUPED, *AFFINE], {"groups": 2, "epsilon": 0.1},
     BY_GROUP * AFFINE[0] + AFFINE[1]),
    ("group_norm_by_group", [GROUPED, np.array([2.0, 3.0]), np.array([0.0, 1.0])],
     {"groups": 2, "epsilon": 0.1}, BY_GROUP * [2, 2, 3, 3] + [0, 0, 1, 1]),
    ("instance_norm", [X, SCALE, SHIFT], {"epsilon": 0.1},
     standardised(X, (1, 2), 0.1) * SCALE + SHIFT),
    ("global_avg_pool", [X], {}, X.mean((1, 2))),
    ("global_max_pool", [X], {"keepdims": True}, X.max((1, 2), keepdims=True)),
    ("global_lp_pool", [X], {"p": 3}, ((abs(X) ** 3).sum((1, 2), keepdims=True)) ** (1 / 3)),
    ("resize", [X], {"axes": [1], "sizes": [10]}, X.repeat(2, 1)),
    ("resize", [X], {"axes": [1, -2], "scales": [2, 3]}, X.repeat(2, 1).repeat(3, 2)),
    ("resize", [X, np.array([10, 8])], {"axes": [1, 2], "given": ["sizes"]},
     X.repeat(2, 1).repeat(2, 2)),
    ("resize", [X, np.array([], np.float32), np.float32([2])], {"axes": [2], "given": ["roi",
     "scales"]},
     X.repeat(2, 2)),
    ("resize", [X], {"axes": [1, 2], "sizes": [10, 99], "policy": "not_larger"},
     X.repeat(2, 1).repeat(2, 2)),
    ("resize", [X], {"axes": [2], "sizes": [7], "mode": "linear", "coordinates": "align_corners"},
     np.stack([X[:, :, i // 2] if i % 2 == 0 else (X[:, :, i // 2] + X[:, :, i // 2 + 1]) / 2
               for i in range(7)], 2)),
    ("conv_transpose2d_to_size", [SMALL, TURNED], {**TO_SIZE, "output_size": [5, 3],
     "lower": False},
     transposed(SMALL, TURNED, 0, (2, 2), (5, 3), (0, 1))),
    ("conv_transpose2d_to_size", [SMALL, TURNED], {**TO_SIZE, "output_size": [5, 3], "lower": True},
     transposed(SMALL, TURNED, 0, (2, 2), (5, 3), (1, 1))),
    ("conv_transpose2d_to_size", [SMALL, TURNED, np.ones(3)],
     {**TO_SIZE, "output_size": [7, 6], "lower": False},
     transposed(SMALL, TURNED, 1, (2, 2), (7, 6), (0, 0))),
    ("conv_transpose1d_to_size", [SMALL[:, 0], TURNED[0]],
     {"stride": [1], "dilation": [1], "output_padding": [0], "output_size": [2], "lower": False},
     transposed(SMALL[:, :1], TURNED[:1], 0, (1, 1), (1, 2), (0, 1))[:, 0]),
    ("conv_transpose3d_to_size", [SMALL[:, None], TURNED[None]],
     {"stride": [1] * 3, "dilation": [1] * 3, "output_padding": [0] * 3, "output_size": [1, 4,
     4], "lower": False},
     transposed(SMALL, TURNED, 0, (1, 1), (4, 4), (0, 0))[:, None]),
    # Without offsets, it is the convolution; with a mask of one half, half of it.
    ("deform_conv2d", [X, ZERO_OFFSETS, WEIGHT, BIAS], {},
     convolved(X, WEIGHT, BIAS, (1, 1), ((0, 0),) * 2)),
    ("deform_conv2d", [X, ZERO_OFFSETS, WEIGHT, BIAS, np.full((2, 4, 2, 6), 0.5)], {},
     convolved(X, WEIGHT / 2, BIAS, (1, 1), ((0, 0),) * 2)),
    ("deform_conv1d", [X[0], np.zeros((5, 2, 3)), WEIGHT[0]], {},
     convolved(X[0][:, None], WEIGHT[:1], 0, (1, 1), ((0, 0),) * 2)[:, 0]),
    ("deform_conv3d", [X[:, None], np.zeros((2, 1, 4, 2, 18)), WEIGHT[None]], {},
     convolved(X, WEIGHT, 0, (1, 1), ((0, 0),) * 2)[:, None]),
]  # fmt: skip
IDS = [f"{name} {n}" for n, (name, *_) in enumerate(BLOCKS)]


@pytest.mark.parametrize(("name", "arrays", "settings", "wanted"), BLOCKS, ids=IDS)
def test_blocks_by_name(engine, name, arrays, settings, wanted):
    layer = Operation(name, settings)
    y, _ = layer.forward(*arrays)
    assert_allclose(y, wanted, rtol=1e-6, atol=1e-9)
    narrow = [a.astype("f4") if a.dtype == "f8" else a for a in arrays]
    assert layer.forward(*narrow)[0].dtype == np.float32


@pytest.mark.parametrize(
    ("name", "arrays", "settings"),
    [case[:3] for case in BLOCKS if FUNCTIONS[case[0]].backward and "deform" not in case[0]],
    ids=[i for i, case in zip(IDS, BLOCKS, strict=True)
         if FUNCTIONS[case[0]].backward and "deform" not in case[0]],
)  # fmt: skip
def test_gradients_of_blocks_by_name(name, arrays, settings):
    # The gradients by statistics that were given are not asked for: training knows none.
    require_gradients(Operation(name, settings), *arrays)


@pytest.mark.parametrize("extra", [0, 1, 2])
def test_gradients_of_a_deformed_convolution(extra):
    """Offsets that keep away from whole steps, where the gradient has a kink."""
    x, weight = numbers(1, 3, 3, 1), numbers(2, 2, 1, 2)
    offset = numbers(1, 2, 2, 8, low=0.1, high=0.4)
    others = [numbers(2), numbers(1, 2, 2, 4)][:extra]
    gradients = require_gradients(Operation("deform_conv2d"), x, offset, weight, *others)
    assert all(gradient is not None for gradient in gradients.inputs)


# What has a test of its own, below.
OTHERS = {"max_pool_places", "max_unpool_places", "fold_first"}


def test_no_function_is_left_out():
    assert {name for name, *_ in BLOCKS} | OTHERS == set(FUNCTIONS) - set(GLUE)


POOL = {"kernel_size": [2, 2], "stride": [2, 2], "padding": [[0, 0], [0, 0]]}


@pytest.mark.parametrize("columns_first", [False, True])
def test_places_of_maxima_in_the_whole_tensor(columns_first):
    """Counted in (N, C, H, W): row by row, or column by column within every plane."""
    x = numbers(2, 4, 6, 3)
    layer = Operation("max_pool_places", {"kernel_size": 2, "columns_first": columns_first})
    places, _ = layer.forward(x)
    planes = np.moveaxis(x, -1, 1)  # (N, C, H, W)
    order = planes.transpose(0, 1, 3, 2) if columns_first else planes
    picked = order.reshape(-1)[places]
    assert places.dtype == np.int64
    assert_array_equal(picked, x.reshape(2, 2, 2, 3, 2, 3).max((2, 4)))


def test_unpooling_puts_the_maxima_back():
    x = numbers(2, 4, 6, 3, low=1, high=2)
    places = Operation("max_pool_places", {"kernel_size": 2}).forward(x)[0]
    pooled = x.reshape(2, 2, 2, 3, 2, 3).max((2, 4))
    y, _ = Operation("max_unpool_places", POOL).forward(pooled, places)
    assert_array_equal(y, np.where(np.isin(x, pooled), x, 0))


def test_unpooling_into_a_size_that_is_told():
    """Places count in the size of the options, 4 × 4: 5 is row 1, column 1."""
    x = np.array([5.0, 6, 7, 8]).reshape(1, 2, 2, 1)
    places = np.array([5, 7, 13, 15]).reshape(1, 2, 2, 1)
    y, _ = Operation("max_unpool_places", POOL).forward(x, places, np.array([1, 1, 5, 5]))
    wanted = np.zeros((5, 5))
    wanted[1, 1], wanted[1, 3], wanted[3, 1], wanted[3, 3] = 5, 6, 7, 8
    assert_array_equal(y[0, ..., 0], wanted)


def test_folding_columns_that_have_channels_first():
    """Two channels, a window of 1 × 2 at three positions: overlaps add up."""
    columns = np.arange(12.0).reshape(1, 4, 3)
    y, _ = Operation("fold_first").forward(columns, np.array([1, 4]), np.array([1, 2]))
    assert_array_equal(y, [[[[0, 4, 6, 5]], [[6, 16, 18, 11]]]])


def test_folding_with_a_stride():
    columns = np.arange(8.0).reshape(1, 4, 2)
    layer = Operation("fold_first", {"stride": 2})
    y, _ = layer.forward(columns, np.array([2, 4]), np.array([2, 2]))
    assert_array_equal(y, [[[[0, 2, 1, 3], [4, 6, 5, 7]]]])
