import sys
import time

import h5py
import numpy as np
import pytest

from stridewise.datasets import read_hdf5
from stridewise.errors import DataError, MissingExtraError, OptionError

PIXELS = np.arange(2 * 5 * 4 * 3, dtype=np.uint8).reshape(2, 5, 4, 3) * 2
GOOD = {
    "train_set_x": PIXELS,
    "train_set_y": np.array([1, 0]),
    "test_set_x": PIXELS[:1, ::-1],
    "test_set_y": np.array([[1]]),
    "list_classes": np.array([b"non-cat", b"cat"]),
}


def saved(folder, **arrays):
    """Write a good file, with some arrays replaced; None leaves one out."""
    path = folder / "cats.h5"
    with h5py.File(path, "w") as file:
        for name, values in (GOOD | arrays).items():
            if values is not None:
                file[name] = values
    return path


def test_training_part(tmp_path):
    dataset = read_hdf5(saved(tmp_path))
    assert dataset.images.dtype == np.float32
    np.testing.assert_array_equal(dataset.images, PIXELS.astype(np.float32) / np.float32(255))
    assert dataset.labels.tolist() == [1, 0]
    assert dataset.classes == ("non-cat", "cat")


def test_test_part(tmp_path):
    dataset = read_hdf5(str(saved(tmp_path)), part="test")
    np.testing.assert_array_equal(dataset.images * 255, PIXELS[:1, ::-1])
    assert dataset.labels.tolist() == [1]


def test_one_part_does_not_need_the_other(tmp_path):
    path = saved(tmp_path, test_set_x=None, test_set_y=None)
    assert len(read_hdf5(path)) == 2


def test_integer_classes_and_one_row_of_labels(tmp_path):
    path = saved(tmp_path, list_classes=np.arange(6), train_set_y=np.array([[5, 3]]))
    dataset = read_hdf5(path)
    assert dataset.classes == ("0", "1", "2", "3", "4", "5")
    assert dataset.labels.tolist() == [5, 3]


def test_compressed_chunks(tmp_path):
    path = saved(tmp_path, train_set_x=None)
    with h5py.File(path, "a") as file:
        file.create_dataset("train_set_x", data=PIXELS, chunks=(1, 2, 4, 3), compression="gzip")
    np.testing.assert_array_equal(read_hdf5(path).images * 255, PIXELS)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"train_set_x": PIXELS.astype(float)}, r"`train_set_x` has the wrong(.|\n)*float64"),
        ({"train_set_x": PIXELS[..., :2]}, r"shape \(2, 5, 4, 2\)"),
        ({"train_set_x": PIXELS[0]}, r"shape \(5, 4, 3\)"),
        ({"train_set_x": PIXELS[:0], "train_set_y": GOOD["train_set_y"][:0]}, "is empty"),
        ({"train_set_x": h5py.Empty("u1")}, r"shape \(\), dtype uint8"),
        ({"train_set_y": np.array([1, 0, 1])}, r"integers of shape \(2,\) or \(1, 2\)"),
        ({"train_set_y": np.array([[1], [0]])}, r"shape \(2, 1\)"),
        ({"train_set_y": np.array([1.0, 0.0])}, "dtype float64"),
        ({"train_set_y": np.array([2, 0])}, r"labels from 0 to 1(.|\n)*labels\[0\]=2"),
        ({"train_set_y": np.array([0, -1])}, r"labels\[1\]=-1"),
        ({"list_classes": np.array([b"cat"])}, "at least 2 classes"),
        ({"list_classes": np.array([[0, 1]])}, r"`list_classes` has the wrong(.|\n)*\(1, 2\)"),
        ({"list_classes": np.array([0.5, 1.5])}, r"integers or bytes(.|\n)*float64"),
        ({"list_classes": ["cat", "dog"]}, "bytes of fixed length"),
        ({"list_classes": np.zeros(65_537, np.int8)}, "at most 65,536 classes"),
        ({"list_classes": np.array([b"\xff", b"a"])}, "UnicodeDecodeError"),
    ],
)
def test_wrong_arrays(tmp_path, arrays, message):
    with pytest.raises(DataError, match=message):
        read_hdf5(saved(tmp_path, **arrays))


