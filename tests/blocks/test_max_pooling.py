"""Max pooling by hand: ties, NaN, −∞, ceil_mode, dilation, and who gets the gradient."""

import numpy as np
import pytest

from stridewise.blocks import max_pooling
from stridewise.blocks.max_pooling import (
    max_pool1d,
    max_pool1d_backward,
    max_pool1d_with_indices,
    max_pool2d,
    max_pool2d_backward,
    max_pool2d_with_indices,
    max_pool3d_with_indices,
)

pytestmark = pytest.mark.usefixtures("engine")

inf, nan = np.inf, np.nan


def row(*values):
    """One example, one channel, one row."""
    return np.array(values, dtype=float).reshape(1, -1, 1)


@pytest.mark.parametrize(
    ("values", "options", "y", "indices"),
    [
        ([1, 5, 2, 4], {"kernel_size": 2}, [5, 4], [1, 3]),
        ([1, 5, 2, 4], {"kernel_size": 2, "stride": 1}, [5, 5, 4], [1, 1, 3]),
        ([1, 5, 2, 4, 9], {"kernel_size": 2}, [5, 4], [1, 3]),
        ([1, 5, 2, 4, 9], {"kernel_size": 2, "ceil_mode": True}, [5, 4, 9], [1, 3, 4]),
        ([1, 5, 2], {"kernel_size": 1, "stride": 2}, [1, 2], [0, 2]),
        # padding never wins, however negative the input
        ([-7, -5, -9], {"kernel_size": 2, "padding": 1}, [-7, -5], [0, 1]),
        (
            [-7, -5, -9],
            {"kernel_size": 3, "padding": ((2, 0),), "stride": 1},
            [-7, -5, -5],
            [0, 1, 1],
        ),
        ([-7, -5, -9], {"kernel_size": 2, "padding": "same", "stride": 1}, [-5, -5, -9], [1, 1, 2]),
        (
            [-7, -5, -9],
            {"kernel_size": 2, "padding": "same_lower", "stride": 1},
            [-7, -5, -5],
            [0, 1, 1],
        ),
        # −∞ is a number here, and has a place
        ([-inf, -inf, 3], {"kernel_size": 2, "stride": 1}, [-inf, 3], [0, 2]),
        ([-inf, -inf], {"kernel_size": 2, "padding": 1}, [-inf, -inf], [0, 1]),
        # ties: the first
        ([2, 2, 1, 2], {"kernel_size": 3, "stride": 1}, [2, 2], [0, 1]),
        ([inf, inf, inf], {"kernel_size": 3}, [inf], [0]),
        ([0.0, -0.0], {"kernel_size": 2}, [0.0], [0]),
        # a NaN wins, the first of them
        ([1, nan, inf, nan], {"kernel_size": 4}, [nan], [1]),
        ([nan, 5, 2, 4], {"kernel_size": 2}, [nan, 4], [0, 3]),
        ([-inf, nan, 1], {"kernel_size": 2, "stride": 1}, [nan, nan], [1, 1]),
        # dilation
        ([9, 1, 2, 3, 4], {"kernel_size": 2, "stride": 1, "dilation": 2}, [9, 3, 4], [0, 3, 4]),
        # taps at −1 and 1, at 0 and 2, at 1 and 3
        (
            [3, 8, 5],
            {"kernel_size": 2, "stride": 1, "dilation": 2, "padding": 1},
            [8, 5, 8],
            [1, 2, 1],
        ),
        # taps at −2 and 1, at −1 and 2: on both sides of the only element
        ([4], {"kernel_size": 2, "stride": 1, "dilation": 3, "padding": 2}, [-inf] * 2, [-1] * 2),
    ],
)
def test_one_row_by_hand(values, options, y, indices):
    found = max_pool1d_with_indices(row(*values), **options)
    np.testing.assert_array_equal(found.y.ravel(), y)
    np.testing.assert_array_equal(found.indices.ravel(), indices)
    np.testing.assert_array_equal(max_pool1d(row(*values), **options).ravel(), y)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "positions"),
    [
        (5, 2, 2, 0, 3),
        (4, 2, 2, 0, 2),
        (5, 3, 2, 0, 2),
        (6, 3, 2, 0, 3),
        (6, 3, 2, 1, 4),  # the last starts at 5, inside the input
        (3, 2, 2, 1, 2),  # a third would start at 3, beyond the input
        (4, 2, 3, 1, 2),
        (5, 2, 3, 1, 2),  # starts at −1, 2; a third would start at 5, beyond
        (2, 3, 2, 0, 1),  # larger than the input, but ceil_mode lets it hang over
    ],
)
def test_ceil_mode_follows_pytorch(size, kernel, stride, padding, positions):
    x = row(*range(size))
    y = max_pool1d(x, kernel, stride=stride, padding=padding, ceil_mode=True)
    starts = [p * stride - padding for p in range(positions)]
    assert y.ravel().tolist() == [min(start + kernel, size) - 1 for start in starts]


