"""The course's HDF5 files: ``train_set_x``, ``train_set_y``, ``list_classes`` and the test set."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from stridewise.datasets.dataset import Dataset
from stridewise.datasets.untrusted_files import (
    MAX_CLASSES,
    parsing,
    require_bounded,
    require_file,
)
from stridewise.errors import DataError, OptionError, explain, missing_extra, nearest

if TYPE_CHECKING:
    import h5py

__all__ = ["read_hdf5"]


def read_hdf5(path: str | os.PathLike[str], part: Literal["train", "test"] = "train") -> Dataset:
    """Read the training or the test part of a dataset, in the layout of the course's files.

    Parameters
    ----------
    path : str or path
        An HDF5 file with ``train_set_x`` (or ``test_set_x``) of shape (N, H, W, 3), uint8;
        ``train_set_y`` (or ``test_set_y``) of shape (N,) or (1, N), integers; and
        ``list_classes`` of shape (K,), integers or bytes.
    part : "train" or "test"
        Which of the two sets to read.

    Returns
    -------
    Dataset
        Images (N, H, W, 3), divided by 255.

    Raises
    ------
    DataError
        If the file is not such a file. Claimed sizes are checked before anything is read; links,
        external and virtual datasets, which would read other files, are refused.
    OptionError
        If ``part`` is neither "train" nor "test".
    MissingExtraError
        If h5py is not installed.

    Examples
    --------
    >>> import tempfile, h5py
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "cats.h5"
    ...     with h5py.File(file, "w") as written:
    ...         written["train_set_x"] = np.zeros((2, 5, 4, 3), np.uint8)
    ...         written["train_set_y"] = [0, 1]
    ...         written["list_classes"] = np.array([b"non-cat", b"cat"])
    ...     read_hdf5(file)
    Dataset(2 images of 5 x 4 x 3, 2 classes)
    """
    try:
        import h5py
    except ImportError:
        raise missing_extra("read_hdf5", "h5py", "data") from None
    if part not in ("train", "test"):
        raise OptionError(
            explain(
                "read_hdf5",
                "`part` is unknown.",
                needed="'train' or 'test'",
                received=f"part={part!r}",
                hint=f"part={nearest(part, ['train', 'test'])}",
            )
        )
    file = require_file("read_hdf5", path)
    with parsing("read_hdf5", file, "HDF5 file"), h5py.File(file, "r") as opened:
        keys = (f"{part}_set_x", f"{part}_set_y", "list_classes")
        x, y, names = (_dataset(opened, key, keys, file) for key in keys)
        _check_claims(x, y, names, file)
        pixels, labels, classes = x[()], y[()].reshape(-1), names[()].tolist()
        class_names = tuple(
            name.decode() if isinstance(name, bytes) else str(name) for name in classes
        )
    return Dataset(np.true_divide(pixels, 255, dtype=np.float32), labels, class_names)


def _dataset(file: h5py.File, key: str, keys: tuple[str, ...], path: Path) -> h5py.Dataset:
    """Find a dataset whose values are in this very file."""
    import h5py

    present = sorted(file)
    missing = [name for name in keys if name not in present]
    if missing:
        raise _error(
            f"the file has no {' and no '.join(f'`{name}`' for name in missing)}.",
            needed=", ".join(keys),
            received=f"{present[:8]} in {str(path)!r}",
            hint="a file in the layout of the course, or read_npz for your own arrays",
        )
    link = file.get(key, getlink=True)
    if not isinstance(link, h5py.HardLink):
        raise _elsewhere(key, type(link).__name__, path)
    found = file[key]
    if not isinstance(found, h5py.Dataset):
        raise _wrong(found, "an array", path)
    if found.external or found.is_virtual:
        raise _elsewhere(key, "external" if found.external else "virtual dataset", path)
    return found


def _check_claims(x: h5py.Dataset, y: h5py.Dataset, names: h5py.Dataset, path: Path) -> None:
    """Refuse by shape, dtype and size, before a byte of the arrays is read."""
    shape = _shape(x)
    if len(shape) != 4 or shape[-1] != 3 or x.dtype != np.uint8:
        raise _wrong(x, "uint8 of shape (N, H, W, 3)", path)
    if _shape(y) not in ((shape[0],), (1, shape[0])) or y.dtype.kind not in "iu":
        one_each = f"integers of shape ({shape[0]},) or (1, {shape[0]}), one label an image"
        raise _wrong(y, one_each, path)
    if len(_shape(names)) != 1 or names.dtype.kind not in "iuS":
        raise _wrong(names, "integers or bytes of fixed length, of shape (K,)", path)
    if _shape(names)[0] > MAX_CLASSES:
        raise _wrong(names, f"at most {MAX_CLASSES:,} classes", path)
    for dataset in (x, y, names):
        name, itemsize = _name(dataset), dataset.dtype.itemsize
        require_bounded("read_hdf5", path, name, _shape(dataset), itemsize)
        # A chunk is unpacked whole, and may be far larger than the array that it holds.
        if dataset.chunks:
            require_bounded("read_hdf5", path, f"a chunk of {name}", dataset.chunks, itemsize)


def _shape(dataset: h5py.Dataset) -> tuple[int, ...]:
    # h5py says None for the shape of a dataset without values.
    return tuple(dataset.shape or ())


def _name(dataset: h5py.Dataset) -> str:
    return str(dataset.name).removeprefix("/")


def _elsewhere(key: str, kind: str, path: Path) -> DataError:
    return _error(
        f"`{key}` is not in the file itself.",
        needed="an ordinary dataset, neither linked nor external nor virtual",
        received=f"{kind} in {str(path)!r}",
        hint="copy the values into one file",
    )


def _wrong(dataset: h5py.Dataset | h5py.Group, needed: str, path: Path) -> DataError:
    what = "a group"
    if hasattr(dataset, "dtype"):
        what = f"shape {_shape(dataset)}, dtype {dataset.dtype}"
    return _error(
        f"`{_name(dataset)}` has the wrong shape or dtype.",
        needed=needed,
        received=f"{what} in {str(path)!r}",
        hint="a file in the layout of the course, or read_npz for your own arrays",
    )


def _error(problem: str, *, needed: str, received: str, hint: str) -> DataError:
    return DataError(explain("read_hdf5", problem, needed=needed, received=received, hint=hint))