def test_missing_keys_are_named(tmp_path):
    path = saved(tmp_path, train_set_y=None, list_classes=None)
    with pytest.raises(
        DataError, match=r"no `train_set_y` and no `list_classes`(.|\n)*'train_set_x'\] in"
    ):
        read_hdf5(path)


def test_group_in_place_of_an_array(tmp_path):
    path = saved(tmp_path, list_classes=None)
    with h5py.File(path, "a") as file:
        file.create_group("list_classes")
    with pytest.raises(DataError, match=r"`list_classes` has the wrong(.|\n)*a group"):
        read_hdf5(path)


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        (h5py.SoftLink("/test_set_x"), "SoftLink"),
        (h5py.SoftLink("/nowhere"), "SoftLink"),
        (h5py.ExternalLink("/etc/passwd", "/x"), "ExternalLink"),
    ],
)
def test_links_are_refused(tmp_path, link, kind):
    path = saved(tmp_path, train_set_x=link)
    with pytest.raises(DataError, match=rf"`train_set_x` is not in the file itself(.|\n)*{kind}"):
        read_hdf5(path)


def test_external_storage_is_refused(tmp_path):
    path = saved(tmp_path, train_set_x=None)
    (tmp_path / "secret").write_bytes(bytes(PIXELS.size))
    with h5py.File(path, "a") as file:
        file.create_dataset(
            "train_set_x",
            PIXELS.shape,
            "u1",
            external=[(str(tmp_path / "secret"), 0, PIXELS.size)],
        )
    with pytest.raises(DataError, match=r"not in the file itself(.|\n)*external"):
        read_hdf5(path)


def test_virtual_datasets_are_refused(tmp_path):
    other = saved(tmp_path).rename(tmp_path / "other.h5")
    path = saved(tmp_path, train_set_x=None)
    layout = h5py.VirtualLayout(shape=PIXELS.shape, dtype="u1")
    layout[:] = h5py.VirtualSource(str(other), "train_set_x", shape=PIXELS.shape)
    with h5py.File(path, "a") as file:
        file.create_virtual_dataset("train_set_x", layout)
    with pytest.raises(DataError, match=r"not in the file itself(.|\n)*virtual"):
        read_hdf5(path)


def test_large_claim_is_refused_before_reading(tmp_path):
    path = saved(tmp_path, train_set_x=None, train_set_y=None)
    with h5py.File(path, "a") as file:
        file.create_dataset("train_set_x", (100_000, 300, 200, 3), "u1", chunks=(1, 300, 200, 3))
        file.create_dataset("train_set_y", (100_000,), "i8", chunks=(1000,))
    assert path.stat().st_size < 20_000
    start = time.perf_counter()
    with pytest.raises(DataError, match=r"`train_set_x` is too large(.|\n)*72,000,000,000 bytes"):
        read_hdf5(path)
    assert time.perf_counter() - start < 1


def test_large_chunk_of_a_small_array_is_refused(tmp_path):
    path = saved(tmp_path, train_set_y=None)
    with h5py.File(path, "a") as file:
        file.create_dataset("train_set_y", (2,), "i8", chunks=(2**28 + 1,), maxshape=(None,))
    with pytest.raises(DataError, match="`a chunk of train_set_y` is too large"):
        read_hdf5(path)


@pytest.mark.parametrize("content", [b"", b"not HDF5", b"\x89HDF\r\n\x1a\n" + bytes(40)])
def test_not_hdf5(tmp_path, content):
    path = tmp_path / "cats.h5"
    path.write_bytes(content)
    with pytest.raises(DataError, match="read_hdf5: the HDF5 file cannot be read"):
        read_hdf5(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_truncated_file(tmp_path, share):
    path = saved(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(DataError, match="the HDF5 file cannot be read"):
        read_hdf5(path)


def test_missing_file(tmp_path):
    with pytest.raises(DataError, match="read_hdf5: there is no such file"):
        read_hdf5(tmp_path / "cats.h5")


def test_unknown_part(tmp_path):
    with pytest.raises(OptionError, match=r"part='tset'\n.*part='test'"):
        read_hdf5(saved(tmp_path), part="tset")


def test_without_h5py(tmp_path, monkeypatch):
    path = saved(tmp_path)
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'stridewise\[data\]'"):
        read_hdf5(path)
