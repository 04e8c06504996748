"""From an image file to a network's input, against plain loops over the pixels."""

import numpy as np
import pytest
from PIL import Image

from stridewise.datasets import read_image
from stridewise.errors import DataError, NetworkError, OptionError, OptionTypeError
from stridewise.exchange.answers import ask
from stridewise.exchange.pictures import preparation_for, prepare_picture
from stridewise.exchange.preparation import Preparation
from stridewise.layers import Activation
from stridewise.networks import Graph


def network(*shapes):
    """One that gives its first input back."""
    inputs = {f"image{place}": shape for place, shape in enumerate(shapes)}
    return Graph(inputs, [("same", Activation("tanh"), ("image0",))], ["same"])


@pytest.fixture
def photo(tmp_path, rng):
    """A file of 6 rows and 10 columns, and its pixels from 0 to 255."""
    pixels = rng.integers(0, 256, (6, 10, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    return tmp_path / "photo.png", pixels


@pytest.mark.parametrize("order", ["rgb", "bgr"])
@pytest.mark.parametrize("scale", [1.0, 255])
def test_every_number(photo, order, scale):
    path, pixels = photo
    mean, std = (0.25, 0.5, 0.125), (2.0, 0.5, 4.0)
    x = prepare_picture(path, Preparation(mean=mean, std=std, scale=scale, order=order))
    assert (x.shape, x.dtype) == ((1, 6, 10, 3), np.float32)
    for row in range(6):
        for column in range(10):
            for c in range(3):
                pixel = pixels[row, column, c if order == "rgb" else 2 - c] / 255
                wanted = (scale * pixel - mean[c]) / std[c]
                assert x[0, row, column, c] == pytest.approx(wanted, rel=1e-5, abs=1e-5)


def test_one_number_is_for_all_channels(photo):
    path, _ = photo
    x = prepare_picture(path, Preparation(mean=(0.5,), std=(0.25,)))
    np.testing.assert_array_equal(
        x, prepare_picture(path, Preparation(mean=(0.5,) * 3, std=(0.25,) * 3))
    )


def test_defaults_change_nothing(photo):
    path, pixels = photo
    np.testing.assert_array_equal(
        prepare_picture(path, Preparation())[0], pixels.astype(np.float32) / 255
    )


def test_grey(photo):
    path, _ = photo
    x = prepare_picture(path, Preparation(channels=1, mean=(0.5,)))
    np.testing.assert_array_equal(x[0], read_image(path, None, 1) - np.float32(0.5))


@pytest.mark.parametrize(("order", "colours"), [("rgb", [0, 1, 2]), ("bgr", [2, 1, 0])])
def test_a_fourth_channel_is_opaque(photo, order, colours):
    path, pixels = photo
    x = prepare_picture(path, Preparation(channels=4, order=order, mean=(0, 0, 0, 0.25)))
    np.testing.assert_array_equal(x[0, ..., :3], pixels[..., colours].astype(np.float32) / 255)
    np.testing.assert_array_equal(x[0, ..., 3], 0.75)


def test_channels_first(photo):
    path, pixels = photo
    x = prepare_picture(path, Preparation(channels_first=True, size=(6, 10)))
    assert x.flags.c_contiguous
    np.testing.assert_array_equal(x[0], pixels.transpose(2, 0, 1).astype(np.float32) / 255)


@pytest.mark.parametrize(
    ("size", "multiple_of", "wanted"),
    [
        (None, 1, (6, 10)),
        ((None, None), 1, (6, 10)),
        (None, 4, (8, 8)),  # halves go to the even number, as round() has it: 6/4 and 10/4
        (None, 5, (5, 10)),
        (None, 32, (32, 32)),  # at least once
        ((3, 4), 32, (3, 4)),  # what is asked for is not rounded
        ((3, None), 1, (3, 5)),
        ((3, None), 4, (3, 4)),
        ((None, 20), 1, (12, 20)),
        ((None, 20), 5, (10, 20)),
        ((None, 1), 1, (1, 1)),
    ],
)
def test_sizes(photo, size, multiple_of, wanted):
    path, _ = photo
    x = prepare_picture(path, Preparation(size, multiple_of))
    np.testing.assert_array_equal(x[0], read_image(path, wanted, 3))


def test_absurd_numbers_give_infinities_without_a_warning(photo):
    path, _ = photo
    x = prepare_picture(path, Preparation(scale=1e30, std=(1e-30,), mean=(1e300,)))
    assert np.isneginf(x).all()


def test_files_that_are_no_images(tmp_path):
    with pytest.raises(DataError, match="there is no such file"):
        prepare_picture(tmp_path / "none.png", Preparation())
    (tmp_path / "x.png").write_text("x")
    with pytest.raises(DataError, match="the image cannot be read"):
        prepare_picture(tmp_path / "x.png", Preparation())


@pytest.mark.parametrize(
    ("shape", "size", "wanted"),
    [
        ((8, 6, 3), None, ((8, 6), 3, False)),
        ((8, 6, 3), (8, 6), ((8, 6), 3, False)),
        ((8, 6, 1), None, ((8, 6), 1, False)),
        ((8, 6, 4), None, ((8, 6), 4, False)),
        ((None, 6, 3), (9, 6), ((9, 6), 3, False)),
        ((8, None, 3), None, ((8, None), 3, False)),
        ((None, None, 3), None, ((None, None), 3, False)),
        ((None, None, 3), (5, 7), ((5, 7), 3, False)),
        ((None, None, None), (5, 7), ((5, 7), 3, False)),
        ((1, 28, 20), None, ((28, 20), 1, True)),
        ((3, 28, 20), (28, 20), ((28, 20), 3, True)),
        ((1, None, None), None, ((None, None), 1, True)),
        ((3, 28, 3), None, ((3, 28), 3, False)),  # either way: channels last
    ],
)
def test_what_a_network_takes(shape, size, wanted):
    found = preparation_for(network(shape), size=size, scale=255)
    assert (found.size, found.channels, found.channels_first) == wanted
    assert found.scale == 255


@pytest.mark.parametrize("shape", [(8, 6, 3), (None, 6, 3), (1, 8, 6), (None, None, 1)])
def test_what_was_found_fits_the_network(photo, shape):
    path, _ = photo
    graph = network(shape)
    x = prepare_picture(path, preparation_for(graph))
    (y,) = ask(graph, x, "photo.png")
    np.testing.assert_allclose(y, np.tanh(x), rtol=1e-6)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([(8, 6, 3), (4,)], r"(?s)has 2 inputs.*received: image0: \(8, 6, 3\); image1: \(4\)"),
        ([None], r"(?s)does not take one image.*received: image0: unknown"),
        ([(7,)], r"(?s)does not take one image.*\(H, W, C\).*received: image0: \(7\)"),
        ([(4, 8, 6, 3)], r"(?s)does not take one image.*received: image0: \(4, 8, 6, 3\)"),
        ([(8, 6, 5)], r"(?s)channels that no image has.*1, 3 or 4.*= \(8, 6, 5\)"),
        ([(None, None, 2)], r"(?s)channels that no image has.*= \(any, any, 2\)"),
    ],
)
def test_networks_that_take_no_image(shapes, message):
    with pytest.raises(NetworkError, match=message):
        preparation_for(network(*shapes))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": (9, 6)}, r"(?s)another size.*needed:   8x6"),
        ({"mean": (0.5, 0.5)}, r"(?s)`mean` cannot be used.*1 number, or 3 for RGB.*mean=\(0.5,\)"),
        ({"std": (1, 1, 1, 1), "order": "bgr"}, r"(?s)`std` cannot be used.*or 3 for BGR"),
        ({"std": (1.0, 0.0, 1.0)}, r"(?s)`std` cannot be used.*not 0.*\(1.0, 0.0, 1.0\)"),
        ({"mean": (float("nan"),)}, r"(?s)`mean` cannot be used.*finite numbers.*\(nan,\)"),
        ({"mean": ()}, r"(?s)`mean` cannot be used.*1 number, or 3.*one for all: mean=\(0.5,\)"),
        ({"mean": 0.5}, r"(?s)`mean` cannot be used.*received: mean=0.5.*mean=\(0.0,\)"),
        ({"mean": "0.5"}, r"(?s)`mean` cannot be used.*finite numbers"),
        ({"scale": 0}, r"(?s)`scale` cannot be used.*received: scale=0\n.*scale=1.0"),
        ({"scale": float("inf")}, r"(?s)`scale` cannot be used.*finite.*scale=inf"),
        ({"order": "rbg"}, r"(?s)no order of that name.*rgb \| bgr"),
        ({"multiple_of": 0}, "`multiple_of` is out of range"),
    ],
)
def test_options_that_do_not_fit(options, message):
    with pytest.raises(OptionError, match=message):
        preparation_for(network((8, 6, 3)), **options)


