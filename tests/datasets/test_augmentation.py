from functools import partial

import numpy as np
import pytest

from stridewise.datasets import pipeline, random_rotation, random_shift
from stridewise.errors import DtypeError, OptionError, OptionTypeError, ShapeError

IMAGES = np.random.default_rng(4).uniform(0.5, 1, (40, 7, 6, 2)).astype(np.float32)


def rng():
    return np.random.default_rng(9)


def test_every_shift_within_the_bound_is_drawn():
    spot = np.zeros((500, 7, 6, 1), np.float32)
    spot[:, 3, 2] = 1
    _, rows, columns, _ = np.nonzero(random_shift(spot, rng(), pixels=2))
    assert len(rows) == 500
    assert set(zip(rows.tolist(), columns.tolist(), strict=True)) == {
        (row, column) for row in range(1, 6) for column in range(5)
    }


def test_channels_move_together():
    moved = random_shift(np.stack([IMAGES[..., 0]] * 2, axis=-1), rng(), pixels=3)
    np.testing.assert_array_equal(moved[..., 0], moved[..., 1])


def test_rotations_differ_and_stay_within_the_bound():
    turned = random_rotation(np.repeat(IMAGES[:1], 40, axis=0), rng(), degrees=5)
    assert len(np.unique(turned[:, 0, 0, 0])) > 30
    # Near the centre five degrees move little.
    assert np.abs(turned[:, 3, 2:4] - IMAGES[0, 3, 2:4]).max() < 0.1


@pytest.mark.parametrize(
    "step", [partial(random_shift, pixels=0), partial(random_rotation, degrees=0)]
)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_nothing_to_do_is_exact_and_new(step, dtype):
    x = IMAGES.astype(dtype)
    result = step(x, rng())
    np.testing.assert_array_equal(result, x)
    assert result.dtype == dtype
    assert not np.shares_memory(result, x)


@pytest.mark.parametrize("step", [random_shift, random_rotation])
def test_images_are_not_written_to(step):
    x = IMAGES.copy()
    x.flags.writeable = False
    result = step(x, rng())
    assert result.shape == x.shape
    assert result.min() >= 0
    assert result.max() <= 1
    np.testing.assert_array_equal(x, IMAGES)


@pytest.mark.parametrize("step", [random_shift, random_rotation])
def test_generator_decides(step):
    np.testing.assert_array_equal(step(IMAGES, rng()), step(IMAGES, rng()))
    assert not np.array_equal(step(IMAGES, rng()), step(IMAGES, np.random.default_rng(10)))


@pytest.mark.parametrize("step", [random_shift, random_rotation])
def test_wrong_images_and_generators(step):
    with pytest.raises(ShapeError, match=rf"{step.__name__}: `images`(.|\n)*\(N, H, W, C\)"):
        step(IMAGES[0], rng())
    with pytest.raises(DtypeError, match="complex64"):
        step(IMAGES.astype(np.complex64), rng())
    with pytest.raises(OptionTypeError, match=f"{step.__name__}: `rng` is not a random generator"):
        step(IMAGES, 0)


def test_wrong_pixels():
    with pytest.raises(OptionError, match="pixels=-1"):
        random_shift(IMAGES, rng(), pixels=-1)
    with pytest.raises(OptionTypeError, match=r"pixels=0\.5"):
        random_shift(IMAGES, rng(), pixels=0.5)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [(-1, OptionError), (np.inf, OptionError), (np.nan, OptionError), (True, OptionTypeError)],
)
def test_wrong_degrees(wrong, error):
    with pytest.raises(error, match=f"degrees={wrong}"):
        random_rotation(IMAGES, rng(), degrees=wrong)


def test_pipeline_runs_in_order_with_one_generator():
    shift, turn = partial(random_shift, pixels=2), partial(random_rotation, degrees=30)
    one = rng()
    expected = turn(shift(IMAGES, one), one)
    np.testing.assert_array_equal(pipeline(shift, turn)(IMAGES, rng()), expected)
    assert not np.array_equal(pipeline(turn, shift)(IMAGES, rng()), expected)


def test_empty_pipeline():
    assert pipeline()(IMAGES, rng()) is IMAGES


def test_step_that_is_no_function():
    with pytest.raises(OptionTypeError, match=r"a step is not a function(.|\n)*'shift'"):
        pipeline(random_shift, "shift")
