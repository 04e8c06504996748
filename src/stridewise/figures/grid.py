"""What all figures draw with: a map as cells, in blue below zero and orange above."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from stridewise.arrays import Array
from stridewise.figures.picture import Picture

__all__ = [
    "draw_map",
    "draw_numbers",
    "number",
    "outline",
    "row_of_axes",
    "row_of_maps",
    "scale_of",
]

# The colours of the explorer's page.
_COLOURS = LinearSegmentedColormap.from_list("stridewise", ["#2166ac", "#f7f7f7", "#b35806"])
_LEAST_POINTS = 3.0
# Of a cell that two decimals fit into, and of all cells of a row: in inches.
_CELL, _WIDEST, _HIGHEST = 0.42, 12.0, 28.0
_LEAST_CELLS = 4.5  # so that a title has room


def scale_of(array: Array) -> float:
    """The largest size of a finite number; 1 if there is none but zero."""
    finite = np.abs(array[np.isfinite(array)])
    return float(finite.max(initial=0.0)) or 1.0


def row_of_axes(count: int, inches: float = 3.0) -> tuple[Picture, list[Axes]]:
    """A figure with drawings side by side."""
    figure = Picture(figsize=(inches * count, inches + 0.4), layout="constrained")
    return figure, list(np.atleast_1d(figure.subplots(1, count)))


def row_of_maps(*shapes: tuple[int, ...]) -> tuple[Picture, list[Axes], float]:
    """A figure for maps side by side, as large as they are, and the points of its numbers."""
    rows = max(shape[0] for shape in shapes)
    columns = [max(float(shape[1]), _LEAST_CELLS) for shape in shapes]
    cell = min(_CELL, _WIDEST / sum(columns), _HIGHEST / rows)
    # A little more for what is between the drawings, and for their titles.
    size = (cell * sum(columns) + 0.2 * len(shapes), cell * rows + 0.4)
    figure = Picture(figsize=size, layout="constrained")
    drawings = figure.subplots(1, len(shapes), width_ratios=columns, squeeze=False)[0]
    for axes in drawings:
        axes.set_anchor("N")
    return figure, list(drawings), 20 * cell


def draw_map(axes: Axes, cells: Array, scale: float, title: str = "") -> None:
    """Draw a map (rows, columns); small numbers are told apart by the root of their share."""
    shares = np.sign(cells) * np.sqrt(np.minimum(np.abs(cells) / scale, 1))
    axes.imshow(shares, cmap=_COLOURS, vmin=-1, vmax=1)
    # Behind what is not there yet, or is no number.
    axes.set(xticks=[], yticks=[], title=title, facecolor="#dddddd")
    axes.title.set_fontsize(9)


def draw_numbers(
    axes: Axes, cells: Array, scale: float, title: str = "", points: float | None = None
) -> None:
    """The same with the numbers in it, if they can be read; ``points`` is their size."""
    draw_map(axes, cells, scale, title)
    size = points or min(9.0, 60 / max(cells.shape))
    if size < _LEAST_POINTS:
        return
    for (row, column), value in np.ndenumerate(cells):
        if not np.isfinite(value):
            continue
        dark = not abs(value) > 0.6 * scale
        axes.text(
            column,
            row,
            number(value, ".0f" if value == round(value) else ".2f"),
            ha="center",
            va="center",
            fontsize=size,
            color="#111111" if dark else "#ffffff",
        )


def number(value: float, form: str) -> str:
    """A number with a real minus sign, and none before a zero."""
    return f"{value:z{form}}".replace("-", "−")


def outline(
    axes: Axes, row: float, column: float, rows: float = 1, columns: float = 1, style: str = "-"
) -> None:
    """Draw a frame around cells; ``style`` is Matplotlib's of lines."""
    axes.add_patch(
        Rectangle(
            (column - 0.5, row - 0.5),
            columns,
            rows,
            fill=False,
            linewidth=2.5,
            linestyle=style,
            edgecolor="#111111",
        )
    )
