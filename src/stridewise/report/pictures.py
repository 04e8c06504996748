"""Arrays as pictures inside a page: PNG and SVG as text."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from stridewise.arrays import Array
from stridewise.training import EpochResult

__all__ = ["curves", "mosaic", "picture"]


def picture(values: Array, *, low: float, high: float, colours: str) -> str:
    """Turn a map (H, W), or an image (H, W, 3) in [0, 1], into a PNG as a data address.

    Parameters
    ----------
    values : array, (H, W) or (H, W, 3)
        NaN is left transparent.
    low, high : float
        What the ends of the colour scale stand for.
    colours : str
        Name of a Matplotlib colour map; an image with three channels does not use it.

    Examples
    --------
    >>> picture(np.eye(2), low=0.0, high=1.0, colours="gray")[:22]
    'data:image/png;base64,'
    """
    import matplotlib.image

    buffer = io.BytesIO()
    # PNG metadata would tell the writer's version, and change the page from machine to machine.
    metadata: dict[str, Any] = {"Software": None}
    matplotlib.image.imsave(
        buffer,
        values,
        vmin=low,
        vmax=high,
        cmap=colours,
        format="png",
        metadata=metadata,
    )
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def mosaic(maps: Array, columns: int | None = None) -> Array:
    """Lay maps (H, W, K) out on a grid, with one transparent pixel (NaN) between them.

    Examples
    --------
    >>> mosaic(np.ones((2, 3, 4)), columns=2).shape
    (5, 7)
    """
    H, W, K = maps.shape
    across = columns or min(K, 8 if K <= 16 else 16)
    down = math.ceil(K / across)
    grid = np.full((down * (H + 1) - 1, across * (W + 1) - 1), np.nan)
    for k in range(K):
        row, column = divmod(k, across)
        top, left = row * (H + 1), column * (W + 1)
        grid[top : top + H, left : left + W] = maps[..., k]
    return grid


def curves(epochs: Sequence[EpochResult], name: str) -> str:
    """Draw "loss" or "accuracy" over the epochs, as SVG that fits light and dark pages."""
    import matplotlib as mpl
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    grey = "#808080"  # readable on white and on black
    style: dict[Any, Any] = {
        "axes.edgecolor": grey,
        "axes.labelcolor": grey,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "font.size": 11,
        "legend.frameon": False,
        "legend.labelcolor": grey,
        "svg.fonttype": "none",
        "svg.hashsalt": f"stridewise {name}",
        "text.color": grey,
        "xtick.color": grey,
        "ytick.color": grey,
    }
    with mpl.rc_context(style):
        figure = Figure(figsize=(5, 3.2), layout="constrained")
        axes = figure.subplots()
        at = [epoch.epoch for epoch in epochs]
        trained = [getattr(epoch, name) for epoch in epochs]
        checked = [getattr(epoch, f"validation_{name}") for epoch in epochs]
        axes.plot(at, trained, color="#e07b39", label="training", marker="." * (len(at) == 1))
        if all(value is not None for value in checked):
            axes.plot(at, checked, color="#2f7fd6", linestyle="--", label="validation")
        axes.set(xlabel="epoch", ylabel=f"{name} (nats)" if name == "loss" else name)
        if name == "loss" and min(trained) > 0 and max(trained) / min(trained) > 10:
            axes.set_yscale("log")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(color=grey, alpha=0.2)
        axes.legend()
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]