def test_ties_are_first_in_row_major_order():
    x = np.array([[0, 0, 7], [7, 7, 0]], float).reshape(1, 2, 3, 1)
    y, indices = max_pool2d_with_indices(x, (2, 3))
    assert (y.item(), indices.item()) == (7, 2)
    y, indices = max_pool2d_with_indices(x, 2, stride=1)
    assert indices.ravel().tolist() == [3, 2]


def test_the_first_nan_in_row_major_order():
    x = np.array([[0, 0, nan], [nan, 9, 0]]).reshape(1, 2, 3, 1)
    assert max_pool2d_with_indices(x, (2, 3)).indices.item() == 2
    g = max_pool2d_backward(np.full((1, 1, 1, 1), 5.0), x, (2, 3), ties="all")
    assert g.ravel().tolist() == [0, 0, 5, 0, 0, 0]


def test_indices_are_flat_in_three_axes_and_int64():
    x = np.zeros((2, 2, 3, 4, 2))
    x[1, 1, 2, 3, 1] = 1
    y, indices = max_pool3d_with_indices(x, (2, 3, 4))
    assert indices.dtype == np.int64
    assert indices.ravel().tolist() == [0, 0, 0, 23]
    assert y.ravel().tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("values", "options", "first", "every"),
    [
        ([1, 5, 2, 4], {"kernel_size": 2}, [0, 1, 0, 10], [0, 1, 0, 10]),
        ([1, 5, 2], {"kernel_size": 2, "stride": 1}, [0, 11, 0], [0, 11, 0]),  # adds up
        ([3, 3, 3], {"kernel_size": 2, "stride": 1}, [1, 10, 0], [1, 11, 10]),
        ([3, 3, 1, 3], {"kernel_size": 3, "stride": 1}, [1, 10, 0, 0], [1, 11, 0, 10]),
        ([-inf, -inf], {"kernel_size": 2, "padding": 1}, [1, 10], [1, 10]),
        ([-inf, -inf], {"kernel_size": 2}, [1, 0], [1, 1]),
        ([inf, inf], {"kernel_size": 2}, [1, 0], [1, 1]),
        ([nan, 7, 7, nan], {"kernel_size": 4}, [1, 0, 0, 0], [1, 0, 0, 0]),
        ([7, 7, nan], {"kernel_size": 2, "stride": 1}, [1, 0, 10], [1, 1, 10]),
        ([4], {"kernel_size": 2, "stride": 1, "dilation": 3, "padding": 2}, [0], [0]),
        ([2, 2, 2], {"kernel_size": 2, "ceil_mode": True}, [1, 0, 10], [1, 1, 10]),
    ],
)
def test_who_gets_the_gradient(values, options, first, every):
    x = row(*values)
    grad_y = np.array([1.0, 10.0])[: max_pool1d(x, **options).size].reshape(1, -1, 1)
    for ties, wanted in (("first", first), ("all", every)):
        grad_x = max_pool1d_backward(grad_y, x, **options, ties=ties)
        assert grad_x.ravel().tolist() == wanted
    assert max_pool1d_backward(grad_y, x, **options).ravel().tolist() == first


def test_values_of_the_course():
    np.random.seed(1)
    x = np.random.randn(2, 4, 4, 3)
    y = max_pool2d(x, 3, stride=2)
    wanted = [[1.74481176, 0.86540763, 1.13376944], [1.13162939, 1.51981682, 2.18557541]]
    np.testing.assert_allclose(y.reshape(2, 3), wanted, atol=1e-8)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i4", "?", ">f4", "u1"])
def test_dtypes(rng, dtype):
    x = rng.integers(0, 2, (2, 5, 6, 3)).astype(dtype)
    result = {"f2": "f2", "f4": "f4", ">f4": "f4"}.get(dtype, "f8")
    y, indices = max_pool2d_with_indices(x, (2, 3))
    assert (y.dtype, indices.dtype) == (np.dtype(result), np.int64)
    assert np.array_equal(y, max_pool2d(x.astype(float), (2, 3)))
    assert max_pool2d_backward(y, x, (2, 3)).dtype == np.dtype(result)


def test_an_empty_batch_and_no_channels():
    for shape in ((0, 5, 6, 3), (2, 5, 6, 0)):
        y, indices = max_pool2d_with_indices(np.zeros(shape), 2)
        assert y.shape == indices.shape == (shape[0], 2, 3, shape[-1])
        for ties in ("first", "all"):
            assert max_pool2d_backward(y, np.zeros(shape), 2, ties=ties).shape == shape


FACES = [name for name in max_pooling.__all__ if name[8:10] in ("1d", "2d", "3d")]


@pytest.mark.parametrize("name", FACES)
def test_names_of_the_thin_faces(name):
    assert getattr(max_pooling, name).__name__ == name


def test_there_are_nine_thin_faces():
    assert len(FACES) == 9
