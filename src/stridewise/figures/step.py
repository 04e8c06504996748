"""The maps of a layer with a window, and what the window covers at an output."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from stridewise.arrays import Array
from stridewise.errors import OptionError, explain, nearest
from stridewise.figures.covered import covered
from stridewise.figures.grid import draw_numbers, number, outline, row_of_axes, scale_of
from stridewise.geometry import Axis
from stridewise.options import require_integer
from stridewise.traces import Trace

__all__ = ["Step"]


class Step:
    """One input and one output channel of a layer, and where its window is at an output."""

    def __init__(
        self, operation: str, trace: Trace, node: str, output_channel: int, input_channel: int
    ) -> None:
        nodes = {each["name"]: each for each in trace.document["nodes"] if each["window"]}
        described = nodes.get(node)
        if described is None or len(described["window"]["kernel"]) != 2:
            raise OptionError(
                explain(
                    operation,
                    "there is no layer of that name with a window over rows and columns.",
                    needed=" | ".join(nodes) or "a convolution or a pooling",
                    received=repr(node),
                    hint=nearest(node, nodes),
                )
            )
        self.operation = operation
        self.window: dict[str, Any] = described["window"]
        x, y = trace.arrays[f"y/{described['inputs'][0]}"], trace.arrays[f"y/{node}"]
        y = y.reshape(1, 1, -1) if y.ndim == 1 else y
        self.weight: Array | None = None
        channel = require_integer(operation, "output_channel", output_channel, 0, y.shape[-1] - 1)
        from_channel = channel
        if self.window["type"] == "convolution":
            groups = self.window["groups"]
            each = x.shape[-1] // groups
            within = require_integer(operation, "input_channel", input_channel, 0, each - 1)
            from_channel = channel // (y.shape[-1] // groups) * each + within
            self.weight = trace.arrays[f"weight/{node}/weight"][..., within, channel]
        # No number of the padding can be the largest: there is none.
        frame = np.nan if self.window["type"] == "max" else 0.0
        self.image = x[..., from_channel]
        self.x = np.pad(
            self.image.astype(np.float64), self.window["padding"], constant_values=frame
        )
        self.y = y[..., channel]

    def output(self, row: int, column: int) -> tuple[int, int]:
        """Refuse an output that is not there."""
        return (
            require_integer(self.operation, "row", row, 0, self.y.shape[0] - 1),
            require_integer(self.operation, "column", column, 0, self.y.shape[1] - 1),
        )

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """How the window slides over the rows, and over the columns."""
        of = self.window
        rows, columns = (
            Axis(size, kernel, stride, before, after, dilation, positions)
            for size, kernel, stride, (before, after), dilation, positions in zip(
                self.image.shape,
                of["kernel"],
                of["stride"],
                of["padding"],
                of["dilation"],
                self.y.shape,
                strict=True,
            )
        )
        return rows, columns

    def covered(self, row: int, column: int) -> tuple[range, range]:
        """Rows and columns of the padded input under the window at an output."""
        rows, columns = self.axes
        return covered(rows, row), covered(columns, column)

    def outline(self, axes: Axes, row: int, column: int) -> None:
        """Mark the elements under the window at an output; the padding is part of the picture."""
        rows, columns = self.covered(row, column)
        if rows.step == columns.step == 1:
            outline(axes, rows.start, columns.start, len(rows), len(columns))
            return
        for i in rows:
            for j in columns:
                outline(axes, i, j)

    def draw(self, row: int, column: int, shown: Array) -> Figure:
        """Input, weights and ``shown`` outputs, with the window at one of them."""
        figure, axes = row_of_axes(2 if self.weight is None else 3)
        name = "x" if self.x.shape == self.image.shape else "x, padded"
        draw_numbers(axes[0], self.x, scale_of(self.x), name)
        self.outline(axes[0], row, column)
        if self.weight is not None:
            draw_numbers(axes[1], self.weight, scale_of(self.weight), "weight")
        draw_numbers(
            axes[-1],
            shown,
            scale_of(self.y),
            f"y({row}, {column}) = {number(self.y[row, column], '.4g')}",
        )
        outline(axes[-1], row, column)
        return figure
