"""One step of a layer: the window in the input, the weights, the output that it gives."""

from __future__ import annotations

from matplotlib.figure import Figure

from stridewise.figures.step import Step
from stridewise.traces import Trace

__all__ = ["window"]


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
    ['x', 'weight', 'y(1, 0) = 4']
    """
    step = Step("window", trace, node, output_channel, input_channel)
    return step.draw(*step.output(row, column), step.y)
