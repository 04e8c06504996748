"""Every dataset by one name: the digits, a folder of images, or a file."""

from __future__ import annotations

import os
from pathlib import Path

from stridewise.datasets.dataset import Dataset
from stridewise.datasets.digits import digits
from stridewise.datasets.hdf5 import read_hdf5
from stridewise.datasets.image_folder import read_image_folder
from stridewise.datasets.npz import read_npz
from stridewise.datasets.untrusted_files import as_path
from stridewise.errors import DataError, explain, nearest
from stridewise.options import require_size

__all__ = ["load"]

_READERS = {".npz": read_npz, ".h5": read_hdf5, ".hdf5": read_hdf5}


def load(source: str | os.PathLike[str], size: tuple[int, int] | None = None) -> Dataset:
    """Load a dataset by its name or its path.

    Parameters
    ----------
    source : str or path
        "digits"; or a folder with one subfolder of images for each class; or a file whose name
        ends in .npz, .h5 or .hdf5 (its training part). A folder called "digits" is "./digits".
    size : (H, W), optional
        The size that images of a folder are brought to. Other datasets are not resized, and must
        have this size already.

    Returns
    -------
    Dataset
        The images, their labels and the names of the classes.

    Raises
    ------
    DataError
        If there is no such source, it cannot be read, or it has another size.
    OptionError, OptionTypeError
        If ``source`` or ``size`` has the wrong type or value.
    MissingExtraError
        If the source needs h5py or Pillow, and it is not installed.

    Examples
    --------
    >>> load("digits")
    Dataset(1797 images of 8 x 8 x 1, 10 classes)
    """
    path = as_path("load", source)
    if source != "digits" and path.is_dir():
        return read_image_folder(path, size)
    dataset = _without_resizing(source)
    if size is not None and dataset.image_shape[:2] != require_size("load", size):
        raise DataError(
            explain(
                "load",
                "these images have another size, and only a folder of images is resized.",
                needed=f"images of size {tuple(size)}",
                received=f"images of size {dataset.image_shape[:2]} in {str(source)!r}",
                hint=f"size={dataset.image_shape[:2]}",
            )
        )
    return dataset


def _without_resizing(source: str | os.PathLike[str]) -> Dataset:
    if source == "digits":
        return digits()
    path = as_path("load", source)
    reader = _READERS.get(path.suffix.lower())
    if not path.exists() and (path.suffix or len(path.parts) > 1):
        raise DataError(
            explain(
                "load",
                "there is no such file or folder.",
                needed="'digits', a folder of images, or a file .npz, .h5 or .hdf5",
                received=repr(str(source)),
                hint=f"look for it from the current folder, {str(Path.cwd())!r}",
            )
        )
    if reader is None:
        raise DataError(
            explain(
                "load",
                "there is no dataset of this name.",
                needed="'digits', a folder of images, or a file .npz, .h5 or .hdf5",
                received=repr(str(source)),
                hint=nearest(path.name, ["digits"]),
            )
        )
    return reader(path)
