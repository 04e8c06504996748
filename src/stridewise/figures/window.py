"""One step of a layer: the window in the input, the weights, the output that it gives."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from stridewise.arrays import Array
from stridewise.errors import OptionError, explain, nearest
from stridewise.figures.grid import draw_numbers, outline, row_of_axes, scale_of
from stridewise.options import require_integer
from stridewise.traces import Trace

__all__ = ["Step", "window"]


class Step:
    """The maps of a layer with a window, and where the window is at an output."""

    def __init__(self, trace: Trace, node: str, output_channel: int, input_channel: int) -> None:
        nodes = {each["name"]: each for each in trace.document["nodes"] if each["window"]}
        described = nodes.get(node)
        if described is None or len(described["window"]["kernel"]) != 2:
            raise OptionError(
                explain(
                    "window",
                    "there is no layer of that name with a window over rows and columns.",
                    needed=" | ".join(nodes) or "a convolution or a pooling",
                    received=repr(node),
                    hint=nearest(node, nodes),
                )
            )
        self.window: dict[str, Any] = described["window"]
        x, y = trace.arrays[f"y/{described['inputs'][0]}"], trace.arrays[f"y/{node}"]
        y = y.reshape(1, 1, -1) if y.ndim == 1 else y
        self.weight: Array | None = None
        channel = require_integer("window", "output_channel", output_channel, 0, y.shape[-1] - 1)
        from_channel = channel
        if self.window["type"] == "convolution":
            groups = self.window["groups"]
            each = x.shape[-1] // groups
            within = require_integer("window", "input_channel", input_channel, 0, each - 1)
            from_channel = channel // (y.shape[-1] // groups) * each + within
            self.weight = trace.arrays[f"weight/{node}/weight"][..., within, channel]
        (top, bottom), (left, right) = self.window["padding"]
        # No number of the padding can be the largest: there is none.
        frame = np.nan if self.window["type"] == "max" else 0.0
        image = x[..., from_channel].astype(np.float64)
        self.x = np.pad(image, ((top, bottom), (left, right)), constant_values=frame)
        self.y = y[..., channel]

    def outline(self, axes: Axes, row: int, column: int) -> None:
        """Mark the elements under the window at an output; the padding is part of the picture."""
        rows, columns = self.window["kernel"]
        for i in range(rows):
            for j in range(columns):
                place = [
                    output * stride + tap * dilation
                    for output, stride, tap, dilation in zip(
                        (row, column),
                        self.window["stride"],
                        (i, j),
                        self.window["dilation"],
                        strict=True,
                    )
                ]
                if place[0] < self.x.shape[0] and place[1] < self.x.shape[1]:
                    outline(axes, *place)

    def draw(self, row: int, column: int, shown: Array) -> Figure:
        """Input, weights and ``shown`` outputs, with the window at one of them."""
        figure, axes = row_of_axes(2 if self.weight is None else 3)
        draw_numbers(axes[0], self.x, scale_of(self.x), "x, padded")
        self.outline(axes[0], row, column)
        if self.weight is not None:
            draw_numbers(axes[1], self.weight, scale_of(self.weight), "weight")
        draw_numbers(
            axes[-1], shown, scale_of(self.y), f"y({row}, {column}) = {self.y[row, column]:.4g}"
        )
        outline(axes[-1], row, column)
        return figure


def window(
    trace: Trace,
    node: str,
    row: int,
    column: int,
    *,
    output_channel: int = 0,
    input_channel: int = 0,
) -> Figure:
    """Draw the window of one output: what it covers, the weights, the output.

    Parameters
    ----------
    trace : Trace
    node : str
        A convolution or a pooling over rows and columns.
    row, column : int
        Of the output.
    output_channel, input_channel : int
        Input channels count within the output channel's group; a pooling has no such choice.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    OptionError
        If there is no such layer, channel or output.

    Examples
    --------
    >>> from stridewise.traces import record_conv2d
    >>> trace = record_conv2d(np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)))
    >>> [axes.get_title() for axes in window(trace, "conv2d", 1, 0).axes]
    ['x, padded', 'weight', 'y(1, 0) = 4']
    """
    step = Step(trace, node, output_channel, input_channel)
    row = require_integer("window", "row", row, 0, step.y.shape[0] - 1)
    column = require_integer("window", "column", column, 0, step.y.shape[1] - 1)
    return step.draw(row, column, step.y)
