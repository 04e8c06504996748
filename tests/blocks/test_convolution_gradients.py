"""Gradients of convolution against central differences, in float64."""

import pytest

from stridewise.blocks.convolution import conv, conv_backward
from stridewise.testing import GradientMismatchError, check_gradients

pytestmark = pytest.mark.usefixtures("engine")

CASES = {
    "plain": ((2, 4, 5, 3), (3, 2, 3, 2), {}),
    "stride": ((2, 6, 5, 2), (2, 3, 2, 3), {"stride": (3, 2)}),
    "padding": ((1, 3, 4, 2), (2, 3, 2, 3), {"padding": ((1, 0), (2, 3))}),
    "dilation": ((1, 6, 7, 2), (3, 2, 2, 1), {"dilation": (2, 4)}),
    "groups": ((2, 3, 4, 6), (2, 1, 2, 3), {"groups": 3}),
    "all of it": (
        (2, 6, 7, 4),
        (2, 3, 2, 6),
        {"stride": (2, 3), "padding": ((0, 2), (3, 1)), "dilation": (3, 2), "groups": 2},
    ),
    "rank 1": ((3, 8, 2), (3, 2, 4), {"stride": 2, "padding": "same"}),
    "rank 3": ((1, 3, 4, 5, 2), (2, 1, 3, 2, 3), {"stride": (1, 2, 2), "padding": (1, 0, 2)}),
}


def functions(rank, options):
    def forward(x, weight, bias):
        return conv(rank, x, weight, bias, **options)

    def backward(grad_y, x, weight, bias):
        return tuple(conv_backward(rank, grad_y, x, weight, **options))

    return forward, backward


@pytest.mark.parametrize("name", CASES)
def test_gradients_by_x_weight_and_bias(rng, name):
    x_shape, weight_shape, options = CASES[name]
    arrays = [rng.standard_normal(s) for s in (x_shape, weight_shape, weight_shape[-1:])]
    forward, backward = functions(len(x_shape) - 2, options)
    check_gradients(forward, backward, arrays)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_check_would_notice_one_wrong_element(rng, number):
    forward, backward = functions(2, {"stride": 2})

    def wrong(grad_y, *arrays):
        gradients = backward(grad_y, *arrays)
        gradients[number].flat[-1] += 1e-4
        return gradients

    arrays = [rng.standard_normal(shape) for shape in ((1, 5, 5, 2), (2, 2, 2, 3), (3,))]
    with pytest.raises(GradientMismatchError, match=f"array {number} has a wrong gradient"):
        check_gradients(forward, wrong, arrays)
