"""Random changes of images that leave their labels true: shifts and small rotations."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from stridewise.arrays import Array, ArrayLike, finish, prepare, require_rank
from stridewise.datasets.resampling import rotated, shifted
from stridewise.errors import OptionError, OptionTypeError, explain
from stridewise.options import require_integer

__all__ = ["Step", "pipeline", "random_rotation", "random_shift"]

Step = Callable[[Array, np.random.Generator], Array]
"""A function of images (N, H, W, C) and a random generator, which returns new images."""


def random_shift(images: ArrayLike, rng: np.random.Generator, pixels: int = 1) -> Array:
    """Shift each image by its own whole number of rows and columns, with zeros moving in.

    Parameters
    ----------
    images : array of shape (N, H, W, C)
        They are not written to.
    rng : numpy.random.Generator
        Draws the shifts, evenly from ``-pixels`` to ``pixels`` along each axis.
    pixels : int
        The largest shift; 0 leaves the images as they are.

    Returns
    -------
    array of shape (N, H, W, C)
        The shifted images.

    Raises
    ------
    ShapeError, OptionError, OptionTypeError
        If an argument is not as described.

    Examples
    --------
    >>> image = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])[None, :, :, None]
    >>> random_shift(image, np.random.default_rng(2))[0, :, :, 0]
    array([[0., 0., 0.],
           [2., 3., 0.]])
    """
    furthest = require_integer("random_shift", "pixels", pixels, at_least=0)
    x, result = _checked("random_shift", images, rng)
    down, right = rng.integers(-furthest, furthest, size=(2, len(x)), endpoint=True)
    return finish(shifted(x, down, right), result)


def random_rotation(images: ArrayLike, rng: np.random.Generator, degrees: float = 10.0) -> Array:
    """Rotate each image about its centre by its own angle, with zeros from outside.

    A pixel of the result is the bilinear mean of the four pixels around the place that the
    rotation brings there.

    Parameters
    ----------
    images : array of shape (N, H, W, C)
        They are not written to.
    rng : numpy.random.Generator
        Draws the angles, evenly from ``-degrees`` to ``degrees``.
    degrees : float
        The largest angle, counter-clockwise for positive angles; 0 leaves the images as they are.

    Returns
    -------
    array of shape (N, H, W, C)
        The rotated images.

    Raises
    ------
    ShapeError, OptionError, OptionTypeError
        If an argument is not as described.

    Examples
    --------
    >>> images = np.ones((2, 5, 4, 3), np.float32)
    >>> np.array_equal(random_rotation(images, np.random.default_rng(0), degrees=0), images)
    True
    """
    furthest = _checked_degrees(degrees)
    x, result = _checked("random_rotation", images, rng)
    angles = np.radians(rng.uniform(-furthest, furthest, size=len(x)))
    return finish(rotated(x, angles), result)


def pipeline(*steps: Step) -> Step:
    """Compose steps into one step that runs them in the order given.

    Parameters
    ----------
    *steps : functions of (images, rng)
        Each gets the images that the step before it returned, and the same generator.

    Returns
    -------
    function of (images, rng)
        All steps in one; without steps it returns the images that it gets.

    Raises
    ------
    OptionTypeError
        If a step is not a function.

    Examples
    --------
    >>> from functools import partial
    >>> augment = pipeline(random_rotation, partial(random_shift, pixels=2))
    >>> augment(np.zeros((2, 5, 4, 3)), np.random.default_rng(0)).shape
    (2, 5, 4, 3)
    """
    for step in steps:
        if not callable(step):
            raise OptionTypeError(
                explain(
                    "pipeline",
                    "a step is not a function.",
                    needed="functions of (images, rng)",
                    received=repr(step),
                    hint="functools.partial(random_shift, pixels=2)",
                )
            )

    def run(images: Array, rng: np.random.Generator) -> Array:
        for step in steps:
            images = step(images, rng)
        return images

    return run


def _checked(
    operation: str, images: ArrayLike, rng: np.random.Generator
) -> tuple[Array, np.dtype[np.generic]]:
    (x,), result = prepare(operation, images=images)
    require_rank(operation, "images", x, ("N", "H", "W", "C"))
    if not isinstance(rng, np.random.Generator):
        raise OptionTypeError(
            explain(
                operation,
                "`rng` is not a random generator.",
                needed="numpy.random.Generator",
                received=f"rng={rng!r}",
                hint="rng=np.random.default_rng(0)",
            )
        )
    return x, result


def _checked_degrees(degrees: object) -> float:
    if isinstance(degrees, bool) or not isinstance(degrees, int | float | np.number):
        raise OptionTypeError(
            explain(
                "random_rotation",
                "`degrees` is not a number.",
                needed="a finite number >= 0",
                received=f"degrees={degrees!r}",
                hint="degrees=10.0",
            )
        )
    furthest = float(degrees)
    if not (math.isfinite(furthest) and furthest >= 0):
        raise OptionError(
            explain(
                "random_rotation",
                "`degrees` is not an angle to stay within.",
                needed="a finite number >= 0",
                received=f"degrees={furthest:g}",
                hint="degrees=10.0",
            )
        )
    return furthest
