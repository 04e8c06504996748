"""A folder of images: one subfolder for each class."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from stridewise.arrays import Array
from stridewise.datasets.dataset import Dataset
from stridewise.datasets.image_file import SUFFIXES, image_claims, read_image
from stridewise.datasets.untrusted_files import MAX_BYTES, as_path, require_file
from stridewise.errors import DataError, explain
from stridewise.options import require_size

__all__ = ["read_image_folder"]


def read_image_folder(path: str | os.PathLike[str], size: tuple[int, int] | None = None) -> Dataset:
    """Read a folder with one subfolder of images for each class.

    Parameters
    ----------
    path : str or path
        The folder. The names of its subfolders, sorted, are the classes. Their PNG, JPEG, BMP,
        GIF and WebP files, by suffix, are the images; hidden and other files are passed over.
    size : (H, W), optional
        Every image is stretched to this size; without it all must have one size.

    Returns
    -------
    Dataset
        Images (N, H, W, 3) in RGB, or (N, H, W, 1) if every file is stored as grey; class by
        class, and by file name within a class.

    Raises
    ------
    DataError
        If there is no such folder, fewer than two classes, a class without images, a damaged or
        too large image, or images of several sizes.
    OptionError, OptionTypeError
        If ``size`` is not a pair of positive integers.
    MissingExtraError
        If Pillow is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name, width in (("cat", 7), ("dog", 5)):
    ...         (Path(folder) / name).mkdir()
    ...         Image.new("RGB", (width, 4)).save(Path(folder) / name / "1.png")
    ...     read_image_folder(folder, size=(3, 6)).image_shape
    (3, 6, 3)
    """
    if size is not None:
        size = require_size("read_image_folder", size)
    folder = as_path("read_image_folder", path)
    classes = _class_folders(folder)
    files = [(file, label) for label, one in enumerate(classes) for file in _image_files(one)]
    claims = [image_claims(file) for file, _ in files]
    channels = 1 if all(grey for _, grey in claims) else 3
    pixels = sum(count for count, _ in claims) if size is None else len(files) * size[0] * size[1]
    _require_bounded(folder, len(files), 4 * pixels * channels)
    images = _stacked([file for file, _ in files], size, channels)
    labels = np.array([label for _, label in files], dtype=np.int64)
    return Dataset(images, labels, tuple(one.name for one in classes))


def _class_folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise _error(
            "there is no such folder.",
            needed="a folder with one subfolder for each class",
            received=repr(str(folder)),
            hint=f"look for it from the current folder, {str(Path.cwd())!r}",
        )
    found = sorted(one for one in folder.iterdir() if one.is_dir() and one.name[0] != ".")
    if len(found) < 2:
        raise _error(
            "there are not enough class folders.",
            needed="at least 2 subfolders, one for each class",
            received=f"{[one.name for one in found]} in {str(folder)!r}",
            hint="put the images of each class into a subfolder with the name of the class",
        )
    return found


def _image_files(folder: Path) -> list[Path]:
    found = sorted(
        file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES and file.name[0] != "."
    )
    if not found:
        raise _error(
            f"the class {folder.name!r} has no images.",
            needed=f"at least one file with the suffix {', '.join(SUFFIXES)}",
            received=f"none in {str(folder)!r}",
            hint="add images, or remove the folder",
        )
    return [require_file("read_image_folder", file) for file in found]


def _require_bounded(folder: Path, count: int, claimed: int) -> None:
    if claimed > MAX_BYTES:
        raise _error(
            "the images are too large together.",
            needed=f"at most {MAX_BYTES:,} bytes as float32",
            received=f"{count} images, {claimed:,} bytes, in {str(folder)!r}",
            hint="size=(64, 64), or fewer images",
        )


def _stacked(files: list[Path], size: tuple[int, int] | None, channels: int) -> Array:
    """Read all images into one array: two copies of all of them would not fit the bound."""
    first = read_image(files[0], size, channels)
    images = np.empty((len(files), *first.shape), dtype=np.float32)
    for image, file in zip(images, files, strict=True):
        current = read_image(file, size, channels)
        if current.shape != first.shape:
            raise _error(
                "the images have several sizes.",
                needed="one size (H, W), or `size` to bring them to",
                received=f"{first.shape[:2]} in {str(files[0])!r}, "
                f"{current.shape[:2]} in {str(file)!r}",
                hint=f"size={first.shape[:2]}",
            )
        image[...] = current
    return images


def _error(problem: str, *, needed: str, received: str, hint: str) -> DataError:
    return DataError(
        explain("read_image_folder", problem, needed=needed, received=received, hint=hint)
    )
