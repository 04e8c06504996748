"""Runs on one's own data: HDF5 with a test part, folders of images, a test set beside."""

import h5py
import numpy as np
import pytest
from PIL import Image

from stridewise.datasets import read_image
from stridewise.errors import DataError
from stridewise.training import RunOptions, load_checkpoint, train_run


def coloured(count, seed):
    """Images (count, 16, 12, 3) of bytes: class 0 is reddish, class 1 bluish."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    images = rng.integers(0, 90, (count, 16, 12, 3), dtype=np.uint8)
    images[labels == 0, :, :, 0] += 150
    images[labels == 1, :, :, 2] += 150
    return images, labels


@pytest.fixture
def course_file(tmp_path):
    path = tmp_path / "signs.h5"
    (x, y), (test_x, test_y) = coloured(60, 0), coloured(14, 1)
    with h5py.File(path, "w") as file:
        file["train_set_x"], file["train_set_y"] = x, y[None]
        file["test_set_x"], file["test_set_y"] = test_x, test_y[None]
        file["list_classes"] = np.array([b"red", b"blue"])
    return path


@pytest.fixture
def picture_folder(tmp_path):
    """Pictures of two sizes in two folders."""
    images, labels = coloured(60, 2)
    for number, (pixels, label) in enumerate(zip(images, labels, strict=True)):
        folder = tmp_path / "pictures" / ("red", "blue")[label]
        folder.mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray(pixels)
        if number % 3 == 0:
            picture = picture.resize((20, 30))
        picture.save(folder / f"{number:02}.png")
    return tmp_path / "pictures"


def options_of(data, **changed):
    chosen = {"epochs": 8, "batch_size": 10, "network": "signs_convnet", "augment": False}
    return RunOptions(str(data), learning_rate=0.02, **(chosen | changed))


def test_hdf5_with_its_own_test_part(course_file, tmp_path, recorder):
    options = options_of(course_file, test_data=str(course_file))
    outcome = train_run(options, tmp_path / "run", recorder)
    expected, labels = coloured(14, 1)
    np.testing.assert_array_equal(np.rint(outcome.test.images * 255), expected)
    np.testing.assert_array_equal(outcome.test.labels, labels)
    assert recorder.told[0] == ("begin", 54)  # a tenth of the 60 is for validation
    assert outcome.evaluation.accuracy == 1.0
    assert load_checkpoint(tmp_path / "run").classes == ("red", "blue")


def test_hdf5_without_a_test_set_splits_its_training_part(course_file, tmp_path, recorder):
    outcome = train_run(options_of(course_file, epochs=1), tmp_path / "run", recorder)
    assert len(outcome.test) == 12
    assert recorder.told[0] == ("begin", 42)


def test_a_folder_of_images_end_to_end(picture_folder, tmp_path):
    folder = tmp_path / "run"
    outcome = train_run(options_of(picture_folder, size=(16, 12)), folder)
    assert outcome.test.image_shape == (16, 12, 3)
    assert outcome.evaluation.accuracy == 1.0
    back = load_checkpoint(folder)
    assert back.classes == ("blue", "red")
    for name in back.classes:
        path = next((picture_folder / name).iterdir())
        answer = back.probabilities(read_image(path, (16, 12), 3)[None])[0]
        assert back.classes[answer.argmax()] == name


def test_a_folder_of_several_sizes_needs_a_size(picture_folder, tmp_path):
    with pytest.raises(DataError, match=r"read_image_folder: .*size"):
        train_run(options_of(picture_folder), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_corrupt_image_is_named(picture_folder, tmp_path):
    (picture_folder / "red" / "zz.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    with pytest.raises(DataError, match=r"zz\.png"):
        train_run(options_of(picture_folder, size=(16, 12)), tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("suffix", [".npz", ".NPZ"])
def test_a_test_set_of_its_own(few_digits, few_digits_file, tmp_path, recorder, suffix):
    rest = few_digits.take(range(30))
    path = tmp_path / f"test{suffix}"
    with path.open("wb") as file:
        np.savez(file, images=rest.images, labels=rest.labels, classes=rest.classes)
    options = RunOptions(str(few_digits_file), test_data=str(path), epochs=1)
    outcome = train_run(options, tmp_path / "run", recorder)
    np.testing.assert_array_equal(outcome.test.images, rest.images)
    assert recorder.told[0] == ("begin", 180)


@pytest.mark.parametrize("kind", ["size", "classes", "order"])
def test_a_test_set_of_another_kind(few_digits, few_digits_file, tmp_path, kind):
    images, classes = few_digits.images, list(few_digits.classes)
    if kind == "size":
        images = images[:, :7]
    elif kind == "classes":
        classes.append("ten")
    else:
        classes.reverse()
    np.savez(tmp_path / "t.npz", images=images, labels=few_digits.labels, classes=classes)
    options = RunOptions(str(few_digits_file), test_data=str(tmp_path / "t.npz"), epochs=1)
    with pytest.raises(DataError, match=r"of another kind than the training set"):
        train_run(options, tmp_path / "run")
    assert not (tmp_path / "run").exists()
