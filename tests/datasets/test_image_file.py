import sys

import numpy as np
import pytest
from PIL import Image

from stridewise.datasets import image_file, read_image
from stridewise.errors import DataError, MissingExtraError, OptionError, OptionTypeError

PIXELS = np.arange(5 * 4 * 3, dtype=np.uint8).reshape(5, 4, 3) * 4


def saved(folder, pixels=PIXELS, name="image.png", **options):
    path = folder / name
    Image.fromarray(pixels).save(path, **options)
    return path


@pytest.mark.parametrize("name", ["image.png", "image.bmp"])
def test_lossless_image_is_exact(tmp_path, name):
    image = read_image(saved(tmp_path, name=name), size=None, channels=3)
    assert image.dtype == np.float32
    np.testing.assert_array_equal(image, PIXELS.astype(np.float32) / np.float32(255))


@pytest.mark.parametrize("name", ["image.jpg", "image.gif", "image.webp"])
def test_other_formats_are_near(tmp_path, name):
    smooth = np.full((32, 48, 3), 200, np.uint8)
    image = read_image(saved(tmp_path, smooth, name), size=None, channels=3)
    assert image.shape == (32, 48, 3)
    np.testing.assert_allclose(image, 200 / 255, atol=0.02)


def test_grey_image_in_one_and_three_channels(tmp_path):
    path = saved(tmp_path, PIXELS[..., 0])
    grey = read_image(path, size=None, channels=1)
    np.testing.assert_array_equal(grey[..., 0] * 255, PIXELS[..., 0])
    np.testing.assert_array_equal(read_image(path, None, 3), np.repeat(grey, 3, axis=-1))


def test_colours_become_their_brightness(tmp_path):
    path = saved(tmp_path, np.full((5, 4, 3), (0, 255, 0), np.uint8))
    np.testing.assert_allclose(read_image(path, None, 1), 0.587, atol=1 / 255)


def test_black_and_white(tmp_path):
    bits = PIXELS[..., 0] % 8 > 0
    image = read_image(saved(tmp_path, bits), size=None, channels=1)
    np.testing.assert_array_equal(image[..., 0], bits)


@pytest.mark.parametrize("channels", [1, 3])
def test_sixteen_bits_are_scaled_not_cut_off(tmp_path, channels):
    levels = np.array([[0, 255, 256], [32_768, 40_000, 65_535]], np.uint16)
    image = read_image(saved(tmp_path, levels), size=None, channels=channels)
    assert image.shape == (2, 3, channels)
    np.testing.assert_allclose(image[..., -1], levels / 65_535, atol=1e-6)
    assert image.max() == 1


def test_transparent_is_laid_on_white(tmp_path):
    pixels = np.zeros((5, 4, 4), np.uint8)
    pixels[1, 2, 3] = 255
    expected = np.ones((5, 4))
    expected[1, 2] = 0
    path = saved(tmp_path, pixels)
    np.testing.assert_array_equal(read_image(path, None, 1)[..., 0], expected)
    np.testing.assert_array_equal(read_image(path, None, 3)[..., 1], expected)


def test_transparent_palette(tmp_path):
    image = Image.fromarray(np.array([[0, 1, 1], [1, 1, 0]], np.uint8), "P")
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.save(tmp_path / "image.png", transparency=bytes([0, 255]))
    read = read_image(tmp_path / "image.png", None, 3)
    assert read[0].tolist() == [[1, 1, 1], [0, 0, 1], [0, 0, 1]]


def test_photograph_is_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate by 90 degrees clockwise
    path = saved(tmp_path, exif=exif)
    np.testing.assert_array_equal(read_image(path, None, 3) * 255, np.rot90(PIXELS, -1))


def test_first_frame_of_an_animation(tmp_path):
    frames = [Image.new("L", (4, 5), level) for level in (10, 200)]
    frames[0].save(tmp_path / "image.gif", save_all=True, append_images=frames[1:])
    image = read_image(tmp_path / "image.gif", None, 1)
    np.testing.assert_allclose(image * 255, 10)


