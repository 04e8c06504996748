import os

import numpy as np
import pytest
from PIL import Image

from stridewise.datasets import image_folder, read_image_folder
from stridewise.errors import DataError, OptionError, OptionTypeError


def save(folder, name, size=(5, 4), colour=(255, 0, 0)):
    """Write one image of ``size`` (H, W)."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    mode = "L" if isinstance(colour, int) else "RGB"
    Image.new(mode, size[::-1], colour).save(path)
    return path


@pytest.fixture
def pets(tmp_path):
    save(tmp_path, "dog/1.png", colour=(0, 255, 0))
    save(tmp_path, "cat/2.PNG", colour=(0, 0, 255))
    save(tmp_path, "cat/1.bmp", colour=(255, 0, 0))
    return tmp_path


def test_classes_and_files_are_sorted(pets):
    dataset = read_image_folder(pets)
    assert dataset.classes == ("cat", "dog")
    assert dataset.labels.tolist() == [0, 0, 1]
    assert dataset.images.shape == (3, 5, 4, 3)
    assert dataset.images[:, 2, 1].tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0]]


def test_hidden_and_other_files_are_passed_over(pets):
    (pets / "cat" / "notes.txt").write_text("no image")
    (pets / "cat" / "._1.png").write_bytes(b"no image")
    (pets / ".git").mkdir()
    (pets / "README.md").write_text("no folder")
    assert len(read_image_folder(str(pets))) == 3


def test_all_grey_gives_one_channel(tmp_path):
    save(tmp_path, "cat/1.png", colour=51)
    save(tmp_path, "dog/1.png", colour=102)
    dataset = read_image_folder(tmp_path)
    assert dataset.images.shape == (2, 5, 4, 1)
    np.testing.assert_allclose(dataset.images[:, 0, 0, 0], [0.2, 0.4])


def test_one_colour_among_grey_gives_three_channels(tmp_path):
    save(tmp_path, "cat/1.png", colour=51)
    save(tmp_path, "dog/1.png")
    dataset = read_image_folder(tmp_path)
    assert dataset.image_shape == (5, 4, 3)
    np.testing.assert_allclose(dataset.images[0], 0.2)


def test_several_sizes_need_a_size(pets):
    save(pets, "dog/2.png", size=(6, 7))
    with pytest.raises(
        DataError,
        match=r"several sizes(.|\n)*\(5, 4\) in .*1\.bmp', \(6, 7\) in .*2\.png'\n.*size=\(5, 4\)",
    ):
        read_image_folder(pets)
    assert read_image_folder(pets, size=(3, 2)).images.shape == (4, 3, 2, 3)


def test_missing_folder(tmp_path):
    with pytest.raises(DataError, match=r"there is no such folder(.|\n)*'.*nowhere'"):
        read_image_folder(tmp_path / "nowhere")


def test_file_in_place_of_a_folder(pets):
    with pytest.raises(DataError, match="there is no such folder"):
        read_image_folder(pets / "cat" / "1.bmp")


@pytest.mark.parametrize("folders", [[], ["cat"]])
def test_too_few_classes(tmp_path, folders):
    for name in folders:
        save(tmp_path, f"{name}/1.png")
    with pytest.raises(DataError, match=r"at least 2 subfolders(.|\n)*received: \["):
        read_image_folder(tmp_path)


def test_class_without_images(pets):
    (pets / "fox").mkdir()
    (pets / "fox" / "1.tiff").write_bytes(b"")
    with pytest.raises(DataError, match=r"the class 'fox' has no images(.|\n)*\.png"):
        read_image_folder(pets)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"no image at all"])
def test_corrupt_image_is_named(pets, content):
    (pets / "dog" / "bad.png").write_bytes(content)
    with pytest.raises(DataError, match=r"cannot be read(.|\n)*bad\.png"):
        read_image_folder(pets)


def test_folder_with_the_name_of_an_image(pets):
    (pets / "dog" / "album.png").mkdir()
    with pytest.raises(DataError, match=r"album\.png"):
        read_image_folder(pets)


def test_bytes_of_all_images_are_bounded(pets, monkeypatch):
    needed = 3 * 5 * 4 * 3 * 4
    monkeypatch.setattr(image_folder, "MAX_BYTES", needed)
    assert len(read_image_folder(pets)) == 3
    monkeypatch.setattr(image_folder, "MAX_BYTES", needed - 1)
    with pytest.raises(DataError, match=r"at most 719 bytes(.|\n)*3 images, 720 bytes"):
        read_image_folder(pets)
    assert len(read_image_folder(pets, size=(2, 3))) == 3


def test_wrong_size(pets):
    with pytest.raises(OptionTypeError, match="read_image_folder: `size` is not a pair"):
        read_image_folder(pets, size=64)
    with pytest.raises(OptionError, match="size=0"):
        read_image_folder(pets, size=(0, 64))


def test_wrong_path():
    with pytest.raises(OptionTypeError, match="the path is not a path"):
        read_image_folder(None)


def test_a_named_pipe_does_not_hang(tmp_path):
    for label in ("cat", "dog"):
        (tmp_path / label).mkdir()
    os.mkfifo(tmp_path / "cat" / "x.png")
    with pytest.raises(DataError, match="there is no such file"):
        read_image_folder(tmp_path)
