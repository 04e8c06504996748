import io
import struct
import time
import zipfile

import numpy as np
import pytest

from stridewise.datasets import read_npz
from stridewise.errors import DataError

PIXELS = np.arange(3 * 5 * 4 * 2, dtype=np.uint8).reshape(3, 5, 4, 2) * 2
LABELS = np.array([0, 2, 1])


def saved(folder, **arrays):
    path = folder / "data.npz"
    np.savez_compressed(path, **({"images": PIXELS, "labels": LABELS} | arrays))
    return path


def zipped(folder, compression=zipfile.ZIP_DEFLATED, **members):
    """Write a file whose members are bytes of our own making."""
    path = folder / "hostile.npz"
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return path


def npy(array):
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def npy_header(header):
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


def test_bytes_are_divided_by_255(tmp_path):
    dataset = read_npz(saved(tmp_path))
    np.testing.assert_array_equal(dataset.images, PIXELS.astype(np.float32) / np.float32(255))
    np.testing.assert_array_equal(dataset.labels, LABELS)
    assert dataset.classes == ("0", "1", "2")


def test_grey_images_get_one_channel(tmp_path):
    dataset = read_npz(saved(tmp_path, images=PIXELS[..., 0]))
    assert dataset.images.shape == (3, 5, 4, 1)
    np.testing.assert_array_equal(dataset.images[..., 0] * 255, PIXELS[..., 0])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, ">f4"])
def test_floats_stay_as_they_are(tmp_path, dtype):
    images = (PIXELS / 256).astype(dtype)
    dataset = read_npz(saved(tmp_path, images=images))
    assert dataset.images.dtype == np.float32
    np.testing.assert_array_equal(dataset.images, images.astype(np.float32))


def test_columns_first_arrays(tmp_path):
    dataset = read_npz(saved(tmp_path, images=np.asfortranarray(PIXELS)))
    np.testing.assert_array_equal(dataset.images, PIXELS.astype(np.float32) / np.float32(255))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (np.array(["cat", "dog", "füchsin"]), ("cat", "dog", "füchsin")),
        (np.array([b"cat", b"dog", b"fox"]), ("cat", "dog", "fox")),
        (np.array([10, 20, 30]), ("10", "20", "30")),
    ],
)
def test_names_of_classes(tmp_path, names, expected):
    assert read_npz(saved(tmp_path, classes=names)).classes == expected


def test_other_arrays_are_passed_over(tmp_path):
    path = saved(tmp_path, other=np.array([{}], dtype=object))
    assert len(read_npz(path)) == 3


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"images": PIXELS.astype(float)}, r"not in \[0, 1\](.|\n)*to 238(.|\n)*/ 255"),
        ({"images": PIXELS[0, 0]}, r"`images` has the wrong shape(.|\n)*images.shape=\(4, 2\)"),
        ({"images": PIXELS.astype(np.uint16)}, "images.dtype=uint16"),
        ({"images": PIXELS.astype(np.int8)}, "images.dtype=int8"),
        ({"images": PIXELS.astype(complex)}, "images.dtype=complex128"),
        ({"images": np.empty((3, 5, 4), object)}, "images.dtype=object(.|\n)*never read"),
        ({"images": PIXELS[:0]}, "`images` is empty"),
        ({"labels": LABELS.astype(float)}, "labels.dtype=float64"),
        ({"labels": LABELS[:, None]}, r"labels.shape=\(3, 1\)"),
        ({"labels": LABELS[:2]}, "3 images, 2 labels"),
        ({"labels": LABELS - 1}, r"labels\[0\]=-1"),
        ({"labels": LABELS * 0}, "at least 2 classes"),
        ({"labels": LABELS * 10**15}, "too many classes"),
        ({"classes": np.array(["cat", "dog"])}, r"labels\[1\]=2"),
        ({"classes": np.array(["cat", None])}, "classes.dtype=object"),
        ({"classes": np.zeros(65_537, np.int8)}, "at most 65,536 classes"),
        ({"classes": np.array([b"\xff", b"a", b"b"])}, "UnicodeDecodeError"),
    ],
)
def test_wrong_arrays(tmp_path, arrays, message):
    with pytest.raises(DataError, match=message):
        read_npz(saved(tmp_path, **arrays))


