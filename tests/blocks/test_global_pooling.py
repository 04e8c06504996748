"""Pooling over all of space, on every engine: by hand, against NumPy, and its gradients."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import stridewise as sw
from stridewise.testing import check_gradients

pytestmark = pytest.mark.usefixtures("engine")

nan = np.nan
SHAPES = [(2, 5, 3), (2, 4, 5, 3), (2, 3, 4, 5, 6), (1, 1, 1, 2)]
AVERAGE = (sw.global_avg_pool, sw.global_avg_pool_backward)
MAXIMUM = (sw.global_max_pool, sw.global_max_pool_backward)
both = pytest.mark.parametrize(("forward", "backward"), [AVERAGE, MAXIMUM], ids=["avg", "max"])
X = np.array([[1.0, 6.0, 2.0], [4.0, 6.0, -1.0]]).reshape(1, 2, 3, 1)


def test_by_hand():
    assert_array_equal(sw.global_avg_pool(X), [[3]])
    assert_array_equal(sw.global_max_pool(X), [[6]])
    share = sw.global_avg_pool_backward([[12.0]], X)
    assert_array_equal(share, np.full((1, 2, 3, 1), 2.0))


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, [0, 12, 0, 0, 0, 0]),
        ({"ties": "first"}, [0, 12, 0, 0, 0, 0]),
        ({"ties": "all"}, [0, 12, 0, 0, 12, 0]),
    ],
)
def test_who_gets_the_gradient_of_a_maximum(options, wanted):
    assert_array_equal(sw.global_max_pool_backward([[12.0]], X, **options).ravel(), wanted)


@pytest.mark.parametrize("shape", SHAPES)
def test_against_numpy(rng, shape):
    x = rng.integers(-99, 100, shape).astype(float)
    axes = tuple(range(1, len(shape) - 1))
    for keepdims in (False, True):
        y = sw.global_max_pool(x, keepdims=keepdims)
        assert_array_equal(y, x.max(axis=axes, keepdims=keepdims))
        y = sw.global_avg_pool(x, keepdims=keepdims)
        assert_allclose(y, x.mean(axis=axes, keepdims=keepdims), rtol=1e-13, atol=1e-13)
        assert y.shape == x.mean(axis=axes, keepdims=keepdims).shape


@both
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("shape", [(2, 5, 3), (2, 4, 3, 1), (1, 2, 3, 4, 2)])
def test_gradients(rng, forward, backward, keepdims, shape):
    check_gradients(
        lambda x: forward(x, keepdims=keepdims),
        lambda grad_y, x: backward(grad_y, x, keepdims=keepdims),
        [rng.permutation(np.arange(float(np.prod(shape)))).reshape(shape)],
    )


@both
@pytest.mark.parametrize(
    ("dtype", "result"),
    [("f2", "f2"), ("f4", "f4"), ("f8", "f8"), ("i4", "f8"), ("u1", "f8"), ("?", "f8")],
)
def test_dtypes(forward, backward, dtype, result):
    x = np.array([[0, 1], [1, 0], [0, 0], [1, 0]]).astype(dtype).reshape(1, 2, 2, 2)
    y = forward(x)
    assert y.dtype == backward(y, x).dtype == np.dtype(result)
    assert_array_equal(y, forward(x.astype("f8")))
    assert backward(y.astype("f8"), x).dtype == np.float64


@pytest.mark.parametrize("dtype", ["f2", "f4"])
def test_an_average_of_many_does_not_stop_growing(dtype):
    x = np.ones((1, 80, 60, 2), dtype)
    x[..., 1] = 3
    assert_array_equal(sw.global_avg_pool(x), [[1, 3]])


@both
def test_nan_passes_in_its_own_channel_only(forward, backward):
    y = forward([[[1.0, 2.0], [nan, 2.0], [3.0, 2.0]]])
    assert_array_equal(y, [[nan, 2]])
    grad_x = backward([[nan, 3.0]], [[[1.0, 2.0]]])
    assert_array_equal(grad_x, [[[nan, 3]]])


def test_the_first_nan_gets_the_gradient():
    grad_x = sw.global_max_pool_backward([[5.0]], [[[1.0], [nan], [9.0], [nan]]])
    assert_array_equal(grad_x.ravel(), [0, 5, 0, 0])


@both
def test_strange_memory_gives_the_same_and_is_not_written_to(rng, forward, backward):
    x = rng.integers(-9, 10, (2, 4, 5, 3)).astype(float)
    grad_y = np.asfortranarray(rng.integers(-9, 10, (2, 3)).astype(float))
    for strange in (np.asfortranarray(x), np.repeat(x, 2, axis=2)[:, :, ::2]):
        strange.flags.writeable = grad_y.flags.writeable = False
        assert_allclose(forward(strange), forward(x), rtol=1e-13, atol=1e-13)
        assert_allclose(backward(grad_y, strange), backward(grad_y.copy(), x), rtol=1e-13)


@both
def test_an_empty_batch_and_no_channels(forward, backward):
    for shape in ((0, 4, 5, 3), (2, 4, 5, 0)):
        y = forward(np.zeros(shape))
        assert y.shape == (shape[0], shape[3])
        assert backward(y, np.zeros(shape)).shape == shape


@both
@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 3), "`x` has no image to pool"),
        ((2, 3, 4, 5, 6, 7), r"one to three spatial axes(.|\n)*x.shape=\(2, 3, 4, 5, 6, 7\)"),
        ((2, 0, 4, 3), "_pool.*: "),
    ],
)
def test_errors(forward, backward, shape, message):
    with pytest.raises(ValueError, match=message) as caught:
        forward(np.zeros(shape))
    assert isinstance(caught.value, sw.StridewiseError)
    with pytest.raises(ValueError, match=message):
        backward(np.zeros((shape[0], shape[-1])), np.zeros(shape))


@both
def test_grad_y_of_the_wrong_shape(forward, backward):
    x = np.zeros((2, 4, 5, 3))
    for shape, keepdims in [((3, 2), False), ((2, 1, 1, 3), False), ((2, 3), True), ((2,), False)]:
        with pytest.raises(ValueError, match="_backward: `grad_y` has the wrong shape"):
            backward(np.zeros(shape), x, keepdims=keepdims)


@both
def test_keepdims_is_true_or_false(forward, backward):
    x = np.zeros((2, 4, 5, 3))
    for call in (lambda: forward(x, keepdims="no"), lambda: backward(x, x, keepdims="no")):
        with pytest.raises(TypeError, match="`keepdims` is neither true nor false"):
            call()


def test_ties_and_dtypes_that_make_no_sense():
    with pytest.raises(ValueError, match="`ties` has an unknown name"):
        sw.global_max_pool_backward([[1.0]], X, ties="last")
    with pytest.raises(TypeError, match="global_avg_pool: `x` does not hold real numbers"):
        sw.global_avg_pool([[["a"]]])
