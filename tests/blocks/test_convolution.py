"""Convolution: values worked by hand, and values that others published."""

import inspect

import numpy as np
import pytest

from stridewise.blocks import convolution
from stridewise.blocks.convolution import (
    conv1d,
    conv1d_backward,
    conv2d,
    conv2d_backward,
    conv3d,
    conv3d_backward,
)

pytestmark = pytest.mark.usefixtures("engine")

# TensorFlow, conv_ops_test.py: x = 1 … 18 and weight = 1 … 36, channels last.
TF_X = np.arange(1.0, 19.0).reshape(1, 2, 3, 3)
TF_WEIGHT = np.arange(1.0, 37.0).reshape(2, 2, 3, 3)


@pytest.mark.parametrize(
    ("options", "values"),
    [
        ({"padding": "valid"}, [2271, 2367, 2463, 2901, 3033, 3165]),
        ({"padding": "same", "stride": 2}, [2271, 2367, 2463, 1230, 1305, 1380]),
    ],
)
def test_values_that_tensorflow_published(options, values):
    assert conv2d(TF_X, TF_WEIGHT, **options).ravel().tolist() == values


@pytest.mark.parametrize(
    ("options", "values"),
    [
        ({}, [10 - 2, 20 - 3, 30 - 4, 40 - 5]),
        ({"stride": 2}, [8, 26]),
        ({"stride": 3}, [8, 35]),
        ({"padding": 1}, [-1, 8, 17, 26, 35, 50]),
        ({"padding": ((0, 1),)}, [8, 17, 26, 35, 50]),
        ({"padding": ((2, 0),), "stride": 2}, [0, 8, 26]),
        ({"padding": "same"}, [8, 17, 26, 35, 50]),
        ({"padding": "same_lower"}, [-1, 8, 17, 26, 35]),
        ({"dilation": 2}, [7, 16, 25]),
        ({"dilation": 4}, [5]),
        ({"dilation": 3, "padding": 2, "stride": 2}, [-2, 6, 30]),
    ],
)
def test_one_row_by_hand(options, values):
    # y[i] = 10 * x[i] - x[i + dilation], with zeros outside
    x = np.array([1.0, 2, 3, 4, 5]).reshape(1, 5, 1)
    weight = np.array([10.0, -1]).reshape(2, 1, 1)
    assert conv1d(x, weight, **options).ravel().tolist() == values


def test_the_kernel_is_not_flipped_and_the_rows_come_first():
    x = np.arange(12.0).reshape(1, 3, 4, 1)
    weight = np.zeros((2, 3, 1, 1))
    weight[1, 0] = 1  # one row down, no column across
    assert conv2d(x, weight)[0, :, :, 0].tolist() == [[4, 5], [8, 9]]


def test_each_output_channel_has_its_bias():
    x, weight = np.zeros((2, 2, 3, 1)), np.zeros((1, 2, 1, 3))
    y = conv2d(x, weight, [1.0, 2.0, 3.0])
    assert y.shape == (2, 2, 2, 3)
    assert (y == [1.0, 2.0, 3.0]).all()


def test_groups_by_hand():
    # Four input channels, two groups, two output channels in each.
    x = np.array([1.0, 10, 100, 1000]).reshape(1, 1, 4)
    weight = np.array([[1.0, 2, 3, 4], [5, 6, 7, 8]]).reshape(1, 2, 4)
    y = conv1d(x, weight, groups=2)
    assert y.ravel().tolist() == [1 + 50, 2 + 60, 300 + 7000, 400 + 8000]


def test_depthwise_by_hand():
    x = np.array([1.0, 10, 100]).reshape(1, 1, 3)
    weight = np.array([[1.0, 2, 3, 4, 5, 6]]).reshape(1, 1, 6)
    assert conv1d(x, weight, groups=3).ravel().tolist() == [1, 2, 30, 40, 500, 600]


