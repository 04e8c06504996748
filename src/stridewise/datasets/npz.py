"""Datasets in NumPy's NPZ files: ``images``, ``labels`` and, if you like, ``classes``."""

from __future__ import annotations

import math
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stridewise.arrays import Array
from stridewise.datasets.dataset import Dataset
from stridewise.datasets.untrusted_files import (
    MAX_CLASSES,
    parsing,
    require_bounded,
    require_file,
)
from stridewise.errors import DataError, explain

__all__ = ["read_npz"]

# np.savez uses these two. The others pack more than a thousand bytes into one, so that the
# size of a file would say nothing about the work of reading it.
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class _Rule:
    """What an array of the file must be, before a byte of it is read."""

    kinds: str
    ranks: tuple[int, ...]
    needed: str


_RULES = {
    "images": _Rule("uf", (3, 4), "uint8 or floats, of shape (N, H, W) or (N, H, W, C)"),
    "labels": _Rule("iu", (1,), "integers, of shape (N,)"),
    "classes": _Rule("USiu", (1,), "strings or integers, of shape (K,)"),
}


def read_npz(path: str | os.PathLike[str]) -> Dataset:
    """Read a dataset from an NPZ file, as :func:`numpy.savez` writes it.

    Parameters
    ----------
    path : str or path
        A file with ``images`` of shape (N, H, W) or (N, H, W, C), uint8 or floats in [0, 1];
        ``labels`` of shape (N,), integers; and perhaps ``classes`` of shape (K,), the names.
        Without names the classes are called "0", "1", and so on, up to the largest label.

    Returns
    -------
    Dataset
        The images as float32; those of uint8 are divided by 255.

    Raises
    ------
    DataError
        If the file is not such a file. Claimed sizes are checked before anything is read, and
        nothing is ever unpickled.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "pets.npz"
    ...     np.savez(file, images=np.zeros((3, 5, 4), np.uint8), labels=[0, 1, 1])
    ...     read_npz(file)
    Dataset(3 images of 5 x 4 x 1, 2 classes)
    """
    file = require_file("read_npz", path)
    with parsing("read_npz", file, "NPZ file"), zipfile.ZipFile(file) as archive:
        members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        missing = [name for name in ("images", "labels") if name not in members]
        if missing:
            raise _error(
                f"the file has no {' and no '.join(f'`{name}`' for name in missing)}.",
                needed="arrays `images` and `labels`",
                received=f"{sorted(members)[:8]} in {str(file)!r}",
                hint="np.savez(path, images=images, labels=labels)",
            )
        present = {name: members[name] for name in _RULES if name in members}
        for name, info in present.items():
            _check_claims(archive, info, name, file)
        arrays = {name: _read(archive, info) for name, info in present.items()}
        classes = _class_names(arrays.get("classes"), arrays["labels"])
    return Dataset(_as_floats(arrays["images"]), arrays["labels"], classes)


def _check_claims(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, path: Path) -> None:
    """Refuse an array by what the zip directory and its own header say about it."""
    if info.compress_type not in _COMPRESSIONS:
        raise _error(
            f"`{name}` is compressed in an unknown way.",
            needed="no compression, or deflate",
            received=f"compression method {info.compress_type} in {str(path)!r}",
            hint="np.savez_compressed(path, ...)",
        )
    with archive.open(info) as member:
        version = np.lib.format.read_magic(member)
        read_header = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, _, dtype = read_header(member)
        header_bytes = member.tell()
    rule = _RULES[name]
    bytes_only = name == "images" and dtype.kind == "u" and dtype.itemsize != 1
    if dtype.kind not in rule.kinds or len(shape) not in rule.ranks or bytes_only:
        raise _error(
            f"`{name}` has the wrong shape or dtype.",
            needed=rule.needed,
            received=f"{name}.shape={shape}, {name}.dtype={dtype} in {str(path)!r}",
            hint="np.savez(path, images=images, labels=labels); arrays of objects are never read",
        )
    require_bounded("read_npz", path, name, shape, dtype.itemsize)
    claimed = math.prod(shape) * dtype.itemsize + header_bytes
    if claimed != info.file_size:
        raise _error(
            f"`{name}` does not have the size that it claims.",
            needed=f"{claimed:,} bytes, for {name}.shape={shape} of {dtype}",
            received=f"{info.file_size:,} bytes in {str(path)!r}",
            hint="save or download the file again",
        )
    if name == "classes" and shape[0] > MAX_CLASSES:
        raise _too_many_classes(shape[0])


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Array:
    with archive.open(info) as member:
        array: Array = np.lib.format.read_array(member, allow_pickle=False)
    return array


def _class_names(classes: Array | None, labels: Array) -> tuple[str, ...]:
    if classes is None:
        count = int(labels.max()) + 1
        if count > MAX_CLASSES:
            raise _too_many_classes(count)
        return tuple(str(label) for label in range(count))
    return tuple(
        name.decode() if isinstance(name, bytes) else str(name) for name in classes.tolist()
    )


def _as_floats(images: Array) -> Array:
    with_channels = images[..., None] if images.ndim == 3 else images
    if images.dtype.kind == "f":
        return with_channels
    return np.true_divide(with_channels, 255, dtype=np.float32)


def _too_many_classes(count: int) -> DataError:
    return _error(
        "there are too many classes.",
        needed=f"at most {MAX_CLASSES:,} classes; labels count from 0",
        received=f"{count:,} classes",
        hint="np.unique(labels, return_inverse=True)[1] for labels that leave gaps",
    )


def _error(problem: str, *, needed: str, received: str, hint: str) -> DataError:
    return DataError(explain("read_npz", problem, needed=needed, received=received, hint=hint))
