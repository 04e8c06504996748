"""One axis as a ruler, and below it every window where it lies."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from stridewise.axis_options import is_sequence
from stridewise.errors import OptionError, explain
from stridewise.figures.covered import covered, padded_size
from stridewise.figures.picture import Picture
from stridewise.geometry import Axis
from stridewise.options import require_integer
from stridewise.specs import ConvSpec

__all__ = ["window_starts"]

_MOST_CELLS = 40
_CELL = 0.36  # inches
_WINDOW, _IMAGE, _PADDING, _LINE = "#f2b880", "#f7f7f7", "#dddddd", "#555555"
_CROSS = "#e58a8a"  # light, so that the index on it can be read


def window_starts(
    size: int,
    kernel: int,
    *,
    stride: int = 1,
    padding: int | Sequence[int] = 0,
    dilation: int = 1,
) -> Figure:
    """Draw where the windows lie along one axis, and how many there are.

    The cells of the ruler have the index into the image in them, and the index into the padded
    image above; padding is hatched. A cell that no window reaches is crossed out.

    Parameters
    ----------
    size : int
        Of the image along the axis, in elements.
    kernel, stride, dilation : int
        As in ``stridewise.conv1d``.
    padding : int, or (before, after)
        Elements before and after the image.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError
        If the kernel does not fit.
    OptionError, OptionTypeError
        If an option is out of range or no integer, or the padded axis has more than 40 elements.

    Examples
    --------
    >>> window_starts(7, 3, stride=2, padding=1).axes[0].get_title()
    'floor((7 + 2·1 − 3)/2) + 1 = 4'
    """
    operation = "window_starts"
    spec = ConvSpec.of(
        operation,
        (require_integer(operation, "size", size, 1),),
        require_integer(operation, "kernel", kernel, 1),
        stride=require_integer(operation, "stride", stride, 1),
        padding=(padding,) if is_sequence(padding) else padding,
        dilation=require_integer(operation, "dilation", dilation, 1),
    )
    (axis,) = spec.axes
    whole = padded_size(axis)
    if whole > _MOST_CELLS:
        raise OptionError(
            explain(
                operation,
                "the axis is too long for a picture.",
                needed=f"at most {_MOST_CELLS} elements with the padding",
                received=f"{whole}, with size={size}, padding={padding}",
                hint="a smaller size",
            )
        )
    return _draw(axis, [covered(axis, position) for position in range(axis.positions)])


def _draw(axis: Axis, windows: list[range]) -> Figure:
    whole, padded = padded_size(axis), axis.before + axis.after > 0
    # Room for the names at the left, the indices above, and a gap below the ruler.
    top, bottom = (-0.9 if padded else -0.2), len(windows) + 1.5
    width, height = whole + 1.8, bottom - top
    figure = Picture(figsize=(max(width * _CELL, 4.0), height * _CELL + 0.4), layout="constrained")
    axes = figure.subplots()
    axes.set(xlim=(-1.6, whole + 0.2), ylim=(bottom, top), aspect="equal")
    axes.set_axis_off()
    axes.set_title(_formula(axis), fontsize=10)
    _name(axes, 0, "x")
    if padded:
        _name(axes, -0.8, "x_pad")
    reached = {cell for window in windows for cell in window}
    for cell in range(whole):
        index = cell - axis.before
        inside = 0 <= index < axis.size
        _cell(axes, cell, 0, inside)
        if inside:
            axes.text(cell + 0.5, 0.5, str(index), ha="center", va="center", fontsize=9)
        if padded:
            axes.text(cell + 0.5, -0.3, str(cell), ha="center", va="center", fontsize=8)
        if cell not in reached:
            for ends in ((0.1, 0.9), (0.9, 0.1)):
                axes.plot((cell + 0.1, cell + 0.9), ends, color=_CROSS, linewidth=1.8)
    for position, window in enumerate(windows):
        row = position + 1.4
        _name(axes, row, f"y({position})")
        for cell in window:
            _cell(axes, cell, row, 0 <= cell - axis.before < axis.size, _WINDOW)
    return figure


def _cell(axes: Axes, column: int, row: float, inside: bool, colour: str | None = None) -> None:
    axes.add_patch(
        Rectangle(
            (column, row),
            1,
            1,
            facecolor=colour or (_IMAGE if inside else _PADDING),
            edgecolor=_LINE,
            hatch=None if inside else "////",
            linewidth=0.8,
        )
    )


def _name(axes: Axes, row: float, name: str) -> None:
    axes.text(-0.2, row + 0.5, name, ha="right", va="center", fontsize=9)


def _formula(axis: Axis) -> str:
    padding = f"{axis.before} + {axis.after}"
    if axis.before == axis.after:
        padding = f"2·{axis.before}"
    reach = f"{axis.kernel}"
    if axis.dilation > 1:
        reach = f"{axis.dilation}·({axis.kernel} − 1) − 1"
    return f"floor(({axis.size} + {padding} − {reach})/{axis.stride}) + 1 = {axis.positions}"
