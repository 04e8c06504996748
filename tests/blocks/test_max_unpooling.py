"""Max unpooling by hand, as the way back of max pooling, and its gradient."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from stridewise import StridewiseError
from stridewise.blocks.max_pooling import max_pool_with_indices
from stridewise.blocks.max_unpooling import max_unpool, max_unpool_backward
from stridewise.testing import check_gradients


def row(*values, dtype=float):
    """One example, one channel, one row."""
    return np.array(values, dtype=dtype).reshape(1, -1, 1)


@pytest.mark.parametrize(
    ("values", "indices", "options", "wanted"),
    [
        ([5, 8], [1, 2], {"kernel_size": 2}, [0, 5, 8, 0]),
        ([5, 8], [1, 2], {"kernel_size": 2, "output_size": 5}, [0, 5, 8, 0, 0]),
        ([5, 8], [1, 2], {"kernel_size": 2, "output_size": 3}, [0, 5, 8]),
        ([5, 8], [1, 2], {"kernel_size": 2, "output_size": 7}, [0, 5, 8, 0, 0, 0, 0]),
        ([5, 8], [1, 2], {"kernel_size": 2, "stride": 1}, [0, 5, 8]),
        ([5, 8], [1, 2], {"kernel_size": 3, "stride": 2, "padding": 1}, [0, 5, 8]),
        ([5, 8], [0, 1], {"kernel_size": 2, "padding": ((0, 2),)}, [5, 8]),
        ([5, 8], [3, -1], {"kernel_size": 2}, [0, 0, 0, 5]),
        ([5, 8, 7], [2, 2, 0], {"kernel_size": 2, "stride": 1}, [7, 0, 8, 0]),  # the last wins
        ([8, 5, 7], [2, 2, 0], {"kernel_size": 2, "stride": 1}, [7, 0, 5, 0]),
        ([np.nan, 0], [2, 0], {"kernel_size": 2}, [0, 0, np.nan, 0]),
    ],
)
def test_one_row_by_hand(values, indices, options, wanted):
    y = max_unpool(row(*values), row(*indices, dtype=int), **options)
    assert_array_equal(y.ravel(), wanted)


def test_an_image_by_hand():
    x = np.array([[5.0, 6.0], [7.0, 8.0]])[None, ..., None]
    indices = np.array([[4, 6], [8, 11]])[None, ..., None]
    y = max_unpool(x, indices, 2)[0, ..., 0]
    assert y.tolist() == [[0, 0, 0, 0], [5, 0, 6, 0], [7, 0, 0, 8], [0, 0, 0, 0]]


def test_the_gradient_by_hand():
    x, indices = row(5, 8, 7, 1), row(2, 2, -1, 3, dtype=int)
    grad_x = max_unpool_backward(row(10, 20, 30, 40, 50), x, indices, 2, stride=1)
    assert grad_x.ravel().tolist() == [0, 30, 0, 40]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((2, 7, 3), {"kernel_size": 2}),
        ((3, 5, 8, 2), {"kernel_size": (2, 3)}),
        ((2, 7, 9, 3), {"kernel_size": 3, "stride": 2, "padding": 1}),
        ((1, 4, 5, 6, 2), {"kernel_size": (2, 1, 3), "stride": (2, 2, 1)}),
    ],
)
def test_it_is_the_way_back_of_max_pooling(rng, shape, options):
    x = rng.permutation(np.prod(shape)).reshape(shape) + 1.0
    y, indices = max_pool_with_indices(len(shape) - 2, x, **options)
    back = max_unpool(y, indices, **options, output_size=shape[1:-1])
    kept = np.isin(x, y)
    assert_array_equal(back, np.where(kept, x, 0))
    again, same = max_pool_with_indices(len(shape) - 2, back, **options)
    assert_array_equal(again, y)
    assert_array_equal(same, indices)
    # one value of each place takes the gradient, also if several windows chose it
    grad_y = rng.integers(1, 9, shape).astype(float)
    grad_x = max_unpool_backward(grad_y, y, indices, **options, output_size=shape[1:-1])
    assert grad_x.sum() == grad_y[kept].sum()


def test_gradients(rng):
    x = rng.standard_normal((2, 3, 2, 3))
    indices = rng.integers(-1, 20, x.shape)
    options = {"kernel_size": 2, "stride": (1, 2), "output_size": (4, 5)}
    check_gradients(
        lambda x: max_unpool(x, indices, **options),
        lambda grad_y, x: max_unpool_backward(grad_y, x, indices, **options),
        [x],
    )


@pytest.mark.parametrize(
    ("dtype", "result"), [("f2", "f2"), ("f4", "f4"), (">f8", "f8"), ("i4", "f8"), ("?", "f8")]
)
@pytest.mark.parametrize("index", ["i4", "u1", "u8"])
def test_dtypes(dtype, result, index):
    x, indices = row(1, 0, 1).astype(dtype), row(1, 2, 5, dtype=index)
    y = max_unpool(x, indices, 2)
    assert y.dtype == result
    assert y.ravel().tolist() == [0, 1, 0, 0, 0, 1]
    assert max_unpool_backward(y, x, indices, 2).dtype == result


def test_strange_memory_gives_the_same_and_is_not_written_to(rng):
    x = rng.standard_normal((3, 4, 2, 2))
    indices = rng.integers(0, 32, x.shape)
    y = max_unpool(x, indices, 2)
    for strange, places in (
        (np.asfortranarray(x), np.asfortranarray(indices)),
        (x[:, ::-1].copy()[:, ::-1], indices[::-1].copy()[::-1]),
    ):
        strange.flags.writeable = places.flags.writeable = False
        assert_array_equal(max_unpool(strange, places, 2), y)
        grad_x = max_unpool_backward(np.asfortranarray(y), strange, places, 2)
        assert_array_equal(grad_x, max_unpool_backward(y, x, indices, 2))


@pytest.mark.parametrize("shape", [(0, 2, 3, 4), (5, 2, 3, 0)])
def test_an_empty_batch_and_no_channels(shape):
    x, indices = np.zeros(shape), np.zeros(shape, int)
    y = max_unpool(x, indices, (2, 3))
    assert y.shape == (shape[0], 4, 9, shape[-1])
    assert max_unpool_backward(y, x, indices, (2, 3)).shape == shape


ZEROS = np.zeros((2, 3, 4, 5))
PLACES = np.zeros(ZEROS.shape, int)


@pytest.mark.parametrize(
    "call",
    [
        max_unpool,
        lambda x, indices, *rest, **options: max_unpool_backward(
            np.zeros((2, 6, 8, 5)), x, indices, *rest, **options
        ),
    ],
)
@pytest.mark.parametrize(
    ("x", "indices", "options", "kind", "message"),
    [
        (ZEROS, PLACES + 48, {}, ValueError, r"-1 to 47(.|\n)*48 to 48"),
        (ZEROS, PLACES - 2, {}, ValueError, "`indices` point beyond the output"),
        (ZEROS, PLACES[:1], {}, ValueError, "indices.shape=(.|\n)*the shape of `x`"),
        (ZEROS, ZEROS, {}, TypeError, "`indices` are not integers"),
        (ZEROS, PLACES, {"output_size": (4, 7)}, ValueError, r"\(5, 7\) or more"),
        (ZEROS, PLACES, {"output_size": 2**30}, ValueError, "positions at most"),
        (ZEROS, PLACES, {"output_size": (4, 7, 2)}, ValueError, "`output_size` has the wrong"),
        (ZEROS, PLACES, {"padding": 4}, ValueError, "does not go with that of `x`"),
        (ZEROS, PLACES, {"padding": "same"}, TypeError, "`padding` is not an integer"),
        (ZEROS, PLACES, {"stride": 0}, ValueError, "`stride` is out of range"),
        (ZEROS, PLACES, {"kernel_size": 0}, ValueError, "`kernel_size` is out of range"),
        (ZEROS[0, 0], PLACES, {}, ValueError, "`x` has no image to unpool"),
        (ZEROS[:, :0], PLACES, {}, ValueError, "`x` has no image to unpool"),
        (ZEROS.astype(complex), PLACES, {}, TypeError, "does not hold real numbers"),
    ],
)
def test_errors(call, x, indices, options, kind, message):
    with pytest.raises(kind, match=message) as caught:
        call(x, indices, **{"kernel_size": 2, **options})
    assert isinstance(caught.value, StridewiseError)


def test_grad_y_of_the_wrong_shape():
    with pytest.raises(ValueError, match=r"grad_y.shape=\(2, 6, 8, 5\)"):
        max_unpool_backward(ZEROS, ZEROS, PLACES, 2)