def test_three_axes_by_hand():
    x = np.arange(24.0).reshape(1, 2, 3, 4, 1)
    weight = np.zeros((2, 2, 1, 1, 1))
    weight[0, 0], weight[1, 1] = 1, 100
    y = conv3d(x, weight, stride=(1, 1, 3))
    # x[0, row, col] + 100 * x[1, row + 1, col]; the second plane begins at 12, a row has 4
    assert y[0, 0, :, :, 0].tolist() == [[0 + 1600, 3 + 1900], [4 + 2000, 7 + 2300]]


def test_gradients_by_hand():
    x = np.array([1.0, 2, 3, 4]).reshape(1, 4, 1)
    weight = np.array([10.0, -1]).reshape(2, 1, 1)
    grad_y = np.array([1.0, 5, 7]).reshape(1, 3, 1)
    g = conv1d_backward(grad_y, x, weight)
    assert g.x.ravel().tolist() == [10, 50 - 1, 70 - 5, -7]
    assert g.weight.ravel().tolist() == [1 + 10 + 21, 2 + 15 + 28]
    assert g.bias.tolist() == [13]
    assert g._fields == ("x", "weight", "bias")


def test_gradients_by_hand_with_padding_and_stride():
    x = np.array([1.0, 2, 3]).reshape(1, 3, 1)
    weight = np.array([10.0, -1]).reshape(2, 1, 1)
    grad_y = np.array([1.0, 5]).reshape(1, 2, 1)  # windows (0, 1) and (2, 3)
    g = conv1d_backward(grad_y, x, weight, stride=2, padding=((1, 0),))
    assert g.x.ravel().tolist() == [-1, 50, -5]
    assert g.weight.ravel().tolist() == [0 + 10, 1 + 15]


def test_gradients_do_not_reach_what_no_window_sees():
    x, weight = np.ones((1, 5, 1)), np.ones((1, 1, 1))
    g = conv1d_backward(np.ones((1, 2, 1)), x, weight, stride=3)
    assert g.x.ravel().tolist() == [1, 0, 0, 1, 0]


@pytest.mark.parametrize(
    ("forward", "backward", "rank"),
    [(conv1d, conv1d_backward, 1), (conv2d, conv2d_backward, 2), (conv3d, conv3d_backward, 3)],
)
def test_shapes(forward, backward, rank):
    size, kernel = (7, 8, 9)[:rank], (2, 3, 4)[:rank]
    x, weight = np.ones((2, *size, 6)), np.ones((*kernel, 3, 4))
    y = forward(x, weight, groups=2)
    assert y.shape == (2, *(6, 6, 6)[:rank], 4)
    g = backward(y, x, weight, groups=2)
    assert (g.x.shape, g.weight.shape, g.bias.shape) == (x.shape, weight.shape, (4,))


def test_a_sum_of_many_bias_gradients_keeps_its_digits():
    # In float32, adding 0.1 a hundred thousand times over would be off by about 1e-4.
    grad_y = np.full((1, 100_000, 1), 0.1, np.float32)
    x, weight = np.zeros((1, 100_000, 1), np.float32), np.zeros((1, 1, 1), np.float32)
    g = conv1d_backward(grad_y, x, weight)
    assert g.bias.item() == np.float32(100_000 * float(np.float32(0.1)))


FACES = [name for name in convolution.__all__ if name[4:6] in ("1d", "2d", "3d")]


@pytest.mark.parametrize("name", FACES)
def test_names_and_signatures_of_the_thin_faces(name):
    face = getattr(convolution, name)
    parameters = inspect.signature(face).parameters
    by_keyword = [p for p in parameters if parameters[p].kind is inspect.Parameter.KEYWORD_ONLY]
    assert (face.__name__, "rank" in parameters) == (name, False)
    assert by_keyword == ["stride", "padding", "dilation", "groups"]


def test_there_are_six_thin_faces():
    assert len(FACES) == 6
