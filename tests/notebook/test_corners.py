"""Where copies of the exercise go wrong: pad 0, ties, odd sizes, the shape of b, integers."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import stridewise as sw
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


@pytest.fixture
def case():
    random = np.random.default_rng(3)
    return (
        random.standard_normal((2, 7, 6, 3)),
        random.standard_normal((3, 3, 3, 5)),
        random.standard_normal((1, 1, 1, 5)),
    )


def by_the_exercise(A_prev, W, b, stride, pad, dZ):
    """The exercise's own lines: all three gradients, and Z, by four loops."""
    A_pad = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    dA_pad, dW, db = np.zeros_like(A_pad), np.zeros_like(W), np.zeros_like(b)
    Z, f = np.zeros_like(dZ), W.shape[0]
    for i, h, w, c in np.ndindex(*dZ.shape):
        rows, columns = slice(h * stride, h * stride + f), slice(w * stride, w * stride + f)
        Z[i, h, w, c] = np.sum(A_pad[i, rows, columns] * W[..., c]) + b[0, 0, 0, c]
        dA_pad[i, rows, columns] += W[..., c] * dZ[i, h, w, c]
        dW[..., c] += A_pad[i, rows, columns] * dZ[i, h, w, c]
        db[..., c] += dZ[i, h, w, c]
    return Z, dA_pad[:, pad : A_pad.shape[1] - pad, pad : A_pad.shape[2] - pad], dW, db


@pytest.mark.parametrize(
    ("stride", "pad", "size"), [(1, 0, (5, 4)), (2, 0, (3, 2)), (3, 2, (3, 3))]
)
def test_convolution_is_the_exercise(case, stride, pad, size):
    A_prev, W, b = case
    Z, cache = conv_forward(A_prev, W, b, {"stride": stride, "pad": pad})
    assert Z.shape == (2, *size, 5)
    dZ = np.random.default_rng(4).standard_normal(Z.shape)
    expected = by_the_exercise(A_prev, W, b, stride, pad, dZ)
    for got, wanted in zip((Z, *conv_backward(dZ, cache)), expected, strict=True):
        assert_allclose(got, wanted, atol=1e-12)
    Z, cache = compact.forward(A_prev, W, b, pad, stride, 3)
    for got, wanted in zip((Z, *compact.backward(dZ, cache)), expected, strict=True):
        assert_allclose(got, wanted, atol=1e-12)


@pytest.mark.parametrize("b", [0.5, np.float64(0.5), np.array(0.5), np.full((1, 1, 1), 0.5), [0.5]])
def test_a_single_bias_in_any_form(b):
    Z = conv_single_step(np.full((2, 2, 3), 2), np.full((2, 2, 3), 3), b)
    assert float(Z) == 72.5
    assert np.ndim(Z) == 0


def test_all_ties_get_the_gradient():
    A_prev = np.array([[1.0, 1.0], [1.0, 0.0]]).reshape(1, 2, 2, 1)
    A, cache = pool_forward(A_prev, {"f": 2, "stride": 1})
    dA_prev = pool_backward(np.full_like(A, 5.0), cache)
    assert_array_equal(dA_prev[0, :, :, 0], [[5, 5], [5, 0]])
    assert_array_equal(dA_prev[0, :, :, 0], create_mask_from_window(A_prev[0, :, :, 0]) * 5.0)


def test_sizes_that_do_not_divide_are_floored():
    A_prev = np.arange(2 * 5 * 6 * 3).reshape(2, 5, 6, 3)
    A, cache = pool_forward(A_prev, {"f": 2, "stride": 2})
    assert_array_equal(A, A_prev[:, 1:4:2, 1::2])
    assert A.dtype == np.float64
    assert pool_backward(A, cache).shape == A_prev.shape


def test_integer_input():
    A_prev, W = np.ones((1, 3, 3, 2), int), np.ones((2, 2, 2, 1), int)
    Z, cache = conv_forward(A_prev, W, 1, {"stride": 1, "pad": 0})
    assert_array_equal(Z, np.full((1, 2, 2, 1), 9.0))
    assert conv_backward(Z, cache)[2].shape == (1, 1, 1, 1)
    assert_array_equal(zero_pad(A_prev, 0), A_prev)


def test_a_kernel_larger_than_the_padded_input_is_refused(case):
    A_prev, W, b = case
    with pytest.raises(ValueError, match="does not fit the padded input"):
        conv_forward(A_prev[:, :2], W, b, {"stride": 1, "pad": 0})
    with pytest.raises(ValueError, match="does not fit the padded input"):
        pool_forward(A_prev, {"f": 7, "stride": 1})


def test_mask_of_a_nan_is_the_first():
    window = [[1.0, np.nan], [np.nan, 2.0]]
    assert_array_equal(create_mask_from_window(window), [[False, True], [False, False]])


def test_distribute_over_rows_and_columns_that_differ():
    assert_array_equal(distribute_value(np.array([[[3.0]]]), (2, 3)), np.full((2, 3), 0.5))


