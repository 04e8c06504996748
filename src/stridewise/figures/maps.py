"""Channels side by side: what a layer gives, its filters, and the gradients of both."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.figure import Figure

from stridewise.arrays import Array
from stridewise.errors import OptionError, explain, nearest
from stridewise.figures.grid import draw_map, scale_of
from stridewise.figures.picture import Picture
from stridewise.options import require_integer
from stridewise.traces import Trace

__all__ = ["feature_maps", "filters", "gradients"]

_MOST_MAPS = 64


def feature_maps(trace: Trace, node: str, *, most: int = _MOST_MAPS) -> Figure:
    """Draw the channels of what a node gives, on one scale.

    Parameters
    ----------
    trace : Trace
    node : str
        The name of a node, or of an input.
    most : int
        How many channels at most.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    OptionError
        If the trace has no such array.

    Examples
    --------
    >>> from stridewise.traces import record_pool2d
    >>> trace = record_pool2d(np.ones((1, 4, 4, 6)), 2)
    >>> len([axes for axes in feature_maps(trace, "x").axes if axes.get_visible()])
    6
    """
    return _maps(_array(trace, f"y/{node}"), most)


def filters(trace: Trace, node: str, *, input_channel: int = 0, most: int = _MOST_MAPS) -> Figure:
    """Draw the filters of a convolution as one input channel meets them, on one scale.

    Parameters and errors are those of :func:`feature_maps`; ``input_channel`` counts within a
    group.
    """
    weight = _array(trace, f"weight/{node}/weight")
    return _maps(
        weight[
            ...,
            require_integer("filters", "input_channel", input_channel, 0, weight.shape[-2] - 1),
            :,
        ],
        most,
    )


def gradients(trace: Trace, node: str, *, most: int = _MOST_MAPS) -> Figure:
    """Draw the channels of the gradient by what a node gives, on one scale.

    Parameters and errors are those of :func:`feature_maps`.
    """
    return _maps(_array(trace, f"grad/{node}"), most)


def _array(trace: Trace, name: str) -> Array:
    if name not in trace.arrays:
        raise OptionError(
            explain(
                "figures",
                "the trace has no such array.",
                needed="the name of a node that has one",
                received=repr(name),
                hint=nearest(name, trace.arrays),
            )
        )
    return trace.arrays[name]


def _maps(array: Array, most: int) -> Figure:
    if array.ndim < 3:
        array = array.reshape(1, -1, 1)
    count = min(array.shape[-1], require_integer("figures", "most", most, 1))
    columns = math.ceil(math.sqrt(count))
    rows = -(-count // columns)
    figure = Picture(figsize=(1.3 * columns, 1.5 * rows), layout="constrained")
    scale = scale_of(array)
    for number, axes in enumerate(np.ravel(figure.subplots(rows, columns, squeeze=False))):
        if number < count:
            draw_map(axes, array[..., number], scale, str(number))
        else:
            axes.set_visible(False)
    return figure
