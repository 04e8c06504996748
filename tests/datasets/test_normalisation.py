import dataclasses
import json

import numpy as np
import pytest

from stridewise.datasets import Normalisation
from stridewise.errors import DataError, DtypeError, OptionError, OptionTypeError, ShapeError

IMAGES = np.random.default_rng(6).uniform(0, [1, 0.5, 0.2], (7, 5, 4, 3)).astype(np.float32)


def test_by_hand():
    normalise = Normalisation.of(np.array([[[[1.0, 5.0], [3.0, 5.0]]]]))
    assert normalise == Normalisation(mean=(2.0, 5.0), std=(1.0, 1.0))


def test_result_has_mean_0_and_std_1_in_every_channel():
    result = Normalisation.of(IMAGES)(IMAGES)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result.mean(axis=(0, 1, 2)), 0, atol=1e-6)
    np.testing.assert_allclose(result.std(axis=(0, 1, 2)), 1, atol=1e-6)


def test_constant_channel_becomes_zero_not_noise():
    x = IMAGES.copy()
    x[..., 1] = 0.1  # no exact sum: its mean differs from it by a rounding error
    normalise = Normalisation.of(x)
    assert normalise.std[1] == 1
    np.testing.assert_allclose(normalise(x)[..., 1], 0, atol=1e-7)


def test_images_are_not_written_to():
    x = IMAGES.copy()
    x.flags.writeable = False
    Normalisation.of(x)(x)
    np.testing.assert_array_equal(x, IMAGES)


def test_it_survives_json():
    normalise = Normalisation.of(IMAGES)
    assert Normalisation(**json.loads(json.dumps(dataclasses.asdict(normalise)))) == normalise


@pytest.mark.parametrize(
    ("mean", "std", "error", "message"),
    [
        ((0.5,), (0.0,), OptionError, "std > 0"),
        ((0.5,), (-1.0,), OptionError, "std > 0"),
        ((0.5, 0.5), (1.0,), OptionError, "one mean and one std"),
        ((), (), OptionError, "one mean and one std"),
        ((np.nan,), (1.0,), OptionError, "`mean` holds a number that is not finite"),
        ((0.5,), (np.inf,), OptionError, "`std` holds a number that is not finite"),
        (0.5, (1.0,), OptionTypeError, "`mean` is not a tuple of numbers"),
        ((0.5,), ("1",), OptionTypeError, "`std` is not a tuple of numbers"),
    ],
)
def test_wrong_numbers(mean, std, error, message):
    with pytest.raises(error, match=message):
        Normalisation(mean, std)


def test_wrong_images():
    normalise = Normalisation.of(IMAGES)
    with pytest.raises(ShapeError, match=r"\(N, H, W, 3\)(.|\n)*\(7, 5, 4, 2\)"):
        normalise(IMAGES[..., :2])
    with pytest.raises(ShapeError, match="wrong number of axes"):
        normalise(IMAGES[0])
    with pytest.raises(ShapeError, match="wrong number of axes"):
        Normalisation.of(IMAGES[0])
    with pytest.raises(DtypeError, match="complex64"):
        Normalisation.of(IMAGES.astype(np.complex64))


@pytest.mark.parametrize("wrong", [IMAGES[:0], IMAGES * np.nan, np.full_like(IMAGES, np.inf)])
def test_nothing_to_measure(wrong):
    with pytest.raises(DataError, match="there is nothing to measure"):
        Normalisation.of(wrong)