@pytest.mark.parametrize("mode", ["max", "average"])
def test_compact_pooling_honours_pad(mode):
    X = -np.abs(np.random.default_rng(5).standard_normal((2, 4, 5, 3))) - 1
    A, cache = compact.forward(X, None, None, 1, 2, 3, {"max": "maxpool"}.get(mode, "avepool"))
    pool = {"max": sw.max_pool2d, "average": sw.avg_pool2d}[mode]
    back = {"max": sw.max_pool2d_backward, "average": sw.avg_pool2d_backward}[mode]
    assert_array_equal(A, pool(X, 3, stride=2, padding=1))
    assert (A < 0).all()
    assert_allclose(
        compact.pool_backward(A, cache, mode), back(A, X, 3, stride=2, padding=1), atol=1e-12
    )


@pytest.mark.parametrize(
    ("dims", "shape", "padded"),
    [
        (1, (4,), (6,)),
        (2, (4, 5), (6, 7)),
        (3, (4, 5, 3), (6, 7, 3)),
        (4, (2, 4, 5, 3), (2, 6, 7, 3)),
    ],
)
def test_compact_padding(dims, shape, padded):
    X_pad = compact.padding(np.zeros(shape), dims=dims, const=7)
    assert X_pad.shape == padded
    assert X_pad.sum() == 7 * (np.prod(padded) - np.prod(shape))


def test_compact_mask_and_share():
    assert_array_equal(compact.max_mask([[1, 1]]), [[True, True]])
    assert_array_equal(compact.distribute_value(1, (1, 4)), [[0.25] * 4])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda A, W, b: conv_forward(A, W, b, {"pad": 1}), "`hparameters` has no 'stride'"),
        (lambda A, W, b: conv_forward(A, W, b, None), "`hparameters` is not a dictionary"),
        (
            lambda A, W, b: conv_forward(A, W, b[..., :3], {"pad": 1, "stride": 1}),
            "`b` does not fit",
        ),
        (lambda A, W, b: conv_forward(A, W[0], b, {}), "`W` has the wrong number of axes"),
        (
            lambda A, W, b: conv_forward(A, W, b, {"pad": -1, "stride": 1}),
            "conv_forward: `pad` is out",
        ),
        (
            lambda A, W, b: conv_forward(A, W, b, {"pad": 0, "stride": 0}),
            "conv_forward: `stride` is out",
        ),
        (
            lambda A, W, b: conv_forward(A, W[:, :, :2], b, {"pad": 0, "stride": 1}),
            "`W` has the wrong",
        ),
        (
            lambda A, W, b: conv_forward(A[0], W, b, {"pad": 0, "stride": 1}),
            "`A_prev` has the wrong",
        ),
        (
            lambda A, W, b: conv_backward(A, (A, W, b, {"pad": 0, "stride": 1})),
            "conv_backward: `dZ` has the wrong shape",
        ),
        (
            lambda A, W, b: pool_backward(A, (A, {"f": 2, "stride": 1})),
            "pool_backward: `dA` has the wrong shape",
        ),
        (
            lambda A, W, b: pool_forward(A, {"f": 0, "stride": 1}),
            "pool_forward: `f` is out of range",
        ),
        (lambda A, W, b: conv_backward(A, (A, W)), "`cache` is not the one"),
        (lambda A, W, b: pool_backward(A, None), "`cache` is not the one"),
        (
            lambda A, W, b: pool_forward(A, {"f": 2, "stride": 1}, "mean"),
            "`mode` has an unknown name",
        ),
        (lambda A, W, b: conv_single_step(A[0], W[0], 1), "`W` has the wrong shape"),
        (lambda A, W, b: conv_single_step(A[0], A[0], [1, 2]), "`b` is not one number"),
        (lambda A, W, b: create_mask_from_window([]), "an empty window has no maximum"),
        (lambda A, W, b: distribute_value(1, (0, 2)), "`shape` is out of range"),
        (lambda A, W, b: zero_pad(A[0], 1), "`X` has the wrong number of axes"),
        (lambda A, W, b: zero_pad(A, -1), "`pad` is out of range"),
        (lambda A, W, b: compact.padding(A, dims=5), "`dims` is not a number of axes"),
        (lambda A, W, b: compact.padding(A, dims=3), "`X` has the wrong number of axes"),
        (lambda A, W, b: compact.forward(A, W, b, 0, 1, 2), "`W` has the wrong shape"),
        (lambda A, W, b: compact.forward(A, None, b, 0, 1, 2), "`W` has the wrong number of axes"),
        (lambda A, W, b: compact.forward(A, W, b, 0, 1, 3, "max"), "`mode` has an unknown name"),
        (lambda A, W, b: compact.pool_backward(A, (A,), "max"), "`cache` is not the one"),
    ],
)
def test_errors(case, call, message):
    with pytest.raises(ValueError, match=message):
        call(*case)
