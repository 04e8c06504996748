"""leaky_relu, prelu and thresholded_relu: by hand, at their kinks, and PReLU's slopes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise.blocks.rectifiers import (
    leaky_relu,
    leaky_relu_backward,
    prelu,
    prelu_backward,
    thresholded_relu,
    thresholded_relu_backward,
)
from stridewise.testing import check_gradients

inf, nan = np.inf, np.nan
X = np.array([-8.0, -1.0, 0.0, 2.0, 6.0])
GRAD_Y = np.array([1.0, 2.0, 3.0, 4.0, 5.0])


@pytest.mark.parametrize(
    ("slope", "y", "grad_x"),
    [
        (0.25, [-2, -0.25, 0, 2, 6], [0.25, 0.5, 0.75, 4, 5]),
        (-1, [8, 1, 0, 2, 6], [-1, -2, -3, 4, 5]),
        (0, [0, 0, 0, 2, 6], [0, 0, 0, 4, 5]),
        (3, [-24, -3, 0, 2, 6], [3, 6, 9, 4, 5]),
    ],
)
def test_leaky_relu_by_hand(slope, y, grad_x):
    assert_array_equal(leaky_relu(X, slope), y)
    assert_array_equal(leaky_relu_backward(GRAD_Y, X, slope), grad_x)
    assert_array_equal(prelu(X, [slope]), y)
    assert_array_equal(prelu_backward(GRAD_Y, X, [slope]).x, grad_x)


def test_the_default_slope():
    assert_allclose(leaky_relu([-100.0]), [-1])
    assert_allclose(leaky_relu_backward([100.0], [-1.0]), [1])


@pytest.mark.parametrize(
    ("alpha", "y", "grad_x"),
    [
        (2.0, [0, 0, 0, 0, 6], [0, 0, 0, 0, 5]),
        (-1.0, [0, 0, 0, 2, 6], [0, 0, 3, 4, 5]),
        (-9, X, GRAD_Y),
    ],
)
def test_thresholded_relu_by_hand(alpha, y, grad_x):
    assert_array_equal(thresholded_relu(X, alpha), y)
    assert_array_equal(thresholded_relu_backward(GRAD_Y, X, alpha), grad_x)


def test_the_default_threshold():
    assert_array_equal(thresholded_relu([1.0, 1.25]), [0, 1.25])
    assert_array_equal(thresholded_relu_backward([5.0, 5.0], [1.0, 1.25]), [0, 5])


def test_a_slope_of_nothing_is_relu_at_infinity_too():
    assert_array_equal(leaky_relu([-inf, inf, nan], 0), [0, inf, nan])
    assert_array_equal(prelu([-inf, inf], [0.0]), [nan, inf])


def test_products_beyond_the_dtype_are_infinite():
    assert_array_equal(leaky_relu([-1e300], 1e300), [-inf])
    assert_array_equal(leaky_relu_backward([1e300], [-1.0], 1e300), [inf])
    g = prelu_backward([1e300], [-1e300], [1e300])
    assert (g.x.item(), g.weight.item()) == (inf, -inf)


# shapes of x and weight, and which axes of x share a slope
SHAPES = [
    ((2, 4, 5, 3), (3,), (0, 1, 2)),
    ((2, 4, 5, 3), (1,), (0, 1, 2, 3)),
    ((2, 4, 5, 3), (), (0, 1, 2, 3)),
    ((2, 4, 5, 3), (5, 1), (0, 1, 3)),
    ((2, 4, 5, 3), (4, 1, 3), (0, 2)),
    ((2, 4, 5, 3), (2, 4, 5, 3), ()),
    ((4, 3), (3,), (0,)),
    ((3,), (3,), ()),
    ((), (), ()),
]


@pytest.mark.parametrize(("shape", "slopes", "shared"), SHAPES)
def test_prelu_against_loops(rng, shape, slopes, shared):
    x, grad_y, weight = (rng.standard_normal(s) for s in (shape, shape, slopes))
    y, grad_x, grad_weight = np.empty(shape), np.empty(shape), np.zeros(slopes)
    for index in np.ndindex(*shape):
        whole = tuple(0 if axis in shared else i for axis, i in enumerate(index))
        of = whole[len(shape) - len(slopes) :]
        left = x[index] <= 0
        y[index] = x[index] * weight[of] if left else x[index]
        grad_x[index] = grad_y[index] * weight[of] if left else grad_y[index]
        grad_weight[of] += grad_y[index] * x[index] if left else 0
    assert_allclose(prelu(x, weight), y, rtol=1e-14)
    g = prelu_backward(grad_y, x, weight)
    assert g.weight.shape == slopes
    assert_allclose(g.x, grad_x, rtol=1e-14)
    assert_allclose(g.weight, grad_weight, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("shape", "slopes", "shared"), SHAPES[:-1])
def test_prelu_gradients(rng, shape, slopes, shared):
    check_gradients(
        prelu,
        lambda *arrays: tuple(prelu_backward(*arrays)),
        [rng.standard_normal(shape), rng.standard_normal(slopes)],
    )


def test_prelu_dtypes_and_an_empty_batch():
    for x, weight, result in (("f2", "f2", "f2"), ("f4", "f4", "f4"), ("i4", "?", "f8")):
        x, weight = np.ones((2, 3), x), np.ones(3, weight)
        g = prelu_backward(x, x, weight)
        assert [prelu(x, weight).dtype, g.x.dtype, g.weight.dtype] == [result] * 3
    x = np.zeros((0, 4, 3))
    g = prelu_backward(x, x, np.ones(3))
    assert prelu(x, np.ones(3)).shape == g.x.shape == (0, 4, 3)
    assert_array_equal(g.weight, np.zeros(3))


def test_the_slopes_of_float32_add_up_in_float64():
    x = -np.ones((2**20 + 1, 1), "f4")
    x[0] = -(2.0**25)
    assert prelu_backward(np.ones_like(x), x, np.ones(1, "f4")).weight == -(2.0**25 + 2**20)


@pytest.mark.parametrize("weight", [np.ones(4), np.ones(2), np.ones((5, 3)), np.ones((1, 4, 3))])
def test_slopes_that_do_not_fit(weight):
    x = np.ones((4, 3))
    with pytest.raises(ValueError, match=r"prelu: `weight` does not fit(.|\n)*shape \(3,\)"):
        prelu(x, weight)
    with pytest.raises(ValueError, match="prelu_backward: `weight` does not fit"):
        prelu_backward(x, x, weight)
