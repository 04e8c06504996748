"""Images with their labels and the names of their classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from stridewise.arrays import Array, ArrayLike, as_array
from stridewise.errors import DataError, OptionError, OptionTypeError, explain

__all__ = ["Dataset"]


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Images, one label for each, and the names that the labels stand for.

    Parameters
    ----------
    images : array of shape (N, H, W, C)
        Pixels in [0, 1]; kept as float32.
    labels : array of shape (N,)
        Integers from 0 to ``len(classes) - 1``; kept as int64.
    classes : tuple of str
        The name of every class, at least two.

    Raises
    ------
    DataError
        If the arrays have other shapes, lengths, dtypes or values than these.

    Examples
    --------
    >>> two = Dataset(np.zeros((2, 4, 3, 1), np.float32), np.array([1, 0]), ("cat", "dog"))
    >>> two
    Dataset(2 images of 4 x 3 x 1, 2 classes)
    """

    images: Array
    labels: Array
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        # The dataclass is frozen for its users; only here the checked values replace the given.
        object.__setattr__(self, "classes", _checked_classes(self.classes))
        object.__setattr__(self, "images", _checked_images(self.images))
        object.__setattr__(self, "labels", _checked_labels(self.labels, self.classes))
        if len(self.images) != len(self.labels):
            raise _error(
                "`images` and `labels` differ in length.",
                needed="one label for each image",
                received=f"{len(self.images)} images, {len(self.labels)} labels",
                hint="images and labels of the same examples, in the same order",
            )

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        shape = " x ".join(map(str, self.image_shape))
        return f"Dataset({len(self)} images of {shape}, {len(self.classes)} classes)"

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """The shape of one image, ``(H, W, C)``."""
        height, width, channels = self.images.shape[1:]
        return height, width, channels

    def take(self, indices: ArrayLike) -> Dataset:
        """Choose examples by their indices, in the order given; all classes stay.

        Parameters
        ----------
        indices : array of shape (M,)
            Integers from 0 to ``len(self) - 1``, at least one; they may repeat.

        Returns
        -------
        Dataset
            The M examples, copied.

        Raises
        ------
        OptionError, OptionTypeError
            If an index is out of range, or the indices are not a list of integers.

        Examples
        --------
        >>> three = Dataset(np.zeros((3, 4, 2, 1)), np.array([0, 1, 1]), ("cat", "dog"))
        >>> three.take([2, 0]).labels
        array([1, 0])
        """
        chosen = as_array("Dataset.take", "indices", indices)
        if chosen.ndim != 1 or (chosen.dtype.kind not in "iu" and chosen.size > 0):
            raise OptionTypeError(
                explain(
                    "Dataset.take",
                    "`indices` is not a list of integers.",
                    needed="integers, along one axis",
                    received=f"indices.shape={chosen.shape}, indices.dtype={chosen.dtype}",
                    hint="np.flatnonzero(mask), if you have a mask",
                )
            )
        if chosen.size > 0 and (chosen.min() < 0 or chosen.max() >= len(self)):
            raise OptionError(
                explain(
                    "Dataset.take",
                    "an index is outside the dataset.",
                    needed=f"integers from 0 to {len(self) - 1}",
                    received=f"indices from {chosen.min()} to {chosen.max()}",
                    hint=f"np.arange({len(self)}) names every example",
                )
            )
        rows = chosen.astype(np.int64)
        return Dataset(self.images[rows], self.labels[rows], self.classes)


def _error(problem: str, *, needed: str, received: str, hint: str) -> DataError:
    return DataError(explain("Dataset", problem, needed=needed, received=received, hint=hint))


def _checked_classes(classes: Any) -> tuple[str, ...]:
    if not isinstance(classes, tuple | list) or not all(isinstance(name, str) for name in classes):
        raise _error(
            "`classes` is not a tuple of names.",
            needed="a tuple of strings, one a class",
            received=f"classes={classes!r}",
            hint='classes=("cat", "dog")',
        )
    if len(classes) < 2:
        raise _error(
            "there are not enough classes.",
            needed="at least 2 classes",
            received=f"classes={classes!r}",
            hint="add examples of another class: one class leaves nothing to learn",
        )
    return tuple(classes)


def _checked_images(images: Any) -> Array:
    if not isinstance(images, np.ndarray) or images.ndim != 4 or images.dtype.kind != "f":
        raise _error(
            "`images` is not an array of images.",
            needed="a float array of shape (N, H, W, C), channels last",
            received=_described("images", images),
            hint="images.astype(np.float32) / 255 for bytes, images[..., None] for grey images",
        )
    if images.size == 0:
        raise _error(
            "there are no images.",
            needed="at least 1 example, with at least 1 pixel",
            received=_described("images", images),
            hint="choose at least one example",
        )
    # The extremes tell everything, and need no second array: a NaN makes both of them NaN.
    low, high = images.min(), images.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        raise _error(
            "`images` holds values that are not finite.",
            needed="finite numbers",
            received=f"values from {low} to {high}",
            hint="np.nan_to_num(images), or look where the NaN comes from",
        )
    if low < 0 or high > 1:
        raise _error(
            "`images` is not in [0, 1].",
            needed="values from 0 to 1",
            received=f"values from {low:g} to {high:g}",
            hint="images / 255, if they were bytes",
        )
    return images.astype(np.float32, copy=False)


def _checked_labels(labels: Any, classes: tuple[str, ...]) -> Array:
    if not isinstance(labels, np.ndarray) or labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise _error(
            "`labels` is not a list of integers.",
            needed="an integer array of shape (N,)",
            received=_described("labels", labels),
            hint="labels.ravel().astype(np.int64)",
        )
    wrong = np.flatnonzero((labels < 0) | (labels >= len(classes)))
    if wrong.size > 0:
        raise _error(
            "a label is outside the classes.",
            needed=f"labels from 0 to {len(classes) - 1}, for {len(classes)} classes",
            received=f"labels[{wrong[0]}]={labels[wrong[0]]}",
            hint="a name in `classes` for each label; labels count from 0",
        )
    return labels.astype(np.int64, copy=False)


def _described(name: str, value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{name}.shape={value.shape}, {name}.dtype={value.dtype}"
    return f"{name} of type {type(value).__name__}"
