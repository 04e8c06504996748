import dataclasses

import numpy as np
import pytest

from stridewise.datasets import Dataset
from stridewise.errors import DataError, OptionError, OptionTypeError

CLASSES = ("cat", "dog", "fox")


def images(count=4, shape=(5, 3, 2)):
    return np.linspace(0, 1, count * np.prod(shape)).reshape(count, *shape).astype(np.float32)


def labels():
    return np.array([0, 2, 1, 2])


def test_dataset_tells_its_sizes():
    dataset = Dataset(images(), labels(), CLASSES)
    assert len(dataset) == 4
    assert dataset.image_shape == (5, 3, 2)
    assert repr(dataset) == "Dataset(4 images of 5 x 3 x 2, 3 classes)"


def test_dataset_keeps_float32_and_int64():
    dataset = Dataset(images().astype(np.float64), labels().astype(np.uint8), list(CLASSES))
    assert dataset.images.dtype == np.float32
    assert dataset.labels.dtype == np.int64
    assert dataset.classes == CLASSES
    np.testing.assert_array_equal(dataset.images, images())


def test_dataset_does_not_copy_what_fits():
    x = images()
    assert Dataset(x, labels(), CLASSES).images is x


def test_dataset_is_frozen():
    dataset = Dataset(images(), labels(), CLASSES)
    with pytest.raises(dataclasses.FrozenInstanceError):
        dataset.labels = labels()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (images().tolist(), "images of type list"),
        (images()[..., 0], r"images.shape=\(4, 5, 3\)"),
        ((images() * 255).astype(np.uint8), r"images.dtype=uint8\n.*/ 255 for bytes"),
        (images()[:0], "there are no images"),
        (images()[:, :, :0], "there are no images"),
        (images() * np.nan, "not finite"),
        (np.where(images() == 1, np.inf, images()), "from 0.0 to inf"),
        (images() * 255, r"not in \[0, 1\](.|\n)*values from 0 to 255"),
        (images() - 0.5, r"values from -0.5 to 0.5"),
        (images()[:3], "3 images, 4 labels"),
    ],
)
def test_wrong_images(wrong, message):
    with pytest.raises(DataError, match=message):
        Dataset(wrong, labels(), CLASSES)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([0, 2, 1, 2], "labels of type list"),
        (labels()[:, None], r"labels.shape=\(4, 1\)"),
        (labels().astype(float), "labels.dtype=float64"),
        (labels() > 0, "labels.dtype=bool"),
        (np.array([0, 1, -1, 2]), r"from 0 to 2(.|\n)*labels\[2\]=-1"),
        (np.array([0, 1, 2, 3]), r"labels\[3\]=3"),
        (np.array([0, 1, 2, 2**64 - 1], np.uint64), r"labels\[3\]=18446744073709551615"),
        (labels()[:3], "4 images, 3 labels"),
    ],
)
def test_wrong_labels(wrong, message):
    with pytest.raises(DataError, match=message):
        Dataset(images(), wrong, CLASSES)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("cat", "not a tuple of names"),
        ((0, 1, 2), "not a tuple of names"),
        (("cat",), "at least 2 classes"),
        ((), "at least 2 classes"),
    ],
)
def test_wrong_classes(wrong, message):
    with pytest.raises(DataError, match=message):
        Dataset(images(), labels(), wrong)


def test_take_chooses_in_order_and_copies():
    dataset = Dataset(images(), labels(), CLASSES)
    taken = dataset.take([3, 0, 3])
    np.testing.assert_array_equal(taken.images, images()[[3, 0, 3]])
    np.testing.assert_array_equal(taken.labels, [2, 0, 2])
    assert taken.classes == CLASSES
    taken.images[...] = 0
    np.testing.assert_array_equal(dataset.images, images())


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ([4], OptionError, "from 0 to 3(.|\n)*from 4 to 4"),
        ([0, -1], OptionError, "from -1 to 0"),
        ([0.0], OptionTypeError, "indices.dtype=float64"),
        ([True, False, True, True], OptionTypeError, "flatnonzero"),
        (2, OptionTypeError, r"indices.shape=\(\)"),
        ([], DataError, "there are no images"),
    ],
)
def test_wrong_indices(wrong, error, message):
    with pytest.raises(error, match=message):
        Dataset(images(), labels(), CLASSES).take(wrong)
