"""Images brought to mean 0 and standard deviation 1, channel by channel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stridewise.arrays import Array, ArrayLike, as_array, require_rank
from stridewise.errors import DataError, OptionError, OptionTypeError, ShapeError, explain

__all__ = ["Normalisation"]

_LAYOUT = ("N", "H", "W", "C")


@dataclass(frozen=True)
class Normalisation:
    """Subtract the mean and divide by the standard deviation of each channel.

    ``y[n, row, col, c] = (x[n, row, col, c] - mean[c]) / std[c]``

    Parameters
    ----------
    mean, std : tuple of float
        One number a channel; every ``std`` is positive.

    Raises
    ------
    OptionError, OptionTypeError
        If they differ in length, are empty or not finite, or a ``std`` is not positive.

    Examples
    --------
    >>> normalise = Normalisation(mean=(0.5,), std=(0.25,))
    >>> normalise(np.array([[[[0.0], [0.5], [1.0]]]]))[0, 0, :, 0]
    array([-2.,  0.,  2.], dtype=float32)
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __post_init__(self) -> None:
        # The dataclass is frozen for its users; only here lists, as JSON has them, become tuples.
        object.__setattr__(self, "mean", _checked_numbers("mean", self.mean))
        object.__setattr__(self, "std", _checked_numbers("std", self.std))
        if len(self.mean) != len(self.std) or not self.mean or min(self.std) <= 0:
            raise OptionError(
                explain(
                    "Normalisation",
                    "`mean` and `std` do not describe channels.",
                    needed="one mean and one std > 0 for each channel",
                    received=f"mean={self.mean}, std={self.std}",
                    hint="Normalisation.of(images)",
                )
            )

    @classmethod
    def of(cls, images: ArrayLike) -> Normalisation:
        """Measure the mean and the standard deviation of images.

        Parameters
        ----------
        images : array of shape (N, H, W, C)
            At least one image.

        Returns
        -------
        Normalisation
            One mean and one std a channel, computed in float64. A channel that is constant has
            no spread to divide by, and gets std 1.

        Raises
        ------
        ShapeError, DtypeError
            If ``images`` is not an array of numbers with four axes.
        DataError
            If there are no images, or a value is not finite.

        Examples
        --------
        >>> Normalisation.of(np.array([[[[0.0, 3.0], [1.0, 3.0]]]]))
        Normalisation(mean=(0.5, 3.0), std=(0.5, 1.0))
        """
        x = as_array("Normalisation.of", "images", images)
        require_rank("Normalisation.of", "images", x, _LAYOUT)
        if x.size == 0 or not (np.isfinite(x.min()) and np.isfinite(x.max())):
            raise DataError(
                explain(
                    "Normalisation.of",
                    "there is nothing to measure.",
                    needed="at least one image, of finite values",
                    received=f"images.shape={x.shape}"
                    + (f", values from {x.min()} to {x.max()}" if x.size else ""),
                    hint="the images of a Dataset are finite",
                )
            )
        channels = np.moveaxis(x, -1, 0)
        mean = tuple(float(channel.mean(dtype=np.float64)) for channel in channels)
        # Rounding gives a constant channel a tiny spread, which would be blown up to noise.
        std = tuple(
            float(channel.std(dtype=np.float64)) if channel.min() < channel.max() else 1.0
            for channel in channels
        )
        return cls(mean, std)

    def __call__(self, images: ArrayLike) -> Array:
        """Normalise images (N, H, W, C); the result is a new float32 array."""
        x = as_array("Normalisation", "images", images)
        require_rank("Normalisation", "images", x, _LAYOUT)
        if x.shape[-1] != len(self.mean):
            raise ShapeError(
                explain(
                    "Normalisation",
                    "the images have another number of channels.",
                    needed=f"images of shape (N, H, W, {len(self.mean)})",
                    received=f"images.shape={x.shape}",
                    hint="Normalisation.of(images), for these images",
                )
            )
        centred: Array = x.astype(np.float32) - np.array(self.mean, np.float32)
        centred /= np.array(self.std, np.float32)
        return centred


def _checked_numbers(name: str, values: object) -> tuple[float, ...]:
    numbers = values if isinstance(values, tuple | list) else (None,)
    if not all(isinstance(value, int | float | np.number) for value in numbers):
        raise OptionTypeError(
            explain(
                "Normalisation",
                f"`{name}` is not a tuple of numbers.",
                needed="one number for each channel",
                received=f"{name}={values!r}",
                hint="Normalisation.of(images)",
            )
        )
    if not all(math.isfinite(value) for value in numbers):
        raise OptionError(
            explain(
                "Normalisation",
                f"`{name}` holds a number that is not finite.",
                needed="finite numbers",
                received=f"{name}={values!r}",
                hint="Normalisation.of(images)",
            )
        )
    return tuple(float(value) for value in numbers)