def test_options_that_do_not_fit_grey():
    with pytest.raises(OptionError, match=r"(?s)`order` cannot be used.*grey images have no col"):
        preparation_for(network((8, 6, 1)), order="bgr")
    with pytest.raises(
        OptionError, match=r"(?s)`mean` cannot be used.*needed:   1 number for grey"
    ):
        preparation_for(network((8, 6, 1)), mean=(0.1, 0.2, 0.3))


@pytest.mark.parametrize("size", [5, (5,), (1, 2, 3), "5x5"])
def test_sizes_that_are_no_pair(size):
    for make in (Preparation, lambda s: preparation_for(network((None, None, 3)), size=s)):
        with pytest.raises(OptionTypeError, match="`size` is not a pair"):
            make(size)


def test_preparations_that_make_no_sense():
    with pytest.raises(OptionError, match="`size` is out of range"):
        Preparation((0, None))
    with pytest.raises(OptionError, match=r"(?s)`channels` cannot be used.*1, 3 or 4.*channels=2"):
        Preparation(channels=2)
    for channels in (True, 3.0, np.array([1, 3])):
        with pytest.raises(OptionError, match="`channels` cannot be used"):
            Preparation(channels=channels)
    with pytest.raises(OptionError, match=r"(?s)`scale` cannot be used.*a finite number"):
        Preparation(scale=10**400)
    with pytest.raises(OptionError, match=r"(?s)`mean` cannot be used.*a tuple of finite numbers"):
        Preparation(mean=np.array([0.5, 0.5, 0.5]))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "the image's own size; RGB; pixels from 0 to 1"),
        ({"size": (8, 6), "multiple_of": 4}, "8x6; RGB; pixels from 0 to 1"),
        ({"size": (None, 6)}, "6 columns, rows in proportion; RGB; pixels from 0 to 1"),
        ({"scale": 255, "channels": 1}, "the image's own size; grey; 255 · pixel"),
        (
            {"multiple_of": 32, "channels": 4, "order": "bgr", "mean": (0.5,), "std": (0.5,)},
            "the image's own size, to a multiple of 32; BGRA; (pixel - 0.5) / 0.5",
        ),
        (
            {"size": (8, 6), "scale": 255, "mean": (1, 2, 3), "std": (4, 4, 4)},
            "8x6; RGB; (255 · pixel - (1, 2, 3)) / 4",
        ),
    ],
)
def test_a_preparation_in_words(options, text):
    assert str(Preparation(**options)) == text
