"""Average pooling by hand: what is counted, with padding, ceil_mode and dilation."""

import numpy as np
import pytest

from stridewise.blocks import average_pooling
from stridewise.blocks.average_pooling import (
    avg_pool1d,
    avg_pool1d_backward,
    avg_pool2d,
    avg_pool2d_backward,
    avg_pool3d,
)

pytestmark = pytest.mark.usefixtures("engine")


def row(*values):
    return np.array(values, dtype=float).reshape(1, -1, 1)


@pytest.mark.parametrize(
    ("options", "included", "excluded"),
    [
        ({"kernel_size": 2}, [9, 30], [9, 30]),
        ({"kernel_size": 2, "stride": 1}, [9, 18, 30, 42], [9, 18, 30, 42]),
        ({"kernel_size": 3, "stride": 2}, [14, 36], [14, 36]),
        ({"kernel_size": 3, "stride": 2, "padding": 1}, [6, 24, 28], [9, 24, 42]),
        ({"kernel_size": 3, "stride": 3, "padding": ((2, 1),)}, [2, 24], [6, 24]),
        ({"kernel_size": 2, "padding": "same", "stride": 2}, [9, 30, 24], [9, 30, 48]),
        ({"kernel_size": 2, "padding": "same_lower", "stride": 2}, [3, 18, 42], [6, 18, 42]),
        # what ceil_mode hangs over the padding's end is never counted
        ({"kernel_size": 2, "ceil_mode": True}, [9, 30, 48], [9, 30, 48]),
        ({"kernel_size": 4, "stride": 3, "ceil_mode": True}, [19.5, 42], [19.5, 42]),
        (
            {"kernel_size": 4, "stride": 3, "padding": 1, "ceil_mode": True},
            [(6 + 12 + 24) / 4, (24 + 36 + 48) / 4],
            [14, 36],
        ),
        (
            {"kernel_size": 3, "stride": 2, "padding": ((0, 1),), "ceil_mode": True},
            [14, 36, 24],
            [14, 36, 48],
        ),
        # dilation: taps at 0 and 2, …
        ({"kernel_size": 2, "stride": 1, "dilation": 2}, [15, 24, 36], [15, 24, 36]),
        ({"kernel_size": 2, "stride": 4, "dilation": 2, "padding": 1}, [6, 18], [12, 36]),
    ],
)
def test_one_row_by_hand(options, included, excluded):
    x = row(6, 12, 24, 36, 48)
    for count_include_pad, wanted in ((True, included), (False, excluded)):
        y = avg_pool1d(x, **options, count_include_pad=count_include_pad)
        assert y.ravel().tolist() == wanted
    assert avg_pool1d(x, **options).ravel().tolist() == included


@pytest.mark.parametrize(
    ("options", "included", "excluded"),
    [
        ({"kernel_size": 2}, [6, 6, 30, 30, 0], [6, 6, 30, 30, 0]),
        ({"kernel_size": 2, "stride": 3, "ceil_mode": True}, [6, 6, 0, 30, 30], [6, 6, 0, 30, 30]),
        (
            {"kernel_size": 3, "stride": 2, "padding": ((1, 0),)},
            [4, 24, 20, 20, 0],
            [6, 26, 20, 20, 0],
        ),
        ({"kernel_size": 4, "stride": 4, "ceil_mode": True}, [3, 3, 3, 3, 60], [3, 3, 3, 3, 60]),
        (
            {"kernel_size": 4, "stride": 3, "padding": ((3, 0),), "ceil_mode": True},
            [3 + 15, 15, 15, 15 + 4, 4],
            [12 + 15, 15, 15, 15 + 4, 4],
        ),
    ],
)
def test_gradients_by_hand(options, included, excluded):
    for count_include_pad, wanted in ((True, included), (False, excluded)):
        options = {**options, "count_include_pad": count_include_pad}
        positions = avg_pool1d(np.zeros((1, 5, 1)), **options).size
        grad_y = np.array([12.0, 60.0, 8.0])[:positions].reshape(1, positions, 1)
        grad_x = avg_pool1d_backward(grad_y, np.zeros((1, 5, 1)), **options)
        assert grad_x.ravel().tolist() == wanted


def test_a_window_that_meets_only_padding_is_zero():
    # taps at −2 and 1, at −1 and 2: on both sides of the only element
    options = {"kernel_size": 2, "stride": 1, "dilation": 3, "padding": 2}
    for count_include_pad in (True, False):
        options["count_include_pad"] = count_include_pad
        assert avg_pool1d(row(4), **options).ravel().tolist() == [0, 0]
        assert avg_pool1d_backward(row(5, 6), row(4), **options).ravel().tolist() == [0]


def test_two_axes_count_their_product():
    x = np.full((1, 3, 4, 1), 12.0)
    y = avg_pool2d(x, (2, 3), stride=(2, 3), padding=((1, 0), (1, 1)))
    # rows: 1 of 2 taps, then both; columns: 2 of 3 taps, then 2
    assert y[0, :, :, 0].tolist() == [[4, 4], [8, 8]]
    y = avg_pool2d(x, (2, 3), stride=(2, 3), padding=((1, 0), (1, 1)), count_include_pad=False)
    assert (y == 12).all()


def test_three_axes_by_hand():
    x = np.arange(24.0).reshape(1, 2, 3, 4, 1)
    assert avg_pool3d(x, (2, 1, 2), stride=(1, 2, 2)).ravel().tolist() == [6.5, 8.5, 14.5, 16.5]


def test_values_of_the_course():
    np.random.seed(1)
    y = avg_pool2d(np.random.randn(2, 4, 4, 3), 3, stride=2)
    wanted = [[0.02105773, -0.20328806, -0.40389855], [-0.22154621, 0.51716526, 0.48155844]]
    np.testing.assert_allclose(y.reshape(2, 3), wanted, atol=1e-8)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_reaches_its_windows_and_no_others(value):
    x = np.ones((2, 4, 6, 2))
    x[1, 2, 3, 0] = value
    y = avg_pool2d(x, 2)
    hit = np.zeros(y.shape, bool)
    hit[1, 1, 1, 0] = True
    np.testing.assert_array_equal(y, np.where(hit, value, 1.0))


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i4", "?", ">f4", "u1"])
def test_dtypes(rng, dtype):
    x = rng.integers(0, 2, (2, 5, 6, 3)).astype(dtype)
    result = np.dtype({"f2": "f2", "f4": "f4", ">f4": "f4"}.get(dtype, "f8"))
    y = avg_pool2d(x, (2, 2))
    assert y.dtype == result
    assert np.array_equal(y, avg_pool2d(x.astype(float), (2, 2)))
    assert avg_pool2d_backward(y, x, (2, 2)).dtype == result


def test_float16_is_added_up_in_float32():
    x = np.full((1, 4096, 1), 60000, np.float16)  # the sum is far beyond float16
    y = avg_pool1d(x, 4096)
    assert (y.dtype, y.item()) == (np.float16, float(np.float16(60000)))


def test_an_empty_batch_and_no_channels():
    for shape in ((0, 5, 6, 3), (2, 5, 6, 0)):
        y = avg_pool2d(np.zeros(shape), 2)
        assert y.shape == (shape[0], 2, 3, shape[-1])
        assert avg_pool2d_backward(y, np.zeros(shape), 2).shape == shape


FACES = [name for name in average_pooling.__all__ if name[8:10] in ("1d", "2d", "3d")]


@pytest.mark.parametrize("name", FACES)
def test_names_of_the_thin_faces(name):
    assert getattr(average_pooling, name).__name__ == name


def test_there_are_six_thin_faces():
    assert len(FACES) == 6
