"""The page within a notebook: a widget, or a frame that holds all of it."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from stridewise.arrays import Array, ArrayLike
from stridewise.explorer.exhibit import Exhibit
from stridewise.explorer.page import exported
from stridewise.explorer.subjects import Subject
from stridewise.networks import Graph
from stridewise.traces import Trace, record_conv2d, record_pool2d

if TYPE_CHECKING:
    from stridewise.explorer.widget import Explorer

__all__ = ["Shown", "show", "show_conv2d", "show_pool2d", "show_trace"]

HEIGHT = 760


@dataclass(frozen=True)
class Shown:
    """All of a trace in a frame: it needs no kernel, so a saved notebook still shows it.

    Attributes
    ----------
    trace : Trace
    height : int
        Of the frame, in pixels.
    at : str
        Where it opens; see ``exported``.
    """

    trace: Trace
    height: int = HEIGHT
    at: str = ""

    @property
    def page(self) -> str:
        """The page as one file of HTML."""
        return exported(self.trace, self.at)

    def _repr_html_(self) -> str:
        page = html.escape(self.page, quote=True)
        title = html.escape(str(self.trace.document["title"]), quote=True)
        return (
            f'<iframe title="{title}" sandbox="allow-scripts allow-downloads" srcdoc="{page}" '
            f'style="width:100%;height:{self.height}px;border:0"></iframe>'
        )


def show(
    network: Graph,
    *inputs: ArrayLike,
    title: str = "network",
    element: int | None = None,
    labels: Sequence[str] | None = None,
    read: Callable[[Path], Array] | None = None,
    height: int = HEIGHT,
) -> Explorer | Shown:
    """Show a network at work on one example; see ``traces.record_network``.

    With the extra ``notebook`` it is a widget that loads what is looked at, so that networks of
    any size can be shown, and lets another class, image or model be chosen.

    Parameters
    ----------
    network : Graph
    *inputs : array, (1, *shape)
    title, element, labels
        See ``traces.record_network``.
    read : function of a path, optional
        Makes an input of an image file; without it no other image can be opened.
    height : int
        Of the frame, in pixels, at most.

    Returns
    -------
    Explorer or Shown
        Both have the ``trace``, and its ``page`` as one file of HTML.

    Examples
    --------
    >>> from stridewise.networks import digits_convnet
    >>> show(digits_convnet((8, 8, 1), 10), np.zeros((1, 8, 8, 1))).trace.document["title"]
    'network'
    """
    arrays = tuple(np.asarray(x) for x in inputs)
    return _shown(Subject(network, arrays, title, labels, element, read=read), height)


def show_conv2d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    height: int = HEIGHT,
    **options: Any,
) -> Explorer | Shown:
    """Show one convolution of one image; see ``traces.record_conv2d``."""
    return _shown(record_conv2d(x, weight, bias, **options), height)


def show_pool2d(
    x: ArrayLike, kernel_size: Any, *, height: int = HEIGHT, **options: Any
) -> Explorer | Shown:
    """Show one pooling of one image; see ``traces.record_pool2d``."""
    return _shown(record_pool2d(x, kernel_size, **options), height)


def show_trace(trace: Trace, *, at: str = "", height: int = HEIGHT) -> Explorer | Shown:
    """Show what was recorded; ``at`` says where it opens, as in ``exported``."""
    return _shown(trace, height, at)


def _shown(what: Subject | Trace, height: int, at: str = "") -> Explorer | Shown:
    exhibit = Exhibit(what)
    try:
        from stridewise.explorer.widget import Explorer
    except ModuleNotFoundError:
        return Shown(exhibit.trace, height, at)
    return Explorer(exhibit, height, at)
