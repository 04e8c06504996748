import base64
import io

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from stridewise.report.pictures import mosaic, picture


def pixels_of(address):
    head, data = address.split(",")
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA"))


def test_grey_goes_from_black_to_white():
    values = np.array([[0.0, 1.0, 0.5], [2.0, -1.0, np.nan]])
    pixels = pixels_of(picture(values, low=0.0, high=1.0, colours="gray"))
    assert pixels.shape == (2, 3, 4)
    assert_array_equal(pixels[0, :2, 0], [0, 255])
    assert 126 <= pixels[0, 2, 0] <= 129
    assert_array_equal(pixels[1, :2, 0], [255, 0])
    assert_array_equal(pixels[..., 3], [[255, 255, 255], [255, 255, 0]])


def test_colours_of_an_image_are_its_own():
    values = np.array([[[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]])
    pixels = pixels_of(picture(values, low=0.0, high=1.0, colours="gray"))
    assert_array_equal(pixels[0, :, :3], [[255, 0, 0], [0, 0, 255]])


def test_red_is_positive_and_blue_is_negative():
    pixels = pixels_of(picture(np.array([[1.0, -1.0]]), low=-1.0, high=1.0, colours="RdBu_r"))
    (red, _, blue), (other_red, _, other_blue) = pixels[0, :, :3].astype(int)
    assert red > 2 * blue
    assert other_blue > 2 * other_red


def test_the_picture_does_not_tell_who_wrote_it():
    address = picture(np.eye(3), low=0.0, high=1.0, colours="gray")
    data = base64.b64decode(address.split(",")[1])
    assert b"tEXt" not in data
    assert b"atplotlib" not in data


@pytest.mark.parametrize(
    ("maps", "columns", "size"),
    [(1, None, (1, 1)), (6, 4, (2, 4)), (8, None, (1, 8)), (17, 5, (4, 5))],
)
def test_mosaic_puts_maps_row_by_row(maps, columns, size):
    values = np.arange(2 * 3 * maps, dtype=float).reshape(2, 3, maps)
    grid, (down, across) = mosaic(values, columns), size
    assert grid.shape == (down * 3 - 1, across * 4 - 1)
    for k in range(maps):
        row, column = divmod(k, across)
        assert_array_equal(grid[3 * row : 3 * row + 2, 4 * column : 4 * column + 3], values[..., k])
    assert np.isfinite(grid).sum() == values.size
