"""Images looked up at other places: shifted and rotated, with zeros outside.

The whole batch is one indexing operation: every pixel of the result says where it comes from.
"""

from __future__ import annotations

import numpy as np

from stridewise.arrays import Array

__all__ = ["rotated", "shifted"]


def shifted(x: Array, down: Array, right: Array) -> Array:
    """Shift images (N, H, W, C) by whole pixels, ``down`` (N,) and ``right`` (N,).

    Examples
    --------
    >>> image = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])[None, :, :, None]
    >>> shifted(image, down=np.array([1]), right=np.array([-1]))[0, :, :, 0]
    array([[0., 0., 0.],
           [2., 3., 0.]])
    """
    _, height, width, _ = x.shape
    rows = np.arange(height)[:, None] - down[:, None, None]
    columns = np.arange(width) - right[:, None, None]
    return _pixels_at(_bordered(x), rows, columns)


def rotated(x: Array, angles: Array) -> Array:
    """Rotate images (N, H, W, C) about their centres by ``angles`` (N,), counter-clockwise.

    A pixel of the result is the bilinear mean of the four pixels around the place that it comes
    from; the angles are in radians.

    Examples
    --------
    >>> image = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])[None, :, :, None]
    >>> rotated(image, np.array([np.pi]))[0, :, :, 0].round(6)
    array([[6., 5., 4.],
           [3., 2., 1.]])
    """
    _, height, width, _ = x.shape
    cos, sin = np.cos(angles)[:, None, None], np.sin(angles)[:, None, None]
    down = np.arange(height)[:, None] - (height - 1) / 2
    right = np.arange(width) - (width - 1) / 2
    # Rows count downwards, so that these signs turn the picture counter-clockwise.
    rows = cos * down + sin * right + (height - 1) / 2
    columns = cos * right - sin * down + (width - 1) / 2
    top, left = np.floor(rows).astype(np.int64), np.floor(columns).astype(np.int64)
    below = (rows - top).astype(x.dtype)[..., None]
    beside = (columns - left).astype(x.dtype)[..., None]
    source = _bordered(x)
    upper = (1 - beside) * _pixels_at(source, top, left)
    upper += beside * _pixels_at(source, top, left + 1)
    lower = (1 - beside) * _pixels_at(source, top + 1, left)
    lower += beside * _pixels_at(source, top + 1, left + 1)
    turned: Array = (1 - below) * upper + below * lower
    return turned


def _bordered(x: Array) -> Array:
    """Put a border of zeros around the images, for the places that lie outside."""
    return np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))


def _pixels_at(bordered: Array, rows: Array, columns: Array) -> Array:
    """Look pixels up by integer places (N, H, W), which may lie outside the images."""
    count, height, width, _ = bordered.shape
    example = np.arange(count)[:, None, None]
    from_rows = np.clip(rows + 1, 0, height - 1)
    from_columns = np.clip(columns + 1, 0, width - 1)
    found: Array = bordered[example, from_rows, from_columns]
    return found
