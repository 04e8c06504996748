"""An image, and the matrix that has its windows as rows."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from stridewise.arrays import Array, ArrayLike, as_array, require_rank
from stridewise.axis_options import AxisInts, Padding
from stridewise.blocks.padding import pad
from stridewise.blocks.unfold import unfold
from stridewise.errors import OptionError, ShapeError, explain
from stridewise.figures.covered import covered
from stridewise.figures.grid import draw_numbers, outline, row_of_maps, scale_of
from stridewise.specs import ConvSpec

__all__ = ["unfolded"]

_LARGEST = 8
_MOST = _LARGEST * _LARGEST


def unfolded(
    x: ArrayLike, kernel: AxisInts, *, stride: AxisInts = 1, padding: Padding = 0
) -> Figure:
    """Draw an image, and beside it its windows as the rows of a matrix: ``stridewise.unfold``.

    The first window and the last are framed in both, the last with dashes, and named by their
    row.

    Parameters
    ----------
    x : array, (H, W)
        At most 8 × 8.
    kernel, stride, padding
        As in ``stridewise.conv2d``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError
        If ``x`` has other axes or is larger, or the kernel does not fit.
    OptionError, OptionTypeError
        If an option is out of range or no integer, or the matrix is larger than 64 × 64.
    DtypeError
        If ``x`` does not hold real numbers.

    Examples
    --------
    >>> figure = unfolded(np.arange(12).reshape(3, 4), 2)
    >>> [axes.get_title() for axes in figure.axes]
    ['x (3 × 4)', '6 × 4']
    """
    image = as_array("unfolded", "x", x)
    require_rank("unfolded", "x", image, ("H", "W"))
    if max(image.shape) > _LARGEST:
        raise ShapeError(
            explain(
                "unfolded",
                "`x` is too large for a picture.",
                needed=f"at most {_LARGEST} × {_LARGEST}",
                received=f"x.shape={image.shape}",
                hint=f"x[:{_LARGEST}, :{_LARGEST}]",
            )
        )
    spec = ConvSpec.of("unfolded", image.shape, kernel, stride=stride, padding=padding)
    batch = image[None, ..., None]
    rows = unfold(batch, spec.kernel_size, stride=spec.stride, padding=spec.padding)[0]
    matrix = rows.reshape(-1, rows.shape[-1])
    if max(matrix.shape) > _MOST:
        raise OptionError(
            explain(
                "unfolded",
                "the matrix is too large for a picture.",
                needed=f"at most {_MOST} × {_MOST}",
                received=f"{matrix.shape[0]} windows of {matrix.shape[1]} elements",
                hint="a smaller padding",
            )
        )
    return _draw(spec, pad(batch, spec.padding)[0, ..., 0].astype(np.float64), matrix)


def _draw(spec: ConvSpec, image: Array, matrix: Array) -> Figure:
    figure, (on_image, on_matrix), points = row_of_maps(image.shape, matrix.shape)
    scale = scale_of(image)
    name = "x" if image.shape == spec.input_size else "x_pad"
    for axes, cells, title in ((on_image, image, f"{name} "), (on_matrix, matrix, "")):
        sizes = " × ".join(map(str, cells.shape))
        draw_numbers(axes, cells, scale, f"{title}({sizes})" if title else sizes, points=points)
    on_matrix.set_yticks(
        range(len(matrix)), [str(row) for row in range(len(matrix))], fontsize=points
    )
    on_matrix.tick_params(length=0)
    for position, style in {0: "-", len(matrix) - 1: "--"}.items():
        row, column = np.unravel_index(position, spec.output_size)
        top, left = (
            covered(axis, int(at)).start for axis, at in zip(spec.axes, (row, column), strict=True)
        )
        rows, columns = spec.kernel_size
        outline(on_image, top, left, rows, columns, style)
        _tag(on_image, top, left, position)
        outline(on_matrix, position, 0, 1, matrix.shape[1], style)
    return figure


def _tag(axes: Axes, row: int, column: int, position: int) -> None:
    """The number of a window, on its corner."""
    axes.text(
        column - 0.5,
        row - 0.5,
        str(position),
        ha="center",
        va="center",
        fontsize=8,
        color="#ffffff",
        bbox={"boxstyle": "round,pad=0.2", "facecolor": "#111111", "edgecolor": "none"},
    )
