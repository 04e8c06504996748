"""One step of the backward pass: what one output sends back, and the sum of it so far."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from matplotlib.figure import Figure

from stridewise.arrays import Array
from stridewise.blocks.max_pooling import max_pool2d_with_indices
from stridewise.errors import OptionError, explain
from stridewise.figures.grid import draw_numbers, number, outline, row_of_maps, scale_of
from stridewise.figures.step import Step
from stridewise.traces import Trace

__all__ = ["backward_step"]


def backward_step(
    trace: Trace,
    node: str,
    row: int,
    column: int,
    *,
    output_channel: int = 0,
    input_channel: int = 0,
) -> Figure:
    """Draw one step of the backward pass, as the exercise walks it: output by output, row by row.

    Three drawings: the gradient ``dy`` of the outputs; what the one at (row, column) sends back;
    the gradient ``dx_pad`` of the padded input, as it is after this step. A dashed frame is
    around the part of it that stays when the padding is cut off.

    Parameters
    ----------
    trace : Trace
    node : str
        A convolution, a max pooling or an average pooling over rows and columns.
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
        If there is no such layer, channel or output, or the trace has no gradient of it.

    Notes
    -----
    An input channel of a convolution gets a sum over all output channels of its group. What is
    drawn is the part of the one output channel: of a convolution with several, ``dx_pad`` is after
    the last step not yet the whole gradient.

    Of several equal maxima the first gets the gradient, as in the trace.

    Examples
    --------
    >>> from stridewise.traces import record_conv2d
    >>> trace = record_conv2d(np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)))
    >>> [axes.get_title() for axes in backward_step(trace, "conv2d", 1, 0).axes]
    ['dy(1, 0) = 1', 'weight · dy(1, 0)', 'dx[1:3, 0:2] += …']
    """
    step = _BackwardStep("backward_step", trace, node, output_channel, input_channel)
    row, column = step.output(row, column)
    if f"grad/{node}" not in trace.arrays:
        raise OptionError(
            explain(
                "backward_step",
                "the trace has no gradient of that layer.",
                needed="a layer that the backward pass went through",
                received=repr(node),
                hint="a trace of floating point numbers",
            )
        )
    dy = trace.arrays[f"grad/{node}"]
    return step.draw_back(row, column, dy.reshape(*step.y.shape, -1)[..., output_channel])


class _BackwardStep(Step):
    def draw_back(self, row: int, column: int, dy: Array) -> Figure:
        so_far, total = np.zeros_like(self.x), np.zeros_like(self.x)
        with np.errstate(over="ignore", invalid="ignore"):  # infinities give infinity or NaN
            for output in np.ndindex(dy.shape):
                total[np.ix_(*self.covered(*output))] += self.shares(*output) * dy[output]
                if output == (row, column):
                    so_far = total.copy()
            sent = self.shares(row, column) * dy[row, column]
        # One scale for all steps, so that a colour means the same number in each.
        scale = scale_of(total)
        here = f"dy({row}, {column})"
        figure, axes, points = row_of_maps(dy.shape, sent.shape, so_far.shape)
        draw_numbers(
            axes[0], dy, scale_of(dy), f"{here} = {number(dy[row, column], '.4g')}", points
        )
        outline(axes[0], row, column)
        draw_numbers(axes[1], sent, scale, self.formula(row, column, here), points)
        draw_numbers(axes[2], so_far, scale, self._place(row, column), points)
        if self.x.shape != self.image.shape:
            (top, _), (left, _) = self.window["padding"]
            rows, columns = self.image.shape
            outline(axes[2], top, left, rows, columns, "--")
        self.outline(axes[2], row, column)
        return figure

    def shares(self, row: int, column: int) -> Array:
        """How much the output changes with each element under its window."""
        if self.weight is not None:
            return self.weight
        rows, columns = self.covered(row, column)
        if self.window["type"] == "max":
            mask: Array = self._flat_indices[np.ix_(rows, columns)] == self._largest[row, column]
            return mask
        counts = np.ones_like(self.x)
        if not self._include_pad:
            counts = np.where(self._flat_indices >= 0, counts, 0)
        return counts[np.ix_(rows, columns)] / np.prod(self._counted(row, column))

    def formula(self, row: int, column: int, here: str) -> str:
        """How the output's gradient is sent back."""
        if self.weight is not None:
            return f"weight · {here}"
        if self.window["type"] == "max":
            return f"mask · {here}"
        return f"{here} / ({' · '.join(map(str, self._counted(row, column)))})"

    def _counted(self, row: int, column: int) -> tuple[int, int]:
        rows, columns = self.axes
        return rows.counted(row, self._include_pad), columns.counted(column, self._include_pad)

    @property
    def _include_pad(self) -> bool:
        return bool(self.window.get("count_include_pad", True))

    @cached_property
    def _flat_indices(self) -> Array:
        """Where each padded element stands in the image, counted flat; −2 in the padding."""
        inside = np.arange(self.image.size).reshape(self.image.shape)
        return np.pad(inside, self.window["padding"], constant_values=-2)

    @cached_property
    def _largest(self) -> Array:
        """Flat, where the maximum of each window stands; −1 if it met only padding."""
        indices = max_pool2d_with_indices(
            self.image[None, ..., None],
            self.window["kernel"],
            stride=self.window["stride"],
            padding=self.window["padding"],
            dilation=self.window["dilation"],
            ceil_mode=self.window.get("ceil_mode", False),
        ).indices
        return indices[0, ..., 0]

    def _place(self, row: int, column: int) -> str:
        rows, columns = (
            f"{cells.start}:{cells[-1] + 1}" + (f":{cells.step}" if cells.step > 1 else "")
            for cells in self.covered(row, column)
        )
        name = "dx" if self.x.shape == self.image.shape else "dx_pad"
        return f"{name}[{rows}, {columns}] += …"