def test_resizing_gives_rows_then_columns(tmp_path):
    halves = np.zeros((40, 60, 3), np.uint8)
    halves[:20, :, 0] = 255
    image = read_image(saved(tmp_path, halves), size=(4, 7), channels=3)
    assert image.shape == (4, 7, 3)
    np.testing.assert_allclose(image[0, :, 0], 1, atol=0.05)
    np.testing.assert_allclose(image[-1, :, 0], 0, atol=0.05)
    assert not image[..., 1:].any()


def test_resizing_takes_the_mean_of_fine_patterns(tmp_path):
    stripes = np.tile(np.array([0, 255], np.uint8), (50, 30))
    image = read_image(saved(tmp_path, stripes), size=(5, 6), channels=1)
    np.testing.assert_allclose(image, 0.5, atol=0.05)


def test_resizing_stays_within_bounds(tmp_path):
    step = np.zeros((9, 8), np.uint16)
    step[:, 4:] = 65_535
    image = read_image(saved(tmp_path, step), size=(31, 29), channels=1)
    assert image.min() == 0
    assert image.max() == 1


@pytest.mark.parametrize("channels", [0, 2, 4, True, "3", None])
def test_wrong_channels(tmp_path, channels):
    with pytest.raises(OptionError, match="channels=1 or channels=3"):
        read_image(saved(tmp_path), None, channels)


def test_wrong_size(tmp_path):
    with pytest.raises(OptionTypeError, match="read_image: `size` is not a pair"):
        read_image(saved(tmp_path), 8, 3)
    with pytest.raises(OptionError, match="size=-1"):
        read_image(saved(tmp_path), (-1, 3), 3)
    with pytest.raises(DataError, match="`the resized image` is too large"):
        read_image(saved(tmp_path), (10**6, 10**6), 3)


def test_missing_file(tmp_path):
    with pytest.raises(DataError, match="read_image: there is no such file"):
        read_image(tmp_path / "image.png", None, 3)


@pytest.mark.parametrize("name", ["image.png", "image.jpg", "image.gif", "image.bmp"])
def test_truncated_image_is_named(tmp_path, name):
    noise = np.random.default_rng(0).integers(0, 256, (50, 40, 3), np.uint8)
    path = saved(tmp_path, noise, name)
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(DataError, match=rf"the image cannot be read(.|\n)*{name}"):
        read_image(path, None, 3)


def test_other_formats_are_not_opened_under_a_false_name(tmp_path):
    path = tmp_path / "image.png"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EOF\n")
    with pytest.raises(DataError, match=r"cannot be read(.|\n)*UnidentifiedImageError"):
        read_image(path, None, 3)


@pytest.mark.parametrize("side", [10_000, 100_000])
def test_decompression_bomb(tmp_path, side):
    path = saved(tmp_path)
    content = bytearray(path.read_bytes())
    content[16:24] = side.to_bytes(4, "big") * 2
    crc = __import__("zlib").crc32(content[12:29])
    content[29:33] = crc.to_bytes(4, "big")
    path.write_bytes(content)
    with pytest.raises(
        DataError, match=r"the image has too many pixels(.|\n)*at most 89,478,485 pixels"
    ):
        read_image(path, None, 3)


def test_bound_is_our_own(tmp_path, monkeypatch):
    monkeypatch.setattr(image_file, "MAX_PIXELS", 19)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    with pytest.raises(DataError, match=r"at most 19 pixels\n.*20 pixels"):
        read_image(saved(tmp_path), None, 3)


def test_without_pillow(tmp_path, monkeypatch):
    path = saved(tmp_path)
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(MissingExtraError, match=r"`pillow`(.|\n)*stridewise\[data\]"):
        read_image(path, None, 3)
