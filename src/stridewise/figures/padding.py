"""The exercise's first picture: an image before and after padding."""

from __future__ import annotations

from matplotlib.figure import Figure

from stridewise.arrays import ArrayLike, as_array, require_rank
from stridewise.axis_options import axis_padding
from stridewise.blocks.padding import Widths, pad
from stridewise.figures.grid import draw_numbers, outline, row_of_axes, scale_of

__all__ = ["padding"]


def padding(x: ArrayLike, widths: Widths, *, channel: int = 0) -> Figure:
    """Draw one channel of an image before and after zeros were put around it.

    Parameters
    ----------
    x : array, (N, H, W, C)
        The first image is drawn.
    widths : int, or one int an axis, or (before, after) an axis
        As in ``stridewise.pad``.
    channel : int

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> figure = padding([[[[1.0], [2.0]], [[3.0], [4.0]]]], 1)
    >>> [axes.get_title() for axes in figure.axes]
    ['x (2 × 2)', 'x_pad (4 × 4)']
    """
    before = as_array("padding", "x", x)
    require_rank("padding", "x", before, ("N", "H", "W", "C"))
    after = pad(before, widths)
    figure, axes = row_of_axes(2)
    scale = scale_of(before[0, ..., channel])
    for each, array, name in zip(axes, (before, after), ("x", "x_pad"), strict=True):
        cells = array[0, ..., channel]
        draw_numbers(each, cells, scale, f"{name} ({cells.shape[0]} × {cells.shape[1]})")
    (top, _), (left, _) = axis_padding("padding", "widths", widths, 2)
    outline(axes[1], top, left, *before.shape[1:3])
    return figure
