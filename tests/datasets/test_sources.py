import h5py
import numpy as np
import pytest
from PIL import Image

from stridewise.datasets import load
from stridewise.errors import DataError, OptionTypeError


@pytest.fixture
def npz(tmp_path):
    path = tmp_path / "data.NPZ"
    with path.open("wb") as stream:
        np.savez(stream, images=np.zeros((3, 5, 4), np.uint8), labels=[0, 1, 0])
    return path


def test_digits_by_name():
    assert len(load("digits")) == 1797


def test_npz_by_suffix(npz):
    assert load(npz).images.shape == (3, 5, 4, 1)
    assert load(str(npz)).images.shape == (3, 5, 4, 1)


@pytest.mark.parametrize("suffix", [".h5", ".hdf5"])
def test_hdf5_by_suffix(tmp_path, suffix):
    path = tmp_path / f"data{suffix}"
    with h5py.File(path, "w") as file:
        file["train_set_x"] = np.zeros((3, 5, 4, 3), np.uint8)
        file["train_set_y"] = [0, 1, 0]
        file["list_classes"] = [7, 8]
    assert load(path).classes == ("7", "8")


def test_folder(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        Image.new("L", (4, 5)).save(tmp_path / name / "1.png")
    assert load(tmp_path).image_shape == (5, 4, 1)
    assert load(str(tmp_path), size=(3, 2)).image_shape == (3, 2, 1)


def test_the_name_wins_over_a_folder_but_not_over_its_path(tmp_path, monkeypatch):
    (tmp_path / "digits").mkdir()
    monkeypatch.chdir(tmp_path)
    assert len(load("digits")) == 1797
    with pytest.raises(DataError, match="not enough class folders"):
        load("./digits")


def test_unknown_name():
    with pytest.raises(
        DataError, match=r"'digits', a folder of images, or a file .npz(.|\n)*'digit'\n.*'digits'"
    ):
        load("digit")


def test_unknown_suffix(tmp_path):
    (tmp_path / "data.csv").touch()
    with pytest.raises(DataError, match=r"no dataset of this name(.|\n)*data\.csv"):
        load(tmp_path / "data.csv")


def test_missing_file(tmp_path):
    with pytest.raises(DataError, match="load: there is no such file or folder"):
        load(tmp_path / "data.npz")


def test_size_that_fits_and_size_that_does_not(npz):
    assert len(load("digits", size=(8, 8))) == 1797
    assert len(load(npz, size=[5, 4])) == 3
    with pytest.raises(DataError, match=r"of size \(4, 5\)(.|\n)*of size \(5, 4\)"):
        load(npz, size=(4, 5))


def test_wrong_types():
    with pytest.raises(OptionTypeError, match="the path is not a path"):
        load(None)
    with pytest.raises(OptionTypeError, match="`size` is not a pair"):
        load("digits", size=8)
