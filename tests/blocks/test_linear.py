"""The fully connected block: by hand, against einsum, and its gradients."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from stridewise import linear, linear_backward
from stridewise.testing import check_gradients

X = [[1.0, 2.0, 3.0], [0.0, -1.0, 4.0]]
WEIGHT = [[1.0, 0.0], [10.0, 2.0], [100.0, -1.0]]


def test_by_hand():
    assert_array_equal(linear(X, WEIGHT), [[321, 1], [390, -6]])
    assert_array_equal(linear(X, WEIGHT, [0.5, 7]), [[321.5, 8], [390.5, 1]])


def test_backward_by_hand():
    g = linear_backward([[1.0, 0.0], [2.0, 3.0]], X, WEIGHT)
    assert_array_equal(g.x, [[1, 10, 100], [2, 26, 197]])
    assert_array_equal(g.weight, [[1, 0], [0, -3], [11, 12]])
    assert_array_equal(g.bias, [3, 3])


@pytest.mark.parametrize("leading", [(), (4,), (2, 5), (2, 1, 4, 3)])
def test_any_leading_axes(rng, leading):
    x, weight = rng.standard_normal((*leading, 6)), rng.standard_normal((6, 7))
    bias, grad_y = rng.standard_normal(7), rng.standard_normal((*leading, 7))
    assert_allclose(linear(x, weight, bias), np.einsum("...c,co->...o", x, weight) + bias)
    g = linear_backward(grad_y, x, weight)
    assert_allclose(g.x, np.einsum("...o,co->...c", grad_y, weight))
    assert_allclose(g.weight, x.reshape(-1, 6).T.dot(grad_y.reshape(-1, 7)))
    assert_allclose(g.bias, grad_y.reshape(-1, 7).sum(axis=0))


def test_gradients(rng):
    arrays = [rng.standard_normal(shape) for shape in ((2, 4, 3), (3, 5), (5,))]
    check_gradients(linear, lambda grad_y, x, w, b: tuple(linear_backward(grad_y, x, w)), arrays)
    check_gradients(
        linear, lambda grad_y, x, w: tuple(linear_backward(grad_y, x, w))[:2], arrays[:2]
    )


@pytest.mark.parametrize(
    ("x", "weight", "bias", "result"),
    [
        ("f2", "f2", "f2", "f2"),
        ("f4", "f4", "f4", "f4"),
        ("f4", "f4", "f8", "f8"),
        ("f2", "f4", "f2", "f4"),
        ("i4", "i4", "i4", "f8"),
        ("?", "u1", "?", "f8"),
        ("?", "f4", "f4", "f4"),
    ],
)
def test_dtypes(x, weight, bias, result):
    x, weight = np.ones((2, 3), x), np.ones((3, 4), weight)
    y = linear(x, weight, np.ones(4, bias))
    assert y.dtype == result
    assert_array_equal(y, np.full((2, 4), 4))
    g = linear_backward(y, x, weight)
    assert [array.dtype for array in g] == [np.dtype(result)] * 3
    assert_array_equal(g.x, np.full((2, 3), 16))


def test_float16_adds_up_in_float32():
    # 4096 ones: a sum in float16 would stop at 2048
    assert linear(np.ones((1, 4096), "f2"), np.ones((4096, 1), "f2")).item() == 4096
    g = linear_backward(np.ones((4096, 1), "f2"), np.ones((4096, 1), "f2"), np.ones((1, 1), "f2"))
    assert (g.weight.item(), g.bias.item()) == (4096, 4096)


def test_the_bias_gradient_adds_up_in_float64():
    grad_y = np.full((2**12 + 1, 1), 1.0, "f4")
    grad_y[0] = 2.0**25  # float32 has no room for 2**25 + 1
    g = linear_backward(grad_y, np.zeros((2**12 + 1, 1), "f4"), np.zeros((1, 1), "f4"))
    assert g.bias.item() == 2**25 + 2**12


def test_strange_memory_gives_the_same_and_is_not_written_to(rng):
    arrays = [rng.integers(-9, 10, shape).astype(float) for shape in ((4, 3), (3, 5), (5,))]
    grad_y = rng.integers(-9, 10, (4, 5)).astype(float)
    strange = [np.repeat(a, 2, -1)[..., ::2][::-1][::-1] for a in arrays]
    strange_grad = np.asfortranarray(grad_y)
    for array in (*strange, strange_grad):
        array.flags.writeable = False
    assert_array_equal(linear(*strange), linear(*arrays))
    for got, wanted in zip(
        linear_backward(strange_grad, *strange[:2]),
        linear_backward(grad_y, *arrays[:2]),
        strict=True,
    ):
        assert_array_equal(got, wanted)


def test_an_empty_batch():
    assert linear(np.zeros((0, 3)), WEIGHT, [1, 2]).shape == (0, 2)
    g = linear_backward(np.zeros((0, 2)), np.zeros((0, 3)), WEIGHT)
    assert g.x.shape == (0, 3)
    assert_array_equal(g.weight, np.zeros((3, 2)))
    assert_array_equal(g.bias, [0, 0])


def test_nan_passes_in_its_own_example_only():
    y = linear([[np.nan, 0, 0], [1, 1, 1]], WEIGHT)
    assert_array_equal(y, [[np.nan, np.nan], [111, 1]])


@pytest.mark.parametrize(
    ("x", "weight", "bias", "message"),
    [
        (np.ones((2, 4)), WEIGHT, None, "linear: the features of `x` and `weight` do not match"),
        (np.ones((2, 4)), WEIGHT, None, r"x.reshape\(len\(x\), -1\), to flatten images"),
        (np.ones((5, 2)), WEIGHT, None, r"weight.T, if it came as \(C_out, C_in\)"),
        (1.0, WEIGHT, None, "do not match"),
        (np.ones((2, 0)), np.ones((0, 3)), None, "no empty axis in `weight`"),
        (np.ones((2, 3)), np.ones((3, 0)), None, "no empty axis in `weight`"),
        (X, [1.0, 2.0, 3.0], None, r"`weight` has the wrong number of axes(.|\n)*C_in, C_out"),
        (X, [WEIGHT], None, "`weight` has the wrong number of axes"),
        (X, WEIGHT, [1.0, 2.0, 3.0], r"`bias` has the wrong shape(.|\n)*bias.shape=\(2,\)"),
        (X, WEIGHT, [[1.0, 2.0]], "`bias` has the wrong shape"),
        (X, WEIGHT, 1.0, "`bias` has the wrong shape"),
    ],
)
def test_errors(x, weight, bias, message):
    with pytest.raises(ValueError, match=message):
        linear(x, weight, bias)
    if bias is None:
        with pytest.raises(ValueError, match=message.replace("linear:", "linear_backward:")):
            linear_backward(np.ones((2, 2)), x, weight)


@pytest.mark.parametrize("shape", [(2, 3), (3, 2), (2,), (1, 2, 2)])
def test_grad_y_of_the_wrong_shape(shape):
    with pytest.raises(ValueError, match="linear_backward: `grad_y` has the wrong shape"):
        linear_backward(np.ones(shape), X, WEIGHT)


def test_what_is_no_real_number():
    with pytest.raises(TypeError, match="linear: `weight` does not hold real numbers"):
        linear(X, [[1j, 1j]] * 3)
