"""The page within a notebook: a frame that holds all of it."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stridewise.arrays import ArrayLike
from stridewise.explorer.page import exported
from stridewise.networks import Graph
from stridewise.traces import Trace, record_conv2d, record_network, record_pool2d

__all__ = ["Shown", "show", "show_conv2d", "show_pool2d"]


@dataclass(frozen=True)
class Shown:
    """What a notebook shows as the explorer; elsewhere, a trace with its page.

    Attributes
    ----------
    trace : Trace
    height : int
        Of the frame, in pixels.
    """

    trace: Trace
    height: int = 760

    @property
    def page(self) -> str:
        """The page as one file of HTML."""
        return exported(self.trace)

    def _repr_html_(self) -> str:
        page = html.escape(self.page, quote=True)
        title = html.escape(str(self.trace.document["title"]), quote=True)
        return (
            f'<iframe title="{title}" sandbox="allow-scripts" srcdoc="{page}" '
            f'style="width:100%;height:{self.height}px;border:0"></iframe>'
        )


def show(
    network: Graph,
    *inputs: ArrayLike,
    title: str = "network",
    element: int | None = None,
    labels: Sequence[str] | None = None,
) -> Shown:
    """Show a network at work on one example; see ``traces.record_network``.

    Examples
    --------
    >>> import numpy as np
    >>> from stridewise.networks import digits_convnet
    >>> show(digits_convnet((8, 8, 1), 10), np.zeros((1, 8, 8, 1))).trace.document["title"]
    'network'
    """
    return Shown(record_network(network, *inputs, title=title, element=element, labels=labels))


def show_conv2d(
    x: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None, **options: Any
) -> Shown:
    """Show one convolution of one image; see ``traces.record_conv2d``."""
    return Shown(record_conv2d(x, weight, bias, **options))


def show_pool2d(x: ArrayLike, kernel_size: Any, **options: Any) -> Shown:
    """Show one pooling of one image; see ``traces.record_pool2d``."""
    return Shown(record_pool2d(x, kernel_size, **options))
