import numpy as np
import pytest

from stridewise.datasets.resampling import rotated, shifted

IMAGES = np.random.default_rng(4).uniform(1, 2, (3, 5, 4, 2))


def test_each_image_has_its_own_shift():
    moved = shifted(IMAGES, down=np.array([0, 2, -1]), right=np.array([0, -1, 3]))
    np.testing.assert_array_equal(moved[0], IMAGES[0])
    np.testing.assert_array_equal(moved[1, 2:, :3], IMAGES[1, :3, 1:])
    np.testing.assert_array_equal(moved[2, :4, 3:], IMAGES[2, 1:, :1])
    assert not moved[1, :2].any()
    assert not moved[1, :, 3].any()
    assert not moved[2, 4].any()
    assert not moved[2, :, :3].any()


def test_shifts_beyond_the_image_leave_nothing():
    assert not shifted(IMAGES, np.array([5, 0, -99]), np.array([0, -4, 99])).any()


def test_quarter_turns_counter_clockwise():
    square = IMAGES[:, :4]
    turned = rotated(square, np.array([0.5, 1, -0.5]) * np.pi)
    for image, source, times in zip(turned, square, (1, 2, -1), strict=True):
        np.testing.assert_allclose(image, np.rot90(source, times), atol=1e-12)


def test_half_turn_of_a_rectangle():
    turned = rotated(IMAGES, np.full(3, np.pi))
    np.testing.assert_allclose(turned, IMAGES[:, ::-1, ::-1], atol=1e-12)


def test_rotation_is_bilinear():
    # A plane a + b * row + c * column is what bilinear means keep, wherever all four are inside.
    rows, columns = np.mgrid[-10:11, -8:9].astype(float)
    plane = (3 + rows + 2 * columns)[None, :, :, None]
    angle = 0.3
    turned = rotated(plane, np.array([angle]))[0, 7:14, 5:12, 0]
    row, column = rows[7:14, 5:12], columns[7:14, 5:12]
    from_row = np.cos(angle) * row + np.sin(angle) * column
    from_column = np.cos(angle) * column - np.sin(angle) * row
    np.testing.assert_allclose(turned, 3 + from_row + 2 * from_column)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept(dtype):
    x = IMAGES.astype(dtype)
    assert rotated(x, np.full(3, 0.1)).dtype == dtype
    assert shifted(x, np.ones(3, int), np.ones(3, int)).dtype == dtype
