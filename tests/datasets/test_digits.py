from importlib import resources

import numpy as np

from stridewise.datasets import digits


def test_digits_are_the_known_ones():
    dataset = digits()
    assert dataset.images.shape == (1797, 8, 8, 1)
    assert dataset.images.dtype == np.float32
    assert dataset.classes == tuple("0123456789")
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.bincount(dataset.labels).tolist() == counts
    assert dataset.labels[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]


def test_digits_have_the_known_pixels():
    levels = digits().images[..., 0] * 16
    np.testing.assert_array_equal(levels, levels.round())
    assert levels.min() == 0
    assert levels.max() == 16
    assert levels.sum(dtype=np.float64) == 561_718
    # Weighted by place, so that no transposed or mirrored image has the same sum.
    place = np.arange(64).reshape(8, 8)
    assert (levels * place).sum(dtype=np.float64) == 17_660_653


def test_first_digit_by_hand():
    row = digits().images[0, 1, :, 0] * 16
    assert row.tolist() == [0, 0, 13, 15, 10, 15, 5, 0]


def test_file_is_small_and_its_licence_lies_beside_it():
    folder = resources.files("stridewise.datasets")
    assert len(folder.joinpath("optdigits.npz").read_bytes()) < 100_000
    notice = folder.joinpath("NOTICE.md").read_text(encoding="utf-8")
    assert "10.24432/C50P49" in notice
    assert "CC BY 4.0" in notice