def test_missing_arrays_are_named(tmp_path):
    path = tmp_path / "data.npz"
    np.savez(path, x=PIXELS, labels=LABELS)
    with pytest.raises(DataError, match=r"the file has no `images`\.(.|\n)*\['labels', 'x'\]"):
        read_npz(path)
    np.savez(path, x=PIXELS)
    with pytest.raises(DataError, match="no `images` and no `labels`"):
        read_npz(path)


def test_not_a_zip(tmp_path):
    path = tmp_path / "data.npz"
    path.write_bytes(b"PK\x03\x04 nearly")
    with pytest.raises(DataError, match=r"the NPZ file cannot be read(.|\n)*BadZipFile"):
        read_npz(path)


def test_missing_file(tmp_path):
    with pytest.raises(DataError, match="read_npz: there is no such file"):
        read_npz(tmp_path / "data.npz")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_truncated_file(tmp_path, share):
    path = saved(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(DataError, match="cannot be read"):
        read_npz(path)


def test_damaged_bytes_are_noticed_by_the_checksum(tmp_path):
    path = zipped(tmp_path, zipfile.ZIP_STORED, images=npy(PIXELS), labels=npy(LABELS))
    content = bytearray(path.read_bytes())
    content[content.index(PIXELS.tobytes()) + 7] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="Bad CRC-32"):
        read_npz(path)


def test_large_claim_in_a_small_file_is_refused_fast(tmp_path):
    header = npy_header("{'descr': '|u1', 'fortran_order': False, 'shape': (2000, 1000, 1000)}")
    path = zipped(tmp_path, images=header, labels=npy(LABELS))
    assert path.stat().st_size < 1024
    start = time.perf_counter()
    with pytest.raises(DataError, match=r"`images` is too large(.|\n)*8,000,000,000 bytes"):
        read_npz(path)
    assert time.perf_counter() - start < 1


def test_claim_within_the_bound_must_match_the_zip_directory(tmp_path):
    header = npy_header("{'descr': '|u1', 'fortran_order': False, 'shape': (500, 1000, 1000)}")
    path = zipped(tmp_path, images=header, labels=npy(LABELS))
    start = time.perf_counter()
    with pytest.raises(DataError, match="does not have the size that it claims"):
        read_npz(path)
    assert time.perf_counter() - start < 1


def test_zip_directory_may_lie_too(tmp_path):
    header = npy_header("{'descr': '|u1', 'fortran_order': False, 'shape': (500, 1000, 1000)}")
    path = zipped(tmp_path, images=header, labels=npy(LABELS))
    content = path.read_bytes()
    said, lie = struct.pack("<I", len(header)), struct.pack("<I", len(header) + 500_000_000)
    path.write_bytes(content.replace(said, lie))
    start = time.perf_counter()
    with pytest.raises(DataError, match="cannot be read"):
        read_npz(path)
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '|u1', 'fortran_order': False, 'shape': (3, -5, 4)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 0, 10000000000000000000000)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': 3}",
        "{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (3, 5, 4)}",
        "{'descr': '|V0', 'fortran_order': False, 'shape': (3, 5, 4)}",
        "{'descr': '<M8[s]', 'fortran_order': False, 'shape': (3, 5, 4)}",
        "{'descr': 7, 'fortran_order': False, 'shape': (3, 5, 4)}",
        "{[]: 7}",
        "{1: 7, 'a': 8}",
        "__import__('os')",
        "(" * 100,
        "'",
        "",
    ],
)
def test_hostile_headers(tmp_path, header):
    path = zipped(tmp_path, images=npy_header(header) + bytes(60), labels=npy(LABELS))
    with pytest.raises(DataError, match="read_npz"):
        read_npz(path)


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"\x93NUMPY\x09\x09" + bytes(90)])
def test_member_that_is_no_array(tmp_path, content):
    with pytest.raises(DataError, match="cannot be read"):
        read_npz(zipped(tmp_path, images=content, labels=npy(LABELS)))


def test_unusual_compression(tmp_path):
    path = zipped(tmp_path, zipfile.ZIP_BZIP2, images=npy(PIXELS), labels=npy(LABELS))
    with pytest.raises(DataError, match="`images` is compressed in an unknown way"):
        read_npz(path)


def test_every_flipped_byte_gives_data_or_a_data_error(tmp_path):
    path = saved(tmp_path)
    content = path.read_bytes()
    refused = 0
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        try:
            read_npz(path)
        except DataError:
            refused += 1
    assert refused > len(content) / 2
