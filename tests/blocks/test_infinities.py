"""Infinities, and sums beyond the dtype, give infinity or NaN: an answer, and no warning."""

import numpy as np
import pytest

from stridewise import blocks

pytestmark = pytest.mark.usefixtures("engine")

BIG = np.finfo(np.float32).max
SIGNS = np.float32([1, -1]).reshape(1, 2, 1)
ONES = np.ones((2, 1, 1), np.float32)
ONE = np.ones((1, 1, 1), np.float32)
NO_OFFSET = np.zeros((1, 1, 2), np.float32)


@pytest.mark.parametrize(
    "opposite",
    [
        lambda x: blocks.conv1d(x, ONES),
        lambda x: blocks.conv1d(np.repeat(x, 2, -1), np.repeat(ONES, 2, -1), groups=2)[..., :1],
        lambda x: blocks.conv_transpose1d(x, ONES)[:, 1:2],
        lambda x: blocks.deform_conv1d(x, NO_OFFSET, ONES),
        lambda x: blocks.linear(x.reshape(1, 2), ONES[:, 0]),
        lambda x: blocks.avg_pool1d(x, 2),
        lambda x: blocks.global_avg_pool(x),
        lambda x: blocks.fold(np.repeat(x, 2, -1), 3, 2)[:, 1:2],
        lambda x: blocks.conv1d_backward(x, np.ones((1, 3, 1), np.float32), ONES).bias,
        lambda x: blocks.conv1d_backward(x, np.ones((1, 3, 1), np.float32), ONES).x[:, 1:2],
        lambda x: blocks.conv_transpose1d_backward(x, ONE, ONES).bias,
        lambda x: blocks.conv_transpose1d_backward(x, ONE, ONES).x,
        lambda x: blocks.deform_conv1d_backward(x, x, np.zeros((1, 2, 1)), ONE).bias,
        lambda x: blocks.linear_backward(x.reshape(2, 1), np.ones((2, 1)), ONE[0]).bias,
        lambda x: blocks.avg_pool1d_backward(x, np.zeros((1, 3, 1)), 2, stride=1)[:, 1:2],
        lambda x: blocks.max_pool1d_backward(x, [[[1], [2], [1]]], 2, stride=1)[:, 1:2],
        lambda x: blocks.unfold_backward(np.repeat(x, 2, -1), np.zeros((1, 3, 1)), 2)[:, 1:2],
        lambda x: blocks.batch_norm(x, [1], [0])[:, :1],
        lambda x: blocks.batch_norm_backward(x, [[[1], [2]]], [1]).bias,
        lambda x: blocks.sigmoid_backward(x, np.full(x.shape, np.inf))[:, :1],
        lambda x: blocks.tanh_backward(x, np.full(x.shape, np.inf))[:, :1],
        lambda x: blocks.softmax_backward(x.reshape(2), np.zeros(2))[:1],
    ],
)
def test_infinities_of_opposite_signs_give_nan(opposite):
    assert np.isnan(opposite(SIGNS * np.float32(np.inf))).all()


@pytest.mark.parametrize(
    "sum_of",
    [
        lambda x: blocks.conv1d(x, 2 * ONES),
        lambda x: blocks.conv_transpose1d(x, 2 * ONES),
        lambda x: blocks.deform_conv1d(x, NO_OFFSET, 2 * ONES),
        lambda x: blocks.linear(x.reshape(1, 2), 2 * ONES[:, 0]),
        lambda x: blocks.fold(np.repeat(x, 2, -1), 3, 2)[:, 1:2],
        lambda x: blocks.conv1d_backward(x, np.ones((1, 3, 1), np.float32), ONES).bias,
        lambda x: blocks.dropout(np.tile(x, 99), 0.5, seed=1).max(),
        lambda x: blocks.adaptive_max_pool_backward(
            np.tile(x, (1, 2, 1))[:, :3], np.float32([[[1], [9], [9], [1]]]), 3
        ).max(),
        lambda x: blocks.max_pool1d_backward(x, np.float32([[[1], [2], [1]]]), 2, stride=1)[:, 1:2],
        lambda x: blocks.batch_norm(x, *np.float32([[9], [0]]), mean=[0], variance=[1]),
    ],
)
def test_what_is_beyond_the_dtype_is_infinite(sum_of):
    assert np.isposinf(sum_of(np.full((1, 2, 1), BIG))).all()


def test_a_mean_loss_beyond_the_dtype_is_infinite():
    logits = np.full(3, np.finfo(np.float64).max)
    assert blocks.binary_cross_entropy_with_logits(logits, np.zeros(3)) == np.inf
