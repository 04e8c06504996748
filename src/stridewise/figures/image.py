"""An image as the numbers that it is, channel by channel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from stridewise.arrays import Array, ArrayLike, as_array
from stridewise.errors import OptionError, ShapeError, explain
from stridewise.figures.grid import draw_numbers, row_of_maps, scale_of

__all__ = ["image"]

_MOST_CHANNELS = 8


def image(x: ArrayLike, *, titles: Sequence[str] | None = None) -> Figure:
    """Draw the channels of an image side by side, with their numbers.

    Three channels of numbers from 0 to 1, or of integers from 0 to 255, are red, green and blue:
    the picture that they make comes first.

    Parameters
    ----------
    x : array, (H, W) or (H, W, C)
    titles : sequence of str, optional
        One a drawing, the picture included.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError
        If ``x`` has other axes, no elements, or more than 8 channels.
    OptionError
        If there is not one title a drawing.
    DtypeError
        If ``x`` does not hold real numbers.

    Examples
    --------
    >>> [axes.get_title() for axes in image(np.eye(8)).axes]
    ['x (8 × 8)']
    >>> [axes.get_title() for axes in image(np.zeros((4, 5, 3))).axes]
    ['x (4 × 5 × 3)', 'x[:, :, 0]', 'x[:, :, 1]', 'x[:, :, 2]']
    """
    given = as_array("image", "x", x)
    _require_image(given)
    sizes = f"x ({' × '.join(map(str, given.shape))})"
    maps = given[..., None] if given.ndim == 2 else given
    colours = _colours(maps)
    names = [sizes] if given.ndim == 2 else [f"x[:, :, {c}]" for c in range(maps.shape[-1])]
    names = _titles(titles, names if colours is None else [sizes, *names])
    figure, drawings, points = row_of_maps(*[maps.shape[:2]] * len(names))
    first = len(names) - maps.shape[-1]
    if colours is not None:
        drawings[0].imshow(colours)
        drawings[0].set(xticks=[], yticks=[])
        drawings[0].set_title(names[0], fontsize=9)
    cells = maps.astype(np.float64)
    for channel, (axes, name) in enumerate(zip(drawings[first:], names[first:], strict=True)):
        draw_numbers(axes, cells[..., channel], scale_of(cells), name, points)
    return figure


def _require_image(x: Array) -> None:
    channels = x.shape[2] if x.ndim == 3 else 1
    if x.ndim not in (2, 3) or not x.size or channels > _MOST_CHANNELS:
        raise ShapeError(
            explain(
                "image",
                "`x` is not one image that can be drawn.",
                needed=f"(H, W), or (H, W, C) with at most {_MOST_CHANNELS} channels",
                received=f"x.shape={x.shape}",
                hint="x[0] for one of a batch, or x[..., :3] for some channels",
            )
        )


def _colours(maps: Array) -> Array | None:
    """What shows as red, green and blue; None if the numbers are no colours."""
    whole = maps.dtype.kind in "iu"
    most = 255 if whole else 1
    if maps.shape[-1] != 3 or not ((maps >= 0) & (maps <= most)).all():
        return None
    return maps.astype(np.uint8 if whole else np.float64)


def _titles(titles: Sequence[str] | None, names: list[str]) -> list[str]:
    if titles is None:
        return names
    if isinstance(titles, str) or len(titles) != len(names):
        raise OptionError(
            explain(
                "image",
                "`titles` is not one title a drawing.",
                needed=f"a list of {len(names)}",
                received=f"titles={titles!r}",
                hint=f"titles={names!r}",
            )
        )
    return list(titles)
