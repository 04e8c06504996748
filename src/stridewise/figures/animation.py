"""A window on its way over an image, output by output, as a moving picture."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from stridewise.errors import OptionError, explain, missing_extra
from stridewise.figures.step import Step
from stridewise.options import require_integer
from stridewise.traces import Trace
from stridewise.training.atomic_file import write_atomically

__all__ = ["animate_window"]

_MOST_FRAMES = 400


def animate_window(
    trace: Trace,
    node: str,
    path: str | Path,
    *,
    milliseconds: int = 700,
    output_channel: int = 0,
    input_channel: int = 0,
) -> int:
    """Write a GIF of a layer at work: the outputs come one after the other.

    Parameters
    ----------
    trace, node, output_channel, input_channel
        As in :func:`window`.
    path : str or path
        Of the file to write.
    milliseconds : int
        How long each output stays.

    Returns
    -------
    int
        How many pictures it has: one an output.

    Raises
    ------
    OptionError
        If there is no such layer or channel, or there are too many outputs.
    MissingExtraError
        If Pillow is not installed.
    """
    try:
        from PIL import Image
    except ImportError:
        raise missing_extra("animate", "pillow", "data") from None
    duration = require_integer("animate", "milliseconds", milliseconds, 20)
    step = Step("animate", trace, node, output_channel, input_channel)
    if step.y.size > _MOST_FRAMES:
        raise OptionError(
            explain(
                "animate",
                "there are too many outputs for a moving picture.",
                needed=f"at most {_MOST_FRAMES}",
                received=f"{step.y.shape[0]} × {step.y.shape[1]}",
                hint="a smaller input",
            )
        )
    shown = np.full(step.y.shape, np.nan)
    frames = []
    for row, column in np.ndindex(step.y.shape):
        shown[row, column] = step.y[row, column]
        frames.append(Image.fromarray(_pixels(step.draw(row, column, shown))))
    content = io.BytesIO()
    frames[0].save(
        content, "GIF", save_all=True, append_images=frames[1:], duration=duration, loop=0
    )
    write_atomically(Path(path), content.getvalue())
    return len(frames)


def _pixels(figure: Figure) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()
