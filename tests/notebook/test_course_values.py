"""The values that the exercise publishes, on every engine.

Inputs are drawn as the exercise draws them: the legacy generator seeded with 1, then one
`randn` an array, in the order of the arguments.
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.notebook import (
    compact,
    conv_backward,
    conv_forward,
    conv_single_step,
    create_mask_from_window,
    distribute_value,
    pool_backward,
    pool_forward,
    zero_pad,
)

pytestmark = pytest.mark.usefixtures("engine")

# The published numbers are rounded; each is checked to its last digit.
EIGHT_DIGITS = {"rtol": 0, "atol": 5.1e-9}


def drawn(*shapes):
    random = np.random.RandomState(1)
    return [random.randn(*shape) for shape in shapes]


def test_zero_pad():
    (x,) = drawn((4, 3, 3, 2))
    padded = zero_pad(x, 2)
    assert padded.shape == (4, 7, 7, 2)
    expected = [[0.90085595, -0.68372786], [-0.12289023, -0.93576943], [-0.26788808, 0.53035547]]
    assert_allclose(x[1, 1], expected, **EIGHT_DIGITS)
    assert_array_equal(padded[1, 1], np.zeros((7, 2)))
    assert_array_equal(padded[:, 2:5, 2:5], x)


def test_conv_single_step():
    a_slice, W, b = drawn((4, 4, 3), (4, 4, 3), (1, 1, 1))
    assert conv_single_step(a_slice, W, b) == pytest.approx(-6.999089450680221, abs=1e-14)


CONV_FORWARD = [
    pytest.param(
        ((10, 4, 4, 3), (2, 2, 3, 8), (1, 1, 1, 8)),
        {"pad": 2, "stride": 2},
        0.0489952035289,
        [
            -0.61490741,
            -6.7439236,
            -2.55153897,
            1.75698377,
            3.56208902,
            0.53036437,
            5.18531798,
            8.75898442,
        ],
        [-0.20075807, 0.18656139, 0.41005165],
        id="pad 2, stride 2",
    ),
    pytest.param(
        ((10, 5, 7, 4), (3, 3, 4, 8), (1, 1, 1, 8)),
        {"pad": 1, "stride": 2},
        0.692360880758,
        [
            -1.28912231,
            2.27650251,
            6.61941931,
            0.95527176,
            8.25132576,
            2.31329639,
            13.00689405,
            2.34576051,
        ],
        [-1.1191154, 1.9560789, -0.3264995, -1.34267579],
        id="pad 1, stride 2",
    ),
]


@pytest.mark.parametrize(("shapes", "hparameters", "mean", "Z_321", "cached"), CONV_FORWARD)
def test_conv_forward(shapes, hparameters, mean, Z_321, cached):
    A_prev, W, b = drawn(*shapes)
    Z, cache = conv_forward(A_prev, W, b, hparameters)
    assert np.mean(Z) == pytest.approx(mean, abs=1e-12)
    assert_allclose(Z[3, 2, 1], Z_321, **EIGHT_DIGITS)
    assert_allclose(cache[0][1][2][3], cached, **EIGHT_DIGITS)
    assert cache[1] is W
    assert cache[3] == hparameters


def test_conv_forward_of_two_examples():
    A_prev, W, b = drawn((2, 5, 7, 4), (3, 3, 4, 8), (1, 1, 1, 8))
    Z, _ = conv_forward(A_prev, W, b, {"pad": 1, "stride": 2})
    assert Z.shape == (2, 3, 4, 8)
    assert np.mean(Z) == pytest.approx(0.551127647456676, abs=1e-14)


def test_conv_backward():
    A_prev, W, b = drawn((10, 4, 4, 3), (2, 2, 3, 8), (1, 1, 1, 8))
    Z, cache = conv_forward(A_prev, W, b, {"pad": 2, "stride": 2})
    dA, dW, db = conv_backward(Z, cache)
    assert (dA.shape, dW.shape, db.shape) == (A_prev.shape, W.shape, b.shape)
    assert np.mean(dA) == pytest.approx(1.45243777754, abs=1e-11)
    assert np.mean(dW) == pytest.approx(1.72699145831, abs=1e-11)
    assert np.mean(db) == pytest.approx(7.83923256462, abs=1e-11)


def test_pool_forward_of_one_window():
    (A_prev,) = drawn((2, 4, 4, 3))
    A, cache = pool_forward(A_prev, {"f": 3, "stride": 2})
    expected = [[[[1.74481176, 0.86540763, 1.13376944]]], [[[1.13162939, 1.51981682, 2.18557541]]]]
    assert_allclose(A, expected, **EIGHT_DIGITS)
    assert cache[0] is A_prev
    A, _ = pool_forward(A_prev, {"f": 3, "stride": 2}, mode="average")
    expected = [
        [[[0.02105773, -0.20328806, -0.40389855]]],
        [[[-0.22154621, 0.51716526, 0.48155844]]],
    ]
    assert_allclose(A, expected, **EIGHT_DIGITS)


def test_pool_forward_of_the_whole_image():
    (A_prev,) = drawn((2, 4, 4, 3))
    A, _ = pool_forward(A_prev, {"f": 4, "stride": 1})
    expected = [[1.74481176, 1.6924546, 2.10025514], [1.19891788, 1.51981682, 2.18557541]]
    assert_allclose(A[:, 0, 0], expected, **EIGHT_DIGITS)
    A, _ = pool_forward(A_prev, {"f": 4, "stride": 1}, mode="average")
    expected = [[-0.09498456, 0.11180064, -0.14263511], [-0.09525108, 0.28325018, 0.33035185]]
    assert_allclose(A[:, 0, 0], expected, **EIGHT_DIGITS)


def test_pool_forward_stride_1():
    (A_prev,) = drawn((2, 5, 5, 3))
    A, _ = pool_forward(A_prev, {"f": 3, "stride": 1})
    assert A.shape == (2, 3, 3, 3)
    assert_allclose(A[0, 0, 0], [1.74481176, 0.90159072, 1.65980218], **EIGHT_DIGITS)
    assert_allclose(A[1, 2, 2], [1.62765075, 1.12141771, 0.79280687], **EIGHT_DIGITS)
    A, _ = pool_forward(A_prev, {"f": 3, "stride": 1}, mode="average")
    first, last = [-0.0301046719, -0.00324021315, -0.336298859], [0.150774518, 0.289111751]
    assert_allclose(A[0, 0, 0], first, rtol=2e-9)
    assert_allclose(A[1, 2, 2], [*last, 0.00123238536], rtol=5e-9)


def test_pool_forward_stride_2():
    (A_prev,) = drawn((2, 5, 5, 3))
    A, _ = pool_forward(A_prev, {"f": 3, "stride": 2})
    assert A.shape == (2, 2, 2, 3)
    expected = [[1.96710175, 0.86888616, 1.27375593], [1.62765075, 1.12141771, 0.79280687]]
    assert_allclose(A[1, 1], expected, **EIGHT_DIGITS)


def test_mask_and_distribute():
    (x,) = drawn((2, 3))
    assert_array_equal(create_mask_from_window(x), [[True, False, False], [False, False, False]])
    assert_array_equal(distribute_value(2, (2, 2)), [[0.5, 0.5], [0.5, 0.5]])


def test_pool_backward():
    random = np.random.RandomState(1)
    A_prev = random.randn(5, 5, 3, 2)
    A, cache = pool_forward(A_prev, {"f": 2, "stride": 1})
    dA = random.randn(5, 4, 2, 2)
    assert dA.shape == A.shape
    assert np.mean(dA) == pytest.approx(0.145713902729, abs=1e-12)
    expected = [[0, 0], [5.05844394, -1.68282702], [0, 0]]
    assert_allclose(pool_backward(dA, cache, mode="max")[1, 1], expected, **EIGHT_DIGITS)
    expected = [[0.08485462, 0.2787552], [1.26461098, -0.25749373], [1.17975636, -0.53624893]]
    assert_allclose(pool_backward(dA, cache, mode="average")[1, 1], expected, **EIGHT_DIGITS)


def test_compact_conv_slice():
    assert compact.conv_slice([[0, 1], [2, 4]], [[0, 1], [0.5, 0.25]], 1) == 4.0
